"""Messages that were sent, as a channel can be asked about them, on both databases."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.errors import NotFound
from bot.outbox import admin, afterwards
from bot.outbox.admin import NotPossible
from bot.outbox.afterwards import SentMessage, Unnamed
from bot.outbox.tables import outbox
from bot.store import Store
from tests.outbox.channel import NOW, outgoing, put, talks

NUMBERS = count()


async def messages(store: Store, places: Sequence[int], **values: Any) -> list[int]:
    """One sent message to each place, all known by the same name; `values` for the rows."""
    ids = [key for place in places for key in await put(store, outgoing(place, f"m{next(NUMBERS)}", 2))]
    sent = {"state": "sent", "finished_at": NOW, "sent_at": NOW, "provider_ref": "k1"} | values
    await store.write(lambda conn: conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent)))
    return ids


async def refs(store: Store) -> list[Any]:
    rows = await store.read(lambda conn: conn.execute(select(outbox.c.provider_ref).order_by(outbox.c.id)).all())
    return [row.provider_ref for row in rows]


async def test_what_went_out_inside_another_message_is_asked_after_by_that_one(store: Store) -> None:
    place, other = await talks(store, 2)
    (bundle,) = await messages(store, [place])
    (inside,) = await messages(store, [other], state="bundled", provider_ref=None, bundle_id=bundle)
    (session,) = await messages(store, [other], provider_ref=None)
    found = await store.read(lambda conn: afterwards.sent_messages(conn, [inside, session]))
    assert [type(one) for one in found] == [SentMessage, Unnamed]
    assert [one.row_id for one in found] == [bundle, session]
    assert await store.read(lambda conn: afterwards.sent_messages(conn, [])) == []


async def test_a_message_and_its_edits_are_one_and_those_of_one_call_belong_together(store: Store) -> None:
    place, other = await talks(store, 2)
    first, edit = await messages(store, [place, place], editable=True)
    (one,) = await store.read(lambda conn: afterwards.to_recall(conn, [first]))
    await store.write(lambda conn: afterwards.mark_recalled(conn, [one], NOW))
    assert await refs(store) == [None, None], "nothing changes in place what people have no longer"
    with pytest.raises(NotPossible, match="taken back before"):
        await store.read(lambda conn: afterwards.to_recall(conn, [edit]))
    together = await messages(store, [place, other])
    with pytest.raises(NotPossible, match="name them all: " + " ".join(map(admin.reference_of, together))):
        await store.read(lambda conn: afterwards.to_recall(conn, together[:1]))
    assert len(await store.read(lambda conn: afterwards.to_recall(conn, together * 2))) == 2


async def test_only_what_was_sent_can_be_taken_back(store: Store) -> None:
    (place,) = await talks(store, 1)
    (dead,) = await messages(store, [place], state="dead")
    with pytest.raises(NotPossible, match="is dead"):
        await store.read(lambda conn: afterwards.to_recall(conn, [dead]))
    with pytest.raises(NotFound):
        await store.read(lambda conn: afterwards.to_recall(conn, [dead + 1]))
