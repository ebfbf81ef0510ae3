"""A carrier that says what the test wants, and a house whose parcels stand everywhere they can."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from tests.house import Running
from trackway.app.workers import judgement_of
from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.following.registration import Application
from trackway.domain.tracking import Event, Milestone, Report
from trackway.storage.asking.askings import Askings
from trackway.storage.telling.outbox import Outbox
from trackway.storage.tracking.statistics import Statistics
from trackway.worker.poller import Poller

ACCOUNT = 1
POSTED = Event(
    time="2026-11-17 10:05",
    text="Posted",
    place="HONG KONG",
    translations={"en": "Posted", "zh-Hant": "櫃位收件", "zh-Hans": "柜位收件"},
)
LEFT = Event(
    time="2026-11-18 22:40",
    text="Left for destination",
    place="HONG KONG",
    translations={"en": "Left for destination", "zh-Hant": "已離港運往目的地", "zh-Hans": "已离港运往目的地"},
)
ARRIVED = Event(time="2026-11-20 06:15", text="Arrived at processing centre", place="UNITED KINGDOM")


class Told(Struct, frozen=True, kw_only=True):
    """A number with the events that its carrier tells, newest first, and what the shop calls the order."""

    number: str
    tag: str
    events: tuple[Event, ...]
    carrier: int = 8011


def _last(text: str, milestone: Milestone, time: str = "2026-11-22 09:30", place: str = "LONDON") -> tuple[Event, ...]:
    return (Event(time=time, text=text, place=place, milestone=milestone), ARRIVED, LEFT, POSTED)


PARCELS = (
    Told(number="RR473124829HK", tag="Order 2026-1041", events=(ARRIVED, LEFT, POSTED)),
    Told(number="RR287043775HK", tag="Order 2026-1042", events=_last("Delivered", Milestone.DELIVERED)),
    Told(
        number="RB123456785HK",
        tag="Order 2026-1043",
        events=_last("Unsuccessful delivery, addressee absent", Milestone.DELIVERY_FAILURE),
    ),
    Told(number="LK773201020HK", tag="Order 2026-1044", events=_last("Held by customs", Milestone.EXCEPTION)),
    Told(number="EE471108151HK", tag="Order 2026-1045", events=_last("Out for delivery", Milestone.OUT_FOR_DELIVERY)),
    Told(
        number="CP600000015HK",
        tag="Order 2026-1046",
        events=_last("Ready for collection at the post office", Milestone.AVAILABLE_FOR_PICKUP),
    ),
    Told(number="RT215770195HK", tag="Order 2026-1047", events=()),
)


class Teller:
    """Knows the parcels that it is told of."""

    id = "teller"
    carriers = frozenset({8011})
    limits = Limits(batch=40)

    def __init__(self, parcels: Sequence[Told]) -> None:
        self._events: Mapping[str, tuple[Event, ...]] = {parcel.number: parcel.events for parcel in parcels}

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        return {inquiry.number: self._report(inquiry.number) for inquiry in inquiries}

    async def close(self) -> None:
        pass

    def _report(self, number: str) -> Report:
        events = self._events[number]
        return Report(
            number=number, events=events, found=bool(events), language="en", origin="HK", destination="GB", raw="{}"
        )


async def tell(house: Running, parcels: Sequence[Told], account: int = ACCOUNT) -> None:
    """Register the parcels and ask for them once; then count."""
    now = house.clock()
    wanted = [Application(number=one.number, carrier=one.carrier, tag=one.tag) for one in parcels]
    await house.house.merchants.registration.register(account, wanted, now)
    poller = poller_of(house, parcels)
    while await poller.tick() == 0:
        pass
    await Statistics(house.house.store.main).take_census(now, now - timedelta(days=7))


def poller_of(house: Running, parcels: Sequence[Told]) -> Poller:
    """What asks for those parcels."""
    return Poller(
        connector=Teller(parcels),
        carriers=Teller.carriers,
        desk=house.house.asking.desk,
        askings=Askings(house.house.store.main),
        judgement=judgement_of(house.house),
        announce=Outbox.put,
        clock=house.clock,
        timeout=5,
        told=house.house.bell.ring,
        observe=lambda *_: None,
    )
