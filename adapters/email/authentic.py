"""Who wrote a mail, as far as anybody we trust vouches for it. `From` alone proves nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.email.config import Trust
from adapters.email.headers import Headers, Mailbox, mailboxes, unfolded
from adapters.email.results import Result, Results, read_results

RESULTS = "authentication-results"
_BY = re.compile(rb"\bby\s+(?=([A-Za-z0-9.-]{1,255}))", re.IGNORECASE)
_ARC_RESULTS = re.compile(r"\s*i\s*=\s*(\d{1,2})\s*;\s*(.*)", re.DOTALL)
_ARC_TAG = re.compile(r"(?:^|;)\s*(i|cv|d)\s*=\s*([^;\s]{1,255})")
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org", "ne", "or", "mil"})
"""Under a country's ending these are no organisation (com.cn, co.uk), so nobody's parent."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who says to have written, and whether it is so."""

    mailbox: Mailbox | None
    """None: there is not exactly one address of an author."""
    authenticated: bool
    why: str
    """For logs: what it was believed or refused for."""


Vouched = Callable[[str], str | None]
"""By its domain: whose signature, which we checked ourselves, proves an author there."""


def author_of(headers: Headers, trust: Trust, hint: str | None = None, *, vouched: Vouched | None = None) -> Author:
    """Judge one mail; where we check ourselves our own check is asked first."""
    fields = headers.all("from")
    found = mailboxes(fields[0], hint) if len(fields) == 1 else ()
    if len(found) != 1 or fields[0].count(b"@") > 1 + found[0].name.count("@"):
        return Author(found[0] if found else None, False, "there is not exactly one author")
    author = found[0]
    domain = author.address.rpartition("@")[2]
    if vouched is not None and (signer := vouched(domain)) is not None:
        return Author(author, True, f"our own check: dkim of {signer}")
    if trust.authserv_id is None:
        why = "no signature proves it" if vouched is not None else "no server is trusted to say who writes"
        return Author(author, False, why)
    trusted = _trusted(headers, trust)
    if not trusted:
        return Author(author, False, f"{trust.authserv_id} says nothing of its sender")
    return _judged(author, domain, trusted, headers, trust)


def is_aligned(signer: str, domain: str) -> bool:
    """Whether a signature of that domain speaks for an author there: the same organisation, relaxed as in DMARC."""
    signer, domain = signer.lower().strip("."), domain.lower()
    if signer == domain:
        return True
    labels = signer.split(".")
    is_public = len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL)
    return not is_public and domain.endswith(f".{signer}")


def _judged(
    author: Mailbox, domain: str, trusted: Sequence[Results], headers: Headers, trust: Trust
) -> Author:
    results = [result for header in trusted for result in header.results]
    dmarc = [result for result in results if result.method == "dmarc"]
    for result in dmarc:
        if result.result == "pass" and _value(result, "header.from") == domain:
            return Author(author, True, "dmarc")
    if not dmarc:
        for result in results:
            signer = _value(result, "header.d") or _value(result, "header.i").rpartition("@")[2]
            if result.method == "dkim" and result.result == "pass" and signer and is_aligned(signer, domain):
                return Author(author, True, f"dkim of {signer}")
    if trust.arc_sealers and _sealed(headers, results, domain, trust):
        return Author(author, True, "arc")
    return Author(author, False, f"dmarc {dmarc[0].result}" if dmarc else "no signature of its domain")


def _trusted(headers: Headers, trust: Trust) -> list[Results]:
    """What our own server wrote: its exact id, above the line with which it took the mail over.

    Where that line is not found nothing counts: the sender may have written all of it.
    """
    found: list[Results] = []
    for name, value in headers.fields:
        if name == "received" and trust.position == "above_received" and _is_border(value, trust):
            return found
        if name == RESULTS and (parsed := _parsed(value)) is not None and _is_ours(parsed, trust):
            found.append(parsed)
    return found if trust.position == "anywhere" else []


def _is_border(received: bytes, trust: Trust) -> bool:
    """Whether it names our server anywhere: what stands before that, the greeting, is the sender's own word."""
    hosts = _BY.findall(unfolded(received))
    return any(host.decode("ascii").lower() == trust.border_host for host in hosts)


def _parsed(value: bytes) -> Results | None:
    line = unfolded(value)
    return read_results(line.decode("ascii").strip()) if line.isascii() else None


def _is_ours(parsed: Results, trust: Trust) -> bool:
    return parsed.authserv_id == (trust.authserv_id or "").lower()


def _value(result: Result, name: str) -> str:
    return result.properties.get(name, "").strip().lower()


def _sealed(headers: Headers, results: Sequence[Result], domain: str, trust: Trust) -> bool:
    """Our server found the chain whole, and its last seal is of somebody on the list who saw a DMARC pass."""
    if not any(result.method == "arc" and result.result == "pass" for result in results):
        return False
    seals = [dict(_ARC_TAG.findall(_line(value))) for value in headers.all("arc-seal")]
    last = max(seals, key=lambda seal: int(seal.get("i", "0")) if seal.get("i", "").isdigit() else 0, default={})
    if last.get("d", "").lower() not in trust.arc_sealers or last.get("cv") not in ("pass", "none"):
        return False
    for value in headers.all("arc-authentication-results"):
        numbered = _ARC_RESULTS.match(_line(value))
        if numbered is None or numbered[1] != last.get("i"):
            continue
        parsed = _parsed(numbered[2].encode())
        return parsed is not None and any(
            result.method == "dmarc" and result.result == "pass" and _value(result, "header.from") == domain
            for result in parsed.results
        )
    return False


def _line(value: bytes) -> str:
    return unfolded(value).decode("ascii", "replace").strip()
