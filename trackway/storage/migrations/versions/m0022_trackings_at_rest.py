"""Find what is stopped in the order in which it was registered: a list of it walked everything that is followed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_STOPPED = sa.text("stopped_at IS NOT NULL")


def upgrade() -> None:
    columns = ["account_id", "registered_at", "id"]
    op.create_index("tracking_at_rest", "tracking", columns, sqlite_where=_STOPPED, postgresql_where=_STOPPED)
