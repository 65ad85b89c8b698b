"""Our own app and its workspaces: who counts as one of its people, and whose message concerns it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from adapters.slack.ids import person_id
from adapters.slack.values import BadPayload, id_of, mapping, needed, text_of

MAX_NAME_CHARACTERS = 200
Part = dict[str, Any]
"""A part of a message, checked together with it: parts made one by one would each be checked twice."""


class Foreign(BadPayload):
    """Signed by the platform, but for another app, or from a workspace that is not configured."""


@dataclass(frozen=True, slots=True)
class App:
    """One app in the workspaces of one configured instance."""

    adapter: str
    team_ids: frozenset[str]
    """Workspaces (`T…`) and organisations (`E…`) whose members belong here."""
    app_id: str = ""
    """Payloads for another app are not ours; empty: not looked at."""

    def context(
        self, payload: Mapping[str, Any], team: str, enterprise: str, *, whole_enterprise: bool = False,
        shared: bool = False,
    ) -> "Context":  # fmt: skip
        """Where a payload comes from. Raises `Foreign` when it is not for us, `BadPayload` when it does not say."""
        named = text_of(payload.get("api_app_id"))
        if self.app_id and named and named != self.app_id:
            raise Foreign("the payload is for another app")
        needed(team, "team")
        if team not in self.team_ids and enterprise not in self.team_ids:
            raise Foreign("the workspace is not one of team_ids")
        return Context(self, team, enterprise, whole_enterprise, shared)


class Context(NamedTuple):
    """The workspace, and perhaps its organisation, that a payload comes from."""

    app: App
    team: str
    enterprise: str = ""
    whole_enterprise: bool = False
    """The organisation installed the app as a whole: its token serves all its workspaces."""
    shared: bool = False
    """Another company sits in the channel: who does not say where at home may be one of theirs."""

    def sender(self, user: str, home: str, name: str = "") -> Part:
        """A `Sender` by the workspace the person is at home in; people of others are outsiders in a shared channel."""
        at_home = home or self.team
        inside = at_home in self.app.team_ids or (at_home == self.team and self.enterprise in self.app.team_ids)
        return {
            "external_id": person_id(at_home, needed(user, "user")),
            "name": name[:MAX_NAME_CHARACTERS].strip() or None,
            "organisation": at_home, "outsider": not inside or (self.shared and not home),
        }


def event_context(app: App, envelope: Mapping[str, Any]) -> tuple[Context, str]:
    """The workspace whose installation an event is for, and the user id of our bot there."""
    authorizations = envelope.get("authorizations")
    first = mapping(authorizations[0]) if isinstance(authorizations, list) and authorizations else {}
    team = id_of(first.get("team_id")) or id_of(envelope.get("team_id"))
    enterprise = id_of(first.get("enterprise_id")) or id_of(envelope.get("enterprise_id"))
    bot_user = id_of(first.get("user_id")) if first.get("is_bot") is True else ""
    whole = bool(enterprise) and first.get("is_enterprise_install") is True
    shared = envelope.get("is_ext_shared_channel") is True
    return app.context(envelope, team, enterprise, whole_enterprise=whole, shared=shared), bot_user
