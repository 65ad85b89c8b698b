"""Text a database can keep: what platforms deliver may hold NUL and halves of surrogate pairs."""

from typing import Any

from pydantic_core import PydanticSerializationError

from bot.contracts import InboundMessage

_REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The text with every NUL and lone surrogate shown as U+FFFD; the same object when there is none."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)
    return text


def storable(message: InboundMessage) -> tuple[InboundMessage, str]:
    """The message, cleaned where it must be, and its JSON."""
    try:
        stored = message.model_dump_json(exclude_defaults=True)
    except PydanticSerializationError:
        message = InboundMessage.model_validate(_clean_all(message.model_dump()))
        stored = message.model_dump_json(exclude_defaults=True)
    if "\\u0000" in stored:  # JSON writes a NUL so; the odd text that spells it out is cleaned in vain, not changed
        message = InboundMessage.model_validate(_clean_all(message.model_dump()))
        stored = message.model_dump_json(exclude_defaults=True)
    return message, stored


def _clean_all(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value) if type(value) is str else value
    if isinstance(value, dict):
        return {key: _clean_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_clean_all(item) for item in value)
    return value
