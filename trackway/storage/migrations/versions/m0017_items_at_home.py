"""Items under an id that their number gives, scans' times as they are answered, askings purged in their order."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEPT, _ANSWERED = r"\n([0-9]+)-([0-9]+)-([0-9]+)\n([0-9:]+)\n", "\n\\3-\\2-\\1 \\4\n"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SQLITE = """
INSERT INTO item_at_home (id, number, posted, body)
SELECT CASE count(*) OVER (PARTITION BY home(number)) WHEN 1 THEN home(number) ELSE -id END AS new,
    number, posted, answered(body)
FROM item ORDER BY new
"""
_POSTGRES = f"""
UPDATE item SET id = moved.new, body = regexp_replace(body, '{_KEPT}', '{_ANSWERED}', 'g')
FROM (
    SELECT id, CASE count(*) OVER (PARTITION BY home) WHEN 1 THEN home ELSE -id END AS new
    FROM (
        SELECT id, (
            SELECT sum((strpos('{_DIGITS}', letter) - 1) * 36::numeric ^ (12 - place))::bigint
            FROM unnest(string_to_array(left(number, 12), NULL)) WITH ORDINALITY AS letters(letter, place)
        ) AS home
        FROM item
    ) AS homes
) AS moved
WHERE item.id = moved.id
"""


def upgrade() -> None:
    op.drop_index("inquiry_by_time", "inquiry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES)
        op.execute("ALTER TABLE item ALTER COLUMN id DROP DEFAULT")
        op.execute("DROP SEQUENCE item_id_seq")
    else:
        _rewrite()


def _rewrite() -> None:
    driver: Any = op.get_bind().connection.driver_connection
    driver.create_function("home", 1, lambda number: int(number[:12], 36))
    driver.create_function("answered", 1, lambda body: re.sub(_KEPT, _ANSWERED, body))
    op.create_table(
        "item_at_home",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", "posted"),
    )
    op.execute(_SQLITE)
    op.drop_table("item")
    op.rename_table("item_at_home", "item")
