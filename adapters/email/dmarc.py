"""What a domain publishes on who may sign for it: DMARC (RFC 7489), found by walking up as its successor does.

Only what matters for believing an author is read: where the organisation ends, and whether its names must be equal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.email.dns import Txt

MOST_NAMES = 8
"""Of one domain are asked for; of a longer name the whole, and its last seven labels."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is published for a domain."""

    domain: str
    organisation: str
    strict: bool
    """Only a signature of exactly this domain counts."""

    def allows(self, signer: str) -> bool:
        """Whether a signature of that domain speaks for authors here: equal, or between here and the organisation."""
        signer = signer.lower().strip(".")
        if signer == self.domain:
            return True
        inside = signer == self.organisation or signer.endswith(f".{self.organisation}")
        return not self.strict and inside and self.domain.endswith(f".{signer}")


def policy_of(domain: str, txt: Txt) -> Policy | None:
    """The policy that holds for a domain; None when nothing is published. Raises `NoAnswer`."""
    domain = domain.lower().strip(".")
    found: dict[str, Mapping[str, str]] = {}
    for name in _walk(domain):
        record = _record(name, txt)
        if record is None:
            continue
        found[name] = record
        if record.get("psd") in ("n", "y"):
            break
    if not found:
        return None
    last = next(reversed(found))
    tags = found.get(domain) or found[last]
    if found[last].get("psd") == "y":  # a registry's: organisations begin one label below
        last = _below(last, domain)
    return Policy(domain, last, tags.get("adkim") == "s")


def _walk(domain: str) -> Iterator[str]:
    """The domain and those above it, but no single label."""
    labels = domain.split(".")
    yield domain
    start = max(1, len(labels) - MOST_NAMES + 1)
    yield from (".".join(labels[at:]) for at in range(start, len(labels) - 1))


def _below(registry: str, domain: str) -> str:
    """The name one label below a registry's, on the way to the domain."""
    count = len(registry.split(".")) + 1
    return ".".join(domain.split(".")[-count:])


def _record(name: str, txt: Txt) -> Mapping[str, str] | None:
    """The tags of its one record; two of them count as none."""
    told = [tags for tags in map(_tags, txt(f"_dmarc.{name}")) if tags.get("v") == "DMARC1"]
    return told[0] if len(told) == 1 else None


def _tags(record: bytes) -> dict[str, str]:
    text = record.decode("ascii", "replace")
    pairs = [part.partition("=") for part in text.split(";")]
    tags = {name.strip().lower(): value.strip() for name, _, value in reversed(pairs)}  # the first of a name counts
    return tags if pairs[0][0].strip().lower() == "v" else {}
