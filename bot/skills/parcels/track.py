"""Where is it: one parcel in full, several as a summary."""

from sqlalchemy import Connection

from bot.skills.base import Answer, Ask
from bot.skills.parcels.asked import Asked, look_up
from bot.skills.parcels.card import parcel_card
from bot.skills.parcels.linehaul import linehaul_answer
from bot.skills.parcels.long_list import long_list
from bot.skills.parcels.many import many_parcels
from bot.skills.parcels.refusals import notes, nothing_named, refused


def track(ask: Ask, conn: Connection) -> Answer:
    """Where the parcels are; of a file of more than a message may name, the counts."""
    if ask.enclosed is not None:
        numbers = list(dict.fromkeys([*ask.slots.get("numbers", ()), *ask.enclosed.numbers]))
        if len(numbers) > ask.services.max_numbers:
            return long_list(ask, conn, numbers)
    return answer_about(ask, conn, look_up(ask, conn))


def answer_about(ask: Ask, conn: Connection, asked: Asked, *, example: str = "number") -> Answer:
    """The plain answer about whatever was named; other skills give it where they have nothing better."""
    if asked.nothing:
        return nothing_named(ask, example=example)
    if not asked.given:
        return linehaul_answer(ask, conn, asked.refs)
    if not asked.found:
        return refused(ask, asked)
    if len(asked.found) == asked.given == 1:
        number, parcels = asked.found[0]
        return Answer(cards=(parcel_card(ask, conn, number, parcels),))
    if len(asked.found) == 1:
        number, parcels = asked.found[0]
        card = parcel_card(ask, conn, number, parcels)
        told = card.model_copy(update={"text": (*card.text, *notes(ask.words, asked))})
        return Answer(cards=(told,))
    return many_parcels(ask, asked)
