"""TXT records, where we check a sender ourselves. Blocks: for worker threads only."""

from collections.abc import Callable, Sequence

import dns.exception
import dns.nameserver
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

SECONDS = 3.0
CACHED = 2_000

Txt = Callable[[str], Sequence[bytes]]
"""All TXT records of a name, none where it has none. Raises `NoAnswer`."""


class NoAnswer(Exception):
    """DNS cannot say now; later it may."""


def resolver(servers: Sequence[str] = ()) -> Txt:
    """Asks these servers (`address` or `address:port`), else the system's; answers are kept as long as they say."""
    asked = dns.resolver.Resolver(configure=not servers)
    asked.cache = dns.resolver.LRUCache(CACHED)
    if servers:
        asked.nameservers = [_server(one) for one in servers]

    def txt(name: str) -> tuple[bytes, ...]:
        try:
            answer = asked.resolve(name.rstrip(".") + ".", "TXT", lifetime=SECONDS, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.exception.SyntaxError, dns.name.LabelTooLong, dns.name.NameTooLong,
                dns.name.EmptyLabel, dns.name.BadEscape, UnicodeError):
            return ()  # there is no such name, or cannot be
        except dns.exception.DNSException as error:
            raise NoAnswer(f"DNS does not say: {type(error).__name__}") from error
        return tuple(b"".join(record.strings) for record in answer.rrset or () if isinstance(record, TXT))

    return txt


def split_server(server: str) -> tuple[str, int]:
    """Address and port of a server as it is configured; raises `ValueError`."""
    host, colon, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
    return host.strip("[]"), int(port) if colon else 53


def _server(server: str) -> dns.nameserver.Nameserver:
    return dns.nameserver.Do53Nameserver(*split_server(server))
