"""A mail as bytes (RFC 5322, 2045 to 2047, 2231); of our one shape the standard library makes it far more slowly."""

import base64
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from bot.contracts import FetchedFile

CRLF = "\r\n"
LINE = 76
WORD_BYTES = 45
"""Of UTF-8 in one encoded word, which must not be longer than 75 characters."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_TOKEN = re.compile(r"[A-Za-z0-9!#$&.+^_-]{1,100}/[A-Za-z0-9!#$&.+^_-]{1,100}")
_RAW = re.compile(r"[\r\n\x00]")

Field = tuple[str, str]


def field(name: str, value: str) -> str:
    """A field of text, folded; what is not ASCII as encoded words."""
    return f"{name}: {_folded(name, value) if value.isascii() else _words(value)}"


def address_field(name: str, address: str, shown: str) -> str:
    """A field of one address and the name shown for it."""
    address = _RAW.sub("", address)
    if not shown:
        return f"{name}: {address}"
    if not shown.isascii():
        return f"{name}: {_words(shown)}{CRLF} <{address}>"
    plain = shown if _ATOMS.fullmatch(shown) else '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return f"{name}: {_folded(name, f'{plain} <{address}>')}"


def mail(head: Sequence[str], text: str, html: str, *, files: Sequence[FetchedFile] = (), boundary: str) -> bytes:
    """The whole mail: `head` are fields, the bodies two forms of the same, the files what goes along."""
    both = _multipart("alternative", f"{boundary}a", [_body("plain", text), _body("html", html)])
    whole = _multipart("mixed", f"{boundary}m", [both, *map(_attachment, files)]) if files else both
    return f"{CRLF.join(_RAW.sub(' ', line) if CRLF not in line else line for line in head)}{CRLF}" \
           f"MIME-Version: 1.0{CRLF}{whole}{CRLF}".encode()


def _folded(name: str, value: str) -> str:
    """Broken at blanks where a line gets too long; a word that is longer stays whole."""
    value = _RAW.sub(" ", value)
    if len(name) + 2 + len(value) <= LINE:
        return value
    lines, line = [], ""
    room = LINE - len(name) - 2
    for word in value.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return f"{CRLF} ".join([*lines, line])


def _words(text: str) -> str:
    """Encoded words, none of which ends inside a character."""
    return f"{CRLF} ".join(f"=?utf-8?b?{_base64(piece)}?=" for piece in _pieces(_RAW.sub(" ", text)))


def _pieces(text: str) -> Iterator[bytes]:
    piece = b""
    for sign in text:
        data = sign.encode("utf-8", "replace")
        if len(piece) + len(data) > WORD_BYTES:
            yield piece
            piece = b""
        piece += data
    yield piece


def _multipart(kind: str, boundary: str, parts: Sequence[str]) -> str:
    inside = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{CRLF}{CRLF}{inside}--{boundary}--'


def _body(kind: str, text: str) -> str:
    lines = _lines(text.replace("\n", CRLF).encode("utf-8", "replace"))
    return f"Content-Type: text/{kind}; charset=utf-8{CRLF}Content-Transfer-Encoding: base64{CRLF}{CRLF}{lines}"


def _attachment(file: FetchedFile) -> str:
    kind = file.media_type if file.media_type and _TOKEN.fullmatch(file.media_type) else "application/octet-stream"
    named, filename = _file_name(_RAW.sub("", file.name))
    head = f"Content-Type: {kind};{CRLF} {named}{CRLF}Content-Disposition: attachment;{CRLF} {filename}{CRLF}"
    return f"{head}Content-Transfer-Encoding: base64{CRLF}{CRLF}{_lines(file.content)}"


def _file_name(name: str) -> tuple[str, str]:
    """The name twice: as programs of old look for it (encoded words, RFC 2047), and as it should be (RFC 2231)."""
    if name.isascii():
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'name="{quoted}"', f'filename="{quoted}"'
    return f'name="{_words(name)}"', f"filename*=utf-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


def _lines(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii").replace("\n", CRLF)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
