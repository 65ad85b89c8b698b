"""`POST /api/v1/events`: our own JSON events, one or many."""

from aiohttp import web

from bot.web.access import require_token
from bot.web.body import read_json
from bot.web.errors import Refusal, answer_json
from bot.web.models import EventsOut, RejectedItem
from bot.web.rooms import ROOMS
from bot.web.tokens import TokenRole

MAX_OBJECTS = 10_000


async def events(request: web.Request) -> web.Response:
    """Store what can be stored and say what could not, object by object."""
    rooms = request.app[ROOMS]
    caller = await require_token(request, rooms.store, TokenRole.FEED)
    objects = _objects(await read_json(request, rooms.max_body))
    done = await rooms.intake(objects, partner=caller.partner, source=f"token {caller.public_id}")
    answer = EventsOut(
        read=done.read, new=done.new, duplicate=done.duplicate, rejected=len(done.errors),
        errors=[RejectedItem(index=error.index, reason=error.reason) for error in done.errors],
    )
    return answer_json(answer.model_dump())


def _objects(body: object) -> list[object]:
    if isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise Refusal(400, "the body is neither an object nor an array", "send one event or an array of events")
    if len(body) > MAX_OBJECTS:
        raise Refusal(413, f"the array holds {len(body):,} events", f"send at most {MAX_OBJECTS:,} at a time")
    return body
