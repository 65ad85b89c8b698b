"""E-mail: a mailbox people write to, read over IMAP or taken in by a listener, answered over SMTP."""

from adapters.email.adapter import ADAPTER, EmailAdapter
from adapters.email.config import EmailConfig
from adapters.email.replies import visible_reply

__all__ = ["ADAPTER", "EmailAdapter", "EmailConfig", "visible_reply"]
