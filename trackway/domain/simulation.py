"""Parcels that do not exist: a number `SIM…` names its face, story and pace, and so what is said of it at which age."""

import re
import zlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from trackway.domain.tracking import Event, Milestone

SIMULATED, COURIER, POST, ABROAD = 900_000, 900_005, 99_901, 99_902
"""The keys of the simulated carriers: one who moves a parcel all the way, a courier, a post, and the post abroad."""
CARRIERS = frozenset({SIMULATED, COURIER, POST, ABROAD})


class Face(StrEnum):
    """Whom the parcel is given to: the word before its story."""

    PLAIN = ""
    POST = "POST"
    COURIER = "COURIER"

    @property
    def carrier(self) -> int:
        """The key of its first carrier."""
        return {Face.PLAIN: SIMULATED, Face.POST: POST, Face.COURIER: COURIER}[self]


class Story(StrEnum):
    """What becomes of a simulated parcel: the word in its number."""

    NORMAL = "NORMAL"
    SLOW = "SLOW"
    CUSTOMS = "CUSTOMS"
    FAILED = "FAILED"
    RETURNED = "RETURNED"
    LOST = "LOST"
    REUSED = "REUSED"
    LATE = "LATE"
    REPEATED = "REPEATED"
    REORDERED = "REORDERED"
    ENRICHED = "ENRICHED"
    OUTAGE = "OUTAGE"
    LIMITED = "LIMITED"
    NONSENSE = "NONSENSE"


FAULTS = frozenset({Story.OUTAGE, Story.LIMITED, Story.NONSENSE})
PACES = (0, 1, 5, 30, 60, 600, 3600, 21_600, 43_200, 86_400)
"""Seconds from step to step for each pace from 0 to 9; 0: everything has happened, an hour apart."""
_STORIES_OF_ALL = "|".join(Story)
_NUMBER = re.compile(rf"SIM(POST|COURIER|)({_STORIES_OF_ALL})([0-9])(?:T([0-9]{{12}}))?([0-9]{{1,20}})", re.ASCII)
_HOUR = timedelta(hours=1)
_FAULTY = range(1, 4)
_LEAVES = 2
"""The step at which a parcel's destination becomes known to the post that sends it."""
_COURIERS_WORDS = {
    "Shipment information received": "Label created",
    "Accepted at the counter": "Picked up by courier",
    "Left for destination": "Departed from facility",
    "Arrived at destination country": "Arrived at facility",
    "Arrived at delivery office": "At local facility",
    "Out for delivery": "On vehicle for delivery",
    "Delivery attempted, nobody was in": "Delivery attempt: customer not available",
    "Ready to be picked up": "Ready for pickup at access point",
    "Delivered at the counter": "Delivered: picked up by customer",
}
_PLACES = (
    ("LONDON", "GB"),
    ("NEW YORK", "US"),
    ("SYDNEY", "AU"),
    ("PARIS", "FR"),
    ("TORONTO", "CA"),
    ("BERLIN", "DE"),
)


class Beat(Struct, frozen=True):
    """One thing in a story: at which step it happens, here or there, and from which to which step it is told."""

    step: int
    there: bool
    text: str
    milestone: Milestone = Milestone.IN_TRANSIT
    told: int = 0
    until: int = 1 << 62
    detail: str = ""


_SENT = (
    Beat(0, False, "Shipment information received", Milestone.INFO_RECEIVED),
    Beat(1, False, "Accepted at the counter"),
    Beat(2, False, "Left for destination"),
    Beat(3, True, "Arrived at destination country"),
)
_OUT = Beat(5, True, "Out for delivery", Milestone.OUT_FOR_DELIVERY)
_GONE = Beat(6, True, "Delivered", Milestone.DELIVERED)
_NORMAL = (*_SENT, Beat(4, True, "Arrived at delivery office"), _OUT, _GONE)
_STORIES: dict[Story, tuple[Beat, ...]] = {
    Story.SLOW: (
        *_SENT[:3],
        Beat(10, True, "Arrived at destination country"),
        Beat(14, True, "Out for delivery", Milestone.OUT_FOR_DELIVERY),
        Beat(15, True, "Delivered", Milestone.DELIVERED),
    ),
    Story.CUSTOMS: (
        *_SENT,
        Beat(4, True, "Held by customs", Milestone.EXCEPTION),
        Beat(7, True, "Released by customs"),
        Beat(8, True, "Out for delivery", Milestone.OUT_FOR_DELIVERY),
        Beat(9, True, "Delivered", Milestone.DELIVERED),
    ),
    Story.FAILED: (
        *_SENT,
        _OUT,
        Beat(6, True, "Delivery attempted, nobody was in", Milestone.DELIVERY_FAILURE),
        Beat(7, True, "Ready to be picked up", Milestone.AVAILABLE_FOR_PICKUP),
        Beat(9, True, "Delivered at the counter", Milestone.DELIVERED),
    ),
    Story.RETURNED: (
        *_SENT,
        _OUT,
        Beat(6, True, "Refused by the addressee", Milestone.DELIVERY_FAILURE),
        Beat(7, True, "On its way back to the sender", Milestone.EXCEPTION),
        Beat(9, False, "Returned to the sender", Milestone.EXCEPTION),
    ),
    Story.LOST: (*_SENT[:3], Beat(8, False, "Declared lost", Milestone.EXCEPTION)),
    Story.REUSED: (
        *(Beat(b.step, b.there, b.text, b.milestone, until=9) for b in _NORMAL),
        *(Beat(b.step + 9, not b.there, b.text, b.milestone) for b in _NORMAL),
    ),
    Story.LATE: (
        *_SENT[:2],
        Beat(2, False, "Left for destination", told=5),
        Beat(3, True, "Arrived at destination country", told=7),
        _OUT,
        _GONE,
    ),
    Story.ENRICHED: (
        *_SENT[:3],
        Beat(3, True, "Arrived at destination country", until=4),
        Beat(3, True, "Arrived at destination country", told=4, detail="Sorting centre, hall 2"),
        _OUT,
        Beat(6, True, "Delivered", Milestone.DELIVERED, until=7),
        Beat(6, True, "Delivered", Milestone.DELIVERED, told=7, detail="Signed by: A. Sample"),
    ),
}


