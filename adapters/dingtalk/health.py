"""How an instance is doing, in one word and a sentence, and what it counts."""

from collections import Counter
from collections.abc import Mapping

from adapters.dingtalk.budget import CALLS, MESSAGES, Budget
from adapters.dingtalk.hearing import Hearing
from adapters.dingtalk.receive import Receiver
from adapters.dingtalk.send import Sender
from adapters.dingtalk.stream import State, Stream
from bot.contracts import Health


def judged(
    problems: Mapping[str, str], counted: Mapping[str, float], *, stream: Stream | None, receives: bool
) -> Health:
    """Not ok when nobody is heard; `degraded` when something has to be mended and the rest works."""
    if stream is not None and stream.has_ended:
        return Health(False, "ended", "Stream mode has ended by a defect", counted, ended=True)
    if stream is not None and not stream.is_well:
        return Health(False, f"stream {stream.state}", stream.problem or "no connection yet", counted)
    if problems:
        detail = "; ".join(f"{way}: {reason}" for way, reason in sorted(problems.items()))
        return Health(True, "degraded", detail, counted)
    if stream is not None and stream.state not in (State.UP, State.DRAINING):
        return Health(True, "reconnecting", stream.problem, counted)
    return Health(True, "up" if receives else "push only", figures=counted)


def figures(
    budget: Budget, *, sender: Sender, receiver: Receiver | None, hearing: Hearing | None, stream: Stream | None
) -> dict[str, float]:
    """Counters of this process, and how much of the month's budgets is used."""
    counted = _named("sent", sender.counts)
    counted |= {f"month_{kind}": float(budget.used(kind)) for kind in (CALLS, MESSAGES)}
    counted |= {f"month_{kind}_share": budget.share(kind) for kind in (CALLS, MESSAGES)}
    if receiver is not None:
        counted |= _named("received", receiver.counts)
        counted["signatures_repeated"] = float(receiver.pairs.repeated)
        counted["signatures_with_two_bodies"] = float(receiver.pairs.differing)
    if hearing is not None:
        counted |= _named("heard", hearing.counts) | _named("presses", hearing.presses.counts)
    if stream is not None:
        counted |= _named("stream", stream.counts)
        counted["stream_up"] = float(stream.state in (State.UP, State.DRAINING))
    return counted


def _named(what: str, counts: Counter[str]) -> dict[str, float]:
    return {f"{what}_{key}": float(value) for key, value in counts.items()}
