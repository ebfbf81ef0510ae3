"""Tracks as they look after a trip: about ten events, encoded as the poller would encode them."""

import random
from datetime import UTC, datetime, timedelta

from bench.numbers import POSTS
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Tracking
from trackway.storage.given.catalogue_carriers import load_carriers
from trackway.wire.track17.track import write_track

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_PLACES = ("Hong Kong", "Guangzhou, Guangdong", "Frankfurt", "Heathrow", "Chicago, IL", "Changi", "Osaka", "")
_STEPS = (
    ("Item posted and is being processed", Milestone.IN_TRANSIT),
    ("Item left the office of exchange for its destination", Milestone.IN_TRANSIT),
    ("Arrived at the processing centre and is in transit to the addressee", Milestone.IN_TRANSIT),
    ("Despatched to overseas (Country code: {place})", Milestone.IN_TRANSIT),
    ("Held by customs for clearance", Milestone.IN_TRANSIT),
    ("Cleared by customs and handed to the delivery service", Milestone.IN_TRANSIT),
    ("Arrived at the delivery office", Milestone.IN_TRANSIT),
    ("The postman is on the way to deliver the item", Milestone.OUT_FOR_DELIVERY),
)
_DELIVERED = Event(time="2026-11-19 15:02", text="Delivered to the addressee", milestone=Milestone.DELIVERED)


def encoded_tracks(count: int) -> list[str]:
    """That many different tracks, as JSON text."""
    source, carriers = random.Random(23), load_carriers()
    return [write_track(_tracking(source), carriers.country_key) for _ in range(count)]


def _tracking(source: random.Random) -> Tracking:
    country, carrier = source.choice(POSTS)
    delivered = source.random() < 0.5
    events = [_event(source, back) for back in range(source.randint(7, 11))]
    leg = Leg(
        position=Position.FIRST,
        carrier=carrier,
        state=QueryState.ANSWERED,
        events=(_DELIVERED, *events) if delivered else tuple(events),
        language="en",
        asked_at=NOW,
        answered_at=NOW,
        took_ms=source.randint(80, 900),
    )
    return Tracking(
        id=1,
        account=1,
        number="",
        carrier=carrier,
        registered_at=NOW,
        origin_country=country,
        destination_country=source.choice(POSTS)[0],
        milestone=Milestone.DELIVERED if delivered else Milestone.IN_TRANSIT,
        legs=(leg,),
        tracked_at=NOW,
        progressed_at=NOW,
    )


def _event(source: random.Random, back: int) -> Event:
    at = NOW - timedelta(days=1, hours=19 * (back + 1) + source.randint(0, 12), minutes=source.randint(0, 59))
    text, milestone = source.choice(_STEPS)
    place = source.choice(_PLACES)
    return Event(time=at.strftime("%Y-%m-%d %H:%M"), text=text.format(place=place), place=place, milestone=milestone)
