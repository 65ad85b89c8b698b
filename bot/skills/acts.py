"""Acts upon alerts: take note, resolve, reopen, who. An alert of others is as unknown as none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from bot.alerts import service as alerts
from bot.alerts.cards import name_of
from bot.alerts.model import ActResult, AlertView, Who
from bot.cases import RequestState
from bot.contracts import Card, Field, Step, Tone
from bot.skills.base import Answer, Ask, Done, Skill
from bot.skills.choosing import Option, choose
from bot.skills.parts import note, press
from bot.skills.question import not_after_all
from bot.skills.requests import case_status, close_or_reopen
from bot.skills.undo import note_undo
from bot.wording import Words

OFFERED: Final = 5
LINES: Final = 10

Act = Callable[[Connection, str], ActResult]


def acknowledge(ask: Ask, conn: Connection) -> Answer:
    """Take note of one or several alerts; asks which when none was named and none was just told."""
    refs = _refs(ask.slots.get("alert_id"))
    if not refs:
        return which_alert(ask, conn, "acknowledge")
    lasts = ask.services.ack_lasts
    return _act(
        ask, "acknowledge", refs,
        lambda c, ref: alerts.acknowledge(c, ref, person=ask.person, now=ask.now, lasts=lasts),
    )  # fmt: skip


def resolve(ask: Ask, conn: Connection) -> Answer:
    """`resolve A-1024`: closed for the person's side until there is new evidence."""
    ref = ask.slots.get("reference")
    if ref is None:
        return which_alert(ask, conn, "resolve")
    if ref.startswith("C"):
        return close_or_reopen(ask, ref, RequestState.CLOSED)
    return _act(ask, "resolve", (ref,), lambda c, r: alerts.resolve(c, r, person=ask.person, now=ask.now))


def reopen(ask: Ask, conn: Connection) -> Answer:
    """`reopen A-1024`: brought back within 14 days."""
    ref = ask.slots.get("reference")
    if ref is None:
        return which_alert(ask, conn, "reopen")
    if ref.startswith("C"):
        return close_or_reopen(ask, ref, RequestState.OPEN)
    return _act(ask, "reopen", (ref,), lambda c, r: alerts.reopen(c, r, person=ask.person, now=ask.now))


def _act(ask: Ask, name: str, refs: Sequence[str], act: Act) -> Answer:
    def change(conn: Connection) -> Done:
        results = [(ref, act(conn, ref)) for ref in refs[:LINES]]
        changed = [ref for ref, result in results if result.kind == "done"]
        if changed:
            note_undo(conn, ask, name, {"refs": changed})
        back = not_after_all("undo") if changed and name == "acknowledge" else None
        shown = " ".join(ref for ref, _ in results)
        return Done(lambda words: (_acted(words, name, results),), remember=shown, asks=back)

    return Answer(change=change)


def _acted(words: Words, name: str, results: Sequence[tuple[str, ActResult]]) -> Card:
    lines = [_result(words, name, ref, result) for ref, result in results]
    done = [ref for ref, result in results if result.kind == "done"]
    back = {"acknowledge": "", "resolve": "reopen", "reopen": "resolve"}[name]
    undo = [press(words, "talk.button.undo", words.say("talk.button.undo.say"))] if done and not back else []
    if done and back:
        lines.append(words.say(f"talk.acts.back.{back}", ref=done[0]))
    known = [ref for ref, result in results if result.kind != "unknown"]
    actions = [
        press(words, f"talk.button.{button}", words.say(f"talk.button.{button}.say", ref=known[0]))
        for button in (("who", "export") if known else ())
    ]
    return note(
        words, *lines, tone=Tone.GOOD if done else Tone.NEUTRAL, actions=[*undo, *actions],
        reference=known[0] if known else "", footer=words.say("talk.undo.how") if undo else "",
    )


