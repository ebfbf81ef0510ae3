"""The carrier that a number was registered with, where another one turned out to know it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tracking", sa.Column("guess", sa.Integer(), nullable=False, server_default="0"))
