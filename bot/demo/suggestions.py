"""Questions to click, about the parcels that have a story."""

from bot.wording import Words


def partner_questions(words: Words) -> list[str]:
    """For the partner's employee."""
    return [
        words.say("demo.ask.track", number="LX123456785CN"),
        words.say("demo.ask.why", number="RB930364264CN"),
        words.say("demo.ask.eta", number="LX670981235CN"),
        words.say("demo.ask.flight", number="CV7911"),
        words.say("demo.ask.late"),
        words.say("demo.ask.mistyped", number="LX123456786CN"),
        words.say("demo.ask.follow", number="CV7913"),
        words.say("demo.ask.person"),
    ]


def operator_questions(words: Words) -> list[str]:
    """For the operator's desk."""
    return [
        words.say("demo.ask.flight", number="X8155"),
        words.say("demo.ask.summary"),
        words.say("demo.ask.late"),
        words.say("demo.ask.why", number="RB930364264CN"),
        words.say("demo.ask.history", number="CP914420492BE"),
        words.say("demo.ask.subscriptions"),
    ]
