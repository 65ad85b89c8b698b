"""Reading an answer without trusting its size."""

from aiohttp import ClientResponse


class TooLarge(Exception):
    """There is more than was allowed; nothing beyond the limit was kept."""


async def read_bounded(response: ClientResponse, limit: int) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it is over the limit."""
    parts = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        parts += chunk
        if len(parts) > limit:
            raise TooLarge
    return bytes(parts)
