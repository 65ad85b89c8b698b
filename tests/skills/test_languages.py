"""In which language people are answered: their question's, their setting's, both where a mixed group chose both."""

import pytest

from bot.store import Store
from tests.skills.stage import stage
from tests.skills.test_list_dialogues import AT_HUB, scan


@pytest.mark.parametrize(("said", "says"), [
    (f"{AT_HUB} 到哪了", "枢纽处理中"), (f"請問 {AT_HUB} 到哪裡了", "樞紐處理中"),
    (f"{AT_HUB} 而家去到邊", "樞紐處理中"),
    (f"where is {AT_HUB}", "At the hub"), (f"請幫我 check {AT_HUB} 的 status", "樞紐處理中"),
    (f"帮我 check 一下 {AT_HUB} 的 status", "枢纽处理中"),
])  # fmt: skip
async def test_a_question_is_answered_in_its_own_language_and_script(sqlite_store: Store, said: str, says: str) -> None:
    async with stage(sqlite_store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        (await talk.say("li", said)).says(says)


async def test_a_bare_number_is_answered_as_the_last_words_were(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        (await talk.say("li", AT_HUB)).says("枢纽处理中")  # nothing said yet: the partner's
        await talk.say("li", "請問有哪些延誤的包裹")
        (await talk.say("li", AT_HUB)).says("樞紐處理中")


async def test_a_setting_goes_before_the_language_of_the_question(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        await talk.say("li", "請用繁體中文回覆")
        (await talk.say("li", f"where is {AT_HUB}")).says("樞紐處理中").keeps_quiet_about("At the hub")


async def test_a_mixed_group_that_chose_both_gets_both_whoever_asks(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        await talk.say("li", "这个群请用中英双语回复", group="g")
        for who, said in (("li", f"{AT_HUB} 到哪了"), ("marie", f"where is {AT_HUB}"), ("wang", "你好")):
            heard = await talk.say(who, said, group="g")
            assert [card.language for card in heard.cards] == ["zh-Hans", "en"], who
        heard = await talk.say("li", f"請問 {AT_HUB} 到哪裡了", group="g")
        assert [card.language for card in heard.cards] == ["zh-Hant", "en"]
        (await talk.say("marie", f"where is {AT_HUB}")).keeps_quiet_about("枢纽")  # to herself as she set it
