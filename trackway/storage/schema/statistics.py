"""What is counted for the overview."""

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text

from trackway.storage.schema.base import metadata, of_account

statistic = Table(
    "statistic",
    metadata,
    of_account(),
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
    of_account(),
    Column("day", BigInteger, nullable=False),
    Column("milestone", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("stuck", BigInteger, nullable=False),
    Column("counted_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "day", "milestone"),
)
