"""The inbox's statements, compiled once."""

from typing import Any

from sqlalchemy import bindparam, exists, func, literal, null, select, update

from bot.inbox.tables import inbox
from bot.people.tables import conversation
from bot.store.prepared import MakeInsert, Prepared

# ---- receiving ----


def _ensure_conversation(make: MakeInsert) -> Any:
    names = ("adapter", "external_id", "kind", "title", "created_at")
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    statement = make(conversation).values(values | {"next_reply_seq": literal(1), "next_push_seq": literal(1)})
    return statement.on_conflict_do_update(
        index_elements=["adapter", "external_id"],
        set_={
            "title": func.coalesce(statement.excluded.title, conversation.c.title), "kind": statement.excluded.kind
        },
    ).returning(conversation.c.id)


ENSURE_CONVERSATION = Prepared(_ensure_conversation)
LOCK_CONVERSATION = Prepared(
    lambda _: select(conversation.c.id).where(conversation.c.id == bindparam("conversation_id")).with_for_update()
)
SET_ROUTE = Prepared(
    lambda _: update(conversation)
    .where(conversation.c.id == bindparam("conversation_id"))
    .values(route_url=bindparam("route_url"), route_expires_at=bindparam("route_expires_at"))
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


# ---- closing ----

FINISH = Prepared(
    lambda _: update(inbox)
    .where(inbox.c.id == bindparam("inbox_id"), inbox.c.lease_token == bindparam("token"))
    .values(
        state=literal("done"), finished_at=bindparam("finished"), lease_token=null(), outcome=bindparam("outcome_json"),
        error=null(),
    )
)
