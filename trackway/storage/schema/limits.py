"""Pace, daily counts, and what processes tell each other for a while."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text

from trackway.storage.schema.base import metadata

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

shared = Table(
    "shared",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
