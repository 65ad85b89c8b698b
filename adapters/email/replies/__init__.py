"""What a writer added to a mail: without what is quoted, without disclaimers, and with or without the signature."""

from adapters.email.replies.visible import visible_reply

__all__ = ["visible_reply"]
