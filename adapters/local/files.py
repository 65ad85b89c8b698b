"""Bytes of files that people sent along, kept in memory only, the oldest forgotten first."""

from collections import OrderedDict
from collections.abc import Sequence
from mimetypes import guess_type
from uuid import uuid4

from bot.contracts import Attachment, ChatFile

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 10
MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_NAME_CHARACTERS = 200


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
    """Files by handle, bounded by their bytes."""

    def __init__(self, limit: int = MAX_KEPT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def keep(self, file: ChatFile) -> Attachment:
        """Remember the bytes; the attachment's handle finds them again while they are there."""
        handle = f"memory:{uuid4()}"
        self._kept[handle] = file.content
        self._size += len(file.content)
        while self._size > self._limit:
            _, forgotten = self._kept.popitem(last=False)
            self._size -= len(forgotten)
        name = file.name.strip()[:MAX_NAME_CHARACTERS]
        return Attachment(name=name, media_type=guess_type(name)[0], size=len(file.content), handle=handle)

    def fetch(self, handle: str) -> bytes | None:
        """The bytes, or None when they have been forgotten (a restart forgets all)."""
        return self._kept.get(handle)

    def __len__(self) -> int:
        return len(self._kept)
