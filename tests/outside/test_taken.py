"""What a proposal does to our own reading."""

from typing import Any

from bot.outside.proposal import Proposal
from bot.skills.doubt import ASK_BACK
from bot.skills.proposed import taken
from bot.understanding import Understanding

NUMBERS = {"numbers": ["LX123456785CN"]}


def doubtful(*meant: tuple[str, dict[str, Any]]) -> Understanding:
    slots = {"meant": [list(one) for one in meant]}
    return Understanding(language="en", intent=ASK_BACK, slots=slots, certain=False)


def test_a_question_is_taken_about_what_was_spoken_of_before() -> None:
    meant = taken(doubtful(("track", NUMBERS), ("subscribe", NUMBERS)), Proposal("eta", {}, "model"))
    assert (meant.intent, meant.slots) == ("eta", NUMBERS)


def test_unless_it_is_about_no_parcels_or_names_its_own() -> None:
    own = doubtful(("track", NUMBERS))
    assert taken(own, Proposal("delayed_list", {"hub": "LGG"}, "model")).slots == {"hub": "LGG"}
    assert taken(own, Proposal("linehaul_status", {"refs": ["CV7911"]}, "model")).slots == {"refs": ["CV7911"]}


def test_a_change_comes_first_among_the_choices_and_there_are_three() -> None:
    own = doubtful(("track", {}), ("mute", {"hub": "LGG"}), ("summary", {}))
    meant = taken(own, Proposal("mute", {"duration": "2h"}, "model"))
    assert meant.intent == ASK_BACK
    assert meant.slots["meant"] == [["mute", {"duration": "2h"}], ["track", {}], ["summary", {}]]


def test_what_is_not_offered_changes_nothing() -> None:
    own = doubtful(("track", {}), ("mute", {}))
    for intent in ("greeting", "undo", "out_of_scope", "export"):
        assert taken(own, Proposal(intent, {}, "model")) is own
    assert taken(own, None) is own
