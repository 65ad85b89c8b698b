"""Where the words say too little nothing is guessed: a short question with choices, kept for whoever was asked."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.contracts import Card, as_text
from bot.skills.base import Answer, Ask
from bot.skills.doubt import ASK_BACK, ask_back, doubted
from bot.skills.registry import SKILLS
from bot.store import Store
from bot.understanding import Alternative, Understanding
from tests.skills.stage import Stage, stage
from tests.skills.test_list_dialogues import ABROAD, AT_HUB, scan

UNSURE = "帮助"
"""What is said in these dialogues instead of words that can be read in two ways."""


def unsure(*meant: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The skills, with one that was not sure what was meant."""

    def skill(ask: Ask, conn: Connection) -> Answer:
        slots = {"meant": [list(one) for one in meant]}
        return ask_back(replace(ask, understanding=replace(ask.understanding, slots=slots)), conn)

    return {**SKILLS, "help": skill}


WHERE_OR_FOLLOW = unsure(("track", {"numbers": [AT_HUB]}), ("subscribe", {"numbers": [AT_HUB]}))
MUTE = unsure(("mute", {"refs": ["CV7911"]}))


async def at_hub(talk: Stage) -> None:
    await talk.load(scan(AT_HUB, "HUB_RECEIVED"), scan(ABROAD, "LASTMILE_RECEIVED"))


@pytest.mark.parametrize("pick", ["2", "第二个", "二", "选2", "the second", "2nd", "option 2", f"关注：{AT_HUB}", "②"])
async def test_a_choice_is_made_by_number_by_words_or_by_pressing(sqlite_store: Store, pick: str) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        (await talk.say("li", UNSURE)).says("您说的是哪一项？", f"1. 查到哪了：{AT_HUB}", "3. 都不是")
        (await talk.say("li", pick)).says(AT_HUB)
        (await talk.say("li", "我的订阅")).says("关注了 1 项", AT_HUB)


@pytest.mark.parametrize("none", ["3", "都不是", "算了", "none of them", "最后一个"])
async def test_none_of_them_changes_nothing(sqlite_store: Store, none: str) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        (await talk.say("li", none)).keeps_quiet_about(AT_HUB)
        (await talk.say("li", "我的订阅")).says("还没有关注任何内容")


