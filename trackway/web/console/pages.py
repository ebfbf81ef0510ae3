"""All pages of the console, and what they need."""

from dataclasses import dataclass

from starlette.routing import BaseRoute

from trackway.service.people import People
from trackway.service.second_factor import SecondFactor
from trackway.web.console.accounts import AccountsPage
from trackway.web.console.audit import AuditPage
from trackway.web.console.base import Kit
from trackway.web.console.door import Door
from trackway.web.console.people import PeoplePage


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The services that the pages call."""

    people: People
    second_factor: SecondFactor


def routes(kit: Kit, desks: Desks) -> list[BaseRoute]:
    """The routes of every page."""
    return [
        *kit.assets.routes(),
        *Door(kit, people=desks.people).routes(),
        *PeoplePage(kit, people=desks.people).routes(),
        *AccountsPage(kit).routes(),
        *AuditPage(kit).routes(),
    ]
