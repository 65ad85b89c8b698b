"""The list of what is late or held: asked for by a filter, looked up when the file is made."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from bot.contracts import File
from bot.people import PartnerScope
from bot.tracking.held import held_ids
from bot.tracking.late import late_ids
from bot.tracking.queries import parcels_by_id
from bot.tracking.views import Filter
from bot.wording import Words
from bot.workbook.model import Item, Listing, Request
from bot.workbook.names import matching_name
from bot.workbook.requests import ask_for

SOURCE = "matching"
What = Literal["late", "held", "customs"]
"""`customs`: held by customs alone."""


def ask_for_matching(conn: Connection, what: What, which: Filter, *, scope: PartnerScope, words: Words) -> File:
    """A workbook of every parcel of the scope that is late or held when it is made, those longest first."""
    request = Request(
        source=SOURCE, asked={"what": what, "filter": _as_json(which)}, scope=scope, language=words.language,
        zone=words.zone.key, name=matching_name(words, what), asked_at=words.now,
    )  # fmt: skip
    return ask_for(conn, request)


def matching_list(conn: Connection, request: Request, words: Words) -> Listing:
    """See `Source`."""
    what, which = request.asked["what"], _from_json(request.asked["filter"])
    if what == "late":
        keys = late_ids(conn, which, request.scope)
        title = words.many("parcels.late.title", len(keys))
    else:
        keys = held_ids(conn, which, request.scope, customs=what == "customs")
        title = words.many(f"parcels.held.title.{'customs' if what == 'customs' else 'any'}", len(keys))

    def items(conn: Connection, page: Sequence[int]) -> list[Item]:
        return [Item(one.number, one) for one in parcels_by_id(conn, page, request.scope)]

    return Listing(keys, items, title)


def _as_json(which: Filter) -> dict[str, Any]:
    values = {name: value for name, value in asdict(which).items() if value is not None}
    for name in ("since", "until"):
        if name in values:
            values[name] = values[name].isoformat()
    if "linehauls" in values:
        values["linehauls"] = sorted(values["linehauls"])
    return values


def _from_json(stored: dict[str, Any]) -> Filter:
    values = dict(stored)
    for name in ("since", "until"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    if "linehauls" in values:
        values["linehauls"] = frozenset(values["linehauls"])
    return Filter(**values)
