"""Every table that Trackway keeps. Instants are milliseconds since 1970, UTC; `migrations/` makes these tables.

A claim is a lease, and a lease is nothing but a `due_at` in the future: whoever finds the row due again takes it over,
and a result is kept only if `due_at` is still the one that the claim set.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from trackway.domain.planning import Reason

metadata = MetaData()
Id = BigInteger().with_variant(Integer, "sqlite")


def _account() -> Column[int]:
    return Column("account_id", Id, ForeignKey("account.id"), nullable=False)


def _where(condition: str) -> dict[str, Any]:
    """An index over only the rows that are looked for by it."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("webhook_url", Text, nullable=False, server_default=""),
    Column("quota", BigInteger),
    Column("daily", BigInteger),
    Column("used", BigInteger, nullable=False, server_default="0"),
    Column("day", BigInteger, nullable=False, server_default="0"),
    Column("day_used", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
)

account_key = Table(
    "account_key",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("lookup", Text, nullable=False, unique=True),
    Column("sealed", Text, nullable=False),
    Column("last4", Text, nullable=False),
    Column("active_from", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Index("account_key_by_account", "account_id"),
)

account_network = Table(
    "account_network",
    metadata,
    _account(),
    Column("network", Text, nullable=False),
    PrimaryKeyConstraint("account_id", "network"),
)

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
    UniqueConstraint("account_id", "number", "carrier"),
    Index("tracking_by_state", "account_id", "milestone", "registered_at", "id"),
    Index("tracking_by_carrier", "account_id", "carrier", "registered_at", "id"),
    Index("tracking_by_stop", "account_id", "stopped_at", **_where("stopped_at IS NOT NULL")),
    # PostgreSQL finds what begins with a text only where the index compares byte by byte.
    Index(
        "tracking_by_tag",
        "account_id",
        "tag",
        postgresql_ops={"tag": "text_pattern_ops"},
        **_where("tag IS NOT NULL"),
    ),
    Index("tracking_by_turn", "turns_at", **_where("turns_at IS NOT NULL")),
    # What was never answered is not in it, so registering costs nothing more.
    Index(
        "tracking_by_progress",
        *("account_id", "milestone", "progressed_at", "stopped_at"),
        **_where("awaiting_since IS NULL"),
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
    PrimaryKeyConstraint("tracking_id", "position"),
    Index(
        "leg_by_due",
        "carrier",
        "due_at",
        **_where("due_at IS NOT NULL"),
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
    Column("tracking_id", Id, ForeignKey("tracking.id", ondelete="CASCADE"), primary_key=True),
    Column("body", Text, nullable=False),
    Column("tag", Text),  # these two as their tracking has them: what answers is read from one place
    Column("guess", Integer, nullable=False, server_default="0"),
)

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
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
    Column("body", Text),
    Index(
        "message_by_due",
        "account_id",
        "due_at",
        "id",
        **_where("due_at IS NOT NULL"),
    ),
    Index("message_by_tracking", "tracking_id", "id"),
    Index("message_by_account", "account_id", "id"),
    Index("message_by_outcome", "account_id", "outcome", "created_at", "id"),
    Index("message_by_number", "account_id", "number"),
    sqlite_autoincrement=True,
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("message_id", Id, ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("fault", Text, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Index("attempt_by_message", "message_id"),
)

connection = Table(
    "connection",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

pace = Table(
    "pace",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("marks", Text, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("subject", Text, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    PrimaryKeyConstraint("subject", "day"),
)

partner = Table(
    "partner",
    metadata,
    Column("sys_id", Text, primary_key=True),
    Column("lookup", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("interval_ms", Integer),
    Column("daily", BigInteger),
    Column("zone", Text, nullable=False),
    Column("prefixes", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False),
    Column("posted", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("number", "posted"),
)

phrase = Table(
    "phrase",
    metadata,
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("kind", "name"),
)

shared = Table(
    "shared",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

inquiry = Table(
    "inquiry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sys_id", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("told", Text, nullable=False),
    Index("inquiry_by_time", "asked_at"),
)

pushed = Table(
    "pushed",
    metadata,
    Column("carrier", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("carrier", "number"),
    Index("pushed_by_time", "received_at"),
)

sender_key = Table(
    "sender_key",
    metadata,
    Column("name", Text, primary_key=True),
    Column("carrier", Integer, nullable=False, server_default="0"),
    Column("lookup", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("id", Id, primary_key=True),
    Column("connector", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("left_today", BigInteger),
    Column("items", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("limited", SmallInteger, nullable=False),
    Column("failed", SmallInteger, nullable=False),
    Column("took_ms", Integer, nullable=False),
    *(Column(f"because_{reason}", Integer, nullable=False) for reason in Reason),
    Index("call_by_time", "connector", "at"),
)

shop = Table(
    "shop",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("search", Boolean, nullable=False),
    Column("origins", Text, nullable=False),
    Column("logo", LargeBinary),
    Column("logo_type", Text, nullable=False, server_default=""),
)

link = Table(
    "link",
    metadata,
    Column("tracking_id", Id, ForeignKey("tracking.id", ondelete="CASCADE"), primary_key=True),
    Column("serial", BigInteger, nullable=False),
)

statistic = Table(
    "statistic",
    metadata,
    _account(),
    Column("kind", Text, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("carrier", Integer, nullable=False),
    Column("route", Text, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "kind", "day", "carrier", "route", "bucket"),
    sqlite_with_rowid=False,
)

census = Table(
    "census",
    metadata,
    _account(),
    Column("day", BigInteger, nullable=False),
    Column("milestone", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("stuck", BigInteger, nullable=False),
    Column("counted_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "day", "milestone"),
)
person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("account.id")),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False, server_default=""),
    Column("second_factor", Text, nullable=False, server_default=""),
    Column("second_used", BigInteger, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default=""),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("created_at", BigInteger, nullable=False),
)

person_code = Table(
    "person_code",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("lookup", Text, nullable=False),
    PrimaryKeyConstraint("person_id", "lookup"),
)

person_link = Table(
    "person_link",
    metadata,
    Column("lookup", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE")),
    Column("kind", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("lookup", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", Id, ForeignKey("account.id")),
    Column("begun_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Index("session_by_person", "person_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("account_id", Id, ForeignKey("account.id")),
    Column("person", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_by_account", "account_id", "id"),
    sqlite_autoincrement=True,
)
