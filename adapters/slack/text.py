"""Slack's markup of a received text becomes plain words: entities in angle brackets first, then the three escapes."""

import re

_ENTITY = re.compile(r"<([^<>]*)>")
_ESCAPE = re.compile(r"&(amp|lt|gt);")
_ESCAPED = {"amp": "&", "lt": "<", "gt": ">"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def plain(text: str, bot_user: str = "") -> str:
    """What the person meant to write; a mention of the bot itself is left out."""
    if "<" not in text and "&" not in text:
        return text.strip()
    words = _ENTITY.split(text)
    words[::2] = map(_unescaped, words[::2])
    words[1::2] = (_entity(inner, bot_user) for inner in words[1::2])
    return "".join(words).strip()


def mentions(text: str, user: str) -> bool:
    """Whether the text mentions that user."""
    return bool(user) and re.search(rf"<@{re.escape(user)}(?:\||>)", text) is not None


def _entity(inner: str, bot_user: str) -> str:
    target, _, label = inner.partition("|")
    target, label = _unescaped(target), _unescaped(label)
    if target.startswith("@"):
        return "" if target[1:] == bot_user else f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return _link(target, label)


def _link(target: str, label: str) -> str:
    """A number may come wrapped as a link or a telephone number, which the client made of it by itself."""
    bare = _SCHEME.sub("", target, count=1).strip("/")
    if not target.startswith(("http:", "https:")):
        return label or bare
    return target if not label else label if label in target or bare in label else f"{label} {target}"


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], text)
