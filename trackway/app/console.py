"""The console: every page with the services that it calls."""

from starlette.routing import BaseRoute

from trackway.app.house import House, connector_of
from trackway.service.asking.connecting import Connecting
from trackway.web.console.base.kit import Kit
from trackway.web.console.house.accounts import AccountsPage
from trackway.web.console.house.carriers import CarriersPage
from trackway.web.console.house.operator import OperatorPage
from trackway.web.console.house.partners import PartnersPage
from trackway.web.console.house.wordings import WordingsPage
from trackway.web.console.merchant.access import AccessPage
from trackway.web.console.merchant.importing import ImportPage
from trackway.web.console.merchant.live import Live
from trackway.web.console.merchant.shop import ShopPage
from trackway.web.console.merchant.tracking import TrackingPage
from trackway.web.console.merchant.trackings import TrackingsPage
from trackway.web.console.merchant.webhook import WebhookPage
from trackway.web.console.overview import OverviewPage
from trackway.web.console.people.audit import AuditPage
from trackway.web.console.people.door import Door
from trackway.web.console.people.me import MePage
from trackway.web.console.people.people import PeoplePage
from trackway.wire.files.emsevt import profile_in


def console_routes(house: House) -> list[BaseRoute]:
    """The routes of every page."""
    kit = _kit(house)
    return [*kit.assets.routes(), *_of_people(house, kit), *_of_merchants(house, kit), *_of_the_house(house, kit)]


def _kit(house: House) -> Kit:
    return Kit(
        access=house.access,
        signing_in=house.staff.signing_in,
        audit=house.staff.audit,
        clock=house.clock,
        trusted_proxies=house.trusted_proxies,
    )


def _of_people(house: House, kit: Kit) -> list[BaseRoute]:
    staff = house.staff
    return [
        *Door(kit, people=staff.people).routes(),
        *MePage(kit, people=staff.people, second_factor=staff.second_factor).routes(),
        *PeoplePage(kit, people=staff.people).routes(),
        *AuditPage(kit).routes(),
    ]


def _of_merchants(house: House, kit: Kit) -> list[BaseRoute]:
    merchants, carriers = house.merchants, house.carriers
    return [
        *OverviewPage(kit, overview=merchants.overview, catalogue=carriers).routes(),
        *TrackingsPage(kit, browse=merchants.browse, carriers=carriers).routes(),
        *TrackingPage(
            kit,
            browse=merchants.browse,
            alteration=merchants.alteration,
            recarry=merchants.recarry,
            explanations=house.asking.explanations,
            links=merchants.links,
            carriers=carriers,
        ).routes(),
        *Live(kit, stream=merchants.stream).routes(),
        *ImportPage(kit, registration=merchants.registration, carriers=carriers).routes(),
        *WebhookPage(kit, webhooks=merchants.webhooks).routes(),
        *AccessPage(kit).routes(),
        *ShopPage(kit, shopfront=merchants.shopfront, links=merchants.links).routes(),
    ]


def _of_the_house(house: House, kit: Kit) -> list[BaseRoute]:
    asking, post = house.asking, house.post
    return [
        *AccountsPage(kit).routes(),
        *CarriersPage(
            kit,
            connecting=Connecting(
                kept=asking.connections, make=lambda connector, settings: connector_of(house, connector, settings)
            ),
            budget=asking.budget,
            roster=asking.roster,
            overview=house.merchants.overview,
            catalogue=house.carriers,
        ).routes(),
        *OperatorPage(kit, mailroom=post.mailroom, loader=post.loader, profile=profile_in(house.config.data)).routes(),
        *PartnersPage(kit, mailroom=post.mailroom).routes(),
        *WordingsPage(kit, texts=post.texts).routes(),
    ]
