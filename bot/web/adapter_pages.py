"""`/adapters/{adapter}/...`: pages that adapters show in a browser, such as the installation of an app."""

from aiohttp import web

from bot.contracts import PageRequest, ServesPages
from bot.web.body import read_body
from bot.web.errors import Refusal
from bot.web.rooms import ROOMS

MAX_PAGE_BODY_BYTES = 64 * 1024


async def adapter_page(request: web.Request) -> web.Response:
    """Answer as the adapter says."""
    rooms = request.app[ROOMS]
    adapter: object = rooms.adapters.get(request.match_info["adapter"])
    if not isinstance(adapter, ServesPages):
        raise Refusal(404, "no adapter of this name has pages", "use the name of an [[adapters]] entry that has")
    body = await read_body(request, min(MAX_PAGE_BODY_BYTES, rooms.max_body))
    answer = await adapter.handle_page(PageRequest(
        method=request.method,
        path=request.match_info["path"].strip("/"),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.query,
        cookies=request.cookies,
        body=body,
    ))
    headers = {**answer.headers, "Content-Type": answer.content_type}
    return web.Response(status=answer.status, body=answer.body, headers=headers)
