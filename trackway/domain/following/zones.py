"""When an event really happened, where that can be told at all: carriers give the time of the place, without a zone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from trackway.domain.simulation import CARRIERS
from trackway.domain.tracking import Event


class Zones(Struct, frozen=True):
    """The time zones of places, by the country's name or code in capitals. Simulated carriers tell times in UTC."""

    of_place: Mapping[str, Sequence[tzinfo]]

    def instant(self, carrier: int, event: Event) -> datetime | None:
        """The event's instant; None where its place is no country, or one whose clocks differ at that time.

        None too at the ends of the calendar, which some carriers tell for no time at all.
        """
        local = datetime.fromisoformat(event.time)
        zones = (UTC,) if carrier in CARRIERS else self.of_place.get(event.place.upper(), ())
        try:
            instants = {local.replace(tzinfo=zone).astimezone(UTC) for zone in zones}
        except OverflowError:
            return None
        return instants.pop() if len(instants) == 1 else None
