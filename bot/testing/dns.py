"""A name server on loopback that knows the TXT records a test gives it."""

import asyncio
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

TTL = 300
WIDEST = 250
"""Bytes of one string of a record."""


class NameServer(asyncio.DatagramProtocol):
    """`async with` starts it on a free port. Names are written without the last dot."""

    def __init__(self, records: dict[str, list[str]] | None = None) -> None:
        self.records = records or {}
        self.failing = False
        """True: every question is answered with SERVFAIL."""
        self.asked: list[str] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def address(self) -> str:
        """As it is written in a configuration."""
        return f"127.0.0.1:{self.port}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        question = dns.message.from_wire(data)
        name = question.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self._transport is not None:
            self._transport.sendto(self._answer(question, name).to_wire(max_size=65_000), addr)

    def _answer(self, question: dns.message.Message, name: str) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            texts = [" ".join(f'"{text[at:at + WIDEST]}"' for at in range(0, len(text), WIDEST))
                     for text in self.records[name]]
            answer.answer.append(dns.rrset.from_text(question.question[0].name, TTL, "IN", "TXT", *texts))
        return answer

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            self._transport.close()
        await asyncio.sleep(0)
