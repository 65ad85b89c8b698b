"""Dialogues as people have them: what is asked and the whole answer, word for word.

Each file of `dialogues/` holds exchanges: `@ who language` says who reads, `> ...` is asked, the lines up to the next
empty line are the answer as plain text. `python -m tests.skills.parcels.retell` writes the answers of today into them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from bot.contracts import Language, as_text
from bot.store import Store
from tests.skills.parcels.conftest import ask
from tests.skills.parcels.world import build

FOLDER = Path(__file__).with_name("dialogues")


@dataclass(frozen=True)
class Exchange:
    """One question and its answer."""

    who: str
    language: Language
    said: str
    answer: str


def read(path: Path) -> Iterator[Exchange]:
    who, language = "", "en"
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        head, _, rest = block.strip().partition("\n")
        if head.startswith("@"):
            _, who, language = head.split()
            head, _, rest = rest.partition("\n")
        known = next(tag for tag in get_args(Language) if tag == language)
        yield Exchange(who, known, head.removeprefix("> "), rest)


async def answered(store: Store, exchange: Exchange) -> str:
    answer = await store.read(lambda conn: ask(conn, exchange.said, who=exchange.who, language=exchange.language))
    return "\n".join(as_text(card) for card in answer.cards)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
async def test_the_bot_answers_as_the_dialogue_says(world: Store, path: Path) -> None:
    for exchange in read(path):
        assert await answered(world, exchange) == exchange.answer, exchange.said


async def test_postgresql_gives_the_same_answers(postgres_store: Store) -> None:
    await build(postgres_store)
    for path in sorted(FOLDER.glob("*.txt")):
        for exchange in read(path):
            assert await answered(postgres_store, exchange) == exchange.answer, exchange.said
