"""A track is found by its number, without a look at its tracking first."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = "tracking_id, account_id, number, carrier, tag, guess, body"
_COPY = (
    f"INSERT INTO track_new ({_COLUMNS}) SELECT id, account_id, number, carrier, track.tag, track.guess, body "
    "FROM track JOIN tracking ON id = tracking_id ORDER BY id"
)
_FILL = (
    "UPDATE track SET account_id = tracking.account_id, number = tracking.number, carrier = tracking.carrier "
    "FROM tracking WHERE id = tracking_id"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _more_columns()
    else:
        _body_last()
    op.create_index(
        "track_by_number",
        "track",
        ["account_id", "number"],
        unique=False,
        postgresql_ops={"number": "text_pattern_ops"},
    )


def _new_columns() -> tuple[sa.Column[int], sa.Column[str], sa.Column[int]]:
    return sa.Column("account_id", ID), sa.Column("number", sa.Text()), sa.Column("carrier", sa.Integer())


def _more_columns() -> None:
    for column in _new_columns():
        op.add_column("track", column)
    op.execute(_FILL)
    for column in _new_columns():
        op.alter_column("track", column.name, nullable=False)


def _body_last() -> None:
    """SQLite reads what lies before a long column without reading the long one."""
    op.create_table(
        "track_new",
        sa.Column("tracking_id", ID, sa.ForeignKey("tracking.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("guess", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.execute(_COPY)
    op.drop_table("track")
    op.rename_table("track_new", "track")
