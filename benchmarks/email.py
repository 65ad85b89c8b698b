"""E-mail: hostile mails within their limits; receiving and sending beside their floors."""

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Sequence
from email.parser import BytesParser
from email.policy import compat32
from multiprocessing.connection import Connection
from pathlib import Path

import aiosmtplib
from aiosmtpd.smtp import SMTP
from authres import AuthenticationResultsHeader

from adapters.email import EmailAdapter, EmailConfig
from adapters.email.limits import Unreadable
from adapters.email.receive import Intake
from benchmarks.parts.channel import CARD, beside, host_for, in_turn, made, rate, tell
from bot.clock import SystemClock
from bot.contracts import Sent
from bot.inbox import Inbox
from bot.testing import RecordingHost, outbound
from tests.adapters.email.bombs import BOMBS
from tests.adapters.email.conftest import configuration
from tests.adapters.email.mailbox import written

MAILS, MESSAGES, ROUNDS = 2_000, 600, 3
SECONDS, MEGABYTES = 1.0, 50


class Sink:
    """Takes every mail at once."""

    async def handle_DATA(self, server: SMTP, session: object, envelope: object) -> str:  # noqa: N802, ARG002
        """The library's name."""
        return "250 2.0.0 taken"


def main() -> None:
    _bombs()
    in_turn(_receiving, lambda _: _sending())


def _bombs() -> None:
    """Each in a process of its own, so that memory is counted for it alone."""
    worst_time = worst_memory = 0.0
    for name, make in BOMBS.items():
        raw = make()
        here, there = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=_explode, args=(raw, there))
        child.start()
        outcome, seconds, megabytes = here.recv()
        child.join()
        print(f"  {name}: {len(raw):,} bytes, {outcome}, {seconds * 1000:.0f} ms, {megabytes:.0f} MiB extra")
        worst_time, worst_memory = max(worst_time, seconds), max(worst_memory, megabytes)
    print(f"hostile mails: worst {worst_time * 1000:.0f} ms (must be under {SECONDS * 1000:.0f}) and "
          f"{worst_memory:.0f} MiB extra (must be under {MEGABYTES})")


def _explode(raw: bytes, there: Connection) -> None:
    async def take() -> str:
        async with RecordingHost() as host:
            try:
                await Intake(configuration()).take(raw, host, lambda *_: "")
            except Unreadable:
                return "put aside"
            return "stored"

    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    outcome = asyncio.run(take())
    seconds = time.perf_counter() - began
    there.send((outcome, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))


async def _receiving(folder: Path) -> None:
    mails = [
        written(f"LX{n:09}CN 到哪了？\n\n王伟", key=f"k{n}", sender=f"w{n % 200}@partner.example")
        for n in range(MAILS)
    ]
    middle = await beside(
        lambda turn: _bare(folder / f"floor{turn}.db", mails),
        lambda turn: _received(folder / f"ours{turn}.db", mails), rounds=ROUNDS,
    )  # fmt: skip
    tell("receiving", "mails/s parsed, judged, stripped, stored; floor (the standard library's parser, the results "
         "read by authres, store)", middle)


async def _bare(path: Path, mails: Sequence[bytes]) -> float:
    async with RecordingHost() as recording:
        intake = Intake(configuration())
        for raw in mails:
            await intake.take(raw, recording, lambda *_: "")
        messages = [message.model_copy(update={"sender": message.sender}) for message in recording.received]
    store = await made(f"sqlite+aiosqlite:///{path}")
    inbox = Inbox(store, SystemClock())

    async def bare(index: int) -> None:
        mail = BytesParser(policy=compat32).parsebytes(mails[index])
        AuthenticationResultsHeader.parse(f"Authentication-Results: {mail['Authentication-Results']}")
        mail.get_payload(decode=True)
        await inbox.receive(messages[index])

    found = await rate(bare, len(mails))
    await store.close()
    return found


async def _received(path: Path, mails: Sequence[bytes]) -> float:
    store = await made(f"sqlite+aiosqlite:///{path}")
    host = host_for(Inbox(store, SystemClock()))
    intake = Intake(configuration())

    async def one(index: int) -> None:
        await intake.take(mails[index], host, lambda mail, _: mail.message_id)

    found = await rate(one, len(mails))
    await host.close()
    await store.close()
    return found


async def _sending() -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink(), hostname="sink"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "messages_per_connection": 1000}
    config = EmailConfig.model_validate(
        {"name": "mail", "type": "email", "address": "bot@pb.example", "smtp": smtp}
    )
    host = host_for()
    adapter = EmailAdapter(config)
    await adapter.start(host)
    message = outbound(CARD, adapter="mail", conversation="li@partner.example")
    assert config.smtp is not None
    clients = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port) for _ in range(config.smtp.connections)]
    for client in clients:
        await client.connect()
    raw = b"Subject: x\r\n\r\n" + (b"y" * 76 + b"\r\n") * 80

    async def bare(index: int) -> None:
        await clients[index % len(clients)].sendmail("bot@pb.example", ["li@partner.example"], raw)

    async def ours(index: int) -> None:  # noqa: ARG001 - each the same
        assert isinstance(await adapter.send(message), Sent)

    middle = await beside(lambda _: rate(bare, MESSAGES), lambda _: rate(ours, MESSAGES), rounds=ROUNDS)
    tell("sending", "mails/s rendered and handed over; floor (the client's bare sendmail)", middle)
    for client in clients:
        client.close()
    await adapter.stop()
    await host.close()
    server.close()
