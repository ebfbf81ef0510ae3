"""What a carrier says by itself: events that it sends in, kept by their identity until somebody follows the number."""

import hashlib
from collections.abc import Iterable, Sequence

from msgspec import Struct

from trackway.domain.tracking import Event, Report

MOST_EVENTS = 300


class Pushed(Struct, frozen=True, kw_only=True):
    """One event as its carrier sent it in. What comes again under an identity takes the place of what it said before.

    Countries are ISO 3166 alpha-2 codes, empty where the carrier does not tell them.
    """

    number: str
    identity: str
    event: Event
    language: str = ""
    origin: str = ""
    destination: str = ""


def identity_of(event: Event) -> str:
    """The identity of an event that brought none: the same words at the same time and place are the same event."""
    said = f"{event.time}\n{event.text}\n{event.place}"
    return "#" + hashlib.sha256(said.encode()).hexdigest()[:32]


def together(kept: Sequence[Pushed], new: Iterable[Pushed]) -> tuple[list[Pushed], list[Pushed]]:
    """All events of a number, and those of the new ones for which there is no room."""
    known = {pushed.identity: pushed for pushed in kept}
    left_over = []
    for pushed in new:
        if pushed.identity in known or len(known) < MOST_EVENTS:
            known[pushed.identity] = pushed
        else:
            left_over.append(pushed)
    return list(known.values()), left_over


def report_of(number: str, kept: Sequence[Pushed]) -> Report:
    """All that the carrier has said of a number; not found where it has said nothing."""
    events = sorted(kept, key=lambda pushed: pushed.event.time, reverse=True)

    def newest(field: str) -> str:
        return next((value for pushed in events if (value := getattr(pushed, field))), "")

    return Report(
        number=number,
        found=bool(events),
        events=tuple(pushed.event for pushed in events),
        language=newest("language"),
        origin=newest("origin"),
        destination=newest("destination"),
    )
