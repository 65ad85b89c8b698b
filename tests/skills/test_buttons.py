"""What our own buttons and examples say is never doubted, in any language: pressing one does what it says."""

import pytest

from bot.contracts import ConversationAddress, InboundMessage, Language, Sender
from bot.skills.doubt import ASK_BACK
from bot.skills.hear import hear
from bot.skills.memory import NO_MEMORY
from bot.wording.catalogs import locales_folder
from bot.wording.pofile import read_entries
from tests.skills.stage import NOW

ROOMS = ("alerts", "cases", "demo", "parcels", "talk")
VALUES = {"ref": "A-1024", "subject": "LX123456785CN", "number": "LX123456785CN", "what": "CV7911"}
ANSWERS = {"talk.button.yes.say", "talk.button.no.say", "talk.button.keep.say", "talk.scope.everything.say"}
"""Mean something only after a question of ours."""


def message(text: str) -> InboundMessage:
    address = ConversationAddress(adapter="chat", external_id="li")
    return InboundMessage(
        message_id="m", conversation=address, sender=Sender(external_id="li"), text=text, sent_at=NOW
    )


def sayings(language: Language) -> list[tuple[str, str]]:
    folder = locales_folder() / language.replace("-", "_") / "LC_MESSAGES"
    return [
        (entry.key, entry.text.format_map(VALUES))
        for room in ROOMS for entry in read_entries(folder / f"{room}.po")
        if (entry.key.endswith(".say") or entry.key.startswith("demo.ask.")) and entry.key not in ANSWERS
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_our_own_words_are_understood_at_once(language: Language) -> None:
    said = sayings(language)
    assert len(said) > 30
    for key, text in said:
        heard = hear(message(text), NO_MEMORY, NOW)
        assert heard.intent not in (ASK_BACK, "out_of_scope"), (key, text)
