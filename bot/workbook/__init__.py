"""Lists too long for a message, as a workbook: asked for when a message is written, made when it is sent."""

from bot.workbook.model import (
    MEDIA_TYPE,
    Cell,
    Column,
    Item,
    Kind,
    Layout,
    Listing,
    Request,
    Source,
)
from bot.workbook.requests import ask_for, find_request, forget_requests

__all__ = [
    "MEDIA_TYPE",
    "Cell",
    "Column",
    "Item",
    "Kind",
    "Layout",
    "Listing",
    "Request",
    "Source",
    "ask_for",
    "find_request",
    "forget_requests",
]
