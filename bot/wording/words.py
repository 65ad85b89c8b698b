"""`Words`: everything said to one reader, bound to language, zone and the present instant."""

from dataclasses import dataclass
from typing import Literal

from bot.wording.catalogs import catalog
from bot.wording.places import place_code
from bot.wording.seams import fill
from bot.wording.stages import stage_of
from bot.wording.times import Times

LANGUAGES: tuple[Literal["en", "zh-Hans", "zh-Hant"], ...] = ("en", "zh-Hans", "zh-Hant")


@dataclass(frozen=True, slots=True)
class Words(Times):
    """Sentences, dates and names for one reader; the dates and numbers are those of `Times`.

    Keys are `room.what.more`, one PO file a room (`locales/<lang>/LC_MESSAGES/<room>.po`); placeholders are `{name}`.
    A key nobody wrote is a defect and raises `KeyError`; the checks find it before a reader does.
    """

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key; values are put in as they are."""
        text = catalog(self.language).sentences[key]
        if not values:
            return text
        return text.format_map(values) if self.language == "en" else fill(text, values)

    def many(self, key: str, count: int, **values: object) -> str:
        """The sentence of a key in the plural form for `count`; `{n}` is the count, written the reader's way."""
        forms = catalog(self.language).forms[key]
        form = forms[min(_plural_index(self.language, count), len(forms) - 1)]
        filled = {"n": self.number(count), **values}
        return form.format_map(filled) if self.language == "en" else fill(form, filled)

    def milestone(self, code: str | None) -> str:
        """A milestone's label; None: no scan yet."""
        return self.say(f"trade.milestone.{code or 'UNKNOWN'}")

    def stage(self, code: str | None) -> str:
        """The label of the stage a milestone is folded into for people, as counts show it."""
        return self.say(f"trade.stage.{stage_of(code)}")

    def reason(self, code: str) -> str:
        """A reason's label."""
        return self.say(f"trade.reason.{code}")

    def country(self, code: str) -> str:
        """A country's name."""
        return str(catalog(self.language).locale.territories.get(code, code))

    def place(self, text: str) -> str:
        """A place for people: hubs and airports by name where we know them, else as reported."""
        code = place_code(text)
        return self.say(f"trade.place.{code}") if code else text


def _plural_index(language: str, count: int) -> int:
    """Position of the form: English has one and other, Chinese one form for all."""
    return 0 if language != "en" or count == 1 else 1
