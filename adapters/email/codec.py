"""A mail becomes an `InboundMessage`: what was said, by whom, in answer to what."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from adapters.email.addresses import Names, Thread, case_tag, message_ids, reply_route, shortened
from adapters.email.authentic import Author
from adapters.email.automatic import Kind, Signal
from adapters.email.bounces import came_to
from adapters.email.config import EmailConfig
from adapters.email.html_text import text_of_html
from adapters.email.parse import Mail
from adapters.email.replies.visible import quoted_part, visible_reply
from adapters.email.reply_to import Answered, answered
from adapters.email.subjects import is_reply, without_prefixes
from bot.contracts import (
    MAX_TEXT_CHARACTERS,
    Attachment,
    ConversationAddress,
    InboundMessage,
    MessageKind,
    Quoted,
    Sender,
)

UNVERIFIED = "unverified:"
"""Before an address nobody vouches for: it is another person, in another conversation, than the address itself."""
NOBODY = "unknown@invalid"
FUTURE_ALLOWED = timedelta(hours=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
QUOTED_CHARACTERS = 1_000
MOST_FILES = 10
STUB = 40
"""Characters of a text part that only says to look at the HTML part."""
_NUMBER = re.compile(r"(?=[A-Za-z0-9-]*\d[A-Za-z0-9-]*\d)[A-Za-z0-9-]{6,}")
_CASE_TOKEN = re.compile(r"PB-?([AC])(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of one mail before it is handed over."""

    mail: Mail
    author: Author
    signal: Signal | None
    """Why it is no person's; None when it is."""
    handle: str
    """What the adapter needs to fetch its files."""


def said(mail: Mail) -> str:
    """What the writer added; of a mail that is HTML only, of the text a reader sees."""
    if len(mail.plain.strip()) > (STUB if mail.html else 0) or (mail.plain.strip() and not _text(mail.html)):
        return visible_reply(mail.plain)
    return visible_reply(_text(mail.html) or text_of_html(mail.html, quotes=True))


def message_of(reading: Reading, text: str, config: EmailConfig, now: datetime) -> InboundMessage:
    """Translate one mail; `text` is what was said in it."""
    mail, author = reading.mail, reading.author
    sender = _sender(author, config)
    files = tuple(
        Attachment(name=part.name, media_type=part.media_type, size=part.size, handle=f"{reading.handle}#{part.index}")
        for part in mail.files[:MOST_FILES]
    )
    text = _with_subject(mail, text)[:MAX_TEXT_CHARACTERS]
    names = Names(config.address)
    ours = answered(names, came_to(mail.headers))
    thread = _thread(mail, sender.external_id, names.message_id(ours.key) if ours else "")
    return InboundMessage(
        message_id=identity(mail),
        conversation=ConversationAddress(
            adapter=config.name, external_id=sender.external_id, title=sender.name,
        ),
        sender=sender,
        kind=_kind(reading, text),
        text=text,
        sent_at=_sent_at(mail, now),
        reply_route=reply_route(thread, now) if sender.authenticated else None,
        attachments=files,
        quoted=_quoted(mail, names, ours),
        automated=reading.signal is not None and reading.signal.kind is not Kind.SUSPECT,
        from_self=reading.signal is not None and reading.signal.kind is Kind.OWN,
        only_known=True,
    )


def identity(mail: Mail) -> str:
    """The Message-ID, which others repeat or leave out, together with what it was written for."""
    parts = (mail.headers.raw("date"), mail.headers.raw("from"), mail.plain.encode("utf-8", "replace"),
             mail.html.encode("utf-8", "replace"), str([part.size for part in mail.files]).encode())
    digest = hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()
    return f"{mail.message_id[:200]}#{digest}"


