"""Whose turn it is, by the reason of a hold or of a failed delivery."""

from collections.abc import Mapping

_BY_PARTY: Mapping[str, tuple[str, ...]] = {
    "customs": ("CUS_INSPECTION", "CUS_BACKLOG", "CUS_REFUSED"),
    "shipper": (
        "CUS_DOCS", "CUS_PROHIBITED", "CUS_VALUE", "CUS_IOSS_INVALID",
        "SHP_DATA", "SHP_NOT_READY", "SHP_CANCELLED", "SHP_PACKAGING",
    ),
    "consignee": (
        "CUS_DUTY_UNPAID", "CON_NOT_HOME", "CON_REFUSED", "CON_ADDRESS", "CON_MOVED", "CON_CLOSED", "CON_UNCLAIMED",
        "CON_PICKUP_REQUESTED", "CON_LATER", "CON_ACCESS", "CON_NO_ID",
    ),
    "carrier": (
        "CAR_DAMAGED", "CAR_MISROUTE", "CAR_LOST", "CAR_SEARCH", "CAR_CAPACITY", "CAR_VEHICLE", "CAR_NO_TIME",
        "CAR_STRIKE",
    ),
    "airline": (
        "LH_FLIGHT_DELAY", "LH_FLIGHT_CANCELLED", "LH_DIVERTED", "LH_OFFLOAD", "LH_SHORT_SHIPPED", "LH_OVERCARRIED",
        "LH_MISSING_CARGO", "LH_MISSING_DOCS",
    ),
    "rail": ("LH_RAIL_DELAY", "LH_BORDER"),
    "authority": ("SEC_SCREENING",),
}  # fmt: skip
_PARTY = {reason: party for party, reasons in _BY_PARTY.items() for reason in reasons}


def party_of(reason: str | None) -> str | None:
    """Who must act: `trade.party.<party>`; None where nobody can (weather, holidays) or it is not known."""
    return _PARTY.get(reason or "")
