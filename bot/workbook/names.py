"""Names of files and sheets in the reader's language, as every system takes them."""

import re

from bot.wording import Words

_NOT_IN_FILES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_NOT_IN_SHEETS = re.compile(r"[\x00-\x1f:/\\?*\[\]']+")
_LONGEST_SHEET = 31


def list_name(words: Words) -> str:
    """`parcels_2026-11-24_1420.xlsx`, by the reader's clock."""
    return _file(words.say("workbook.file.numbers", time=f"{words.now.astimezone(words.zone):%Y-%m-%d_%H%M}"))


def alert_name(words: Words, ref: str) -> str:
    """`late-parcels_A-1024_2026-11-24.xlsx`."""
    return _file(words.say("workbook.file.alert", ref=ref, day=f"{words.now.astimezone(words.zone):%Y-%m-%d}"))


def matching_name(words: Words, what: str) -> str:
    """`late-parcels_2026-11-24_1420.xlsx`."""
    key = "workbook.file.late" if what == "late" else "workbook.file.held"
    return _file(words.say(key, time=f"{words.now.astimezone(words.zone):%Y-%m-%d_%H%M}"))


def sheet_name(text: str) -> str:
    """The text as a sheet may be called."""
    return _NOT_IN_SHEETS.sub(" ", text).strip()[:_LONGEST_SHEET] or "-"


def _file(stem: str) -> str:
    return f"{_NOT_IN_FILES.sub('-', stem)}.xlsx"
