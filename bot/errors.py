"""Errors people read: one line that names what, where and the fix.

ParcelbridgeError
├── ConfigError     the configuration cannot be used
├── UsageError      a command was called wrongly (exit code 2)
└── NotFound        what a command was asked for does not exist
"""


class ParcelbridgeError(Exception):
    """Root of what we tell people went wrong; its text is a sentence for them."""


class ConfigError(ParcelbridgeError):
    """The configuration cannot be used; each problem is one line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UsageError(ParcelbridgeError):
    """A command was called wrongly."""


class NotFound(ParcelbridgeError):
    """What was asked for does not exist."""
