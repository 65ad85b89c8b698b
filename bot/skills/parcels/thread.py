""""And at Liège?": a question about many parcels and the earlier ones it continues."""

from typing import Final

from bot.skills.base import Ask
from bot.skills.spotting import says
from bot.understanding.reading import read

_FARTHEST: Final = 4


def thread(ask: Ask) -> tuple[str, ...]:
    """The message, then what it continues, newest first, up to the question that stands by itself."""
    texts = [ask.text]
    for text in ask.earlier[:_FARTHEST]:
        if not _continues(texts[-1]):
            break
        texts.append(text)
    return tuple(texts)


def topic(ask: Ask) -> str:
    """The words that say which list is wanted: the message's own, or those of the question it continues."""
    return next((text for text in thread(ask) if _names_list(text)), ask.text)


def _continues(text: str) -> bool:
    reading = read(text)
    return reading.has("also") or reading.has("elliptic") or (reading.has("short") and not _names_list(text))


def _names_list(text: str) -> bool:
    return says(text, "held") or says(text, "late")
