"""The page itself: one template, filled with escaped text in the language the visitor reads."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Literal
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.wording import LANGUAGES, Words

Language = Literal["en", "zh-Hans", "zh-Hant"]

_HERE = Path(__file__).parent
_PAGE = Template((_HERE / "page.html").read_text(encoding="utf-8"))
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SCRIPT_KEYS = (
    "empty", "typing", "failed", "offline", "again", "sent", "from", "token", "no_flights", "delaying", "remove",
    "too_large",
)  # fmt: skip
_SWITCH = (("en", "English"), ("zh-Hans", "中文"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneSpec:
    """One side of the page: who sits there, how it looks, what may be clicked."""

    name: str
    """Name of the element."""
    contact: str
    """External id at the local adapter; empty: the visitor types it."""
    language: Language
    zone: str
    view: Literal["chat", "mail"]
    who: str
    about: str
    tab: str
    suggestions: Sequence[str] = ()


def words_for(language: Language) -> Words:
    """Words of the page itself, which names no instants."""
    return Words(language, ZoneInfo("UTC"), datetime.now(UTC))


def page_language(request: web.Request) -> Language:
    """The language asked for with `?lang=`, else the browser's first that we have, else English."""
    wanted = request.query.get("lang", "")
    preferred = [part.split(";")[0].strip().lower() for part in request.headers.get("Accept-Language", "").split(",")]
    for tag in [wanted.lower(), *preferred]:
        if tag in ("zh-hant", "zh-tw", "zh-hk", "zh-mo"):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "en"


def chat_page(
    panes: Sequence[PaneSpec], *, language: Language, control: str = "", scripts: Iterable[str] = ()
) -> web.Response:
    """The page with these sides; `control` is ready markup, `scripts` are names below /static/chat/."""
    words = words_for(language)
    several = len(panes) > 1
    html = _PAGE.substitute(
        lang=language,
        title=escape(words.say("pages.title")),
        tagline=escape(words.say("pages.tagline")),
        words=_embedded({tag: _script_words(tag) for tag in LANGUAGES}),
        more_scripts="\n".join(f'<script type="module" src="/static/chat/{name}"></script>' for name in scripts),
        language_label=escape(words.say("pages.language")),
        languages="".join(_language_link(tag, name, language) for tag, name in _SWITCH),
        control=control,
        sides=_sides(panes, words) if several else "",
        stage="" if several else "single",
        panes="\n".join(_pane(spec, away=index > 0, tabbed=several) for index, spec in enumerate(panes)),
        noscript=escape(words.say("pages.noscript")),
    )
    return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _POLICY})


def add_static(app: web.Application) -> None:
    """Serve the sheet and the scripts."""
    app.router.add_static("/static/chat/", _HERE / "static")


def _script_words(language: Language) -> Mapping[str, str]:
    words = words_for(language)
    return {key: words.say(f"pages.{key}") for key in _SCRIPT_KEYS}


def _embedded(value: object) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _language_link(tag: str, name: str, chosen: str) -> str:
    current = ' aria-current="true"' if tag[:2] == chosen[:2] else ""
    return f'<a href="?lang={tag}" lang="{tag}"{current}>{name}</a>'


def _sides(panes: Sequence[PaneSpec], words: Words) -> str:
    tabs = "".join(
        f'<button role="tab" type="button" aria-controls="{spec.name}" aria-selected="{str(index == 0).lower()}" '
        f'tabindex="{0 if index == 0 else -1}">{escape(spec.tab)}<span class="count" hidden>0</span></button>'
        for index, spec in enumerate(panes)
    )
    return f'<div class="sides" role="tablist" aria-label="{escape(words.say("pages.sides"))}">{tabs}</div>'


def _setup(words: Words) -> str:
    """Who the visitor is, where the page does not know."""
    contact, token = escape(words.say("pages.contact")), escape(words.say("pages.token_label"))
    return (
        f'<div class="setup"><label>{contact}<input name="contact" autocomplete="username"></label>'
        f'<label>{token}<input name="token" type="password" autocomplete="off"></label></div>'
    )


def _pane(spec: PaneSpec, *, away: bool, tabbed: bool) -> str:
    words = words_for(spec.language)
    setup = "" if spec.contact else _setup(words)
    chips = "".join(f'<button type="button">{escape(text)}</button>' for text in spec.suggestions)
    look = "phone" if spec.view == "chat" else "mailbox"
    role = ' role="tabpanel"' if tabbed else ""
    return f"""<section class="pane {look}{" away" if away else ""}" id="{spec.name}"{role} lang="{spec.language}"
 aria-label="{escape(spec.tab)}" data-contact="{escape(spec.contact)}" data-language="{spec.language}"
 data-zone="{escape(spec.zone)}" data-view="{spec.view}">
<header><span class="avatar" aria-hidden="true">{escape(spec.who[:1])}</span>
<span class="who"><strong>{escape(spec.who)}</strong><small>{escape(spec.about)}</small></span></header>
{setup}<div class="notice" role="alert" hidden></div>
<div class="log" role="log" aria-live="polite" tabindex="0" aria-label="{escape(words.say("pages.log"))}">
<p class="hint">{escape(words.say("pages.empty"))}</p></div>
<div class="chips" role="group" aria-label="{escape(words.say("pages.suggestions"))}">{chips}</div>
<form class="say"><div class="chosen"></div>
<label class="attach" title="{escape(words.say("pages.attach"))}"><span class="clip" aria-hidden="true"></span>
<input type="file" multiple class="out-of-sight" accept=".xlsx,.xls,.csv,.txt,image/*"
 aria-label="{escape(words.say("pages.attach"))}"></label>
<label class="out-of-sight" for="say-{spec.name}">{escape(words.say("pages.message"))}</label>
<textarea id="say-{spec.name}" rows="1" maxlength="20000"
 placeholder="{escape(words.say("pages.placeholder"))}"></textarea>
<button type="submit">{escape(words.say("pages.send"))}</button></form>
</section>"""
