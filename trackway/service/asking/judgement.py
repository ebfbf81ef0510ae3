"""What an answer, or time alone, means for a tracking: its new state, its track, and when to ask again."""

from collections.abc import Callable
from datetime import datetime

import structlog
from msgspec.structs import replace

from trackway.domain.asking.planning import Intervals, next_asking, next_try
from trackway.domain.counting.reckoning import Instant, Reckoning, reckon
from trackway.domain.errors import CarrierFault
from trackway.domain.following import timeline
from trackway.domain.following.lifecycle import Lifetimes, turned, turns_at
from trackway.domain.recognising import candidates
from trackway.domain.tracking import Leg, Position, Report, Tracking
from trackway.storage.asking.askings import Answered, Verdict
from trackway.storage.asking.turns import Turn

_log = structlog.get_logger(__name__)


class Judgement:
    """Judges one answer at a time; `write` turns a tracking into the track that is kept for look-ups.

    `instant` is when an event of a carrier really happened, None where that cannot be told.
    """

    def __init__(
        self,
        *,
        write: Callable[[Tracking], str],
        final_carrier: Callable[[Tracking], int],
        origin: Callable[[int], str],
        intervals: Intervals,
        lifetimes: Lifetimes,
        instant: Instant,
    ) -> None:
        self._write = write
        self._final_carrier = final_carrier
        self._origin = origin
        self._intervals = intervals
        self._lifetimes = lifetimes
        self._instant = instant

    def turn(self, tracking: Tracking, now: datetime) -> Turn:
        """What time alone makes of a tracking."""
        after = turned(tracking, now, self._lifetimes)
        return Turn(tracking=after, track=self._write(after), turns_at=turns_at(after, self._lifetimes))

    def judge(self, tracking: Tracking, answer: Answered, attempts: int, now: datetime) -> Verdict:
        """The verdict on an answer, or on a fault, which keeps the last good answer."""
        if answer.due.position.is_candidate:
            return self._candidate(tracking, answer, attempts, now)
        if isinstance(answer.outcome, Report):
            return self._answered(tracking, answer.due.position, answer.outcome, now, answer.took_ms)
        return self._failed(tracking, answer, answer.outcome, attempts, now)

    def _candidate(self, tracking: Tracking, answer: Answered, attempts: int, now: datetime) -> Verdict:
        """The first candidate that knows the number has it, unless it was found out whose it is (T27)."""
        position, outcome = answer.due.position, answer.outcome
        wanted = candidates.is_open(tracking) and not answer.taken
        if wanted and isinstance(outcome, Report) and outcome.found:
            given = candidates.given_to(tracking, position, self._origin)
            verdict = self._answered(given, Position.FIRST, outcome, now, answer.took_ms)
            return replace(verdict, decided=True, given_from=position)
        planned = candidates.next_asking(outcome, attempts, now, self._intervals) if wanted else None
        return Verdict(
            tracking=candidates.noted(tracking, position, outcome, now),
            position=position,
            attempts=attempts,
            next_asking=planned,
            turns_at=turns_at(tracking, self._lifetimes),
            aside=True,
        )

    def _answered(self, tracking: Tracking, position: Position, report: Report, now: datetime, took_ms: int) -> Verdict:
        change = timeline.merge(tracking, position, report, now, took_ms)
        after = self._with_final_leg(change.tracking)
        return Verdict(
            tracking=after,
            position=position,
            attempts=0,
            track=self._write(after),
            next_asking=next_asking(tracking.id, after.milestone, now, self._intervals),
            turns_at=turns_at(after, self._lifetimes),
            news=change.news,
            reckoning=self._reckoned(tracking, after, position, now) if change.news else Reckoning(),
            final_found=len(after.legs) > len(tracking.legs),
            decided=report.found and candidates.is_open(tracking) and candidates.has_any(tracking),
        )

    def _reckoned(self, before: Tracking, after: Tracking, position: Position, now: datetime) -> Reckoning:
        return reckon(before, after, position, now, self._instant)

    def _with_final_leg(self, tracking: Tracking) -> Tracking:
        """The tracking, followed at its destination's post too where that became known."""
        carrier = 0 if tracking.final_carrier else self._final_carrier(tracking)
        if not carrier:
            return tracking
        leg = Leg(position=Position.FINAL, carrier=carrier)
        return replace(tracking, final_carrier=carrier, legs=(*tracking.legs, leg))

    def _failed(
        self, tracking: Tracking, answer: Answered, fault: CarrierFault, attempts: int, now: datetime
    ) -> Verdict:
        told = _log.error if fault.alarm else _log.warning
        told("a carrier gave no answer", number=tracking.number, carrier=tracking.carrier, fault=str(fault))
        after = timeline.fault(tracking, answer.due.position, fault, now)
        known = any(leg.answered_at is not None for leg in after.legs if not leg.position.is_candidate)
        return Verdict(
            tracking=after,
            position=answer.due.position,
            attempts=attempts,
            track=self._write(after) if known else None,
            next_asking=next_try(attempts - 1, now, self._intervals, fault.retry_at),
            turns_at=turns_at(after, self._lifetimes),
        )
