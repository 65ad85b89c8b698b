"""Messages changed in place: the same message says something else, and nothing new is ever said instead."""

from bot.contracts import Action, Card, Refused, Sent
from bot.testing.contract.stage import Stage

BEFORE = Card(
    title="Late: flight CV7911", text=("Nobody has it.",), actions=(Action(label="Acknowledge", say="ack A-1"),)
)
AFTER = Card(title="Late: flight CV7911", text=("李娜 has it since 12:04.",))


class Editing:
    """Looked at where `Capabilities.edits_in_place` says so."""

    async def test_a_message_is_changed_where_it_stands(self, stage: Stage) -> None:
        """Also twice, also when it is not sure whether the first time went through, also when no button is left."""
        if not stage.adapter.capabilities.edits_in_place:
            return
        ref = await _sent(stage)
        change = stage.message(AFTER, replaces=ref)
        for attempt in (1, 2):
            assert isinstance(await stage.adapter.send(change.model_copy(update={"attempt": attempt})), Sent)
            (text,) = stage.arrived()
            assert AFTER.text[0] in text
            assert BEFORE.text[0] not in text

    async def test_a_message_is_changed_where_it_stands_after_a_restart(self, stage: Stage) -> None:
        """Whatever an edit needs is in its reference, or kept."""
        if not stage.adapter.capabilities.edits_in_place:
            return
        ref = await _sent(stage)
        await stage.adapter.stop()
        await stage.adapter.start(stage.host)
        assert isinstance(await stage.adapter.send(stage.message(AFTER, replaces=ref)), Sent)
        (text,) = stage.arrived()
        assert AFTER.text[0] in text

    async def test_the_change_of_a_message_that_is_gone_says_nothing_new(self, stage: Stage) -> None:
        """It is refused, and the conversation is as well as before."""
        if not stage.adapter.capabilities.edits_in_place:
            return
        ref = await _sent(stage)
        await stage.loses(ref)
        outcome = await stage.adapter.send(stage.message(AFTER, replaces=ref))
        assert isinstance(outcome, Refused)
        assert not outcome.destination_broken
        assert [text for text in stage.arrived() if AFTER.text[0] in text] == []
        assert isinstance(await stage.adapter.send(stage.message(BEFORE)), Sent)


async def _sent(stage: Stage) -> str:
    outcome = await stage.adapter.send(stage.message(BEFORE))
    assert isinstance(outcome, Sent)
    assert outcome.editable, "it says that it edits in place: then say so of each message that can be edited"
    assert outcome.provider_ref
    return outcome.provider_ref
