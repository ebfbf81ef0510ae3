"""Who may call, with which keys, and from where."""

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, Table, Text, false

from trackway.storage.schema.base import Id, metadata, of_account

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
    of_account(),
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
    of_account(),
    Column("network", Text, nullable=False),
    PrimaryKeyConstraint("account_id", "network"),
)
