"""What a card is called after it was sent: our own id, to change it, and the platform's key, to ask after it."""

from collections.abc import Mapping
from typing import Any

from adapters.dingtalk.values import items, mapping, text_of


def card_ref(out_track_id: str, answer: Mapping[str, Any]) -> str:
    """Both, as one reference; `carrierId` is the key of the message that shows the card."""
    results = items(mapping(answer.get("result")).get("deliverResults"))
    carrier = next((text_of(mapping(one).get("carrierId"), 200) for one in results), "")
    return f"{out_track_id} {carrier}"


def out_track_id(ref: str) -> str:
    """Our id of a card."""
    return ref.partition(" ")[0]


def query_key(ref: str) -> str:
    """The platform's key of a message, a card or not; empty when it gave none."""
    return ref.rpartition(" ")[2]
