"""In which language, or languages, an answer is written."""

from bot.contracts import Language
from bot.people.service import Talk
from bot.understanding import Understanding, language
from bot.understanding.folding import fold
from bot.understanding.numbers import normalise
from bot.wording import LANGUAGES

BILINGUAL = "bilingual"


def spoken(understanding: Understanding, text: str) -> Language | None:
    """The language of the words of a message; None when it has none of its own (a bare number, an emoji)."""
    if understanding.language == "zh-Hant":
        return "zh-Hant"
    if understanding.language == "zh-Hans":
        return "zh-Hans"
    if understanding.language == "mixed":  # the Han part decides: traditional in, traditional out
        return "zh-Hant" if language.latest([text]) == "zh-Hant" else "zh-Hans"
    normal, rest, at = normalise(text), "", 0
    for number in understanding.numbers:
        rest += normal[at : number.start] + " "
        at = max(at, number.end)
    rest += normal[at:]
    return "en" if language.detect(rest, fold(rest), romanised=False) == "en" else None


def reader_languages(talk: Talk, own: Language | None) -> tuple[Language, ...]:
    """The person's setting, else the conversation's, else the question's, the last one's here, the partner's.

    A group that chose both languages gets both, whoever asks: others read along.
    """
    both = talk.group and talk.conversation_language == BILINGUAL
    setting = BILINGUAL if both else talk.person.language or talk.conversation_language
    if setting == BILINGUAL:
        return languages_of(setting, own)
    return (_tag(setting) or own or _tag(talk.last_language) or _tag(talk.partner_language) or "en",)


def languages_of(setting: str, own: Language | None = None) -> tuple[Language, ...]:
    """The languages a setting stands for; the Chinese block of a bilingual answer follows the question's script."""
    if setting == BILINGUAL:
        return ("zh-Hant" if own == "zh-Hant" else "zh-Hans", "en")
    return (_tag(setting) or "en",)


def _tag(name: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == name), None)
