"""Access tokens for mailboxes that take no password (Gmail, Microsoft 365): fetched, kept, renewed before they end."""

import asyncio
import json
from datetime import datetime, timedelta

from aiohttp import ClientError, ClientTimeout

from adapters.email.config import OAuth
from bot.contracts import AdapterHost

TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)
EARLY = timedelta(minutes=2)
"""Renewed so long before the end."""
SHORTEST = 60
MOST_BYTES = 65_536


class NoToken(OSError):
    """No token can be had now; the text says why and holds no secret."""


class Tokens:
    """The access token of one mailbox; asked for once, however many wait for it."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._host: AdapterHost | None = None
        self._lock = asyncio.Lock()
        self._token = ""
        self._good_until: datetime | None = None

    def use(self, host: AdapterHost) -> None:
        """Ask over that host's session, by its clock."""
        self._host = host

    async def get(self) -> str:
        """A token that is good for some minutes yet. Raises `NoToken`."""
        async with self._lock:
            if self._host is None:
                raise NoToken("the adapter is not started")
            if self._good_until is None or self._host.now() >= self._good_until - EARLY:
                await self._renew(self._host)
            return self._token

    async def _renew(self, host: AdapterHost) -> None:
        try:
            async with host.session.post(
                self._oauth.token_url, data=self._form(), timeout=TIMEOUT, allow_redirects=False
            ) as response:
                answer = json.loads(await response.content.read(MOST_BYTES))
        except (ClientError, TimeoutError, ValueError) as error:
            raise NoToken(f"{self._oauth.token_url}: {type(error).__name__}") from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if response.status != 200 or not isinstance(token, str):
            told = answer.get("error") if isinstance(answer, dict) else None
            raise NoToken(f"{self._oauth.token_url} gives no token: {str(told or response.status)[:100]}")
        seconds = answer.get("expires_in")
        lasts = max(SHORTEST, int(seconds)) if isinstance(seconds, int | float) else 3600
        self._token, self._good_until = token, host.now() + timedelta(seconds=lasts)

    def _form(self) -> dict[str, str]:
        oauth = self._oauth
        form = {"client_id": oauth.client_id, "grant_type": "client_credentials"}
        if oauth.client_secret is not None:
            form["client_secret"] = oauth.client_secret.get_secret_value()
        if oauth.refresh_token is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": oauth.refresh_token.get_secret_value()}
        return form | ({"scope": oauth.scope} if oauth.scope else {})
