"""`POST /api/v1/chat`: the local chat, question in, answer out."""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bot.contracts import Card, ChatAdapter, ChatFile, Exchange, NotStored, OfferedFile, as_text
from bot.people.model import Person
from bot.people.service import find_person
from bot.web.access import is_local, own_partner, require_token, same_origin
from bot.web.body import read_json
from bot.web.errors import Refusal, answer_json
from bot.web.models import ChatIn, ChatOut, FileOut, ReplyOut
from bot.web.rooms import ROOMS, WebRooms
from bot.web.tokens import Caller, TokenRole

WAIT_SECONDS = 20.0
"""How long an asker waits; an answer that comes later is in the conversation all the same."""
MAX_CHAT_BYTES = 29_000_000
"""Room for 20 MB of attachments in base64, and for the text beside them."""
FILE_PATH = "/api/v1/chat/files/{key}"


async def chat(request: web.Request) -> web.Response:
    """Say something as a contact and wait for the answer."""
    rooms = request.app[ROOMS]
    name, adapter = local_chat(rooms)
    caller = await chat_caller(request, rooms)
    said = _said(await read_json(request, MAX_CHAT_BYTES))
    contact = await rooms.chat_contact(name, said.contact)
    await may_speak(rooms, caller, address=(name, contact))
    try:
        exchange = await adapter.ask(contact, said.text, _files(said), wait_seconds=WAIT_SECONDS)
    except ValueError as error:
        raise Refusal(400, f"the message cannot be taken: {error}", "correct it and send it again") from None
    except NotStored:
        raise Refusal(503, "the message could not be stored", "send it again later", {"Retry-After": "2"}) from None
    answer = answer_of(exchange, await rooms.outcome(exchange.inbox_id))
    return answer_json(answer.model_dump(mode="json"), 200 if exchange.complete else 202)


def local_chat(rooms: WebRooms) -> tuple[str, ChatAdapter]:
    """Name and adapter of the chat served here. Refuses with 404 without one."""
    if rooms.chat is None:
        raise Refusal(404, "no local chat is configured", 'add an [[adapters]] entry with type = "local"')
    return rooms.chat


async def chat_caller(request: web.Request, rooms: WebRooms) -> Caller | None:
    """None for people at this machine; elsewhere the holder of a token."""
    if "Authorization" not in request.headers and is_local(request):
        if not same_origin(request):
            raise Refusal(403, "a page from another site may not call this", "open our own page")
        return None
    return await require_token(request, rooms.store, TokenRole.API)


async def may_speak(rooms: WebRooms, caller: Caller | None, *, address: tuple[str, str]) -> None:
    """A token speaks for its own partner's contacts, and for nobody who sees more."""
    if caller is None:
        return
    partner_id = own_partner(caller)
    person: Person | None = await rooms.store.read(lambda conn: find_person(conn, *address))
    if person is None or person.partner_id != partner_id or person.is_operator:
        raise Refusal(403, "the bearer token may not speak for this contact", "name a contact of the token's partner")


def _said(body: object) -> ChatIn:
    if not isinstance(body, Mapping):
        raise Refusal(400, "the body is not an object", 'send {"contact": "...", "text": "..."}')
    try:
        said = ChatIn.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        fix = 'send {"contact", "text", "attachments"?}'
        raise Refusal(400, f"{key}: {first['msg']}", fix) from None
    if not said.text.strip() and not said.attachments:
        raise Refusal(400, "text: is empty", "say something, or send a file along")
    return said


def _files(said: ChatIn) -> list[ChatFile]:
    files = []
    for index, attachment in enumerate(said.attachments):
        try:
            files.append(ChatFile(attachment.name, b64decode(attachment.base64, validate=True)))
        except (Base64Error, ValueError):
            raise Refusal(400, f"attachments.{index}.base64: is not base64", "encode the file in base64") from None
    return files


def answer_of(exchange: Exchange, outcome: str | None) -> ChatOut:
    """What a chat call gives back."""
    understood: Mapping[str, Any] = json.loads(outcome) if outcome else {}
    return ChatOut(
        replies=[
            ReplyOut(text=as_text(card), card=card, lang=card.language, files=files_of(card, exchange.files))
            for message in exchange.replies
            for card in message.cards
        ],
        intent=understood.get("intent"),
        slots=understood.get("slots") or {},
        complete=exchange.complete,
    )


def files_of(card: Card, offers: Sequence[OfferedFile]) -> list[FileOut]:
    """The files a card names, each with the address where it can be had for a while."""
    found = {offer.reference: offer for offer in offers}
    return [
        FileOut(name=file.name) if offer is None
        else FileOut(name=offer.name, size=offer.size, url=FILE_PATH.format(key=offer.key))
        for file in card.files for offer in (found.get(file.reference),)
    ]
