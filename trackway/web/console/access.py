"""Access: the key, who may call from where, how much is used, and switching the account off."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.account import Key
from trackway.domain.person import Role
from trackway.service.access import USE_COUNTED, Access
from trackway.web.console.base import Kit, Visit

PATH = "/console/access"
_MOST_NETWORKS = 200


class AccessPage:
    """An owner changes all of it; the account is switched on again by somebody of the house alone."""

    def __init__(self, kit: Kit, *, access: Access) -> None:
        self._kit = kit
        self._access = access

    def routes(self) -> list[BaseRoute]:
        """The page and its changes."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(f"{PATH}/key", self.change_key, Role.OWNER),
            self._kit.post(f"{PATH}/addresses", self.change_addresses, Role.OWNER),
            self._kit.post(f"{PATH}/disable", self.disable, Role.OWNER),
            self._kit.post(f"{PATH}/enable", self.enable, Role.OWNER, house=True),
        ]

    async def show(self, visit: Visit) -> Response:
        """Everything but the key itself."""
        return await self._page(visit)

    async def change_key(self, visit: Visit) -> Response:
        """A new key, shown this once, with the time that is left of the old one (T34)."""
        with visit.doing("access.key", visit.account.name):
            key = await self._access.rotate_key(visit.account.name, visit.now)
        return await self._page(visit, key)

    async def change_addresses(self, visit: Visit) -> Response:
        """The only addresses that may call; none for any."""
        networks = tuple(visit.form["networks"].replace(",", " ").split())[:_MOST_NETWORKS]
        with visit.doing("access.addresses", visit.account.name, ", ".join(networks)[:300]):
            await self._access.allow(visit.account.name, networks)
        return visit.back(PATH, "access.addresses_kept")

    async def disable(self, visit: Visit) -> Response:
        """Shut the account out."""
        with visit.doing("access.disable", visit.account.name):
            await self._access.set_disabled(visit.account.name, disabled=True)
        return visit.back(PATH, "access.is_disabled")

    async def enable(self, visit: Visit) -> Response:
        """Let the account in again."""
        with visit.doing("access.enable", visit.account.name):
            await self._access.set_disabled(visit.account.name, disabled=False)
        return visit.back(PATH, "access.is_enabled")

    async def _page(self, visit: Visit, new: Key | None = None) -> Response:
        keys = await self._access.keys(visit.account.id, visit.now)
        return visit.page(
            "access.html",
            account=await self._access.named(visit.account.name),
            new=new,
            keys=keys,
            usage=await self._access.usage(visit.account.id, visit.now),
            days=await self._access.use_by_day(visit.account.id, visit.now),
            most=USE_COUNTED,
        )
