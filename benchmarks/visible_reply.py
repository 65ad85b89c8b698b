"""`visible_reply` on mails written without looking at it: how many come out exactly right, by language and client.

`python -m benchmarks visible_reply`; with `--wrong` behind it the mails that do not. The figures of existing libraries
were measured on other mails (a public collection), so they are a yardstick and no race.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator

from adapters.email import visible_reply
from benchmarks.replies import Mail, even, read_set

BEST_LIBRARY = {"en": 0.92, "zh": 0.38}
SETS = ("first", "kept")
"""`first` was written before the code was looked at, and what it showed was mended; `kept` was never worked with."""


def is_right(mail: Mail, *, keep_signature: bool) -> bool:
    """Whether exactly the writer's lines came out; blank lines are not counted."""
    return even(visible_reply(mail.text, keep_signature=keep_signature)) in mail.wants(keep_signature=keep_signature)


def share(mails: Iterable[Mail], *, keep_signature: bool) -> float:
    """The share of mails that come out right."""
    results = [is_right(mail, keep_signature=keep_signature) for mail in mails]
    return sum(results) / len(results)


def main() -> None:
    """Print the shares."""
    for name in SETS:
        for language, floor in BEST_LIBRARY.items():
            mails = read_set(f"{name}_{language}")
            print(f"{name} {language}: {len(mails)} mails, quotes off {share(mails, keep_signature=True):.1%}, "
                  f"signatures off too {share(mails, keep_signature=False):.1%}; best library {floor:.0%}")
            for line in _by_client(mails):
                print(f"  {line}")
            if "--wrong" in sys.argv:
                _print_wrong(mails)


def _by_client(mails: Iterable[Mail]) -> Iterator[str]:
    groups: dict[str, list[Mail]] = defaultdict(list)
    for mail in mails:
        groups[mail.client].append(mail)
    for client, group in sorted(groups.items()):
        right = [sum(is_right(mail, keep_signature=keep) for mail in group) for keep in (True, False)]
        yield f"{client:16} {right[0]:2} and {right[1]:2} of {len(group):2}"


def _print_wrong(mails: Iterable[Mail]) -> None:
    for mail in mails:
        for keep in (True, False):
            if not is_right(mail, keep_signature=keep):
                print(f"--- {mail.client} {mail.note} (keep_signature={keep})\n"
                      f"{even(visible_reply(mail.text, keep_signature=keep))}")
