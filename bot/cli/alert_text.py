"""Alerts as lines for administrators, in English and UTC."""

from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from bot.alerts import ActResult, AlertView, Life, Scope
from bot.alerts.cards import rule_name, title_of
from bot.wording import Words


def _words(view: AlertView) -> Words:
    return Words("en", ZoneInfo("UTC"), view.opened_at.astimezone(UTC))


def summary(view: AlertView) -> str:
    """One line of the list."""
    acked = f"\tacknowledged by {view.acked_by}" if view.acked_by else ""
    return f"{view.ref}\t{view.severity}\t{view.late_since:%Y-%m-%d %H:%M}\t{title_of(_words(view), view)}{acked}"


def life_lines(life: Life) -> Iterator[str]:
    """Everything about one alert."""
    view = life.view
    yield f"{view.ref}: {title_of(_words(view), view)}"
    yield f"rule: {view.rule} {rule_name(_words(view), view.rule)}; severity: {view.severity}; state: {view.state}"
    yield f"opened {view.opened_at:%Y-%m-%d %H:%M} UTC; late since {view.late_since:%Y-%m-%d %H:%M} UTC"
    yield f"parcels: {view.open_count} late of {view.total}"
    for told in life.told:
        yield f"told  {told.at:%Y-%m-%d %H:%M}  {told.conversation}  {told.kind}, {told.open_count} open"
    for act in life.acts:
        yield f"act   {act.at:%Y-%m-%d %H:%M}  {act.act} by {act.by}"
    for reason, count in life.suppressed:
        yield f"not told: {count}, {reason}"
    if life.untold:
        yield f"not told yet: {life.untold}"


def act_line(ref: str, done: ActResult) -> str:
    """What became of an act."""
    by = f" by {done.by}" if done.by else ""
    at = f" at {done.at:%Y-%m-%d %H:%M} UTC" if done.at else ""
    words = {"done": "done", "already": "was already done", "closed": "is over; nothing was changed"}
    return f"{ref}: {words[done.kind]}{by if done.kind == 'already' else ''}{at if done.kind == 'already' else ''}"


def scope_text(scope: Scope) -> str:
    """`everything`, `CV7911`, `LGG air BE`."""
    narrow = " ".join(part for part in (scope.hub, scope.mode, scope.country) if part)
    names = [*scope.numbers, *scope.refs, *([narrow] if narrow else [])]
    return "everything" if scope.everything else ", ".join(names)
