"""Numbers that a sentence names only to say that they are not meant: `not X but Y`, 不是 X，是 Y."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.understanding.tokens import PARCEL

_NOT: Final = re.compile(
    r"(?:(?<!是)不是(?:订阅|退订|要|查|问|看|说)?|(?:别|不要|不用|唔好)(?:查|看|管|理|睇)|唔系"
    r"|(?<!is )(?<!are )(?<!was )(?<!has )(?<!did )(?<!does )(?<!why )\bnot|\bforget(?: about)?|\bignore|\binstead of"
    rf"|\brather than|\bnever mind) *{PARCEL}(?! *(?:和|跟|与|及|、|&|and|or)? *{PARCEL})"
)
_SPARED: Final = re.compile(rf"{PARCEL} *(?:先?不用|先?别|不必)(?:查|看|管|理|问)(?!管我|我)")
_ONLY: Final = re.compile(rf"(?:(?:问|说|要|指|查)的是|\bi mean|\bi meant) *{PARCEL}")


def meant(text: str, values: Sequence[str]) -> list[str]:
    """Return the values that are meant of those whose signs a folded text holds, in the order of the signs."""
    if len(values) < 2 or text.count(PARCEL) != len(values):
        return list(values)
    signs = [at for at, character in enumerate(text) if character == PARCEL]
    only = {match.end() - 1 for match in _ONLY.finditer(text)}
    denied = {match.end() - 1 for match in _NOT.finditer(text)} | {match.start() for match in _SPARED.finditer(text)}
    left = [value for at, value in zip(signs, values, strict=True) if at not in denied and (not only or at in only)]
    return left or list(values)
