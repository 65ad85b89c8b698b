"""Subject lines: ours, and the prefixes mail programs of the world put before them."""

import re
import unicodedata
from collections.abc import Sequence

from adapters.email.plain import one_line
from bot.contracts import Card

LONGEST = 120
_PREFIX = re.compile(
    r"\s*(?:(?P<reply>re|aw|antw|sv|vs|rif|回复|回覆|答复|答覆|回復)"
    r"|(?P<forward>fwd?|wg|tr|转发|轉寄|轉發|转寄))\s*(?:\[\d+\]|\(\d+\))?\s*:\s*", re.IGNORECASE,
)
_TAG = re.compile(r"\s*\[PB-[A-Z0-9]{1,12}\]", re.IGNORECASE)


def is_reply(subject: str) -> bool:
    """Whether it begins with one of the prefixes of a reply."""
    found = _PREFIX.match(unicodedata.normalize("NFKC", subject))
    return found is not None and found["reply"] is not None


def is_forward(subject: str) -> bool:
    """Whether any of its prefixes says that something was passed on."""
    return any(found["forward"] for found in _prefixes(unicodedata.normalize("NFKC", subject)))


def without_prefixes(subject: str) -> str:
    """What the mail is about: no prefixes, no tag of ours."""
    folded = unicodedata.normalize("NFKC", subject)
    end = max((found.end() for found in _prefixes(folded)), default=0)
    return _TAG.sub("", folded[end:]).strip()


def push_subject(cards: Sequence[Card]) -> str:
    """The titles, and the reference by which replies are found again."""
    titles = [card.title for card in cards if card.title] or [text for card in cards for text in card.text[:1]][:1]
    reference = next((card.reference for card in cards if card.reference), "")
    tag = f" [PB-{reference.replace('-', '')}]" if reference else ""
    line = one_line(" / ".join(dict.fromkeys(titles)), LONGEST)
    return f"{line}{tag}".strip() or "Parcelbridge"


def _prefixes(subject: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    while (match := _PREFIX.match(subject, found[-1].end() if found else 0)) is not None:
        found.append(match)
    return found
