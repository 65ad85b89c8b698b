"""Bytes as text when the label is wrong, unknown or missing, as mail in the wild has it."""

import codecs
from functools import lru_cache

_WIDER = {
    "gb18030": ("gb2312", "gbk", "x-gbk", "gb_2312-80", "csgb2312", "chinese", "cp936", "ms936", "euc-cn", "gb2312-80",
                "gb_1988-80", "x-mac-chinesesimp"),
    "big5hkscs": ("big5", "big5-hkscs", "x-x-big5", "cn-big5", "csbig5", "ms950", "cp950"),
    "cp949": ("ks_c_5601-1987", "euc-kr", "ks_c_5601", "korean"),
    "cp1252": ("iso-8859-1", "latin1", "us-ascii", "ascii", "ansi_x3.4-1968"),
    "utf-7": ("unicode-1-1-utf-7", "utf7"),
    "hz": ("hz-gb-2312",),
    "utf-8": ("utf8", "utf8mb4", "unicode"),
}
_READ_AS = {label: codec for codec, labels in _WIDER.items() for label in labels}
_NO_LABEL = frozenset({"", "none", "default", "unknown-8bit", "x-unknown", "unknown", "binary", "8bit"})
_GUESSES = ("utf-8", "gb18030", "big5hkscs")


def decoded(data: bytes, label: str | None, *, hint: str | None = None, html: bool = False) -> str:
    """The text. `hint` is the charset of another part of the same mail, tried where the label says nothing."""
    name = _codec(label)
    if name == "utf-7" and html:
        name = None  # markup could be smuggled past everybody who reads the bytes
    if name is not None and (text := _strictly(data, name)) is not None:
        return text
    for guess in filter(None, ("utf-8" if name else _codec(hint), *_GUESSES)):
        if (text := _strictly(data, guess)) is not None:
            return text
    return data.decode(name or "gb18030", "replace")


def known(label: str | None) -> str | None:
    """The label when it says something, for use as a hint."""
    return label if _codec(label) is not None else None


@lru_cache(maxsize=256)
def _codec(label: str | None) -> str | None:
    name = (label or "").strip().strip("\"'").lower()
    if name in _NO_LABEL:
        return None
    name = _READ_AS.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return name if found._is_text_encoding else None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, ValueError, OverflowError):
        return None
