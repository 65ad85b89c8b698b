"""From settings to the door, and the live checks of what stands behind it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.clock import Clock
from bot.contracts import Health
from bot.contracts.addresses import is_loopback
from bot.outside.budget import Budget
from bot.outside.checking import from_model, from_translation
from bot.outside.door import OutsideDoor, Question, Ready, Service
from bot.outside.hiding import hide
from bot.outside.model import LanguageModel, size
from bot.outside.proposal import Proposal
from bot.outside.terms import in_english, term_spans
from bot.outside.translators import DeepL, LibreTranslate, Translator
from bot.outside.wire import NoAnswer, Wire, new_session
from bot.settings import Settings
from bot.settings.model import OutsideModelSettings, TranslationSettings
from bot.store import Store

MODEL: Final = "model"
TRANSLATION: Final = "translation"
_TRIAL: Final = "waar blijft mijn pakket [N1]?"


def open_door(settings: Settings, store: Store, clock: Clock) -> OutsideDoor:
    """The door with every service that is configured; the names the configuration holds never pass it."""
    door = OutsideDoor(store, clock)
    names = tuple([partner.name for partner in settings.partners] + [contact.name for contact in settings.contacts])
    wanted, other = settings.understanding.model, settings.translation
    if wanted.enabled:
        model = _ModelWay(_model(wanted, door.session), names)
        door.add(Service(MODEL, model.prepare, Budget(MODEL, wanted.monthly_requests, wanted.monthly_characters)))
    if other.service != "off":
        translation = _TranslationWay(_translator(other, door.session), names)
        budget = Budget(TRANSLATION, other.monthly_requests, other.monthly_characters)
        door.add(Service(TRANSLATION, translation.prepare, budget))
    return door


async def check(settings: Settings) -> AsyncIterator[tuple[str, Health]]:
    """Put one made-up question to each configured service; it counts against no budget of ours."""
    async with new_session() as session:
        if settings.understanding.model.enabled:
            model = _model(settings.understanding.model, lambda: session)
            yield MODEL, await _tried(lambda: _try_model(model))
        if settings.translation.service != "off":
            translator = _translator(settings.translation, lambda: session)
            yield TRANSLATION, await _tried(lambda: _try_translator(translator))


async def _tried(attempt: Callable[[], Awaitable[str]]) -> Health:
    started = time.perf_counter()
    try:
        answer = await attempt()
    except NoAnswer as error:
        return Health(False, detail=str(error))
    return Health(True, detail=f"{answer} in {time.perf_counter() - started:.1f} s")


async def _try_model(model: LanguageModel) -> str:
    return f"took {_TRIAL!r} for {(await model.ask(_TRIAL)).intent}"


async def _try_translator(translator: Translator) -> str:
    english = await translator.to_english(_TRIAL)
    if "[N1]" not in english:
        raise NoAnswer("changes placeholders such as [N1]: nothing it translates can be used")
    return f"translated {_TRIAL!r}"


def keys_in_the_clear(settings: Settings) -> list[str]:
    """Base addresses over which a key would travel unencrypted to another machine."""
    pairs = [(settings.understanding.model.base_url, settings.understanding.model.api_key),
             (settings.translation.base_url, settings.translation.api_key)]  # fmt: skip
    return [url for url, key in pairs if key.get_secret_value() and urlsplit(url).scheme == "http"
            and not is_loopback(url)]  # fmt: skip


class _ModelWay:
    def __init__(self, model: LanguageModel, names: tuple[str, ...]) -> None:
        self._model = model
        self._names = names

    def prepare(self, question: Question) -> Ready:
        hidden = hide(question.text, names=(*question.names, *self._names))

        async def ask() -> Proposal | None:
            return from_model(await self._model.ask(hidden.text), hidden, question.text, question.now)

        return Ready(size(self._model.body(hidden.text)), ask)


class _TranslationWay:
    def __init__(self, translator: Translator, names: tuple[str, ...]) -> None:
        self._translator = translator
        self._names = names

    def prepare(self, question: Question) -> Ready:
        names = (*question.names, *self._names)
        hidden = hide(question.text, names=names, terms=term_spans(question.text))

        async def ask() -> Proposal | None:
            english = await self._translator.to_english(hidden.text)
            return from_translation(english, hidden, question.text, terms=in_english(hidden), now=question.now)

        return Ready(len(hidden.text), ask)


def _model(wanted: OutsideModelSettings, session: Callable[[], ClientSession]) -> LanguageModel:
    key = wanted.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    wire = Wire(session, wanted.base_url, headers, wanted.time_limit.total_seconds())
    return LanguageModel(wire, name=wanted.name, form=wanted.answer_form)


def _translator(wanted: TranslationSettings, session: Callable[[], ClientSession]) -> Translator:
    key, seconds = wanted.api_key.get_secret_value(), wanted.time_limit.total_seconds()
    if wanted.service == "deepl":
        return DeepL(Wire(session, wanted.base_url, {"Authorization": f"DeepL-Auth-Key {key}"}, seconds))
    return LibreTranslate(Wire(session, wanted.base_url, {}, seconds), key=key)
