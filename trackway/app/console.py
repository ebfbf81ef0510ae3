"""The console: every page with the services that it calls."""

from starlette.routing import BaseRoute

from trackway.app.house import House, connector_of
from trackway.service.asking.connecting import Connecting
from trackway.web.console import pages
from trackway.web.console.base.kit import Kit
from trackway.wire.files.emsevt import profile_in


def console_routes(house: House) -> list[BaseRoute]:
    """The routes of every page."""
    return pages.routes(_kit(house), _desks(house))


def _kit(house: House) -> Kit:
    return Kit(
        access=house.access,
        signing_in=house.staff.signing_in,
        audit=house.staff.audit,
        clock=house.clock,
        trusted_proxies=house.trusted_proxies,
    )


def _desks(house: House) -> pages.Desks:
    asking, merchants, post, staff = house.asking, house.merchants, house.post, house.staff
    return pages.Desks(
        people=staff.people,
        second_factor=staff.second_factor,
        overview=merchants.overview,
        catalogue=house.carriers,
        shopfront=merchants.shopfront,
        links=merchants.links,
        connecting=_connecting(house),
        budget=asking.budget,
        roster=asking.roster,
        mailroom=post.mailroom,
        loader=post.loader,
        profile=profile_in(house.config.data),
        texts=post.texts,
        stream=merchants.stream,
        browse=merchants.browse,
        alteration=merchants.alteration,
        recarry=merchants.recarry,
        registration=merchants.registration,
        explanations=asking.explanations,
        webhooks=merchants.webhooks,
    )


def _connecting(house: House) -> Connecting:
    return Connecting(
        kept=house.asking.connections, make=lambda connector, settings: connector_of(house, connector, settings)
    )
