"""Translation services: text in, English out."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from bot.outside.wire import NoAnswer, Wire

LONGEST: Final = 8_000
"""Characters of a translation that are looked at."""


class Translator(Protocol):
    """One service."""

    async def to_english(self, text: str) -> str:
        """The text in English. Raises `NoAnswer`."""


class LibreTranslate:
    """LibreTranslate, which one can run oneself."""

    def __init__(self, wire: Wire, *, key: str) -> None:
        self._wire = wire
        self._key: Mapping[str, str] = {"api_key": key} if key else {}

    async def to_english(self, text: str) -> str:
        """See `Translator`."""
        body = {"q": text, "source": "auto", "target": "en", "format": "text", **self._key}
        answer = await self._wire.post("/translate", body)
        return _text(answer.get("translatedText") if isinstance(answer, dict) else None)


class DeepL:
    """DeepL's interface of version 2."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def to_english(self, text: str) -> str:
        """See `Translator`."""
        body = {"text": [text], "target_lang": "EN-GB", "preserve_formatting": True}
        answer = await self._wire.post("/v2/translate", body)
        try:
            return _text(answer["translations"][0]["text"])
        except (KeyError, IndexError, TypeError):
            return _text(None)


def _text(found: Any) -> str:
    if not isinstance(found, str) or not found.strip() or len(found) > LONGEST:
        raise NoAnswer("answered no translation")
    return found
