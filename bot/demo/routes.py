"""The demo page and its control."""

from html import escape

from aiohttp import web

from bot.demo.control import Control, NoSuchHaul
from bot.demo.people import OPERATOR_CONTACT, PARTNER_CONTACT
from bot.demo.suggestions import operator_questions, partner_questions
from bot.web.access import require_local
from bot.web.body import read_json
from bot.web.errors import Refusal, answer_json
from bot.web.pages import PaneSpec, add_static, chat_page
from bot.web.pages.live import live
from bot.web.pages.page import Language, page_language, words_for

CONTROL = web.AppKey("control", Control)
MAX_BYTES = 10_000


def add_demo(app: web.Application, control: Control) -> None:
    """Serve the demo at `/`."""
    app[CONTROL] = control
    app.router.add_get("/", _page)
    app.router.add_get("/api/v1/chat/live", live)
    app.router.add_get("/demo/hauls", _hauls)
    app.router.add_post("/demo/delay", _delay)
    add_static(app)


async def _page(request: web.Request) -> web.Response:
    language = page_language(request)
    partner_language: Language = "zh-Hant" if language == "zh-Hant" else "zh-Hans"
    theirs, ours = words_for(partner_language), words_for("en")
    words = words_for(language)
    phone = PaneSpec(
        name="phone", contact=PARTNER_CONTACT, language=partner_language, zone="Asia/Shanghai", view="chat",
        who=theirs.say("demo.phone.who"), about=theirs.say("demo.phone.about"), tab=words.say("demo.phone.tab"),
        suggestions=partner_questions(theirs),
    )
    mailbox = PaneSpec(
        name="mailbox", contact=OPERATOR_CONTACT, language="en", zone="Europe/Brussels", view="mail",
        who=ours.say("demo.mailbox.who"), about=ours.say("demo.mailbox.about"), tab=words.say("demo.mailbox.tab"),
        suggestions=operator_questions(ours),
    )
    return chat_page([phone, mailbox], language=language, control=_control(language), scripts=["delay.js"])


def _control(language: Language) -> str:
    words = words_for(language)
    return (
        f'<form class="delay"><strong>{escape(words.say("demo.delay.title"))}</strong>'
        f'<label class="out-of-sight" for="haul">{escape(words.say("demo.delay.which"))}</label>'
        f'<select id="haul" name="linehaul"></select><button type="submit" disabled>'
        f'{escape(words.say("demo.delay.do"))}</button><output aria-live="polite"></output></form>'
    )


async def _hauls(request: web.Request) -> web.Response:
    require_local(request)
    words = words_for(page_language(request))
    hauls = [
        {"key": haul.key, "number": haul.number, "origin": words.place(haul.origin), "hub": words.place(haul.hub),
         "about": words.many("demo.delay.parcels", haul.parcels)}
        for haul in request.app[CONTROL].under_way()
    ]
    return answer_json({"hauls": hauls})


async def _delay(request: web.Request) -> web.Response:
    require_local(request)
    body = await read_json(request, MAX_BYTES)
    key = body.get("linehaul") if isinstance(body, dict) else None
    if not isinstance(key, str):
        raise Refusal(400, "linehaul: is missing", 'send {"linehaul": "CV7913/2026-11-25"}')
    try:
        haul, arrival = await request.app[CONTROL].delay(key)
    except NoSuchHaul:
        raise Refusal(404, f"linehaul = {key[:40]!r}: is not under way", "see /demo/hauls") from None
    words = words_for(page_language(request))
    told = words.say("demo.delay.told", number=haul.number, length=words.length(arrival - haul.planned_arrival))
    return answer_json({"told": told})
