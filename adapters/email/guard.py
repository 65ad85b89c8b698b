"""The last defence against loops: machines that bear no sign are known by how soon and how often they say what.

The rules, each with its limits; what trips one is not answered and is shown to a person:

- more than 60 mails of one sender in an hour;
- the same text 3 times in 10 minutes, or 10 times in a day;
- within a minute of our mail, in its thread, a statement that this sender made before;
- the same statement 3 times in 10 minutes from whatever addresses of a domain: some machines write from new ones.

A statement is a text longer than "收到" or "ack" that asks nothing; of two statements that differ in a number standing
alone, such as a ticket's, the second is the same. How soon alone says nothing: people answer at once too.
"""

import hashlib
import re
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.email.addresses import Names
from bot.contracts import InboundMessage

SAME_TEXT, SAME_WITHIN = 3, timedelta(minutes=10)
SAME_A_DAY = 10
MOST_AN_HOUR = 60
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(seconds=60)
A_WORD = 15
"""Characters of what people say again and again: "ack", "收到，谢谢"."""
WATCHED, REMEMBERED = 10_000, 200
"""Senders, and statements of domains, and mails of each; the oldest are forgotten first."""
_ALONE = re.compile(r"(?<![\w-])\d{1,8}(?![\w-])")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Said:
    at: datetime
    digest: bytes
    message_id: str


class LoopGuard:
    """Remembers what came from whom; bounded."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[_Said]] = OrderedDict()

    def trips(self, sender: str, text: str, message_id: str, now: datetime, *, soon: bool = False) -> str | None:
        """Note one mail; why its sender is not answered now, None when all is well. One mail counts once."""
        statement = _is_statement(text)
        said = _Said(now, _digest(_ALONE.sub("0", text) if statement else text), message_id)
        own = self._noted(sender, said)
        if sum(1 for one in own if now - one.at <= AN_HOUR) > MOST_AN_HOUR:
            return f"more than {MOST_AN_HOUR} mails in an hour"
        same = [one.at for one in own if one.digest == said.digest and now - one.at <= A_DAY]
        if _within(same, now) >= SAME_TEXT or len(same) >= SAME_A_DAY:
            return "the same text again and again"
        if not statement:
            return None
        if soon and len(same) > 1:
            return "the same text again, at once after our mail"
        domain = self._noted(f"{said.digest.hex()}@{sender.rpartition('@')[2]}", said)
        if _within([one.at for one in domain], now) >= SAME_TEXT:
            return "the same text again and again from its domain"
        return None

    def _noted(self, who: str, said: _Said) -> deque[_Said]:
        mails = self._seen.setdefault(who, deque(maxlen=REMEMBERED))
        self._seen.move_to_end(who)
        if len(self._seen) > WATCHED:
            self._seen.popitem(last=False)
        if all(one.message_id != said.message_id for one in mails):
            mails.append(said)
        return mails


def is_soon(message: InboundMessage, names: Names, now: datetime) -> bool:
    """Whether it answers a mail of ours within a minute, by its writer's clock, or by ours where that is behind."""
    key = names.key_of_message_id(message.quoted.message_id or "") if message.quoted is not None else None
    if key is None:
        return False
    written = message.sent_at if message.sent_at >= key.created_at else now
    return written - key.created_at < SOON


def _is_statement(text: str) -> bool:
    return len(text) > A_WORD and "?" not in text and "？" not in text


def _within(times: list[datetime], now: datetime) -> int:
    return sum(1 for at in times if now - at <= SAME_WITHIN)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(_SPACES.sub(" ", text).encode("utf-8", "replace"), digest_size=8).digest()
