"""Several waiting alerts of one conversation in one message, in its own language."""

from datetime import timedelta

from sqlalchemy import select

from bot.alerts.bundling import worded_bundle
from bot.clock import MovableClock
from bot.contracts import Card, Table, Tone, as_text
from bot.outbox import Sender
from bot.outbox.tables import outbox
from bot.store import Store
from tests.alerts.world import NOW, make_world
from tests.outbox.channel import Channel

MAKE = worded_bundle(MovableClock(NOW))


def card(ref: str, title: str, *, language: str = "en", tone: Tone = Tone.WARNING, text: str = "since noon") -> Card:
    return Card.model_validate(
        {"language": language, "title": title, "tone": tone, "text": (text,), "reference": ref}
    )


def test_each_alert_has_a_line_with_its_reference_and_how_late() -> None:
    (made,) = MAKE([(card("A-1", "Late: one"),), (card("A-2", "Late: two", tone=Tone.BAD),)], "en")
    assert made.title == "2 alerts that had to wait"
    assert made.table == Table(
        columns=("Reference", "Alert", "Details"), more="and {n} more", key_columns=2,
        rows=(("A-1", "Late: one", "since noon"), ("A-2", "Late: two", "since noon")),
    )  # fmt: skip
    assert made.tone is Tone.BAD
    assert made.footer.endswith("“who A-1”")


def test_of_one_alert_only_the_last_word_counts() -> None:
    over = (card("A-1", "Over: one", tone=Tone.GOOD),)
    (made,) = MAKE([(card("A-1", "Late: one"),), (card("A-2", "Late: two"),), over], "en")
    assert [row[:2] for row in (made.table.rows if made.table else ())] == [("A-1", "Over: one"), ("A-2", "Late: two")]
    assert MAKE([(card("A-1", "Late: one"),), over], "en") == over


def test_a_bilingual_conversation_gets_both_languages_and_every_line_in_each() -> None:
    waiting = [
        (card(f"A-{n}", f"延误 {n}", language="zh-Hans"), card(f"A-{n}", f"Late {n}")) for n in (1, 2)
    ]
    chinese, english = MAKE(waiting, "bilingual")
    assert (chinese.title, english.title) == ("补发 2 条提醒", "2 alerts that had to wait")
    assert "延误 2" in as_text(chinese)
    assert "Late 2" in as_text(english)
    assert "延误" not in as_text(english)


async def test_after_an_outage_a_person_reads_one_message_in_their_language(store: Store) -> None:
    world = await make_world(store)
    await world.follow("li")
    for number in ("CV7911", "CV7913", "CV7915"):
        await world.parcels(3, of="cainiao", on=await world.late_flight(number))
    assert len(await world.become_told()) == 3
    channel = Channel("local")
    sender = Sender(store, world.clock, {"local": channel}, bundle=worded_bundle(world.clock))
    world.clock.advance(timedelta(minutes=1))
    await sender.start()
    await channel.arrived.wait()
    await sender.stop()
    (message,) = channel.got
    text = as_text(message.cards[0])
    assert message.cards[0].title == "补发 3 条提醒"
    assert [number in text for number in ("CV7911", "CV7913", "CV7915")] == [True] * 3
    states = await store.read(lambda conn: conn.execute(select(outbox.c.state)).scalars().all())
    assert sorted(states) == ["bundled"] * 3 + ["sent"]