def _result(words: Words, name: str, ref: str, result: ActResult) -> str:
    if result.kind == "unknown" or result.view is None:
        return words.say("talk.acts.unknown", ref=ref)
    at = words.when(result.at) if result.at is not None else ""
    if result.kind == "already" and result.by and at:
        return words.say(f"talk.acts.{name}.already", ref=ref, by=result.by, at=at)
    if result.kind != "done":
        return words.say(f"talk.acts.{name}.closed", ref=ref)
    until = result.view.acked_until
    if name == "acknowledge" and until is not None:
        return words.say("talk.acts.acknowledge.until", ref=ref, until=words.when(until))
    return words.say(f"talk.acts.{name}.done", ref=ref)


def who(ask: Ask, conn: Connection) -> Answer:
    """`who A-1024`: who was told, and who did what."""
    ref = ask.slots.get("reference")
    if ref is None:
        return which_alert(ask, conn, "who")
    if ref.startswith("C"):
        return case_status(_with_case(ask, ref), conn)
    found = alerts.who(conn, ref, ask.person.scope, ask.now)
    if found is None:
        return Answer(cards=(unknown_alert(ask.words, ref),))
    return Answer(cards=(_who(ask.words, found),), remember=ref)


def _with_case(ask: Ask, ref: str) -> Ask:
    return replace(ask, understanding=replace(ask.understanding, intent="case_status", slots={"case_id": ref}))


def _who(words: Words, found: Who) -> Card:
    view = found.view
    if view.acked_by is not None and view.acked_at is not None:
        line = words.say("talk.who.has", by=view.acked_by, at=words.when(view.acked_at))
    else:
        line = words.say("talk.who.nobody")
    acts = [(act.at, words.say(f"talk.who.act.{act.act}", by=act.by)) for act in found.acts]
    told = [(told.at, words.say(f"talk.who.told.{told.kind}", who=told.conversation)) for told in found.told]
    steps = tuple(
        Step(when=words.clock(at), what=what)
        for at, what in sorted([*acts, *told], key=lambda pair: pair[0], reverse=True)[:LINES]
    )
    say = words.say("talk.button.acknowledge.say", ref=view.ref)
    actions = (press(words, "talk.button.acknowledge", say),) if view.acked_by is None else ()
    return Card(
        language=words.language, title=alert_name(words, view), text=(line,), timeline=steps, actions=actions,
        footer=words.say("talk.zone", zone=words.zone_name) if steps else "", reference=view.ref,
    )


def alert_name(words: Words, view: AlertView) -> str:
    """An alert's reference and what it is about, as its own message names it."""
    return words.say("talk.alert.about", ref=view.ref, about=name_of(words, view))


def which_alert(ask: Ask, conn: Connection, intent: str) -> Answer:
    """No alert named: offer the open ones, by button and by number."""
    words = ask.words
    offered = alerts.list_open(conn, ask.person.scope, ask.now, limit=OFFERED)
    if not offered:
        none = words.say("talk.export.nothing" if intent == "export" else "talk.acts.none_open")
        return Answer(cards=(note(words, none, words.say(f"talk.acts.how.{intent}")),))
    slot = "alert_id" if intent == "acknowledge" else "reference"
    options = [
        Option(alert_name(words, view), intent, {slot: view.ref},
               say=words.say(f"talk.button.{intent}.say", ref=view.ref), also=(view.ref, view.ref.replace("-", "")))
        for view in offered
    ]  # fmt: skip
    fields = [Field(label=view.ref, value=words.many("talk.acts.open", view.open_count)) for view in offered]
    return choose(words, words.say("talk.acts.which?"), options, fields=fields)


def _refs(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(str(ref) for ref in given) if isinstance(given, list | tuple) else ()


def unknown_alert(words: Words, ref: str) -> Card:
    """The answer about an alert that does not exist, or none of whose parcels the person may see."""
    return note(words, words.say("talk.acts.unknown", ref=ref), tone=Tone.WARNING)


ACT_SKILLS: Final[Mapping[str, Skill]] = {
    "acknowledge": acknowledge,
    "resolve": resolve,
    "reopen": reopen,
    "who": who,
}
