"""Whose token sends where: the one of the configuration, or those of workspaces that installed the app, encrypted."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from adapters.slack.values import mapping, text_of
from bot.contracts import AdapterState

MAX_REMEMBERED = 1_000


class Tokens(Protocol):
    """Bot tokens by workspace. Every method may raise `NotStored`."""

    async def of(self, team: str) -> str | None:
        """The token for a workspace, None when the app is not installed there."""

    async def forget(self, team: str) -> None:
        """The app was removed there, or the token revoked."""

    async def belongs(self, team: str, organisation: str) -> None:
        """The workspace is served by the installation of that organisation."""

    def doubt(self, team: str) -> None:
        """The token was refused: look it up anew the next time, for another process may know a newer one."""


class ConfiguredToken:
    """One token, for every workspace of the instance."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.removed = False

    async def of(self, team: str) -> str | None:  # noqa: ARG002 - one for all
        """See `Tokens`."""
        return self._token

    async def forget(self, team: str) -> None:  # noqa: ARG002 - one for all
        """It stays in the configuration, where a person has to change it."""
        self.removed = True

    async def belongs(self, team: str, organisation: str) -> None:
        """There is no other."""

    def doubt(self, team: str) -> None:
        """There is no other."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What a workspace, or an organisation as a whole, gave us when it installed the app."""

    team: str
    """`T…`, or `E…` for an organisation."""
    token: str = field(repr=False)
    bot_user: str = ""
    scopes: str = ""


class StoredTokens:
    """Tokens of many workspaces in the adapter's durable notes; nobody reads them without the key."""

    def __init__(self, state: AdapterState, keys: tuple[str, ...], organisations: frozenset[str]) -> None:
        self._state = state
        self._box = MultiFernet([Fernet(key) for key in keys])
        self._organisations = sorted(organisations)
        self._known: OrderedDict[str, str] = OrderedDict()
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def of(self, team: str) -> str | None:
        """The workspace's own first, then the one of the organisation that installed the app as a whole."""
        if team not in self._known:
            found = await self._read(team) or await self._read(await self._organisation_of(team))
            if not found:
                return None
            self._known[team] = found
            _trim(self._known)
        return self._known[team]

    async def belongs(self, team: str, organisation: str) -> None:
        """See `Tokens`; kept, because a push after a restart knows the workspace alone."""
        if self._owners.get(team) == organisation:
            return
        if await self._state.get(_owner_key(team)) != organisation:
            await self._state.put(_owner_key(team), organisation)
            self._known.pop(team, None)
        self._owners[team] = organisation
        _trim(self._owners)

    async def keep(self, installation: Installation) -> None:
        """Keep what an installation gave; it takes the place of an earlier one."""
        packed = json.dumps({
            "token": installation.token, "bot_user": installation.bot_user, "scopes": installation.scopes,
        })
        await self._state.put(_key(installation.team), self._box.encrypt(packed.encode()).decode("ascii"))
        self._known.clear()

    async def forget(self, team: str) -> None:
        """See `Tokens`."""
        await self._state.drop(_key(team))
        self._known.clear()

    def doubt(self, team: str) -> None:
        """See `Tokens`."""
        self._known.pop(team, None)

    async def _organisation_of(self, team: str) -> str:
        """The one it was heard of with; the only one there is; else nobody's: a wrong one would speak for another."""
        kept = await self._state.get(_owner_key(team))
        only = self._organisations[0] if len(self._organisations) == 1 else ""
        return kept if kept in self._organisations else only

    async def _read(self, owner: str) -> str:
        kept = await self._state.get(_key(owner)) if owner else None
        if kept is None:
            return ""
        try:
            return text_of(mapping(json.loads(self._box.decrypt(kept.encode()))).get("token"))
        except (InvalidToken, ValueError):  # encrypted with a key we do not have: as good as not installed
            return ""


def _trim(known: OrderedDict[str, str]) -> None:
    while len(known) > MAX_REMEMBERED:
        known.popitem(last=False)


def _owner_key(team: str) -> str:
    return f"organisation:{team}"


def _key(owner: str) -> str:
    return f"token:{owner}"
