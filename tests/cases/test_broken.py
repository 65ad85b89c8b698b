"""A conversation that can no longer be reached is named to the desk, once."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.cases.broken import tell_broken
from bot.cases.desk import Desk
from bot.clock import MovableClock
from bot.contracts import Refused, as_text
from bot.outbox import Sender, enqueue
from bot.outbox.message import cards_from_json
from bot.outbox.tables import outbox
from bot.outbox.undelivered import mark_undelivered
from bot.people import Role
from bot.people.tables import conversation
from bot.store import Store
from tests.cases.test_desk import Office
from tests.outbox.channel import Channel, outgoing, put, settled

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
GONE = Refused("robot removed from the group", destination_broken=True)


async def test_the_desk_is_told_which_conversation_why_and_what_to_do(store: Store) -> None:
    def people(conn: Connection) -> int:
        office = Office(conn)
        office.direct("chat", "an", office.person("An", language="en"))
        office.direct("chat", "bo", office.person("Bo", Role.SUPPORT, language="zh-Hans"))
        return office.talk("chat", "cid1", kind="group", title="菜鸟 欧线群", partner_id=office.partners["mine"])

    group, clock = await store.write(people), MovableClock(NOW)
    chat = Channel(answers=[GONE])
    sender = Sender(store, clock, {"chat": chat}, on_broken=tell_broken(Desk(), clock))
    await put(store, outgoing(group, "one"), at=NOW)
    await sender.start()
    await settled(sender, 3)
    await sender.stop()
    lost, *told = chat.got
    assert lost.conversation.external_id == "cid1"
    texts = {message.conversation.external_id: as_text(message.cards[0]) for message in told}
    assert set(texts) == {"an", "bo"}
    for piece in ("“菜鸟 欧线群” cannot be reached any more", "Channel: chat", "Partner: Mine",
                  "The channel said: robot removed", "write to the bot once"):
        assert piece in texts["an"]
    assert "“菜鸟 欧线群”已无法送达" in texts["bo"]


async def test_two_messages_in_flight_to_it_tell_it_once(store: Store) -> None:
    def people(conn: Connection) -> int:
        office = Office(conn)
        office.direct("chat", "an", office.person("An", language="en"))
        return office.talk("chat", "cid1", kind="group")

    group, clock = await store.write(people), MovableClock(NOW)
    chat = Channel(answers=[GONE, GONE])
    sender = Sender(store, clock, {"chat": chat}, on_broken=tell_broken(Desk(), clock))
    await put(store, outgoing(group, "reply"), outgoing(group, "push", kind=2), at=NOW)
    await sender.start()
    await settled(sender, 3)
    await sender.stop()
    assert len([message for message in chat.got if message.conversation.external_id == "an"]) == 1


async def test_with_nobody_to_tell_it_is_marked_all_the_same(store: Store) -> None:
    group = await store.write(lambda conn: Office(conn).talk("chat", "cid1", kind="group"))
    clock, chat = MovableClock(NOW), Channel(answers=[GONE])
    sender = Sender(store, clock, {"chat": chat}, on_broken=tell_broken(Desk(), clock))
    await put(store, outgoing(group, "one"), at=NOW)
    await sender.start()
    await settled(sender, 1)
    await sender.stop()
    why = select(conversation.c.broken).where(conversation.c.id == group)
    assert "robot removed" in str(await store.read(lambda conn: conn.execute(why).scalar_one()))
    assert len(await store.read(lambda conn: conn.execute(select(outbox.c.id)).all())) == 1


async def test_mail_that_came_back_for_good_is_told_once_as_well(store: Store) -> None:
    def unit(conn: Connection) -> list[str]:
        office = Office(conn)
        office.direct("chat", "an", office.person("An", language="en"))
        gone = office.talk("post", "li@example.test")
        enqueue(conn, outgoing(gone, "one"), NOW)
        sent = conn.execute(select(outbox.c.message_id, outbox.c.created_at)).one()
        for _ in range(2):
            mark_undelivered(
                conn, "post", sent.message_id, created_at=sent.created_at, reason="5.1.1 no such mailbox",
                permanent=True, on_broken=tell_broken(Desk(), MovableClock(NOW)),
            )  # fmt: skip
        told = conn.execute(select(outbox.c.cards).where(outbox.c.conversation_id != gone)).scalars()
        return [as_text(cards_from_json(cards)[0]) for cards in told]

    (told,) = await store.write(unit)
    for piece in ("“li@example.test” cannot be reached any more", "Channel: post", "5.1.1 no such mailbox"):
        assert piece in told
