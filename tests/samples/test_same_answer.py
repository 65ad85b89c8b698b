"""The same question gives the same answer on every channel, each in its own form."""

import re

import pytest

from bot.contracts import Card
from tests.flows.conftest import NUMBER
from tests.samples.channels import channels
from tests.samples.write import FOLDER, ask, files

MARKUP = re.compile(r"<[^>]*>|[*\\_`>#\u200b\u200c\u2060\ufeff]|&nbsp;")


def plain(text: str) -> str:
    """Without blanks and what is only markup, so that forms can be compared."""
    return re.sub(r"\s+", "", MARKUP.sub("", text))


def parts(card: Card) -> list[str]:
    """What must be there wherever it is read: title, sentences, fields, newest step, footer."""
    fields = [text for field in card.fields for text in (field.label, field.value)]
    newest = [text for step in card.timeline[:1] for text in (step.when, step.what)]
    return [text for text in (card.title, *card.text, *fields, *newest, card.footer) if text]


@pytest.mark.parametrize("question", [f"{NUMBER} 到哪了？", f"Where is {NUMBER}?", f"{NUMBER} 为什么还没到？"])
async def test_title_status_fields_and_footer_are_the_same_everywhere(sqlite_url: str, question: str) -> None:
    async with channels(sqlite_url) as all_channels:
        answers = await all_channels.ask(question, "q1")
    wanted = parts(answers.card)
    assert len(wanted) > 3, wanted
    assert any(NUMBER in text for text in wanted)
    lacking = {
        channel: [part for part in wanted if plain(part) not in plain(seen)]
        for channel, seen in answers.seen.items()
    }
    assert {channel: missing for channel, missing in lacking.items() if missing} == {}


async def test_the_samples_of_the_documentation_are_what_is_sent_now() -> None:
    for name, content in files(await ask()).items():
        kept = (FOLDER / name).read_text(encoding="utf-8")  # which makes one kind of all line ends
        assert kept == content.replace("\r\n", "\n"), f"{name}: run python -m tests.samples.write"
