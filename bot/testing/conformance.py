"""The behaviour every adapter shares. Subclass `AdapterContract`, give it a stage with your adapter, run pytest.

    class TestMine(AdapterContract):
        @pytest.fixture
        async def stage(self) -> AsyncIterator[Stage]:
            async with RecordingHost() as host, MyFakePlatform() as platform:
                stage = MyStage(ADAPTER, config, host, platform)
                yield stage
                await stage.adapter.stop()
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from bot.contracts import (
    Adapter,
    AdapterConfig,
    AdapterType,
    Card,
    Field,
    OutboundMessage,
    Sent,
    Step,
    Table,
    WebhookRequest,
)
from bot.testing.host import RecordingHost

RICH = Card(
    title="LX123456785CN held", text=("Customs checks a document.",), fields=(Field(label="Since", value="Mon 10:12"),),
    timeline=(Step(when="Mon 09:00", what="arrived", where="Liège"),),
    table=Table(columns=("parcel", "state"), rows=(("LX123456785CN", "held"),)), footer="as of 15:02",
)
PIECES = ("LX123456785CN", "Customs checks a document.", "Mon 10:12", "arrived", "as of 15:02")
HUGE = Card(
    title="Late", text=("12000 parcels are late.",),
    table=Table(
        columns=("parcel", "late"), rows=tuple((f"LX{n:09}CN", f"{n} h") for n in range(12_000)), more="{n} more",
    ),
)
ODD = ("@all **bold** [a](https://evil.example) <script>", "\u202ebackwards", "NUL \0 and \ud800 half", "包裹📦" * 50)


class Stage(ABC):
    """An adapter of yours, started on a host, and the platform it speaks with."""

    redelivers = True
    """False when the platform cannot deliver one message twice."""

    def __init__(self, adapter_type: AdapterType, config: AdapterConfig, host: RecordingHost) -> None:
        self.type = adapter_type
        self.config = config
        self.host = host
        self.adapter: Adapter = adapter_type.create(config)

    @abstractmethod
    async def says(self, text: str, key: str) -> bool:
        """A person writes; the same key is the same message again. True when the platform was told all is well."""

    @abstractmethod
    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        """A message to a conversation that can be reached now."""

    @abstractmethod
    def arrived(self) -> Sequence[str]:
        """What readers saw, one text a message."""

    @abstractmethod
    def largest_payload(self) -> int:
        """Bytes of the largest payload that arrived."""


class AdapterContract:
    """Tests of one adapter. The fixture `stage` yields a `Stage` whose adapter is started."""

    @pytest.fixture
    async def stage(self) -> Any:
        """Your stage; override it."""
        raise NotImplementedError("override the fixture `stage`")

    async def test_the_type_describes_itself(self, stage: Stage) -> None:
        """A name, one line, and a configuration that refuses keys it does not know."""
        assert stage.type.type_name == stage.config.type
        assert stage.type.summary
        assert "\n" not in stage.type.summary
        assert stage.type.missing(stage.config) == []
        with pytest.raises(ValidationError):
            type(stage.config).model_validate(stage.config.model_dump() | {"no_such_key": 1})

    async def test_the_instance_goes_by_its_configured_name(self, stage: Stage) -> None:
        """Not by its type's."""
        assert stage.adapter.name == stage.config.name

    async def test_a_persons_words_are_handed_over_with_who_where_and_when(self, stage: Stage) -> None:
        """Everything the core needs to answer."""
        assert await stage.says("LX123456785CN 到哪了", "k1")
        (message,) = stage.host.received
        assert message.text == "LX123456785CN 到哪了"
        assert message.conversation.adapter == stage.config.name
        assert message.message_id
        assert message.conversation.external_id
        assert message.sender.external_id
        assert not message.automated
        assert not message.from_self

    async def test_a_message_delivered_twice_keeps_its_identity(self, stage: Stage) -> None:
        """So that the inbox can see that it is the same; two messages are two."""
        assert await stage.says("到哪了", "k1")
        assert await stage.says("到哪了", "k2")
        assert len(stage.host.received) == 2
        if stage.redelivers:
            assert await stage.says("到哪了", "k1")
            assert len(stage.host.received) == 2

    async def test_what_was_not_stored_is_not_acknowledged(self, stage: Stage) -> None:
        """The platform, or the asker, must know."""
        stage.host.full = True
        assert not await stage.says("到哪了", "k1")

    @pytest.mark.parametrize("text", ODD)
    async def test_odd_texts_come_in(self, stage: Stage, text: str) -> None:
        """Nothing a person can type is an error."""
        assert await stage.says(text, "k1")
        assert len(stage.host.received) == 1

    async def test_every_part_of_a_card_can_be_read(self, stage: Stage) -> None:
        """What the channel cannot show becomes text."""
        assert isinstance(await stage.adapter.send(stage.message(RICH)), Sent)
        (text,) = stage.arrived()
        assert [piece for piece in PIECES if piece not in text] == []

    async def test_a_card_too_large_arrives_smaller_and_says_so(self, stage: Stage) -> None:
        """One message, within the limit, with the number of what is hidden."""
        assert isinstance(await stage.adapter.send(stage.message(HUGE)), Sent)
        (text,) = stage.arrived()
        assert "12000 parcels are late." in text
        assert f"{12_000 - text.count('CN')} more" in text
        assert stage.largest_payload() <= stage.adapter.capabilities.max_bytes

    @pytest.mark.parametrize("text", ODD)
    async def test_odd_texts_go_out(self, stage: Stage, text: str) -> None:
        """Nothing a card holds is an error."""
        card = Card(title=text, text=(text,), fields=(Field(label=text, value=text),), footer=text)
        assert isinstance(await stage.adapter.send(stage.message(card)), Sent)
        assert isinstance(await stage.adapter.send(stage.message(Card(text=(text,)))), Sent)

    async def test_a_copy_is_dropped_where_the_channel_says_so(self, stage: Stage) -> None:
        """`idempotent_send` is a promise."""
        message = stage.message(RICH)
        for attempt in (1, 2):
            again = message.model_copy(update={"attempt": attempt})
            assert isinstance(await stage.adapter.send(again), Sent)
        assert len(stage.arrived()) == (1 if stage.adapter.capabilities.idempotent_send else 2)

    @pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"[" * 5_000, b"x" * 10_000_000])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_callback_nobody_can_vouch_for_is_refused_quietly(
        self, stage: Stage, method: str, body: bytes
    ) -> None:
        """A 4xx, never an error of ours, and nothing is stored."""
        response = await stage.adapter.handle_webhook(WebhookRequest(method, {}, {}, body))
        assert 400 <= response.status < 500
        assert stage.host.received == []

    async def test_stopping_ends_everything_and_may_be_said_twice(self, stage: Stage) -> None:
        """And starting again works."""
        assert stage.adapter.health().ok
        await stage.adapter.stop()
        await stage.adapter.stop()
        assert not stage.adapter.health().ok
        assert not isinstance(await stage.adapter.send(stage.message(RICH)), Sent)
        await stage.adapter.start(stage.host)
        assert stage.adapter.health().ok
        assert isinstance(await stage.adapter.send(stage.message(RICH)), Sent)
