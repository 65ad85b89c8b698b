"""Reading an answer without trusting its size."""

from aiohttp import ClientResponse

MAX_ANSWER_BYTES = 64 * 1024
"""Real answers have about a hundred bytes."""


async def read_bounded(response: ClientResponse) -> bytes:
    """The body, of which nothing beyond the limit is kept."""
    length = response.content_length
    if length is not None and length <= MAX_ANSWER_BYTES and "Content-Encoding" not in response.headers:
        return await response.read()  # it cannot become longer than it says
    parts = bytearray()
    async for chunk in response.content.iter_chunked(4096):
        parts += chunk
        if len(parts) > MAX_ANSWER_BYTES:
            break
    return bytes(parts[:MAX_ANSWER_BYTES])
