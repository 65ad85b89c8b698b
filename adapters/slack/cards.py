"""A card as Block Kit: title, text, fields side by side, lists, buttons that come back to us, small print."""

from collections.abc import Iterator

from adapters.slack import blocks
from adapters.slack.blocks import MAX_FIELD, MAX_HEADER, MAX_LABEL, MAX_URL, MAX_VALUE, Block
from adapters.slack.mrkdwn import bold, escape, inline, plain, tidy
from bot.contracts import Action, Card, Field, Step, Table, hidden_steps_line, more_line

LINKS = ("https://", "http://")
DONE, AHEAD = "●", "○"
SAY = "say"
"""Buttons with an `action_id` of this beginning say their value."""


def card_blocks(card: Card, *, first: str = "", number: int = 0, uploaded: bool = False) -> list[Block]:
    """The card; `first` is markup of ours below the title. `number` tells the buttons of several cards apart."""
    return [block for part in _parts(card, first, number=number, uploaded=uploaded) for block in part]


def _parts(card: Card, first: str, *, number: int, uploaded: bool) -> Iterator[list[Block]]:
    yield _title(card)
    yield list(blocks.sections(list(filter(None, (first, *map(escape, card.text))))))
    yield _fields(card)
    yield list(blocks.sections([*map(_step, card.timeline), *_some(escape(hidden_steps_line(card)))]))
    if card.table is not None:
        yield list(blocks.sections(list(_rows(card.table))))
    if not uploaded:
        yield list(blocks.sections([f"📎 {inline(file.name)}" for file in card.files]))
    yield list(blocks.sections([_typed(card, action) for action in card.actions if not _pressable(action)]))
    pressable = [action for action in card.actions if _pressable(action)]
    yield list(blocks.action_blocks([
        _button(action, f"{SAY}:{number}:{place}") for place, action in enumerate(pressable)
    ]))
    yield [blocks.context(footer)] if (footer := _footer(card)) else []


def _title(card: Card) -> list[Block]:
    """A header where it fits: it shows everything as it is. A longer one becomes a bold line."""
    title = plain(card.title, MAX_HEADER + 1)
    if not title:
        return []
    return [blocks.header(title)] if len(title) <= MAX_HEADER else list(blocks.sections([bold(card.title)]))


def _fields(card: Card) -> list[Block]:
    """Short ones side by side; when one is long, all below each other."""
    texts = [f"{bold(field.label)}\n{inline(field.value)}" for field in card.fields]
    texts = [text for text in texts if text.strip()]
    if all(len(text) <= MAX_FIELD for text in texts):
        return list(blocks.field_sections(texts))
    return list(blocks.sections([_line(card, field) for field in card.fields]))


def _line(card: Card, field: Field) -> str:
    return f"{inline(field.label)}{_colon(card)}{inline(field.value)}"


def _step(step: Step) -> str:
    what = " · ".join(filter(None, map(inline, (step.what, step.where))))
    return " ".join(filter(None, (DONE if step.done else AHEAD, inline(step.when), what)))


def _rows(table: Table) -> Iterator[str]:
    """A list: columns of a table would be as wide as a phone."""
    if table.rows and (head := " · ".join(filter(None, table.columns))):
        yield bold(head)
    for row in table.rows:
        yield f"• {inline(' · '.join(filter(None, row)))}"
    yield from _some(escape(more_line(table)))


def _pressable(action: Action) -> bool:
    if action.url.startswith(LINKS):
        return len(action.url) <= MAX_URL
    return bool(tidy(action.label) and tidy(action.say)) and len(action.say) <= MAX_VALUE


def _button(action: Action, action_id: str) -> Block:
    url = action.url if action.url.startswith(LINKS) else ""
    label = plain(action.label, MAX_LABEL) or plain(url, MAX_LABEL)
    return blocks.button(label, action_id=action_id, value=tidy(action.say), url=url, style=action.style)


def _typed(card: Card, action: Action) -> str:
    """What no button can hold is said in words."""
    say = inline(action.say or action.url)
    typed = f"“{say}”" if card.language == "en" else f"〔{say}〕"
    return f"{inline(action.label)}{_colon(card)}{typed}" if say else inline(action.label)


def _footer(card: Card) -> str:
    """Where the data is from; the reference too, unless it has been named above."""
    above = (card.title, *card.text)
    reference = "" if any(card.reference in part for part in above) else card.reference
    return inline(" · ".join(filter(None, (reference, plain(card.footer, blocks.MAX_CONTEXT // 5)))))


def _colon(card: Card) -> str:
    return ": " if card.language == "en" else "："


def _some(line: str) -> list[str]:
    return [line] if line else []
