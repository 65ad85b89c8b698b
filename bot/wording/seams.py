"""Put values into a Chinese sentence so that Han and Latin stay one blank apart, whatever the value begins with.

A translator cannot know whether `{place}` will be 列日 or Leipzig. The rule of the house (a blank between Han and
Latin letters or digits, none between two Han characters or beside full-width punctuation) is kept here, at the seams.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff"
_FULL = "\u3000-\u3004\u3008-\u303f\uff00-\uffef\u2018\u2019\u201c\u201d\u2014"
_TIGHT = re.compile(f"[{_HAN}{_FULL}]")
_IS_HAN = re.compile(f"[{_HAN}]")
_IS_LATIN = re.compile(r"[A-Za-z0-9À-ɏ%€$+]")


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its values in place and its seams mended; `KeyError` when a value is missing."""
    pieces, names = _taken_apart(sentence)
    texts = [str(values[name]) for name in names]
    # One value, mostly a number, is new every time; several are a milestone and a place, said over and over.
    return _sewn_before(sentence, *texts) if len(texts) > 1 else _sewn(pieces, texts)


@lru_cache(maxsize=4096)
def _taken_apart(sentence: str) -> tuple[tuple[str | int, ...], tuple[str, ...]]:
    """Pieces in order, written ones as they are and values by their place among the names; the names."""
    pieces: list[str | int] = []
    names: list[str] = []
    for literal, name, _, _ in Formatter().parse(sentence):
        pieces += [literal] if literal else []
        if name is not None:
            pieces.append(len(names))
            names.append(name)
    return tuple(pieces), tuple(names)


@lru_cache(maxsize=2048)
def _sewn_before(sentence: str, *texts: str) -> str:
    return _sewn(_taken_apart(sentence)[0], texts)


def _sewn(pieces: Sequence[str | int], texts: Sequence[str]) -> str:
    text = ""
    for piece in pieces:
        right = piece if isinstance(piece, str) else texts[piece]
        if not text or not right:
            text += right
            continue
        seam = _seam(text[-2:], right[:2])
        text = text + right if seam is None else text[: seam[0]] + seam[1] + right[seam[2] :]
    return text


@lru_cache(maxsize=8192)
def _seam(left: str, right: str) -> tuple[int | None, str, int | None] | None:
    """How two texts meet, by the two characters on either side: up to where the left one is kept, what comes between,
    from where the right one is kept. None: as they were written."""
    if left[-1] in "\n|" or right[0] in "\n|":
        return None
    end, start = -1 if left[-1] == " " else None, 1 if right[0] == " " else None
    bare_left, bare_right = left[:end], right[start:]
    if not (bare_left and bare_right):
        return None
    blank = _blank(bare_left[-1], bare_right[0])
    return None if blank is None else (end, blank, start)


def _blank(before: str, after: str) -> str | None:
    """What belongs between two characters; None: leave it as it was written."""
    han_before, han_after = _IS_HAN.match(before), _IS_HAN.match(after)
    if (han_before and _IS_LATIN.match(after)) or (han_after and _IS_LATIN.match(before)):
        return " "
    tight_before, tight_after = _TIGHT.match(before), _TIGHT.match(after)
    if tight_before and tight_after:
        return ""
    beside_full_width = (tight_before and not han_before) or (tight_after and not han_after)
    both_written = (tight_before or _IS_LATIN.match(before)) and (tight_after or _IS_LATIN.match(after))
    return "" if beside_full_width and both_written else None
