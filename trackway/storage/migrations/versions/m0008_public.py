"""The page that a recipient sees, and what the overview counts."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("happened_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "tracking_by_progress",
        "tracking",
        ["account_id", "milestone", "progressed_at", "stopped_at"],
        unique=False,
        postgresql_where=sa.text("awaiting_since IS NULL"),
        sqlite_where=sa.text("awaiting_since IS NULL"),
    )
    _shop()
    _link()
    _statistic()
    _census()


def _shop() -> None:
    op.create_table(
        "shop",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Boolean(), nullable=False),
        sa.Column("origins", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tracking_id"], ["tracking.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tracking_id"),
    )


def _statistic() -> None:
    op.create_table(
        "statistic",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "kind", "day", "carrier", "route", "bucket"),
        sqlite_with_rowid=False,
    )


def _census() -> None:
    op.create_table(
        "census",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("stuck", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "day", "milestone"),
    )
