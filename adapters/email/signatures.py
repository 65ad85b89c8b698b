"""Our own check of a sender, for a listener whose relay writes no result. Asks DNS: for worker threads only.

It is believed when a DKIM signature is right that is of exactly its domain, or of its organisation, as the domain's
DMARC record wants it. Where it publishes none, a signature of the domain or of one above it counts.
"""

import logging
import re
from collections.abc import Iterator

import dkim

from adapters.email.authentic import is_aligned
from adapters.email.dmarc import policy_of
from adapters.email.dns import NoAnswer, Txt
from adapters.email.headers import Headers, unfolded

log = logging.getLogger(__name__)

LEAST_KEY_BITS = 1024
MOST_SIGNATURES = 5
_DOMAIN = re.compile(r"(?:^|;)\s*d\s*=\s*([A-Za-z0-9._-]{1,253})\s*(?:;|$)")


def vouched_by(raw: bytes, headers: Headers, domain: str, txt: Txt) -> str | None:
    """The domain whose signature proves that an author at `domain` wrote this mail. Raises `NoAnswer`."""
    claimed = dict(_claimed(headers))
    if not claimed:
        return None
    policy = policy_of(domain, txt)
    for index, signer in claimed.items():
        aligned = policy.allows(signer) if policy is not None else is_aligned(signer, domain)
        if aligned and _is_right(raw, index, txt):
            return signer
    return None


def _claimed(headers: Headers) -> Iterator[tuple[int, str]]:
    """Whom the first signatures say they are of; only those that could count are worth checking."""
    for index, value in enumerate(headers.all("dkim-signature")[:MOST_SIGNATURES]):
        found = _DOMAIN.search(unfolded(value).decode("ascii", "replace"))
        if found is not None:
            yield index, found[1].lower()


def _is_right(raw: bytes, index: int, txt: Txt) -> bool:
    """Whether the signature is right, and covers all of the mail."""

    def key(name: bytes | str, timeout: float = 0) -> bytes | None:  # noqa: ARG001 - as the library calls it
        return next(iter(txt(name.decode("ascii", "replace") if isinstance(name, bytes) else name)), None)

    verifier = dkim.DKIM(raw, minkey=LEAST_KEY_BITS)
    try:
        right = verifier.verify(index, dnsfunc=key)
    except NoAnswer:
        raise
    except Exception as error:  # noqa: BLE001 - a signature is what anybody likes to write; nothing in it may stop a mail
        log.info("email: a DKIM signature cannot be checked: %s", type(error).__name__)
        return False
    return bool(right) and b"l" not in (verifier.signature_fields or {})  # with a length the rest may be anybody's