def evidence(mail: Mail, names: Names, addresses: tuple[str, ...]) -> str | None:
    """Which case or alert a mail speaks of: by the address it came to, else by its subject. A hint, never a right."""
    tokens = [token for token in map(names.token_of, addresses) if token]
    found = next((token for token in tokens if not token.startswith(("b-", "r-", "u-"))), None)
    if found is not None:
        return f"PB-{found.upper().removeprefix('PB').lstrip('-')}"
    return case_tag(mail.subject)


def _sender(author: Author, config: EmailConfig) -> Sender:
    address = author.mailbox.address if author.mailbox is not None else NOBODY
    domain = address.rpartition("@")[2]
    inside = author.authenticated and domain in config.domains
    # Of others the name they give themselves is not passed on: it would be read as if it were true.
    name = author.mailbox.name if inside and author.mailbox is not None else ""
    return Sender(
        external_id=address if author.authenticated else UNVERIFIED + address,
        name=name or None,
        organisation=domain if author.authenticated else None,
        outsider=not inside,
        authenticated=author.authenticated,
    )


def _kind(reading: Reading, text: str) -> MessageKind:
    if reading.signal is not None and reading.signal.kind is Kind.REPORT:
        return MessageKind.NOTICE
    if text.strip():
        return MessageKind.TEXT
    if reading.mail.files:
        picture = reading.mail.files[0].media_type.startswith("image/")
        return MessageKind.PICTURE if picture else MessageKind.FILE
    return MessageKind.UNKNOWN if reading.mail.sealed else MessageKind.TEXT


def _with_subject(mail: Mail, text: str) -> str:
    """The subject too where it is part of what is asked: no body, or a number the body does not name."""
    subject = mail.subject
    if is_reply(subject):
        return text
    about = without_prefixes(subject)
    if not text.strip():
        return about
    missing = [number for number in _NUMBER.findall(about) if number.upper() not in text.upper()]
    return f"{about}\n{text}" if missing else text


def _quoted(mail: Mail, names: Names, ours: Answered | None) -> Quoted | None:
    """What is answered: the subject, the reference it carries, the beginning of what stands below."""
    message_id = names.message_id(ours.key) if ours is not None else _answered_id(mail, names)
    if not message_id and not is_reply(mail.subject):
        return None
    body = mail.plain if mail.plain.strip() else text_of_html(mail.html, quotes=True)
    token = _CASE_TOKEN.search(evidence(mail, names, ()) or "")
    tagged = f"{token[1].upper()}-{token[2]}" if token else ""
    reference = ours.reference if ours is not None and ours.reference else tagged
    pieces = (without_prefixes(mail.subject), reference, quoted_part(body)[:QUOTED_CHARACTERS])
    return Quoted(message_id=message_id[:200] or None, text=" ".join(filter(None, pieces)))


def _answered_id(mail: Mail, names: Names) -> str:
    """The last mail of ours that the thread names; else the one it names as answered, which we may not know."""
    named = (*message_ids(_ascii(mail, "in-reply-to")), *reversed(message_ids(_ascii(mail, "references"))))
    return next((one for one in named if names.key_of_message_id(one) is not None), named[0] if named else "")


def _thread(mail: Mail, to: str, ours: str) -> Thread:
    """The thread of an answer; where a program lost it, it goes on from our mail that was answered."""
    references = message_ids(_ascii(mail, "references")) or message_ids(_ascii(mail, "in-reply-to"))
    known = references or ((ours,) if ours else ())
    return Thread(to, mail.subject[:300], mail.message_id, shortened(known))


def _sent_at(mail: Mail, now: datetime) -> datetime:
    try:
        sent = parsedate_to_datetime(_ascii(mail, "date"))
    except (ValueError, TypeError, OverflowError):
        return now
    sent = (sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)).astimezone(UTC)
    return sent if EARLIEST <= sent <= now + FUTURE_ALLOWED else now


def _ascii(mail: Mail, name: str) -> str:
    return mail.headers.raw(name).decode("ascii", "replace")


def _text(html: str) -> str:
    return text_of_html(html) if html.strip() else ""
