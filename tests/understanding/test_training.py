"""The learned tables come from the labelled messages as they are, and come out the same each time."""

from bot.understanding.strangeness import places
from bot.understanding.training import LEARNED_FROM, Learner, Stranger, features, fingerprint, rows
from tests.understanding.scoring import DATA, load

SEEN = ("dev.jsonl", "own.jsonl", "tuning.jsonl", "voices.jsonl", "turned.jsonl", "turned2.jsonl", "turned3.jsonl")


def test_the_tables_were_learned_from_the_labelled_messages_as_they_are() -> None:
    now = fingerprint(DATA / name for name in SEEN)
    assert LEARNED_FROM.read_text("ascii").strip() == now, (
        "labelled messages have changed: python -m bot.understanding.training "
        + " ".join(f"tests/understanding/data/{name}" for name in SEEN)
    )


def test_the_same_messages_teach_the_same_opinion() -> None:
    samples = [(features(item["text"]), item["intent"]) for item in load("dev.jsonl")[:120]]
    tables = []
    for _ in range(2):
        learner = Learner(samples)
        learner.learn()
        tables.append(list(rows(learner)))
    assert tables[0] == tables[1]
    assert len(tables[0]) > 100


def test_what_is_about_something_else_is_learned_to_sound_strange() -> None:
    ours = [(places(f"where is parcel {n}"), False) for n in "abcdef"]
    theirs = [(places(f"what is on the menu {n}"), True) for n in "abcdef"]
    stranger = Stranger([*ours, *theirs])
    stranger.learn()
    assert sum(stranger.weights[place] for place in places("what is on the menu today")) > 0
    assert sum(stranger.weights[place] for place in places("where is parcel z")) < 0
