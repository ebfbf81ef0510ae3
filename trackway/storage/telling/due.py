"""What is due: who has something, and what it is. That costs what is found, whatever else waits or was told."""

from collections.abc import Sequence
from datetime import datetime

from trackway.storage.database import Row, Transaction, to_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.messages import ITS_TRACKING, MESSAGE, SAID

# One look into the index for each account: a backlog of millions costs no more than one message.
_WAITING = (
    "SELECT id FROM (SELECT id, (SELECT {most}(due_at) FROM message WHERE account_id = account.id AND due_at <= :now) "
    "AS due_at FROM account) AS waiting WHERE due_at IS NOT NULL AND NOT id @any(full bigint) "
    "ORDER BY due_at {way} LIMIT :slots"
)
# What else waits of the tracking is counted: for `EXISTS` PostgreSQL may read all that waits, or was ever told.
_OF_ONE = (
    "SELECT * FROM message AS old WHERE account_id = {account} AND due_at <= :now "
    "AND 0 = (SELECT COUNT(*) FROM message AS other WHERE other.tracking_id = old.tracking_id "
    "AND other.id <> old.id AND other.outcome = 'waiting' "
    "AND CASE WHEN other.due_at > :now THEN other.claimed ELSE other.id < old.id END) "
    "ORDER BY due_at {way}, id {way} LIMIT {room} @skip_locked"
)
_OF_ALL = (
    "SELECT mine.* FROM @rows(rooms: account bigint, room bigint) AS given "
    f"CROSS JOIN LATERAL ({_OF_ONE.replace('{account}', 'given.account').replace('{room}', 'given.room')}) AS mine "
    "LIMIT :slots"
)
_PICK = f"WITH picked AS MATERIALIZED ({{picked}}) SELECT {MESSAGE}, {SAID} FROM picked AS message {ITS_TRACKING}"


class Due:
    """The statements for one order of due times: who has something due, and what it is, of one account or of all.

    SQLite knows no LATERAL, and needs none: there a statement is no round trip.
    """

    def __init__(self, most: str, way: str) -> None:
        one = _OF_ONE.format(way=way, account=":account", room=":room")
        self.waiting = Statement(_WAITING.format(most=most, way=way))
        self.of_one = Statement(_PICK.format(picked=one))
        self.of_all = Statement(_PICK.format(picked=_OF_ALL.format(way=way)))

    async def pick(
        self, transaction: Transaction, rooms: Sequence[tuple[int, int]], now: datetime, slots: int
    ) -> list[Row]:
        """Up to `slots` due messages, of each account no more than it has room for."""
        if not transaction.alone:
            return await transaction.fetch(self.of_all, rooms=rooms, now=to_ms(now), slots=slots)
        rows: list[Row] = []
        for account, room in rooms:
            if len(rows) == slots:
                break
            most = min(room, slots - len(rows))
            rows += await transaction.fetch(self.of_one, account=account, now=to_ms(now), room=most)
        return rows


OLDEST_FIRST, NEWEST_FIRST = Due("MIN", "ASC"), Due("MAX", "DESC")
