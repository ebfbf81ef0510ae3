"""A message as its row holds it: read alike by who sends it, who listens and who looks at it later."""

from trackway.domain.webhook import Kind, Message
from trackway.storage.database import Row, from_ms, maybe_instant

MESSAGE = (
    "message.id, message.account_id, message.tracking_id, message.number, message.carrier, message.kind, "
    "message.created_at, message.attempts, message.first_failed_at, message.happened_at"
)
WIDTH = 10
"""How many columns that is: whatever else is read comes after them."""


def message_of(row: Row) -> Message:
    """The message in a row that begins with the columns of MESSAGE."""
    return Message(
        id=row[0],
        account=row[1],
        tracking=row[2],
        number=row[3],
        carrier=row[4],
        kind=Kind(row[5]),
        created_at=from_ms(row[6]),
        attempts=row[7],
        first_failed_at=maybe_instant(row[8]),
        happened_at=maybe_instant(row[9]),
    )
