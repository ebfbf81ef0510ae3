"""The web wing: the faces that callers meet."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from trackway.app.console import console_routes
from trackway.app.house import House
from trackway.storage.given.catalogue import seeded_countries, seeded_wordings
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.statement import Statement
from trackway.web import carrier, hkpost, operator, status
from trackway.web.around.measure import Measure
from trackway.web.around.straight import Straight
from trackway.web.openapi import carrier as openapi_carrier
from trackway.web.openapi import hkpost as openapi_hkpost
from trackway.web.openapi import operator as openapi_operator
from trackway.web.openapi import track17 as openapi_track17
from trackway.web.public.face import PublicFace
from trackway.web.public.view import Dictionary
from trackway.web.stream import StreamFace
from trackway.web.track17 import Track17Face
from trackway.wire.files.emsevt import profile_in

_READY = Statement("SELECT COUNT(*) FROM account WHERE id = 0")


def web_wing(house: House, *, faces: bool = True, routes: Sequence[BaseRoute] = ()) -> ASGIApp:
    """All faces, and the pages for those who watch; without `faces` only the latter."""
    pages, busiest = [*_for_watchers(house), *routes], list[Route]()
    if faces:
        merchants = _track17(house)
        busiest = [*merchants.busiest(), *hkpost.operations(house.post.mailroom, house.config, house.clock)]
        pages += [*openapi_track17.routes(), *merchants.routes(), *_stream(house).routes()]
        pages += [*_for_partners(house), *_public(house).routes(), *_for_operators(house)]
        pages += [*console_routes(house), *_for_couriers(house)]
    return Measure(Straight(Starlette(routes=pages), routes=busiest), metrics=house.metrics)


def _for_watchers(house: House) -> list[BaseRoute]:
    async def ready() -> None:
        await house.store.main.read(_READY)
        await SharedMemory(house.store.quick).put("ready", "", house.clock())

    return status.routes(house.metrics.registry, ready)


def _for_partners(house: House) -> list[BaseRoute]:
    """All but the operations themselves, which go straight."""
    return [*openapi_hkpost.routes(house.config.hkpost_base_path), *hkpost.elsewhere(house.config)]


def _for_operators(house: House) -> list[BaseRoute]:
    post = house.post
    scans = operator.routes(post.operators, post.mailroom, profile_in(house.config.data), house.clock)
    return [*openapi_operator.routes(), *scans]


def _for_couriers(house: House) -> list[BaseRoute]:
    return [*openapi_carrier.routes(), *carrier.routes(house.asking.inbound, house.clock)]


def _track17(house: House) -> Track17Face:
    merchants = house.merchants
    return Track17Face(
        access=house.access,
        registration=merchants.registration,
        lookup=merchants.lookup,
        alteration=merchants.alteration,
        recarry=merchants.recarry,
        country_key=house.carriers.country_key,
        clock=house.clock,
        trusted_proxies=house.trusted_proxies,
    )


def _stream(house: House) -> StreamFace:
    return StreamFace(
        access=house.access,
        stream=house.merchants.stream,
        clock=house.clock,
        trusted_proxies=house.trusted_proxies,
    )


def _public(house: House) -> PublicFace:
    return PublicFace(
        shopfront=house.merchants.shopfront,
        links=house.merchants.links,
        dictionary=Dictionary(
            carriers=house.carriers,
            countries=seeded_countries(house.config.data),
            wordings=seeded_wordings(house.config.data),
        ),
        clock=house.clock,
        trusted_proxies=house.trusted_proxies,
    )
