"""`GET /api/v1/chat/files/{key}`: a file of an answer of the local chat, for whoever has its key."""

from urllib.parse import quote

from aiohttp import web

from bot.web.chat import local_chat
from bot.web.errors import Refusal
from bot.web.rooms import ROOMS


async def chat_file(request: web.Request) -> web.Response:
    """The file, to be kept and not to be shown: what is in it may be anything."""
    _, adapter = local_chat(request.app[ROOMS])
    file = adapter.offered(request.match_info["key"])
    if file is None:
        raise Refusal(404, "the file is not kept any more", "ask for it again")
    name = quote(file.name, safe="")
    return web.Response(body=file.content, headers={
        "Content-Type": file.media_type or "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    })
