"""A little memory that all processes share: values that expire, leases, and the next slot of a pace."""

import secrets
from datetime import datetime, timedelta

from trackway.storage.database import Database, from_ms, to_ms
from trackway.storage.statement import Statement

_GET = Statement("SELECT value FROM shared WHERE subject = :subject AND until > :now")
_PUT = Statement(
    "INSERT INTO shared (subject, value, until) VALUES (:subject, :value, :until) "
    "ON CONFLICT (subject) DO UPDATE SET value = excluded.value, until = excluded.until"
)
_TAKE = Statement(
    "INSERT INTO shared (subject, value, until) VALUES (:subject, :value, :until) ON CONFLICT (subject) DO UPDATE "
    "SET value = excluded.value, until = excluded.until WHERE shared.until <= :now RETURNING 1"
)
_RELEASE = Statement(
    "DELETE FROM shared WHERE subject = :subject AND (value = :mine OR substr(value, 1, 6) <> 'lease:')"
)
# A mark beyond `horizon` is of a clock that was set back since.
_RESERVE = Statement(
    "INSERT INTO shared (subject, value, until) VALUES (:subject, '', :now) ON CONFLICT (subject) DO UPDATE "
    "SET until = CASE WHEN shared.until + :spacing BETWEEN excluded.until AND :horizon "
    "THEN shared.until + :spacing ELSE excluded.until END RETURNING until"
)
_HORIZON_MS = 600_000
_ALMOST_A_MS = timedelta(microseconds=999)


class SharedMemory:
    """Keeps to the contract of `connectors.base.Shared`; on the quick store, for all of it may be forgotten.

    A lease carries its holder's mark, so that one who held it too long does not end that of the next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mine = f"lease:{secrets.token_hex(8)}"

    async def get(self, subject: str, now: datetime) -> str | None:
        """The value put last, None where there is none or it has expired."""
        rows = await self._database.read(_GET, subject=subject, now=to_ms(now))
        return str(rows[0][0]) if rows else None

    async def put(self, subject: str, value: str, until: datetime) -> None:
        """Keep a value until then."""
        await self._database.write(lambda tx: tx.fetch(_PUT, subject=subject, value=value, until=to_ms(until)))

    async def take(self, subject: str, now: datetime, until: datetime) -> bool:
        """True for the one process that now holds `subject` until then; false while another does."""
        values = {"subject": subject, "value": self._mine, "now": to_ms(now), "until": to_ms(until)}
        return bool(await self._database.write(lambda tx: tx.fetch(_TAKE, **values)))

    async def release(self, subject: str) -> None:
        """Let go of what `take` gave, or forget what `put` kept."""
        await self._database.write(lambda tx: tx.fetch(_RELEASE, subject=subject, mine=self._mine))

    async def reserve(self, subject: str, now: datetime, spacing: float) -> datetime:
        """The next slot: now, or `spacing` seconds after the last one reserved, whichever is later."""
        begun = to_ms(now + _ALMOST_A_MS)  # rounded up, or two slots might lie a little too close
        values = {"now": begun, "spacing": round(spacing * 1000), "horizon": begun + _HORIZON_MS}
        rows = await self._database.write(lambda tx: tx.fetch(_RESERVE, subject=subject, **values))
        return from_ms(rows[0][0])
