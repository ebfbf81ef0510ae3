"""Have PostgreSQL tell a tracking's id from the index of numbers, without a look at its row."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_POSTGRES = """
ALTER TABLE tracking
    DROP CONSTRAINT tracking_account_id_number_carrier_key,
    ADD CONSTRAINT tracking_account_id_number_carrier_key UNIQUE (account_id, number, carrier) INCLUDE (id)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # every index of SQLite has the id
        op.execute(_POSTGRES)
