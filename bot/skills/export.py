"""`export`: the whole list of an alert, or of the parcels asked about before, as a workbook or as rows."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from bot.alerts import service as alerts
from bot.alerts.model import AlertRow, AlertView
from bot.contracts import Card, File, Table
from bot.skills.acts import alert_name, unknown_alert, which_alert
from bot.skills.base import Answer, Ask, Done
from bot.skills.parcels.asked import look_up
from bot.skills.parcels.many import REMEMBERED
from bot.skills.parcels.track import answer_about
from bot.wording import Words
from bot.workbook.numbers import ask_for_numbers

ROWS: Final = 50
"""Of an alert, where it is shown as rows."""


def export(ask: Ask, conn: Connection) -> Answer:
    """`export A-1024`: every parcel of an alert as a workbook; as rows as far as a card carries them elsewhere."""
    words, ref = ask.words, ask.slots.get("reference")
    if ask.slots.get("numbers"):
        return _export_numbers(ask, conn)
    if ref is None:
        return which_alert(ask, conn, "export")
    view = alerts.find_alert(conn, ref, ask.person.scope, ask.now) if ref.startswith("A") else None
    if view is None:
        return Answer(cards=(unknown_alert(words, ref),))
    listed = ask.on_own_page or not ask.takes_files
    rows = tuple(islice(alerts.export_rows(conn, view.ref, ask.person.scope), ROWS)) if listed else ()
    if not ask.takes_files:
        return Answer(cards=(_exported(words, view, rows, staff=ask.person.is_operator),))

    def change(conn: Connection) -> Done:
        file = alerts.ask_for_whole_list(conn, view.ref, ask.person.scope, words)
        return Done(lambda words: (_exported(words, view, rows, file=file),), remember=view.ref)

    return Answer(change=change)


def _export_numbers(ask: Ask, conn: Connection) -> Answer:
    """The parcels asked about before as a workbook; where no file can be handed over, as the answer they had."""
    numbers = tuple(ask.slots["numbers"])
    if not ask.takes_files:
        return answer_about(ask, conn, look_up(ask, conn))

    def change(conn: Connection) -> Done:
        file = ask_for_numbers(conn, numbers, scope=ask.person.scope, words=ask.words)
        return Done(lambda words: (
            Card(language=words.language, text=(words.many("talk.export.numbers", len(numbers)),), files=(file,)),
        ), remember=" ".join(numbers[:REMEMBERED]))  # fmt: skip

    return Answer(change=change)


def _exported(
    words: Words, view: AlertView, rows: Sequence[AlertRow], *, file: File | None = None, staff: bool = False
) -> Card:
    text = [words.many("talk.export.count", view.total)]
    if file is not None:
        text.append(words.say("talk.export.workbook"))
    elif view.total > len(rows):
        text.append(words.say("talk.export.whole.staff" if staff else "talk.export.whole.partner", ref=view.ref))
    return Card(
        language=words.language, title=alert_name(words, view), text=tuple(text),
        table=_export_table(words, view, rows) if rows else None, files=(file,) if file is not None else (),
        footer=words.say("talk.zone", zone=words.zone_name) if rows else "", reference=view.ref,
    )  # fmt: skip


def _export_table(words: Words, view: AlertView, rows: Sequence[AlertRow]) -> Table:
    return Table(
        columns=tuple(words.say(f"talk.export.column.{name}") for name in ("number", "status", "since", "country")),
        rows=tuple(
            (row.number, words.milestone(row.milestone) if row.milestone else words.say("talk.export.no_place"),
             words.clock(row.late_since), words.country(row.country) if row.country else "")
            for row in rows
        ),
        hidden=max(0, view.total - len(rows)), more=words.say("talk.export.more"),
    )  # fmt: skip
