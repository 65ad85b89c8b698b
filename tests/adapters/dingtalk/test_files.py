"""Files are fetched from where the platform says, if that is a place to be contacted at all, and within limits."""

from typing import Any

import pytest
from aiohttp import web

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.hosts import PublicOnly, is_allowed, is_literal, is_public
from bot.contracts import Attachment, FetchesFiles, NotFetched
from bot.testing import Answer, FakeDingTalk, LoopbackServer, RecordingHost, Reset, Sink
from tests.adapters.dingtalk.samples import request, sample

LIMIT = 1_000_000


async def started(fake: FakeDingTalk, host: RecordingHost, **more: Any) -> DingTalkAdapter:
    robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(**more)))
    await robot.start(host)
    return robot


def attachment(handle: str, **more: Any) -> Attachment:
    return Attachment(name="清单.xlsx", media_type="application/vnd.ms-excel", handle=handle, **more)


async def test_a_file_is_fetched_after_its_message(fake: FakeDingTalk, host: RecordingHost) -> None:
    robot = await started(fake, host)
    assert isinstance(robot, FetchesFiles)
    found = await robot.fetch(attachment(fake.openapi.add_file(b"PK-1234")), max_bytes=LIMIT)
    assert (found.name, found.content) == ("清单.xlsx", b"PK-1234")
    (path, body), = fake.openapi.calls
    assert path == "/v1.0/robot/messageFiles/download"
    assert set(body) == set(sample("openapi_message_file_download")["request"]["body"])
    await robot.stop()


async def test_a_used_up_month_is_named_also_where_nothing_is_asked_for_any_more(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    robot = await started(fake, host)
    fake.openapi.month_left = 0
    for _ in range(2):
        with pytest.raises(NotFetched, match="monthly quota") as failure:
            await robot.fetch(attachment("any"), max_bytes=LIMIT)
        assert failure.value.again
    assert len(fake.openapi.calls) == 1
    await robot.stop()


async def test_the_handle_of_a_received_file_is_what_fetching_needs(host: RecordingHost) -> None:
    from tests.adapters.dingtalk.samples import adapter

    robot = adapter()
    await robot.start(host)
    for name in ("robot_file", "robot_picture", "robot_audio", "robot_richtext"):
        await robot.handle_webhook(request(sample(name)))
    handles = [one.handle for message in host.received for one in message.attachments]
    assert len(handles) >= 4
    assert all(handles)
    await robot.stop()


@pytest.mark.parametrize(("size", "allowed", "own"), [(2_000, 1_000, LIMIT), (2_000, LIMIT, 1_000)])
async def test_a_file_that_is_too_large_is_not_read(
    fake: FakeDingTalk, host: RecordingHost, size: int, allowed: int, own: int
) -> None:
    robot = await started(fake, host, max_file_bytes=own)
    with pytest.raises(NotFetched) as told:
        await robot.fetch(attachment(fake.openapi.add_file(b"x" * size)), max_bytes=allowed)
    assert told.value.too_large
    with pytest.raises(NotFetched) as told:
        await robot.fetch(attachment("code", size=size), max_bytes=allowed)
    assert told.value.too_large
    await robot.stop()


class Endless(LoopbackServer):
    """A file without an end, and without saying so."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/file", self._file)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while self.sent < 100_000_000:
                await response.write(b"x" * 65_536)
                self.sent += 65_536
        except ConnectionError:
            pass
        return response


async def test_a_file_without_an_end_is_left_at_the_limit(fake: FakeDingTalk, host: RecordingHost) -> None:
    async with Endless() as endless:
        robot = await started(fake, host, oapi_base_url=endless.base_url)
        fake.script(Answer({"downloadUrl": f"{endless.base_url}/file"}))
        with pytest.raises(NotFetched) as told:
            await robot.fetch(attachment("code"), max_bytes=LIMIT)
        assert told.value.too_large
        assert endless.sent < 50_000_000
        await robot.stop()


async def test_a_code_that_expired_is_gone_and_a_busy_platform_is_asked_later(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    robot = await started(fake, host)
    with pytest.raises(NotFetched, match="expired") as told:
        await robot.fetch(attachment("unknown"), max_bytes=LIMIT)
    assert not told.value.again
    for step in (Reset(), Answer("", status=503)):
        fake.script(step)
        with pytest.raises(NotFetched) as told:
            await robot.fetch(attachment("code"), max_bytes=LIMIT)
        assert told.value.again
    await robot.stop()
    with pytest.raises(NotFetched, match="not started"):
        await robot.fetch(attachment("code"), max_bytes=LIMIT)


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:1/a", "http://10.0.0.1/a", "http://169.254.169.254/latest", "http://[::1]/a", "http://0.0.0.0/a",
    "http://[::ffff:127.0.0.1]/a", "http://100.64.0.1/a", "http://224.0.0.1/a", "http://localhost/a", "ftp://a/b",
    "file:///etc/passwd", "https://user@files.example/a", "", "http://[", "http://2130706433/a", "http://0x7f.1/a",
    "http://[64:ff9b::7f00:1]/a", "http://[2002:7f00:1::]/a",
])
async def test_an_inner_address_is_never_contacted(fake: FakeDingTalk, host: RecordingHost, url: str) -> None:
    robot = await started(fake, host)
    fake.script(Answer({"downloadUrl": url}))
    with pytest.raises(NotFetched) as told:
        await robot.fetch(attachment("code"), max_bytes=LIMIT)
    assert not url or url not in str(told.value)
    await robot.stop()


async def test_a_server_beside_us_hears_nothing(fake: FakeDingTalk, host: RecordingHost) -> None:
    robot = await started(fake, host)
    async with Sink() as inside:
        for name in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
            fake.script(Answer({"downloadUrl": inside.base_url.replace("127.0.0.1", name) + "/secret"}))
            with pytest.raises(NotFetched):
                await robot.fetch(attachment("code"), max_bytes=LIMIT)
        assert inside.taken == []
    await robot.stop()


async def test_a_host_that_was_not_named_is_not_contacted(fake: FakeDingTalk, host: RecordingHost) -> None:
    robot = await started(fake, host, download_hosts=["*.aliyuncs.com"])
    fake.script(Answer({"downloadUrl": "https://files.example/a?Signature=geheim"}))
    with pytest.raises(NotFetched, match="download_hosts") as told:
        await robot.fetch(attachment("code"), max_bytes=LIMIT)
    assert "geheim" not in str(told.value)
    await robot.stop()


async def test_a_name_that_leads_inside_has_no_public_address() -> None:
    resolver = PublicOnly()
    with pytest.raises(OSError, match="public"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("192.168.1.1", False), ("172.16.0.1", False),
    ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:8.8.8.8", True), ("ff02::1", False), ("x", False),
    ("2002:0808:0808::1", True), ("64:ff9b::808:808", True), ("240.0.0.1", False),
])
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_patterns_name_hosts_and_ends_of_hosts() -> None:
    assert is_allowed("wss.dingtalk.com", ["*.dingtalk.com"])
    assert is_allowed("WSS.dingtalk.com", ["*.dingtalk.com"])
    assert not is_allowed("dingtalk.com", ["*.dingtalk.com"])
    assert not is_allowed("evildingtalk.com", ["*.dingtalk.com"])
    assert not is_allowed("dingtalk.com.evil.example", ["*.dingtalk.com", "dingtalk.com"])
    assert is_allowed("x.example", ["*"])
    assert not is_allowed(None, ["*"])
    assert is_literal("127.0.0.1")
    assert not is_literal("files.example")
