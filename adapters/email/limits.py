"""What is refused before a mail is taken apart: sizes and counts that only hostile mails have."""

import re

MOST_HEADER_BYTES = 262_144
MOST_FIELD_BYTES = 65_536
MOST_BOUNDARIES = 40
MOST_PARTS = 500
DEEPEST = 15
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LONG_FIELD = re.compile(rb"^(?:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_MULTIPART = re.compile(rb"^content-type\s*:\s*multipart/", re.IGNORECASE | re.MULTILINE)


class Unreadable(Exception):
    """The mail cannot be read; the text says why, for operators. It is put aside as it is."""


def refuse_hostile(raw: bytes, most_bytes: int) -> None:
    """Raises `Unreadable` for what would cost more than a mail may."""
    if len(raw) > most_bytes:
        raise Unreadable(f"larger than {most_bytes} bytes")
    end = _HEADER_END.search(raw[: MOST_HEADER_BYTES + 4])
    if end is None and len(raw) > MOST_HEADER_BYTES:
        raise Unreadable(f"its header is longer than {MOST_HEADER_BYTES} bytes")
    header = raw[: end.start() if end else len(raw)]
    may_hold_one = len(header) > MOST_FIELD_BYTES
    if may_hold_one and any(len(found[0]) > MOST_FIELD_BYTES for found in _LONG_FIELD.finditer(header)):
        raise Unreadable(f"a header field is longer than {MOST_FIELD_BYTES} bytes")
    _refuse_many_parts(raw)


def _refuse_many_parts(raw: bytes) -> None:
    boundaries: set[bytes] = set()
    for count, found in enumerate(_BOUNDARY.finditer(raw), 1):
        boundaries.add(found[1] or found[2])
        if count > MOST_BOUNDARIES * 2 or len(boundaries) > MOST_BOUNDARIES:
            raise Unreadable(f"more than {MOST_BOUNDARIES} parts hold parts of their own")
    if sum(1 for _ in _MULTIPART.finditer(raw)) > MOST_BOUNDARIES:
        raise Unreadable(f"more than {MOST_BOUNDARIES} parts hold parts of their own")
    if sum(raw.count(b"\n--" + boundary) for boundary in boundaries) > MOST_PARTS:
        raise Unreadable(f"more than {MOST_PARTS} parts")
