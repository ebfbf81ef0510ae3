"""A carrier of parcels that do not exist, to test with: see docs/simulated.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits
from trackway.domain.errors import CarrierFault, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.simulation import Parcel, Story, parcel_of
from trackway.domain.tracking import Report

_ID = "simulated"
_CARRIER = 900_000
_KEPT = timedelta(days=180)
_FAULT: dict[Story, CarrierFault] = {
    Story.OUTAGE: CarrierUnavailable("HTTP 503, as the number wants it"),
    Story.LIMITED: CarrierLimited("HTTP 429, as the number wants it"),
    Story.NONSENSE: CarrierUnreadable("<html>, as the number wants it"),
}


class Simulated:
    """Tells each number's story. Its age counts from the first asking, or from the time that the number tells."""

    id = _ID
    carriers = frozenset({_CARRIER})
    limits = Limits(batch=40, in_flight=4)

    def __init__(self, _settings: Mapping[str, str], kit: Kit) -> None:
        self._kit = kit

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer, or the fault that its story wants, for each number."""
        return {inquiry.number: await self._one(inquiry.number) for inquiry in inquiries}

    async def close(self) -> None:
        """Nothing is open."""

    async def _one(self, number: str) -> Report | CarrierFault:
        parcel = parcel_of(number)
        if parcel is None:
            return Report(number=number, found=False, invalid=True)
        now = self._kit.clock()
        start = await self._start(parcel, now)
        if parcel.faulty(parcel.steps(start, now)):
            return _FAULT[parcel.story]
        events = parcel.events(start, now)
        if not events:
            return Report(number=number, found=False)
        return Report(number=number, events=events, language="en", origin="HK", destination=parcel.destination)

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
