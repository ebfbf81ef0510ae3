"""Who may ask the operator for items: the API users, and what they used."""

from datetime import timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.service.post.mailroom import Mailroom
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/operator/users"
_DAYS = timedelta(days=14)


class PartnersPage:
    """A secret is shown once, when it is made."""

    def __init__(self, kit: Kit, *, mailroom: Mailroom) -> None:
        self._kit = kit
        self._mailroom = mailroom

    def routes(self) -> list[BaseRoute]:
        """The list, and what is done to one."""
        return [
            self._kit.get(PATH, self.show, house=True),
            self._kit.post(PATH, self.create, Role.OWNER, house=True, of_account=False),
            self._kit.post(f"{PATH}/secret", self.rotate, Role.OWNER, house=True, of_account=False),
            self._kit.post(f"{PATH}/disabled", self.disable, Role.OWNER, house=True, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """All of them, with their use of the last two weeks."""
        return await self._page(visit, "", "")

    async def create(self, visit: Visit) -> Response:
        """A new one, whose secret is shown this once."""
        form, name = visit.form, visit.form["name"].strip()
        with visit.doing("users.create", name):
            secret = await self._mailroom.create_partner(
                name,
                visit.now,
                daily=form.number("daily") if form["daily"].strip() else None,
                prefixes=tuple(form["prefixes"].upper().replace(",", " ").split()),
            )
        return await self._page(visit, name, secret)

    async def rotate(self, visit: Visit) -> Response:
        """A new secret, shown this once; the old one opens nothing from now on."""
        name = visit.form["name"]
        with visit.doing("users.secret", name):
            secret = await self._mailroom.rotate(name)
        return await self._page(visit, name, secret)

    async def disable(self, visit: Visit) -> Response:
        """Shut one out, or let them in again."""
        name, disabled = visit.form["name"], visit.form["disabled"] == "1"
        with visit.doing("users.disable" if disabled else "users.enable", name):
            await self._mailroom.set_disabled(name, disabled=disabled)
        return visit.back(PATH, "users.done", name=name)

    async def _page(self, visit: Visit, name: str, secret: str) -> Response:
        since = visit.now.date() - _DAYS
        usage = [one for one in await self._mailroom.usage() if one.day >= since]
        most = max((one.calls for one in usage), default=1)
        return visit.page(
            "house/users.html",
            partners=await self._mailroom.partners(),
            usage=usage,
            most=most,
            name=name,
            secret=secret,
        )
