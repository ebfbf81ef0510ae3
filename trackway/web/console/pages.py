"""All pages of the console, and what they need."""

from dataclasses import dataclass

from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.service.asking.budget import Budget
from trackway.service.asking.connecting import Connecting
from trackway.service.asking.explanation import Explanations
from trackway.service.asking.roster import Roster
from trackway.service.merchants.alteration import Alteration
from trackway.service.merchants.browsing import Browse
from trackway.service.merchants.overview import Overview
from trackway.service.merchants.recarry import Recarry
from trackway.service.merchants.registration import Registration
from trackway.service.merchants.stream import Stream
from trackway.service.merchants.webhooks import Webhooks
from trackway.service.people.people import People
from trackway.service.people.second_factor import SecondFactor
from trackway.service.post.loading import Loader
from trackway.service.post.mailroom import Mailroom
from trackway.service.post.texts import Texts
from trackway.service.shop.links import Links
from trackway.service.shop.shopfront import Shopfront
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
from trackway.wire.files.emsevt import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The services that the pages call."""

    people: People
    second_factor: SecondFactor
    overview: Overview
    catalogue: Catalogue
    shopfront: Shopfront
    links: Links
    connecting: Connecting
    budget: Budget
    roster: Roster
    mailroom: Mailroom
    loader: Loader
    profile: Profile
    texts: Texts
    stream: Stream
    browse: Browse
    alteration: Alteration
    recarry: Recarry
    registration: Registration
    explanations: Explanations
    webhooks: Webhooks


def routes(kit: Kit, desks: Desks) -> list[BaseRoute]:
    """The routes of every page."""
    return [
        *kit.assets.routes(),
        *Door(kit, people=desks.people).routes(),
        *TrackingsPage(kit, browse=desks.browse, carriers=desks.catalogue).routes(),
        *TrackingPage(
            kit,
            browse=desks.browse,
            alteration=desks.alteration,
            recarry=desks.recarry,
            explanations=desks.explanations,
            links=desks.links,
            carriers=desks.catalogue,
        ).routes(),
        *ImportPage(kit, registration=desks.registration, carriers=desks.catalogue).routes(),
        *WebhookPage(kit, webhooks=desks.webhooks).routes(),
        *AccessPage(kit).routes(),
        *MePage(kit, people=desks.people, second_factor=desks.second_factor).routes(),
        *Live(kit, stream=desks.stream).routes(),
        *PeoplePage(kit, people=desks.people).routes(),
        *AccountsPage(kit).routes(),
        *AuditPage(kit).routes(),
        *OverviewPage(kit, overview=desks.overview, catalogue=desks.catalogue).routes(),
        *CarriersPage(
            kit,
            connecting=desks.connecting,
            budget=desks.budget,
            roster=desks.roster,
            overview=desks.overview,
            catalogue=desks.catalogue,
        ).routes(),
        *OperatorPage(kit, mailroom=desks.mailroom, loader=desks.loader, profile=desks.profile).routes(),
        *PartnersPage(kit, mailroom=desks.mailroom).routes(),
        *WordingsPage(kit, texts=desks.texts).routes(),
        *ShopPage(kit, shopfront=desks.shopfront, links=desks.links).routes(),
    ]
