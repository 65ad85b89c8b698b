"""What is logged shows no credential, and leaves alone what only sounds like one."""

import json

import pytest

from bot.logs import redact

KEPT_OUT = "hunter2-9Zx"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.example.test/robot/send?access_token={KEPT_OUT}&sign=abc",
        f"https://oapi.example.test/robot/sendBySession?session={KEPT_OUT}",
        f"Authorization: Bearer {KEPT_OUT}",
        f"Authorization: {KEPT_OUT}",
        f"bearer {KEPT_OUT}",
        f"x-acs-dingtalk-access-token: {KEPT_OUT}",
        f"password = {KEPT_OUT}",
        json.dumps({"client_secret": KEPT_OUT}),
        json.dumps({"appSecret": KEPT_OUT, "x": 1}, separators=(",", ":")),
        json.dumps({"message": json.dumps({"token": KEPT_OUT})}),
        str({"token": KEPT_OUT}),
        f"DINGTALK_CLIENT_SECRET={KEPT_OUT}",
        json.dumps({"accessToken": KEPT_OUT}),
        f"postgresql+asyncpg://bot:{KEPT_OUT}@db/parcels",
    ],
)
def test_a_credential_is_taken_out_wherever_it_stands(text: str) -> None:
    assert KEPT_OUT not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "session open",
        "no session open for cid123, waiting",
        "the token was revoked by Li",
        "sign in (session) closed",
        "password wrong; token 'none' given",
        "sessions: 3",
    ],
)
def test_a_sentence_stays_a_sentence(text: str) -> None:
    assert redact(text) == text
