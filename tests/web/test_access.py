"""Who may call what: tokens by role and partner, people at this machine, nobody who only claims to be there."""

import pytest

from bot.web.access import is_loopback
from bot.web.tokens import list_tokens, revoke_token
from tests.web.conftest import MINE, NOW, THEIRS, Web, event

HELLO = {"contact": "lina", "text": "你好"}


async def test_without_a_token_the_api_is_closed(web: Web) -> None:
    for status, answer in (
        await web.post("/api/v1/events", json=[]),
        await web.get(f"/api/v1/parcels/{MINE}"),
    ):
        assert status == 401
        assert "parcelbridge token new" in answer["fix"]


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Basic abc", "Bearer pb_feed_x", "Bearer 令牌", "bearer  "])
async def test_what_is_no_token_is_no_token(web: Web, given: str) -> None:
    status, _ = await web.post("/api/v1/events", json=[], headers={"Authorization": given})
    assert status == 401


async def test_a_token_with_one_letter_changed_is_no_token(web: Web) -> None:
    header = (await web.token("feed"))["Authorization"]
    changed = header[:-1] + ("0" if header[-1] != "0" else "1")
    assert (await web.post("/api/v1/events", json=[], headers={"Authorization": changed}))[0] == 401


async def test_a_token_opens_what_its_role_says_and_nothing_else(web: Web) -> None:
    feed, api, console = [await web.token(role, "CAINIAO") for role in ("feed", "api", "console")]
    assert (await web.post("/api/v1/events", json=[event()], headers=feed))[0] == 200
    assert (await web.post("/api/v1/events", json=[event()], headers=api))[0] == 403
    assert (await web.post("/api/v1/events", json=[event()], headers=console))[0] == 403
    assert (await web.get(f"/api/v1/parcels/{MINE}", headers=api))[0] == 200
    assert (await web.get(f"/api/v1/parcels/{MINE}", headers=feed))[0] == 403


async def test_a_revoked_token_opens_nothing(web: Web) -> None:
    feed = await web.token("feed")
    store = web.service.rooms.store
    [row] = await store.read(list_tokens)
    assert await store.write(lambda conn: revoke_token(conn, row.public_id, NOW))
    assert (await web.post("/api/v1/events", json=[], headers=feed))[0] == 401


async def test_a_feed_token_of_one_partner_cannot_speak_for_another(web: Web) -> None:
    feed = await web.token("feed", "CAINIAO")
    status, answer = await web.post("/api/v1/events", json=[event(THEIRS, "JITU"), event()], headers=feed)
    assert (status, answer["new"], answer["rejected"]) == (200, 1, 1)
    assert answer["errors"][0]["index"] == 0
    assert "partner" in answer["errors"][0]["reason"]


async def test_another_partners_parcel_is_answered_like_one_that_does_not_exist(web: Web) -> None:
    await web.post("/api/v1/events", json=[event(), event(THEIRS, "JITU")], headers=await web.token("feed"))
    api = await web.token("api", "CAINIAO")
    theirs = await web.get(f"/api/v1/parcels/{THEIRS}", headers=api)
    unknown = await web.get("/api/v1/parcels/LX111111115CN", headers=api)
    assert theirs[0] == unknown[0] == 404
    assert theirs[1]["error"].replace(THEIRS, "") == unknown[1]["error"].replace("LX111111115CN", "")


async def test_an_api_token_without_partner_sees_nothing(web: Web) -> None:
    await web.post("/api/v1/events", json=[event()], headers=await web.token("feed"))
    api = await web.token("api")
    assert (await web.get(f"/api/v1/parcels/{MINE}", headers=api))[0] == 403
    assert (await web.post("/api/v1/chat", json=HELLO, headers=api))[0] == 403


async def test_the_chat_is_open_at_this_machine(web: Web) -> None:
    assert (await web.post("/api/v1/chat", json=HELLO))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Host": "parcels.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
async def test_whoever_comes_through_a_proxy_or_by_another_name_needs_a_token(
    web: Web, headers: dict[str, str]
) -> None:
    assert (await web.post("/api/v1/chat", json=HELLO, headers=headers))[0] == 401
    token = await web.token("api", "CAINIAO")
    assert (await web.post("/api/v1/chat", json=HELLO, headers=headers | token))[0] == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_page_from_elsewhere_may_not_use_a_browser_here(web: Web, headers: dict[str, str]) -> None:
    assert (await web.post("/api/v1/chat", json=HELLO, headers=headers))[0] == 403


async def test_a_token_speaks_for_its_own_partners_contacts_only(web: Web) -> None:
    token = await web.token("api", "CAINIAO")
    for contact, status in (("lina", 200), ("李娜", 200), ("wangwei", 403), ("desk", 403), ("nobody", 403)):
        said = {"contact": contact, "text": "你好"}
        assert (await web.post("/api/v1/chat", json=said, headers=token))[0] == status, contact


@pytest.mark.parametrize(
    ("peer", "local"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("", False), (None, False), ("localhost", False),
    ],
)
def test_only_a_loopback_peer_sits_at_this_machine(peer: str | None, local: bool) -> None:
    assert is_loopback(peer) is local
