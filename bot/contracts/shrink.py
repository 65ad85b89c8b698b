"""How a card becomes smaller, and how it becomes plain text: by rule, never by cutting inside a number."""

from collections.abc import Callable, Iterator

from bot.contracts.cards import Action, Card, Table

ROW_STEPS = (75, 50, 30, 20, 15, 10, 5, 3, 1)
"""Numbers of table rows or timeline steps tried one after the other."""


def smaller_forms(card: Card) -> Iterator[Card]:
    """The card itself, then ever smaller forms of it; the last keeps title, text, fields and footer only."""
    yield card
    for count in ROW_STEPS:
        fewer = _with_rows(card, count)
        if fewer != card:
            card = fewer
            yield card
    for drop in (_narrow_table, _without_files, _without_table_rows, _without_timeline, _without_actions):
        smaller = drop(card)
        if smaller != card:
            card = smaller
            yield card


def fit(cards: tuple[Card, ...], measure: Callable[[tuple[Card, ...]], int], limit: int) -> tuple[Card, ...]:
    """The largest forms of the cards whose measured size (UTF-8 bytes of the final payload) is within the limit.

    When even the smallest form is over the limit it is returned all the same: the adapter decides what to refuse.
    """
    forms = [list(smaller_forms(card)) for card in cards]
    for level in range(max(len(options) for options in forms)):
        chosen = tuple(options[min(level, len(options) - 1)] for options in forms)
        if measure(chosen) <= limit:
            return chosen
    return tuple(options[-1] for options in forms)


def as_text(card: Card, *, width: int = 2) -> str:
    """The card as plain text lines; `width` blanks between table columns."""
    lines = [card.title] if card.title else []
    lines += card.text
    lines += [f"{field.label}: {field.value}" if card.language == "en" else f"{field.label}：{field.value}"
              for field in card.fields]
    lines += ["  ".join(filter(None, (step.when, step.what, step.where))) for step in card.timeline]
    if hidden := hidden_steps_line(card):
        lines.append(hidden)
    if card.table is not None:
        lines += table_lines(card.table, " " * width)
    lines += [action_line(action) for action in card.actions]
    if card.footer:
        lines.append(card.footer)
    return "\n".join(lines)


def action_line(action: Action) -> str:
    """Something to press as a line of text: a choice by its number, anything else with the words to type."""
    if action.number:
        return f"{action.number}. {action.label}"
    return f"[{action.label}] {action.say or action.url}".rstrip()


def table_lines(table: Table, gap: str = "  ") -> list[str]:
    """A table as lines of text, one a row, with the sentence for what is hidden."""
    lines = [gap.join(filter(None, row)) for row in table.rows]
    if table.hidden and table.more:
        lines.append(more_line(table))
    return lines


def more_line(table: Table) -> str:
    """The sentence that says how many rows are not shown; empty when all are."""
    return table.more.replace("{n}", str(table.hidden)) if table.hidden else ""


def hidden_steps_line(card: Card) -> str:
    """The sentence that says how many steps are not shown; empty when all are."""
    return card.timeline_more.replace("{n}", str(card.timeline_hidden)) if card.timeline_hidden else ""


def _with_rows(card: Card, count: int) -> Card:
    changes: dict[str, object] = {}
    if card.table is not None and len(card.table.rows) > count:
        hidden = card.table.hidden + len(card.table.rows) - count
        changes["table"] = card.table.model_copy(update={"rows": card.table.rows[:count], "hidden": hidden})
    if len(card.timeline) > count:
        changes["timeline"] = card.timeline[:count]
        changes["timeline_hidden"] = card.timeline_hidden + len(card.timeline) - count
    return card.model_copy(update=changes) if changes else card


def _narrow_table(card: Card) -> Card:
    table = card.table
    if table is None or len(table.columns) <= table.key_columns:
        return card
    narrow = table.model_copy(update={
        "columns": table.columns[: table.key_columns],
        "rows": tuple(row[: table.key_columns] for row in table.rows),
    })
    return card.model_copy(update={"table": narrow})


def _without_files(card: Card) -> Card:
    return card.model_copy(update={"files": ()})


def _without_table_rows(card: Card) -> Card:
    if card.table is None:
        return card
    hidden = card.table.hidden + len(card.table.rows)
    return card.model_copy(update={"table": card.table.model_copy(update={"rows": (), "hidden": hidden})})


def _without_timeline(card: Card) -> Card:
    return card.model_copy(update={"timeline": (), "timeline_more": ""})


def _without_actions(card: Card) -> Card:
    return card.model_copy(update={"actions": ()})
