"""Names we give to mails and envelopes, and how they are recognised when they come back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlencode

from bot.contracts import MessageKey, ReplyRoute

ROUTE_LASTS = timedelta(days=30)
"""How long an answer still goes into the thread of the mail it answers."""
KEPT_REFERENCES = 20
"""A thread's first reference and its last ones are kept; chains grow without end otherwise."""
BOUNCE = "b-"
OWN_ID = "pb."
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_TAG = re.compile(r"\[(PB-[A-Z0-9]{1,12})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """Addresses and message ids of one mailbox."""

    address: str

    @property
    def domain(self) -> str:
        """Where our mails come from."""
        return self.address.partition("@")[2]

    def message_id(self, key: MessageKey) -> str:
        """The Message-ID of an outbox row: the same on every attempt, and nobody can guess it."""
        return f"<{OWN_ID}{key}@{self.domain}>"

    def envelope_sender(self, key: MessageKey) -> str:
        """Where bounces of that row come back to."""
        local = self.address.partition("@")[0]
        return f"{local}+{BOUNCE}{key}@{self.domain}"

    def key_of_message_id(self, message_id: str) -> MessageKey | None:
        """The outbox row a Message-ID of ours names."""
        local, _, domain = message_id.strip("<> \t").rpartition("@")
        ours = domain.lower() == self.domain and local.startswith(OWN_ID)
        return MessageKey.read(local.removeprefix(OWN_ID)) if ours else None

    def token_of(self, address: str) -> str | None:
        """What stands behind the plus in an address of ours."""
        local, _, domain = address.strip("<> \t").rpartition("@")
        name, plus, token = local.partition("+")
        own, own_domain = self.address.split("@")
        return token if plus and name.lower() == own and domain.lower() == own_domain else None

    def bounce_key(self, addresses: Iterable[str]) -> MessageKey | None:
        """The outbox row a bounce was sent back for, by the address it came to."""
        tokens = filter(None, map(self.token_of, addresses))
        keys = (MessageKey.read(token.removeprefix(BOUNCE)) for token in tokens if token.startswith(BOUNCE))
        return next(filter(None, keys), None)

    def is_ours(self, address: str) -> bool:
        """Whether an address is our own, with or without a token."""
        return address.strip("<> \t").lower() == self.address or self.token_of(address) is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail needs to stand in a thread."""

    to: str
    subject: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def message_ids(header: str) -> tuple[str, ...]:
    """The ids of a References or In-Reply-To field, in order, each once."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(header)))


def shortened(references: Sequence[str]) -> tuple[str, ...]:
    """The first reference and the last ones."""
    if len(references) <= KEPT_REFERENCES:
        return tuple(references)
    return (references[0], *references[1 - KEPT_REFERENCES:])


def reply_route(thread: Thread, now: datetime) -> ReplyRoute:
    """The thread as a `mailto:` address (RFC 6068), which the core keeps and hands back with the answer."""
    fields = {"subject": thread.subject, "in-reply-to": thread.in_reply_to, "references": " ".join(thread.references)}
    query = urlencode({name: value for name, value in fields.items() if value}, quote_via=quote)
    return ReplyRoute(url=f"mailto:{quote(thread.to, safe='@+')}?{query}", expires_at=now + ROUTE_LASTS)


def thread_of(route: ReplyRoute, to: str) -> Thread | None:
    """The thread of a route; None when it leads to somebody else."""
    scheme, _, rest = route.url.partition(":")
    address, _, query = rest.partition("?")
    if scheme != "mailto" or unquote(address).lower() != to.lower():
        return None
    fields: Mapping[str, list[str]] = parse_qs(query)
    subject, in_reply_to, references = (fields.get(n, [""])[0] for n in ("subject", "in-reply-to", "references"))
    return Thread(to, subject, next(iter(message_ids(in_reply_to)), ""), message_ids(references))


def case_tag(subject: str) -> str | None:
    """The reference in square brackets that our subjects carry."""
    found = _TAG.findall(subject)
    return found[-1].upper() if found else None
