"""What the quick store need not hold any more: old paces, day counts and values that expired."""

from datetime import datetime, timedelta

from trackway.storage.database import Database, Transaction, to_ms
from trackway.storage.statement import Statement

_DAY = timedelta(days=1)
_TALLY_DAYS = 400
_PURGES = {
    "marks": Statement(
        "DELETE FROM pace WHERE subject IN (SELECT subject FROM pace WHERE marks < :marks LIMIT :most) RETURNING 1"
    ),
    "until": Statement(
        "DELETE FROM shared WHERE subject IN (SELECT subject FROM shared WHERE until < :until LIMIT :most) RETURNING 1"
    ),
    "day": Statement(
        "DELETE FROM tally WHERE (subject, day) IN (SELECT subject, day FROM tally WHERE day < :day LIMIT :most) "
        "RETURNING 1"
    ),
}


class Leftovers:
    """Paces and shared values go a day after they meant something, day counts after 400 days: they are a report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def purge(self, now: datetime, most: int) -> int:
        """Delete up to `most` rows of each kind; how many of the kind that had most."""
        yesterday = to_ms(now - _DAY)
        bounds = {"marks": f"{yesterday:013}", "until": yesterday, "day": now.toordinal() - _TALLY_DAYS}
        gone = []
        for name, statement in _PURGES.items():

            async def work(tx: Transaction, name: str = name, statement: Statement = statement) -> int:
                return len(await tx.fetch(statement, most=most, **{name: bounds[name]}))

            gone.append(await self._database.write(work))
        return max(gone)
