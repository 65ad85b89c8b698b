"""Normalising text: one spelling for what phones, keyboards and barcodes write in many."""

import re
import unicodedata

# Zero-width and direction marks and the soft hyphen: they come along with copied numbers and mean nothing.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_DASHES = re.compile("[\u2010-\u2015\u2212]")

# List markers such as a circled 1, and the numero sign: folding them would glue their digit to the number.
_LIST_MARKERS = re.compile("([\u2116\u2460-\u24ff\u3251-\u325f\u32b1-\u32bf\U0001f100-\U0001f1ff]+)")

# Composition of endless combining marks takes quadratic time, so a long text is folded in pieces.
_PIECE_CHARS = 1000


def normalise(text: str) -> str:
    """Return `text` without invisible marks, full-width forms and typographic dashes. Case is kept."""
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    if _LIST_MARKERS.search(text):
        parts = _LIST_MARKERS.split(text)
        text = "".join(part if index % 2 else _fold(part) for index, part in enumerate(parts))
    else:
        text = _fold(text)
    return _DASHES.sub("-", text)


def upper_of_same_length(text: str) -> str:
    """Return the upper-case form in which every character keeps its place."""
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(big if len(big := char.upper()) == 1 else char for char in text)


def _fold(text: str) -> str:
    if len(text) <= _PIECE_CHARS:
        return unicodedata.normalize("NFKC", text)
    pieces = []
    start = 0
    while start < len(text):
        end = _piece_end(text, start)
        pieces.append(unicodedata.normalize("NFKC", text[start:end]))
        start = end
    return "".join(pieces)


def _piece_end(text: str, start: int) -> int:
    """The end of the piece that starts here: before a character that cannot join the one before it."""
    limit = start + _PIECE_CHARS
    if limit >= len(text):
        return len(text)
    for end in range(limit, start, -1):
        if _stands_alone(text[end]):
            return end
    return limit


def _stands_alone(char: str) -> bool:
    # Kana and CJK join nothing but marks; Hangul letters join each other.
    is_hangul_letter = "\u1100" <= char <= "\u11ff"
    return char.isascii() or (unicodedata.category(char) in {"Lo", "Po", "Zs"} and not is_hangul_letter)
