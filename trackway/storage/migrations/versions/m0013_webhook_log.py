"""Find messages by where they stand, newest first, and by their number."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("message_by_outcome", "message", ["account_id", "outcome", "created_at", "id"], unique=False)
    op.create_index("message_by_number", "message", ["account_id", "number"], unique=False)
