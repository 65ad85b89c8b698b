"""Lines that say who wrote what follows: "On ... wrote:", "在 ... 写道：", in one to four lines."""

import re
from collections.abc import Sequence

from adapters.email.replies.lines import Line

MOST_LINES = 4
LONGEST = 400
"""Characters of a whole attribution; longer ones are prose."""
_VERB = re.compile(
    r"(?:wrote|writes|(?:has )?written|写道|寫道|写到|來信|来信|来函|a [ée]crit|schrieb\b.{0,160}|escribi[óo]|"
    r"ha scritto|"
    r"schreef\b.{0,160}|(?:het volgende )?geschreven|escreveu|skrev\b.{0,160}|napisa[łl](?:\(a\))?|kirjoitti|"
    r"пишет|писал\(?а?\)?|написал\(?а?\)?|пише)\s*(?::>?|-{2,})\s*$", re.IGNORECASE,
)
_ENDS = re.compile(r"(?::>?|-{2,})\s*$")
_START = re.compile(
    r"(?:-{2,}\s*)?(?:(?:on|at|in|le|am|el|il|op|em|den|dnia|w dniu|pe|za|ср|вт|пн|чт|пт|сб|вс)\b|在).*\d",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{4}\s*年\s*\d{1,2}\s*月|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|"
    r"\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4}|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|"
    r"th)?,?\s+\d{4}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_ADDRESS = re.compile(r"[^\s<>@\"']{1,80}@[^\s<>@\"']{1,120}")
_NAMELESS = re.compile(r"(?:于|於|<|\(|\[)")
_OLD_GMAIL = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} GMT[+-]\d{1,2}:\d{2} .{1,200}(?::|>)\s*$")
_COREMAIL = re.compile(r"(?:在|at)\s*\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b", re.IGNORECASE)


def attribution(lines: Sequence[Line], end: int) -> int | None:
    """Where the attribution begins that ends at that line; None when it ends none."""
    last = lines[end].bare
    if len(last) > LONGEST or not _ENDS.search(last):
        return None
    return _begun(lines, end)


def is_coremail(text: str) -> bool:
    """Written by 163 or Coremail's web pages, whose users answer above and whose quotes bear no marks."""
    return _COREMAIL.match(text) is not None


def joined(lines: Sequence[Line], start: int, end: int) -> str:
    """The attribution on one line."""
    return " ".join(line.bare for line in lines[start : end + 1])


def _begun(lines: Sequence[Line], end: int) -> int | None:
    found = None
    for start in range(end, max(-1, end - MOST_LINES), -1):
        if start < end and (lines[start].is_blank or lines[start].is_quoted != lines[end].is_quoted):
            break
        text = joined(lines, start, end)
        if len(text) > LONGEST:
            break
        if _OLD_GMAIL.match(text):
            return start
        if not _VERB.search(text):
            continue
        if _START.match(lines[start].bare) and (_TIME.search(text) or _names_somebody(text)):
            return start
        if found is None and _names_somebody(text):
            found = start
    if found is not None and found == end and found > 0 and _NAMELESS.match(lines[found].bare):
        above = lines[found - 1]
        if not above.is_blank and len(above.bare) <= 120 and above.is_quoted == lines[found].is_quoted:
            return found - 1
    return found


def _names_somebody(text: str) -> bool:
    """A date or an address together with the verb; a verb alone is somebody telling a story."""
    return _DATE.search(text) is not None or _ADDRESS.search(text) is not None
