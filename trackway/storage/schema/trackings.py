"""What is registered, asked and known."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from trackway.storage.schema.base import Id, metadata, where

tracking = Table(
    "tracking",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, nullable=False),  # an account is never deleted
    Column("number", Text, nullable=False),
    Column("carrier", Integer, nullable=False),
    Column("final_carrier", Integer, nullable=False, server_default="0"),
    Column("origin", SmallInteger, nullable=False),
    Column("guess", Integer, nullable=False, server_default="0"),
    Column("param", Text, nullable=False, server_default=""),
    Column("tag", Text),
    Column("milestone", Text, nullable=False, server_default="NotFound"),
    Column("origin_country", Text, nullable=False, server_default=""),
    Column("destination_country", Text, nullable=False, server_default=""),
    Column("registered_at", BigInteger, nullable=False),
    Column("awaiting_since", BigInteger),
    Column("tracked_at", BigInteger),
    Column("progressed_at", BigInteger, nullable=False),
    Column("pushed_at", BigInteger),
    Column("push_status", Integer, nullable=False, server_default="0"),
    Column("stopped_at", BigInteger),
    Column("stop_reason", SmallInteger),
    Column("retracked", Boolean, nullable=False, server_default=false()),
    Column("carrier_changes", SmallInteger, nullable=False, server_default="0"),
    Column("turns_at", BigInteger),
    UniqueConstraint("account_id", "number", "carrier", postgresql_include=["id"]),
    Index("tracking_by_state", "account_id", "milestone", "registered_at", "id"),
    Index("tracking_by_carrier", "account_id", "carrier", "registered_at", "id"),
    Index("tracking_by_stop", "account_id", "stopped_at", **where("stopped_at IS NOT NULL")),
    Index("tracking_at_rest", "account_id", "registered_at", "id", **where("stopped_at IS NOT NULL")),
    # PostgreSQL finds what begins with a text only where the index compares byte by byte.
    Index(
        "tracking_by_tag",
        "account_id",
        "tag",
        postgresql_ops={"tag": "text_pattern_ops"},
        **where("tag IS NOT NULL"),
    ),
    Index("tracking_by_turn", "turns_at", **where("turns_at IS NOT NULL")),
    # What was never answered is not in it, so registering costs nothing more.
    Index(
        "tracking_by_progress",
        *("account_id", "milestone", "progressed_at", "stopped_at"),
        **where("awaiting_since IS NULL"),
    ),
    sqlite_autoincrement=True,  # an id is never used again, not even after a deletion
)

leg = Table(
    "leg",
    metadata,
    Column("tracking_id", Id, nullable=False),  # goes with its tracking, see turns.delete
    Column("position", SmallInteger, nullable=False),
    Column("carrier", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="Unasked"),
    Column("language", Text, nullable=False, server_default=""),
    Column("asked_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("took_ms", Integer, nullable=False, server_default="0"),
    Column("due_at", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fault", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default="new"),
    Column("why", Text, nullable=False, server_default=""),
    Column("found", Boolean, nullable=False, server_default=false()),  # by an answer, not given by anyone
    PrimaryKeyConstraint("tracking_id", "position"),
    Index(
        "leg_by_due",
        "carrier",
        "due_at",
        **where("due_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

answer = Table(
    "answer",
    metadata,
    Column("tracking_id", Id, ForeignKey("tracking.id", ondelete="CASCADE"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("events", Text, nullable=False),
    Column("raw", Text, nullable=False),
    PrimaryKeyConstraint("tracking_id", "position"),
)

track = Table(
    "track",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # where it is looked for first, see tracks.home
    Column("tracking_id", Id, ForeignKey("tracking.id", ondelete="CASCADE"), nullable=False),
    # These five as their tracking has them: what answers is read from one place.
    Column("account_id", Id, nullable=False),
    Column("number", Text, nullable=False),
    Column("carrier", Integer, nullable=False),
    Column("tag", Text),
    Column("guess", Integer, nullable=False, server_default="0"),
    Column("body", Text, nullable=False),
    Index("track_by_tracking", "tracking_id", unique=True),
)
