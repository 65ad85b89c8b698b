"""`undo`: the person's last change here is taken back, within ten minutes."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from bot.alerts import service as alerts
from bot.cases import RequestState
from bot.cases import service as cases
from bot.contracts import ConversationAddress, Language
from bot.people.places import unregister
from bot.people.service import LanguageSettings, restore_language
from bot.skills.base import Answer, Ask, Done
from bot.skills.languages import languages_of
from bot.skills.parts import in_a_row, note, plain
from bot.skills.scopes import from_slots, scope_name
from bot.skills.tables import talk_undo
from bot.store.schema import insert
from bot.wording import Words

UNDO_WITHIN: Final = timedelta(minutes=10)

Say = Callable[[Words], str]
_LAST = select(talk_undo.c.action, talk_undo.c.detail, talk_undo.c.done_at).where(
    talk_undo.c.conversation_id == bindparam("conversation_id"), talk_undo.c.contact_id == bindparam("contact_id")
)


def note_undo(conn: Connection, ask: Ask, action: str, detail: Mapping[str, Any]) -> None:
    """Remember, in the transaction of a change, what taking it back needs."""
    row = {
        "conversation_id": ask.conversation_id, "contact_id": ask.person.contact_id, "action": action,
        "detail": json.dumps(detail, ensure_ascii=False), "done_at": ask.now,
    }
    statement = insert(conn, talk_undo).values(row)
    changes = {name: row[name] for name in ("action", "detail", "done_at")}
    conn.execute(statement.on_conflict_do_update(index_elements=["conversation_id", "contact_id"], set_=changes))


def undo(ask: Ask, conn: Connection) -> Answer:
    """Take back the person's last change here, or say that there is nothing to take back."""
    key = {"conversation_id": ask.conversation_id, "contact_id": ask.person.contact_id}
    row = conn.execute(_LAST, key).first()
    if row is None:
        return plain(ask.words, "talk.undo.nothing")
    if ask.now - row.done_at > UNDO_WITHIN:
        return plain(ask.words, "talk.undo.too_late")
    revert = _REVERT[row.action]
    detail = json.loads(row.detail)

    def change(conn: Connection) -> Done:
        say = revert(conn, ask, detail)
        conn.execute(delete(talk_undo).where(
            talk_undo.c.conversation_id == ask.conversation_id, talk_undo.c.contact_id == ask.person.contact_id
        ))
        return Done(lambda words: (note(words, say(words)),), languages=_languages_after(row.action, detail))

    return Answer(change=change)


def _languages_after(action: str, detail: Mapping[str, Any]) -> tuple[Language, ...]:
    setting = detail["person"] or detail["conversation"] if action == "set_language" else None
    return languages_of(setting) if setting else ()


def _unfollow(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    scope, wish = from_slots(detail), detail.get("wish")
    if wish is not None:
        alerts.end_wish(conn, wish, ask.conversation_id)
    return lambda words: words.say("talk.undo.subscribe", what=scope_name(words, scope))


def _follow_again(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    scopes = [scope for slots in detail["scopes"] if (scope := from_slots(slots)) is not None]
    for scope in scopes:
        alerts.subscribe(
            conn, person=ask.person, conversation_id=ask.conversation_id, scope=scope, now=ask.now
        )
    return lambda words: words.say(
        "talk.undo.unsubscribe",
        what=words.say("talk.list_comma").join(scope_name(words, scope) for scope in scopes),
    )


def _end_mute(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    ended = alerts.end_mute(
        conn, detail["mute_id"], person=ask.person, conversation_id=ask.conversation_id, now=ask.now
    )
    return lambda words: words.say("talk.undo.mute" if ended else "talk.undo.nothing")


def _mute_again(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    mutes = [(from_slots(one["scope"]), datetime.fromisoformat(one["until"])) for one in detail["mutes"]]
    again = [(scope, until) for scope, until in mutes if scope is not None and until > ask.now]
    for scope, until in again:
        alerts.mute(
            conn, person=ask.person, conversation_id=ask.conversation_id, scope=scope, until=until, reason=ask.text,
            now=ask.now,
        )
    return lambda words: words.say("talk.undo.unmute" if again else "talk.undo.nothing")


def _former_language(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    restore_language(conn, ask.person, ask.conversation_id, LanguageSettings(**detail))
    return lambda words: words.say("talk.undo.set_language")


def _open_again(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    return _set_back(conn, ask, detail["refs"], RequestState.OPEN)


def _close_again(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    return _set_back(conn, ask, detail["refs"], RequestState.CLOSED)


def _set_back(conn: Connection, ask: Ask, refs: Sequence[str], state: RequestState) -> Say:
    act = alerts.reopen if state is RequestState.OPEN else alerts.resolve
    done = []
    for ref in refs:
        if ref.startswith("C"):
            changed = cases.set_state(conn, ref, ask.person, state, now=ask.now) is not None
        else:
            changed = act(conn, ref, person=ask.person, now=ask.now).kind == "done"
        done += [ref] if changed else []
    if not done:  # meanwhile it is over, or somebody else did it
        return lambda words: words.say("talk.undo.nothing")
    key = "talk.undo.resolve" if state is RequestState.OPEN else "talk.undo.reopen"
    return lambda words: words.say(key, ref=in_a_row(words, done))


def _not_noted(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:
    back = [ref for ref in detail["refs"] if alerts.take_back(conn, ref, person=ask.person, now=ask.now).kind == "done"]
    if not back:  # it has ended meanwhile
        return lambda words: words.say("talk.undo.nothing")
    return lambda words: words.say("talk.undo.acknowledge", ref=in_a_row(words, back))


def _unknown_again(conn: Connection, ask: Ask, detail: Mapping[str, Any]) -> Say:  # noqa: ARG001 - one shape for all
    unregister(conn, ConversationAddress.model_validate(detail["address"]))
    return lambda words: words.say("talk.undo.who_reads")


_REVERT: Final[Mapping[str, Callable[[Connection, Ask, Mapping[str, Any]], Say]]] = {
    "subscribe": _unfollow,
    "unsubscribe": _follow_again,
    "mute": _end_mute,
    "unmute": _mute_again,
    "resolve": _open_again,
    "reopen": _close_again,
    "acknowledge": _not_noted,
    "set_language": _former_language,
    "who_reads": _unknown_again,
}

