"""The inbox's statements, compiled once."""

from typing import Any

from sqlalchemy import bindparam, exists, func, literal, null, select, update

from bot.inbox.tables import inbox
from bot.people.tables import conversation
from bot.store.prepared import MakeInsert, Prepared, micros

# ---- receiving ----


def _ensure_conversation(make: MakeInsert) -> Any:
    names = ("adapter", "external_id", "kind", "title", "created_at")
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    statement = make(conversation).values(values | {"next_reply_seq": literal(1), "next_push_seq": literal(1)})
    return statement.on_conflict_do_update(
        index_elements=["adapter", "external_id"],
        set_={
            "title": func.coalesce(statement.excluded.title, conversation.c.title), "kind": statement.excluded.kind,
            "broken": null(),
        },
    ).returning(conversation.c.id)


ENSURE_CONVERSATION = Prepared(_ensure_conversation)
LOCK_CONVERSATION = Prepared(
    lambda _: select(conversation.c.broken).where(conversation.c.id == bindparam("conversation_id")).with_for_update()
)
MEND = Prepared(
    lambda _: update(conversation).where(conversation.c.id == bindparam("conversation_id")).values(broken=null())
)
SET_ROUTE = Prepared(
    lambda _: update(conversation)
    .where(conversation.c.id == bindparam("conversation_id"))
    .values(route_url=bindparam("route_url"), route_expires_at=bindparam("route_expires_at"), broken=null())
)


def _open_in_conversation() -> Any:
    return select(inbox.c.id).where(
        inbox.c.conversation_id == bindparam("conversation_id"), inbox.c.finished_at.is_(None)
    )


HAS_OPEN = Prepared(lambda _: select(exists(_open_in_conversation())))


def _insert(make: MakeInsert) -> Any:
    names = (
        "adapter", "message_id", "conversation_id", "message", "state", "attempts", "available_at", "lease_token",
        "received_at", "backoff",
    )
    return (
        make(inbox)
        .values({name: bindparam(name) for name in names})
        .on_conflict_do_nothing(index_elements=["adapter", "message_id"])
        .returning(inbox.c.id)
    )


INSERT = Prepared(_insert)
FIND = Prepared(
    lambda _: select(inbox.c.id).where(
        inbox.c.adapter == bindparam("adapter"), inbox.c.message_id == bindparam("message_id")
    )
)


# ---- leasing ----

_CLAIMED = (inbox.c.id, inbox.c.conversation_id, inbox.c.message, micros(inbox.c.received_at), inbox.c.attempts)


def _due(_: MakeInsert) -> Any:
    earlier = inbox.alias()
    blocked = exists().where(
        earlier.c.conversation_id == inbox.c.conversation_id, earlier.c.id < inbox.c.id, earlier.c.finished_at.is_(None)
    )
    return (
        select(*_CLAIMED)
        .where(
            inbox.c.finished_at.is_(None), inbox.c.adapter == bindparam("of_adapter"),
            inbox.c.available_at <= bindparam("now"), ~blocked,
        )
        .order_by(inbox.c.available_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=inbox)
    )


def _next(_: MakeInsert) -> Any:
    first = select(func.min(inbox.c.id)).where(
        inbox.c.conversation_id == bindparam("conversation_id"), inbox.c.finished_at.is_(None)
    )
    return (
        select(*_CLAIMED)
        .where(inbox.c.id == first.scalar_subquery(), inbox.c.available_at <= bindparam("now"))
        .with_for_update(skip_locked=True)
    )


def _mine() -> Any:
    return update(inbox).where(inbox.c.id == bindparam("row_id"), inbox.c.lease_token == bindparam("token"))


DUE = Prepared(_due)
NEXT = Prepared(_next)
LEASE = Prepared(
    lambda _: update(inbox).where(inbox.c.id == bindparam("row_id")).values(
        state=literal("leased"), lease_token=bindparam("new_token"), available_at=bindparam("until"),
        attempts=bindparam("number"),
    )
)
DEAD = Prepared(
    lambda _: update(inbox).where(inbox.c.id == bindparam("row_id")).values(
        state=literal("dead"), finished_at=bindparam("at"), lease_token=null(), error=bindparam("why")
    )
)
RENEW = Prepared(lambda _: _mine().values(available_at=bindparam("until")))
GIVE_BACK = Prepared(
    lambda _: _mine().values(
        state=literal("ready"), available_at=bindparam("at"), lease_token=null(), attempts=inbox.c.attempts - 1
    )
)
LAST_WAIT = Prepared(lambda _: select(inbox.c.backoff).where(inbox.c.id == bindparam("row_id")))
TRY_AGAIN = Prepared(
    lambda _: _mine().values(
        state=literal("ready"), available_at=bindparam("at"), lease_token=null(), error=bindparam("why"),
        backoff=bindparam("wait"),
    )
)
GIVE_UP = Prepared(
    lambda _: _mine().values(
        state=literal("dead"), finished_at=bindparam("at"), lease_token=null(), error=bindparam("why")
    )
)


def _finish(_: MakeInsert) -> Any:
    behind = inbox.alias()
    followers = exists().where(
        behind.c.conversation_id == bindparam("place"), behind.c.finished_at.is_(None),
        behind.c.id != bindparam("row_id"),
    )
    return (
        _mine()
        .values(
            state=literal("done"), finished_at=bindparam("at"), lease_token=null(), outcome=bindparam("taken_for"),
            error=null(),
        )
        .returning(select(followers).scalar_subquery())
    )


FINISH = Prepared(_finish)
