"""`POST /webhooks/{adapter}`: hands a platform's callback to its adapter, unread."""

from aiohttp import web

from bot.contracts import WebhookRequest
from bot.web.body import read_body
from bot.web.errors import Refusal
from bot.web.rooms import ROOMS

MAX_WEBHOOK_BYTES = 1_048_576
"""No platform sends a longer callback; adapters have narrower limits of their own."""


async def webhook(request: web.Request) -> web.Response:
    """Answer as the adapter says. Any method comes here: whether GET means something is the platform's affair."""
    rooms = request.app[ROOMS]
    adapter = rooms.adapters.get(request.match_info["adapter"])
    if adapter is None:
        raise Refusal(404, "no adapter of this name takes callbacks", "use the name of an [[adapters]] entry")
    if not rooms.is_up(request.match_info["adapter"]):
        raise Refusal(503, "this adapter does not run now", "send it again later", {"Retry-After": "10"})
    body = await read_body(request, min(MAX_WEBHOOK_BYTES, rooms.max_body))
    answer = await adapter.handle_webhook(WebhookRequest(
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.query,
        body=body,
    ))
    return web.Response(status=answer.status, body=answer.body, headers={"Content-Type": answer.content_type})
