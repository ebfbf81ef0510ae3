"""A number that an account follows: its legs, their events, its state."""

import re
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct


class Milestone(StrEnum):
    """Where an item stands, in nine words (T23 maps them to 17TRACK's seven)."""

    NOT_FOUND = "NotFound"
    INFO_RECEIVED = "InfoReceived"
    IN_TRANSIT = "InTransit"
    EXPIRED = "Expired"
    AVAILABLE_FOR_PICKUP = "AvailableForPickup"
    OUT_FOR_DELIVERY = "OutForDelivery"
    DELIVERY_FAILURE = "DeliveryFailure"
    DELIVERED = "Delivered"
    EXCEPTION = "Exception"


class QueryState(StrEnum):
    """How the last asking of a carrier went."""

    UNASKED = "Unasked"
    ANSWERED = "Answered"
    NOT_FOUND = "NotFound"
    UNAVAILABLE = "Unavailable"
    UNREADABLE = "Unreadable"
    LIMITED = "Limited"
    REFUSED = "Refused"
    MISUNDERSTOOD = "Misunderstood"


class StopReason(IntEnum):
    """Why a tracking is not followed any more (T31)."""

    EXPIRED = 1
    REQUESTED = 2
    BY_HAND = 3
    CARRIER_INVALID = 4


class Origin(IntEnum):
    """How we came to the carrier of a tracking (T27)."""

    RECOGNISED = 1
    GIVEN = 2
    GUESSED = 3


class Position(IntEnum):
    """Which part of the trip a leg is.

    A candidate is no part of the trip yet: another carrier whose the number may be, asked whether it knows it.
    """

    FIRST = 1
    FINAL = 2
    SECOND_CANDIDATE = 3
    THIRD_CANDIDATE = 4
    FOURTH_CANDIDATE = 5
    FIFTH_CANDIDATE = 6

    @property
    def is_candidate(self) -> bool:
        """Whether it is not known to be part of the trip."""
        return self > Position.FINAL


CANDIDATES = tuple(position for position in Position if position.is_candidate)


_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?").fullmatch


def is_time(text: str) -> bool:
    """Whether a text is the time of an event: `YYYY-MM-DD HH:MM[:SS]`, and in the calendar."""
    try:
        return _TIME(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


class Event(Struct, frozen=True, omit_defaults=True):
    """One thing that a carrier says happened.

    `time` is the carrier's own local time as `YYYY-MM-DD HH:MM[:SS]`, so that its text sorts by time (T24, H22).
    `translations` holds the text in other languages by language tag.
    """

    time: str
    text: str
    place: str = ""
    detail: str = ""
    milestone: Milestone = Milestone.IN_TRANSIT
    code: str = ""
    translations: dict[str, str] = {}


class Report(Struct, frozen=True):
    """One whole answer of a carrier about one number.

    `found` is false where the carrier says that it does not know the number (T38), `invalid` true where it says that
    no number of its can look so. Countries are ISO 3166 alpha-2, empty where not told. `language` is the language tag
    of the events' text. `raw` is the carrier's own answer, kept for people to look at.
    """

    number: str
    found: bool = True
    events: tuple[Event, ...] = ()
    language: str = ""
    origin: str = ""
    destination: str = ""
    raw: str = ""
    invalid: bool = False


class Leg(Struct, frozen=True):
    """The part of the trip that one carrier does, and what it last said. Events are newest first (T24)."""

    position: Position
    carrier: int
    state: QueryState = QueryState.UNASKED
    events: tuple[Event, ...] = ()
    language: str = ""
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    took_ms: int = 0


class Tracking(Struct, frozen=True):
    """One number registered by one account with one carrier. Instants are UTC.

    `final_carrier` is 0 where none is followed. `milestone` is NOT_FOUND until the carrier knows the item.
    """

    id: int
    account: int
    number: str
    carrier: int
    registered_at: datetime
    final_carrier: int = 0
    origin_country: str = ""
    destination_country: str = ""
    milestone: Milestone = Milestone.NOT_FOUND
    tag: str | None = None
    param: str = ""
    legs: tuple[Leg, ...] = ()
    tracked_at: datetime | None = None
    progressed_at: datetime | None = None
    stopped_at: datetime | None = None

    def events(self) -> list[Event]:
        """All legs' events, newest first; ties keep each carrier's order (T24)."""
        return sorted((event for leg in self.legs for event in leg.events), key=lambda e: e.time, reverse=True)
