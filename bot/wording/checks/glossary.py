"""Check 8: the words of the trade. A term means one thing, and is said with one word in each language.

In traditional characters the forms that `hant_corrections.csv` names as slips of a conversion are never used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.wording.catalogs import word_list
from bot.wording.checks.allowed import Allowed
from bot.wording.checks.problems import Catalogs, Problem
from bot.wording.pofile import Entry

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the glossary, alternatives separated by `|`.

    `required_en` holds the English words that may stand for it; one that begins with `=` binds both ways: where it is
    said in English the Chinese text must use the term.
    """

    hans: str
    hant: tuple[str, ...]
    required_en: tuple[str, ...]
    both_ways: bool = False


def read_terms(locales: Path) -> list[Term]:
    """The glossary, longest terms first, so that a longer term hides the shorter ones in it."""
    return sorted(map(_term, word_list(locales, "glossary.csv")), key=lambda term: -len(term.hans))


def read_corrections(locales: Path) -> tuple[list[Term], dict[str, str]]:
    """Words that are no terms of their own where they stand, and each form never to be used with the right one."""
    name = "hant_corrections.csv"
    rows = word_list(locales, name) if (locales / name).is_file() else []
    terms = [Term(row["term_zh_hans"], (), ()) for row in rows]
    return terms, {form: row["term_zh_hant"] for row in rows for form in row["never"].split("|") if form}


def _term(row: dict[str, str]) -> Term:
    required = row["required_en"]
    return Term(
        hans=row["term_zh_hans"],
        hant=tuple(row["term_zh_hant"].split("|")),
        required_en=tuple(filter(None, required.removeprefix("=").split("|"))),
        both_ways=required.startswith("="),
    )


def glossary(catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    """8: simplified, traditional and English agree on the terms of the list."""
    terms = read_terms(catalogs.locales)
    required = [term for term in terms if term.required_en]
    corrections, never = read_corrections(catalogs.locales)
    listed = {term.hans for term in terms}
    others = [term for term in corrections if term.hans not in listed]
    traditional = sorted([*others, *terms], key=lambda term: -len(term.hans))
    for entries in catalogs.by_key.values():
        if not {"en", "zh_Hans"} <= entries.keys():
            continue
        path, hans = entries["zh_Hans"]
        english = _words(entries["en"][1])
        if not allowed.other_words(hans.key):
            for what in _english(_words(hans), english, required):
                yield Problem(8, path, hans.line, f"{hans.key}: {what}")
        if "zh_Hant" in entries:
            hant_path, hant = entries["zh_Hant"]
            for what in (*_traditional(_words(hans), _words(hant), traditional), *_never(_words(hant), never)):
                yield Problem(8, hant_path, hant.line, f"{hant.key}: {what}")


def _words(entry: Entry) -> str:
    """All forms without their placeholders, whose names are no words."""
    return _PLACEHOLDER.sub("{}", " ".join(entry.forms))


def _english(hans: str, english: str, terms: list[Term]) -> Iterator[str]:
    rest, lower = hans, english.lower()
    for term in terms:
        if term.hans not in rest:
            continue
        rest = rest.replace(term.hans, "\n")
        if not any(_says(lower, word) for word in term.required_en):
            yield f"{term.hans} is {' or '.join(term.required_en)!r} in English, not in {english!r}"
    for term in terms:
        if term.both_ways and term.hans not in hans and any(_says(lower, word) for word in term.required_en):
            yield f"{' or '.join(term.required_en)!r} is {term.hans} in Chinese, not in {hans!r}"


def _traditional(hans: str, hant: str, terms: list[Term]) -> Iterator[str]:
    """As often as the simplified term is there its traditional form must be."""
    rest = hans
    for term in terms:
        count = rest.count(term.hans)
        if not count or len(term.hans) == 1:
            continue
        rest = rest.replace(term.hans, "\n")
        if term.hant and sum(hant.count(form) for form in term.hant) < count:
            yield f"{term.hans} is {' or '.join(term.hant)} in traditional characters, not in {hant!r}"


def _never(hant: str, never: dict[str, str]) -> Iterator[str]:
    for form, right in never.items():
        if form in hant:
            yield f"{form} is not said in Hong Kong and Taiwan; write {right} in {hant!r}"


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(word.lower())}(?:s|es|d|ed|ing)?(?![a-z])", text) is not None
