"""Every route, and what every answer carries."""

from collections import Counter

from aiohttp import web

from bot.web import adapter_pages, chat, chat_files, events, health, openapi, parcels, unsubscribe, webhooks
from bot.web.errors import plain_errors
from bot.web.rooms import ANSWERED, ROOMS, WebRooms

_HEADERS = {
    "Server": "Parcelbridge",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_GIVEN = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def build_web(rooms: WebRooms) -> web.Application:
    """The application; pages may still be added to its router before it starts."""
    app = web.Application(middlewares=[plain_errors])
    app[ROOMS] = rooms
    app[ANSWERED] = Counter()
    app.on_response_prepare.append(_finish)
    app.router.add_route("*", "/webhooks/{adapter}", webhooks.webhook)
    app.router.add_route("*", "/adapters/{adapter}/{path:.*}", adapter_pages.adapter_page)
    app.router.add_post("/api/v1/events", events.events)
    app.router.add_get("/api/v1/parcels/{number}", parcels.parcel)
    app.router.add_post("/api/v1/chat", chat.chat)
    app.router.add_get(chat.FILE_PATH, chat_files.chat_file)
    app.router.add_get("/unsubscribe/{token}", unsubscribe.ask)
    app.router.add_post("/unsubscribe/{token}", unsubscribe.end)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.router.add_get("/openapi.json", openapi.openapi)
    return app


async def _finish(request: web.Request, response: web.StreamResponse) -> None:
    """Headers browsers go by, and a count."""
    headers = response.headers
    headers.update(_HEADERS)
    for name, value in _UNLESS_GIVEN.items():
        headers.setdefault(name, value)
    resource = request.match_info.route.resource
    request.app[ANSWERED][(resource.canonical if resource else "other", response.status)] += 1
