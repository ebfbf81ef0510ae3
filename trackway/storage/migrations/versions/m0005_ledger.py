"""The budget ledger, and why each leg is asked for next."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", ID, nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("left_today", sa.BigInteger()),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("limited", sa.SmallInteger(), nullable=False),
        sa.Column("failed", sa.SmallInteger(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("because_new", sa.Integer(), nullable=False),
        sa.Column("because_plan", sa.Integer(), nullable=False),
        sa.Column("because_retry", sa.Integer(), nullable=False),
        sa.Column("because_person", sa.Integer(), nullable=False),
        sa.Column("because_candidate", sa.Integer(), nullable=False),
        sa.Column("because_told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("call_by_time", ["connector", "at"], unique=False)

    op.add_column("leg", sa.Column("reason", sa.Text(), nullable=False, server_default="new"))
    op.add_column("leg", sa.Column("why", sa.Text(), nullable=False, server_default=""))
