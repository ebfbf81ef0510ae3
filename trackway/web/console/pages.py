"""All pages of the console, and what they need."""

from dataclasses import dataclass

from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.service.budget import Budget
from trackway.service.connecting import Connecting
from trackway.service.links import Links
from trackway.service.loading import Loader
from trackway.service.mailroom import Mailroom
from trackway.service.overview import Overview
from trackway.service.people import People
from trackway.service.roster import Roster
from trackway.service.second_factor import SecondFactor
from trackway.service.shopfront import Shopfront
from trackway.service.texts import Texts
from trackway.web.console.accounts import AccountsPage
from trackway.web.console.audit import AuditPage
from trackway.web.console.base import Kit
from trackway.web.console.carriers import CarriersPage
from trackway.web.console.door import Door
from trackway.web.console.operator import OperatorPage
from trackway.web.console.overview import OverviewPage
from trackway.web.console.partners import PartnersPage
from trackway.web.console.people import PeoplePage
from trackway.web.console.shop import ShopPage
from trackway.web.console.wordings import WordingsPage
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


def routes(kit: Kit, desks: Desks) -> list[BaseRoute]:
    """The routes of every page."""
    return [
        *kit.assets.routes(),
        *Door(kit, people=desks.people).routes(),
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
