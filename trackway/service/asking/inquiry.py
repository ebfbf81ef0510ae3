"""The one door to carriers: pace, budget and time limit, kept for all processes together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from trackway.connectors.base import Answers, Connector, Inquiry
from trackway.domain.asking.day import day_of, next_day
from trackway.domain.asking.ledger import Call, Patience, Pause, Reasons, call_of
from trackway.domain.asking.planning import Reason
from trackway.domain.errors import CarrierFault, StorageError
from trackway.domain.errors.carriers import CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.tracking import Report, is_time
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pauses import Pauses
from trackway.storage.passing.allowance import Allowance
from trackway.storage.passing.shared import SharedMemory

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
    """Asks carriers, and never faster, more often or longer than is allowed. Each call is noted in the ledger."""

    def __init__(
        self,
        *,
        shared: SharedMemory,
        allowance: Allowance,
        ledger: Ledger,
        pauses: Pauses,
        patience: Patience,
        clock: Callable[[], datetime],
        timeout: float,
        observe: Callable[[Call], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shared = shared
        self._allowance = allowance
        self._ledger = ledger
        self._pauses = pauses
        self._patience = patience
        self._clock = clock
        self._timeout = timeout
        self._observe = observe
        self._sleep = sleep

    async def ask(self, connector: Connector, inquiries: Sequence[Inquiry], reasons: Reasons | None = None) -> Replies:
        """Replies for all numbers, at most `limits.batch` of them; a call that fails is each number's fault.

        `reasons` says for how many of the numbers we ask why; without it a person wants to know.

        Raises:
            StorageError: the store is away, so nobody knows whether the carrier may be asked.
        """
        why = reasons or {Reason.PERSON: len(inquiries)}
        outcome, took = await self._in_turn(connector, inquiries, why)
        if isinstance(outcome, CarrierLimited) and outcome.retry_at is None:
            await self._sleep(_SOON)
            outcome, took = await self._in_turn(connector, inquiries, why)
        numbers = [inquiry.number for inquiry in inquiries]
        if isinstance(outcome, CarrierFault):
            answers: Answers = dict.fromkeys(numbers, outcome)
        else:
            missing = CarrierUnreadable("the answer says nothing of the number")
            answers = {number: _readable(outcome.get(number, missing)) for number in numbers}
        return Replies(answers=answers, took_ms=_ms(took))

    async def pause(self, connector: str) -> Pause | None:
        """The pause in which the account is not to be asked now, None where it may be."""
        return await self._pauses.lasting(connector, self._clock())

    async def _in_turn(
        self, connector: Connector, inquiries: Sequence[Inquiry], reasons: Reasons
    ) -> tuple[Answers | CarrierFault, timedelta]:
        """What the carrier says once it is our turn, and how long it took to say it."""
        try:
            pause = await self._heed_pause(connector)
        except CarrierLimited as limited:
            return limited, timedelta()
        try:
            async with self._place(connector):
                outcome, took = await self._call(connector, inquiries, reasons)
        except CarrierLimited as limited:
            outcome, took = limited, timedelta()
        finally:
            if pause is not None:
                await self._pauses.tested(connector.id)
        await self._learn(connector.id, outcome, pause)
        return outcome, took

    async def _heed_pause(self, connector: Connector) -> Pause | None:
        """The pause that is over and is ours to put to the test, if any.

        Raises:
            CarrierLimited: a pause lasts, or another process puts it to the test.
        """
        now = self._clock()
        pause = await self._pauses.get(connector.id, now)
        if pause is None:
            return None
        if now < pause.until:
            raise CarrierLimited(f"the carrier is asked no more for now: {pause.why}", pause.until)
        until = now + self._lease(connector)
        if not await self._pauses.take_test(connector.id, now, until):
            raise CarrierLimited(pause.why, until)
        return pause

    async def _learn(self, connector: str, outcome: Answers | CarrierFault, tested: Pause | None) -> None:
        """Pause an account that wants it, or whose calls keep failing; end the pause of one that answers again."""
        if isinstance(outcome, CarrierLimited):
            if outcome.retry_at is not None:
                await self._pauses.put(connector, Pause(until=outcome.retry_at, why=str(outcome)))
        elif isinstance(outcome, CarrierFault):
            failed = await self._ledger.failures(connector, self._patience.counted)
            pause = self._patience.pause(failed, str(outcome), self._clock())
            if pause is not None:
                await self._pauses.put(connector, pause)
                told = _log.error if tested is None else _log.info
                told("a carrier is paused", connector=connector, why=pause.why, until=pause.until.isoformat())
        elif tested is not None:
            await self._pauses.end(connector)
            _log.info("a carrier answers again", connector=connector)

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
        lease = self._lease(connector)
        deadline = now + lease + _PATIENCE
        while now < deadline:
            for place in range(connector.limits.in_flight):
                subject = f"place:{connector.id}:{place}"
                if await self._shared.take(subject, now, now + lease):
                    return subject
            await self._sleep(_LOOK_AGAIN)
            now = self._clock()
        raise CarrierLimited("all places at the carrier stay taken")

    def _lease(self, connector: Connector) -> timedelta:
        """For how long one call may hold what the others wait for."""
        return timedelta(seconds=self._timeout + connector.limits.spacing) + _LEASE_MARGIN

    async def _call(
        self, connector: Connector, inquiries: Sequence[Inquiry], reasons: Reasons
    ) -> tuple[Answers | CarrierFault, timedelta]:
        """One call in the next slot, and how long it took.

        The next slot counts from the end of this call too: however late our request left, the next leaves later.
        """
        left = await self._count(connector)
        slot = f"slot:{connector.id}"
        begun = self._clock()
        wait = await self._shared.reserve(slot, begun, connector.limits.spacing) - begun
        if wait > timedelta():
            await self._sleep(wait.total_seconds())
        begun = self._clock()
        try:
            outcome = await self._guarded(connector, inquiries)
        finally:
            ended = self._clock()
            await self._shared.reserve(slot, ended, 0)
        took = ended - begun
        call = call_of(connector.id, begun, outcome, took_ms=_ms(took), left=left, reasons=reasons)
        await self._ledger.note(call)
        self._observe(call)
        return outcome, took

    async def _count(self, connector: Connector) -> int | None:
        """Take one call from the day's budget; what is left of it, None where there is none.

        Raises:
            CarrierLimited: it is used up.
        """
        now, limits = self._clock(), connector.limits
        if not limits.per_day:
            return None
        day = day_of(now, limits.day_zone)
        left = await self._allowance.spend(f"carrier:{connector.id}", day, limits.per_day)
        if left < 0:
            raise CarrierLimited("the day's budget is used up", next_day(now, limits.day_zone))
        return left

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


def _readable(answer: Report | CarrierFault) -> Report | CarrierFault:
    """The answer, or the fault of one that breaks its connector's contract, before it can stop what is done with it."""
    if isinstance(answer, CarrierFault):
        return answer
    if not all(is_time(event.time) for event in answer.events):
        return CarrierUnreadable("an event has no time that can be read")
    if any("\0" in text for text in (answer.language, answer.origin, answer.destination, answer.raw)):
        return CarrierUnreadable("the answer has a character that no text has")
    return answer


def _ms(time: timedelta) -> int:
    return max(0, time // timedelta(milliseconds=1))
