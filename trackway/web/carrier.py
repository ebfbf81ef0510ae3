"""The couriers' door: they send in what happened to their parcels."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.service.asking.inbound import Inbound
from trackway.web.batch import answer_batch
from trackway.web.http import METHODS, bearer, read_body
from trackway.wire.batch import Refused
from trackway.wire.carrier import left_over, read_events

BASE = "/carrier/v1"


def routes(inbound: Inbound, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """The one address that takes events."""
    return [Route(f"{BASE}/events", CarrierFace(inbound, clock).events, methods=METHODS)]


class CarrierFace:
    """`POST /carrier/v1/events`."""

    def __init__(self, inbound: Inbound, clock: Callable[[], datetime]) -> None:
        self._inbound = inbound
        self._clock = clock

    async def events(self, request: Request) -> Response:
        """Keep the events of a batch that can be kept."""
        return await answer_batch(request, self._take, whose="carrier", what="events")

    async def _take(self, request: Request) -> tuple[int, Sequence[Refused]]:
        carrier = await self._inbound.carrier_of(bearer(request))
        events, refused = read_events(await read_body(request))
        over = await self._inbound.take(carrier, [event for _, event in events], self._clock())
        told = sorted([*refused, *left_over(events, over)], key=lambda one: one.index)
        return len(events) - len(over), told
