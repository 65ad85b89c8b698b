"""An outbound message becomes the bytes of one mail, within the configured size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime

from adapters.email.addresses import Names, Thread, message_ids, shortened, thread_of
from adapters.email.config import EmailConfig
from adapters.email.html import page
from adapters.email.mime import address_field, field, mail
from adapters.email.plain import one_line, tidy
from adapters.email.reply_to import reply_address
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
ABOVE = {
    "en": "reply above this line", "zh-Hans": "请在此行以上回复", "zh-Hant": "請在此行以上回覆",
}
"""Above everything else: what a program quotes below an answer begins with it, whatever it writes around."""
LEFT_OUT = {
    "en": "Not attached, too large or no longer there: {}", "zh-Hans": "未随信附上（文件过大或已失效）：{}",
    "zh-Hant": "未隨信附上（檔案過大或已失效）：{}",
}
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
    envelope = names.envelope_sender(key_of(message)) if config.plus_addresses else config.address
    if not recipient:
        return Rendered(envelope, "")
    thread = _thread(message, recipient)
    subject = _subject(message.cards, thread, answers=message.in_reply_to is not None)
    plan = _Plan(message, subject, config.address)
    told = tuple(_with_files_that_go(card, files) for card in message.cards)
    text, html = plan.bodies(_fitting(told, plan, limit))
    named = dict.fromkeys(file.reference for card in message.cards for file in card.files)
    data = mail(
        _head(message, config, host, replace(thread, subject=subject)), text, html,
        files=[files[reference] for reference in named if reference in files],
        boundary=f"=_{message.message_id.replace('-', '')[:40]}",
    )
    return Rendered(envelope, recipient, data)


def _with_files_that_go(card: Card, files: Files) -> Card:
    """The card names what is attached, and says what is not."""
    left_out = [file.name for file in card.files if file.reference not in files]
    if not left_out:
        return card
    kept = tuple(file for file in card.files if file.reference in files)
    said = LEFT_OUT[card.language].format(", ".join(left_out))
    return card.model_copy(update={"files": kept, "text": (*card.text, said)})


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


def _head(message: OutboundMessage, config: EmailConfig, host: AdapterHost, thread: Thread) -> list[str]:
    names, answers = Names(config.address), message.in_reply_to is not None
    head = [
        address_field("From", config.address, one_line(config.from_name, 60)),
        address_field("To", thread.to, one_line(message.conversation.title or "", 60)),
        field("Subject", thread.subject),
        field("Date", format_datetime(host.now())),
        field("Message-ID", names.message_id(key_of(message))),
    ]
    reference = next((card.reference for card in message.cards if card.reference), "")
    if config.plus_addresses and (reply_to := reply_address(names, key_of(message), reference)) is not None:
        head.append(field("Reply-To", reply_to))
    if thread.in_reply_to:
        chain = shortened(tuple(dict.fromkeys((*thread.references, thread.in_reply_to))))
        head += [field("In-Reply-To", thread.in_reply_to), field("References", " ".join(chain))]
    head += [
        field("Auto-Submitted", "auto-replied" if answers else "auto-generated"),
        field("X-Auto-Response-Suppress", "All"),
        field(LOOP_HEADER, names.domain),
        field("Content-Language", ", ".join(dict.fromkeys(card.language for card in message.cards))),
    ]
    if message.subscription:
        head += _ways_to_end(message, config, host)
    return head


def _ways_to_end(message: OutboundMessage, config: EmailConfig, host: AdapterHost) -> list[str]:
    """One click where we can be reached over https, which RFC 8058 asks for; a mail in any case."""
    by_mail = f"<mailto:{config.address}?subject=unsubscribe>"
    if not host.public_url.startswith("https://"):
        return [field("List-Unsubscribe", by_mail)]
    link = f"<{host.public_url}/unsubscribe/{key_of(message)}>"
    one_click = field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return [field("List-Unsubscribe", f"{link}, {by_mail}"), one_click]


def _subject(cards: Sequence[Card], thread: Thread, *, answers: bool) -> str:
    own = push_subject(cards)
    if not answers:
        return own
    subject = one_line(thread.subject) or own
    return subject if is_reply(subject) else f"Re: {subject}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything the bodies of a mail depend on but how much of its cards they show."""

    message: OutboundMessage
    subject: str
    write_to: str

    def size(self, cards: Sequence[Card]) -> int:
        """Bytes of that mail, near enough and never less: both bodies in base64, and room for all the fields."""
        return sum(len(body.encode()) * 37 // 27 + 200 for body in self.bodies(cards)) + FIELDS_BYTES

    def bodies(self, cards: Sequence[Card]) -> tuple[str, str]:
        """Text, and HTML: programs show the last form they know."""
        above = " / ".join(dict.fromkeys(ABOVE[card.language] for card in cards))
        resent = RESENT[cards[0].language] if self.message.resent else ""
        first = tuple(filter(None, (f"--- {above} ---", resent)))
        text = "\n\n".join((*first, *filter(None, (tidy(as_text(card)) for card in cards))))
        answer_to = self.subject if is_reply(self.subject) else f"Re: {self.subject}"
        return f"{text}\n", page(cards, first=first, write_to=self.write_to, subject=answer_to)
