"""What a carrier's answer means for a tracking: its new state, its track, and when to ask again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from trackway.domain import timeline
from trackway.domain.errors import CarrierFault
from trackway.domain.lifecycle import Lifetimes, turns_at
from trackway.domain.planning import Intervals, next_asking, next_try
from trackway.domain.tracking import Report, Tracking
from trackway.storage.askings import Answered, Verdict

_log = structlog.get_logger(__name__)


class Judgement:
    """Judges one answer at a time; `write` turns a tracking into the track that is kept for look-ups."""

    def __init__(self, *, write: Callable[[Tracking], str], intervals: Intervals, lifetimes: Lifetimes) -> None:
        self._write = write
        self._intervals = intervals
        self._lifetimes = lifetimes

    def judge(self, tracking: Tracking, answer: Answered, attempts: int, now: datetime) -> Verdict:
        """The verdict on an answer, or on a fault, which keeps the last good answer."""
        if isinstance(answer.outcome, Report):
            return self._answered(tracking, answer, answer.outcome, now)
        return self._failed(tracking, answer, answer.outcome, attempts, now)

    def _answered(self, tracking: Tracking, answer: Answered, report: Report, now: datetime) -> Verdict:
        change = timeline.merge(tracking, answer.due.position, report, now, answer.took_ms)
        return Verdict(
            tracking=change.tracking,
            attempts=0,
            track=self._write(change.tracking),
            next_asking=next_asking(tracking.id, change.tracking.milestone, now, self._intervals),
            turns_at=turns_at(change.tracking, self._lifetimes),
            news=change.news,
        )

    def _failed(
        self, tracking: Tracking, answer: Answered, fault: CarrierFault, attempts: int, now: datetime
    ) -> Verdict:
        told = _log.error if fault.alarm else _log.warning
        told("a carrier gave no answer", number=tracking.number, carrier=tracking.carrier, fault=str(fault))
        after = timeline.fault(tracking, answer.due.position, fault, now)
        known = any(leg.answered_at is not None for leg in after.legs)
        return Verdict(
            tracking=after,
            attempts=attempts,
            track=self._write(after) if known else None,
            next_asking=next_try(attempts - 1, now, self._intervals, fault.retry_at),
            turns_at=turns_at(after, self._lifetimes),
            news=False,
        )
