"""A card as DingTalk markdown that phones show: lists instead of tables, breaks that are seen, words to type."""

from collections.abc import Iterator

from adapters.dingtalk.markdown import BREAK, PARAGRAPH, escape, inline, one_line
from bot.contracts import Action, Card, Step, Table, hidden_steps_line, more_line

LINKS = ("https://", "http://")
DONE, AHEAD = "●", "○"


def is_plain(card: Card) -> bool:
    """True when the card is nothing but sentences: it travels as plain text, which needs no escaping."""
    parts = (card.title, card.fields, card.timeline, card.timeline_hidden, card.table, card.actions, card.files)
    return not any(parts) and not card.footer


def as_markdown(card: Card, under_title: str = "") -> str:
    """The card; `under_title` is markup of ours, put on a line below the title, else before the first sentence."""
    return PARAGRAPH.join(filter(None, _blocks(card, under_title)))


def is_link(action: Action) -> bool:
    """True when pressing opens an address a client may open."""
    return action.url.startswith(LINKS)


def _blocks(card: Card, under_title: str) -> Iterator[str]:
    text = BREAK.join(filter(None, map(escape, card.text)))
    if card.title:
        yield BREAK.join(filter(None, (f"#### {one_line(card.title)}", under_title)))
        yield text
    else:
        yield " ".join(filter(None, (under_title, text)))
    yield _list(f"{one_line(field.label)}{_colon(card)}{inline(field.value)}" for field in card.fields)
    yield BREAK.join(filter(None, (*map(_step, card.timeline), escape(hidden_steps_line(card)))))
    if card.table is not None:
        yield _rows(card.table)
    yield BREAK.join(_words(card, action) for action in card.actions if not is_link(action))
    yield BREAK.join(f"📎 {inline(file.name)}" for file in card.files)
    yield _footer(card)


def _step(step: Step) -> str:
    what = " · ".join(filter(None, map(inline, (step.what, step.where))))
    return " ".join(filter(None, (DONE if step.done else AHEAD, inline(step.when), what)))


def _rows(table: Table) -> str:
    head = one_line(" · ".join(filter(None, table.columns))) if table.rows else ""
    lines = _list(one_line(" · ".join(filter(None, row))) for row in table.rows)
    return PARAGRAPH.join(filter(None, (head, lines, escape(more_line(table)))))


def _words(card: Card, action: Action) -> str:
    """What to type: no button of a webhook's message comes back to us."""
    say, label = inline(action.say or action.url), one_line(action.label)
    typed = f"“{say}”" if card.language == "en" else f"〔{say}〕"
    if action.number:
        return f"{action.number}. {label}"
    if not say:
        return label
    return typed if say.casefold().startswith(label.casefold()) else f"{label}{_colon(card)}{typed}"


def _footer(card: Card) -> str:
    """Where the data is from; the reference too, unless it has been named above."""
    above = (card.title, *card.text)
    reference = "" if any(card.reference in part for part in above) else card.reference
    line = one_line(" · ".join(filter(None, (reference, card.footer))))
    return f"> {line}" if line else ""


def _list(lines: Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _colon(card: Card) -> str:
    return ": " if card.language == "en" else "："
