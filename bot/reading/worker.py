"""The process in which files are opened: it holds no secret, reaches no store, and may die without harm.

It says that it is ready with an empty line. Then it reads requests on standard input, one after the other: a line of
JSON (limits and size) and so many bytes. For each it writes one line, a `Reading`; it ends when there are no more.
Run as `python -m bot.reading.worker`.
"""

import json
import os
import resource
import sys
from typing import BinaryIO, Final

from bot.reading.files import read_file
from bot.reading.model import Limits, Reading, Trouble

MEMORY_BYTES: Final = 1_500_000_000
"""Address space; the largest picture that is let in needs about half of it."""
HANDLES: Final = 32


def main() -> None:
    """Serve until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # what opens hostile files has nothing to write
    resource.setrlimit(resource.RLIMIT_NOFILE, (HANDLES, HANDLES))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    serve(sys.stdin.buffer, answers)


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
    except Exception:  # noqa: BLE001 - a file made to break its reader: its sender is told, and the next file is read
        return Reading(trouble=Trouble.DAMAGED)


if __name__ == "__main__":
    main()
