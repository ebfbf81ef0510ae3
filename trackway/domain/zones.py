"""When an event really happened, where that can be told at all: carriers give the time of the place, without a zone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from trackway.domain.tracking import Event

_SIMULATED = 900_000
"""The carrier of parcels that do not exist tells all times in UTC."""


class Zones(Struct, frozen=True):
    """The time zones of places, by the country's name or code in capitals."""

    of_place: Mapping[str, Sequence[tzinfo]]

    def instant(self, carrier: int, event: Event) -> datetime | None:
        """The event's instant; None where its place is no country, or one whose clocks differ at that time."""
        local = datetime.fromisoformat(event.time)
        zones = (UTC,) if carrier == _SIMULATED else self.of_place.get(event.place.upper(), ())
        instants = {local.replace(tzinfo=zone).astimezone(UTC) for zone in zones}
        return instants.pop() if len(instants) == 1 else None
