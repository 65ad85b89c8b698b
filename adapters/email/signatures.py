"""Our own check of DKIM signatures, for a listener whose relay writes no result. Asks DNS: for worker threads only."""

import logging
from collections.abc import Callable

import dkim

from adapters.email.headers import Headers

log = logging.getLogger(__name__)

DNS_SECONDS = 3
LEAST_KEY_BITS = 1024
MOST_SIGNATURES = 5

Dns = Callable[..., bytes | None]
"""Gives the TXT record of a name; called as `dns(name, timeout=seconds)`."""


def signed_by(raw: bytes, headers: Headers, dns: Dns | None = None) -> tuple[str, ...]:
    """Domains whose signature of this mail is right, and covers all of it."""
    count = min(len(headers.all("dkim-signature")), MOST_SIGNATURES)
    return tuple(filter(None, (_signer(raw, index, dns) for index in range(count))))


def _signer(raw: bytes, index: int, dns: Dns | None) -> str | None:
    verifier = dkim.DKIM(raw, timeout=DNS_SECONDS, minkey=LEAST_KEY_BITS)
    try:
        right = verifier.verify(index, **({} if dns is None else {"dnsfunc": dns}))
    except Exception as error:  # noqa: BLE001 - a signature is what anybody likes to write; nothing in it may stop a mail
        log.info("email: a DKIM signature cannot be checked: %s", type(error).__name__)
        return None
    fields = verifier.signature_fields or {}
    if not right or b"l" in fields:  # with a length the rest of the body may be anybody's
        return None
    return bytes(verifier.domain).decode("ascii", "replace").lower()
