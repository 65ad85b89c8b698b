"""Cases: what people want a person for, kept until somebody has dealt with it."""

from bot.cases.model import RequestKind, RequestState, RequestView, Told

__all__ = ["RequestKind", "RequestState", "RequestView", "Told"]
