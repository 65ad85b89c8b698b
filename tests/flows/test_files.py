"""Lists and photos of labels through whole services: the web chat, DingTalk, Slack and mail read the same files."""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiohttp import ClientSession
from zxingcpp import BarcodeFormat

from adapters.email import EmailAdapter
from bot.app import Service
from bot.testing import Answer, FakeDingTalk
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import SlackFile
from tests.adapters.email.mailbox import MailServer, written
from tests.flows.conftest import NUMBER, THEIRS, configuration, event, serving, until
from tests.reading.makers import encoded, mailed, photo, workbook

SECOND = "RB123456785GB"
MANY = [f"LP00123456{n:06d}" for n in range(240)]
LABEL = encoded(photo((NUMBER, BarcodeFormat.Code128), size=(1600, 1200), scale=4))
BOTH = encoded(photo((NUMBER, BarcodeFormat.Code128), (SECOND, BarcodeFormat.QRCode), size=(1600, 1200), scale=4))
BLANK = encoded(photo(size=(800, 600)))
LIST = workbook([["包裹清单"], ["序号", "运单号"], [1, NUMBER], [2, SECOND], [3, THEIRS], [4, NUMBER], ["合计", 4]])
LONG = workbook([["单号"], *([number] for number in [*MANY, THEIRS])])

Files = Sequence[tuple[str, bytes]]


async def known(service: Service) -> None:
    events = [event(), event(SECOND), event(THEIRS, "JITU"), *(event(number) for number in MANY)]
    await service.rooms.ingest.take_objects(events, partner=None, source="t")


@pytest.fixture
async def page(sqlite_url: str) -> AsyncIterator[Service]:
    async with serving(configuration(sqlite_url)) as service:
        await known(service)
        yield service


async def said(service: Service, text: str, files: Files) -> dict[str, Any]:
    """What the web chat is answered."""
    attached = [{"name": name, "base64": b64encode(content).decode()} for name, content in files]
    body = {"contact": "lina", "text": text, "attachments": attached}
    async with ClientSession() as session, session.post(f"{service.address}/api/v1/chat", json=body) as response:
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def told(service: Service, text: str, *files: tuple[str, bytes]) -> str:
    (reply,) = (await said(service, text, files))["replies"]
    return str(reply["text"])


async def test_a_photo_is_answered_as_if_its_number_had_been_typed(page: Service) -> None:
    answer = await told(page, "", ("IMG_2041.jpg", LABEL))
    assert f"我在图片里读到 {NUMBER}。" in answer
    assert "揽收" in answer


async def test_words_beside_a_photo_say_what_is_asked(page: Service) -> None:
    answer = await said(page, "这个什么时候能到？", [("IMG_2041.jpg", LABEL)])
    assert (answer["intent"], answer["slots"]["numbers"]) == ("eta", [NUMBER])


async def test_every_code_of_a_photo_and_every_number_typed_is_answered(page: Service) -> None:
    answer = await told(page, f"帮我查 {MANY[0]} 和图上的", ("a.jpg", BOTH))
    assert all(number in answer for number in (MANY[0], NUMBER, SECOND))


async def test_a_list_is_answered_with_what_was_read_and_left_out(page: Service) -> None:
    answer = await told(page, "帮我查这些", ("11月发货.xlsx", LIST))
    assert "11月发货.xlsx：读到 3 个单号，取自 B 列“运单号”。" in answer
    assert "有 1 行单号重复" in answer
    assert "B7（4）" in answer
    assert all(number in answer for number in (NUMBER, SECOND))
    assert f"未查到单号 {THEIRS}" in answer


async def test_a_question_after_a_list_means_its_numbers(page: Service) -> None:
    await told(page, "", ("a.jpg", LABEL))
    assert NUMBER in await told(page, "那什么时候能到？")


