"""Milestones folded for people: the stage a count shows, and the step that says what happens next and who has it."""

from collections.abc import Mapping

STAGES: tuple[str, ...] = (
    "unknown",
    "no_scan",
    "lost",
    "refused",
    "held",
    "attempt_failed",
    "returning",
    "returned",
    "destroyed",
    "cancelled",
    "announced",
    "accepted",
    "export_customs",
    "departed",
    "arrived",
    "at_hub",
    "import_customs",
    "released",
    "handed_over",
    "in_delivery",
    "ready",
    "delivered",
)
"""In the order a list shows them: what needs somebody first, then along the way."""

_STAGE: Mapping[str, str] = {
    "ANNOUNCED": "announced",
    "COLLECTED": "accepted",
    "ORIGIN_ACCEPTED": "accepted",
    "ORIGIN_SORT_IN": "accepted",
    "ORIGIN_SORT_OUT": "accepted",
    "EXPORT_CUSTOMS_STARTED": "export_customs",
    "EXPORT_CUSTOMS_HELD": "held",
    "EXPORT_CUSTOMS_RELEASED": "export_customs",
    "LINEHAUL_TENDERED": "export_customs",
    "LINEHAUL_DEPARTED": "departed",
    "LINEHAUL_TRANSIT_ARRIVED": "departed",
    "LINEHAUL_TRANSIT_DEPARTED": "departed",
    "LINEHAUL_ARRIVED": "arrived",
    "HUB_RECEIVED": "at_hub",
    "IMPORT_CUSTOMS_STARTED": "import_customs",
    "IMPORT_CUSTOMS_HELD": "held",
    "IMPORT_CUSTOMS_RELEASED": "released",
    "IMPORT_CUSTOMS_REFUSED": "refused",
    "HUB_PROCESSED": "at_hub",
    "LASTMILE_HANDED_OVER": "handed_over",
    "LASTMILE_RECEIVED": "handed_over",
    "LASTMILE_SORTED": "handed_over",
    "DEPOT_ARRIVED": "handed_over",
    "OUT_FOR_DELIVERY": "in_delivery",
    "DELIVERY_ATTEMPTED": "attempt_failed",
    "AVAILABLE_FOR_PICKUP": "ready",
    "DELIVERED": "delivered",
    "RETURN_STARTED": "returning",
    "RETURN_IN_TRANSIT": "returning",
    "RETURNED": "returned",
    "LOST": "lost",
    "DESTROYED": "destroyed",
    "CANCELLED": "cancelled",
    "EXC_HELD": "held",
    "EXC_INFO_REQUIRED": "held",
    "EXC_PAYMENT_REQUIRED": "held",
}

_STEP: Mapping[str, str] = {
    "EXPORT_CUSTOMS_RELEASED": "tender",
    "LINEHAUL_TENDERED": "departure",
    "HUB_PROCESSED": "hand_over",
    "LASTMILE_HANDED_OVER": "carrier_scan",
    "DEPOT_ARRIVED": "last_round",
}
"""Milestones whose next step differs from that of their stage."""


def stage_of(milestone: str | None) -> str:
    """The stage a milestone is folded into; None and overlays that hold nothing up: no scan that counts."""
    return _STAGE.get(milestone or "", "no_scan")


def step_of(milestone: str | None) -> str:
    """Which sentence says what happens next: `trade.next.<step>` and `trade.owner.<step>`."""
    return _STEP.get(milestone or "") or stage_of(milestone)
