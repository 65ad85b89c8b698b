"""The refresh token a mailbox goes on with. Providers that give a new one with each answer take the old one back."""

import json
import logging
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from bot.contracts import AdapterState, NotStored

log = logging.getLogger(__name__)

KEY = "oauth:refresh"
NOT_KEPT = "the provider gives new refresh tokens, which a restart forgets: add oauth.token_keys"


class Refresh:
    """The newest refresh token that came from the configured one, kept encrypted where there are keys for it."""

    def __init__(self, given: SecretStr, keys: tuple[SecretStr, ...]) -> None:
        self._given = given.get_secret_value()
        self._box = MultiFernet([Fernet(key.get_secret_value()) for key in keys]) if keys else None
        self._newest = ""
        self._unkept = False

    @property
    def worry(self) -> str:
        """What a person should mend; empty when there is nothing."""
        return NOT_KEPT if self._unkept and self._box is None else ""

    async def newest(self, state: AdapterState) -> str:
        """The token to ask with. Raises `NotStored`: a spent one must not be tried, providers take that for a theft."""
        if not self._newest:
            self._newest = await self._read(state) or self._given
        return self._newest

    async def renewed(self, state: AdapterState, token: str) -> None:
        """The provider gave this one; the last it gave is the only good one."""
        if token != self._newest:
            self._newest, self._unkept = token, True
            if self._box is None:
                log.warning("email: %s", NOT_KEPT)
        await self.keep(state)

    async def keep(self, state: AdapterState) -> None:
        """Write down what is not written down yet; while that cannot be done it is tried again with every use."""
        if not self._unkept or self._box is None:
            return
        packed = json.dumps({"from": self._origin(), "token": self._newest}).encode()
        try:
            await state.put(KEY, self._box.encrypt(packed).decode("ascii"))
            self._unkept = False
        except NotStored:
            log.warning("email: a new refresh token cannot be stored now")

    async def changed(self, state: AdapterState) -> bool:
        """Whether another process was given a newer one meanwhile; it is the newest then."""
        found = await self._read(state)
        if not found or found == self._newest:
            return False
        self._newest, self._unkept = found, False
        return True

    async def _read(self, state: AdapterState) -> str:
        """What is kept, where it came from the token configured now; a person may have put a fresh one there."""
        kept = await state.get(KEY) if self._box is not None else None
        if kept is None or self._box is None:
            return ""
        try:
            told = json.loads(self._box.decrypt(kept.encode()))
        except (InvalidToken, ValueError):  # encrypted with a key we do not have
            return ""
        return str(told["token"]) if told.get("from") == self._origin() else ""

    def _origin(self) -> str:
        return sha256(self._given.encode()).hexdigest()[:32]
