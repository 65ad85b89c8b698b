"""Sentences: plural forms, names of the trade, values sewn into Chinese text."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.tracking import codes
from bot.wording import LANGUAGES, Words, places
from bot.wording.reasons import party_of
from bot.wording.seams import fill
from bot.wording.stages import STAGES, stage_of, step_of

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)
TABLES = [Words(language, ZoneInfo("Asia/Shanghai"), NOW) for language in LANGUAGES]


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("到达 {x}，等待", "列日", "到达列日，等待"),
        ("到达 {x}，等待", "LGG", "到达 LGG，等待"),
        ("到达{x}后", "Leipzig", "到达 Leipzig 后"),
        ("{x} 件", "12", "12 件"),
        ("{x}件", "12", "12 件"),
        ("共 {x} 送达", "11月24日至26日", "共 11月24日至26日送达"),
        ("{x} {x}", "列日", "列日列日"),
        ("在{x}", "", "在"),
        ("时间：{x} ", "今天", "时间：今天 "),
        ("（{x}）", "bpost", "（bpost）"),
        ("第一行\n{x}", "列日", "第一行\n列日"),
        ("{x} 与 {x}", "Größe", "Größe 与 Größe"),
    ],
)
def test_a_value_is_sewn_into_chinese_with_the_blanks_the_rule_asks_for(
    template: str, value: str, expected: str
) -> None:
    assert fill(template, {"x": value}) == expected


def test_a_missing_value_is_an_error_and_never_shown_as_a_placeholder() -> None:
    for words in TABLES:
        with pytest.raises(KeyError):
            words.say("when.ago", other="x")


def test_a_key_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        TABLES[0].say("talk.nobody_wrote_this")


@pytest.mark.parametrize("words", TABLES, ids=LANGUAGES)
def test_every_milestone_reason_and_stage_has_a_name(words: Words) -> None:
    for code in (None, *codes.MILESTONE):
        assert words.milestone(code) != code
        assert words.stage(code)
    for code in codes.REASON:
        assert words.reason(code) != code
    for stage in STAGES:
        assert words.say(f"trade.stage.{stage}")


def test_every_milestone_with_a_stage_is_folded_for_people() -> None:
    assert {stage_of(code) for code in codes.STAGE} <= set(STAGES) - {"no_scan", "unknown"}
    assert stage_of(None) == "no_scan"
    assert step_of("HUB_PROCESSED") == "hand_over"


def test_who_must_act_is_as_the_trade_has_it() -> None:
    with (Path(codes.__file__).with_name("data") / "reasons.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            party = None if row["party"] in ("none", "unknown") else row["party"]
            assert party_of(row["code"]) == party, row["code"]


@pytest.mark.parametrize("words", TABLES, ids=LANGUAGES)
def test_every_party_has_a_name_and_an_action(words: Words) -> None:
    for party in {party_of(code) for code in codes.REASON} - {None}:
        assert words.say(f"trade.party.{party}")
        assert words.say(f"trade.action.{party}")


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("BELGGA", "Liège", "列日"),
        ("Liege, BE", "Liège", "列日"),
        ("列日", "Liège", "列日"),
        ("浦东", "Shanghai Pudong", "上海浦东"),
        ("bru", "Brussels", "布鲁塞尔"),
        ("Wetteren", "Wetteren", "Wetteren"),
    ],
)
def test_places_go_by_their_names_where_we_know_them(written: str, english: str, chinese: str) -> None:
    assert TABLES[0].place(written) == english
    assert TABLES[1].place(written) == chinese


def test_every_place_alias_leads_to_a_name_in_every_language() -> None:
    with (Path(places.__file__).parent / "data" / "place_aliases.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for words in TABLES:
                assert words.say(f"trade.place.{row['code']}")


def test_countries_are_named_in_the_readers_language() -> None:
    assert [words.country("BE") for words in TABLES] == ["Belgium", "比利时", "比利時"]
