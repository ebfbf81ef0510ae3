"""The face for merchants: the 17TRACK Track API v1.0 under /track/v1 (readings T5, T9 to T13)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from trackway.domain.account import Account
from trackway.domain.errors import AccessDenied, StorageError
from trackway.domain.following.registration import Refused
from trackway.service.access import Access
from trackway.service.merchants.alteration import Alteration
from trackway.service.merchants.lookup import Lookup
from trackway.service.merchants.recarry import Recarry
from trackway.service.merchants.registration import Registration
from trackway.web.caller import Networks, caller_address
from trackway.web.http import METHODS, BodyUnreadable, denied, json_response, read_body
from trackway.wire.track17 import answers as wire
from trackway.wire.track17 import items as asked
from trackway.wire.track17.codes import INTERNAL, NOWHERE
from trackway.wire.track17.list import read_filter, write_page

Endpoint = Callable[[Account, bytes, datetime], Awaitable[bytes]]
_ROOT = "/track"
_BASE = f"{_ROOT}/v1/"
_log = structlog.get_logger(__name__)


class _AnyCase(Route):
    """A route whose path is matched without regard to case (T5)."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the path is that of the route in small letters."""
        return super().matches({**scope, "path": scope["path"].lower()})


class Track17Face:
    """Each endpoint reads its items, calls one service method and writes the outcomes."""

    def __init__(
        self,
        *,
        access: Access,
        registration: Registration,
        lookup: Lookup,
        alteration: Alteration,
        recarry: Recarry,
        country_key: Callable[[str], int],
        clock: Callable[[], datetime],
        trusted_proxies: Networks = (),
    ) -> None:
        self._access = access
        self._registration = registration
        self._lookup = lookup
        self._alteration = alteration
        self._recarry = recarry
        self._country_key = country_key
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._endpoints: dict[str, Endpoint] = {
            "register": self._register,
            "changecarrier": self._changecarrier,
            "changeinfo": self._changeinfo,
            "stoptrack": self._stoptrack,
            "retrack": self._retrack,
            "gettracklist": self._gettracklist,
            "gettrackinfo": self._gettrackinfo,
            "deletetrack": self._deletetrack,
            "push": self._push,
            "detect": self._detect,
        }

    def busiest(self) -> list[Route]:
        """The two endpoints that are called most, which go straight."""
        return [Route(f"{_BASE}{name}", self) for name in ("gettrackinfo", "register")]

    def routes(self) -> list[BaseRoute]:
        """One route for all names, for whatever method; what is nowhere is told in JSON too (T12)."""
        nothing = [_AnyCase(path, _nowhere, methods=METHODS) for path in (_ROOT, _ROOT + "/{path:path}")]
        return [_AnyCase(_BASE + "{name:path}", self), *nothing]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI endpoint."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The documented answer to whatever came."""
        try:
            return await self._answer(request)
        except AccessDenied as why:
            return denied(why)
        except asked.RequestRefused as why:
            return json_response(wire.write_problem(why.code, why.message))
        except BodyUnreadable:
            return json_response(wire.write_problem(-18010013, "Submitted data is invalid."))
        except StorageError:
            _log.exception("the store failed", path=request.url.path)
            return json_response(wire.write_problem(*INTERNAL, top=503), 503)
        except Exception:  # noqa: BLE001  # whatever it is, the caller gets the documented answer
            _log.exception("a request failed", path=request.url.path)
            return json_response(wire.write_problem(*INTERNAL, top=500), 500)

    async def _answer(self, request: Request) -> Response:
        name = request.path_params.get("name") or request.scope["route"].path.removeprefix(_BASE)
        name = name.strip("/").lower()
        endpoint = self._endpoints.get(name)
        if endpoint is None or request.method != "POST":
            return await _nowhere(request)
        now = self._clock()
        address = caller_address(request, self._trusted_proxies)
        account = await self._access.admit(request.headers.get("17token"), address, name, now)
        return json_response(await endpoint(account, await read_body(request), now))

    async def _register(self, account: Account, body: bytes, now: datetime) -> bytes:
        items = asked.read_applications(body)
        return wire.write_outcomes(await self._registration.register(account.id, items, now))

    async def _gettrackinfo(self, account: Account, body: bytes, _now: datetime) -> bytes:
        return wire.write_tracks(await self._lookup.tracks(account.id, asked.read_subjects(body)))

    async def _gettracklist(self, account: Account, body: bytes, now: datetime) -> bytes:
        wanted, number = read_filter(body)
        return write_page(await self._lookup.page(account.id, wanted, number, now), self._country_key)

    async def _changecarrier(self, account: Account, body: bytes, now: datetime) -> bytes:
        items = asked.read_carrier_changes(body)
        return wire.write_outcomes(await self._recarry.change(account.id, items, now))

    async def _changeinfo(self, account: Account, body: bytes, now: datetime) -> bytes:
        return wire.write_outcomes(await self._alteration.note(account.id, asked.read_note_changes(body), now))

    async def _stoptrack(self, account: Account, body: bytes, now: datetime) -> bytes:
        return wire.write_outcomes(await self._alteration.stop(account.id, asked.read_subjects(body), now))

    async def _retrack(self, account: Account, body: bytes, now: datetime) -> bytes:
        return wire.write_outcomes(await self._alteration.retrack(account.id, asked.read_subjects(body), now))

    async def _deletetrack(self, account: Account, body: bytes, now: datetime) -> bytes:
        return wire.write_outcomes(await self._alteration.delete(account.id, asked.read_subjects(body), now))

    async def _push(self, account: Account, body: bytes, now: datetime) -> bytes:
        items = asked.read_subjects(body)
        return wire.write_outcomes(await self._alteration.push(account.id, items, account.webhook_url, now))

    async def _detect(self, _account: Account, body: bytes, _now: datetime) -> bytes:
        detected = self._registration.detect(asked.read_subjects(body))
        return wire.write_outcomes([one if isinstance(one, Refused) else wire.candidates(one) for one in detected])


async def _nowhere(_: Request) -> Response:
    return json_response(wire.write_problem(*NOWHERE, top=404), 404)
