"""One message out: a connection, one envelope, and what the server's answer means."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from adapters.email.answers import ACCOUNT_REST, Reply, outcome_of
from adapters.email.config import EmailConfig
from adapters.email.pool import Busy, Connection, Pool, distrust_of
from adapters.email.render import NO_FILES, Files, Rendered, render
from bot.contracts import AdapterHost, DeliveryOutcome, FetchedFile, OutboundMessage, Refused, Retry, Sent, Uncertain

log = logging.getLogger(__name__)

DOMAIN_REST = timedelta(hours=1)
"""After a refusal as spam nothing goes to that domain for this long; a person should look."""
SMALLER_FORMS = 2
BUSY_REST = timedelta(seconds=2)
ACCOUNT = "account"


@dataclass(slots=True)
class Sender:
    """Sends for one mailbox, and remembers what a person has to mend."""

    config: EmailConfig
    pool: Pool
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    """What is broken: our account, or a recipient domain that refuses us; until something goes out again."""
    _stopped: dict[str, datetime] = field(default_factory=dict)

    async def send(self, message: OutboundMessage, host: AdapterHost) -> DeliveryOutcome:
        """Deliver one message; one that is too large goes once more in a smaller form."""
        files = await self._files(message, host)
        rendered = render(message, self.config, host, self.config.max_bytes, files=files)
        outcome: DeliveryOutcome = self._resting(rendered, host.now()) or await self._deliver(rendered, message)
        for _ in range(SMALLER_FORMS):
            if not (isinstance(outcome, Refused) and outcome.code in ("5.3.4", "552")):
                break
            limit = self.config.max_bytes if files else len(rendered.data) // 4
            files = NO_FILES  # what is attached goes first; the card says where the rest is
            rendered = render(message, self.config, host, limit)
            outcome = await self._deliver(rendered, message)
        self._remember(rendered.domain, outcome, host.now())
        self.counts[type(outcome).__name__.lower()] += 1
        return outcome

    async def _files(self, message: OutboundMessage, host: AdapterHost) -> Files:
        """What the cards name, as much of it as a mail may carry."""
        found: dict[str, FetchedFile] = {}
        left = self.config.max_file_bytes
        for reference in dict.fromkeys(file.reference for card in message.cards for file in card.files):
            file = await host.file(reference)
            if file is not None and len(file.content) <= left:
                found[reference] = file
                left -= len(file.content)
        return found

    async def _deliver(self, rendered: Rendered, message: OutboundMessage) -> DeliveryOutcome:
        """A kept connection may have been closed by the server meanwhile: then once more over a new one."""
        for new in (False, True):
            handing = _Handing(rendered)
            try:
                async with self.pool.connection(new=new) as connection:
                    handing.fresh = connection.is_fresh
                    return await handing.over(connection, message.attempt)
            except Busy as error:
                return Retry(str(error), "busy", after=BUSY_REST)
            except (SMTPException, OSError) as error:
                if (distrust := distrust_of(error)) is not None:
                    return Retry(distrust, "tls", close_channel_for=ACCOUNT_REST)
                outcome = _failed(error, handing, message.attempt)
            if handing.fresh or isinstance(outcome, Uncertain):
                return outcome
        return outcome

    def _resting(self, rendered: Rendered, now: datetime) -> DeliveryOutcome | None:
        if not rendered.recipient:
            return Refused("the conversation is no mail address", "no_address", destination_broken=True)
        until = self._stopped.get(rendered.domain)
        if until is None or until <= now:
            return None
        return Retry(f"{rendered.domain} refuses our mail", "domain_rests", after=until - now)

    def _remember(self, domain: str, outcome: DeliveryOutcome, now: datetime) -> None:
        if isinstance(outcome, Sent):
            self.problems.pop(domain, None)
            self.problems.pop(ACCOUNT, None)
        elif isinstance(outcome, Retry) and outcome.close_channel_for is not None:
            self._note(ACCOUNT, outcome.reason)
        elif isinstance(outcome, Refused) and (outcome.code or "").startswith(("5.7.", "554")):
            self._stopped[domain] = now + DOMAIN_REST
            self._note(domain, outcome.reason)

    def _note(self, what: str, reason: str) -> None:
        if self.problems.get(what) != reason:
            self.problems[what] = reason
            log.error("email %s: %s: %s", self.config.name, what, reason)


@dataclass(slots=True)
class _Handing:
    """How far one attempt has come."""

    rendered: Rendered
    fresh: bool = True
    """On a connection made for it; failing to make one counts as such."""
    begun: bool = False
    """The text itself is on its way: whether it was taken is not known until the server answers."""

    async def over(self, connection: Connection, attempt: int) -> DeliveryOutcome:
        """Envelope, text, answer. Raises what `aiosmtplib` does when the connection is lost."""
        client, mail = connection.client, self.rendered
        wide = not mail.recipient.isascii()
        if wide and not client.supports_extension("smtputf8"):
            return Refused("the server takes no address with letters outside ASCII", "5.6.7", destination_broken=True)
        size = [f"SIZE={len(mail.data)}"] if client.supports_extension("size") else []
        encoding = "utf-8" if wide else "ascii"
        try:
            await client.mail(mail.sender, options=size + (["SMTPUTF8"] if wide else []), encoding=encoding)
            await client.rcpt(mail.recipient, encoding=encoding)
            self.begun = True
            answer = await client.data(mail.data)
        except (SMTPDataError, SMTPRecipientRefused, SMTPResponseException) as error:
            if client.is_connected:
                await client.rset()  # the next message finds a clean connection
            return outcome_of(Reply(error.code, error.message), attempt)
        return Sent(" ".join(answer.message.split())[:200] or None)


def _failed(error: SMTPException | OSError, handing: _Handing, attempt: int) -> DeliveryOutcome:
    """What a lost connection means: nothing was handed over, or nobody knows."""
    if isinstance(error, SMTPResponseException):
        return outcome_of(Reply(error.code, error.message), attempt)
    if handing.begun:
        return Uncertain(f"the connection was lost before the server answered: {type(error).__name__}")
    return Retry(f"no connection to the mail server: {type(error).__name__}")