async def test_a_choice_that_is_not_there_is_asked_again(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        (await talk.say("li", "第五个")).says("一共 3 个选项", f"2. 关注：{AT_HUB}", "3. 都不是")
        (await talk.say("li", "7")).says("一共 3 个选项")
        (await talk.say("li", "2")).says(f"已关注：{AT_HUB}")
        (await talk.say("li", "7")).keeps_quiet_about("选项")


async def test_a_word_of_consent_is_no_choice_between_two(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        await talk.say("li", "好的")
        (await talk.say("li", "我的订阅")).says("还没有关注任何内容")


async def test_another_question_is_simply_answered_and_the_choice_is_gone(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        (await talk.say("li", f"{ABROAD} 到哪了")).says(ABROAD)
        (await talk.say("li", "2")).keeps_quiet_about("已关注")


async def test_a_choice_expires(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        talk.later(minutes=31)
        (await talk.say("li", "2")).keeps_quiet_about("已关注")


async def test_a_choice_is_of_one_person_in_one_conversation(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE, group="g")
        (await talk.say("wang", "2", group="g")).keeps_quiet_about("已关注")
        (await talk.say("li", "2")).keeps_quiet_about("已关注")
        (await talk.say("li", "2", group="g")).says("已关注")


async def test_a_choice_survives_a_restart(store: Store) -> None:
    async with stage(store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
    async with stage(store) as talk:
        talk.numbers = count(100)
        (await talk.say("li", "第二个")).says(f"已关注：{AT_HUB}")


async def test_a_single_doubt_is_a_yes_or_a_no(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=MUTE) as talk:
        await at_hub(talk)
        asked = (await talk.say("li", UNSURE)).says("您是想：静音提醒：CV7911？")
        (await talk.say("li", asked.button("不用了"))).says("没有做任何改动")
        await talk.say("li", UNSURE)
        (await talk.say("li", asked.button("是的"))).says("要静音多久？")
        await talk.say("li", UNSURE)
        (await talk.say("li", "3 小时")).keeps_quiet_about("多久")


async def test_what_is_done_at_last_is_about_the_words_of_the_beginning(sqlite_store: Store) -> None:
    skills = unsure(("report_problem", {"numbers": [AT_HUB]}), ("track", {"numbers": [AT_HUB]}))
    async with stage(sqlite_store, skills=skills) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        (await talk.say("li", "1")).says("C-1")
        (await talk.say("marie", "status of case C-1")).says(f"In their words: {UNSURE}")


async def test_a_bilingual_reader_may_choose_in_either_language(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", "以后中英双语回复")
        (await talk.say("li", UNSURE)).says(f"2. 关注：{AT_HUB}", f"2. follow: {AT_HUB}")
        (await talk.say("li", f"follow: {AT_HUB}")).says(f"已关注：{AT_HUB}")


def reading(intent: str, *others: str, certain: bool = False, confidence: float = 0.2, **slots: Any) -> Understanding:
    return Understanding(
        language="en", intent=intent, slots=slots, confidence=confidence, certain=certain,
        alternatives=tuple(Alternative(other, 3.0, {}) for other in others),
    )


@pytest.mark.parametrize("understanding", [
    reading("track", "report_problem", numbers=[AT_HUB]), reading("mute"),
    reading("set_language"), reading("acknowledge", "track"), reading("out_of_scope", "subscribe"),
    reading("subscribe", "unsubscribe", refs=["CV7911"]), reading("delayed_list", "summary"),
    reading("subscribe", "summary"), reading("unsubscribe", "track", refs=["CV7911"]),
    reading("report_problem", numbers=[AT_HUB]),
], ids=lambda one: one.intent)  # fmt: skip
def test_what_is_doubtful_is_asked(understanding: Understanding) -> None:
    assert doubted(understanding).intent == ASK_BACK


@pytest.mark.parametrize("understanding", [reading("unsubscribe"), reading("out_of_scope", "unsubscribe")])
def test_following_no_longer_is_asked_about_by_name(understanding: Understanding) -> None:
    meant = doubted(understanding)
    assert (meant.intent, meant.slots) == ("unsubscribe", {"unsure": True})


def test_a_list_is_offered_of_no_parcel_in_particular() -> None:
    meant = doubted(reading("track", "summary", numbers=[AT_HUB])).slots["meant"]
    assert meant == [["track", {"numbers": [AT_HUB]}], ["summary", {}]]


@pytest.mark.parametrize("understanding", [
    reading("mute", "subscribe", certain=True), reading("track", "eta", numbers=[AT_HUB]), reading("summary"),
    reading("handoff", "report_problem"), reading("subscribe", numbers=[AT_HUB]), reading("acknowledge"),
    reading("out_of_scope"), reading("out_of_scope", "subscribe", confidence=0.6),
    reading("subscribe", "list_subscriptions"), reading("acknowledge", "track", alert_id="A-1"),
    reading("subscribe", "linehaul_status", refs=["CV7911"]), reading("unsubscribe", refs=["CV7911"]),
], ids=lambda one: one.intent)  # fmt: skip
def test_what_is_clear_or_costs_nothing_is_not_asked(understanding: Understanding) -> None:
    assert doubted(understanding) is understanding


def test_other_readings_are_about_the_same_parcels_and_three_at_the_most() -> None:
    asked = doubted(reading("track", "report_problem", "subscribe", "document", "eta", numbers=[AT_HUB]))
    offered = ("track", "report_problem", "subscribe")
    assert asked.slots["meant"] == [[intent, {"numbers": [AT_HUB]}] for intent in offered]


async def test_every_reading_has_its_words_in_three_languages(sqlite_store: Store) -> None:
    intents = sorted(SKILLS.keys() & {
        "track", "history", "eta", "delay_reason", "linehaul_status", "delayed_list", "summary", "subscribe",
        "unsubscribe", "mute", "list_subscriptions", "acknowledge", "handoff", "report_problem", "document", "template",
        "case_status", "set_language",
    })  # fmt: skip
    assert len(intents) == 18
    for intent in intents:
        async with stage(sqlite_store, skills=unsure((intent, {}), ("track", {}), ("eta", {}))) as talk:
            for language in ("英文", "簡體中文", "繁體中文"):
                await talk.say("li", f"用{language}回复")
                (await talk.say("li", UNSURE)).keeps_quiet_about("talk.meant")


def test_a_choice_is_numbered_where_nothing_can_be_pressed() -> None:
    card = Card.model_validate({"text": ("Which?",), "actions": [
        {"label": "CV7911", "say": "stop following CV7911", "number": 1}, {"label": "Help", "say": "help"},
    ]})  # fmt: skip
    assert as_text(card) == "Which?\n1. CV7911\n[Help] help"
