"""Every row of the number vectors behaves as it says, bare and inside sentences."""

import csv
from pathlib import Path

import pytest

from bot.understanding.numbers import canonical, find_numbers

VECTORS = Path(__file__).parent / "data" / "number_vectors.csv"
ROWS = list(csv.DictReader(VECTORS.read_text(encoding="utf-8").splitlines()))
RIGHT = [row for row in ROWS if row["valid"] == "y"]
WRONG = [row for row in ROWS if row["valid"] == "n" and row["kind"] != "NONE"]
OTHER = [row for row in ROWS if row["kind"] == "NONE"]
CUES = {"MAWB": "主单", "SSCC": "托盘", "DPD": "DPD", "GLS": "GLS", "DHL_EXPRESS": "DHL"}
SENTENCES = [
    "{}",
    "请查{}到哪了",
    "“{}”",
    "where is {}?",
    "📦{}🙏",
    "https://t.example/?no={}&lang=zh",
    "a，{}、b",
]


def needs_cue(row: dict[str, str]) -> bool:
    return row["kind"] in {"DHL_EXPRESS", "GLS"} or "cue" in row["note"]


def label(row: dict[str, str]) -> str:
    return f"{row['kind']}-{row['number']}"


@pytest.mark.parametrize("row", RIGHT, ids=label)
def test_right_numbers_are_found(row: dict[str, str]) -> None:
    cue = CUES[row["kind"]] + " " if needs_cue(row) else ""
    for sentence in SENTENCES:
        found = find_numbers(sentence.format(cue + row["number"]))
        assert [(number.kind, number.valid) for number in found] == [(row["kind"], True)], sentence


@pytest.mark.parametrize("row", [row for row in RIGHT if not needs_cue(row)], ids=label)
def test_right_numbers_are_canonical(row: dict[str, str]) -> None:
    number = canonical(f" {row['number'].lower()} ")
    assert number is not None
    assert (number.kind, number.valid) == (row["kind"], True)
    assert canonical(number.value if row["kind"] != "SSCC" else "00" + number.value) is not None


@pytest.mark.parametrize("row", [row for row in RIGHT if needs_cue(row)], ids=label)
def test_rows_of_digits_mean_nothing_without_a_cue(row: dict[str, str]) -> None:
    assert find_numbers(row["number"]) == ()
    assert canonical(row["number"]) is None


@pytest.mark.parametrize("row", WRONG, ids=label)
def test_wrong_numbers_are_never_valid(row: dict[str, str]) -> None:
    cue = CUES.get(row["kind"], "")
    for text in (row["number"], f"{cue} {row['number']}"):
        assert find_numbers(text, include_mistyped=False) == ()
    checked = any(word in row["note"] for word in ("wrong check", "one digit", "two digits", "letter O"))
    if checked:
        found = find_numbers(f"{cue} {row['number']}")
        assert [(number.kind, number.valid) for number in found] == [(row["kind"], False)]


@pytest.mark.parametrize("row", OTHER, ids=label)
def test_other_figures_are_nothing(row: dict[str, str]) -> None:
    for sentence in SENTENCES:
        assert find_numbers(sentence.format(row["number"])) == ()
