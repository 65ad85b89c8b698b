"""Mailboxes that take no password: a token is asked for once, kept, renewed in time, and used to log in."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult

from adapters.email import EmailAdapter
from adapters.email.config import OAuth
from adapters.email.oauth import NoToken, Tokens
from bot.contracts import Retry, Sent
from bot.testing import LoopbackServer, MovableClock, RecordingHost, outbound
from tests.adapters.email.conftest import configuration
from tests.adapters.email.mailbox import MailServer


class TokenServer(LoopbackServer):
    """Gives out a new token for each request."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.answer: Any = None

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/token", self._give)

    async def _give(self, request: web.Request) -> web.Response:
        self.forms.append(dict(await request.post()))
        if self.answer is not None:
            return web.json_response(self.answer, status=400)
        return web.json_response({"access_token": f"t{len(self.forms)}", "expires_in": 3600})


@pytest.fixture
async def giver() -> AsyncIterator[TokenServer]:
    async with TokenServer() as giver:
        yield giver


def oauth(giver: TokenServer, **more: Any) -> dict[str, Any]:
    return {"token_url": f"{giver.base_url}/token", "client_id": "c", "client_secret": "s", "scope": "mail"} | more


def tokens_of(giver: TokenServer, **more: Any) -> Tokens:
    return Tokens(OAuth.model_validate(oauth(giver, **more)), "mail")


async def test_many_who_wait_cause_one_request(giver: TokenServer, host: RecordingHost) -> None:
    tokens = tokens_of(giver)
    tokens.use(host)
    assert set(await asyncio.gather(*(tokens.get() for _ in range(20)))) == {"t1"}
    (form,) = giver.forms
    assert form == {"client_id": "c", "client_secret": "s", "grant_type": "client_credentials", "scope": "mail"}


async def test_it_is_renewed_before_it_ends(giver: TokenServer, host: RecordingHost, clock: MovableClock) -> None:
    tokens = tokens_of(giver, refresh_token="r")
    tokens.use(host)
    assert await tokens.get() == "t1"
    clock.advance(timedelta(minutes=57))
    assert await tokens.get() == "t1"
    clock.advance(timedelta(minutes=2))
    assert await tokens.get() == "t2"
    assert giver.forms[1]["grant_type"] == "refresh_token"
    assert giver.forms[1]["refresh_token"] == "r"


@pytest.mark.parametrize("answer", [{"error": "invalid_grant"}, [], {"access_token": 1}, "x"])
async def test_a_refusal_is_named_without_the_secret(giver: TokenServer, host: RecordingHost, answer: Any) -> None:
    giver.answer = answer
    tokens = tokens_of(giver, client_secret="very-secret")
    tokens.use(host)
    with pytest.raises(NoToken) as caught:
        await tokens.get()
    assert "very-secret" not in str(caught.value)
    assert "gives no token" in str(caught.value)


class TokenMailServer(MailServer):
    """Takes logins with a token."""

    logins: list[str]

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        self.logins = [*getattr(self, "logins", []), base64.b64decode(args[1]).decode()]
        return AuthResult(success=True)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(self, enable_SMTPUTF8=True, hostname="mx", auth_require_tls=False)


async def test_mail_goes_out_with_a_token(giver: TokenServer, host: RecordingHost) -> None:
    async with TokenMailServer() as server:
        adapter = EmailAdapter(configuration(
            smtp={"host": "127.0.0.1", "port": server.port, "security": "none", "username": "bot@pb.example"},
            oauth=oauth(giver),
        ))
        await adapter.start(host)
        assert isinstance(await adapter.send(outbound("a", conversation="li@partner.example")), Sent)
        await adapter.stop()
    assert server.logins == ["user=bot@pb.example\x01auth=Bearer t1\x01\x01"]


async def test_without_a_token_the_mail_waits(giver: TokenServer, host: RecordingHost, server: MailServer) -> None:
    giver.answer = {"error": "invalid_client"}
    adapter = EmailAdapter(configuration(
        smtp={"host": "127.0.0.1", "port": server.port, "security": "none", "username": "bot@pb.example"},
        oauth=oauth(giver),
    ))
    await adapter.start(host)
    assert isinstance(await adapter.send(outbound("a", conversation="li@partner.example")), Retry)
    await adapter.stop()
