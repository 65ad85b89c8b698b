"""Which addresses a payload may send us to: the private way to answer, files, and the websocket."""

from urllib.parse import unquote, urlsplit

from yarl import URL

from bot.contracts import OutboundMessage
from bot.contracts.addresses import Origin, checked, origins, plain_parts

__all__ = ["Origin", "checked", "origins", "own_route", "socket_address"]


def own_route(message: OutboundMessage, allowed: frozenset[Origin]) -> URL | None:
    """The private way to answer, when it is of the very question that the message answers."""
    if message.reply_route is None or message.in_reply_to is None:
        return None
    url, _, bound = message.reply_route.url.partition("#")
    return checked(url, allowed) if unquote(bound) == message.in_reply_to else None


def socket_address(url: str, api_base_url: str) -> URL | None:
    """A websocket's address, when it is of the API's own host or below it; unencrypted only where the API is."""
    parts, api = plain_parts(url), urlsplit(api_base_url)
    if parts is None or parts.hostname is None or api.hostname is None:
        return None
    schemes = ("wss", "ws") if api.scheme == "http" else ("wss",)
    near = parts.hostname == api.hostname or parts.hostname.endswith(f".{api.hostname}")
    return URL(url, encoded=True) if parts.scheme in schemes and near else None
