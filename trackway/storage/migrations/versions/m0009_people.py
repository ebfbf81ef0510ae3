"""Who uses the console, where they are signed in, and what they did."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _person()
    _person_code()
    _person_link()
    _session()
    _audit()


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), server_default="", nullable=False),
        sa.Column("second_factor", sa.Text(), server_default="", nullable=False),
        sa.Column("second_used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _person_code() -> None:
    op.create_table(
        "person_code",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "lookup"),
    )


def _person_link() -> None:
    op.create_table(
        "person_link",
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lookup"),
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lookup"),
    )
    op.create_index("session_by_person", "session", ["person_id"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_account", "audit", ["account_id", "id"], unique=False)
