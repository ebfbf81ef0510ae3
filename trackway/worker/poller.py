"""Ask one carrier account for what is due, and keep what it says."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from trackway.connectors.base import Connector, Inquiry
from trackway.domain.asking.planning import Reason
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierUnreadable
from trackway.domain.tracking import Report, Tracking
from trackway.service.asking.inquiry import Desk
from trackway.service.asking.judgement import Judgement
from trackway.storage.asking.askings import Answered, Askings, Due, Verdict
from trackway.storage.database import Announce
from trackway.worker.loop import Loop, Sleep

_log = structlog.get_logger(__name__)
_MARGIN = timedelta(seconds=60)
_SHORTEST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


class Poller(Loop):
    """One round claims a batch, asks for it and settles it. A process that dies leaves a lease that runs out."""

    def __init__(
        self,
        *,
        connector: Connector,
        carriers: frozenset[int],
        desk: Desk,
        askings: Askings,
        judgement: Judgement,
        announce: Announce,
        clock: Callable[[], datetime],
        timeout: float,
        told: Callable[[], None],
        observe: Callable[[str, str, Reason], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self.name = f"poller {connector.id}"
        self._connector = connector
        self._carriers = carriers
        self._desk = desk
        self._askings = askings
        self._judgement = judgement
        self._announce = announce
        self._clock = clock
        self._told = told
        self._observe = observe
        self._lease = timedelta(seconds=2 * timeout) + _MARGIN

    async def let_go(self, limit: float) -> None:  # noqa: ARG002  # closing sockets takes no time
        """Close the connector."""
        await self._connector.close()

    async def tick(self) -> float:
        """One round over its carriers; the seconds until there may be more to ask."""
        if await self._desk.pause(self._connector.id) is not None:
            return _LONGEST_PAUSE
        busy = False
        for carrier in await self._askings.due_carriers(self._carriers, self._clock()):
            now = self._clock()
            dues = await self._askings.claim(carrier, now, now + self._lease, self._connector.limits.batch)
            if dues:
                busy = True
                await self._ask(carrier, await self._first_of_each(dues))
                if await self._desk.pause(self._connector.id) is not None:
                    break  # what is not claimed is not said to have been asked
        return 0 if busy else await self._pause_until_due()

    async def _pause_until_due(self) -> float:
        """Until the next leg is due, but never long: what is registered meanwhile is due at once."""
        due = await self._askings.next_due(self._carriers)
        wait = _LONGEST_PAUSE if due is None else (due - self._clock()).total_seconds()
        return max(_SHORTEST_PAUSE, min(_LONGEST_PAUSE, wait))

    async def _first_of_each(self, dues: Sequence[Due]) -> list[Due]:
        """Those that one call can ask for: a number that stands there with another parameter too waits for the next."""
        params: dict[str, str] = {}
        together = [due for due in dues if params.setdefault(due.number, due.param) == due.param]
        if len(together) < len(dues):
            await self._askings.release([due for due in dues if due.param != params[due.number]], self._clock())
        return together

    async def _ask(self, carrier: int, dues: Sequence[Due]) -> None:
        inquiries = {due.number: Inquiry(number=due.number, carrier=carrier, param=due.param) for due in dues}
        reasons = {due.number: due.reason for due in dues}
        try:
            replies = await self._desk.ask(self._connector, list(inquiries.values()), Counter(reasons.values()))
        except asyncio.CancelledError:
            await self._askings.release(dues, self._clock())
            raise
        answers = [Answered(due=due, outcome=replies.answers[due.number], took_ms=replies.took_ms) for due in dues]
        for number, outcome in replies.answers.items():
            self._observe(self._connector.id, _word(outcome), reasons[number])
        now = self._clock()

        def judge(tracking: Tracking, answer: Answered, attempts: int) -> Verdict:
            try:
                return self._judgement.judge(tracking, answer, attempts, now)
            except Exception:  # noqa: BLE001  # one that nobody foresaw harms none of those that came with it
                _log.exception("an answer cannot be judged", number=tracking.number, carrier=carrier)
                unreadable = replace(answer, outcome=CarrierUnreadable("an answer that cannot be judged"))
                return self._judgement.judge(tracking, unreadable, attempts, now)

        verdicts = await self._askings.settle(answers, judge, self._announce, now)
        if any(verdict.news for verdict in verdicts):
            self._told()


def _word(outcome: Report | CarrierFault) -> str:
    """What came of asking for one number, for the counters."""
    if isinstance(outcome, CarrierFault):
        return type(outcome).__name__
    return "found" if outcome.found else "not found"
