"""On sets of mails that imitate real programs most come out exactly right; see `python -m benchmarks visible_reply`."""

from collections import Counter

import pytest

from benchmarks.replies import QUOTED, SIGNATURE, Mail, read_set
from benchmarks.visible_reply import BEST_LIBRARY, SETS, is_right, share

LEAST = 0.95


@pytest.mark.parametrize("language", BEST_LIBRARY)
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("keep", [True, False])
def test_the_writers_words_come_out_of_nearly_all_mails(name: str, language: str, keep: bool) -> None:
    assert share(read_set(f"{name}_{language}"), keep_signature=keep) >= max(LEAST, BEST_LIBRARY[language])


@pytest.mark.parametrize("language", BEST_LIBRARY)
def test_the_first_set_holds_every_program_people_use(language: str) -> None:
    clients = Counter(mail.client for mail in read_set(f"first_{language}"))
    assert clients.total() >= 60
    assert clients.keys() >= {
        "gmail", "outlook-desktop", "outlook-web", "outlook-mobile", "apple-mail", "qq", "foxmail", "163", "alibaba",
        "thunderbird",
    }


def test_a_mail_is_right_only_when_nothing_is_missing_and_nothing_left() -> None:
    quote, device = (QUOTED, "On 24/11/2026 08:15, bot wrote:"), (SIGNATURE, "Sent from my iPhone")
    right = Mail("gmail", "", (("w", "yes"), device, quote, (QUOTED, "> x")))
    assert is_right(right, keep_signature=True)
    assert is_right(right, keep_signature=False)
    missing = Mail("gmail", "", (("w", "yes"), quote, (QUOTED, "> x"), ("w", "> a line that is the writer's")))
    left = Mail("gmail", "", (("w", "yes"), (QUOTED, "something quoted in no known way")))
    assert not is_right(missing, keep_signature=True)
    assert not is_right(left, keep_signature=True)
