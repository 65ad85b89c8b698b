"""A file of an answer in the local chat: named with its size and address, downloaded by whoever was given that."""

import json
from base64 import b64encode
from io import BytesIO

from bot.contracts import FetchedFile
from tests.web.conftest import MINE, Web, event

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def test_a_file_is_had_by_its_address_and_never_shown(web: Web) -> None:
    name, adapter = next(iter(web.service.rooms.adapters.items()))
    assert name == "local"
    key = adapter._offered.keep(FetchedFile('延误 "清单".xlsx', b"PK\x03\x04", SHEET))  # type: ignore[attr-defined]
    async with web.client.get(f"/api/v1/chat/files/{key}") as answer:
        assert (answer.status, await answer.read(), answer.content_type) == (200, b"PK\x03\x04", SHEET)
        disposition = answer.headers["Content-Disposition"]
        assert disposition == "attachment; filename*=UTF-8''%E5%BB%B6%E8%AF%AF%20%22%E6%B8%85%E5%8D%95%22.xlsx"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_without_its_key_nobody_has_it(web: Web) -> None:
    for key in ("x", "workbook:1", "..%2f..%2fetc"):
        status, refusal = await web.get(f"/api/v1/chat/files/{key}")
        assert (status, refusal["fix"]) == (404, "ask for it again")


async def test_twenty_megabytes_may_come_along(web: Web) -> None:
    await web.post("/api/v1/events", json=[event()], headers=await web.token("feed"))
    file = {"name": "list.csv", "base64": b64encode(b"x" * 20 * 1024 * 1024).decode()}
    said = {"contact": "lina", "text": f"{MINE} 到哪了", "attachments": [file]}
    status, answer = await web.post("/api/v1/chat", data=BytesIO(json.dumps(said).encode()))
    assert (status, bool(answer["replies"])) == (200, True)
    file["base64"] = b64encode(b"x" * (20 * 1024 * 1024 + 1)).decode()
    status, refusal = await web.post("/api/v1/chat", data=BytesIO(json.dumps(said).encode()))
    assert status == 400
    assert "send fewer or smaller files" in refusal["error"]
