"""A number that may be of several carriers: each is asked, and the first that knows it has it (T27)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from trackway.domain.asking.planning import Intervals, Planned, Reason, span
from trackway.domain.errors import CarrierFault
from trackway.domain.following.timeline import Answer, heard, leg_of
from trackway.domain.tracking import Milestone, Position, QueryState, Tracking

_FIRST_WAIT = timedelta(hours=3)


def is_open(tracking: Tracking) -> bool:
    """Whether it is still to be found out whose the number is: the carrier that it has does not know it."""
    known = tracking.milestone is not Milestone.NOT_FOUND
    return not known and leg_of(tracking, Position.FIRST).state is not QueryState.ANSWERED


def has_any(tracking: Tracking) -> bool:
    """Whether the number may be, or might have been, another carrier's."""
    return any(leg.position.is_candidate for leg in tracking.legs)


def given_to(tracking: Tracking, candidate: Position, origin: Callable[[int], str]) -> Tracking:
    """The tracking as the candidate's, whose leg is the first now; the carrier before is the candidate that it beat.

    `origin` is the country where a carrier's items set out.
    """
    winner, before = leg_of(tracking, candidate), leg_of(tracking, Position.FIRST)
    swapped = {
        Position.FIRST: replace(winner, position=Position.FIRST),
        candidate: replace(before, position=candidate),
    }
    legs = tuple(swapped.get(leg.position, leg) for leg in tracking.legs)
    return replace(tracking, carrier=winner.carrier, origin_country=origin(winner.carrier), legs=legs)


def noted(tracking: Tracking, candidate: Position, answer: Answer, now: datetime) -> Tracking:
    """The tracking with what came back from a candidate; nothing else of it changes."""
    leg = heard(leg_of(tracking, candidate), answer, now)
    return replace(tracking, legs=tuple(leg if leg.position == known.position else known for known in tracking.legs))


def next_asking(answer: Answer, attempts: int, now: datetime, intervals: Intervals) -> Planned | None:
    """When to ask a candidate again that does not know the number yet, less often each time; None for never."""
    if not isinstance(answer, CarrierFault) and (answer.found or answer.invalid):
        return None
    wait = intervals.held(_FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 8))
    why = f"a candidate that does not know it yet: in {span(wait)}"
    return Planned(at=now + wait, reason=Reason.CANDIDATE, why=why)
