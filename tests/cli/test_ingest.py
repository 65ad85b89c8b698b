"""`ingest`: every file is tried, counts come last, and the entry of the feed says how a file is read."""

from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, FEED, Run

HEADING = "tracking_no,time,event,place"
FEEDS = """
[[feeds]]
name = "paris"
partner = "CAINIAO"
time_zone = "Europe/Paris"
format = "csv"
"""


def rows(*numbers: int) -> str:
    return "\n".join([HEADING, *(f"LX12345678{number}CN,2026-11-20 10:00,揽收,杭州" for number in numbers)])


def test_a_file_that_cannot_be_used_does_not_stop_the_others(run: Run) -> None:
    Path("feed.jsonl").write_text(FEED, encoding="utf-8")
    ended = run("ingest", "nope.csv", ".", "feed.jsonl")
    assert ended.code == 1
    assert ended.out == "feed.jsonl: read 2, new 2, duplicate 0, rejected 0\n"
    assert "nope.csv: no such file; check the path" in ended.err.splitlines()
    assert run("ingest", "nope.csv").line == "nope.csv: no such file; check the path"


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_bar_ends_full_and_before_the_counts(run: Run, end: str) -> None:
    Path("a.csv").write_text(rows(1, 2, 3) + end, encoding="utf-8")
    ended = run("ingest", "a.csv", "--partner", "CAINIAO")
    assert ended.code == 0
    assert "3/3" in ended.err
    assert ended.out == "a.csv: read 3, new 3, duplicate 0, rejected 0\n"


def test_a_file_with_the_wrong_numbers_names_its_first_rows_and_why(run: Run) -> None:
    Path("a.csv").write_text(HEADING + "\n?,2026-11-20,揽收,杭州" * 9, encoding="utf-8")
    line = run("ingest", "a.csv", "--partner", "CAINIAO").line
    named = [number for number in range(2, 12) if f"line {number}: number = '?': is not a tracking number" in line]
    assert named == [2, 3, 4, 5, 6]


def test_the_entry_of_the_feed_says_partner_and_time_zone(run: Run) -> None:
    Path("config.toml").write_text(CONFIG + FEEDS, encoding="utf-8")
    Path("a.csv").write_text(rows(1), encoding="utf-8")
    assert "new 1" in run("ingest", "a.csv", "--feed", "paris").out
    assert "duplicate 1" in run("ingest", "a.csv", "--feed", "paris", "--partner", "CAINIAO").out
    assert "new 1" in run("ingest", "a.csv", "--partner", "CAINIAO").out  # in the time of Shanghai: another instant


def test_the_format_of_the_feed_counts_unless_one_is_given(run: Run) -> None:
    Path("config.toml").write_text(CONFIG + FEEDS, encoding="utf-8")
    Path("feed.jsonl").write_text(FEED, encoding="utf-8")
    assert "no column" in run("ingest", "feed.jsonl", "--feed", "paris").line
    ended = run("ingest", "feed.jsonl", "--feed", "paris", "--format", "auto")
    assert (ended.code, ended.out) == (1, "feed.jsonl: read 2, new 1, duplicate 0, rejected 1\n")
    assert "feed.jsonl.rejected.csv" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--feed", "rome"], ["--feed rome", "known: paris"]),
        (["--feed", "paris", "--partner", "JITU"], ["--partner JITU", "CAINIAO"]),
        (["--partner", "NOBODY"], ["--partner NOBODY", "CAINIAO, JITU"]),
        (["--format", "xlsx"], ["--format xlsx", "auto, csv, jsonl"]),
    ],
)
def test_an_option_that_names_nothing_lists_what_there_is(run: Run, arguments: list[str], words: list[str]) -> None:
    Path("config.toml").write_text(CONFIG + FEEDS, encoding="utf-8")
    ended = run("ingest", "a.csv", *arguments)
    assert ended.code == 2
    assert [word for word in words if word not in ended.line] == []
