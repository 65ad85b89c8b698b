"""The scopes the app asks for, and what a workspace goes without where one is missing."""

from collections.abc import Iterable

WITHOUT = {
    "app_mentions:read": "mentions in channels are not heard",
    "channels:history": "a message may come twice in a channel after a broken connection",
    "chat:write": "nothing can be sent",
    "commands": "the slash command is not heard",
    "files:read": "files people send cannot be read",
    "files:write": "files of answers are only named",
    "groups:history": "a message may come twice in a private channel after a broken connection",
    "im:history": "direct messages are not heard",
    "im:read": "direct conversations cannot be looked up",
    "im:write": "nobody can be written to first, nor sent a file in private",
    "users:read": "nobody counts as a member, unless guests_belong = true",
}
SCOPES = tuple(WITHOUT)


def lacking(given: Iterable[str]) -> str:
    """A sentence that names every missing scope with what it is for, and the fix; empty when none is missing."""
    there = set(given)
    missing = [f"{scope} ({without})" for scope, without in WITHOUT.items() if scope not in there]
    if not missing:
        return ""
    return f"the app lacks {', '.join(missing)}: add what you need under OAuth & Permissions and install it again"
