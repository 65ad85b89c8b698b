"""Checks 4 to 7: punctuation, script, blanks, addresses and tags."""

import re
from collections.abc import Iterator

from bot.wording.checks.allowed import Allowed
from bot.wording.checks.problems import CHINESE, FOLDERS, SOURCE, Catalogs, Problem

HAN = r"\u3400-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{HAN}]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[sdif]")
_ENDS = {"。": ".", "？": "?", "！": "!", "：": ":", "；": ";"} | {char: char for char in ".?!:;…"}
_HALF_AFTER_HAN = re.compile(f"[{HAN}][,.?!:;]")
_FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】", "「": "」", "《": "》", "〔": "〕", "“": "”"}
_TOUCHING = re.compile(f"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]")
_DATE_LETTERS = re.compile(r"(?:y年)?M月(?:d日)?(?:EEE)?|d日")
_INVISIBLE = re.compile(r"[\u0000-\u0009\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(r"https?://[^\s)<>\"'（），。]+|[\w.+-]+@[\w-]+\.[\w.]+|\]\([^)]*\)|</?[a-z][^>]*>")
_URL = re.compile(r"https?://")


def punctuation(catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    """4: sentences end alike; Han is followed by full-width punctuation and one blank before Latin; brackets close."""
    for folder in FOLDERS:
        for path, entry, english in catalogs.pairs(folder):
            for text in entry.forms:
                typed = allowed.typed(entry.key)
                if _end(text) != _end(english.text) and not typed:
                    what = f"{entry.key} ends with {text[-1:]!r}, English with {english.text[-1:]!r}; end both alike"
                    yield Problem(4, path, entry.line, what)
                for what in _marks(text, typed=typed):
                    yield Problem(4, path, entry.line, f"{entry.key}: {what}")


def script(catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    """5: Chinese contains Han, English none, or somebody copied and did not translate."""
    for folder in FOLDERS:
        for path, entry, text in catalogs.texts(folder):
            if allowed.untranslated(entry.key) or allowed.typed(entry.key):
                continue
            words = _PLACEHOLDER.sub("", text)
            if folder == SOURCE and _HAN.search(text):
                yield Problem(5, path, entry.line, f"{entry.key}: English text contains Han: {text!r}")
            if folder in CHINESE and re.search(r"[A-Za-z]", words) and not _HAN.search(text):
                yield Problem(5, path, entry.line, f"{entry.key} is not translated: {text!r}; or allow it")


def blanks(catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    """6: no blanks at the ends, none doubled, as many lines as in English, nothing invisible."""
    for folder in FOLDERS:
        for path, entry, english in catalogs.pairs(folder):
            for text in entry.forms:
                if text != text.strip() and not allowed.glue(entry.key):
                    yield Problem(6, path, entry.line, f"{entry.key} begins or ends with a blank: {text!r}")
                if "  " in text:
                    yield Problem(6, path, entry.line, f"{entry.key} has two blanks in a row")
                if text.count("\n") != english.text.count("\n"):
                    yield Problem(6, path, entry.line, f"{entry.key} has other line breaks than English")
                if _INVISIBLE.search(text):
                    yield Problem(6, path, entry.line, f"{entry.key} contains an invisible character: {text!a}")


def addresses(catalogs: Catalogs) -> Iterator[Problem]:
    """7: URLs, e-mail addresses, link targets and tags are the same; none where a parameter carries it."""
    for folder in FOLDERS:
        for path, entry, english in catalogs.pairs(folder):
            for text in entry.forms:
                here, there = sorted(_ADDRESS.findall(text)), sorted(_ADDRESS.findall(english.text))
                if here != there:
                    yield Problem(7, path, entry.line, f"{entry.key} has {here}, English has {there}; make them equal")
                if _URL.search(text) and "{url}" in text:
                    yield Problem(7, path, entry.line, f"{entry.key} writes a URL out although it has {{url}}")


def _end(text: str) -> str:
    return _ENDS.get(text[-1:], "")


def _marks(text: str, *, typed: bool) -> Iterator[str]:
    if _HALF_AFTER_HAN.search(text):
        yield f"half-width punctuation after Han in {text!r}; use ，。？！：；"
    if _FULL_WIDTH.search(text):
        yield f"full-width letters or digits in {text!r}"
    if not typed and _TOUCHING.search(_DATE_LETTERS.sub("", text)):
        yield f"Han and Latin touch in {text!r}; put a blank between them"
    if not _balanced(text):
        yield f"brackets or quotation marks do not match in {text!r}"


def _balanced(text: str) -> bool:
    waiting: list[str] = []
    for char in text:
        if char in _BRACKETS:
            waiting.append(_BRACKETS[char])
        elif char in _BRACKETS.values() and (not waiting or waiting.pop() != char):
            return False
    return not waiting
