"""Raw bytes become a mail whose parts can be asked for; nothing in here trusts what it reads.

The standard library's old policy only splits fields and parts, which takes linear time; fields are decoded by
`headers`, texts by `charsets`. The limits of `limits` hold before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from urllib.parse import unquote_to_bytes

from adapters.email.addresses import message_ids
from adapters.email.charsets import decoded, known
from adapters.email.headers import MOST_BYTES, Headers, decode_words, unfolded
from adapters.email.limits import DEEPEST, Unreadable, refuse_hostile
from adapters.email.plain import one_line

MOST_TEXT = 500_000
MOST_NAME = 100
MOST_FIELDS = 400
SMALL_IMAGE = 10_000
"""Bytes below which an image inside the text is a logo of the signature."""
_PATH = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")
_FILE_NAME = re.compile(rb"(?:file)?name(?:\*0?\*?)?\s*=\s*(?:\"([^\"]{0,1000})\"|([^;]{1,1000}))", re.IGNORECASE)
_FILE_NAME_STAR = re.compile(rb"(?:file)?name(?:\*0)?\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"]{0,2000})", re.IGNORECASE)
_SEALED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "message/partial"})
_RETURNED = frozenset({
    "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "text/plain",
})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came along; `index` is its place among all parts."""

    index: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart."""

    headers: Headers
    plain: str
    html: str
    files: Sequence[Part]
    media_type: str
    sealed: bool
    """Encrypted, or a piece of a larger mail: nobody but a person can do anything with it."""
    reports: Sequence[Headers]
    """The blocks of a delivery report: of the message first, then one for each recipient."""
    returned: bytes
    """Where the original mail may be found in a report or beside it."""
    hint: str | None
    """A charset that one of the parts names."""

    @property
    def message_id(self) -> str:
        """The first Message-ID; empty when there is none."""
        return next(iter(message_ids(self.headers.raw("message-id").decode("ascii", "replace"))), "")

    @property
    def subject(self) -> str:
        """The subject on one line."""
        return self.headers.text("subject", self.hint)


def parse(raw: bytes, most_bytes: int) -> Mail:
    """Take a mail apart. Raises `Unreadable` for whatever cannot be."""
    refuse_hostile(raw, most_bytes)
    try:
        return _parsed(raw)
    except (RecursionError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise Unreadable(f"it cannot be taken apart: {type(error).__name__}") from error


def file_of(raw: bytes, index: int, most_bytes: int) -> bytes | None:
    """The content of the part at that place; None when there is none. Raises `Unreadable`."""
    refuse_hostile(raw, most_bytes)
    parts = list(_walk(BytesParser(policy=compat32).parsebytes(raw)))
    return _payload(parts[index]) if 0 <= index < len(parts) else None


def _parsed(raw: bytes) -> Mail:
    message = BytesParser(policy=compat32).parsebytes(raw)
    parts = list(_walk(message))
    hint = next(filter(None, (known(_charset(part)) for part in parts)), None)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    files: list[Part] = []
    for index, part in enumerate(parts):
        kind = part.get_content_type()
        if kind in texts and not _is_file(part):
            texts[kind].append(_text(part, hint))
        elif not part.is_multipart() or kind == "message/rfc822":
            files += _file(part, index, kind)
    kinds = {part.get_content_type() for part in parts}
    return Mail(
        headers=_headers(message),
        plain="\n".join(texts["text/plain"])[:MOST_TEXT],
        html="\n".join(texts["text/html"])[:MOST_TEXT],
        files=files,
        media_type=message.get_content_type(),
        sealed=bool(kinds & _SEALED) and not texts["text/plain"],
        reports=tuple(_reports(parts)),
        returned=b"\n".join(_returned(parts))[:MOST_TEXT],
        hint=hint,
    )


def _walk(message: "Message[str, str]", depth: int = 0) -> Iterator["Message[str, str]"]:
    """Every part in order; mails that are attached are not looked into."""
    if depth > DEEPEST:
        raise Unreadable(f"parts within parts, more than {DEEPEST} deep")
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _walk(part, depth + 1)


def _headers(message: "Message[str, str]") -> Headers:
    fields: list[tuple[str, bytes]] = []
    for name, value in message.raw_items():
        if len(fields) < MOST_FIELDS:
            fields.append((name.lower(), str(value)[:MOST_BYTES * 4].encode("ascii", "surrogateescape")))
    return Headers(fields)


def _field(part: "Message[str, str]", name: str) -> bytes:
    return unfolded(_headers(part).raw(name))


def _charset(part: "Message[str, str]") -> str | None:
    found = part.get_param("charset")
    return found if isinstance(found, str) else None


def _payload(part: "Message[str, str]") -> bytes:
    data = part.get_payload(decode=True)
    if isinstance(data, bytes):
        return data
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    return first.as_bytes(policy=compat32) if isinstance(first, Message) else b""


def _text(part: "Message[str, str]", hint: str | None) -> str:
    html = part.get_content_type() == "text/html"
    return decoded(_payload(part)[: MOST_TEXT * 4], _charset(part), hint=hint, html=html)[:MOST_TEXT]


def _is_file(part: "Message[str, str]") -> bool:
    disposition = _field(part, "content-disposition").strip().lower()
    return disposition.startswith(b"attachment") or bool(_name(part))


def _file(part: "Message[str, str]", index: int, kind: str) -> Iterator[Part]:
    if kind in _TNEF or kind.startswith(("multipart/", "message/delivery", "message/global", "message/disposition")):
        return
    size = _size(part)
    inline = part["content-id"] is not None and not _field(part, "content-disposition").lower().startswith(b"att")
    if inline and kind.startswith("image/") and size < SMALL_IMAGE:
        return
    name = _name(part) or f"part-{index}"
    if name.lower() != "winmail.dat" and not kind.endswith("-signature"):
        yield Part(index, name, kind, size)


def _size(part: "Message[str, str]") -> int:
    payload = part.get_payload()
    if not isinstance(payload, str):
        return len(_payload(part))
    base64 = b"base64" in _field(part, "content-transfer-encoding").lower()
    return len(payload) * 3 // 4 if base64 else len(payload)


def _name(part: "Message[str, str]") -> str:
    """The file's name, however it was written: RFC 2231, encoded words inside quotes, raw bytes."""
    for field in ("content-disposition", "content-type"):
        value = _field(part, field)
        if star := _FILE_NAME_STAR.search(value):
            return _safe(decoded(unquote_to_bytes(star[2].strip()), star[1].decode("ascii", "replace")))
        if plain := _FILE_NAME.search(value.partition(b";")[2]):
            return _safe(decode_words((plain[1] or plain[2] or b"").strip(), None))
    return ""


def _safe(name: str) -> str:
    """Without path, control characters or more than a list can show; its ending stays."""
    line = one_line(_PATH.sub("/", name).rpartition("/")[2], 400)
    stem, dot, ending = line.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
    return line[:MOST_NAME]


def _reports(parts: Sequence["Message[str, str]"]) -> Iterator[Headers]:
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (_headers(block) for block in blocks if isinstance(block, Message))


def _returned(parts: Sequence["Message[str, str]"]) -> Iterator[bytes]:
    for part in parts:
        kind = part.get_content_type()
        attached = kind == "application/octet-stream" and _name(part).lower().endswith(".eml")
        if attached or kind in _RETURNED:
            yield _payload(part)


def returned_headers(data: bytes) -> Headers:
    """The header fields of a mail that was returned."""
    return _headers(BytesHeaderParser(policy=compat32).parsebytes(data.lstrip()[:MOST_BYTES * 4]))
