"""Dialogues about everything but parcels: what the person says, what must be in the answer."""

import pytest

from bot.contracts import MessageKind
from bot.skills.language import set_language
from bot.skills.registry import CONVERSATION_SKILLS
from bot.store import Store
from bot.understanding import understand
from bot.wording import LANGUAGES
from bot.wording.catalogs import catalog
from tests.skills.stage import NOW, stage


async def test_a_greeting_is_answered_in_its_own_language(store: Store) -> None:
    async with stage(store) as talk:
        (await talk.say("li", "您好")).says("您好，我是包裹桥", "[帮助] 帮助")
        (await talk.say("li", "hello there")).says("Hello! I am Parcelbridge")
        (await talk.say("li", "請問你識做咩？")).says("可以這樣問我").keeps_quiet_about("可以这样问我")


async def test_help_shows_examples_and_a_bare_mention_says_hello(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "帮助")).says("LX123456785CN 到哪了", "关注 CV7911", "静音 2 小时", "转人工")
        (await talk.say("li", "   ", group="义乌客服群")).says("我是包裹桥")


async def test_thanks_and_what_is_none_of_our_business(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "谢谢")).says("不客气。")
        (await talk.say("li", "明天几度")).says("这个我帮不上忙", "转人工")
        (await talk.say("marie", "how do I apply for parental leave")).says("I cannot help with that")


async def test_a_language_is_set_confirmed_in_itself_and_taken_back(store: Store) -> None:
    async with stage(store) as talk:
        (await talk.say("li", "reply in Mandarin from now on")).says("以后用简体中文回复您", "撤销")
        (await talk.say("li", "hello")).says("您好")
        (await talk.say("li", "切換成繁體")).says("以後用繁體中文回覆您")
        (await talk.say("li", "undo")).says("已撤销：改回原来的回复语言。")
        (await talk.say("li", "hello")).says("我是包裹桥。包裹走到")
        await talk.say("li", "reply in English")
        (await talk.say("li", "undo")).says("已撤销")
        (await talk.say("li", "用双语回复")).says("以后用中英双语回复您", "in Chinese and English from now on")
        both = await talk.say("li", "谢谢")
        assert [card.language for card in both.cards] == ["zh-Hans", "en"]
        (await talk.say("li", "undo")).says("改回原来的回复语言")


async def test_undo_is_for_ten_minutes(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "撤销")).says("没有可以撤销的操作")
        await talk.say("li", "用英文回复")
        talk.later(minutes=11)
        (await talk.say("li", "undo")).says("more than 10 minutes old")


async def test_a_language_nobody_named_is_asked_for_and_the_button_answers(sqlite_store: Store) -> None:
    skills = {**CONVERSATION_SKILLS, "thanks": set_language}  # "thanks" fills no language
    async with stage(sqlite_store, skills=skills) as talk:
        asked = (await talk.say("li", "谢谢")).says("您希望我用哪种语言回复？")
        (await talk.say("li", asked.button("English"))).says("I will answer in English from now on.")


async def test_a_bare_number_is_answered_in_the_language_last_written_here(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "🙏")).says("不客气。")  # the partner's language
        await talk.say("li", "good day")
        talk.later(hours=3)
        (await talk.say("li", "🙏")).says("You are welcome.")


@pytest.mark.parametrize(("kind", "says"), [
    (MessageKind.PICTURE, "这个渠道无法读取图片"), (MessageKind.AUDIO, "这条语音我没能听清"),
    (MessageKind.VIDEO, "视频我看不了"), (MessageKind.FILE, "这个渠道无法读取文件"),
    (MessageKind.UNKNOWN, "这类消息我读不了"),
])  # fmt: skip
async def test_what_cannot_be_read_is_answered_honestly(sqlite_store: Store, kind: MessageKind, says: str) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", kind=kind, files=("a.bin",))).says(says)


async def test_words_beside_a_picture_are_read_and_the_picture_is_owned_up_to(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "谢谢", kind=MessageKind.PICTURE, files=("a.png",))).says("不客气", "我只看了文字")
        (await talk.say("li", "谢谢", kind=MessageKind.AUDIO, files=("a.amr",))).keeps_quiet_about("我只看了文字")


async def test_a_wish_for_a_person_is_kept_and_can_be_asked_after(store: Store) -> None:
    async with stage(store) as talk:
        first = (await talk.say("li", "转人工")).says("C-1", "转人工", "bpost / Landmark Global 客服", "9:00")
        (await talk.say("li", first.button("查进度"))).says("C-1 · 待处理", "登记时间")
        (await talk.say("li", "找人工客服")).says("已补充到您的工单 C-1")
        (await talk.say("wang", "C-1 进度")).says("没有找到工单 C-1")
        (await talk.say("marie", "status of case C-1")).says("C-1 · not taken yet")
        (await talk.say("li", "关闭 C-1")).says("C-1 已关闭", "重开 C-1")
        (await talk.say("li", "关闭 C-1")).says("C-1 之前已经关闭")
        (await talk.say("li", "谁 C-1")).says("C-1 · 已关闭")
        (await talk.say("li", "重开 C-1")).says("C-1 已重开")
        (await talk.say("wang", "reopen C-1")).says("I know no request C-1")


async def test_a_problem_without_a_number_is_kept_and_the_number_asked_for(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "something is missing from my parcel")).says("C-1", "problem with a parcel",
                                                                            "Please also send the tracking number")
        (await talk.say("li", "damaged: LX123456785CN")).says("LX123456785CN")


async def test_outside_working_hours_the_next_opening_is_named(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("marie", "talk to a person")).says("from today 09:00 (Brussels time)")
        talk.later(hours=2)
        (await talk.say("marie", "talk to a person")).says("today; the desk is there now")
        talk.later(days=4)
        (await talk.say("marie", "talk to a person")).says("from Mon 30 Nov 09:00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_of_the_help_card_is_understood(language: str) -> None:
    meant = {
        "parcel": "track", "many": "track", "trail": "history", "eta": "eta", "why": "delay_reason",
        "linehaul": "linehaul_status", "late": "delayed_list", "summary": "summary", "follow": "subscribe",
        "mute": "mute", "list": "list_subscriptions", "alert": "acknowledge", "human": "handoff",
        "language": "set_language",
    }
    words = catalog(language).forms
    read = {name: understand(words[f"talk.help.{name}.say"][0], now=NOW).intent for name in meant}
    assert read == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_button_says_is_understood(language: str) -> None:
    meant = {
        "help": "help", "late": "delayed_list", "list": "list_subscriptions", "human": "handoff",
        "progress": "case_status", "acknowledge": "acknowledge",
    }
    forms = catalog(language).forms
    says = {name: forms[f"talk.button.{name}.say"][0] for name in meant}
    says = {name: text.format(ref="C-12" if name == "progress" else "A-1024") for name, text in says.items()}
    assert {name: understand(text, now=NOW).intent for name, text in says.items()} == meant


async def test_a_bilingual_question_is_answered_by_a_button_of_either_language(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.say("li", "用双语回复")
        for label in ("2 小时", "2 hours"):
            asked = (await talk.say("li", "静音")).says("要静音多久？", "For how long should I be quiet about")
            (await talk.say("li", asked.button(label))).says("已静音", "Muted: everything", "17:02")
