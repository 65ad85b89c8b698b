"""Mandarin typed in pinyin: known syllable strings become the characters they stand for."""

from __future__ import annotations

import re

from bot.understanding import resources

_WORD = re.compile(r"[a-z]+")
_LONGEST_WORDS = 6
_SHORTEST_JOINED = 5


def _phrases() -> tuple[dict[str, str], frozenset[str]]:
    whole: dict[str, str] = {}
    firsts: set[str] = set()
    for characters, spellings in resources.table("pinyin.toml")["phrases"].items():
        for spelling in resources.phrases(spellings):
            whole[spelling.replace(" ", "")] = characters
            firsts.add(spelling.split()[0][0])
    return whole, frozenset(firsts)


_PHRASES, _FIRSTS = _phrases()
_ENGLISH = frozenset(" ".join(resources.phrases(resources.table("pinyin.toml")["english"]["words"])).split())


def to_characters(text: str) -> tuple[str, bool]:
    """Return the text with pinyin replaced, and whether there was any."""
    words = list(_WORD.finditer(text))
    pieces: list[str] = []
    at = index = 0
    while index < len(words):
        size, characters = _longest(text, words, index)
        if size:
            pieces += (text[at : words[index].start()], characters)
            at = words[index + size - 1].end()
        index += max(size, 1)
    if not pieces:
        return text, False
    pieces.append(text[at:])
    return "".join(pieces), True


def _longest(text: str, words: list[re.Match[str]], index: int) -> tuple[int, str]:
    if words[index][0][0] not in _FIRSTS:
        return 0, ""
    joined = ""
    best = (0, "")
    for offset in range(min(_LONGEST_WORDS, len(words) - index)):
        word = words[index + offset]
        if offset and text[words[index + offset - 1].end() : word.start()].strip(" "):
            break
        joined += word[0]
        found = _PHRASES.get(joined)
        if found and (offset or (len(joined) >= _SHORTEST_JOINED and joined not in _ENGLISH)):
            best = (offset + 1, found)
    return best
