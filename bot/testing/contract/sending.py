"""Messages out: every part of a card can be read, nothing is larger than the channel takes, order is kept."""

import pytest

from bot.contracts import Card, Field, Sent
from bot.testing.contract.samples import HUGE, HUGE_IN_HAN, ODD, OVERLONG, PIECES, RICH, WITH_ACTIONS, WITH_FILE
from bot.testing.contract.stage import Stage


class Sending:
    """What goes out."""

    async def test_every_part_of_a_card_can_be_read(self, stage: Stage) -> None:
        """What the channel cannot show becomes text."""
        assert isinstance(await stage.adapter.send(stage.message(RICH)), Sent)
        (text,) = stage.arrived()
        assert [piece for piece in PIECES if piece not in text] == []

    async def test_what_can_be_done_can_be_read_where_it_cannot_be_pressed(self, stage: Stage) -> None:
        """Buttons carry their labels; without buttons the words to type stand there."""
        assert isinstance(await stage.adapter.send(stage.message(WITH_ACTIONS)), Sent)
        (text,) = stage.arrived()
        for action in WITH_ACTIONS.actions:
            assert action.label in text or (action.say or action.url) in text

    async def test_a_file_that_cannot_be_had_does_not_keep_the_message_back(self, stage: Stage) -> None:
        """What can be said without it is said."""
        assert isinstance(await stage.adapter.send(stage.message(WITH_FILE)), Sent)
        (text,) = stage.arrived()
        assert "All in the file." in text

    @pytest.mark.parametrize(("card", "sentence", "more"), [
        (HUGE, "12000 parcels are late.", "{n} more"), (HUGE_IN_HAN, "共 12000 件包裹延误。", "另有 {n} 件"),
    ], ids=["letters", "characters of several bytes"])  # fmt: skip
    async def test_a_card_too_large_arrives_smaller_and_says_so(
        self, stage: Stage, card: Card, sentence: str, more: str
    ) -> None:
        """One message, within the limit, with the number of what is hidden."""
        assert isinstance(await stage.adapter.send(stage.message(card)), Sent)
        (text,) = stage.arrived()
        assert sentence in text
        assert more.replace("{n}", str(12_000 - text.count("CN"))) in text
        assert stage.largest_payload() <= stage.adapter.capabilities.max_bytes

    @pytest.mark.parametrize("part", sorted(OVERLONG))
    async def test_every_part_of_a_card_shrinks(self, stage: Stage, part: str) -> None:
        """Whatever is too large, one message arrives, within the limit in bytes."""
        assert isinstance(await stage.adapter.send(stage.message(OVERLONG[part])), Sent)
        (text,) = stage.arrived()
        assert text.strip()
        assert stage.largest_payload() <= stage.adapter.capabilities.max_bytes

    @pytest.mark.parametrize("text", ODD)
    async def test_odd_texts_go_out(self, stage: Stage, text: str) -> None:
        """Nothing a card holds is an error."""
        card = Card(title=text, text=(text,), fields=(Field(label=text, value=text),), footer=text)
        assert isinstance(await stage.adapter.send(stage.message(card)), Sent)
        assert isinstance(await stage.adapter.send(stage.message(Card(text=(text,)))), Sent)

    async def test_sent_one_after_the_other_they_arrive_in_that_order(self, stage: Stage) -> None:
        """Messages, and the cards of one message."""
        said = [f"message number {number}" for number in range(5)]
        for text in said:
            assert isinstance(await stage.adapter.send(stage.message(Card(title=text, text=("x",)))), Sent)
        both = stage.message(Card(title="中文在前", text=("一",)), Card(title="English below", text=("two",)))
        assert isinstance(await stage.adapter.send(both), Sent)
        *single, double = stage.arrived()
        assert [text for text, seen in zip(said, single, strict=True) if text not in seen] == []
        assert 0 <= double.find("中文在前") < double.find("English below")

    async def test_a_copy_is_dropped_where_the_channel_says_so(self, stage: Stage) -> None:
        """`idempotent_send` is a promise."""
        message = stage.message(RICH)
        for attempt in (1, 2):
            again = message.model_copy(update={"attempt": attempt})
            assert isinstance(await stage.adapter.send(again), Sent)
        assert len(stage.arrived()) == (1 if stage.adapter.capabilities.idempotent_send else 2)