class Parcel(Struct, frozen=True, kw_only=True):
    """A simulated parcel, as its number names it; `start` where the number tells when it began."""

    number: str
    face: Face
    story: Story
    pace: int
    start: datetime | None
    seed: int

    @property
    def destination(self) -> str:
        """The country that it goes to, as ISO 3166 alpha-2."""
        return _PLACES[self.seed % len(_PLACES)][1]

    def steps(self, start: datetime, now: datetime) -> int:
        """The steps that it has gone since then: -1 before, and all of them at pace 0."""
        if now < start:
            return -1
        return int((now - start).total_seconds() // PACES[self.pace]) if self.pace else 999

    def faulty(self, steps: int) -> bool:
        """Whether an asking meets the fault of the story: from step 1 until step 4, and always at pace 0."""
        return self.story in FAULTS and (steps in _FAULTY or not self.pace)

    def destination_known(self, steps: int) -> bool:
        """Whether the first carrier can tell by then where it goes: a post only when it leaves."""
        return self.face is not Face.POST or steps >= _LEAVES

    def moved_by(self, carrier: int) -> bool:
        """Whether that carrier knows such parcels; 0 is whichever one has it."""
        return carrier in {0, self.face.carrier} or (carrier == ABROAD and self.face is Face.POST)

    def events(self, start: datetime, now: datetime, carrier: int = 0) -> tuple[Event, ...]:
        """What is said of it now, newest first: of a post, what each of the two says of its own part of the trip."""
        steps, beats = self.steps(start, now), _STORIES.get(self.story, _NORMAL)
        told = [beat for beat in beats if max(beat.step, beat.told) <= steps < beat.until]
        if self.face is Face.POST:
            told = [beat for beat in told if beat.there == (carrier == ABROAD)]
        events = [self._event(beat, self._time(beat, beats, start)) for beat in reversed(told)]
        if self.story is Story.REPEATED:
            events = [event for event in events for _ in range(2)]
        if self.story is Story.REORDERED:
            events.sort(key=lambda event: zlib.crc32(f"{self.number}{event.text}".encode()))
        return tuple(events)

    def _time(self, beat: Beat, beats: tuple[Beat, ...], start: datetime) -> datetime:
        if self.pace:
            return start + timedelta(seconds=beat.step * PACES[self.pace])
        return start - (beats[-1].step - beat.step) * _HOUR

    def _event(self, beat: Beat, time: datetime) -> Event:
        place = _PLACES[self.seed % len(_PLACES)][0] if beat.there else "HONG KONG"
        text = _COURIERS_WORDS.get(beat.text, beat.text) if self.face is Face.COURIER else beat.text
        return Event(
            time=f"{time:%Y-%m-%d %H:%M:%S}", text=text, place=place, detail=beat.detail, milestone=beat.milestone
        )


def parcel_of(number: str) -> Parcel | None:
    """The parcel that a number names, None where it names none.

    >>> parcel_of("SIMCUSTOMS1001").story.value, parcel_of("SIMMOON1001")
    ('CUSTOMS', None)
    """
    found = _NUMBER.fullmatch(number)
    if found is None:
        return None
    try:
        start = datetime.strptime(found[4], "%Y%m%d%H%M").replace(tzinfo=UTC) if found[4] else None
    except ValueError:
        return None
    return Parcel(
        number=number,
        face=Face(found[1]),
        story=Story(found[2]),
        pace=int(found[3]),
        start=start,
        seed=zlib.crc32(found[5].encode()),
    )


def pattern(face: Face) -> str:
    """What the numbers of a face look like."""
    return rf"SIM{face}(?:{_STORIES_OF_ALL})[0-9](?:T[0-9]{{12}})?[0-9]{{1,20}}"
