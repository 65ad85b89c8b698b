"""Run by hand when forms or words have changed, which a test notices: what each channel is sent, in `docs/samples`.

    python -m tests.samples.write
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.flows.conftest import NUMBER
from tests.samples.channels import Answers, channels

FOLDER = Path(__file__).parents[2] / "docs" / "samples"
QUESTIONS = {"zh": f"{NUMBER} 到哪了？", "en": f"Where is {NUMBER}?"}
FORMS = {
    "dingtalk.json": "DingTalk: the body of the message", "slack.json": "Slack: text and blocks",
    "mail.html": "Mail: what most people see", "mail.txt": "Mail: the text beside it",
    "local.json": "Web chat and terminal: the card itself",
}
HEAD = """# The same answer on every channel

A parcel that customs hold, asked for in two languages. Written by `python -m tests.samples.write`;
that title, status, fields and footer are the same everywhere is tested in `tests/samples`.
"""


async def ask() -> dict[str, Answers]:
    """The answers, by language."""
    with tempfile.TemporaryDirectory() as folder:
        async with channels(f"sqlite+aiosqlite:///{folder}/samples.db") as all_channels:
            return {name: await all_channels.ask(text, f"q-{name}") for name, text in QUESTIONS.items()}


def page(name: str, answers: Answers) -> str:
    """What readers see, and where the payloads lie."""
    lines = [f"## {QUESTIONS[name]}", ""]
    lines += [f"- {what}: [{name}-{file}]({name}-{file})" for file, what in FORMS.items()]
    for channel in ("dingtalk", "slack", "mail, text"):
        lines += ["", f"### {channel}", "", "```text", answers.seen[channel].strip(), "```"]
    return "\n".join(lines) + "\n"


def files(found: dict[str, Answers]) -> dict[str, str]:
    """Every file by its name."""
    pages = [HEAD, *(page(name, answers) for name, answers in found.items())]
    raw = {f"{name}-{file}": content for name, answers in found.items() for file, content in answers.raw.items()}
    return {"README.md": "\n".join(pages), **raw}


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in files(asyncio.run(ask())).items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    sys.stdout.write(f"{FOLDER}: {len(list(FOLDER.iterdir()))} files\n")


if __name__ == "__main__":
    main()
