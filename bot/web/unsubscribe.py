"""`/unsubscribe/{token}`: one click in a mail program ends alerts; POST acts, GET, which scanners send too, asks."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from bot.alerts.one_click import Followed, end_all, followed_by
from bot.contracts import MessageKey
from bot.web.rooms import ROOMS
from bot.wording import Words

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                               "frame-ancestors 'none'",
}
STYLE = ("body{font:16px/1.6 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;max-width:36em;"
         "margin:3em auto;padding:0 1em;color:#1d2733}button{font:inherit;padding:.5em 1.2em}")
LANGUAGES: dict[str, Sequence[Literal["en", "zh-Hans", "zh-Hant"]]] = {
    "en": ("en",), "zh-Hans": ("zh-Hans",), "zh-Hant": ("zh-Hant",),
}
BOTH: Sequence[Literal["en", "zh-Hans", "zh-Hant"]] = ("zh-Hans", "en")

Unit = Callable[[Connection, MessageKey], Followed | None]


async def ask(request: web.Request) -> web.Response:
    """Say what would end, with a button."""
    followed = await _run(request, followed_by, write=False)
    if followed is None or not followed.count:
        return _page(request, followed, "pages.unsubscribe.nothing")
    return _page(request, followed, "pages.unsubscribe.ask", button=True)


async def end(request: web.Request) -> web.Response:
    """End the alerts; the same answer to a button, and to a mail program that sends `List-Unsubscribe=One-Click`."""
    followed = await _run(request, end_all, write=True)
    key = "pages.unsubscribe.done" if followed is not None and followed.count else "pages.unsubscribe.nothing"
    return _page(request, followed, key)


async def _run(request: web.Request, unit: Unit, *, write: bool) -> Followed | None:
    """None for a token nobody was given."""
    key = MessageKey.read(request.match_info["token"])
    if key is None:
        return None
    store = request.app[ROOMS].store
    run = store.write if write else store.read
    return await run(lambda conn: unit(conn, key))


def _page(request: web.Request, followed: Followed | None, sentence: str, *, button: bool = False) -> web.Response:
    languages = LANGUAGES.get(followed.language, BOTH) if followed is not None else BOTH
    readers = [Words(language, ZoneInfo("UTC"), request.app[ROOMS].clock.now()) for language in languages]
    paragraphs = "".join(f'<p lang="{one.language}">{escape(one.say(sentence))}</p>' for one in readers)
    label = " / ".join(one.say("pages.unsubscribe.button") for one in readers)
    form = f'<form method="post"><button>{escape(label)}</button></form>' if button else ""
    title = " / ".join(one.say("pages.unsubscribe.title") for one in readers)
    html = (
        f'<!DOCTYPE html><html lang="{readers[0].language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{paragraphs}{form}</body></html>"
    )
    status = 200 if followed is not None else 404
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)
