"""The operator's tables: mail items, their scans, and the partners who ask."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _item()
    _partner()
    _scan()


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("drop_off_e", sa.Text(), nullable=False),
        sa.Column("drop_off_c", sa.Text(), nullable=False),
        sa.Column("drop_off_s", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("origin_e", sa.Text(), nullable=False),
        sa.Column("origin_c", sa.Text(), nullable=False),
        sa.Column("origin_s", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("destination_e", sa.Text(), nullable=False),
        sa.Column("destination_c", sa.Text(), nullable=False),
        sa.Column("destination_s", sa.Text(), nullable=False),
        sa.Column("milestone_e", sa.Text(), nullable=False),
        sa.Column("milestone_c", sa.Text(), nullable=False),
        sa.Column("milestone_s", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", "posted"),
    )


def _partner() -> None:
    op.create_table(
        "partner",
        sa.Column("sys_id", sa.Text(), nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("interval_ms", sa.Integer(), nullable=True),
        sa.Column("daily", sa.BigInteger(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("prefixes", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sys_id"),
    )


def _scan() -> None:
    op.create_table(
        "scan",
        sa.Column("item_id", ID, nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("place_e", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place_c", sa.Text(), nullable=False),
        sa.Column("place_s", sa.Text(), nullable=False),
        sa.Column("message_e", sa.Text(), nullable=False),
        sa.Column("message_c", sa.Text(), nullable=False),
        sa.Column("message_s", sa.Text(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "time", "place", "place_e", "what"),
        sqlite_with_rowid=False,
    )
