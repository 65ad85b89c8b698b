"""How people and conversations of Slack are named in the core: always with their workspace.

A person is `T…/U…`, never the user id alone: two workspaces may use the same one. Team ids are unique by themselves, so
the organisation of a grid is not part of it: a workspace that joins one keeps its people. The direct conversation with
a person goes by the person's own name, a channel by `T…/C…`, a thread by `T…/C…/<ts of its first message>`.
"""

from typing import Any, NamedTuple

from adapters.slack.values import id_of, ts_of
from bot.contracts import ConversationKind

PEOPLE = ("U", "W")


class Place(NamedTuple):
    """Where to send: the workspace whose token is used, a channel or a person, and a thread in it."""

    team: str
    channel: str
    """`C…`, `G…`, `D…`, or a person's id, which stands for the direct conversation with the person."""
    thread: str = ""

    @property
    def external_id(self) -> str:
        """The name in the core."""
        return f"{self.team}/{self.channel}/{self.thread}" if self.thread else f"{self.team}/{self.channel}"

    @property
    def is_person(self) -> bool:
        """True when the channel is a person, so that the direct channel has to be found out first."""
        return self.channel.startswith(PEOPLE)

    @property
    def kind(self) -> ConversationKind:
        """What the core calls it."""
        if self.is_person or self.channel.startswith("D"):
            return ConversationKind.DIRECT
        return ConversationKind.THREAD if self.thread else ConversationKind.GROUP

    def address(self, adapter: str) -> dict[str, Any]:
        """A `ConversationAddress`, to be checked with the message it is part of."""
        within = f"{self.team}/{self.channel}" if self.kind is ConversationKind.THREAD else ""
        return {"adapter": adapter, "external_id": self.external_id, "kind": self.kind, "within": within}


def place_of(external_id: str) -> Place | None:
    """The place behind a name, None when it is none of ours."""
    team, _, rest = external_id.partition("/")
    channel, slash, thread = rest.partition("/")
    if not id_of(team) or not id_of(channel) or (slash and not ts_of(thread)):
        return None
    return Place(team, channel, thread)


def person_id(team: str, user: str) -> str:
    """The name of a person."""
    return f"{team}/{user}"


def user_of(external_id: str) -> str:
    """The user id in a person's name, empty when it is none of ours."""
    place = place_of(external_id)
    return place.channel if place is not None and place.is_person else ""
