"""The messages of alerts: what is late, what changed, that it is over, and what there was while it was quiet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.model import AlertRow, AlertView
from bot.alerts.stands import Stand
from bot.contracts import Action, Card, Table, Tone
from bot.delays import Severity
from bot.wording import Words

_OPEN = ("ack", "mute", "export", "who")
"""Buttons of an alert nobody has done anything about."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is different since the conversation was told last."""

    new: int
    cleared: int
    worse: bool
    """The severity went up."""


def alert_card(words: Words, view: AlertView, *, change: Change | None = None) -> Card:
    """One card for all parcels of a group."""
    return Card(
        language=words.language, title=title_of(words, view),
        tone=Tone.BAD if view.severity in (Severity.HIGH, Severity.CRITICAL) else Tone.WARNING,
        text=tuple(filter(None, (_how_late(words, view), _changed(words, view, change), _acked(words, view)))),
        table=_table(words, view), actions=_actions(words, view), footer=_footer(words, view.ref),
        reference=view.ref,
    )  # fmt: skip


def standing_card(
    words: Words, view: AlertView, stand: Stand, *, muted_until: datetime | None, can_reopen: bool
) -> Card:
    """The same card once people did something about it: who has it and since when, and what is left to do."""
    buttons = list(_OPEN)
    if stand.acked:
        buttons.remove("ack")
    if muted_until is not None:
        buttons.remove("mute")
    if stand.resolved:
        buttons = [*(["reopen"] if can_reopen else []), "export", "who"]
    card = alert_card(words, view)
    return card.model_copy(update={
        "text": (*_who_has_it(words, stand, muted_until), _how_late(words, view)),
        "tone": Tone.NEUTRAL if stand.resolved else card.tone, "actions": _actions(words, view, buttons),
    })  # fmt: skip


def clear_card(words: Words, view: AlertView) -> Card:
    """It is over."""
    return Card(
        language=words.language, title=words.say("alerts.clear.title", what=name_of(words, view)), tone=Tone.GOOD,
        text=(_over(words, view),), footer=_footer(words, view.ref), reference=view.ref,
    )  # fmt: skip


def ended_card(words: Words, view: AlertView) -> Card:
    """What becomes of a card when nothing of it is left: it is over, or goes on as another alert."""
    card = clear_card(words, view)
    if view.moved < view.total:
        return card
    return card.model_copy(update={
        "title": words.say("alerts.shown.moved", what=name_of(words, view)), "tone": Tone.NEUTRAL
    })  # fmt: skip


def retired_card(words: Words, view: AlertView) -> Card:
    """What becomes of a card when a newer message tells of the same alert."""
    return Card(
        language=words.language, title=title_of(words, view), text=(words.say("alerts.shown.newer"),),
        footer=_footer(words, view.ref), reference=view.ref,
    )  # fmt: skip


def catch_up_card(words: Words, open_now: Sequence[AlertView], over: Sequence[AlertView], *, passed: int) -> Card:
    """One message for what there was during quiet hours; `passed` had come and gone in the meantime."""
    rows = tuple((view.ref, title_of(words, view)) for view in open_now)
    lines = [words.say("alerts.catch_up.over", what=name_of(words, view), ref=view.ref) for view in over]
    if passed:
        lines.append(words.many("alerts.catch_up.passed", passed))
    worst = any(view.severity in (Severity.HIGH, Severity.CRITICAL) for view in open_now)
    tone = Tone.GOOD if not open_now else Tone.BAD if worst else Tone.WARNING
    columns = (words.say("alerts.column.ref"), words.say("alerts.column.alert"))
    return Card(
        language=words.language, title=words.many("alerts.catch_up.title", len(open_now) + len(over)), tone=tone,
        text=tuple(lines), footer=words.say("alerts.catch_up.footer", when=words.when(words.now)),
        table=Table(columns=columns, rows=rows, more=words.say("alerts.catch_up.more")) if rows else None,
    )  # fmt: skip


def title_of(words: Words, view: AlertView) -> str:
    """What, how many, where: `Late: flight CV7911 PVG–LGG, 12,034 parcels past hub arrival`."""
    return words.many(f"alerts.title.{view.rule}", view.open_count, what=name_of(words, view))


