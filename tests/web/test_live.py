"""One line of the live conversation, as the page reads it."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.contracts import Card, ChatEntry, File, OfferedFile
from bot.testing import outbound
from bot.web.pages.live import encoded

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


def read(entry: ChatEntry) -> dict[str, Any]:
    line = encoded(entry)
    assert b"\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_what_a_person_said_comes_with_its_number_and_time() -> None:
    found = read(ChatEntry(7, AT, "m1", said="到哪了\n\"x\""))
    assert found == {"number": 7, "at": "2026-11-25T08:00:00+00:00", "message_id": "m1", "said": "到哪了\n\"x\"",
                     "cards": []}


def test_cards_come_whole_and_their_files_with_addresses() -> None:
    named = File(name="late.xlsx", media_type="x/y", reference="r1")
    cards = (Card(title="清关中", text=("一", "二")), Card(files=(named, named.model_copy(update={"reference": "r2"}))))
    entry = ChatEntry(7, AT, "m1", message=outbound(*cards), files=(OfferedFile("r1", "晚点.xlsx", 12, "k1"),))
    first, second = read(entry)["cards"]
    assert first == cards[0].model_dump(mode="json")
    assert second["files"] == [
        {"name": "晚点.xlsx", "size": 12, "url": "/api/v1/chat/files/k1"},
        {"name": "late.xlsx", "size": None, "url": None},
    ]


def test_a_text_no_encoding_knows_is_shown_all_the_same() -> None:
    entry = ChatEntry(7, AT, "m1", message=outbound(Card.model_construct(title="half \ud800")))
    assert read(entry)["cards"][0]["title"] == "half ?"
