"""`GET /api/v1/chat/live`: a conversation of the local chat as server-sent events, recent lines first, then live."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from aiohttp import web
from pydantic_core import PydanticSerializationError

from bot.contracts import Card, ChatEntry, OfferedFile
from bot.web.chat import chat_caller, files_of, local_chat, may_speak
from bot.web.errors import Refusal
from bot.web.rooms import ROOMS

BEAT_SECONDS = 15.0
"""A comment is sent when nothing else was, so that proxies and we notice who has gone."""


async def live(request: web.Request) -> web.StreamResponse:
    """Follow one contact's conversation until the reader goes."""
    rooms = request.app[ROOMS]
    name, adapter = local_chat(rooms)
    caller = await chat_caller(request, rooms)
    contact = await rooms.chat_contact(name, request.query.get("contact", ""))
    await may_speak(rooms, caller, address=(name, contact))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    entries = adapter.follow(contact, after=_after(request))
    with suppress(ConnectionResetError):
        await _pour(entries, response)
    return response


def _after(request: web.Request) -> int:
    text = request.query.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refusal(400, f"after = {text[:20]!r}: is not a number of an entry", "leave it out to begin at the start")
    return int(text)


async def _pour(entries: AsyncIterator[ChatEntry], response: web.StreamResponse) -> None:
    following = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            done, _ = await asyncio.wait((following,), timeout=BEAT_SECONDS)
            if not done:
                await response.write(b": still here\n\n")
                continue
            entry = following.result()
            if entry is None:
                return
            await response.write(b"data: " + encoded(entry) + b"\n\n")
            following = asyncio.ensure_future(anext(entries, None))
    finally:
        following.cancel()


def encoded(entry: ChatEntry) -> bytes:
    """One line of JSON for the page."""
    head = json.dumps({
        "number": entry.number, "at": entry.at.isoformat(), "message_id": entry.message_id, "said": entry.said,
    }, ensure_ascii=False)
    cards = entry.message.cards if entry.message is not None else ()
    shown = ", ".join(_shown(card, entry.files) for card in cards)
    return f'{head[:-1]}, "cards": [{shown}]}}'.encode("utf-8", "replace")


def _shown(card: Card, offers: Sequence[OfferedFile]) -> str:
    if not card.files:
        with suppress(PydanticSerializationError):  # halves of surrogate pairs
            return card.model_dump_json()
    files = [file.model_dump() for file in files_of(card, offers)]
    return json.dumps(card.model_dump(mode="json") | {"files": files}, ensure_ascii=False)
