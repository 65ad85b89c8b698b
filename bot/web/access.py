"""Who may call: programs by bearer token, people at this very machine without one."""

from ipaddress import ip_address

from aiohttp import web

from bot.store import Store
from bot.web.errors import Refusal
from bot.web.tokens import Caller, TokenRole, find_caller

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""Headers of a proxy: who stands behind it is not at this machine, whatever they claim."""
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def is_local(request: web.Request) -> bool:
    """True when the caller sits at this machine and talks to us directly, by a local name.

    The peer's address alone decides for yes; headers can only decide for no. The name asked for is checked so that a
    page elsewhere cannot reach us by pointing its own name here (DNS rebinding).
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    return is_loopback(request.remote) and _host_name(request.host) in _LOCAL_NAMES


def same_origin(request: web.Request) -> bool:
    """False when a browser says that a page from elsewhere sends this."""
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return False
    return origin is None or origin.partition("://")[2] == request.host


def require_local(request: web.Request) -> None:
    """Refuse everyone who is not at this machine, and pages from elsewhere that use a browser here."""
    if not is_local(request):
        raise Refusal(403, "this is open only to the machine it runs on", "open it at http://127.0.0.1")
    if not same_origin(request):
        raise Refusal(403, "a page from another site may not call this", "open our own page")


async def require_token(request: web.Request, store: Store, role: TokenRole) -> Caller:
    """The caller behind the bearer token. Refuses with 401 without a valid one, with 403 for another role's."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    make = f"make one with: parcelbridge token new --role {role}"
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, f"a bearer token of role {role} is needed", make, _CHALLENGE)
    text = token.strip()
    caller = await store.read(lambda conn: find_caller(conn, text))
    if caller is None:
        raise Refusal(401, "the bearer token is not valid", make, _CHALLENGE)
    if caller.role is not role:
        raise Refusal(403, f"the bearer token has role {caller.role}; {role} is needed", make)
    return caller


def own_partner(caller: Caller) -> int:
    """The partner of a caller that reads; a token without partner reads nothing."""
    if caller.partner_id is None:
        fix = f"make one with: parcelbridge token new --role {caller.role} --partner CODE"
        raise Refusal(403, "the bearer token belongs to no partner, so it sees no parcels", fix)
    return caller.partner_id


def is_loopback(remote: str | None) -> bool:
    """True for the address of a peer at this machine."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()
