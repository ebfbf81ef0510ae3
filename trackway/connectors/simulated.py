"""A carrier of parcels that do not exist, to test with: see docs/simulated.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.simulation import CARRIERS, Parcel, Story, parcel_of
from trackway.domain.tracking import Report

_ID = "simulated"
_KEPT = timedelta(days=180)
_FAULT: dict[Story, CarrierFault] = {
    Story.OUTAGE: CarrierUnavailable("HTTP 503, as the number wants it"),
    Story.LIMITED: CarrierLimited("HTTP 429, as the number wants it"),
    Story.NONSENSE: CarrierUnreadable("<html>, as the number wants it"),
}


class Simulated:
    """Tells each number's story. Its age counts from the first asking, or from the time that the number tells."""

    id = _ID
    carriers = CARRIERS
    limits = Limits(batch=40, in_flight=4)

    def __init__(self, _settings: Mapping[str, str], kit: Kit) -> None:
        self._kit = kit

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer, or the fault that its story wants, for each number."""
        return {inquiry.number: await self._one(inquiry) for inquiry in inquiries}

    async def close(self) -> None:
        """Nothing is open."""

    async def _one(self, inquiry: Inquiry) -> Report | CarrierFault:
        number, parcel = inquiry.number, parcel_of(inquiry.number)
        if parcel is None or not parcel.moved_by(inquiry.carrier):
            return Report(number=number, found=False, invalid=True)
        now = self._kit.clock()
        start = await self._start(parcel, now)
        steps = parcel.steps(start, now)
        if parcel.faulty(steps):
            return _FAULT[parcel.story]
        events = parcel.events(start, now, inquiry.carrier)
        if not events:
            return Report(number=number, found=False)
        destination = parcel.destination if parcel.destination_known(steps) else ""
        return Report(number=number, events=events, language="en", origin="HK", destination=destination)

    async def _start(self, parcel: Parcel, now: datetime) -> datetime:
        """When the parcel began: as its number tells, or when it was first asked for."""
        if parcel.start is not None:
            return parcel.start
        place = f"{_ID}:{parcel.number}"
        kept = await self._kit.shared.get(place, now)
        if kept is not None:
            return datetime.fromisoformat(kept)
        await self._kit.shared.put(place, now.isoformat(), now + _KEPT)
        return now


KIND = Kind(id=_ID, settings=(), make=Simulated)
