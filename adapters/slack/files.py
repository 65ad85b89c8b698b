"""Files down and up: their addresses come from the platform, so each is checked before a token or a byte goes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from yarl import URL

from adapters.slack.api import Api, Failure, NoAnswer, Refusal, Unreachable
from adapters.slack.attached import KEPT_HERE
from adapters.slack.bounded import TooLarge, read_bounded
from adapters.slack.ids import place_of
from adapters.slack.routes import Origin, checked
from adapters.slack.tokens import Tokens
from adapters.slack.values import id_of, mapping, text_of
from bot.contracts import Attachment, FetchedFile, NotFetched, NotStored

TIMEOUT = ClientTimeout(total=60, connect=3, sock_connect=3, sock_read=20)
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Files:
    """Files of all workspaces of one instance."""

    api: Api
    tokens: Tokens
    session: ClientSession
    allowed: frozenset[Origin]

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """The bytes of a file that came with a message. Raises `NotFetched`."""
        place = place_of(attachment.handle)
        if place is None:
            raise NotFetched("the handle is none of this adapter's")
        token, about = await self._about(place.team, place.channel)
        if about.get("mode") not in KEPT_HERE or about.get("is_external") is True:
            raise NotFetched("the file does not lie with Slack")
        size = about.get("size")
        if isinstance(size, int) and size > max_bytes:
            raise NotFetched(f"the file has {size} bytes, at most {max_bytes} are taken", too_large=True)
        url = checked(text_of(about.get("url_private_download") or about.get("url_private")), self.allowed)
        if url is None:
            raise NotFetched("the file's address is not under files_base_url")
        content = await self._get(url, token, about, max_bytes)
        name = text_of(about.get("name") or about.get("title"), MAX_NAME_CHARACTERS) or attachment.name
        return FetchedFile(name, content, text_of(about.get("mimetype"), MAX_NAME_CHARACTERS) or None)

    async def upload(self, token: str, files: Sequence[FetchedFile]) -> list[Mapping[str, str]]:
        """Bring files to the platform; nobody sees them before `share`. Raises a `Failure`."""
        return [await self._upload(token, file) for file in files]

    async def share(self, token: str, uploaded: Sequence[Mapping[str, str]], *, channel: str, thread: str) -> None:
        """Show uploaded files in a conversation. Raises a `Failure`."""
        body: dict[str, Any] = {"files": list(uploaded), "channel_id": channel}
        body |= {"thread_ts": thread} if thread else {}
        await self.api.call("files.completeUploadExternal", token, json=body)

    async def _about(self, team: str, file_id: str) -> tuple[str, Mapping[str, Any]]:
        """What the platform says of a file now: in shared channels the message itself does not tell."""
        try:
            token = await self.tokens.of(team)
            if token is None:
                raise NotFetched(f"the app is not installed in {team}")
            answer = await self.api.look("files.info", token, {"file": file_id})
        except NotStored as error:
            raise NotFetched(f"the token cannot be looked up: {error}", again=True) from None
        except Refusal as refusal:
            again = refusal.after is not None or refusal.status >= 500
            raise NotFetched(f"files.info: {refusal}", again=again) from None
        except Failure as failure:
            raise NotFetched(f"files.info: {failure}", again=True) from None
        return token, mapping(answer.get("file"))

    async def _get(self, url: URL, token: str, about: Mapping[str, Any], max_bytes: int) -> bytes:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self.session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False) as response:
                if response.status != 200:
                    raise NotFetched(f"the file server answered {response.status}", again=response.status >= 500)
                if response.content_type == "text/html" and about.get("mimetype") != "text/html":
                    raise NotFetched("the file server asks to sign in: add the scope files:read, install the app again")
                return await read_bounded(response, max_bytes)
        except TooLarge:
            raise NotFetched(f"the file has more than the {max_bytes} bytes that are taken", too_large=True) from None
        except (ClientError, TimeoutError, OSError) as error:
            raise NotFetched(f"the file server did not answer: {type(error).__name__}", again=True) from None

    async def _upload(self, token: str, file: FetchedFile) -> Mapping[str, str]:
        form = {"filename": file.name, "length": str(len(file.content))}
        answer = await self.api.look("files.getUploadURLExternal", token, form)
        file_id, url = id_of(answer.get("file_id")), checked(text_of(answer.get("upload_url")), self.allowed)
        if url is None or not file_id:
            raise Refusal(200, detail="the upload's address is not under files_base_url")
        try:
            async with self.session.post(
                url, data=BytesIO(file.content), timeout=TIMEOUT, allow_redirects=False,
                headers={"Content-Type": "application/octet-stream"},
            ) as response:
                if response.status != 200:
                    raise Refusal(response.status)
        except (ClientConnectorError, ConnectionTimeoutError, ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"the upload failed: {type(error).__name__}") from None
        return {"id": file_id, "title": file.name}


def as_uncertain(failure: Failure) -> NoAnswer:
    """The message stands and its files do not: the next attempt finds the one and brings the others."""
    return NoAnswer(f"the files of a message that was posted are missing: {failure}")
