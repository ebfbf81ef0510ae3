"""What asking the carriers costs, and what is left of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from trackway.domain.asking.day import day_of, next_day
from trackway.domain.asking.ledger import Day, Pause
from trackway.service.asking.roster import Asker, Roster
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pauses import Pauses
from trackway.storage.passing.allowance import Allowance


class Balance(Struct, frozen=True, kw_only=True):
    """The balance of a carrier account: its days, today first, and what today allows, None where all is allowed."""

    connector: str
    per_day: int
    left: int | None
    renewed_at: datetime
    pause: Pause | None
    days: Sequence[Day]


class Budget:
    """The ledger, summed up."""

    def __init__(self, *, roster: Roster, allowance: Allowance, ledger: Ledger, pauses: Pauses) -> None:
        self._roster = roster
        self._allowance = allowance
        self._ledger = ledger
        self._pauses = pauses

    async def balances(self, days: int, now: datetime) -> list[Balance]:
        """Every account that is set up, with its last days, each as long as the carrier counts it."""
        return [await self._balance(asker, days, now) for asker in (await self._roster.askers()).values()]

    async def left(self, asker: Asker, now: datetime) -> int | None:
        """How many calls today still allows, None where there is no limit."""
        limits = asker.limits
        if not limits.per_day:
            return None
        made = await self._allowance.made(f"carrier:{asker.connector}", day_of(now, limits.day_zone))
        return max(limits.per_day - made, 0)

    async def _balance(self, asker: Asker, days: int, now: datetime) -> Balance:
        return Balance(
            connector=asker.connector,
            per_day=asker.limits.per_day,
            left=await self.left(asker, now),
            renewed_at=next_day(now, asker.limits.day_zone),
            pause=await self._pauses.lasting(asker.connector, now),
            days=[await self._day(asker, now - timedelta(days=back)) for back in range(days)],
        )

    async def _day(self, asker: Asker, at: datetime) -> Day:
        zone = asker.limits.day_zone
        local = at.astimezone(ZoneInfo(zone))
        begin = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
        return await self._ledger.day(asker.connector, local.date(), begin, next_day(at, zone))
