"""How the account's shop shows itself to those who wait for its parcels."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.service.shop.links import Links
from trackway.service.shop.shopfront import Shopfront
from trackway.web.caller import is_https
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/tracking-page"


class ShopPage:
    """Name, colour, logo, who may frame the pages, and whether there is a search page."""

    def __init__(self, kit: Kit, *, shopfront: Shopfront, links: Links) -> None:
        self._kit = kit
        self._shopfront = shopfront
        self._links = links

    def routes(self) -> list[BaseRoute]:
        """The form, and what it changes."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(PATH, self.change, Role.OWNER),
            self._kit.post(f"{PATH}/logo", self.change_logo, Role.OWNER),
        ]

    async def show(self, visit: Visit) -> Response:
        """The shop as it is set."""
        account = visit.account.id
        host = _host(visit.request, https=is_https(visit.request, self._kit.trusted_proxies))
        search = f"/t/shop/{self._links.shop(account)}"
        return visit.page("merchant/shop.html", shop=await self._shopfront.settings(account), host=host, search=search)

    async def change(self, visit: Visit) -> Response:
        """Keep all of it but the logo."""
        form = visit.form
        with visit.doing("shop.change", visit.account.name):
            await self._shopfront.change(
                visit.account.id,
                name=form["name"],
                colour=form["colour"],
                is_open=bool(form["open"]),
                search=bool(form["search"]),
                origins=form["origins"].splitlines(),
            )
        return visit.back(PATH, "shop.kept")

    async def change_logo(self, visit: Visit) -> Response:
        """Another logo, or none where no file was given."""
        _, image = visit.form.files.get("logo", ("", b""))
        with visit.doing("shop.logo", visit.account.name):
            await self._shopfront.set_logo(visit.account.id, image)
        return visit.back(PATH, "shop.kept")


def _host(request: Request, *, https: bool) -> str:
    return f"{'https' if https else 'http'}://{request.headers.get('host', request.url.netloc)}"
