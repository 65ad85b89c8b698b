"""Access tokens for mailboxes that take no password (Gmail, Microsoft 365): fetched, kept, renewed before they end."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientTimeout

from adapters.email.config import OAuth
from adapters.email.refresh import Refresh
from bot.contracts import AdapterHost, AdapterState, NotStored

TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)
EARLY = timedelta(minutes=2)
"""Renewed so long before the end."""
SHORTEST = 60
MOST_BYTES = 65_536
SPENT = "invalid_grant"
"""The refresh token is no longer good: another process may have been given a newer one."""


class NoToken(OSError):
    """No token can be had now; the text says why and holds no secret."""


class Tokens:
    """The access token of one mailbox; asked for once, however many wait for it."""

    def __init__(self, oauth: OAuth, adapter: str) -> None:
        self._oauth = oauth
        self._adapter = adapter
        self._host: AdapterHost | None = None
        self._lock = asyncio.Lock()
        self._token = ""
        self._good_until: datetime | None = None
        self._refresh = Refresh(oauth.refresh_token, oauth.token_keys) if oauth.refresh_token is not None else None

    @property
    def worry(self) -> str:
        """What a person should mend; empty when there is nothing."""
        return self._refresh.worry if self._refresh is not None else ""

    def use(self, host: AdapterHost) -> None:
        """Ask over that host's session, by its clock."""
        self._host = host

    async def get(self) -> str:
        """A token that is good for some minutes yet. Raises `NoToken`."""
        async with self._lock:
            if self._host is None:
                raise NoToken("the adapter is not started")
            if self._refresh is not None:
                await self._refresh.keep(self._host.state(self._adapter))
            if self._good_until is None or self._host.now() >= self._good_until - EARLY:
                await self._renew(self._host)
            return self._token

    async def _renew(self, host: AdapterHost) -> None:
        state = host.state(self._adapter)
        try:
            status, answer = await self._asked(host, state)
            if answer.get("error") == SPENT and self._refresh is not None and await self._refresh.changed(state):
                status, answer = await self._asked(host, state)
        except (ClientError, TimeoutError, ValueError) as error:
            raise NoToken(f"{self._oauth.token_url}: {type(error).__name__}") from None
        except NotStored:
            raise NoToken("the refresh token cannot be read from the store now") from None
        token = answer.get("access_token")
        if status != 200 or not isinstance(token, str):
            told = answer.get("error") or status
            raise NoToken(f"{self._oauth.token_url} gives no token: {str(told)[:100]}")
        seconds = answer.get("expires_in")
        lasts = max(SHORTEST, int(seconds)) if isinstance(seconds, int | float) else 3600
        self._token, self._good_until = token, host.now() + timedelta(seconds=lasts)
        if self._refresh is not None and isinstance(answer.get("refresh_token"), str):
            await self._refresh.renewed(state, answer["refresh_token"])

    async def _asked(self, host: AdapterHost, state: AdapterState) -> tuple[int, dict[str, Any]]:
        async with host.session.post(
            self._oauth.token_url, data=await self._form(state), timeout=TIMEOUT, allow_redirects=False
        ) as response:
            answer = json.loads(await response.content.read(MOST_BYTES))
        return response.status, answer if isinstance(answer, dict) else {}

    async def _form(self, state: AdapterState) -> dict[str, str]:
        oauth = self._oauth
        form = {"client_id": oauth.client_id, "grant_type": "client_credentials"}
        if oauth.client_secret is not None:
            form["client_secret"] = oauth.client_secret.get_secret_value()
        if self._refresh is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": await self._refresh.newest(state)}
        return form | ({"scope": oauth.scope} if oauth.scope else {})
