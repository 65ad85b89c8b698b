"""Files that came with a message: what they are called and how to fetch them later, never the bytes."""

from collections.abc import Sequence

from adapters.slack.values import id_of, items, mapping, text_of
from bot.contracts import Attachment, MessageKind

MAX_FILES = 10
MAX_NAME_CHARACTERS = 200
KEPT_HERE = ("hosted", "snippet", "file_access")
"""Modes of files the platform itself keeps; others lie on servers we never contact."""
_KINDS = {"image": MessageKind.PICTURE, "audio": MessageKind.AUDIO, "video": MessageKind.VIDEO}


def attachments_of(files: object, team: str) -> tuple[Attachment, ...]:
    """The files of a message. The handle names workspace and file; its address is asked for when it is fetched."""
    if not files:
        return ()
    found = (mapping(file) for file in items(files))
    return tuple(
        Attachment(
            name=text_of(file.get("name") or file.get("title"), MAX_NAME_CHARACTERS).strip() or id_of(file.get("id")),
            media_type=text_of(file.get("mimetype"), MAX_NAME_CHARACTERS) or None,
            size=_size(file.get("size")),
            handle=f"{team}/{id_of(file.get('id'))}",
        )
        for file in found
        if id_of(file.get("id")) and file.get("mode") in KEPT_HERE and file.get("is_external") is not True
    )[:MAX_FILES]


def kind_of(text: str, files: Sequence[Attachment]) -> MessageKind:
    """Words are a question; files alone are what the first of them is."""
    if text or not files:
        return MessageKind.TEXT
    return _KINDS.get((files[0].media_type or "").partition("/")[0], MessageKind.FILE)


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
