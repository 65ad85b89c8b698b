"""One message out: the way to its conversation, one request, and what its answer means."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import ClientError, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from yarl import URL

from adapters.dingtalk.answers import MUTED_FOR, TOKEN_REFUSED, TOO_FAST, is_too_long, outcome_of
from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.render import render
from adapters.dingtalk.ways import RobotWay, Session, Ways
from bot.contracts import AdapterHost, DeliveryOutcome, OutboundMessage, Refused, Retry, Sent, Uncertain

log = logging.getLogger(__name__)

TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
LEAST_SECONDS = 1.0
FIRST_WITHIN = 0.1
"""An attempt's first request has the whole time."""
WHOLE_TIME = ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(slots=True)
class Sender:
    """Sends for one instance, and remembers which robots are muted and what an operator has to mend."""

    ways: Ways
    max_bytes: int
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    """What is broken, by the name of the way, until something is sent over it again."""
    _muted: dict[str, datetime] = field(default_factory=dict)

    async def send(
        self, message: OutboundMessage, way: Session | RobotWay | Refused, host: AdapterHost
    ) -> DeliveryOutcome:
        """Deliver one message over its way; when its session has gone meanwhile, over the custom robot of its group."""
        attempt = _Attempt(message, host, asyncio.get_running_loop().time() + TOTAL_SECONDS)
        outcome = way if isinstance(way, Refused) else await self._over(way, attempt)
        robot = self.ways.robot(message)
        if robot is not None and isinstance(outcome, Refused) and outcome.route_gone:
            outcome = await self._over(robot, attempt)
        self.counts[type(outcome).__name__.lower()] += 1
        return outcome

    async def _over(self, way: Session | RobotWay, attempt: "_Attempt") -> DeliveryOutcome:
        """Over one way; what the platform finds too long goes once more in a smaller form."""
        now = attempt.host.now()
        rest = self._still_muted(way, now)
        if rest is not None:
            return Retry("the robot is muted for sending too fast", "muted", after=rest)
        outcome = await attempt.post(way, self.max_bytes)
        if is_too_long(outcome):
            outcome = await attempt.post(way, self.max_bytes // 2)
        self._remember(way, outcome, now)
        return outcome

    def _still_muted(self, way: Session | RobotWay, now: datetime) -> timedelta | None:
        until = self._muted.get(way.name)
        if until is None or until <= now:
            self._muted.pop(way.name, None)
            return None
        return until - now

    def _remember(self, way: Session | RobotWay, outcome: DeliveryOutcome, now: datetime) -> None:
        if isinstance(outcome, Retry) and outcome.code in {str(code) for code in TOO_FAST}:
            self._muted[way.name] = now + MUTED_FOR
        if isinstance(outcome, Sent):
            self.problems.pop(way.name, None)
        elif outcome is TOKEN_REFUSED or (isinstance(outcome, Refused) and outcome.destination_broken):
            if self.problems.get(way.name) != outcome.reason:
                log.error("dingtalk %s: %s", way.name, outcome.reason)
            self.problems[way.name] = outcome.reason


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt: all its requests together end at the deadline, an instant of the event loop's clock."""

    message: OutboundMessage
    host: AdapterHost
    deadline: float

    async def post(self, way: Session | RobotWay, limit: int) -> DeliveryOutcome:
        """One request. Errors go by their type only: their texts may hold the address, which is a credential."""
        by_session = isinstance(way, Session)
        try:
            async with self.host.session.post(
                self._url(way), data=self._body(way, limit), headers=HEADERS, timeout=self._timeout(),
                allow_redirects=False,
            ) as response:
                answer = await read_bounded(response)
                return outcome_of(response.status, answer, response.headers, by_session=by_session)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            return Retry(f"no connection: {type(error).__name__}")
        except (ClientError, TimeoutError, OSError) as error:
            return Uncertain(f"no answer: {type(error).__name__}")

    def _url(self, way: Session | RobotWay) -> URL:
        return way.url if isinstance(way, Session) else way.url(self.host.now())

    def _body(self, way: Session | RobotWay, limit: int) -> bytes:
        if isinstance(way, Session):
            return render(self.message, limit)
        return render(self.message, limit, keyword=way.robot.keyword, msg_uuid=self.message.message_id)

    def _timeout(self) -> ClientTimeout:
        left = self.deadline - asyncio.get_running_loop().time()
        if left > TOTAL_SECONDS - FIRST_WITHIN:
            return WHOLE_TIME
        left = max(LEAST_SECONDS, left)
        return ClientTimeout(total=left, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
