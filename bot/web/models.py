"""What the API takes and gives, typed; `/openapi.json` is made of these."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from bot.contracts import Card, Language


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class ErrorOut(_Out):
    """Every refusal."""

    error: str
    fix: str


class EventIn(_Out):
    """One event. `milestone` is a name of the canonical model; further keys stand in the documentation of feeds."""

    model_config = ConfigDict(extra="allow")

    tracking_number: str | None = None
    partner: str | None = None
    lane: str | None = None
    promised_at: AwareDatetime | None = None
    milestone: str
    occurred_at: AwareDatetime
    reported_at: AwareDatetime | None = None
    linehaul: str | None = None
    location: str | None = None
    source: str | None = None
    event_id: str | None = None
    plan: dict[str, AwareDatetime] | None = None
    contains: list[str] | None = None
    voids: str | None = None


class RejectedItem(_Out):
    """An event that was not taken."""

    index: int = Field(description="Place in the array, from 0.")
    reason: str


class EventsOut(_Out):
    """What became of the events."""

    read: int
    new: int
    duplicate: int
    rejected: int
    errors: list[RejectedItem]


class EventOut(_Out):
    """One scan."""

    milestone: str
    occurred_at: AwareDatetime | None
    received_at: AwareDatetime
    location: str | None
    reason: str | None
    source: str
    text: str | None
    scope: str = Field(description="What was scanned: the parcel or what carried it.")
    scope_key: str


class StatusOut(_Out):
    """Where the parcel is, by its own events and those of everything that carried it."""

    milestone: str | None
    at: AwareDatetime | None
    place: str | None
    reason: str | None
    source: str | None
    final: bool


class HoldOut(_Out):
    """A hold that is open now."""

    milestone: str
    reason: str | None
    since: AwareDatetime | None
    location: str | None


class LinehaulOut(_Out):
    """What carries the parcel."""

    number: str
    kind: str
    mode: str | None
    planned_departure: AwareDatetime | None
    departed_at: AwareDatetime | None
    planned_arrival: AwareDatetime | None
    expected_arrival: AwareDatetime | None
    arrived_at: AwareDatetime | None


class PromiseOut(_Out):
    """What is owed, and whether it was missed."""

    promised_at: AwareDatetime | None
    next_due_at: AwareDatetime | None
    next_due_milestone: str | None
    late_since: AwareDatetime | None
    late_rule: str | None


class PredictionOut(_Out):
    """When delivery may be expected; never a promise."""

    earliest: AwareDatetime
    latest: AwareDatetime
    share: float = Field(description="Share of comparable parcels that arrive within the range, 0 to 1.")
    basis: Literal["standards", "history"]


class ParcelOut(_Out):
    """One parcel."""

    number: str
    partner: str
    kind: str
    aliases: list[str]
    lane: str | None
    mode: str | None
    hub: str | None
    country: str | None
    carrier: str | None
    status: StatusOut
    holds: list[HoldOut]
    promise: PromiseOut
    prediction: PredictionOut | None
    linehaul: LinehaulOut | None
    events: list[EventOut] = Field(description="Newest first.")
    data_as_of: AwareDatetime


class ParcelAnswer(ParcelOut):
    """The parcel; where a number was used again, the earlier ones stand under `earlier`."""

    earlier: list[ParcelOut] = []


class AttachmentIn(_In):
    """A file that comes with a message."""

    name: str = Field(min_length=1, max_length=255)
    base64: str


class ChatIn(_In):
    """Something a person says."""

    contact: str = Field(min_length=1, max_length=200, description="Address of a contact on the chat, or its name.")
    text: str = ""
    attachments: list[AttachmentIn] = Field(default=[], max_length=10)

    @field_validator("contact")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable() or value != value.strip():
            raise ValueError("holds invisible characters or blanks around it")
        return value


class FileOut(_Out):
    """A file of an answer."""

    name: str
    size: int | None = Field(default=None, description="Bytes.")
    url: str | None = Field(default=None, description="Where it can be had for a while; null when it is only named.")


class ReplyOut(_Out):
    """One card of the answer, as plain text and as it is."""

    text: str
    card: Card
    lang: Language
    files: list[FileOut] = []


class ChatOut(_Out):
    """The answer, and how the message was understood."""

    replies: list[ReplyOut]
    intent: str | None
    slots: dict[str, Any]
    complete: bool = Field(default=True, description="False when the answer was not ready in time: it follows later.")


class IssueOut(_Out):
    """Something that is not as it should be."""

    name: str
    detail: str
    fix: str
    blocking: bool


class ReadyOut(_Out):
    """Readiness."""

    status: Literal["ready", "not ready"]
    issues: list[IssueOut]


class AliveOut(_Out):
    """Liveness."""

    status: Literal["alive"]
