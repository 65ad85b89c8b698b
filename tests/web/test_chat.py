"""`POST /api/v1/chat`: what is said, what is answered, how it was understood."""

from base64 import b64encode

from tests.web.conftest import MINE, THEIRS, Web, event


async def test_a_question_is_answered_in_its_language_with_intent_and_slots(web: Web) -> None:
    await web.post("/api/v1/events", json=[event(), event(THEIRS, "JITU")], headers=await web.token("feed"))
    status, answer = await web.post("/api/v1/chat", json={"contact": "lina", "text": f"{MINE} 到哪了"})
    assert status == 200
    [reply] = answer["replies"]
    assert reply["lang"] == "zh-Hans"
    assert MINE in reply["text"]
    assert reply["card"]["language"] == "zh-Hans"
    assert answer["intent"] == "track"
    assert answer["slots"]["numbers"] == [MINE]
    assert answer["complete"] is True


async def test_a_follow_up_refers_back(web: Web) -> None:
    await web.post("/api/v1/events", json=[event()], headers=await web.token("feed"))
    await web.post("/api/v1/chat", json={"contact": "lina", "text": f"where is {MINE}?"})
    _, answer = await web.post("/api/v1/chat", json={"contact": "lina", "text": "when will it be delivered?"})
    assert answer["intent"] == "eta"
    assert MINE in answer["replies"][0]["text"]


async def test_a_contact_may_be_named_by_name(web: Web) -> None:
    status, answer = await web.post("/api/v1/chat", json={"contact": "李娜", "text": "你好"})
    assert (status, answer["intent"]) == (200, "greeting")


async def test_files_may_come_along(web: Web) -> None:
    file = {"name": "list.csv", "base64": b64encode(b"LX1").decode()}
    status, answer = await web.post("/api/v1/chat", json={"contact": "lina", "text": "", "attachments": [file]})
    assert status == 200
    assert answer["replies"]


async def test_whoever_is_not_answered_does_not_wait(web: Web) -> None:
    """A stranger is told once how to get access, then nothing for a day."""
    said = {"contact": "somebody", "text": "hello"}
    _, first = await web.post("/api/v1/chat", json=said)
    status, again = await web.post("/api/v1/chat", json=said)
    assert len(first["replies"]) == 1
    assert (status, again["replies"], again["complete"]) == (200, [], True)
