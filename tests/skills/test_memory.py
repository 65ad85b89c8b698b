"""What the next message may refer to."""

from datetime import timedelta

from sqlalchemy import Connection, select

from bot.contracts import Card, ConversationAddress, ConversationKind, InboundMessage, Quoted, Sender
from bot.people.tables import contact, conversation
from bot.skills.base import Answer, Ask
from bot.skills.hear import hear
from bot.skills.memory import TURNS, Exchange, Memory, forget, note_push, recall, remember
from bot.skills.question import Choice, Question
from bot.skills.registry import CONVERSATION_SKILLS
from bot.store import Store
from bot.understanding import Understanding
from tests.skills.stage import NOW, stage

HALF_AN_HOUR = timedelta(minutes=30)
ONE, OTHER = "LX123456785CN", "RB123456785BE"


def place(conn: Connection) -> tuple[int, int]:
    """A conversation and a person in it."""
    values = {"adapter": "chat", "external_id": "g", "kind": "group", "created_at": NOW}
    where = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
    person = {"name": "Li", "role": "partner", "origin": "chat"}
    return where, conn.execute(contact.insert().returning(contact.c.id), person).scalar_one()


async def test_eight_turns_are_kept_for_half_an_hour(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, who = place(conn)
        for minute in range(10):
            now = NOW + timedelta(minutes=minute)
            memory = recall(conn, where, who, now=now, lasts=HALF_AN_HOUR)
            exchange = Exchange(said=f"q{minute}", shown=f"a{minute}")
            remember(conn, where, who, memory=memory, exchange=exchange, now=now)
        turns = recall(conn, where, who, now=NOW + timedelta(minutes=10), lasts=HALF_AN_HOUR).turns()
        assert [turn.text for turn in turns] == ["q6", "a6", "q7", "a7", "q8", "a8", "q9", "a9"]
        assert len(turns) == TURNS
        later = recall(conn, where, who, now=NOW + timedelta(minutes=38, seconds=30), lasts=HALF_AN_HOUR)
        assert [turn.text for turn in later.turns()] == ["q9", "a9"]

    await store.write(unit)


async def test_a_push_is_known_to_everybody_there_and_stands_in_its_time(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, who = place(conn)
        note_push(conn, where, "CV7911 A-1024", NOW)
        note_push(conn, where, "CV7912 A-1025", NOW + timedelta(hours=1))
        now = NOW + timedelta(hours=2)
        memory = recall(conn, where, who, now=now, lasts=HALF_AN_HOUR)
        assert [turn.text for turn in memory.turns()] == ["CV7912 A-1025"]
        remember(conn, where, who, memory=memory, exchange=Exchange(said="q", shown="a"), now=now)
        again = recall(conn, where, who, now=now, lasts=HALF_AN_HOUR)
        assert [turn.text for turn in again.turns("what it replies to")] == [
            "CV7912 A-1025", "q", "a", "what it replies to",
        ]  # fmt: skip
        next_day = recall(conn, where, who + 1, now=NOW + timedelta(hours=26), lasts=HALF_AN_HOUR)
        assert next_day.turns() == ()

    await store.write(unit)


async def test_a_question_is_open_for_one_message_and_half_an_hour(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, who = place(conn)
        question = Question((Choice(("是",), "subscribe", {"everything": True}),))
        memory = recall(conn, where, who, now=NOW, lasts=HALF_AN_HOUR)
        exchange = Exchange(said="q", shown="a", question=question)
        remember(conn, where, who, memory=memory, exchange=exchange, now=NOW)
        assert recall(conn, where, who, now=NOW, lasts=HALF_AN_HOUR).question == question
        assert recall(conn, where, who, now=NOW + timedelta(minutes=31), lasts=HALF_AN_HOUR).question is None
        remember(conn, where, who, memory=memory, exchange=Exchange(said="q", shown="a"), now=NOW)
        assert recall(conn, where, who, now=NOW, lasts=HALF_AN_HOUR).question is None

    await store.write(unit)


async def test_old_memories_are_deleted(store: Store) -> None:
    def unit(conn: Connection) -> None:
        where, who = place(conn)
        note_push(conn, where, "CV7911", NOW)
        memory = recall(conn, where, who, now=NOW, lasts=HALF_AN_HOUR)
        remember(conn, where, who, memory=memory, exchange=Exchange(said="q", shown="a"), now=NOW + timedelta(days=1))
        assert forget(conn, NOW + timedelta(hours=1)) == 1

    await store.write(unit)


def echo(ask: Ask, _: Connection) -> Answer:
    """Stands in for a parcel skill: says which numbers it was asked about."""
    numbers = " ".join(ask.slots.get("numbers", ())) or "none"
    return Answer(cards=(Card(language=ask.words.language, title=f"{ask.understanding.intent}: {numbers}"),))


ECHOES = {**CONVERSATION_SKILLS, **dict.fromkeys(("track", "eta", "delay_reason", "history"), echo)}


async def test_it_is_the_parcel_spoken_of_and_in_a_group_everybody_has_an_own_it(store: Store) -> None:
    async with stage(store, skills=ECHOES) as talk:
        await talk.say("li", f"{ONE} 到哪了", group="g")
        await talk.say("marie", f"where is {OTHER}", group="g")
        (await talk.say("li", "什么时候能到", group="g")).says(f"eta: {ONE}")
        (await talk.say("marie", "why is it late", group="g")).says(f"delay_reason: {OTHER}")
        talk.later(minutes=31)
        (await talk.say("li", "什么时候能到", group="g")).says("eta: none")


async def test_a_reply_to_a_card_means_the_parcel_on_it(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=ECHOES) as talk:
        await talk.say("li", f"{ONE} 到哪了")
        (await talk.say("li", "why is it stuck??", quoted=f"{OTHER} · 清关中")).says(f"delay_reason: {OTHER}")


async def test_yesterdays_parcel_is_found_again(store: Store) -> None:
    async with stage(store, skills=ECHOES) as talk:
        await talk.say("li", f"{ONE} 到哪了")
        talk.later(days=1)
        await talk.say("li", f"{OTHER} 到哪了")
        (await talk.say("li", "那昨天那票呢")).says(f"track: {ONE}")
        (await talk.say("li", "when will yesterday's one arrive")).says(f"eta: {ONE}")


async def test_of_two_parcels_of_yesterday_the_person_points_at_one(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=ECHOES) as talk:
        await talk.say("li", f"{ONE} 到哪了")
        await talk.say("li", f"{OTHER} 到哪了")
        talk.later(days=1)
        asked = (await talk.say("li", "昨天那票什么时候能到")).says("您说的是哪一票？")
        (await talk.say("li", asked.button(ONE))).says(f"eta: {ONE}")
        await talk.say("li", "昨天那票什么时候能到")
        (await talk.say("li", "第一个")).says(f"eta: {OTHER}")


async def test_what_was_pushed_but_never_asked_leaves_no_trace_of_the_person(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.say("li", "谢谢", group="g")
        where = await sqlite_store.read(lambda conn: conn.execute(select(conversation.c.id)).scalar_one())
        await sqlite_store.write(lambda conn: note_push(conn, where, f"{ONE} A-1", NOW))
        (await talk.say("wang", "您好", group="g")).says("我是包裹桥").keeps_quiet_about(ONE)


def hears(text: str, *lines: tuple[str, str]) -> Understanding:
    """A message in a thread below our alert, after what was said there before."""
    message = InboundMessage(
        message_id="m", sender=Sender(external_id="li"), text=text, sent_at=NOW,
        conversation=ConversationAddress(
            adapter="chat", external_id="c/1", kind=ConversationKind.THREAD, within="c",
        ),
        quoted=Quoted(text="A-3 航班 CV7911 晚点 LX123456785CN", thread=True),
    )
    memory = Memory(lines=tuple((role, said, place) for place, (role, said) in enumerate(lines)))
    return hear(message, memory, NOW)


def test_in_a_thread_below_an_alert_the_alert_is_what_is_noted_and_asked_about() -> None:
    assert hears("收到").slots == {"alert_id": "A-3"}
    assert hears("这个什么情况").slots == {"refs": ["CV7911"]}
    assert hears("它的轨迹").slots == {"numbers": ["LX123456785CN"]}


def test_what_was_said_in_a_thread_since_comes_after_what_began_it() -> None:
    since = (("user", f"{OTHER} 到哪了"), ("bot", f"{OTHER} · 清关中"))
    assert hears("什么时候到", *since).slots == {"numbers": [OTHER]}
    assert hears("这个呢", *since).slots == {"numbers": [OTHER]}
