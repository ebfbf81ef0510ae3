"""Tracks, each at the place to which its account, number and carrier lead."""

from collections.abc import Collection, Sequence

from trackway.domain.following.registration import Found
from trackway.domain.tracking import Tracking
from trackway.storage.database import Database, Transaction
from trackway.storage.statement import Statement

# Large and odd, so that one number's homes with two accounts or carriers lie far apart.
_ACCOUNTS, _CARRIERS = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
_ROOM = (1 << 63) - 1

_AT_HOME = Statement(
    "SELECT number, carrier, tag, @bytes(body) FROM track WHERE id @any(homes bigint) AND account_id = :account"
)
# A track stays where it was put first. Where another lives already, the tracking's own id below 0 is nobody's home.
_SAVE = Statement(
    "INSERT INTO track (id, tracking_id, account_id, number, carrier, tag, guess, body) "
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM track AS other WHERE other.id = given.home) THEN -tracking.id "
    "ELSE given.home END, tracking.id, account_id, number, carrier, tag, guess, given.body "
    "FROM @rows(rows: tracking_id bigint, home bigint, body text) AS given "
    "JOIN tracking ON tracking.id = given.tracking_id WHERE true "
    "ON CONFLICT (tracking_id) DO UPDATE SET carrier = excluded.carrier, tag = excluded.tag, guess = excluded.guess, "
    "body = excluded.body"
)

Pair = tuple[str, int]


def home(account: int, number: str, carrier: int) -> int:
    """The id under which a track is looked for first, from 0 up; that of the next number of a series is close by.

    Others may have the same, whoever made them so: one of them lives there, and the rest are found by their tracking.
    """
    return (int(number, 36) + account * _ACCOUNTS + carrier * _CARRIERS) & _ROOM


async def at_home(database: Database, account: int, pairs: Collection[Pair]) -> dict[Pair, Found]:
    """What is found at once of these numbers and carriers, and is theirs."""
    homes = [home(account, number, carrier) for number, carrier in pairs]
    rows = await database.read(_AT_HOME, account=account, homes=homes)
    return {(number, carrier): Found(number, carrier, 0, tag or "", body) for number, carrier, tag, body in rows}


async def save(transaction: Transaction, tracks: Sequence[tuple[Tracking, str]]) -> None:
    """Keep the tracks of trackings, each as written."""
    rows, taken = [], set[int]()
    for tracking, body in tracks:
        at = home(tracking.account, tracking.number, tracking.carrier)
        rows.append((tracking.id, -tracking.id if at in taken else at, body))
        taken.add(at)
    await transaction.fetch(_SAVE, rows=rows)
