"""Many questions over Stream while the platform says goodbye, breaks sockets, and pushes again what it must."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bot.clock import MovableClock
from bot.testing.dingtalk import FakeDingTalk
from bot.testing.dingtalk_stream import Push

QUIET_SECONDS = 0.3
"""Real time without an acknowledgement after which the platform's clock is moved to its next round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """How bad it gets."""

    disconnect_every: int = 50
    cut_before: float = 0.01
    """Share of messages that are lost with their socket."""
    cut_after: float = 0.01
    """Share of messages after which the socket breaks: their acknowledgement may be lost."""
    conversations: int = 100
    every: float = 0.0
    """Seconds of real time between two questions."""
    seed: int = 20

    async def ask(self, fake: FakeDingTalk, numbers: Sequence[str]) -> list[Push]:
        """A question for each number, everybody in turn; nobody waits for more than some connection to be there."""
        fake.stream.dice = Random(self.seed)  # noqa: S311 - the same in every run
        fake.stream.disconnect_every = self.disconnect_every
        fake.stream.cut_before, fake.stream.cut_after = self.cut_before, self.cut_after
        pushes = []
        for index, number in enumerate(numbers):
            await fake.stream.until(lambda: fake.stream.open_links)
            place = index % self.conversations
            asked = fake.payload(f"{number} 到哪了", conversation=f"cid{place}==", staff=f"staff{place}", msgId=number)
            pushes.append(await fake.stream.push(asked))
            if self.every:
                await asyncio.sleep(self.every)
        return pushes


async def until_taken(fake: FakeDingTalk, clock: MovableClock) -> int:
    """Push again, each minute of the platform's clock, until everything is acknowledged; how many rounds it took."""
    rounds = 0
    while True:
        try:
            await fake.stream.until(lambda: not fake.stream.untaken, seconds=QUIET_SECONDS)
        except TimeoutError:
            pass  # something was lost with a socket
        else:
            return rounds
        rounds += 1
        clock.advance(timedelta(seconds=60))
        await fake.stream.redeliver_when_connected()


def unanswered_or_doubled(fake: FakeDingTalk, pushes: Sequence[Push]) -> list[str]:
    """Questions that were not answered exactly once, in their own conversation."""
    answers = _answers(fake)
    return [
        _key(push) for push in pushes if sum(_key(push) in text for text in answers[_place(push)]) != 1
    ]


def out_of_order(fake: FakeDingTalk, pushes: Sequence[Push]) -> list[str]:
    """Conversations in which what reached us the first time was not answered in the order it was said in."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for push in pushes:
        if push.tries == 1:
            said[_place(push)].append(_key(push))
    answers = _answers(fake)
    return [
        place for place, keys in said.items() if [key for text in answers[place] for key in keys if key in text] != keys
    ]


def _answers(fake: FakeDingTalk) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for post in fake.posts:
        found[post.conversation].append(post.text)
    return found


def _place(push: Push) -> str:
    return str(push.payload["conversationId"]) if isinstance(push.payload, dict) else ""


def _key(push: Push) -> str:
    return str(push.payload["msgId"]) if isinstance(push.payload, dict) else ""
