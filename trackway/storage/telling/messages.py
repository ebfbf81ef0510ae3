"""A message as its row holds it: read alike by who sends it, who listens and who looks at it later."""

from datetime import datetime

from msgspec import Struct

from trackway.domain.webhook import Kind, Message
from trackway.storage.database import Row, from_ms, maybe_instant
from trackway.storage.statement import Statement

MESSAGE = (
    "message.id, message.account_id, message.tracking_id, message.number, message.carrier, message.kind, "
    "message.created_at, message.attempts, message.first_failed_at, message.happened_at"
)
WIDTH = 10
"""How many columns that is: whatever else is read comes after them."""
SAID = "message.said, saying.body, webhook_url, tracking.id, tracking.tag, track.body"
"""After those: whether it said something and what, where it goes, and what there is to say."""
ITS_TRACKING = (
    "JOIN account ON account.id = message.account_id LEFT JOIN saying ON saying.message_id = message.id "
    "LEFT JOIN tracking ON tracking.id = message.tracking_id "
    "AND tracking.account_id = message.account_id AND tracking.number = message.number "
    "LEFT JOIN track ON track.tracking_id = tracking.id "
)
SAY = Statement("INSERT INTO saying (message_id, body) VALUES (:message, :body)")
"""For who has just set `said`, which one alone can."""
SUPERSEDE = Statement(
    "UPDATE message SET outcome = 'superseded', due_at = NULL, claimed = false "
    "WHERE tracking_id @any(trackings bigint) AND outcome = 'waiting' AND kind = 'TRACKING_UPDATED' "
    "AND NOT (claimed AND due_at > :now) AND id < (SELECT MAX(newer.id) FROM message AS newer "
    "WHERE newer.tracking_id = message.tracking_id AND newer.kind = 'TRACKING_UPDATED' AND NOT newer.manual) "
    "RETURNING id"
)
"""Updates that wait although there is a newer one of their tracking end here, but for what is on its way."""


class Claim(Struct, frozen=True, kw_only=True):
    """A message that is ours to deliver until then: where to, and the bytes of its data, the same at every attempt."""

    message: Message
    url: str
    data: bytes
    until: datetime


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