def name_of(words: Words, view: AlertView) -> str:
    """`flight CV7911 PVG–LGG`, `Liège, Tue 24 Nov`."""
    if view.linehaul_number is None:
        hub = words.place(view.hub) if view.hub else words.say("alerts.what.no_hub")
        return words.say("alerts.what.hub", hub=hub, day=words.day(view.day or view.opened_at))
    kind = words.say(f"alerts.what.{view.mode if view.mode in ('air', 'rail', 'truck') else 'other'}")
    name = words.say("alerts.what.linehaul", kind=kind, number=view.linehaul_number)
    if view.origin is None or view.hub is None:
        return name
    return words.say("alerts.what.route", name=name, origin=view.origin, hub=view.hub)


def rule_name(words: Words, rule: str) -> str:
    """`Flight late arrival`."""
    return words.say(f"alerts.rule.{rule}")


def _how_late(words: Words, view: AlertView) -> str:
    length = words.length(view.late_by)
    if view.rule in ("D06", "D09") and view.expected_at is not None:
        return words.say("alerts.late.expected", expected=words.when(view.expected_at), length=length)
    if view.rule in ("D05", "D06", "D09"):
        return words.say(f"alerts.late.plan.{view.rule}", planned=words.when(view.late_since), length=length)
    return words.say("alerts.late.since", since=words.when(view.late_since), length=length)


def _changed(words: Words, view: AlertView, change: Change | None) -> str:
    if change is None or not (change.new or change.cleared or change.worse):
        return ""
    parts = []
    if change.new:
        parts.append(words.many("alerts.change.new", change.new))
    if change.cleared:
        parts.append(words.many("alerts.change.cleared", change.cleared))
    parts.append(words.many("alerts.change.open", view.open_count))
    if change.worse:
        parts.insert(0, words.say("alerts.change.worse"))
    return words.say("alerts.change", parts=words.say("alerts.change.join").join(parts))


def _acked(words: Words, view: AlertView) -> str:
    if view.acked_by is None or view.acked_at is None:
        return ""
    return words.say("alerts.acked", by=view.acked_by, when=words.when(view.acked_at))


def _who_has_it(words: Words, stand: Stand, muted_until: datetime | None) -> list[str]:
    lines = []
    if stand.resolved and stand.resolved_at is not None:
        when = words.when(stand.resolved_at)
        lines.append(words.say("alerts.shown.resolved", by=stand.resolved_by or "", when=when))
    elif stand.acked and stand.acked_at is not None and stand.acked_until is not None:
        when, until = words.when(stand.acked_at), words.when(stand.acked_until)
        lines.append(words.say("alerts.shown.acked", by=stand.acked_by or "", when=when, until=until))
    if muted_until is not None:
        lines.append(words.say("alerts.shown.muted", until=words.when(muted_until)))
    return lines


def _over(words: Words, view: AlertView) -> str:
    if view.ended_at is not None and view.rule in ("D05", "D06", "D08", "D09"):
        key = "alerts.clear.departed" if view.rule == "D05" else "alerts.clear.arrived"
        return words.say(key, when=words.when(view.ended_at), length=words.length(view.late_by))
    if view.ended_at is None and view.expected_at is not None:
        return words.say("alerts.clear.expected", when=words.when(view.expected_at))
    if view.moved:
        return words.many("alerts.clear.moved", view.moved)
    return words.many("alerts.clear.parcels", view.total)


def _table(words: Words, view: AlertView) -> Table | None:
    if not view.worst:
        return None
    names = ("number", "status", "since", "country")
    return Table(
        columns=tuple(words.say(f"alerts.column.{name}") for name in names),
        rows=tuple(_row(words, row) for row in view.worst),
        hidden=max(0, view.open_count - len(view.worst)),
        more=words.say("alerts.more", ref=view.ref, n="{n}"), key_columns=1,
    )  # fmt: skip


def _row(words: Words, row: AlertRow) -> tuple[str, ...]:
    country = words.country(row.country) if row.country else ""
    return row.number, words.milestone(row.milestone), words.clock(row.late_since), country


def _actions(words: Words, view: AlertView, buttons: Sequence[str] = _OPEN) -> tuple[Action, ...]:
    about = {"mute": view.linehaul_number or view.hub or ""}
    return tuple(
        Action(
            label=words.say(f"alerts.button.{name}"),
            say=words.say(f"alerts.button.{name}.say", ref=about.get(name, view.ref)).strip(),
            style="primary" if name == "ack" else "default",
        )
        for name in buttons
    )  # fmt: skip


def _footer(words: Words, ref: str) -> str:
    return words.say("alerts.footer", ref=ref, when=words.when(words.now))
