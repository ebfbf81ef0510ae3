"""What asking carriers costs: one entry for each call, and what it came to."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from trackway.domain.asking.planning import Reason
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierLimited
from trackway.domain.tracking import Report

Answers = Mapping[str, Report | CarrierFault]
Reasons = Mapping[Reason, int]
_MOST_DOUBLINGS = 12


class Call(Struct, frozen=True, kw_only=True):
    """One call to a carrier.

    `items` are the numbers asked for, `answers` those that the carrier answered, whether it knows them or not, and
    `faults` the others. `limited` says that the carrier wanted no call, `failed` that the whole call brought none of
    the answers, for any other cause. `left` is what the day's budget still held afterwards, None where there is none.
    """

    connector: str
    at: datetime
    items: int
    answers: int
    faults: int
    limited: bool
    failed: bool
    took_ms: int
    left: int | None
    reasons: Reasons


class Day(Struct, frozen=True, kw_only=True):
    """What one carrier account did on one of its days; `took_ms` is of all calls together.

    `left` is what the day's budget still held after its last call, None where there was none of either.
    """

    connector: str
    day: date
    calls: int
    left: int | None
    items: int
    answers: int
    faults: int
    limited: int
    failed: int
    took_ms: int
    reasons: Reasons


def call_of(
    connector: str, at: datetime, outcome: Answers | CarrierFault, *, took_ms: int, left: int | None, reasons: Reasons
) -> Call:
    """The entry for one call; a number that the answer leaves out counts as a fault."""
    items = sum(reasons.values())
    said = () if isinstance(outcome, CarrierFault) else outcome.values()
    answers = sum(isinstance(one, Report) for one in said)
    limited = isinstance(outcome, CarrierLimited)
    return Call(
        connector=connector,
        at=at,
        items=items,
        answers=answers,
        faults=items - answers,
        limited=limited,
        failed=isinstance(outcome, CarrierFault) and not limited,
        took_ms=took_ms,
        left=left,
        reasons=reasons,
    )


class Pause(Struct, frozen=True, kw_only=True):
    """A time in which a carrier account is not asked, and why.

    `faults` is how many calls in a row had failed, 0 where the carrier itself, or the day's budget, wanted the pause.
    After faults one call alone shows whether the carrier answers again.
    """

    until: datetime
    why: str
    faults: int = 0


class Patience(Struct, frozen=True, kw_only=True):
    """After how many failed calls in a row a carrier account is paused, 0 for never, and for how long at first."""

    faults: int = 5
    first: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(hours=1)

    def pause(self, failed: int, why: str, now: datetime) -> Pause | None:
        """The pause after that many failed calls in a row, twice as long with each that fails after it; None for none.

        >>> from datetime import UTC
        >>> [Patience().pause(n, "", datetime.max.replace(tzinfo=UTC) - timedelta(1)) is None for n in (0, 4, 5, 6)]
        [True, True, False, False]
        """
        if not self.faults or failed < self.faults:
            return None
        wait = min(self.first * 2 ** min(failed - self.faults, _MOST_DOUBLINGS), self.longest)
        return Pause(until=now + wait, why=f"{failed} calls in a row failed, the last: {why}", faults=failed)

    @property
    def counted(self) -> int:
        """Up to how many failed calls it makes a difference how many there were."""
        return self.faults + _MOST_DOUBLINGS
