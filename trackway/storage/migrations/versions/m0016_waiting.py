"""Find what waits of a tracking without a look at all that it was told before."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "message_waiting",
        "message",
        ["tracking_id", "id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'waiting'"),
        sqlite_where=sa.text("outcome = 'waiting'"),
    )
