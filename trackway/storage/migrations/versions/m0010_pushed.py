"""What carriers send in by themselves, and keys that are a carrier's."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("operator_key", "sender_key")
    op.add_column("sender_key", sa.Column("carrier", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "pushed",
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("carrier", "number"),
    )
    with op.batch_alter_table("pushed", schema=None) as batch_op:
        batch_op.create_index("pushed_by_time", ["received_at"], unique=False)
