"""What a message says is written once, apart from its row, which each claim and each attempt write again."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saying",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO saying (message_id, body) SELECT id, body FROM message WHERE body IS NOT NULL ORDER BY id")
    op.create_index("saying_by_message", "saying", ["message_id"], unique=True)
    op.add_column("message", sa.Column("said", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE message SET said = true WHERE body IS NOT NULL")
    op.drop_column("message", "body")
