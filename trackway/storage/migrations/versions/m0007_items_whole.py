"""An item and its scans in one row, and the operator's own texts."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WORDS = "{0}({1}_e, {1}_c, {1}_s)"
_SCANS = {
    "sqlite": "json(COALESCE((SELECT json_group_array(json(one)) FROM (SELECT {scan} AS one FROM scan "
    "WHERE item_id = i.id ORDER BY time, told)), '[]'))",
    "postgresql": "COALESCE((SELECT json_agg({scan} ORDER BY time, told) FROM scan WHERE item_id = i.id), '[]')",
}
_ARRAY = {"sqlite": "json_array", "postgresql": "json_build_array"}


def upgrade() -> None:
    op.create_table(
        "phrase",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
    )
    op.create_table(
        "item_whole",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number", "posted"),
    )
    op.execute(_copy(op.get_bind().dialect.name))
    op.drop_table("scan")
    op.drop_table("item")
    op.rename_table("item_whole", "item")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX item_whole_pkey RENAME TO item_pkey")
        op.execute("ALTER INDEX item_whole_number_posted_key RENAME TO item_number_posted_key")
        op.execute("ALTER SEQUENCE item_whole_id_seq RENAME TO item_id_seq")
        op.execute("SELECT setval('item_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM item), false)")


def _copy(dialect: str) -> str:
    array = _ARRAY[dialect]
    words = {field: _WORDS.format(array, field) for field in ("drop_off", "origin", "destination", "milestone")}
    place, message = _WORDS.format(array, "place"), _WORDS.format(array, "message")
    scan = f"{array}(time, {array}(place, {place}), what, {message})"
    body = (
        f"{array}({words['drop_off']}, {array}(origin, {words['origin']}), {array}(destination, "
        f"{words['destination']}), {words['milestone']}, {_SCANS[dialect].format(scan=scan)})"
    )
    # S608: every part is written above
    return f"INSERT INTO item_whole (id, number, posted, body) SELECT id, number, posted, {body} FROM item AS i"
