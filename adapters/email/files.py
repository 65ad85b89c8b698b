"""Files that came with a mail, fetched when somebody needs them: from the mailbox, or from where the listener keeps."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from imapclient.exceptions import IMAPClientError

from adapters.email.config import ImapServer
from adapters.email.imap_session import Session
from adapters.email.limits import Unreadable
from adapters.email.parse import file_of
from bot.contracts import Attachment, FetchedFile, NotFetched

MOST_MAIL_BYTES = 100_000_000
_KEPT = re.compile(r"[0-9a-f]{32}\.eml")


async def fetch_from_mailbox(
    attachment: Attachment, server: ImapServer, *, max_bytes: int, token: str | None = None
) -> FetchedFile:
    """Look the mail up by its Message-ID where stored mails are moved to, over a connection of its own."""
    message_id, _, index = attachment.handle.rpartition("#")
    if not message_id:
        raise NotFetched("its mail had no Message-ID, so it cannot be found again")

    def find() -> bytes | None:
        session = Session(server, token)
        try:
            session.open()
            folders = filter(None, (server.processed, server.folder))
            return next(filter(None, (session.find(folder, message_id) for folder in folders)), None)
        finally:
            session.close()

    try:
        return await _fetched(attachment, find, index, max_bytes)
    except (IMAPClientError, OSError) as error:
        raise NotFetched(f"the mailbox cannot be read: {type(error).__name__}", again=True) from error


async def fetch_from_folder(attachment: Attachment, folder: str, *, max_bytes: int) -> FetchedFile:
    """Read the mail from the folder of the listener."""
    name, _, index = attachment.handle.rpartition("#")
    path = Path(folder) / name
    if not _KEPT.fullmatch(name):
        raise NotFetched("its mail was not kept")
    return await _fetched(attachment, lambda: path.read_bytes() if path.is_file() else None, index, max_bytes)


async def _fetched(
    attachment: Attachment, find: Callable[[], bytes | None], index: str, max_bytes: int
) -> FetchedFile:
    raw = await asyncio.to_thread(find)
    if raw is None:
        raise NotFetched("its mail is no longer there")
    try:
        content = await asyncio.to_thread(file_of, raw, int(index) if index.isdigit() else -1, MOST_MAIL_BYTES)
    except Unreadable as error:
        raise NotFetched(str(error)) from error
    if content is None:
        raise NotFetched("the mail has no such part")
    if len(content) > max_bytes:
        raise NotFetched(f"{len(content)} bytes are more than {max_bytes}", too_large=True)
    return FetchedFile(attachment.name, content, attachment.media_type)
