"""Who uses the console, and what they did."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, false

from trackway.storage.schema.base import Id, metadata

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
