"""Tell a final carrier that an answer told from one that was given."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leg", sa.Column("found", sa.Boolean(), nullable=False, server_default=sa.false()))
