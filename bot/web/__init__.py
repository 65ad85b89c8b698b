"""The one HTTP server: webhooks, feed intake, API, health and metrics."""

from bot.web.figures import Figure, Sample
from bot.web.health import Issue
from bot.web.rooms import EventIntake, IntakeAnswer, ItemError, WebRooms
from bot.web.routes import build_web
from bot.web.server import WebServer

__all__ = [
    "EventIntake",
    "Figure",
    "IntakeAnswer",
    "Issue",
    "ItemError",
    "Sample",
    "WebRooms",
    "WebServer",
    "build_web",
]
