"""Tables of the conversation: what the next message may refer to, and what may be undone."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from bot.store.schema import Instant, Key, metadata

talk_memory = Table(
    "talk_memory",
    metadata,
    Column("conversation_id", Key, ForeignKey("conversation.id"), primary_key=True, autoincrement=False),
    Column("contact_id", BigInteger, primary_key=True, autoincrement=False),  # 0: what was pushed, for everybody here
    Column("turns", Text, nullable=False),  # JSON list of [role, text, microseconds], oldest first
    Column("asked", Text, nullable=False),  # JSON list of [number, microseconds], newest last
    Column("question", Text),  # JSON of the question asked back; None: nothing is open
    Column("refused_at", Instant),  # when a stranger was last told how to get access
    Column("updated_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

talk_undo = Table(
    "talk_undo",
    metadata,
    Column("conversation_id", Key, ForeignKey("conversation.id"), primary_key=True, autoincrement=False),
    Column("contact_id", Key, ForeignKey("contact.id"), primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),  # subscribe, unsubscribe, mute, unmute, set_language, acts
    Column("detail", Text, nullable=False),  # JSON: what reverting needs
    Column("done_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
