"""Trackings as accounts see them: found by their numbers."""

from collections.abc import Collection, Sequence
from operator import itemgetter

from trackway.domain.following.registration import Found
from trackway.storage.database import Database
from trackway.storage.statement import Statement
from trackway.storage.tracking.tracks import Pair, at_home

# Of `tracking` only its unique index is read, never a row: a tracking without a track has no guess yet.
# No ORDER BY: the store would sort the bodies along with the rows.
_TRACKS = Statement(
    "SELECT tracking.number, tracking.carrier, COALESCE(track.guess, 0), COALESCE(track.tag, ''), @bytes(body), "
    "tracking.id FROM tracking LEFT JOIN track ON tracking_id = tracking.id "
    "WHERE tracking.account_id = :account AND tracking.number @any(numbers text)"
)
_ID = itemgetter(5)


class Trackings:
    """The trackings of all accounts; every question names its account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, account: int, pairs: Collection[Pair]) -> dict[Pair, Found]:
        """The tracks of these numbers and carriers that are found at once, as nearly all are: a third of the work."""
        return await at_home(self._database, account, pairs)

    async def tracks(self, account: int, numbers: Sequence[str]) -> dict[str, list[Found]]:
        """The registrations of each number, oldest first, each with its track where it has one."""
        known: dict[str, list[Found]] = {}
        rows = await self._database.read(_TRACKS, account=account, numbers=numbers)
        for number, carrier, guess, tag, body, _ in sorted(rows, key=_ID):
            known.setdefault(number, []).append(Found(number, carrier, guess, tag, body))
        return known
