"""What the desk reads of a request: who asks, what about, in which words, and how it is closed."""

from typing import Final

from bot.cases.model import RequestView
from bot.cases.service import Opened
from bot.contracts import Action, Card, Field, Tone
from bot.wording import Words

TEXT_SHOWN: Final = 1_000
"""Characters of the person's own words; the rest is asked for by the reference."""
NUMBERS_SHOWN: Final = 20


def desk_card(words: Words, opened: Opened, *, with_words: bool = True) -> Card:
    """One request; of the person only the partner is named, and `with_words` what was said."""
    view = opened.request
    kind = words.say(f"talk.request.kind.{view.kind}")
    fields = [Field(label=words.say("cases.desk.from"), value=from_whom(words, view))]
    if view.about:
        fields.append(Field(label=words.say("talk.request.about"), value=_numbers(words, view.about)))
    if with_words:
        said = view.text if len(view.text) <= TEXT_SHOWN else f"{view.text[:TEXT_SHOWN]}…"
        fields.append(Field(label=words.say("cases.desk.words"), value=said))
    key = "cases.desk.title" if opened.created else "cases.desk.added"
    return Card(
        language=words.language, title=words.say(key, ref=view.ref, kind=kind), tone=Tone.WARNING,
        fields=tuple(fields), text=(words.say("cases.desk.no_bridge"),), reference=view.ref,
        actions=(Action(label=words.say("cases.desk.close"), say=words.say("cases.desk.close.say", ref=view.ref)),),
        footer=words.say("cases.desk.footer", ref=view.ref, when=words.when(view.updated_at)),
    )  # fmt: skip


def from_whom(words: Words, view: RequestView) -> str:
    """The partner; of a stranger, whom nobody vouches for, what he calls himself."""
    if view.stranger:
        return words.say("cases.desk.stranger", name=view.person)
    return view.partner_name or words.say("cases.desk.staff")


def _numbers(words: Words, about: tuple[str, ...]) -> str:
    shown = words.say("talk.list_comma").join(about[:NUMBERS_SHOWN])
    hidden = len(about) - NUMBERS_SHOWN
    return shown if hidden <= 0 else words.many("talk.list_more", hidden, items=shown)
