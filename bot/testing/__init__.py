"""What tests of a service and of adapters need, shipped: fakes that are real servers, a clock that jumps, dialogues.

`bot.testing.conformance` (needs pytest) holds the behaviour every adapter is tested for.
"""

from bot.clock import MovableClock
from bot.testing.dialogue import Dialogue, Heard
from bot.testing.dingtalk import Callback, FakeDingTalk, Post
from bot.testing.dingtalk_stream import Link, Push, StreamGateway
from bot.testing.host import RecordingHost
from bot.testing.messages import inbound, outbound
from bot.testing.scripts import Answer, Hang, Late, Reset, ScriptedServer, Usual
from bot.testing.server import LoopbackServer
from bot.testing.sink import Sink, Taken
from bot.testing.slack import FakeSlack

__all__ = [
    "Answer",
    "Callback",
    "Dialogue",
    "FakeDingTalk",
    "FakeSlack",
    "Hang",
    "Heard",
    "Late",
    "Link",
    "LoopbackServer",
    "MovableClock",
    "Post",
    "Push",
    "RecordingHost",
    "Reset",
    "ScriptedServer",
    "Sink",
    "StreamGateway",
    "Taken",
    "Usual",
    "inbound",
    "outbound",
]
