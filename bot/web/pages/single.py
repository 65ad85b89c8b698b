"""The plain web chat of a running service: one pane, the visitor says who they are."""

from aiohttp import web

from bot.web.pages.live import live
from bot.web.pages.page import PaneSpec, add_static, chat_page, page_language, words_for


def add_chat_page(app: web.Application) -> None:
    """Serve the web chat at `/`, its live lines and its static parts."""
    app.router.add_get("/", _page)
    app.router.add_get("/api/v1/chat/live", live)
    add_static(app)


async def _page(request: web.Request) -> web.Response:
    language = page_language(request)
    words = words_for(language)
    pane = PaneSpec(
        name="chat", contact="", language=language, zone="", view="chat", who=words.say("pages.title"),
        about=words.say("pages.tagline"), tab=words.say("pages.title"),
        suggestions=[words.say("pages.suggest.help")],
    )
    return chat_page([pane], language=language)
