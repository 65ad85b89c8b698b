"""The mailbox, read by one thread of its own: new mail is handed over, and moved away only once it is stored."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from adapters.email.config import ImapServer
from adapters.email.imap_session import Session
from adapters.email.limits import Unreadable
from adapters.email.pool import Token
from bot.contracts import NotStored

log = logging.getLogger(__name__)

FIRST_REST, LONGEST_REST, LOGIN_REST = 1.0, 300.0, 300.0
"""Seconds before connecting again; a wrong password is not tried more often than the last says."""
STORE_REST = 2.0
STOP_SECONDS = 8.0
OVERDUE, LEAST_OVERDUE = 3, 60.0
"""Polling times without a look, and seconds at least, after which mail counts as not fetched, whatever holds it up."""
TOO_EARLY = 0.5
"""Waiting for a push that ends so much before its time, with nothing told, found the connection closed."""

Take = Callable[[bytes], Awaitable[Any]]
PutAway = Callable[[int], None]


@dataclass(slots=True)
class Reading:
    """How the reading of the mailbox goes."""

    connected: bool = False
    problem: str = ""
    quarantined: int = 0
    stuck: str = ""
    """Why the server moved a mail nowhere; until it does."""
    reconnects: int = 0
    looked: float = field(default_factory=time.monotonic)
    """When the mailbox was last looked into, by the clock that only runs on."""

    @property
    def not_looked_for(self) -> float:
        """Seconds."""
        return time.monotonic() - self.looked


class MailboxReader:
    """Reads one mailbox from `start` to `stop`."""

    def __init__(self, server: ImapServer, *, name: str, most_bytes: int, token: Token | None = None) -> None:
        self._server = server
        self._token = token
        self._name = name
        self._most_bytes = most_bytes
        self._stopping = threading.Event()
        self._ended = asyncio.Event()
        self._waiting = threading.Lock()
        self._idle_socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._take: Take | None = None
        self._dice = Random()  # noqa: S311 - jitter, not a secret
        self.reading = Reading()
        self.may_idle = True
        """False: asks again and again even where the server could push."""

    @property
    def problem(self) -> str:
        """Why mail is not fetched; empty while it is."""
        if self.reading.problem:
            return self.reading.problem
        overdue = self.reading.not_looked_for > max(LEAST_OVERDUE, OVERDUE * self._server.poll_seconds)
        return "the server, or our own store, keeps us waiting" if overdue else ""

    def start(self, take: Take) -> None:
        """Begin to read; `take` runs on the event loop that is running now."""
        self._stopping = threading.Event()
        self._ended = asyncio.Event()
        self.reading.looked = time.monotonic()
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"imap-{self._name}", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finish the mail that is being handed over, then stop reading."""
        self._stopping.set()
        with self._waiting:
            if self._idle_socket is not None:
                with suppress(OSError):  # wakes the thread at once
                    self._idle_socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread = None
            with suppress(TimeoutError):  # a server that does not answer keeps only its own thread
                async with asyncio.timeout(STOP_SECONDS):
                    await self._ended.wait()

    # ---- the thread ----

    def _run(self) -> None:
        stopping, ended, loop = self._stopping, self._ended, self._loop
        self._read_on(stopping)
        assert loop is not None
        with suppress(RuntimeError):  # the loop did not wait for us
            loop.call_soon_threadsafe(ended.set)

    def _read_on(self, stopping: threading.Event) -> None:
        rest = FIRST_REST
        while not stopping.is_set():
            try:
                self._read_until_closed()
                rest = FIRST_REST
            except LoginError as error:
                rest = LOGIN_REST
                self._note(f"the login is refused: {error}")
            except (IMAPClientError, OSError, TimeoutError) as error:
                rest = FIRST_REST if self.reading.connected else min(LONGEST_REST, rest * 2)
                self._note(f"{type(error).__name__}: {error}")
            except Exception as error:  # the mailbox must be read on after a defect of ours or of a library
                log.exception("email %s: reading the mailbox failed", self._name)
                rest = min(LONGEST_REST, rest * 2)
                self._note(type(error).__name__)
            self.reading.connected = False
            self.reading.reconnects += 1
            stopping.wait(rest * self._dice.uniform(0.5, 1.0))

    def _note(self, problem: str) -> None:
        if not self._stopping.is_set():
            self.reading.problem = problem[:300]
            log.warning("email %s: mailbox: %s", self._name, self.reading.problem)

    def _read_until_closed(self) -> None:
        session = Session(self._server, self._fresh_token())
        try:
            session.open()
            self.reading.connected, self.reading.problem = True, ""
            while not self._stopping.is_set():
                if self._drain(session):
                    self._wait(session)
                else:
                    self._stopping.wait(STORE_REST)
        finally:
            session.close()

    def _fresh_token(self) -> str | None:
        if self._token is None:
            return None
        assert self._loop is not None
        token = self._token

        async def getting() -> str:
            return await token()

        return asyncio.run_coroutine_threadsafe(getting(), self._loop).result()

    def _drain(self, session: Session) -> bool:
        """Hand over whatever is new until nothing is; False when the inbox cannot store now."""
        while not self._stopping.is_set():
            uids = session.new_uids()
            self.reading.looked = time.monotonic()
            if not uids and not session.told_of_more:
                return True
            if not self._hand_over_all(session, uids):
                return False
        return True

    def _hand_over_all(self, session: Session, uids: list[int]) -> bool:
        """In their order."""
        for uid in uids:
            if self._stopping.is_set():
                return True
            try:
                raw = session.fetch(uid, self._most_bytes)
                if raw is not None:  # somebody else took it away meanwhile
                    self._hand_over(raw)
            except Unreadable as error:
                self._put_away(session, uid, session.quarantine)
                self.reading.quarantined += 1
                log.error("email %s: a mail cannot be read, see %s: %s", self._name, self._server.quarantine, error)
            except NotStored as error:
                log.warning("email %s: a mail waits to be stored: %s", self._name, error)
                return False
            else:
                self._put_away(session, uid, session.done)
            self.reading.looked = time.monotonic()  # where thousands wait, each one is a sign of life
        return True

    def _put_away(self, session: Session, uid: int, put: PutAway) -> None:
        """A folder that takes nothing, a full one for example, keeps nobody from the mails behind this one."""
        try:
            put(uid)
        except IMAPClientAbortError:  # the connection is gone
            raise
        except IMAPClientError as error:
            session.leave(uid)
            self.reading.stuck = f"a mail that was read cannot be moved: {error}"[:300]
            log.error("email %s: %s", self._name, self.reading.stuck)
        else:
            self.reading.stuck = ""

    def _hand_over(self, raw: bytes) -> None:
        assert self._loop is not None
        assert self._take is not None
        take = self._take

        async def taking() -> None:
            await take(raw)

        asyncio.run_coroutine_threadsafe(taking(), self._loop).result()

    def _wait(self, session: Session) -> None:
        """Until something may be new: told by the server where it can tell, else after the polling time."""
        if not (session.can_idle and self.may_idle):
            self._stopping.wait(self._server.poll_seconds)
            session.touch()
            return
        with self._waiting:
            if self._stopping.is_set():
                return
            self._idle_socket = session.socket()
        try:
            seconds = min(self._server.idle_seconds, self._server.poll_seconds)
            began = time.monotonic()
            told = session.idle(seconds)
            early = time.monotonic() - began < seconds * TOO_EARLY
        finally:
            with self._waiting:
                self._idle_socket = None
        if not self._stopping.is_set() and ((early and not told) or any(b"BYE" in line for line in told)):
            raise IMAPClientError("the server closed the connection")
        if not self._stopping.is_set():
            session.idle_over()
