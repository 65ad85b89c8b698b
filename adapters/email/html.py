"""A card as HTML that Outlook and phones show alike: tables, inline styles, nothing loaded from elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape as _escape
from urllib.parse import quote

from adapters.email.plain import one_line, tidy
from bot.contracts import Action, Card, Field, Step, Table, Tone, hidden_steps_line, more_line

FONT = "font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',Arial,sans-serif"
BASE = f"{FONT};font-size:15px;line-height:1.5;color:#1d2733"
SMALL = f"{FONT};font-size:12px;line-height:1.5;color:#5b6875"
CELL = f"{BASE};padding:4px 14px 4px 0;vertical-align:top"
HEAD = f"{SMALL};padding:6px 14px 6px 0;border-bottom:1px solid #c9d1d9;text-align:left"
ROW = f"{BASE};padding:6px 14px 6px 0;border-bottom:1px solid #e6eaee;vertical-align:top"
BARS = {Tone.NEUTRAL: "#4a5b6c", Tone.GOOD: "#1f7a3d", Tone.WARNING: "#b35900", Tone.BAD: "#b3261e"}
LINKS = ("https://", "http://")
GAP = '<tr><td height="6" style="height:6px;font-size:0;line-height:6px">&nbsp;</td></tr>'
"""Between buttons; Outlook knows no margins of rows."""
TAPPED = "display:inline-block;padding:10px 14px"
"""The whole button is the link, for fingers; Outlook pads the cell around it instead."""
DONE, AHEAD = "●", "○"
WHITE = 'bgcolor="#ffffff"'
"""Said aloud: on a dark ground programs that do not turn colours round would show dark letters."""
PHONE = (
    "<style>@media only screen and (max-width:480px){.page{padding:12px 8px!important}.in{padding-left:10px!important}"
    ".rows td,.rows th{font-size:13px!important;padding-right:8px!important}}</style>"
)
"""Narrower on a phone, so that a table of parcels fits; programs that read no style sheet let it be scrolled."""
TABLE = '<table role="presentation" cellpadding="0" cellspacing="0" border="0"'


def page(cards: Sequence[Card], *, first: Sequence[str] = (), write_to: str = "", subject: str = "") -> str:
    """The whole document; `first` are lines of ours above the cards, words to say open a mail to `write_to`."""
    language = cards[0].language
    above = "".join(f'<p style="{SMALL};margin:0 0 8px 0">{text_of(line)}</p>' for line in first)
    blocks = "".join(_block(card, write_to, subject) for card in cards)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="light"><meta name="supported-color-schemes" content="light">{PHONE}</head>'
        f'<body {WHITE} style="margin:0;padding:0;background:#ffffff">'
        f'<div style="display:none;max-height:0;overflow:hidden">{_preview(cards[0])}</div>'
        f'{TABLE} width="100%" {WHITE} style="background:#ffffff"><tr><td class="page" style="padding:16px">'
        f"{above}{blocks}</td></tr></table></body></html>"
    )


def text_of(text: str) -> str:
    """Data as HTML; its own line ends are kept."""
    return _escape(tidy(text)).replace("\n", "<br>")


def _preview(card: Card) -> str:
    """What a phone shows beside the subject."""
    return text_of(one_line(" ".join((*card.text, *(field.value for field in card.fields[:1]))), 120))


def _block(card: Card, write_to: str, subject: str) -> str:
    inside = "".join(filter(None, _parts(card, write_to, subject)))
    return (
        f'<div lang="{card.language}">{TABLE} width="100%" style="max-width:640px;margin:0 0 20px 0"><tr>'
        f'<td width="4" bgcolor="{BARS[card.tone]}" style="width:4px;background:{BARS[card.tone]}"></td>'
        f'<td class="in" style="{BASE};padding:2px 0 2px 14px">{inside}</td></tr></table></div>'
    )


def _parts(card: Card, write_to: str, subject: str) -> Iterator[str]:
    if card.title:
        yield f'<p style="{FONT};font-size:18px;line-height:1.4;color:#1d2733;margin:0 0 8px 0">' \
              f"<b>{text_of(card.title)}</b></p>"
    for paragraph in card.text:
        yield f'<p style="{BASE};margin:0 0 8px 0">{text_of(paragraph)}</p>'
    yield _grid(map(_field, card.fields))
    yield _grid(map(_step, card.timeline))
    yield _small(hidden_steps_line(card))
    if card.table is not None:
        yield _table(card.table)
    yield _grid((_action(action, write_to, subject) for action in card.actions), between=GAP)
    yield _small(" · ".join(f"📎 {file.name}" for file in card.files))
    yield _small(_last_line(card))


def _grid(rows: Iterable[str], between: str = "") -> str:
    inside = between.join(f"<tr>{row}</tr>" for row in rows)
    return f'{TABLE} style="margin:6px 0 8px 0">{inside}</table>' if inside else ""


def _field(field: Field) -> str:
    label = f'<td style="{CELL};color:#5b6875;white-space:nowrap">{text_of(field.label)}</td>'
    return f'{label}<td style="{CELL}">{text_of(field.value)}</td>'


def _step(step: Step) -> str:
    what = " · ".join(filter(None, (step.what, step.where)))
    mark = f'<td style="{CELL};color:#5b6875">{DONE if step.done else AHEAD}</td>'
    when = f'<td style="{CELL};color:#5b6875;white-space:nowrap">{text_of(step.when)}</td>'
    return f'{mark}{when}<td style="{CELL}">{text_of(what)}</td>'


def _table(table: Table) -> str:
    head = "".join(f'<th align="left" style="{HEAD}">{text_of(column)}</th>' for column in table.columns)
    rows = "".join("<tr>" + "".join(f'<td style="{ROW}">{text_of(cell)}</td>' for cell in row) + "</tr>"
                   for row in table.rows)
    grid = (
        '<div style="overflow-x:auto"><table class="rows" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:4px 0 8px 0"><tr>{head}</tr>{rows}</table></div>'
    )
    return (grid if table.rows else "") + _small(more_line(table))


def _action(action: Action, write_to: str, subject: str) -> str:
    """A link that looks like a button: to an address, or to a mail with the words in it."""
    url = action.url if action.url.startswith(LINKS) else _mail(action.say, write_to, subject)
    label = text_of(f"{action.number}. {action.label}" if action.number else action.label)
    if not url:
        return f'<td style="{CELL}">{label}</td>'
    main = action.style != "default"
    ground, ink = ("#1d4f91", "#ffffff") if main else ("#eef2f6", "#1d2733")
    look = f"{FONT};font-size:14px;line-height:20px;color:{ink};text-decoration:none;{TAPPED}"
    link = f'<a href="{_escape(url)}" style="{look}">{label}</a>'
    words = f'<td style="{SMALL};padding:0 0 0 10px">{text_of(action.say)}</td>' if action.say != action.label else ""
    return f'<td bgcolor="{ground}" style="background:{ground};mso-padding-alt:10px 14px">{link}</td>{words}'


def _mail(say: str, write_to: str, subject: str) -> str:
    if not (say and write_to):
        return ""
    return f"mailto:{quote(write_to, safe='@+')}?subject={quote(tidy(subject))}&body={quote(tidy(say))}"


def _last_line(card: Card) -> str:
    named = any(card.reference in part for part in (card.title, *card.text))
    return " · ".join(filter(None, ("" if named else card.reference, card.footer)))


def _small(text: str) -> str:
    return f'<p style="{SMALL};margin:4px 0 8px 0">{text_of(text)}</p>' if text else ""
