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
from functools import cached_property
from itertools import islice
from urllib.parse import unquote_to_bytes

from adapters.email.addresses import message_ids
from adapters.email.charsets import decoded, known
from adapters.email.headers import MOST_BYTES, Headers, as_bytes, decode_words, unfolded
from adapters.email.limits import DEEPEST, MOST_HEADER_BYTES, Unreadable, refuse_hostile
from adapters.email.plain import one_line

MOST_TEXT = 500_000
MOST_NAME = 100
MOST_SINGLE = 2_500_000
MOST_FIELDS = 400
SMALL_IMAGE = 10_000
"""Bytes below which an image inside the text is a logo of the signature."""
_PATH = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")
_FILE_NAME = re.compile(rb"(?:file)?name(?:\*0?\*?)?\s*=\s*(?:\"([^\"]{0,1000})\"|([^;]{1,1000}))", re.IGNORECASE)
_FILE_NAME_STAR = re.compile(rb"(?:file)?name(?:\*0)?\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"]{0,2000})", re.IGNORECASE)
_CHARSET = re.compile(rb";\s*charset\*?\s*=\s*\"?([^\s;\"]{1,40})", re.IGNORECASE)
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


@dataclass(frozen=True)
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

    @cached_property
    def message_id(self) -> str:
        """The first Message-ID; empty when there is none."""
        return next(iter(message_ids(self.headers.raw("message-id").decode("ascii", "replace"))), "")

    @cached_property
    def subject(self) -> str:
        """The subject on one line."""
        return self.headers.text("subject", self.hint)


def parse(raw: bytes, most_bytes: int) -> Mail:
    """Take a mail apart. Raises `Unreadable` for whatever cannot be."""
    refuse_hostile(raw, most_bytes)
    if len(raw) > MOST_SINGLE and b"boundary" not in raw[:MOST_HEADER_BYTES].lower():
        raw = raw[:MOST_SINGLE]  # one part: of its text no more is looked at
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
    charsets = [_charset(part) for part in parts]
    hint = next(filter(None, map(known, charsets)), None)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    files: list[Part] = []
    kinds = [part.get_content_type() for part in parts]
    for index, (part, kind) in enumerate(zip(parts, kinds, strict=True)):
        if kind in texts and not _is_file(part):
            data = _payload(part)[: MOST_TEXT * 4]
            texts[kind].append(decoded(data, charsets[index], hint=hint, html=kind == "text/html")[:MOST_TEXT])
        elif not part.is_multipart() or kind == "message/rfc822":
            files += _file(part, index, kind)
    return Mail(
        headers=_headers(message),
        plain="\n".join(texts["text/plain"])[:MOST_TEXT],
        html="\n".join(texts["text/html"])[:MOST_TEXT],
        files=files,
        media_type=kinds[0],
        sealed=not _SEALED.isdisjoint(kinds) and not texts["text/plain"],
        reports=tuple(_reports(parts, kinds)),
        returned=b"\n".join(_returned(parts, kinds))[:MOST_TEXT],
        hint=hint,
    )


def _walk(message: "Message[str, str]", depth: int = 0) -> Iterator["Message[str, str]"]:
    """Every part in order; mails that are attached are not looked into."""
    if depth > DEEPEST:
        raise Unreadable(f"parts within parts, more than {DEEPEST} deep")
    yield message
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _walk(part, depth + 1)


def _headers(message: "Message[str, str]") -> Headers:
    return Headers([(name.lower(), str(value)) for name, value in islice(message.raw_items(), MOST_FIELDS)])


def _field(part: "Message[str, str]", name: str) -> bytes:
    for field, value in part.raw_items():
        if field.lower() == name:
            return unfolded(as_bytes(str(value)))
    return b""


def _charset(part: "Message[str, str]") -> str | None:
    found = _CHARSET.search(_field(part, "content-type"))
    return found[1].decode("ascii", "replace") if found else None


def _payload(part: "Message[str, str]") -> bytes:
    data = part.get_payload(decode=True)
    if isinstance(data, bytes):
        return data
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    return first.as_bytes(policy=compat32) if isinstance(first, Message) else b""


def _is_file(part: "Message[str, str]") -> bool:
    disposition = _field(part, "content-disposition").strip().lower()
    if not disposition and b"name" not in _field(part, "content-type").lower():
        return False
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


def _reports(parts: Sequence["Message[str, str]"], kinds: Sequence[str]) -> Iterator[Headers]:
    for part, kind in zip(parts, kinds, strict=True):
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (_headers(block) for block in blocks if isinstance(block, Message))


def _returned(parts: Sequence["Message[str, str]"], kinds: Sequence[str]) -> Iterator[bytes]:
    if len(parts) == 1:
        return  # its text is looked at anyway
    for part, kind in zip(parts, kinds, strict=True):
        attached = kind == "application/octet-stream" and _name(part).lower().endswith(".eml")
        if attached or kind in _RETURNED:
            yield _payload(part)


def returned_headers(data: bytes) -> Headers:
    """The header fields of a mail that was returned."""
    return _headers(BytesHeaderParser(policy=compat32).parsebytes(data.lstrip()[:MOST_BYTES * 4]))
