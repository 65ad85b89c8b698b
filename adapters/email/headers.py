"""Header fields from raw bytes: unfolded, encoded words decoded in linear time, addresses taken apart."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from adapters.email.charsets import decoded, known
from adapters.email.plain import one_line

MOST_BYTES = 16_384
"""Of one field; the rest is not looked at."""
MOST_WORDS = 200
_WORD = re.compile(rb"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN = re.compile(rb"\s+")
_FOLD = re.compile(rb"\r?\n[ \t]*")
_PLAIN_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"]{1,64}@[^\s<>()\[\]\\,;:@\"]{1,255}")
_COMMENT = re.compile(r"\([^()]{0,1000}\)")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with its display name, which proves nothing."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Headers:
    """The fields of a mail in their order, names in lower case, values as they came."""

    texts: Sequence[tuple[str, str]]
    """As the standard library gives them: what is not ASCII as surrogates."""

    @property
    def fields(self) -> Iterator[tuple[str, bytes]]:
        """All of them in their order."""
        return ((name, as_bytes(text)) for name, text in self.texts)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, text in self.texts:
            found.setdefault(name, []).append(text)
        return found

    def raw(self, name: str) -> bytes:
        """The first field of that name; empty when there is none."""
        values = self._by_name.get(name)
        return as_bytes(values[0]) if values else b""

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every field of that name."""
        return tuple(map(as_bytes, self._by_name.get(name, ())))

    def has(self, name: str) -> bool:
        """Whether the mail has such a field."""
        return name in self._by_name

    def text(self, name: str, hint: str | None = None) -> str:
        """The first field of that name, decoded, on one line."""
        return decode_words(self.raw(name), hint)

    def ascii(self, name: str) -> str:
        """The first field of that name where only ASCII means anything, in lower case."""
        return unfolded(self.raw(name)).decode("ascii", "replace").strip().lower()


def as_bytes(text: str) -> bytes:
    """A field as it came, no more of it than is ever looked at."""
    return text[: MOST_BYTES * 4].encode("ascii", "surrogateescape")


def unfolded(value: bytes) -> bytes:
    """A field on one line, as much of it as is looked at."""
    return _FOLD.sub(b" ", value[:MOST_BYTES])


def decode_words(value: bytes, hint: str | None = None) -> str:
    """The field with its encoded words (RFC 2047) decoded; words next to each other may share a character."""
    line = unfolded(value)
    if b"=?" not in line and line.isascii():
        return one_line(line.decode("ascii"), MOST_BYTES)
    return one_line("".join(_pieces(line, hint)), MOST_BYTES)


@lru_cache(maxsize=512)
def mailboxes(value: bytes, hint: str | None = None) -> tuple[Mailbox, ...]:
    """The addresses of a From or To field, asked for several times. What is no plain address is left out."""
    return tuple(filter(None, (_mailbox(part, hint) for part in _split(unfolded(value)))))


def _pieces(line: bytes, hint: str | None) -> Iterator[str]:
    run, charset, at = b"", "", 0
    for word in islice(_WORD.finditer(line), MOST_WORDS):
        between = line[at : word.start()]
        label = word[1].decode("ascii", "replace").partition("*")[0].lower()
        joins = bool(run) and not _BETWEEN.sub(b"", between)
        if run and not (joins and label == charset):
            yield decoded(run, charset)
            run = b""
        if not joins and between:
            yield decoded(between, None, hint=hint)
        run, charset, at = run + _word_bytes(word), label, word.end()
    if run:
        yield decoded(run, charset)
    yield decoded(line[at:], None, hint=known(charset) or hint)


def _word_bytes(word: re.Match[bytes]) -> bytes:
    data = word[3]
    if word[2] in b"bB":
        try:
            return base64.b64decode(data + b"=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return data
    return binascii.a2b_qp(data.replace(b"_", b"=20"))


def _split(line: bytes) -> Iterator[bytes]:
    """The parts between commas that stand outside quotes and angle brackets."""
    if b"," not in line:
        yield line
        return
    part, quoted, angled = bytearray(), False, False
    for byte in line:
        sign = bytes((byte,))
        if sign == b'"' and not part.endswith(b"\\"):
            quoted = not quoted
        elif not quoted and sign in b"<>":
            angled = sign == b"<"
        if sign == b"," and not quoted and not angled:
            yield bytes(part)
            part = bytearray()
        else:
            part += sign
    yield bytes(part)


def _mailbox(part: bytes, hint: str | None) -> Mailbox | None:
    head, angle, rest = part.rpartition(b"<")
    if angle:
        address = rest.partition(b">")[0].decode("utf-8", "replace").strip()
        name = decode_words(head.strip().strip(b'"'), hint).strip('" ')
    else:
        address = _COMMENT.sub("", part.decode("utf-8", "replace")).strip()
        name = ""
    return Mailbox(address.lower(), name[:200]) if _PLAIN_ADDRESS.fullmatch(address) else None
