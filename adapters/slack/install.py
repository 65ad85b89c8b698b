"""Workspaces install the app by themselves: the OAuth pages, for the administrator of a workspace."""

import html
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from adapters.slack.api import Api, Failure
from adapters.slack.scopes import SCOPES
from adapters.slack.tokens import Installation, StoredTokens
from adapters.slack.values import id_of, mapping, text_of
from adapters.slack.workspace import App
from bot.contracts import AdapterHost, NotStored, PageRequest, PageResponse

log = logging.getLogger(__name__)

STATE_LASTS = timedelta(minutes=10)
COOKIE = "parcelbridge_slack_install"
MAX_STATE_CHARACTERS = 1_000
NOT_FOUND = PageResponse(404, b"not found", "text/plain; charset=utf-8")


@dataclass(slots=True)
class Installer:
    """The pages of one instance. The state is encrypted, short-lived, for one browser, and good for one use."""

    app: App
    client_id: str
    client_secret: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    tokens: StoredTokens
    api: Api
    api_base_url: str
    installed: Callable[[], None]
    """Called when a workspace has installed the app."""

    async def answer(self, request: PageRequest, host: AdapterHost) -> PageResponse:
        """`oauth/install` sends the browser to the platform, `oauth/callback` takes it back."""
        if request.method != "GET":
            return NOT_FOUND
        if request.path == "oauth/install":
            return self._begin(host)
        if request.path == "oauth/callback":
            return await self._end(request, host)
        return NOT_FOUND

    def _begin(self, host: AdapterHost) -> PageResponse:
        browser = token_urlsafe(32)
        state = self._box.encrypt_at_time(sha256(browser.encode()).hexdigest().encode(), _seconds(host.now()))
        query = urlencode({
            "client_id": self.client_id, "scope": ",".join(SCOPES), "state": state.decode("ascii"),
            "redirect_uri": self._redirect_uri(host),
        })
        location = f"{self.api_base_url}/oauth/v2/authorize?{query}"
        return PageResponse(302, headers={"Location": location, "Set-Cookie": self._cookie(host, browser)})

    async def _end(self, request: PageRequest, host: AdapterHost) -> PageResponse:
        if request.query.get("error"):
            return _page(400, "Not installed", "The installation was cancelled at Slack. Nothing was changed.")
        try:
            if not await self._is_ours(request, host):
                return _page(400, "Not installed", "This link is too old, was used before, or was opened in another "
                             "browser. Open the install page again.")
            installed = await self._exchange(text_of(request.query.get("code"), 1_000), host)
        except NotStored:
            return _page(503, "Not installed", "The store does not answer now. Open the install page again later.")
        except Failure as failure:
            log.warning("slack %s: an installation failed: %s", self.app.adapter, failure)
            return _page(502, "Not installed", f"Slack did not complete the installation ({failure}). "
                         "Open the install page again.")
        if isinstance(installed, str):
            log.warning("slack %s: an installation was refused: %s", self.app.adapter, installed)
            return _page(403, "Not installed", installed)
        log.info("slack %s: the app was installed in %s", self.app.adapter, installed.team)
        return _page(200, "Installed", f"The app is installed in {installed.team}. You can close this page.")

    async def _is_ours(self, request: PageRequest, host: AdapterHost) -> bool:
        """Whether we began it, for this browser, not long ago, and it comes back for the first time."""
        state = text_of(request.query.get("state"))
        if not state.isascii() or len(state) > MAX_STATE_CHARACTERS:
            return False
        try:
            bound = self._box.decrypt_at_time(
                state.encode(), ttl=int(STATE_LASTS.total_seconds()), current_time=_seconds(host.now())
            )
        except InvalidToken:
            return False
        browser = sha256(request.cookies.get(COOKIE, "").encode("utf-8", "replace")).hexdigest().encode()
        if not compare_digest(bound, browser):
            return False
        key = f"oauth:{sha256(state.encode()).hexdigest()}"
        uses = await host.state(self.app.adapter).count(key, until=host.now() + 2 * STATE_LASTS)
        return uses == 1

    async def _exchange(self, code: str, host: AdapterHost) -> Installation | str:
        """The code for a token, which is kept; or why not. Raises a `Failure` or `NotStored`."""
        answer = await self.api.call("oauth.v2.access", "", form={
            "code": code, "redirect_uri": self._redirect_uri(host), "client_id": self.client_id,
            "client_secret": self.client_secret,
        })
        installation = _installation(answer)
        problem = self._problem(answer, installation)
        if problem:
            await self._give_back(installation.token)
            return problem
        await self.tokens.keep(installation)
        self.installed()
        return installation

    def _problem(self, answer: Mapping[str, Any], installation: Installation) -> str:
        """Why an installation is not wanted; empty when all is well."""
        if installation.team not in self.app.team_ids:
            return f"The workspace {installation.team or '(unnamed)'} is not one of team_ids in the configuration."
        if self.app.app_id and text_of(answer.get("app_id")) != self.app.app_id:
            return "The app is not the one of app_id in the configuration."
        if answer.get("refresh_token") or answer.get("expires_in"):
            return "Token rotation is switched on for the app; switch it off and install it again."
        return "" if installation.token.startswith("xoxb-") else "Slack gave no bot token; add the bot scopes."

    async def _give_back(self, token: str) -> None:
        if not token:
            return
        try:
            await self.api.call("auth.revoke", token)
        except Failure as failure:
            log.warning("slack %s: a token that is not wanted could not be given back: %s", self.app.adapter, failure)

    @property
    def _box(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])

    def _redirect_uri(self, host: AdapterHost) -> str:
        return f"{host.public_url}/adapters/{self.app.adapter}/oauth/callback"

    def _cookie(self, host: AdapterHost, browser: str) -> str:
        secure = "; Secure" if host.public_url.startswith("https:") else ""
        life = int(STATE_LASTS.total_seconds())
        path = f"/adapters/{self.app.adapter}/oauth"
        return f"{COOKIE}={browser}; Path={path}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"


def _installation(answer: Mapping[str, Any]) -> Installation:
    whole = answer.get("is_enterprise_install") is True
    owner = mapping(answer.get("enterprise" if whole else "team"))
    return Installation(
        team=id_of(owner.get("id")), token=text_of(answer.get("access_token"), 500),
        bot_user=id_of(answer.get("bot_user_id")), scopes=text_of(answer.get("scope"), 2_000),
    )


def _page(status: int, title: str, sentence: str) -> PageResponse:
    body = (f"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>"
            f"<h1>{title}</h1><p>{html.escape(sentence)}</p></html>")
    return PageResponse(status, body.encode())


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
