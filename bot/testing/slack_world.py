"""What a fake Slack remembers: channels, messages, files, tokens, and the pace of each channel."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from bot.testing.slack_blocks import shown

TEAM, APP, BOT_USER, BOT = "T0FAKETEAM", "A0FAKEAPP1", "U0FAKEBOT1", "B0FAKEBOT1"
ANNA, DIRECT, CHANNEL = "U0FAKEANNA", "D0FAKEANNA", "C0FAKECHAN"
BURST = 10
"""Messages a channel takes at once before the pace of one a second holds."""


@dataclass(slots=True)
class SlackPost:
    """A message of the bot."""

    channel: str
    ts: str
    body: dict[str, Any]
    edits: int = 0

    @property
    def text(self) -> str:
        """What a reader sees."""
        return shown(self.body)

    @property
    def thread(self) -> str:
        """The thread it stands in."""
        return str(self.body.get("thread_ts", ""))


@dataclass(slots=True)
class SlackFile:
    """A file that lies with the platform."""

    name: str
    content: bytes = b""
    media_type: str = "application/octet-stream"
    shared: list[tuple[str, str]] = field(default_factory=list)
    """Channel and thread of every place where it can be seen."""
    about: dict[str, Any] = field(default_factory=dict)
    """Further fields of `files.info`."""
    announced: int | None = None
    """Bytes an upload was announced with."""

    @property
    def missing(self) -> bool:
        """An upload that never came, or not whole."""
        return self.announced is not None and self.announced != len(self.content)


class SlackWorld:
    """One workspace, and others that install the app."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.channels: dict[str, str] = {DIRECT: "", CHANNEL: ""}
        """Channels by id, each with the error it refuses messages with."""
        self.direct: dict[str, str] = {ANNA: DIRECT}
        """The direct channel of each person."""
        self.tokens: dict[str, str] = {}
        """Bot tokens that are taken, and their workspaces."""
        self.revoked: set[str] = set()
        self.profiles: dict[str, dict[str, Any]] = {}
        """By person: fields of `users.info` that differ from a plain member's."""
        self.posts: list[SlackPost] = []
        self.files: dict[str, SlackFile] = {}
        self._pace: dict[str, tuple[float, datetime]] = {}
        self._numbers = count(1)

    def next_ts(self) -> str:
        """The next time stamp: unique, growing."""
        return f"{int(self.now().timestamp())}.{next(self._numbers):06d}"

    def next_number(self) -> int:
        """For ids."""
        return next(self._numbers)

    def channel_of(self, given: str) -> str | None:
        """A channel's id, for a person's id that of the direct channel; None when there is none."""
        given = self.direct.get(given, given)
        return given if given in self.channels else None

    def find(self, channel: str, ts: str) -> SlackPost | None:
        """The message with that time stamp."""
        return next((post for post in self.posts if (post.channel, post.ts) == (channel, ts)), None)

    def seconds_too_fast(self, channel: str) -> int:
        """0 when the channel takes one more message now, else how long it wants to be left alone."""
        left, since = self._pace.get(channel, (float(BURST), self.now()))
        left = min(float(BURST), left + (self.now() - since).total_seconds())
        if left < 1:
            return 1
        self._pace[channel] = (left - 1, self.now())
        return 0
