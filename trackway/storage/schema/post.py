"""An operator's items and texts, its partners, and what they asked."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from trackway.storage.schema.base import Id, metadata

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
    Column("id", Id, primary_key=True, autoincrement=False),
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

inquiry = Table(
    "inquiry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sys_id", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("told", Text, nullable=False),
)
