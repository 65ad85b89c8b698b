"""The words of the trade are known to the understanding as well, in both scripts."""

import pytest

from bot.understanding.folding import fold
from bot.understanding.phrasebook import LEXICON
from bot.understanding.spoken import from_cantonese, written
from bot.understanding.tokens import tokenise
from bot.wording.catalogs import locales_folder, word_list


def _terms() -> list[tuple[str, str]]:
    """Terms and their traditional forms; a single character is a term here and part of a word there."""
    rows = word_list(locales_folder(), "glossary.csv")
    pairs = [(row["term_zh_hans"], form) for row in rows for form in row["term_zh_hant"].split("|")]
    return [(hans, hant) for hans, hant in pairs if len(hans) > 1]


def _unknown(term: str) -> float:
    return LEXICON.scan(tokenise(written(fold(term)))).unknown


def test_every_simplified_term_is_known() -> None:
    assert [hans for hans, _ in _terms() if _unknown(hans)] == []


def test_every_traditional_term_is_known() -> None:
    assert [hant for _, hant in _terms() if _unknown(from_cantonese(fold(hant)))] == []


@pytest.mark.parametrize(
    ("hant", "hans"),
    [("自取點", "自提点"), ("智取櫃", "快递柜"), ("據點", "网点"), ("配送員", "快递员"), ("匯出", "导出")],
)
def test_what_is_said_in_other_words_in_taiwan_means_the_same(hant: str, hans: str) -> None:
    assert from_cantonese(fold(hant)) == hans


def test_a_working_day_is_not_misread_as_yesterday() -> None:
    """工作日 was cut into 工 and 作日, a slip for 昨日."""
    hits = LEXICON.scan(tokenise("工作日")).hits
    assert [hit.entry.labels for hit in hits] == [("trade",)]
