"""A tracking as 17TRACK writes it: the `track` object, its states and its events (readings T16 to T25)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from trackway.domain.following.timeline import fingerprint
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Tracking

NEVER = "2079-01-01 00:00:00"
_ENCODER = msgspec.json.Encoder()

STATE_CODES = {
    Milestone.NOT_FOUND: 0,
    Milestone.INFO_RECEIVED: 0,
    Milestone.IN_TRANSIT: 10,
    Milestone.EXPIRED: 20,
    Milestone.AVAILABLE_FOR_PICKUP: 30,
    Milestone.OUT_FOR_DELIVERY: 30,
    Milestone.DELIVERY_FAILURE: 35,
    Milestone.DELIVERED: 40,
    Milestone.EXCEPTION: 50,
}
_QUERY_CODES = {
    QueryState.UNASKED: (0, 0),
    QueryState.ANSWERED: (1, 1),
    QueryState.NOT_FOUND: (2, 2),
    QueryState.UNAVAILABLE: (10, 20),
    QueryState.UNREADABLE: (11, 21),
    QueryState.LIMITED: (12, 22),
    QueryState.REFUSED: (12, 12),
    QueryState.MISUNDERSTOOD: (11, 11),
}
_LANGUAGES = {"zh-Hans": "zh-CHS", "zh-Hant": "zh-CHT"}


class ZEvent(Struct):
    """One event (T18): only `b`, coordinates that nobody uses, is ever null."""

    a: str
    b: None
    c: str
    d: str
    z: str


class Extension(Struct):
    """`zex` (T19): instants are milliseconds since 1970 as texts, "0" where there is none."""

    trN: str = ""
    trC: int = 0
    psex: int = 0
    pickup: bool = False
    return_: int = field(default=0, name="return")
    dt: str = "0"
    dtS: str = "0"
    dtP: str = "0"
    dtD: str = "0"
    dtL: str = "0"


class Track(Struct, kw_only=True):
    """The `track` object, keys in the document's order; `z0` is left out where there is no event (T18)."""

    b: int
    c: int
    e: int
    f: int
    w1: int
    w2: int
    z1: list[ZEvent]
    z2: list[ZEvent]
    z9: list[ZEvent] = []
    ygt1: int = 0
    ygt2: int = 0
    ygt9: int = 0
    is1: int
    is2: int
    ln1: str | None
    ln2: str | None
    ln9: str | None = None
    hs: int
    z0: ZEvent | UnsetType = UNSET
    ylt1: str
    ylt2: str
    ylt9: str = NEVER
    yt: str = ""
    zex: Extension


def write_track(tracking: Tracking, country_key: Callable[[str], int]) -> str:
    """The `track` object as JSON text; `country_key` gives 17TRACK's key of an ISO 3166 code, 0 for none."""
    legs = {leg.position: leg for leg in tracking.legs}
    first = legs.get(Position.FIRST) or Leg(position=Position.FIRST, carrier=tracking.carrier)
    final = legs.get(Position.FINAL) or Leg(position=Position.FINAL, carrier=0)
    events = tracking.events()
    track = Track(
        b=country_key(tracking.origin_country),
        c=country_key(tracking.destination_country),
        e=STATE_CODES[tracking.milestone],
        f=_days(events),
        w1=first.carrier,
        w2=final.carrier,
        z1=_events(first.events),
        z2=_events(final.events),
        ygt1=first.took_ms,
        ygt2=final.took_ms,
        is1=query_code(first),
        is2=query_code(final),
        ln1=_language(first),
        ln2=_language(final),
        hs=fingerprint(tracking),
        z0=_event(events[0]) if events else UNSET,
        ylt1=stamp(first.asked_at),
        ylt2=stamp(final.asked_at),
        zex=_extension(tracking, events),
    )
    return _ENCODER.encode(track).decode()


def query_code(leg: Leg) -> int:
    """`is1` or `is2`: the second code of a pair where an older answer stands."""
    fresh, cached = _QUERY_CODES[leg.state]
    return cached if leg.answered_at is not None else fresh


def stamp(instant: datetime | None) -> str:
    """`YYYY-MM-DD HH:MM:SS` in UTC, 2079 for none (T22)."""
    return NEVER if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _events(events: Iterable[Event]) -> list[ZEvent]:
    return [_event(event) for event in events]


def _event(event: Event) -> ZEvent:
    return ZEvent(a=event.time, b=None, c=event.place, d=event.detail, z=event.text)


def _language(leg: Leg) -> str | None:
    return _LANGUAGES.get(leg.language, leg.language) or None if leg.events else None


def _days(events: list[Event]) -> int:
    """Whole days from the first event to the delivery, as `dtD` has it; -1 until then (T21)."""
    delivered = _earliest(events, Milestone.DELIVERED)
    if delivered is None:
        return -1
    return max((_instant(delivered) - _instant(events[-1])).days, 0)


def _extension(tracking: Tracking, events: list[Event]) -> Extension:
    if not events:
        return Extension()
    return Extension(
        pickup=tracking.milestone is Milestone.AVAILABLE_FOR_PICKUP,
        dtS=_milliseconds(events[-1]),
        dtP=_first(events, Milestone.AVAILABLE_FOR_PICKUP),
        dtD=_first(events, Milestone.DELIVERED),
        dtL=_milliseconds(events[0]),
    )


def _first(events: list[Event], milestone: Milestone) -> str:
    found = _earliest(events, milestone)
    return "0" if found is None else _milliseconds(found)


def _earliest(events: list[Event], milestone: Milestone) -> Event | None:
    return next((event for event in reversed(events) if event.milestone is milestone), None)


def _milliseconds(event: Event) -> str:
    return str(int(_instant(event).timestamp() * 1000))


def _instant(event: Event) -> datetime:
    """The event's local time, counted as if it were UTC: its zone is not told."""
    return datetime.fromisoformat(event.time).replace(tzinfo=UTC)
