"""One mail in: taken apart, judged, translated, stored. Only then may it be acknowledged or moved away."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adapters.email.addresses import Names
from adapters.email.authentic import Author, author_of
from adapters.email.automatic import Kind, Signal, reads_like_one, signal_of
from adapters.email.bounces import Bounce, bounce_of, came_to
from adapters.email.codec import Reading, message_of, said
from adapters.email.config import EmailConfig
from adapters.email.dns import NoAnswer, Txt, resolver
from adapters.email.guard import LoopGuard, is_soon
from adapters.email.limits import Unreadable
from adapters.email.parse import Mail, parse
from adapters.email.signatures import vouched_by
from bot.contracts import AdapterHost, InboundMessage, NotStored, Receipt

log = logging.getLogger(__name__)

QUICK_BYTES = 32_768
"""A mail of that size is read at once; a larger one in a thread, so that nobody else waits."""
SOFT_LIMIT, SOFT_WITHIN = 5, timedelta(days=7)
"""So many temporary failures within that time, and the address counts as bad."""

Handle = Callable[[Mail, bytes], str]
"""What files of a mail can be fetched by later."""


@dataclass(frozen=True, slots=True)
class _Read:
    mail: Mail
    author: Author
    signal: Signal | None
    bounce: Bounce | None
    message: InboundMessage


@dataclass(slots=True)
class Intake:
    """Takes mails for one mailbox, from wherever they come."""

    config: EmailConfig
    txt: Txt | None = None
    """Where our own check asks; by default the servers of the configuration."""
    counts: Counter[str] = field(default_factory=Counter)
    guard: LoopGuard = field(default_factory=LoopGuard)
    handing_over: int = 0

    async def take(self, raw: bytes, host: AdapterHost, handle: Handle) -> Receipt:
        """Store one mail; returns after the commit. Raises `Unreadable`, or `NotStored`."""
        self.handing_over += 1
        try:
            return await self._take(raw, host, handle)
        except Unreadable:
            self.counts["unreadable"] += 1
            raise
        finally:
            self.handing_over -= 1

    async def _take(self, raw: bytes, host: AdapterHost, handle: Handle) -> Receipt:
        now = host.now()
        if len(raw) <= QUICK_BYTES and not self.config.trust.check_dkim:
            read = self._read(raw, handle, now)
        else:
            read = await asyncio.to_thread(self._read, raw, handle, now)
        message = self._guarded(read, now)
        receipt = await host.receive(message)
        if read.bounce is not None and not receipt.duplicate:
            await self._bounced(read.bounce, host)
        self._count(read, receipt)
        return receipt

    def _read(self, raw: bytes, handle: Handle, now: datetime) -> _Read:
        """Everything about a mail that needs no waiting for others but DNS and a disk. Raises `Unreadable`."""
        try:
            return self._understood(raw, handle, now)
        except (Unreadable, NotStored, OSError):
            raise
        except Exception as error:  # protects the mails behind it from a defect of ours that this one brings to light
            log.exception("email %s: a mail brought a defect to light", self.config.name)
            raise Unreadable(f"reading it failed: {type(error).__name__}") from error

    def _understood(self, raw: bytes, handle: Handle, now: datetime) -> _Read:
        config, names = self.config, Names(self.config.address)
        mail = parse(raw, config.max_received_bytes)
        author = self._author(mail, raw)
        text = said(mail)
        signal = signal_of(mail, names, text)
        if mail.sealed:  # a person has to look at it
            author = replace(author, authenticated=False, why="encrypted, or a piece of a larger mail")
        automatic = signal is not None and signal.kind in (Kind.AUTO, Kind.REPORT)
        bounce = bounce_of(mail, names, came_to(mail.headers)) if automatic else None
        reading = Reading(mail, author, signal, handle(mail, raw))
        return _Read(mail, author, signal, bounce, message_of(reading, text, config, now))

    def _author(self, mail: Mail, raw: bytes) -> Author:
        """Where DNS does not answer, a relay hands the mail over again; one from a mailbox is left to a person."""
        trust = self.config.trust
        if not trust.check_dkim:
            return author_of(mail.headers, trust, mail.hint)
        txt = self.txt = self.txt or resolver(trust.nameservers)
        try:
            return author_of(mail.headers, trust, mail.hint, vouched=lambda domain: vouched_by(
                raw, mail.headers, domain, txt
            ))
        except NoAnswer as error:
            if self.config.listener is not None:
                raise NotStored(str(error)) from error
            return replace(author_of(mail.headers, trust, mail.hint), authenticated=False, why=str(error))

    def _guarded(self, read: _Read, now: datetime) -> InboundMessage:
        """Whoever reads like a machine, or does not stop, is heard by a person and not answered by us."""
        message, why = read.message, None
        if message.automated:
            return message
        soon = is_soon(message, Names(self.config.address), now)
        if read.signal is not None:
            why = f"reads like an automatic answer ({read.signal.rule})"
        elif soon and reads_like_one(message.text):
            why = "reads like an automatic answer (at once after our mail)"
        elif message.sender.authenticated:
            sender = message.sender.external_id
            why = self.guard.trips(sender, message.text, message.message_id, now, soon=soon)
        if why is None:
            return message
        self.counts["not_trusted_to_be_human"] += 1
        log.warning("email %s: %s is not answered: %s", self.config.name, message.sender.external_id, why)
        return message.model_copy(update={"sender": message.sender.model_copy(update={"authenticated": False})})

    async def _bounced(self, bounce: Bounce, host: AdapterHost) -> None:
        if not bounce.failed:
            return
        permanent = bounce.permanent
        if not permanent and bounce.recipient and bounce.status.startswith(("4.", "5.2.")):
            state = host.state(self.config.name)
            counted = await state.count(f"soft:{bounce.recipient}"[:200], until=host.now() + SOFT_WITHIN)
            permanent = counted >= SOFT_LIMIT
        self.counts["bounced"] += 1
        reason = f"mail came back: {bounce.status or 'no status'} {bounce.recipient}".strip()
        key = bounce.key
        await host.undelivered(
            self.config.name, key.message_id, created_at=key.created_at, reason=reason, permanent=permanent
        )

    def _count(self, read: _Read, receipt: Receipt) -> None:
        if receipt.duplicate:
            self.counts["duplicates"] += 1
        elif read.signal is not None:
            self.counts[f"from_{read.signal.kind}"] += 1
        else:
            self.counts["stored" if read.author.authenticated else "unauthenticated"] += 1
            if not read.author.authenticated:
                log.info("email %s: a sender is not believed: %s", self.config.name, read.author.why)
