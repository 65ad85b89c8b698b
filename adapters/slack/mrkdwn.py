"""Data inside Slack's mrkdwn: nothing in it may become markup, a link, or a mention of somebody."""

import re

ZERO_WIDTH = "\u200b"
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, direction overrides (they can show a text backwards) and halves of surrogate pairs."""
_PECULIAR = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Most texts have none of these: then there is nothing to tidy."""
_MARKUP = re.compile(r"[&<>*_~`@#]|:(?=//|[a-z0-9+'-]*[a-z])")
"""And most have none of these either."""
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ACTIVE = re.compile(r"(?<!\w)[*_~](?=\S)|`|^>", re.MULTILINE)
"""What can begin bold, italics, strike-through, code or a quote; there is no escape, so a zero-width space follows.

Inside a word the platform finds no markup, and a number must stay copyable.
"""
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]*[a-z_][a-z0-9_+'-]*:)")
_SPECIAL = re.compile(r"[@#](?=[A-Za-z])|:(?=//)")
"""A zero-width space stops clients that find mentions, channels and addresses in plain words by themselves."""


def tidy(text: str) -> str:
    """The text on clean lines: one kind of line end, nothing invisible that acts."""
    if _PECULIAR.search(text) is None:
        return text.strip()
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text)).strip()


def escape(text: str) -> str:
    """Data as mrkdwn that shows it as it is, line ends kept."""
    return _escaped(tidy(text))


def inline(text: str) -> str:
    """The same on one line."""
    return _escaped(" ".join(tidy(text).split()))


def plain(text: str, limit: int) -> str:
    """Data for a `plain_text` object, which knows no markup: one line, cut at the limit."""
    line = " ".join(tidy(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def link(url: str, label: str) -> str:
    """A link of ours; the address cannot leave its brackets."""
    target = url.translate(_ESCAPES).replace("|", "%7C")
    return f"<{target}|{inline(label).replace('|', '¦')}>"


def bold(text: str) -> str:
    """Bold data, alone on its line: beside Chinese characters the marker would not be seen."""
    line = inline(text).replace("*", "∗")
    return f"*{line}*" if line else ""


def _escaped(text: str) -> str:
    if _MARKUP.search(text) is None:
        return text
    return _SPECIAL.sub(_stop, _EMOJI.sub(_stop, _ACTIVE.sub(_stop_around, text))).translate(_ESCAPES)


def _stop(found: re.Match[str]) -> str:
    return found[0] + ZERO_WIDTH


def _stop_around(found: re.Match[str]) -> str:
    return ZERO_WIDTH + found[0] if found[0] == ">" else found[0] + ZERO_WIDTH