async def test_a_long_list_is_counted_and_comes_back_as_a_workbook(store_url: str) -> None:
    async with serving(configuration(store_url)) as service:
        await known(service)
        (reply,) = (await said(service, "", [("清单.xlsx", LONG)]))["replies"]
    assert "240 件" in reply["text"]
    assert "未查到" in reply["text"]
    assert [file["media_type"] for file in reply["card"]["files"]] == [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
    assert len(reply["card"]["table"]["rows"]) == 15


async def test_a_long_list_changes_nothing(page: Service) -> None:
    answer = await told(page, "关注这些包裹", ("清单.xlsx", LONG))
    assert "未做任何更改" in answer


async def test_a_number_of_no_known_form_is_looked_up_and_never_stands_for_everything(page: Service) -> None:
    await page.rooms.ingest.take_objects([event("123456789012")], partner=None, source="t")
    label = encoded(photo(("123456789012", BarcodeFormat.Code128), size=(1600, 1200), scale=4))
    answer = await told(page, "", ("a.jpg", label))
    assert "我在图片里读到 123456789012。" in answer
    assert "揽收" in answer
    assert (await said(page, "关注全部", [("a.jpg", label)]))["intent"] == "track"


async def test_a_photo_without_a_code_says_how_to_take_a_better_one(page: Service) -> None:
    assert "没有读到条码" in await told(page, "", ("a.jpg", BLANK))
    beside = await told(page, f"{NUMBER} 到哪了", ("a.jpg", BLANK))
    assert "图片里没有读到条码，以下按文字答复。" in beside
    assert "揽收" in beside


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
    ("a.pdf", b"%PDF-1.7\n\x00\x01", "支持 Excel、CSV"),
    ("a.xlsx", b"PK\x03\x04 broken", "已损坏"),
    ("a.csv", "姓名\n李娜\n".encode(), "没有找到单号"),
])
async def test_what_cannot_be_read_is_said_with_the_fix(
    page: Service, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in await told(page, "", (name, content))


async def test_limits_come_from_the_configuration(sqlite_url: str) -> None:
    raw = configuration(sqlite_url) | {"files": {"max_bytes": 30_000, "max_numbers": 150, "max_megapixels": 1}}
    async with serving(raw) as service:
        await known(service)
        assert "像素过高" in await told(service, "", ("a.png", encoded(photo(size=(1200, 1000)), "PNG")))
        assert "太大" in await told(service, "", ("a.bin", bytes(30_001)))
        assert "共发来 241 个单号，每次最多处理前 150 个" in await told(service, "", ("清单.xlsx", LONG))


async def test_a_stranger_s_file_is_not_opened(sqlite_url: str) -> None:
    async with serving(configuration(sqlite_url)) as service:
        await known(service)
        body = {"contact": "nobody", "text": "", "attachments": [{"name": "a", "base64": b64encode(LABEL).decode()}]}
        async with ClientSession() as session, session.post(f"{service.address}/api/v1/chat", json=body) as response:
            (reply,) = (await response.json())["replies"]
        assert NUMBER not in reply["text"]


def from_dingtalk(dingtalk: FakeDingTalk, kind: str, content: dict[str, Any]) -> Any:
    payload = dingtalk.payload("", msgtype=kind, content=content)
    del payload["text"]
    return dingtalk.signed(payload)


async def test_over_dingtalk(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    async with serving(configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))) as service:
        await known(service)
        hook = f"{service.address}/webhooks/dingtalk"
        picture = {"downloadCode": dingtalk.openapi.add_file(LABEL)}
        assert await dingtalk.call(hook, from_dingtalk(dingtalk, "picture", picture)) == 200
        await until(lambda: dingtalk.posts)
        assert f"我在图片里读到 {NUMBER}。" in dingtalk.posts[0].text
        file = {"downloadCode": dingtalk.openapi.add_file(LONG), "fileName": "清单.xlsx"}
        await dingtalk.call(hook, from_dingtalk(dingtalk, "file", file))
        await until(lambda: any("240 件" in post.text for post in dingtalk.posts))
        rich = {"richText": [{"text": "这个什么时候能到"}, {"type": "picture", **picture}]}
        await dingtalk.call(hook, from_dingtalk(dingtalk, "richText", rich))
        await until(lambda: len([post for post in dingtalk.posts if "我在图片里读到" in post.text]) == 2)


async def test_over_slack(sqlite_url: str) -> None:
    async with FakeSlack() as slack, serving(
        configuration(sqlite_url, slack.configuration(partner="CAINIAO", guests_belong=True))
    ) as service:
        await known(service)
        hook = f"{service.address}/webhooks/slack"
        label = slack.add_file("F1", SlackFile("label.jpg", LABEL, "image/jpeg"))
        slack.script_for("download", Answer("", 503))  # the platform cannot now: it is asked again
        assert await slack.call(hook, slack.says("when will this arrive?", subtype="file_share", files=[label])) == 200
        await until(lambda: slack.posts, 20)
        assert f"I read {NUMBER} in the picture." in slack.posts[0].text
        long = slack.add_file("F2", SlackFile("list.xlsx", LONG))
        await slack.call(hook, slack.says("", subtype="file_share", files=[long]))
        await until(lambda: any("240" in post.text for post in slack.posts))


async def test_over_mail(sqlite_url: str, tmp_path: Path) -> None:
    async with MailServer() as server:
        mail: dict[str, Any] = {
            "name": "mail", "type": "email", "address": "bot@pb.example", "partner": "CAINIAO",
            "domains": ["partner.example"], "trust": {"authserv_id": "mx.pb.example"},
            "smtp": {"host": "127.0.0.1", "port": server.port, "security": "none"},
            "listener": {"port": 0, "keep_dir": str(tmp_path)},
        }
        async with serving(configuration(sqlite_url, mail)) as service:
            await known(service)
            adapter = service.rooms.adapters["mail"]
            assert isinstance(adapter, EmailAdapter)
            question = mailed(written("Where are these?", key="q1"), ("label.jpg", LABEL), ("list.xlsx", LIST))
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=adapter.listening_port, timeout=5) as client:
                await client.sendmail("li@partner.example", ["bot@pb.example"], question)
            await until(lambda: server.taken, 20)
            answer = server.taken[0].part("plain")
            assert f"I read {NUMBER} in the picture." in answer
            assert "list.xlsx: I read 3 numbers" in answer
            assert SECOND in answer


async def test_a_list_nobody_can_read_is_not_answered_with_which_parcel(page: Service) -> None:
    answer = await told(page, "帮我查这些", ("a.xlsx", b"PK\x03\x04 broken"))
    assert "已损坏" in answer
    assert "哪一票" not in answer
