"""Tracks under an id to which their account, number and carrier lead."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ACCOUNTS, _CARRIERS = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
_ROOM = 1 << 63
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SQLITE = """
INSERT INTO track_at_home (id, tracking_id, account_id, number, carrier, tag, guess, body)
SELECT new, track.tracking_id, account_id, number, carrier, tag, guess, body
FROM (
    SELECT tracking_id, CASE count(*) OVER (PARTITION BY home) WHEN 1 THEN home ELSE -tracking_id END AS new
    FROM (SELECT tracking_id, home(account_id, number, carrier) AS home FROM track)
) AS moved CROSS JOIN track ON track.tracking_id = moved.tracking_id
ORDER BY new
"""
_POSTGRES = f"""
UPDATE track SET id = moved.new
FROM (
    SELECT tracking_id, CASE count(*) OVER (PARTITION BY home) WHEN 1 THEN home ELSE -tracking_id END AS new
    FROM (
        SELECT tracking_id, mod(
            account_id * {_ACCOUNTS}::numeric + carrier * {_CARRIERS}::numeric + (
                SELECT sum((strpos('{_DIGITS}', letter) - 1) * 36::numeric ^ (length(number) - place)::numeric)
                FROM unnest(string_to_array(number, NULL)) WITH ORDINALITY AS letters(letter, place)
            ), {_ROOM}::numeric
        )::bigint AS home
        FROM track
    ) AS homes
) AS moved
WHERE track.tracking_id = moved.tracking_id
"""


def upgrade() -> None:
    op.drop_index("track_by_number", "track")
    if op.get_bind().dialect.name == "postgresql":
        _more_column()
    else:
        _rewrite()
    op.create_index("track_by_tracking", "track", ["tracking_id"], unique=True)


def _more_column() -> None:
    op.add_column("track", sa.Column("id", ID))
    op.execute(_POSTGRES)
    op.drop_constraint("track_pkey", "track")
    op.create_primary_key("track_pkey", "track", ["id"])


def _home(account: int, number: str, carrier: int) -> int:
    return (int(number, 36) + account * _ACCOUNTS + carrier * _CARRIERS) % _ROOM


def _rewrite() -> None:
    driver: Any = op.get_bind().connection.driver_connection
    driver.create_function("home", 3, _home)
    op.create_table(
        "track_at_home",
        sa.Column("id", ID, nullable=False),
        sa.Column("tracking_id", ID, sa.ForeignKey("tracking.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("guess", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(_SQLITE)
    op.drop_table("track")
    op.rename_table("track_at_home", "track")
