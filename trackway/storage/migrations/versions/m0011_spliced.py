"""What is read with a track lies beside it, and a new tracking is written to fewer places."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SEQUENCE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'tracking'")
_KEEP_SEQUENCE = sa.text("UPDATE sqlite_sequence SET seq = :seq WHERE name = 'tracking'")


def upgrade() -> None:
    op.add_column("track", sa.Column("tag", sa.Text(), nullable=True))
    op.add_column("track", sa.Column("guess", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE track SET tag = tracking.tag, guess = tracking.guess FROM tracking "
        "WHERE tracking.id = track.tracking_id AND (tracking.tag IS NOT NULL OR tracking.guess <> 0)"
    )
    op.drop_index("tracking_by_time", "tracking")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("tracking_account_id_fkey", "tracking", type_="foreignkey")
        op.drop_constraint("leg_tracking_id_fkey", "leg", type_="foreignkey")
    else:
        _tracking_without_reference()
        _leg_without_rowid()


def _tracking_without_reference() -> None:
    """SQLite makes the table anew for it; an id that was used once is still never used again."""
    used = op.get_bind().execute(_SEQUENCE).scalar()
    with op.batch_alter_table(
        "tracking",
        recreate="always",
        table_kwargs={"sqlite_autoincrement": True},
        naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s"},
    ) as batch:
        batch.drop_constraint("fk_tracking_account_id", type_="foreignkey")
    if used is not None:
        op.get_bind().execute(_KEEP_SEQUENCE, {"seq": used})


def _leg_without_rowid() -> None:
    op.create_table(
        "leg_new",
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="Unasked"),
        sa.Column("language", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fault", sa.Text(), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default="new"),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("tracking_id", "position"),
        sqlite_with_rowid=False,
    )
    columns = (
        "tracking_id, position, carrier, state, language, asked_at, answered_at, took_ms, due_at, attempts, "
        "fault, reason, why"
    )
    op.execute(f"INSERT INTO leg_new ({columns}) SELECT {columns} FROM leg ORDER BY tracking_id, position")
    op.drop_table("leg")
    op.rename_table("leg_new", "leg")
    op.create_index("leg_by_due", "leg", ["carrier", "due_at"], sqlite_where=sa.text("due_at IS NOT NULL"))
