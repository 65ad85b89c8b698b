"""The mailbox's reader: pushes told in one breath, servers that want to know who asks, what counts as not fetched."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adapters.email.config import ImapServer
from adapters.email.imap import MailboxReader
from adapters.email.imap_session import Session

SECONDS = 2.0
HELLO = b"* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n"
SAYS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n",
    b"IDLE": b"+ idling\r\n* 1 EXISTS\r\n",
}


async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A mailbox into which a mail comes just when somebody begins to wait."""
    writer.write(HELLO)
    waiting = b""
    while line := await reader.readline():
        tag, _, rest = line.strip().partition(b" ")
        command = rest.partition(b" ")[0].upper()
        writer.write(SAYS.get(command, b""))
        if command == b"IDLE":
            waiting = tag
        else:
            writer.write((waiting if tag == b"DONE" else tag) + b" OK done\r\n")
    writer.close()


async def speak_as_netease(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """No folder is opened for a program that has not said what it is after it logged in; nothing is pushed."""
    writer.write(b"* OK Coremail System IMap Server Ready\r\n")
    heard: list[bytes] = []
    while line := await reader.readline():
        tag, command = line.strip().upper().split(b" ")[:2]
        heard.append(command)
        if command == b"CAPABILITY":
            writer.write(b"* CAPABILITY IMAP4rev1 ID UIDPLUS\r\n")
        refused = command == b"SELECT" and heard[heard.index(b"LOGIN"):].count(b"ID") == 0
        writer.write(tag + (b" NO SELECT Unsafe Login. Please contact us\r\n" if refused else b" OK done\r\n"))
    writer.close()


@contextmanager
def opened(port: int) -> Iterator[Session]:
    login = {"username": "bot", "password": "secret"}
    session = Session(ImapServer.model_validate({"host": "127.0.0.1", "port": port, "security": "none", **login}))
    try:
        session.open()
        yield session
    finally:
        session.close()


def wait(port: int) -> list[Any]:
    with opened(port) as session:
        told = session.idle(SECONDS)
        session.idle_over()
    return told


def can_be_pushed_to(port: int) -> bool:
    with opened(port) as session:
        return session.can_idle


async def test_a_mail_told_of_together_with_the_consent_to_wait_is_not_overheard() -> None:
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        assert await asyncio.to_thread(wait, server.sockets[0].getsockname()[1])


async def test_a_server_that_opens_nothing_to_strangers_is_told_who_we_are_and_asked_without_pushes() -> None:
    async with await asyncio.start_server(speak_as_netease, "127.0.0.1", 0) as server:
        assert not await asyncio.to_thread(can_be_pushed_to, server.sockets[0].getsockname()[1])


def test_a_mailbox_nobody_could_look_into_for_long_is_not_fetched_even_without_an_error() -> None:
    reader = MailboxReader(ImapServer(host="127.0.0.1", poll_seconds=100), name="mail", most_bytes=1_000)
    assert reader.problem == ""
    reader.reading.looked -= 301
    assert "keeps us waiting" in reader.problem
    reader.reading.problem = "the login is refused"
    assert reader.problem == "the login is refused"
