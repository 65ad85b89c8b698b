"""Files of a conversation, people's and ours, kept in memory only, the oldest forgotten first."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from mimetypes import guess_type
from secrets import token_urlsafe

from bot.contracts import (
    AdapterHost,
    Attachment,
    Card,
    ChatFile,
    FetchedFile,
    NotFetched,
    OfferedFile,
)

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 10
MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_NAME_CHARACTERS = 200
KEY_BYTES = 18
"""Nobody guesses a key: whoever has it may have the file."""


def check_files(files: Sequence[ChatFile]) -> None:
    """Raises `ValueError` naming the file, the limit and the fix."""
    if len(files) > MAX_FILES:
        raise ValueError(f"attachments: {len(files)} files; send at most {MAX_FILES} at once")
    for number, file in enumerate(files):
        if not file.name.strip():
            raise ValueError(f"attachments[{number}].name is empty; give the file's name")
    total = sum(len(file.content) for file in files)
    if total > MAX_FILE_BYTES:
        raise ValueError(f"attachments: {total} bytes in all, at most {MAX_FILE_BYTES}; send fewer or smaller files")


class FileMemory:
    """Files by key, bounded by their bytes."""

    def __init__(self, limit: int = MAX_KEPT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, FetchedFile] = OrderedDict()
        self._size = 0

    def keep(self, file: FetchedFile) -> str:
        """Remember a file; the key finds it again while it is there."""
        key = token_urlsafe(KEY_BYTES)
        self._kept[key] = file
        self._size += len(file.content)
        while self._size > self._limit:
            _, forgotten = self._kept.popitem(last=False)
            self._size -= len(forgotten.content)
        return key

    def get(self, key: str) -> FetchedFile | None:
        """The file, or None when it has been forgotten (a restart forgets all)."""
        return self._kept.get(key)

    def __len__(self) -> int:
        return len(self._kept)


def received(file: ChatFile, memory: FileMemory) -> Attachment:
    """A file a person sent, kept until it is fetched."""
    name = file.name.strip()[:MAX_NAME_CHARACTERS]
    media_type = guess_type(name)[0]
    key = memory.keep(FetchedFile(name, file.content, media_type))
    return Attachment(name=name, media_type=media_type, size=len(file.content), handle=key)


def fetched(attachment: Attachment, memory: FileMemory, max_bytes: int) -> FetchedFile:
    """Such a file again. Raises `NotFetched`."""
    file = memory.get(attachment.handle)
    if file is None:
        raise NotFetched("the file is not kept any more: it has to be sent again")
    if len(file.content) > max_bytes:
        raise NotFetched(f"the file has {len(file.content)} bytes, at most {max_bytes} are taken", too_large=True)
    return file


async def offers_of(cards: Iterable[Card], memory: FileMemory, host: AdapterHost) -> tuple[OfferedFile, ...]:
    """The files of an answer, to be had for a while; one that is not there is only named. Raises `NotStored`."""
    offers = []
    for reference in dict.fromkeys(file.reference for card in cards for file in card.files):
        file = await host.file(reference)
        if file is not None:
            offers.append(OfferedFile(reference, file.name, len(file.content), memory.keep(file)))
    return tuple(offers)
