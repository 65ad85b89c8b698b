"""The live test of `parcelbridge doctor`: are the application's credentials taken, is our clock right?"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientTimeout

from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.config import DingTalkConfig, missing, padded_secrets
from adapters.dingtalk.gateway import NotRegistered, register
from adapters.dingtalk.tokens import TOKEN_PATH
from adapters.dingtalk.values import mapping, text_of
from bot.contracts import AdapterHost, Health

TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)
MAX_SKEW = timedelta(minutes=5)
"""Signatures are refused beyond an hour; long before that somebody should look at the clock."""


async def check(config: DingTalkConfig, host: AdapterHost) -> Health:
    """Ask for an access token, which costs no quota. Custom robots are not tried: every try would post to a group."""
    absent = missing(config)
    if absent:
        return Health(False, "incomplete", f"add {', '.join(absent)}")
    padded = padded_secrets(config)
    if padded:
        keys = ", ".join(padded)
        return Health(False, "suspicious", f"{keys}: begins or ends with a blank or line end; copy it again")
    if config.client_secret is None or config.client_id is None:
        return Health(True, "push only", "custom robots are not tried here: every try would post to their groups")
    body = {"appKey": config.client_id, "appSecret": config.client_secret.get_secret_value()}
    url = f"{config.api_base_url}{TOKEN_PATH}"
    try:
        async with host.session.post(url, json=body, timeout=TIMEOUT, allow_redirects=False) as response:
            judged = _judged(response.status, await read_bounded(response), response.headers, host.now())
    except (ClientError, TimeoutError, OSError) as error:
        fix = "check the network and api_base_url"
        return Health(False, "unreachable", f"{config.api_base_url}: {type(error).__name__}; {fix}")
    return await _stream(config, host) if judged.ok and config.mode == "stream" else judged


async def _stream(config: DingTalkConfig, host: AdapterHost) -> Health:
    """A registration that is not used: no connection is opened, so a running service loses no message to this check."""
    try:
        await register(host.session, config)
    except NotRegistered as error:
        return Health(False, "no stream", f"Stream cannot be registered: {error}")
    return Health(True, "up", "the credentials are taken, Stream can be registered")


def _judged(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> Health:
    skew = _skew(headers.get("Date", ""), now)
    try:
        answer = mapping(json.loads(body))
    except (ValueError, RecursionError):
        answer = {}
    if status == 200 and answer.get("accessToken"):
        if skew is not None and skew > MAX_SKEW:
            minutes = int(skew.total_seconds() // 60)
            return Health(False, "clock", f"our clock and DingTalk's differ by {minutes} min; set this machine's clock")
        return Health(True, "up", "the credentials are taken")
    code = text_of(answer.get("code"), 100)
    if not code:
        return Health(False, "unreachable", f"HTTP {status} instead of a token; check api_base_url, try again later")
    return Health(False, "refused", f"the credentials were refused ({code}); check client_id and client_secret")


def _skew(date: str, now: datetime) -> timedelta | None:
    try:
        return abs(parsedate_to_datetime(date) - now)
    except (ValueError, TypeError):
        return None
