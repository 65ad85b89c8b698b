"""Wishes for a person: handed over, a problem, a paper, a text. Each is kept, and it is said who reads it and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from bot.cases import RequestKind, RequestState, RequestView, Told
from bot.cases import service as cases
from bot.cases.cards import TEXT_SHOWN, from_whom
from bot.cases.desk import Desk
from bot.cases.telling import tell_desk, told_of
from bot.contracts import Card, Field, Table, Tone
from bot.skills.base import Answer, Ask, Done, Skill
from bot.skills.memory import note_push
from bot.skills.parts import in_a_row, note, press
from bot.skills.undo import note_undo
from bot.understanding.slots import LISTS
from bot.wording import Words

LISTED: Final = 8
TOLD_SHOWN: Final = 3
_PAPERS: Final = frozenset({"customs_declaration", "pod", "invoice", "manifest", "cn22", "cn23", "mrn"})


def _request(kind: RequestKind) -> Skill:
    def skill(ask: Ask, _: Connection) -> Answer:
        about = [name for slot in LISTS for name in ask.slots.get(slot, ())]
        text = ask.text

        def change(conn: Connection) -> Done:
            opened = cases.open_request(
                conn, kind=kind, person=ask.person, conversation_id=ask.conversation_id, text=text, about=about,
                now=ask.now,
            )
            told = tell_desk(conn, opened, ask.services.desk, now=ask.now, note=note_push)
            papers = _papers(ask) if kind is RequestKind.DOCUMENT else ()
            return Done(
                lambda words: (_opened(words, opened, papers=papers, told=told, desk=ask.services.desk),),
                remember=" ".join([opened.request.ref, *opened.request.about[:20]]),
            )

        return Answer(change=change)

    return skill


def _papers(ask: Ask) -> tuple[str, ...]:
    wanted = ask.slots.get("doc_type") or ()
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    return tuple(name for name in names if name in _PAPERS)


def _opened(
    words: Words, opened: cases.Opened, *, papers: Sequence[str], told: Sequence[str], desk: Desk
) -> Card:
    """What was kept, who reads it and when; never a time by which it is solved."""
    request = opened.request
    key = "talk.request.opened" if opened.created else "talk.request.added"
    lines = [words.say(key, ref=request.ref, kind=words.say(f"talk.request.kind.{request.kind}"))]
    if request.kind is RequestKind.TEMPLATE:
        lines.append(words.say("talk.request.template_soon"))
    elif not request.about:
        lines.append(words.say(f"talk.request.missing.{request.kind}"))
    fields = [Field(label=words.say("talk.request.who"), value=words.say("talk.request.desk")),
              Field(label=words.say("talk.request.when"), value=_when(words, desk))]
    if told:
        fields.append(Field(label=words.say("talk.request.told"), value=in_a_row(words, told, at_most=TOLD_SHOWN)))
    if request.about:
        fields.insert(0, Field(label=words.say("talk.request.about"), value=in_a_row(words, request.about)))
    if papers:
        names = words.say("talk.list_comma").join(words.say(f"talk.paper.{name}") for name in papers)
        fields.insert(0, Field(label=words.say("talk.request.papers"), value=names))
    progress = words.say("talk.button.progress.say", ref=request.ref)
    return Card(
        language=words.language, title=words.say("talk.request.title", ref=request.ref), tone=Tone.GOOD,
        text=tuple(lines), fields=tuple(fields), reference=request.ref,
        actions=(press(words, "talk.button.progress", progress),),
    )


def _when(words: Words, desk: Desk) -> str:
    """When somebody reads it, with the hours of the desk by its own clock."""
    hours = {"opens": f"{desk.opens:%H:%M}", "closes": f"{desk.closes:%H:%M}",
             "zone": replace(words, zone=desk.zone).zone_name}
    if desk.is_open(words.now):
        return words.say("talk.request.desk_open", **hours)
    return words.say("talk.request.desk_opens", when=words.when(desk.next_opening(words.now)), **hours)


def case_status(ask: Ask, conn: Connection) -> Answer:
    """How far a request is; without a reference, the person's latest ones."""
    given = ask.slots.get("case_id")
    refs = [given] if isinstance(given, str) else list(given or ())
    if not refs:
        return _latest(ask, conn)
    cards = tuple(
        _unknown(ask.words, ref) if (found := cases.find_request(conn, ref, ask.person)) is None
        else _status(ask, found, told_of(conn, found.ref))
        for ref in refs[:LISTED]
    )  # fmt: skip
    return Answer(cards=cards)


