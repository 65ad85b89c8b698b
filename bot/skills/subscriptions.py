"""Follow, follow no longer, list what is followed."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from bot.alerts import service as alerts
from bot.alerts.model import Scope, SubscriptionView
from bot.contracts import Card, Table, Tone
from bot.skills.base import Answer, Ask, Done, Skill
from bot.skills.choosing import Option, choose, confirm
from bot.skills.doubt import CARRIED, UNSURE, ask_whether
from bot.skills.partners import partner_alone
from bot.skills.parts import in_a_row, note, plain, press
from bot.skills.scopes import as_slots, from_slots, say_scope, says_everything, scope_name
from bot.skills.undo import note_undo
from bot.wording import Words

BUTTONS_AT_MOST: Final = 5
_POINTS = re.compile(
    r"[这那它該该此]|\b(?:it|its|this|that|lgg|bru|li[eè]ge|brussels?|air|rail|train|flight)\b|列日|布[鲁魯]塞[尔爾]|航班|[班列]|空运|鐵|铁",
    re.IGNORECASE,
)
"""Words that keep "all" from meaning everything that is followed."""


def _scope(ask: Ask) -> Scope | None:
    scope = from_slots(ask.slots, at_most=ask.services.max_numbers)
    return Scope(everything=True) if scope is None and says_everything(ask.text) else scope


def subscribe(ask: Ask, conn: Connection) -> Answer:
    """Follow what the message names; "everything" only when it was said or confirmed."""
    scope = _scope(ask)
    impossible = partner_alone(ask, conn)
    if impossible is not None:
        return impossible
    if scope is None:
        every = Option(ask.words.say("talk.button.yes"), "subscribe", {"everything": True})
        return confirm(ask.words, ask.words.say("talk.subscribe.all?"), every)

    def change(conn: Connection) -> Done:
        done = alerts.subscribe(
            conn, person=ask.person, conversation_id=ask.conversation_id, scope=scope, now=ask.now
        )
        followed = done.subscription
        if followed is None:
            return Done(lambda words: (_unknown(words, done.unknown),))
        if done.created:
            note_undo(conn, ask, "subscribe", {**as_slots(followed.scope), "wish": done.wish_id})
        return Done(
            lambda words: (_followed(words, followed.scope, done.unknown, created=done.created),),
            remember=" ".join([*followed.scope.numbers, *followed.scope.refs]),
        )

    return Answer(change=change)


def _followed(words: Words, scope: Scope, unknown: Sequence[str], *, created: bool) -> Card:
    key = "talk.subscribe.done" if created else "talk.subscribe.already"
    undo = press(words, "talk.button.unfollow", words.say("talk.unsubscribe.say", what=say_scope(words, scope)))
    return note(
        words, words.say(key, what=scope_name(words, scope)), _unknown_line(words, unknown), tone=Tone.GOOD,
        actions=(undo, press(words, "talk.button.list", words.say("talk.button.list.say"))),
        footer=words.say("talk.undo.how") if created else "",
    )


def unsubscribe(ask: Ask, conn: Connection) -> Answer:
    """Follow no longer what the message names; asks which one, or whether all, when it names nothing."""
    everything = says_everything(ask.text) and not ask.understanding.numbers and _POINTS.search(ask.text) is None
    scope = Scope(everything=True) if everything else _scope(ask)  # "all of them" is not what was spoken of before
    impossible = partner_alone(ask, conn)
    if impossible is not None:
        return impossible
    if scope is None:
        followed = alerts.list_subscriptions(conn, ask.conversation_id)
        if not followed:
            return plain(ask.words, "talk.subscriptions.none")
        if len(followed) > 1:
            return _which(ask, followed)
        scope = followed[0].scope
    elif ask.slots.get(CARRIED) and _POINTS.search(ask.text) is None:
        followed = alerts.list_subscriptions(conn, ask.conversation_id)
        if len(followed) > 1 and max(followed, key=lambda view: view.created_at).scope != scope:
            return _which(ask, followed)  # perhaps what was followed last
    if ask.slots.get(UNSURE):
        return _sure(ask.words, scope)
    meant = scope

    def change(conn: Connection) -> Done:
        gone = alerts.unsubscribe(
            conn, person=ask.person, conversation_id=ask.conversation_id, scope=meant, now=ask.now
        )
        if gone:
            note_undo(conn, ask, "unsubscribe", {"scopes": [as_slots(view.scope) for view in gone]})
        return Done(lambda words: (_unfollowed(words, meant, gone),))

    return Answer(change=change)


def _unfollowed(words: Words, meant: Scope, gone: Sequence[SubscriptionView]) -> Card:
    listing = press(words, "talk.button.list", words.say("talk.button.list.say"))
    if not gone:
        return note(
            words, words.say("talk.unsubscribe.nothing", what=scope_name(words, meant)), actions=(listing,)
        )
    what = in_a_row(words, [scope_name(words, view.scope) for view in gone])
    undo = press(words, "talk.button.undo", words.say("talk.button.undo.say"))
    return note(
        words, words.say("talk.unsubscribe.done", what=what), tone=Tone.GOOD, actions=(undo, listing),
        footer=words.say("talk.undo.how"),
    )


def _sure(words: Words, scope: Scope) -> Answer:
    what = words.say("talk.meant.about", what=words.say("talk.meant.unsubscribe"), subject=scope_name(words, scope))
    return ask_whether(words, Option(what, "unsubscribe", as_slots(scope)))


def _which(ask: Ask, followed: Sequence[SubscriptionView]) -> Answer:
    """Never a guess that changes something: the person points at one."""
    words = ask.words
    options = [
        Option(scope_name(words, view.scope), "unsubscribe", as_slots(view.scope),
               say=words.say("talk.unsubscribe.say", what=say_scope(words, view.scope)),
               also=(say_scope(words, view.scope),))
        for view in followed[:BUTTONS_AT_MOST]
    ]  # fmt: skip
    everything = words.say("talk.unsubscribe.all.say")
    options += [
        Option(words.say("talk.button.unfollow_all"), "unsubscribe", {"everything": True}, say=everything),
        Option(words.say("talk.button.keep"), say=words.say("talk.button.keep.say")),
    ]
    return choose(words, words.many("talk.unsubscribe.which?", len(followed)), options)


def list_subscriptions(ask: Ask, conn: Connection) -> Answer:
    """What is followed in this conversation, since when and by whom."""
    words = ask.words
    followed = alerts.list_subscriptions(conn, ask.conversation_id)
    if not followed:
        return Answer(cards=(note(words, words.say("talk.subscriptions.none"), words.say("talk.subscriptions.how")),))
    rows = tuple((scope_name(words, view.scope), words.clock(view.created_at), view.by) for view in followed)
    table = Table(
        columns=tuple(words.say(f"talk.subscriptions.column.{name}") for name in ("what", "since", "by")),
        rows=rows, more=words.say("talk.subscriptions.more"), key_columns=1,
    )
    card = Card(
        language=words.language, title=words.many("talk.subscriptions.title", len(followed)), table=table,
        footer=words.say("talk.subscriptions.stop"),
    )
    return Answer(cards=(card,))


def _unknown(words: Words, unknown: Sequence[str]) -> Card:
    return note(words, _unknown_line(words, unknown) or words.say("talk.unknown_scope"), tone=Tone.WARNING)


def _unknown_line(words: Words, unknown: Sequence[str]) -> str:
    return words.say("talk.unknown", numbers=in_a_row(words, unknown)) if unknown else ""


SUBSCRIPTION_SKILLS: Final[Mapping[str, Skill]] = {
    "unsubscribe": unsubscribe,
    "list_subscriptions": list_subscriptions,
}
