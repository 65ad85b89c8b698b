"""Registering a Stream connection: credentials in, an address and a ticket out. The ticket is never logged."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.frames import CALLBACK, CARDS, MESSAGES
from adapters.dingtalk.hosts import is_allowed
from adapters.dingtalk.values import mapping, text_of
from bot.contracts.addresses import is_loopback

OPEN_PATH = "/v1.0/gateway/connections/open"
TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)
USER_AGENT = "parcelbridge-python/0.1"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
"""Without `Accept` the answer may be XML."""


class NotRegistered(Exception):
    """No connection can be opened now; the text says why, without credentials."""

    def __init__(self, reason: str, *, credentials: bool = False) -> None:
        super().__init__(reason)
        self.credentials = credentials
        """A person has to mend the configuration; trying often would not help."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Opens exactly one connection, within 90 seconds."""

    endpoint: URL
    ticket: str = field(repr=False)

    @property
    def url(self) -> URL:
        """Where to connect; holds the ticket, so it is a credential."""
        return self.endpoint.update_query(ticket=self.ticket)


async def register(session: ClientSession, config: DingTalkConfig) -> Ticket:
    """A fresh ticket. Raises `NotRegistered`."""
    try:
        async with session.post(
            f"{config.gateway}{OPEN_PATH}", json=_wanted(config), headers=HEADERS, timeout=TIMEOUT,
            allow_redirects=False,
        ) as response:
            status, body = response.status, await read_bounded(response)
    except (ClientError, TimeoutError, OSError) as error:
        raise NotRegistered(f"{config.gateway} cannot be reached: {type(error).__name__}") from None
    try:
        answer = mapping(json.loads(body))
    except (ValueError, RecursionError):
        answer = {}
    if status != 200:
        raise _refused(status, text_of(answer.get("code"), 100))
    return Ticket(_endpoint(text_of(answer.get("endpoint")), config), _ticket(answer.get("ticket")))


def _wanted(config: DingTalkConfig) -> dict[str, object]:
    assert config.client_secret is not None
    topics = [MESSAGES, *([CARDS] if config.card_template_id else [])]
    return {
        "clientId": config.client_id, "clientSecret": config.client_secret.get_secret_value(),
        "subscriptions": [{"type": CALLBACK, "topic": topic} for topic in topics], "ua": USER_AGENT,
    }  # fmt: skip


def _refused(status: int, code: str) -> NotRegistered:
    if status in (401, 403):
        return NotRegistered(
            f"the credentials were refused ({code or status}); check client_id and client_secret", credentials=True
        )
    if status == 400:
        return NotRegistered(f"refused ({code or status}); if it stays so, check that the robot is in Stream mode")
    return NotRegistered(f"HTTP {status}{f' ({code})' if code else ''}")


def _ticket(value: object) -> str:
    ticket = text_of(value, 1_000)
    if not ticket:
        raise NotRegistered("the registration's answer has no ticket")
    return ticket


def _endpoint(text: str, config: DingTalkConfig) -> URL:
    """The address in the answer, when it may be contacted: wss to a host of `stream_hosts`, or our stand-in's own."""
    try:
        endpoint, parts = URL(text), urlsplit(text)
    except ValueError:
        raise NotRegistered("the registration's answer has no usable endpoint") from None
    gateway = urlsplit(config.gateway).hostname
    stand_in = is_loopback(config.gateway) and endpoint.scheme in ("ws", "wss") and endpoint.host == gateway
    allowed = endpoint.scheme == "wss" and (is_allowed(endpoint.host, config.stream_hosts) or endpoint.host == gateway)
    if "@" in parts.netloc or not (allowed or stand_in):
        raise NotRegistered(f"the platform named a host outside stream_hosts: {endpoint.host!r}; add it if it is right",
                            credentials=True)
    return endpoint
