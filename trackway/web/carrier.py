"""The couriers' door: they send in what happened to their parcels."""

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.domain.errors import AccessDenied, StorageError
from trackway.service.inbound import Inbound
from trackway.web.http import METHODS, BodyUnreadable, bearer, json_response, read_body
from trackway.wire.carrier import left_over, read_events
from trackway.wire.hkpost_codes import FormatInvalid
from trackway.wire.operator import BatchTooLong, write_loaded, write_problem

BASE = "/carrier/v1"
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}
_log = structlog.get_logger(__name__)


def routes(inbound: Inbound, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """The one address that takes events."""
    return [Route(f"{BASE}/events", CarrierFace(inbound, clock).events, methods=METHODS)]


class CarrierFace:
    """`POST /carrier/v1/events`."""

    def __init__(self, inbound: Inbound, clock: Callable[[], datetime]) -> None:
        self._inbound = inbound
        self._clock = clock

    async def events(self, request: Request) -> Response:
        """Keep the events of a batch that can be kept; the key is looked at before anything is read."""
        if request.method != "POST":
            return _refused(405, "only POST is answered here")
        try:
            carrier = await self._inbound.carrier_of(bearer(request))
            events, refused = read_events(await read_body(request))
            over = await self._inbound.take(carrier, [event for _, event in events], self._clock())
        except AccessDenied:
            return _refused(401, "the carrier key is missing, or is none of ours")
        except (BodyUnreadable, BatchTooLong) as why:
            return _refused(413, str(why) or "the body is larger than 1 MiB, or broke off")
        except FormatInvalid as why:
            return _refused(400, str(why))
        except StorageError:
            _log.exception("carrier_events_failed")
            return _refused(503, "nothing was kept; send it again later")
        told = sorted([*refused, *left_over(events, over)], key=lambda one: one.index)
        return json_response(write_loaded(len(events) - len(over), told))


def _refused(status: int, reason: str) -> Response:
    return json_response(write_problem(reason), status, _HEADERS.get(status))
