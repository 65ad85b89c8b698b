"""Fetching a file that came with a message: the address is asked for, checked, and read within limits."""

from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from adapters.dingtalk.api_answers import Answered, refusal_of
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.hosts import PublicOnly, is_allowed, is_literal, is_public
from adapters.dingtalk.openapi import NoAnswer, NotAsked, OpenApi
from adapters.dingtalk.routes import origins
from adapters.dingtalk.tokens import NoToken
from adapters.dingtalk.values import text_of
from bot.contracts import AdapterHost, Attachment, FetchedFile, NotFetched, Retry

DOWNLOAD_PATH = "/v1.0/robot/messageFiles/download"
TIMEOUT = ClientTimeout(total=30, connect=5, sock_connect=5, sock_read=10)
"""Some storage addresses cannot be reached from everywhere; a person must not wait for minutes to hear so."""
CHUNK_BYTES = 64 * 1024
MAX_URL_CHARACTERS = 4_096


class Files:
    """Fetches for one robot. Our tokens go to the platform's API alone, never to where the file lies."""

    def __init__(self, config: DingTalkConfig, api: OpenApi) -> None:
        self._config = config
        self._api = api
        self._ours = origins((config.api_base_url, config.oapi_base_url))
        self._public: ClientSession | None = None

    async def fetch(self, attachment: Attachment, host: AdapterHost, *, max_bytes: int) -> FetchedFile:
        """The file. Raises `NotFetched`."""
        limit = min(max_bytes, self._config.max_file_bytes)
        if attachment.size is not None and attachment.size > limit:
            raise NotFetched(f"the file has {attachment.size} bytes, {limit} are allowed", too_large=True)
        url = await self._address(attachment.handle, host)
        return FetchedFile(attachment.name, await self._read(url, host, limit), attachment.media_type)

    async def stop(self) -> None:
        """Close the connections to storage hosts."""
        public, self._public = self._public, None
        if public is not None:
            await public.close()

    async def _address(self, code: str, host: AdapterHost) -> URL:
        body = {"downloadCode": code, "robotCode": self._config.robot_code}
        try:
            answered = await self._api.call(host, DOWNLOAD_PATH, body)
        except (NoToken, NotAsked, NoAnswer) as error:
            raise NotFetched(str(error), again=True) from None
        if not answered.is_done:
            raise _refused(answered)
        return self._checked(text_of(answered.body.get("downloadUrl"), MAX_URL_CHARACTERS))

    def _checked(self, text: str) -> URL:
        """The address, when files may be fetched from there. Its text is a credential and is told to nobody."""
        try:
            url, parts = URL(text), urlsplit(text)
            own = self._is_ours(text)
        except ValueError:
            raise NotFetched("the platform named no usable address") from None
        if url.scheme not in ("https", "http") or "@" in parts.netloc or not url.host:
            raise NotFetched("the platform named no usable address")
        if own:
            return url
        if not is_allowed(url.host, self._config.download_hosts):
            raise NotFetched(f"the file lies on a host outside download_hosts: {url.host!r}")
        if is_literal(url.host) and not is_public(url.host):
            raise NotFetched("the file lies at an address that is not public")
        return url

    async def _read(self, url: URL, host: AdapterHost, limit: int) -> bytes:
        session = host.session if self._is_ours(str(url)) else self._public_session()
        try:
            async with session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
                if response.status != 200:
                    raise NotFetched(f"HTTP {response.status} instead of the file", again=response.status >= 500)
                if (response.content_length or 0) > limit:
                    raise NotFetched(f"the file has {response.content_length} bytes, {limit} are allowed",
                                     too_large=True)
                content = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    content += chunk
                    if len(content) > limit:
                        raise NotFetched(f"the file has more than {limit} bytes", too_large=True)
                return bytes(content)
        except (ClientError, TimeoutError, OSError) as error:
            raise NotFetched(f"the file cannot be read: {type(error).__name__}", again=True) from None

    def _is_ours(self, url: str) -> bool:
        return origins((url,)) <= self._ours

    def _public_session(self) -> ClientSession:
        """One that connects to public addresses only, whatever a name resolves to."""
        if self._public is None:
            connector = TCPConnector(limit=10, resolver=PublicOnly())
            self._public = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), trust_env=False)
        return self._public


def _refused(answered: Answered) -> NotFetched:
    if answered.code == "invalidParameter.robotCode.downloadCode":
        return NotFetched("the file's code has expired, or belongs to another robot")
    outcome = refusal_of(answered)
    return NotFetched(getattr(outcome, "reason", "refused"), again=isinstance(outcome, Retry))
