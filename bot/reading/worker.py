"""The process in which files are opened: it holds no secret, reaches no store, and may die without harm.

It says that it is ready with an empty line. Then it reads requests on standard input, one after the other: a line of
JSON (limits and size) and so many bytes. For each it writes one line, a `Reading`; it ends when there are no more.
Run as `python -m bot.reading.worker`.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from typing import BinaryIO, Final

from bot.reading.files import read_file
from bot.reading.model import Limits, Reading, Trouble

MEMORY_BYTES: Final = 1_500_000_000
"""Address space; the largest picture that is let in needs about half of it."""
HANDLES: Final = 32


def main() -> None:
    """Serve until standard input ends."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)  # what opens hostile files has nothing to write
    _limit(resource.RLIMIT_NOFILE, HANDLES)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    serve(sys.stdin.buffer, answers)


def _limit(what: int, most: int) -> None:
    """Set a limit for good, within what is allowed already."""
    _, allowed = resource.getrlimit(what)
    most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
    with suppress(ValueError, OSError):  # systems that do not have this limit read files all the same
        resource.setrlimit(what, (most, most))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every request in turn."""
    answers.write(b"\n")
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        reading = safely(requests.read(request["size"]), Limits.model_validate(request["limits"]))
        answers.write(reading.model_dump_json(exclude_defaults=True).encode() + b"\n")
        answers.flush()


def safely(content: bytes, limits: Limits) -> Reading:
    """A reading, whatever is in the file."""
    try:
        return read_file(content, limits)
    except MemoryError:
        return Reading(trouble=Trouble.BOMB)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - a file made to break its reader, whose Rust part panics with no Exception
        return Reading(trouble=Trouble.DAMAGED)


if __name__ == "__main__":
    main()
