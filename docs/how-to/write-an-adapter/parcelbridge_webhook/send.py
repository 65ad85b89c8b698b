"""One POST, and which of the four outcomes its answer means."""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import ClientError, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError

from bot.contracts import AdapterHost, DeliveryOutcome, OutboundMessage, Refused, Retry, Sent, Uncertain
from parcelbridge_webhook.render import render

TIMEOUT = ClientTimeout(total=9, connect=3)
"""A little less than the ten seconds the core gives one attempt."""
LONGEST_WAIT = 3_600


async def post(
    message: OutboundMessage, host: AdapterHost, *, url: str, token: str, max_bytes: int
) -> DeliveryOutcome:
    """Deliver one message. Errors go by their type only: their texts may hold addresses."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = render(message, max_bytes)
    try:
        async with host.session.post(
            url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as response:
            return outcome_of(response.status, response.headers)
    except (ClientConnectorError, ConnectionTimeoutError) as error:
        return Retry(f"no connection: {type(error).__name__}")  # nothing was sent
    except (ClientError, TimeoutError, OSError) as error:
        return Uncertain(f"no answer: {type(error).__name__}")  # it may have arrived


def outcome_of(status: int, headers: Mapping[str, str]) -> DeliveryOutcome:
    """Never `Sent` unless the chat says so."""
    if 200 <= status < 300:
        return Sent()
    if status == 429:
        return Retry("too many messages", "429", after=_retry_after(headers))
    if status >= 500 or status == 408:
        return Retry(f"HTTP {status}", str(status))
    if status in (401, 403):
        return Refused("the token was refused: copy it again", str(status), destination_broken=True)
    if status in (404, 410):
        return Refused("the room is not there any more", str(status), destination_broken=True)
    return Refused(f"HTTP {status}", str(status))


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    given = headers.get("Retry-After", "").strip()
    seconds = int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 30
    return timedelta(seconds=min(max(seconds, 1), LONGEST_WAIT))
