"""How a conversation can be reached now: its session while it lives, else the custom robot of its group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from yarl import URL

from adapters.dingtalk.codec import ROBOT
from adapters.dingtalk.config import CustomRobot, DingTalkConfig
from adapters.dingtalk.routes import Origin, session_route
from adapters.dingtalk.verify import sign
from bot.contracts import OutboundMessage, Refused, ReplyRoute

SESSION_MARGIN = timedelta(minutes=5)
"""A session may end a little before the platform says."""
ROBOT_PATH = "/robot/send"


@dataclass(frozen=True, slots=True)
class Session:
    """The session webhook of a message received not long ago; the address was checked."""

    url: URL

    @property
    def name(self) -> str:
        """For logs and figures; never the address, which is a credential."""
        return "session"


@dataclass(frozen=True, slots=True)
class RobotWay:
    """A custom robot's webhook."""

    label: str
    robot: CustomRobot
    base_url: str

    @property
    def name(self) -> str:
        """For logs and figures."""
        return f"{ROBOT}{self.label}"

    def url(self, now: datetime) -> URL:
        """Signed for this one request: a signature kept for later is refused after an hour."""
        query = {"access_token": self.robot.access_token.get_secret_value()}
        if self.robot.secret is not None:
            timestamp = str(int(now.timestamp() * 1000))
            query |= {"timestamp": timestamp, "sign": sign(self.robot.secret.get_secret_value(), timestamp)}
        return URL(self.base_url).with_path(ROBOT_PATH).with_query(query)


class Ways:
    """Finds the way to a conversation."""

    def __init__(self, config: DingTalkConfig, allowed: frozenset[Origin]) -> None:
        self._allowed = allowed
        self._robots = _robots(config)

    def find(self, message: OutboundMessage, now: datetime) -> Session | RobotWay | Refused:
        """The session while it lives, else the conversation's custom robot, else why there is none."""
        route = message.reply_route
        live = route is not None and now + SESSION_MARGIN < route.expires_at
        if live and (url := self._checked(route)) is not None:
            return Session(url)
        return self.robot(message) or _no_way(message, live=live)

    def robot(self, message: OutboundMessage) -> RobotWay | None:
        """The custom robot of the conversation's group, where one is configured."""
        return self._robots.get(message.conversation.external_id)

    def _checked(self, route: ReplyRoute | None) -> URL | None:
        """Checked again: what is stored may be older than the configuration, or not ours."""
        return None if route is None else session_route(route.url, self._allowed)


def _no_way(message: OutboundMessage, *, live: bool) -> Refused:
    conversation = message.conversation.external_id
    if conversation.startswith(ROBOT):
        fix = f"custom_robots has no robot {conversation.removeprefix(ROBOT)!r}; add it"
        return Refused(fix, "no_robot", destination_broken=True)
    if live:
        return Refused("the reply address is outside the allowed hosts", "route_refused", route_gone=True)
    gone = "its session has ended" if message.reply_route is not None else "no session is open"
    fix = "no custom robot has its conversation_id; somebody has to write first, or a custom robot to be added"
    return Refused(f"{gone} and {fix}", "no_route", route_gone=True)


def _robots(config: DingTalkConfig) -> Mapping[str, RobotWay]:
    ways: dict[str, RobotWay] = {}
    for label, robot in config.custom_robots.items():
        way = RobotWay(label, robot, robot.base_url or config.oapi_base_url)
        ways[f"{ROBOT}{label}"] = way
        if robot.conversation_id:
            ways[robot.conversation_id] = way
    return ways
