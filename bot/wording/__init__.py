"""Wording: every sentence a person reads, from the catalogs, in the reader's language, zone and number forms."""

from bot.wording.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "Words"]
