"""What a mail server's refusal means: code and enhanced status become one of the four outcomes."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.contracts import Refused, Retry

ACCOUNT_CODES = frozenset({530, 534, 535, 538})
ACCOUNT_REST = timedelta(minutes=15)
"""A wrong password is not tried again and again: accounts get locked."""
STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""How long to wait after a temporary refusal, by attempt; the last one repeats. Greylisting wants the first."""
FULL_REST = timedelta(hours=23)
MAX_REASON = 300
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a mail server."""

    code: int
    text: str

    @property
    def status(self) -> str:
        """The enhanced status (RFC 3463), such as 5.1.1; the plain code where there is none."""
        found = _ENHANCED.match(self.text)
        return ".".join(found.groups()) if found else str(self.code)

    @property
    def is_temporary(self) -> bool:
        """May be accepted later; the enhanced status goes before the code."""
        return self.status.startswith("4")

    @property
    def is_account(self) -> bool:
        """Our own account is the problem, not this message."""
        return self.code in ACCOUNT_CODES

    @property
    def is_too_large(self) -> bool:
        """The message is larger than the server takes."""
        return self.status in ("5.3.4", "552") or (self.code == 552 and "size" in self.text.lower())

    @property
    def is_policy(self) -> bool:
        """Refused as spam, or for want of authentication: all mail to that domain will be."""
        return self.status.startswith("5.7.") or (self.code == 554 and self.status == "554")

    @property
    def line(self) -> str:
        """In one line, for logs and the outbox."""
        return f"{self.code} {' '.join(self.text.split())}"[:MAX_REASON]


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the attempt of that number."""
    return STEPS[min(max(attempt, 1), len(STEPS)) - 1]


def outcome_of(reply: Reply, attempt: int) -> Retry | Refused:
    """What to do after a refusal."""
    if reply.is_account:
        return Retry(f"the mail account is refused: {reply.line}", reply.status, close_channel_for=ACCOUNT_REST)
    if reply.is_temporary:
        return Retry(reply.line, reply.status, after=wait_after(attempt))
    if reply.status == "5.2.2":
        return Retry(f"the mailbox is full: {reply.line}", reply.status, after=FULL_REST, max_tries=3)
    bad_address = reply.status.startswith("5.1.") or reply.status in ("550", "551", "553", "5.2.1", "5.4.4")
    return Refused(reply.line, reply.status, destination_broken=bad_address)
