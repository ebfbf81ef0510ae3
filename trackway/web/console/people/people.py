"""Who may use the console: listed, added, given a role, shut out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.errors.items import FieldInvalid
from trackway.domain.errors.people import PersonUnknown
from trackway.domain.person import Person, Role
from trackway.service.people.people import Link, People
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/people"


class PeoplePage:
    """An owner of an account sees and changes its people; one of the house everybody."""

    def __init__(self, kit: Kit, *, people: People) -> None:
        self._kit = kit
        self._people = people

    def routes(self) -> list[BaseRoute]:
        """The list, and what is done from it."""
        return [
            self._kit.get(PATH, self.show, Role.OWNER),
            self._kit.post(PATH, self.add, Role.OWNER),
            self._kit.post(f"{PATH}/{{id:int}}/role", self.change_role, Role.OWNER, of_account=False),
            self._kit.post(f"{PATH}/{{id:int}}/reset", self.reset, Role.OWNER, of_account=False),
            self._kit.post(f"{PATH}/{{id:int}}/disabled", self.disable, Role.OWNER, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """Everybody whom the visitor may change."""
        return await self._page(visit)

    async def add(self, visit: Visit) -> Response:
        """A new person, whose link is shown this once."""
        of_house = visit.person.of_house and visit.form["where"] == "house"
        name, role = visit.form["name"], _role(visit)
        with visit.doing("people.add", name, role):
            link = await self._people.add(name, role, None if of_house else visit.account.id, visit.now)
        return await self._page(visit, name, link)

    async def change_role(self, visit: Visit) -> Response:
        """Another role for somebody."""
        person, role = await self._meant(visit), _role(visit)
        with visit.doing("people.role", person.name, role):
            await self._people.set_role(person.name, role)
        return visit.back(PATH, "people.changed", name=person.name)

    async def reset(self, visit: Visit) -> Response:
        """A new link for somebody, in place of password, second factor and sessions."""
        person = await self._meant(visit)
        with visit.doing("people.reset", person.name):
            link = await self._people.reset(person.name, visit.now)
        return await self._page(visit, person.name, link)

    async def disable(self, visit: Visit) -> Response:
        """Shut somebody out, or let them in again."""
        person, disabled = await self._meant(visit), visit.form["disabled"] == "yes"
        with visit.doing("people.disable" if disabled else "people.enable", person.name):
            await self._people.set_disabled(person.name, disabled=disabled)
        return visit.back(PATH, "people.changed", name=person.name)

    async def _meant(self, visit: Visit) -> Person:
        """The person that a request is about, if the visitor may change them."""
        for person in await self._people.all(visit.person.account):
            if person.id == visit.request.path_params["id"]:
                return person
        raise PersonUnknown("there is nobody with that id")

    async def _page(self, visit: Visit, name: str = "", link: Link | None = None) -> Response:
        people = await self._people.all(visit.person.account)
        accounts = {account.id: account.name for account in await self._kit.access.accounts()}
        address = link_address(visit.request, self._kit, link) if link else ""
        values: dict[str, Any] = {
            "people": people,
            "accounts": accounts,
            "roles": list(Role),
            "name": name,
            "link": address,
        }
        return visit.page("people/people.html", **values)


def _role(visit: Visit) -> Role:
    """The role that a form gives.

    Raises:
        FieldInvalid: there is no such role.
    """
    try:
        return Role(visit.form["role"])
    except ValueError:
        raise FieldInvalid("role", visit.form["role"]) from None


def link_address(request: Request, kit: Kit, link: Link) -> str:
    """A link as it is given to somebody: on the host that we are called by."""
    scheme = "https" if kit.cookies.https(request) else "http"
    return f"{scheme}://{request.headers.get('host', '')}/console/link/{link.token}"
