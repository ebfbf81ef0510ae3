"""Find trackings by the beginning of their tag."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "tracking_by_tag",
        "tracking",
        ["account_id", "tag"],
        unique=False,
        postgresql_ops={"tag": "text_pattern_ops"},
        postgresql_where=sa.text("tag IS NOT NULL"),
        sqlite_where=sa.text("tag IS NOT NULL"),
    )
