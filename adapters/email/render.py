"""An outbound message becomes the bytes of one mail, within the configured size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from adapters.email.addresses import Names, Thread, message_ids, shortened, thread_of
from adapters.email.config import EmailConfig
from adapters.email.html import page
from adapters.email.plain import one_line, tidy
from adapters.email.subjects import is_reply, push_subject
from bot.contracts import (
    AdapterHost,
    Card,
    FetchedFile,
    MessageKey,
    OutboundMessage,
    as_text,
    endings,
    fit,
)

FIELDS_BYTES = 4_000
LOOP_HEADER = "X-Parcelbridge-Loop"
Files = Mapping[str, FetchedFile]
"""By the reference cards name them by."""
NO_FILES: Files = {}
RESENT = {"en": "(resent)", "zh-Hans": "（重发）", "zh-Hant": "（重發）"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail, ready for its envelope."""

    sender: str
    recipient: str
    """Empty when the conversation is no mail address."""
    data: bytes = b""

    @property
    def domain(self) -> str:
        """Where it goes."""
        return self.recipient.rpartition("@")[2].lower()


def render(
    message: OutboundMessage, config: EmailConfig, host: AdapterHost, limit: int, *, files: Files = NO_FILES
) -> Rendered:
    """The mail for one outbox row; the same row gives the same Message-ID every time. `limit` is for all but files."""
    names = Names(config.address)
    recipient = recipient_of(message.conversation.external_id)
    envelope = names.envelope_sender(key_of(message))
    if not recipient:
        return Rendered(envelope, "")
    thread = _thread(message, recipient)
    head = _headers(message, config, host, thread)
    plan = _Plan(head, message, config.address)
    mail = plan.built(_fitting(message.cards, plan, limit))
    for file in (files[one.reference] for card in message.cards for one in card.files if one.reference in files):
        kind, _, subtype = (file.media_type or "application/octet-stream").partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=subtype or "octet-stream", filename=file.name)
    return Rendered(envelope, recipient, mail.as_bytes())


def _fitting(cards: tuple[Card, ...], plan: "_Plan", limit: int) -> tuple[Card, ...]:
    """The cards whole, else smaller by rule, else with their longest texts ended early."""
    if plan.size(cards) <= limit:
        return cards
    smallest = fit(cards, plan.size, limit)
    return next((one for one in endings(smallest) if plan.size(one) <= limit), smallest)


def key_of(message: OutboundMessage) -> MessageKey:
    """What the row is called outside."""
    return MessageKey(message.message_id, message.created_at)


def recipient_of(external_id: str) -> str:
    """The address of a conversation; empty when it is none anybody could write to."""
    local, at, domain = external_id.rpartition("@")
    clean = at and local and domain and not any(c.isspace() or c in "<>,;:\"()[]\\" for c in external_id)
    return external_id if clean and external_id.isprintable() else ""


def _thread(message: OutboundMessage, recipient: str) -> Thread:
    """The thread of the mail this answers; whatever is pushed begins one of its own."""
    if message.in_reply_to is None:
        return Thread(recipient)
    known = thread_of(message.reply_route, recipient) if message.reply_route is not None else None
    answered = next(iter(message_ids(message.in_reply_to)), "")
    thread = known or Thread(recipient)
    if not answered or answered == thread.in_reply_to:
        return thread
    return replace(thread, in_reply_to=answered)  # the route is of a later mail of the same person


def _headers(
    message: OutboundMessage, config: EmailConfig, host: AdapterHost, thread: Thread
) -> dict[str, str | Address]:
    names = Names(config.address)
    answers = message.in_reply_to is not None
    subject = _subject(message.cards, thread, answers=answers)
    head: dict[str, str | Address] = {
        "From": Address(one_line(config.from_name, 60), addr_spec=config.address),
        "To": _to(message, thread.to),
        "Subject": subject,
        "Date": format_datetime(host.now()),
        "Message-ID": names.message_id(key_of(message)),
    }
    if thread.in_reply_to:
        head["In-Reply-To"] = thread.in_reply_to
        head["References"] = " ".join(shortened(tuple(dict.fromkeys((*thread.references, thread.in_reply_to)))))
    head |= {
        "Auto-Submitted": "auto-replied" if answers else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER: names.domain,
    }
    if message.subscription:
        mail = f"<mailto:{config.address}?subject=unsubscribe>"
        https = host.public_url.startswith("https://")
        head["List-Unsubscribe"] = f"<{host.public_url}/unsubscribe/{key_of(message)}>, {mail}" if https else mail
        if https:
            head["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return head


def _subject(cards: Sequence[Card], thread: Thread, *, answers: bool) -> str:
    own = push_subject(cards)
    if not answers:
        return own
    subject = one_line(thread.subject) or own
    return subject if is_reply(subject) else f"Re: {subject}"


def _to(message: OutboundMessage, recipient: str) -> str | Address:
    """The address with the person's name, where it is one the library can write."""
    name = one_line(message.conversation.title or "", 60)
    if name and recipient.isascii():
        try:
            return Address(name, addr_spec=recipient)
        except (ValueError, IndexError):
            return recipient
    return recipient


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything of a mail but how much of its cards it shows."""

    head: dict[str, str | Address]
    message: OutboundMessage
    write_to: str

    def built(self, cards: Sequence[Card]) -> EmailMessage:
        """Text first, then HTML: programs show the last form they know."""
        mail = EmailMessage(policy=SMTP.clone(utf8=not str(self.head["To"]).rpartition("@")[0].isascii()))
        for name, value in self.head.items():
            mail[name] = value
        text, html = self._bodies(cards)
        mail.set_content(text, cte="base64")
        mail.add_alternative(html, subtype="html", cte="base64")
        mail["Content-Language"] = ", ".join(dict.fromkeys(card.language for card in cards))
        return mail

    def size(self, cards: Sequence[Card]) -> int:
        """Bytes of that mail, near enough and never less: both bodies in base64, and room for all the fields."""
        return sum(len(body.encode()) * 37 // 27 + 200 for body in self._bodies(cards)) + FIELDS_BYTES

    def _bodies(self, cards: Sequence[Card]) -> tuple[str, str]:
        first = RESENT[cards[0].language] if self.message.resent else ""
        text = "\n\n".join(filter(None, (first, *(tidy(as_text(card)) for card in cards))))
        subject = str(self.head["Subject"])
        answer_to = subject if is_reply(subject) else f"Re: {subject}"
        return f"{text}\n", page(cards, first=first, write_to=self.write_to, subject=answer_to)
