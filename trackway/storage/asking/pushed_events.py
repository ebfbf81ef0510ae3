"""The events that carriers send in: one row for each number of a carrier, and the legs that wait for news of it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from trackway.domain.asking.pushed import Pushed, together
from trackway.storage.database import Database, Transaction, to_ms
from trackway.storage.statement import Statement

# The row is there before it is locked, so that two who send of one number wait for each other.
_ENTER = Statement(
    "INSERT INTO pushed (carrier, number, events, received_at) "
    "SELECT CAST(:carrier AS INTEGER), number, '[]', CAST(:now AS BIGINT) FROM @rows(rows: number text) AS given "
    "WHERE true ON CONFLICT (carrier, number) DO NOTHING"
)
_HOLD = Statement(
    "SELECT number, events FROM pushed WHERE carrier = :carrier AND number @any(numbers text) ORDER BY number @locked"
)
_KEEP = Statement(
    "UPDATE pushed SET events = given.events, received_at = :now FROM @rows(rows: number text, events text) AS given "
    "WHERE pushed.carrier = :carrier AND pushed.number = given.number"
)
_READ = Statement("SELECT number, events FROM pushed WHERE carrier = :carrier AND number @any(numbers text)")
# CROSS JOIN holds SQLite to the accounts first: so the index by account and number finds each number with each of them.
_FOLLOWING = Statement(
    "SELECT tracking.id FROM account CROSS JOIN tracking WHERE tracking.account_id = account.id "
    "AND tracking.number @any(numbers text)"
)
_WAITING = Statement(
    "SELECT tracking_id, position FROM leg WHERE tracking_id @any(ids bigint) AND carrier = :carrier "
    "AND due_at IS NOT NULL ORDER BY tracking_id, position @locked"
)
_TELL = Statement(
    "UPDATE leg SET due_at = :now, reason = 'told', why = 'its carrier sent events' "
    "FROM @rows(legs: tracking_id bigint, position integer) AS given "
    "WHERE leg.tracking_id = given.tracking_id AND leg.position = given.position"
)
_PURGE = Statement(
    "DELETE FROM pushed WHERE (carrier, number) IN (SELECT carrier, number FROM pushed WHERE received_at < :before "
    "ORDER BY received_at LIMIT :most) RETURNING 1"
)
_EVENTS = msgspec.json.Decoder(list[Pushed])


class PushedEvents:
    """All carriers' events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, carrier: int, events: Sequence[Pushed], now: datetime) -> list[Pushed]:
        """Keep what there is room for, then make every leg due that follows one of the numbers; what was left over.

        Who follows is looked for once the events are kept: whoever registers later finds them. Should we die in
        between, the sender has no answer and sends again. An answer under way for such a leg, which may lack the new
        events, is dropped, for the leg is due again.
        """
        numbers = sorted({pushed.number for pushed in events})

        async def work(transaction: Transaction) -> list[Pushed]:
            await transaction.fetch(_ENTER, carrier=carrier, rows=[(number,) for number in numbers], now=to_ms(now))
            rows = await transaction.fetch(_HOLD, carrier=carrier, numbers=numbers)
            left_over: list[Pushed] = []
            kept = []
            for number, text in rows:
                whole, over = together(_EVENTS.decode(text), (one for one in events if one.number == number))
                kept.append((number, msgspec.json.encode(whole).decode()))
                left_over += over
            await transaction.fetch(_KEEP, carrier=carrier, rows=kept, now=to_ms(now))
            return left_over

        left_over = await self._database.write(work)
        ids = [identity for (identity,) in await self._database.scan(_FOLLOWING, numbers=numbers)]
        if ids:
            await self._database.write(lambda transaction: _tell(transaction, carrier, ids, now))
        return left_over

    async def of(self, carrier: int, numbers: Sequence[str]) -> dict[str, list[Pushed]]:
        """What the carrier has sent of each number."""
        rows = await self._database.read(_READ, carrier=carrier, numbers=list(numbers))
        return {number: _EVENTS.decode(text) for number, text in rows}

    async def purge(self, before: datetime, most: int) -> int:
        """Delete up to `most` numbers of which nothing was sent since then; how many."""
        return len(await self._database.write(lambda tx: tx.fetch(_PURGE, before=to_ms(before), most=most)))


async def _tell(transaction: Transaction, carrier: int, ids: Sequence[int], now: datetime) -> None:
    legs = await transaction.fetch(_WAITING, ids=list(ids), carrier=carrier)
    if legs:
        await transaction.fetch(_TELL, legs=legs, now=to_ms(now))
