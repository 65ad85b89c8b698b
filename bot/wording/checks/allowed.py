"""What `locales/checks.toml` allows and declares: exceptions with their reasons beside them."""

import fnmatch
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_DEFAULT_EXAMPLE = "LX123456785CN, 24 chars."


@dataclass(frozen=True)
class Allowed:
    """Patterns of keys (`trade.place.*`) and example values of placeholders."""

    untranslated_keys: Sequence[str] = ()
    glue_keys: Sequence[str] = ()
    other_words_keys: Sequence[str] = ()
    used_elsewhere_keys: Sequence[str] = ()
    wide_keys: Sequence[str] = ()
    typed_keys: Sequence[str] = ()
    examples: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, locales: Path) -> "Allowed":
        """The file beside the catalogs; everything is strict without it."""
        path = locales / "checks.toml"
        if not path.is_file():
            return cls()
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        keys, examples = data.get("keys", {}), data.get("examples", {})
        return cls(**{f"{name}_keys": tuple(patterns) for name, patterns in keys.items()}, examples=examples)

    def untranslated(self, key: str) -> bool:
        """May be the same in every language."""
        return _matches(self.untranslated_keys, key)

    def glue(self, key: str) -> bool:
        """Joins other texts, so that blanks at its ends are meant."""
        return _matches(self.glue_keys, key)

    def other_words(self, key: str) -> bool:
        """May use other words than the glossary's."""
        return _matches(self.other_words_keys, key)

    def used_elsewhere(self, key: str) -> bool:
        """Used in a way the extraction cannot see."""
        return _matches(self.used_elsewhere_keys, key)

    def wide(self, key: str) -> bool:
        """May be much wider in one language."""
        return _matches(self.wide_keys, key)

    def typed(self, key: str) -> bool:
        """What a person would type to us: each language has its own way of asking."""
        return _matches(self.typed_keys, key)

    def example(self, placeholder: str) -> str:
        """The longest value a placeholder is likely to get."""
        return self.examples.get(placeholder, _DEFAULT_EXAMPLE)


def _matches(patterns: Sequence[str], key: str) -> bool:
    return any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)