def _latest(ask: Ask, conn: Connection) -> Answer:
    words = ask.words
    desk = ask.person.is_operator  # who answers sees what is open, who asks sees what was asked
    state = RequestState.OPEN if desk else None
    mine = cases.list_requests(conn, person=ask.person, mine=not desk, state=state, limit=LISTED)
    if not mine and desk:
        return Answer(cards=(note(words, words.say("talk.request.none_open")),))
    if not mine:
        return Answer(cards=(note(words, words.say("talk.request.none"), words.say("talk.request.how")),))
    rows = tuple(
        (view.ref, words.say(f"talk.request.kind.{view.kind}"), words.say(f"talk.request.state.{view.state}"),
         words.clock(view.updated_at)) for view in mine
    )  # fmt: skip
    columns = tuple(words.say(f"talk.request.column.{name}") for name in ("ref", "kind", "state", "updated"))
    table = Table(columns=columns, rows=rows, more=words.say("talk.subscriptions.more"), key_columns=3)
    title = words.say("talk.request.open" if desk else "talk.request.yours")
    return Answer(cards=(Card(language=words.language, title=title, table=table),))


def _status(ask: Ask, view: RequestView, told: Sequence[Told]) -> Card:
    words = ask.words
    state = words.say(f"talk.request.state.{view.state}")
    fields = [
        Field(label=words.say("talk.request.what"), value=words.say(f"talk.request.kind.{view.kind}")),
        Field(label=words.say("talk.request.since"), value=words.when(view.created_at)),
        Field(label=words.say("talk.request.updated"), value=words.when(view.updated_at)),
        Field(label=words.say("talk.request.who"), value=view.assignee or words.say("talk.request.desk")),
    ]
    if view.about:
        fields.insert(1, Field(label=words.say("talk.request.about"), value=in_a_row(words, view.about)))
    if view.state is RequestState.OPEN:
        fields.append(Field(label=words.say("talk.request.when"), value=_when(words, ask.services.desk)))
    fields.append(Field(label=words.say("talk.request.told"), value=_told(words, told)))
    if ask.person.is_operator:
        fields.insert(0, Field(label=words.say("cases.desk.from"), value=from_whom(words, view)))
        if ask.person.scope.partner_ids is None:  # else colleagues of who asked listen, and it was not said to them
            fields.append(Field(label=words.say("cases.desk.words"), value=view.text[:TEXT_SHOWN]))
    return Card(
        language=words.language, title=words.say("talk.request.status", ref=view.ref, state=state),
        fields=tuple(fields), reference=view.ref,
    )


def _told(words: Words, told: Sequence[Told]) -> str:
    """Who was told and when; what has not arrived is not said to have."""
    if not told:
        return words.say("talk.request.told.nobody")
    return in_a_row(words, [
        words.say("talk.request.told.failed", name=one.name) if one.failed
        else words.say("talk.request.told.at", name=one.name, when=words.clock(one.at)) if one.at is not None
        else words.say("talk.request.told.soon", name=one.name)
        for one in told
    ], at_most=TOLD_SHOWN)  # fmt: skip


def _unknown(words: Words, ref: str) -> Card:
    return note(words, words.say("talk.request.unknown", ref=ref), tone=Tone.WARNING)


def close_or_reopen(ask: Ask, ref: str, state: RequestState) -> Answer:
    """`resolve C-204` and `reopen C-204`."""

    def change(conn: Connection) -> Done:
        before = cases.set_state(conn, ref, ask.person, state, now=ask.now)
        if before is None:
            return Done(lambda words: (_unknown(words, ref),))
        same = before.state is state or (state is RequestState.OPEN and before.state is not RequestState.CLOSED)
        key = f"talk.request.{'already' if same else 'now'}.{state}"
        act, other = ("resolve", "reopen") if state is RequestState.CLOSED else ("reopen", "resolve")
        if not same:
            note_undo(conn, ask, act, {"refs": [ref]})
        return Done(lambda words: (note(
            words, words.say(key, ref=ref), words.say(f"talk.acts.back.{other}", ref=ref), tone=Tone.GOOD,
            reference=ref,
        ),))  # fmt: skip

    return Answer(change=change)


REQUEST_SKILLS: Final[Mapping[str, Skill]] = {
    "handoff": _request(RequestKind.HANDOFF),
    "report_problem": _request(RequestKind.PROBLEM),
    "document": _request(RequestKind.DOCUMENT),
    "template": _request(RequestKind.TEMPLATE),
    "case_status": case_status,
}
