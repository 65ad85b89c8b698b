"""Reading `Authentication-Results` (RFC 8601). What is not exactly as the grammar wants it counts as not written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_DEEPEST = 20
_SPECIAL = re.compile(r"[()\"\\]")
_PIECE = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")*')
_EQUALS = re.compile(r"\s*=\s*")
_PAIR = re.compile(r'\s*([A-Za-z0-9._/-]{1,80})=("(?:[^"\\]|\\.)*"|[^\s";=]+)(?=\s|$)')
_NAME = re.compile(r"[a-z0-9-]+")
_ID = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s"=]+)(?:\s+\d+)?')


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found, such as `dmarc`."""

    method: str
    result: str
    properties: Mapping[str, str]
    """By `ptype.name`, such as `header.from`."""


@dataclass(frozen=True, slots=True)
class Results:
    """One field."""

    authserv_id: str
    results: tuple[Result, ...]


def read_results(line: str) -> Results | None:
    """The field's value, unfolded; None when it is malformed or says one thing in two ways."""
    plain = _without_comments(line)
    pieces = list(_pieces(plain)) if plain is not None else []
    if not pieces:
        return None
    named = _ID.fullmatch(pieces[0])
    if named is None:
        return None
    found = []
    for piece in pieces[1:]:
        if piece.lower() == "none" or not piece:
            continue
        result = _result(piece)
        if result is None:
            return None
        found.append(result)
    return Results(_unquoted(named[1]).lower(), tuple(found))


def _result(piece: str) -> Result | None:
    pairs, end = [], 0
    piece = _EQUALS.sub("=", piece)
    while (pair := _PAIR.match(piece, end)) is not None:
        pairs.append((pair[1].lower(), _unquoted(pair[2])))
        end = pair.end()
    if not pairs or piece[end:].strip():
        return None
    method, result = pairs[0][0].partition("/")[0], pairs[0][1].lower()
    properties: dict[str, str] = {}
    for name, value in pairs[1:]:
        if properties.setdefault(name, value) != value:
            return None
    return Result(method, result, properties) if _NAME.fullmatch(method) else None


def _pieces(plain: str) -> Iterator[str]:
    if '"' not in plain:
        yield from (piece.strip() for piece in plain.split(";"))
        return
    at = 0
    while (found := _PIECE.match(plain, at)) is not None:
        yield found[0].strip()
        at = found.end() + 1
        if at > len(plain):
            return
        if plain[at - 1] != ";":  # a quote that never ends
            yield '"'
            return


def _without_comments(line: str) -> str | None:
    """Comments may be nested and stand anywhere outside quotes; None when one does not end."""
    if "(" not in line and ")" not in line:
        return line
    kept, at, depth, quoted = [], 0, 0, False
    skip = -1
    for sign in _SPECIAL.finditer(line):
        if sign.start() <= skip:
            continue
        if sign[0] == "\\":
            skip = sign.start() + 1
        elif sign[0] == '"' and not depth:
            quoted = not quoted
        elif sign[0] == "(" and not quoted:
            if not depth:
                kept.append(line[at : sign.start()])
            depth += 1
        elif sign[0] == ")" and not quoted:
            depth -= 1
            at = sign.end()
        if not 0 <= depth <= _DEEPEST:
            return None
    return None if depth or quoted else " ".join((*kept, line[at:]))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
