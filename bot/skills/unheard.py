"""Messages nobody answers by themselves: whoever nobody vouches for learns nothing, and a person of the desk looks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.cases import RequestKind
from bot.cases import service as cases
from bot.cases.telling import tell_desk
from bot.contracts import InboundMessage
from bot.inbox import Closing, InboxItem
from bot.outbox import OutgoingMessage
from bot.people import Person
from bot.people.service import Talk
from bot.skills.base import Services
from bot.skills.gate import is_stranger
from bot.skills.memory import note_push


def is_unheard(message: InboundMessage, person: Person) -> bool:
    """True for a sender nobody vouches for, and for strangers on a channel that does not answer them."""
    return not message.sender.authenticated or (message.only_known and is_stranger(person))


def to_desk(item: InboxItem, talk: Talk, services: Services, now: datetime) -> Closing:
    """No answer; a request for the desk, which the same sender's next messages are added to."""
    text = item.message.text or ", ".join(file.name for file in item.message.attachments)

    def apply(conn: Connection) -> Sequence[OutgoingMessage]:
        opened = cases.open_request(
            conn, kind=RequestKind.HANDOFF, person=talk.person, conversation_id=item.conversation_id, text=text,
            about=(), now=now,
        )  # fmt: skip
        tell_desk(conn, opened, services.desk, now=now, note=note_push)
        return ()

    return Closing(apply, brief=False)  # the desk may be many conversations
