"""The one door to carriers: pace, budget and time limit, kept for all processes together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from trackway.connectors.base import Answers, Connector, Inquiry
from trackway.domain.day import day_of, next_day
from trackway.domain.errors import CarrierFault, CarrierLimited, CarrierUnavailable, CarrierUnreadable, StorageError
from trackway.domain.tracking import Report
from trackway.storage.allowance import Allowance
from trackway.storage.shared import SharedMemory

_log = structlog.get_logger(__name__)
_LEASE_MARGIN = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=10)
_LOOK_AGAIN = 0.05
_SOON = 1.0


class Replies(Struct, frozen=True, kw_only=True):
    """An answer or a fault for every number asked, and how long the carrier took, in milliseconds."""

    answers: Mapping[str, Report | CarrierFault]
    took_ms: int


class Desk:
    """Asks carriers, and never faster, more often or longer than is allowed."""

    def __init__(
        self,
        *,
        shared: SharedMemory,
        allowance: Allowance,
        clock: Callable[[], datetime],
        timeout: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shared = shared
        self._allowance = allowance
        self._clock = clock
        self._timeout = timeout
        self._sleep = sleep

    async def ask(self, connector: Connector, inquiries: Sequence[Inquiry]) -> Replies:
        """Replies for all numbers, at most `limits.batch` of them; a call that fails is each number's fault.

        Raises:
            StorageError: the store is away, so nobody knows whether the carrier may be asked.
        """
        outcome, took = await self._in_turn(connector, inquiries)
        if isinstance(outcome, CarrierLimited) and outcome.retry_at is None:
            await self._sleep(_SOON)
            outcome, took = await self._in_turn(connector, inquiries)
        numbers = [inquiry.number for inquiry in inquiries]
        if isinstance(outcome, CarrierFault):
            answers: Answers = dict.fromkeys(numbers, outcome)
        else:
            missing = CarrierUnreadable("the answer says nothing of the number")
            answers = {number: outcome.get(number, missing) for number in numbers}
        return Replies(answers=answers, took_ms=max(0, took // timedelta(milliseconds=1)))

    async def _in_turn(
        self, connector: Connector, inquiries: Sequence[Inquiry]
    ) -> tuple[Answers | CarrierFault, timedelta]:
        """What the carrier says once it is our turn, and how long it took to say it."""
        try:
            await self._heed_pause(connector)
            async with self._place(connector):
                outcome, took = await self._call(connector, inquiries)
        except CarrierLimited as limited:
            outcome, took = limited, timedelta()
        if isinstance(outcome, CarrierLimited) and outcome.retry_at is not None:
            await self._shared.put(f"pause:{connector.id}", outcome.retry_at.isoformat(), outcome.retry_at)
        return outcome, took

    async def _heed_pause(self, connector: Connector) -> None:
        """Raise while the carrier wants no calls at all."""
        until = await self._shared.get(f"pause:{connector.id}", self._clock())
        if until is not None:
            raise CarrierLimited("the carrier allows no more for now", datetime.fromisoformat(until))

    @asynccontextmanager
    async def _place(self, connector: Connector) -> AsyncIterator[None]:
        """Hold one of the places that the carrier has at one time."""
        place = await self._take_place(connector)
        try:
            yield
        finally:
            await self._shared.release(place)

    async def _take_place(self, connector: Connector) -> str:
        """The place that is ours now; one whose holder died is free when its lease is over."""
        now = self._clock()
        lease = timedelta(seconds=self._timeout + connector.limits.spacing) + _LEASE_MARGIN
        deadline = now + lease + _PATIENCE
        while now < deadline:
            for place in range(connector.limits.in_flight):
                subject = f"place:{connector.id}:{place}"
                if await self._shared.take(subject, now, now + lease):
                    return subject
            await self._sleep(_LOOK_AGAIN)
            now = self._clock()
        raise CarrierLimited("all places at the carrier stay taken")

    async def _call(
        self, connector: Connector, inquiries: Sequence[Inquiry]
    ) -> tuple[Answers | CarrierFault, timedelta]:
        """One call in the next slot, and how long it took.

        The next slot counts from the end of this call too: however late our request left, the next leaves later.
        """
        await self._count(connector)
        slot = f"slot:{connector.id}"
        begun = self._clock()
        wait = await self._shared.reserve(slot, begun, connector.limits.spacing) - begun
        if wait > timedelta():
            await self._sleep(wait.total_seconds())
        begun = self._clock()
        try:
            return await self._guarded(connector, inquiries), self._clock() - begun
        finally:
            await self._shared.reserve(slot, self._clock(), 0)

    async def _count(self, connector: Connector) -> None:
        """Take one call from the day's budget.

        Raises:
            CarrierLimited: it is used up.
        """
        now, limits = self._clock(), connector.limits
        if not await self._allowance.count(f"carrier:{connector.id}", day_of(now, limits.day_zone), limits.per_day):
            raise CarrierLimited("the day's budget is used up", next_day(now, limits.day_zone))

    async def _guarded(self, connector: Connector, inquiries: Sequence[Inquiry]) -> Answers | CarrierFault:
        """What the connector brings within the time limit; whatever goes wrong in it is a fault."""
        try:
            async with asyncio.timeout(self._timeout):
                return await connector.ask(inquiries)
        except CarrierFault as fault:
            return fault
        except TimeoutError:
            return CarrierUnavailable(f"no answer within {self._timeout:g} s")
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a connector stumbles over, its carrier said
            _log.exception("a connector failed", connector=connector.id)
            return CarrierUnreadable(f"the connector failed: {type(error).__name__}")
