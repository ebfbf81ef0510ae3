"""The first tables."""

import sqlalchemy as sa
from alembic import op

from trackway.storage.migrations.columns import ID

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _account()
    _connection()
    _pace()
    _tally()
    _account_key()
    _account_network()
    _message()
    _tracking()
    _answer()
    _attempt()
    _leg()
    _track()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("webhook_url", sa.Text(), server_default="", nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=True),
        sa.Column("daily", sa.BigInteger(), nullable=True),
        sa.Column("used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("day", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("day_used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _connection() -> None:
    op.create_table(
        "connection",
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connector"),
    )


def _pace() -> None:
    op.create_table(
        "pace",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )


def _tally() -> None:
    op.create_table(
        "tally",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day"),
    )


def _account_key() -> None:
    op.create_table(
        "account_key",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("active_from", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lookup"),
    )
    with op.batch_alter_table("account_key", schema=None) as batch_op:
        batch_op.create_index("account_key_by_account", ["account_id"], unique=False)


def _account_network() -> None:
    op.create_table(
        "account_network",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "network"),
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("manual", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_failed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("message_by_account", ["account_id", "id"], unique=False)
        batch_op.create_index(
            "message_by_due",
            ["account_id", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("message_by_tracking", ["tracking_id", "id"], unique=False)


def _tracking() -> None:
    op.create_table(
        "tracking",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("final_carrier", sa.Integer(), server_default="0", nullable=False),
        sa.Column("origin", sa.SmallInteger(), nullable=False),
        sa.Column("param", sa.Text(), server_default="", nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("milestone", sa.Text(), server_default="NotFound", nullable=False),
        sa.Column("origin_country", sa.Text(), server_default="", nullable=False),
        sa.Column("destination_country", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("awaiting_since", sa.BigInteger(), nullable=True),
        sa.Column("tracked_at", sa.BigInteger(), nullable=True),
        sa.Column("progressed_at", sa.BigInteger(), nullable=False),
        sa.Column("pushed_at", sa.BigInteger(), nullable=True),
        sa.Column("push_status", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.SmallInteger(), nullable=True),
        sa.Column("retracked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("carrier_changes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("turns_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "number", "carrier"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tracking", schema=None) as batch_op:
        batch_op.create_index("tracking_by_time", ["account_id", "registered_at", "id"])
        batch_op.create_index("tracking_by_state", ["account_id", "milestone", "registered_at", "id"])
        batch_op.create_index("tracking_by_carrier", ["account_id", "carrier", "registered_at", "id"])
        batch_op.create_index(
            "tracking_by_stop",
            ["account_id", "stopped_at"],
            postgresql_where=sa.text("stopped_at IS NOT NULL"),
            sqlite_where=sa.text("stopped_at IS NOT NULL"),
        )
        batch_op.create_index(
            "tracking_by_turn",
            ["turns_at"],
            unique=False,
            postgresql_where=sa.text("turns_at IS NOT NULL"),
            sqlite_where=sa.text("turns_at IS NOT NULL"),
        )


def _answer() -> None:
    op.create_table(
        "answer",
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tracking_id"], ["tracking.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tracking_id", "position"),
    )


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("attempt_by_message", ["message_id"], unique=False)


def _leg() -> None:
    op.create_table(
        "leg",
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="Unasked", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("took_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["tracking_id"], ["tracking.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tracking_id", "position"),
    )
    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.create_index(
            "leg_by_due",
            ["carrier", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )


def _track() -> None:
    op.create_table(
        "track",
        sa.Column("tracking_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tracking_id"], ["tracking.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tracking_id"),
    )
