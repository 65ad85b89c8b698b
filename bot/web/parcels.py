"""`GET /api/v1/parcels/{number}`: one parcel of the caller's partner."""

from aiohttp import web

from bot.delays import Estimate, Subject
from bot.people import PartnerScope
from bot.tracking.views import LinehaulView, ParcelView
from bot.web.access import own_partner, require_token
from bot.web.errors import Refusal, answer_json
from bot.web.models import (
    EventOut,
    HoldOut,
    LinehaulOut,
    ParcelAnswer,
    ParcelOut,
    PredictionOut,
    PromiseOut,
    StatusOut,
)
from bot.web.rooms import ROOMS
from bot.web.tokens import TokenRole

MAX_NUMBER_CHARACTERS = 64


async def parcel(request: web.Request) -> web.Response:
    """The parcel; another partner's is answered exactly as one that does not exist."""
    rooms = request.app[ROOMS]
    caller = await require_token(request, rooms.store, TokenRole.API)
    scope = PartnerScope(frozenset({own_partner(caller)}))
    number = request.match_info["number"].strip()
    if not number or len(number) > MAX_NUMBER_CHARACTERS or not number.isascii() or not number.isprintable():
        raise Refusal(400, "this is not a tracking number", "send letters and digits as printed on the label")
    found = await rooms.parcels(number, scope)
    if not found:
        raise Refusal(404, f"no parcel of yours has the number {number}", "check the number")
    now = rooms.clock.now()
    first, *earlier = [_parcel(view, rooms.estimate(_subject(view), now)) for view in found]
    answer = ParcelAnswer(**dict(first), earlier=earlier)
    return answer_json(answer.model_dump(mode="json"))


def _parcel(view: ParcelView, estimate: Estimate | None) -> ParcelOut:
    return ParcelOut(
        number=view.number, partner=view.partner, kind=view.kind, aliases=list(view.aliases), lane=view.lane,
        mode=view.mode, hub=view.hub, country=view.country, carrier=view.carrier,
        status=StatusOut(
            milestone=view.milestone, at=view.status_at, place=view.place, reason=view.reason, source=view.source,
            final=view.final,
        ),
        holds=[HoldOut.model_validate(hold, from_attributes=True) for hold in view.holds],
        promise=PromiseOut(
            promised_at=view.promised_at, next_due_at=view.due_at, next_due_milestone=view.due_milestone,
            late_since=view.late_since, late_rule=view.late_rule,
        ),
        prediction=None if estimate is None else PredictionOut.model_validate(estimate, from_attributes=True),
        linehaul=_linehaul(view.linehaul),
        events=[EventOut.model_validate(event, from_attributes=True) for event in view.events],
        data_as_of=view.data_as_of,
    )


def _subject(view: ParcelView) -> Subject:
    """The parcel as far as an estimate needs it."""
    haul = view.linehaul
    return Subject(
        kind="parcel", milestone=view.milestone, stage=view.stage, status_at=view.status_at, mode=view.mode,
        hub=view.hub, country=view.country, promised_at=view.promised_at, final=view.final,
        held_since=view.holds[0].since if view.holds else None, hold=view.holds[0].milestone if view.holds else None,
        planned_departure=haul.planned_departure if haul else None, departed_at=haul.departed_at if haul else None,
        planned_arrival=haul.planned_arrival if haul else None,
        expected_arrival=haul.expected_arrival if haul else None, arrived_at=haul.arrived_at if haul else None,
    )


def _linehaul(view: LinehaulView | None) -> LinehaulOut | None:
    return None if view is None else LinehaulOut.model_validate(view, from_attributes=True)
