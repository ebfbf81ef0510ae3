"""What merchants are told, and each attempt to tell it."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from trackway.storage.schema.base import Id, metadata, of_account, where

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    of_account(),
    Column("tracking_id", Id, nullable=False),
    Column("number", Text, nullable=False),
    Column("carrier", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("manual", Boolean, nullable=False, server_default=false()),
    Column("created_at", BigInteger, nullable=False),
    Column("happened_at", BigInteger),
    Column("due_at", BigInteger),
    Column("claimed", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_failed_at", BigInteger),
    Column("outcome", Text, nullable=False, server_default="waiting"),
    Column("said", Boolean, nullable=False, server_default=false()),
    Index(
        "message_by_due",
        "account_id",
        "due_at",
        "id",
        **where("due_at IS NOT NULL"),
    ),
    Index("message_by_tracking", "tracking_id", "id"),
    # Told by the outcome, so that PostgreSQL never takes it for what is due.
    Index("message_waiting", "tracking_id", "id", **where("outcome = 'waiting'")),
    Index("message_by_account", "account_id", "id"),
    Index("message_by_outcome", "account_id", "outcome", "created_at", "id"),
    Index("message_by_number", "account_id", "number"),
    sqlite_autoincrement=True,
)

# Written once, and one behind the other: the row of a message is written again with each claim and each attempt.
saying = Table(
    "saying",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    Column("body", Text, nullable=False),
    Index("saying_by_message", "message_id", unique=True),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Id, primary_key=True),
    of_account(),
    Column("message_id", Id, ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("fault", Text, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Index("attempt_by_message", "message_id"),
)
