"""Whatever is sent, the answer says what is wrong and how to mend it; never a fault of the server."""

import gzip
import json
import logging
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest

from tests.web.conftest import Web, event

BROKEN_JSON = {
    "nothing at all": b"",
    "half an object": b'{"tracking_number": "LX1',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "nested a hundred thousand deep": b"[" * 100_000,
    "nested deep and closed": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "not a number": b'{"a": NaN}',
    "a number of ten thousand digits": b'{"a": ' + b"9" * 10_000 + b"}",
    "a bare word": b"hello",
    "NUL": b"\0\0\0",
}
WRONG_SHAPE = {"a text": b'"LX1"', "a number": b"42", "null": b"null", "true": b"true"}


async def refused(web: Web, path: str, *, body: bytes, headers: dict[str, str]) -> int:
    status, answer = await web.post(path, data=BytesIO(body), headers=headers)
    assert set(answer) == {"error", "fix"}
    assert answer["error"]
    assert answer["fix"]
    return status


async def test_bodies_that_are_not_json_are_refused_on_every_route(web: Web) -> None:
    feed = await web.token("feed")
    for name, body in (BROKEN_JSON | WRONG_SHAPE).items():
        assert await refused(web, "/api/v1/events", body=body, headers=feed) == 400, name
        assert await refused(web, "/api/v1/chat", body=body, headers={}) == 400, name


async def test_bodies_that_are_too_large_are_refused(web: Web) -> None:
    feed = await web.token("feed")
    assert await refused(web, "/api/v1/events", body=b" " * 10_000_001, headers=feed) == 413
    assert await refused(web, "/api/v1/chat", body=b" " * 29_000_001, headers={}) == 413
    assert await refused(web, "/webhooks/local", body=b" " * 1_048_577, headers={}) == 413


async def test_a_large_body_sent_without_its_length_is_refused_as_well(web: Web) -> None:
    async def pieces() -> object:
        for _ in range(20):
            yield b" " * 100_000

    async with web.client.post("/webhooks/local", data=pieces()) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", b"[]", 400),
        ("deflate", b"[]", 400),
        ("gzip", gzip.compress(b"[]")[:-6], 400),
        ("gzip", gzip.compress(b"[]") + b"more", 400),
        ("gzip", gzip.compress(b" " * 10_000_001), 413),
        ("br", b"[]", 415),
        ("zstd", b"[]", 415),
        ("none such", b"[]", 415),
    ],
    ids=["plain", "plain deflate", "cut", "more after it", "large inside", "br", "zstd", "unknown"],
)
async def test_a_body_that_is_not_packed_as_it_says_is_refused_and_no_fault_of_ours(
    web: Web, caplog: pytest.LogCaptureFixture, encoding: str, body: bytes, status: int
) -> None:
    headers = await web.token("feed") | {"Content-Encoding": encoding}
    for path in ("/api/v1/events", "/webhooks/local"):
        assert await refused(web, path, body=body, headers=headers) == status
    await web.get("/nope")  # the connection is past whatever it had to say of the bodies
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
async def test_a_body_packed_as_it_says_is_taken(web: Web, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    headers = await web.token("feed") | {"Content-Encoding": encoding}
    body = pack(json.dumps([event(number="")]).encode())
    status, answer = await web.post("/api/v1/events", data=BytesIO(body), headers=headers)
    assert (status, answer["read"]) == (200, 1)


async def test_more_than_ten_thousand_events_at_once_are_refused(web: Web) -> None:
    body = json.dumps([{}] * 10_001).encode()
    assert await refused(web, "/api/v1/events", body=body, headers=await web.token("feed")) == 413


async def test_odd_events_are_refused_one_by_one_and_the_good_one_is_kept(web: Web) -> None:
    odd: list[object] = [
        None, 1, "x", [], {}, event(milestone="TELEPORTED"), event(occurred_at="2026-02-30T00:00:00Z"),
        event(occurred_at="2026-11-20T10:00:00"), event(number=""), event(number=7), event(partner="NOBODY"),
        event(number="LX\ud800123"), event(number="\0"), event(location="x" * 1_000_000), event(plan=[]),
        event(contains="LX1"), event(number="\u202eLX123456785CN"),
    ]
    body = json.dumps([*odd, event()]).encode()
    status, answer = await web.post("/api/v1/events", data=BytesIO(body), headers=await web.token("feed"))
    assert status == 200
    assert answer["read"] == len(odd) + 1
    assert answer["new"] + answer["duplicate"] + answer["rejected"] == answer["read"]
    assert len(odd) not in [error["index"] for error in answer["errors"]]
    assert {0, 1, 2, 3, 4, 5, 6, 10} <= {error["index"] for error in answer["errors"]}
    assert all(error["reason"] for error in answer["errors"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "contact"),
        ({"contact": "lina"}, "text"),
        ({"contact": "lina", "text": "   "}, "text"),
        ({"contact": "", "text": "hi"}, "contact"),
        ({"contact": 7, "text": "hi"}, "contact"),
        ({"contact": "li\0na", "text": "hi"}, "contact"),
        ({"contact": "\ud800", "text": "hi"}, "contact"),
        ({"contact": "lina", "text": ["hi"]}, "text"),
        ({"contact": "lina", "text": "hi", "colour": 1}, "colour"),
        ({"contact": "lina", "text": "hi", "attachments": "x"}, "attachments"),
        ({"contact": "lina", "text": "hi", "attachments": [{"name": "a", "base64": "?"}]}, "attachments.0.base64"),
        ({"contact": "group:x", "text": "hi"}, "group"),
        ({"contact": "lina", "text": "x" * 200_000}, "100000"),
    ],
)
async def test_a_chat_message_that_cannot_be_taken_names_the_key(web: Web, said: dict[str, object], words: str) -> None:
    status, answer = await web.post("/api/v1/chat", data=json.dumps(said).encode())
    assert status == 400
    assert words in answer["error"]


@pytest.mark.parametrize("text", ["\ud800 LX123456785CN", "a\0b", "\u202eabc\u202c", "😀" * 50, "(" * 5_000])
async def test_odd_texts_are_answered_like_any_other(web: Web, text: str) -> None:
    status, answer = await web.post("/api/v1/chat", data=json.dumps({"contact": "lina", "text": text}).encode())
    assert status == 200
    assert answer["replies"]


async def test_numbers_nobody_prints_are_refused_or_unknown(web: Web) -> None:
    api = await web.token("api", "CAINIAO")
    for number in ("%00", "%ED%A0%80", "a" * 65, "%20", "到哪了", "..%2f..%2fetc", "LX%E2%80%AE1"):
        status, answer = await web.get(f"/api/v1/parcels/{number}", headers=api)
        assert status in (400, 404), number
        assert answer["error"]


async def test_what_is_not_there_is_said_in_json(web: Web) -> None:
    for path in ("/nope", "/api/v1/parcels/", "/webhooks/", "/webhooks/nobody", "/api/v1/feeds/17track"):
        status, answer = await web.get(path)
        assert (status, set(answer)) == (404, {"error", "fix"}), path


async def test_a_wrong_method_names_the_right_one(web: Web) -> None:
    async with web.client.get("/api/v1/events") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "POST"
        assert "POST" in (await response.json())["fix"]
