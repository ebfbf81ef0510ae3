"""Our accounts with carriers, each call to them, and what couriers send by themselves."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table, Text

from trackway.domain.asking.planning import Reason
from trackway.storage.schema.base import Id, metadata

connection = Table(
    "connection",
    metadata,
    Column("connector", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
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
