"""Shops' pages and the links to them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, Table, Text

from trackway.storage.schema.base import Id, metadata

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
