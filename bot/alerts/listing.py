"""The parcels of an alert as a workbook's list: asked for beside the message, looked up when the file is made."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from bot.alerts.cards import title_of
from bot.alerts.cover import Cover, Part, cover_of_scope
from bot.alerts.picture import Picture, load
from bot.alerts.refs import id_of
from bot.contracts import File
from bot.people import EVERYTHING, PartnerScope
from bot.store.schema import from_micros, to_micros
from bot.tracking.affected import parcels_on
from bot.tracking.queries import parcels_by_id
from bot.wording import Words
from bot.workbook import Item, Listing, Request, ask_for
from bot.workbook.names import alert_name

SOURCE = "alert"


def ask_for_list(conn: Connection, ref: str, cover: Cover, *, words: Words) -> File:
    """A workbook of an alert's parcels in a cover, those late when it is made."""
    return ask_for(conn, _request(ref, cover, words))


def ask_for_whole_list(conn: Connection, ref: str, scope: PartnerScope, words: Words) -> File:
    """A workbook of everything an alert ever had within a scope."""
    return ask_for(conn, whole_list(ref, scope, words))


def whole_list(ref: str, scope: PartnerScope, words: Words) -> Request:
    """That list, for who makes it at once."""
    return _request(ref, cover_of_scope(scope), words, whole=True)


def alert_list(conn: Connection, request: Request, words: Words) -> Listing | None:
    """See `bot.workbook.Source`. Keys are (parcel, microseconds since it is late, or None when it is no longer).

    All keys at once: page by page, everything on the flight would be looked for again for every page.
    """
    asked = request.asked
    group_id = id_of(asked["ref"])
    picture = load(conn, group_id, words.now) if group_id is not None else None
    if picture is None:
        return None
    cover = Cover(*(tuple(Part(**part) for part in asked[name]) for name in ("parts", "mutes")))
    view = picture.view(cover)
    since, rule = view.late_since, view.rule
    late = still_late(picture) if asked["whole"] else None
    keys = [
        (row.parcel_id, to_micros(row.late_since or since) if late is None or late(row) else None)
        for row in picture.rows(cover, whole=asked["whole"])
    ]
    keys.sort(key=lambda key: key[1] is None)  # what is late still comes first

    def items(conn: Connection, keys: Sequence[tuple[int, int | None]]) -> list[Item]:
        late_since = {key: None if at is None else from_micros(at) for key, at in keys}
        parcels = parcels_by_id(conn, list(late_since), request.scope)
        return [Item(one.number, one, late_since[one.id], rule) for one in parcels]

    return Listing(keys, items, words.say("talk.alert.about", ref=view.ref, about=title_of(words, view)))


def _request(ref: str, cover: Cover, words: Words, *, whole: bool = False) -> Request:
    return Request(
        source=SOURCE, asked={"ref": ref, "whole": whole, **asdict(cover)}, scope=_scope(cover),
        language=words.language, zone=words.zone.key, name=alert_name(words, ref),
        asked_at=words.now,
    )  # fmt: skip


def still_late(picture: Picture) -> Callable[[Any], bool]:
    """Tells of a row of the whole group whether its parcel is late still."""
    if not picture.group.of_linehaul:
        return lambda row: row.closed_at is None
    awaited = _still_awaiting(picture.conn, picture.group)
    return lambda row: row.parcel_id in awaited


def _still_awaiting(conn: Connection, group: Any) -> set[int]:
    if group.closed_at is not None:
        return set()
    rows = parcels_on(group.linehaul_id, awaiting=group.awaited).subquery()
    return set(conn.execute(select(rows.c.parcel_id)).scalars())


def _scope(cover: Cover) -> PartnerScope:
    partners = frozenset(part.partner_id for part in cover.parts if part.partner_id is not None)
    return EVERYTHING if any(part.partner_id is None for part in cover.parts) else PartnerScope(partners)
