"""Who may call for the account: its key, its address list, what it has used, and whether it is switched off."""

import re

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.account import Key, admits
from trackway.domain.errors.access import NetworkMalformed, NetworksTooMany
from trackway.domain.person import Role
from trackway.service.access import USE_COUNTED
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/access"
_EVERYBODY = {"0.0.0.0/0", "::/0"}


class AccessPage:
    """A reader looks; an owner changes the key and the list; an owner of the house switches the account off."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def routes(self) -> list[BaseRoute]:
        """The page, and what is done from it."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(f"{PATH}/key", self.change_key, Role.OWNER),
            self._kit.post(f"{PATH}/networks", self.add, Role.OWNER),
            self._kit.post(f"{PATH}/networks/remove", self.remove, Role.OWNER),
            self._kit.post(f"{PATH}/disabled", self.disable, Role.OWNER, house=True),
        ]

    async def show(self, visit: Visit) -> Response:
        """Key, list, use."""
        return await self._page(visit)

    async def change_key(self, visit: Visit) -> Response:
        """A new key, which is shown this once, and when it takes the old one's place (T34)."""
        with visit.doing("access.key"):
            key = await self._kit.access.rotate_key(visit.account.name, visit.now)
        return await self._page(visit, key=key)

    async def add(self, visit: Visit) -> Response:
        """More networks; a wrong one comes back with what is wrong."""
        typed = visit.form["networks"].strip()
        networks = [text for text in re.split(r"[\s,;]+", typed) if text]
        if not networks:
            return await self._page(visit, 422, typed=typed, wrong=visit.t("access.network_empty"))
        try:
            with visit.doing("access.network_add", ", ".join(networks)[:200]):
                await self._kit.access.allow_too(visit.account.name, networks)
        except (NetworkMalformed, NetworksTooMany) as why:
            wrong = self._kit.explain(visit.language, why)
            return await self._page(visit, 422, typed=typed, wrong=wrong)
        return visit.back(PATH, "access.network_added")

    async def remove(self, visit: Visit) -> Response:
        """One network less."""
        network = visit.form["network"]
        with visit.doing("access.network_remove", network[:200], done=bool):
            await self._kit.access.allow_no_more(visit.account.name, network)
        return visit.back(PATH, "access.network_removed")

    async def disable(self, visit: Visit) -> Response:
        """Shut the account out, or let it in again."""
        disabled = visit.form["disabled"] == "yes"
        with visit.doing("access.disable" if disabled else "access.enable", visit.account.name):
            await self._kit.access.set_disabled(visit.account.name, disabled=disabled)
        return visit.back(PATH, "access.is_disabled" if disabled else "access.is_enabled")

    async def _page(
        self, visit: Visit, status: int = 200, *, key: Key | None = None, typed: str = "", wrong: str = ""
    ) -> Response:
        access, account = self._kit.access, visit.account
        keys = await access.keys(account.id, visit.now)
        return visit.page(
            "merchant/access.html",
            status,
            account=account,
            in_force=next((one for one in keys if one.active_from <= visit.now), None),
            coming=next((one for one in keys if one.active_from > visit.now), None),
            delay=access.key_change_delay,
            key=key,
            usage=await access.usage(account.id, visit.now),
            days=await access.use_by_day(account.id, visit.now),
            counted=USE_COUNTED,
            everybody=bool(_EVERYBODY.intersection(account.networks)),
            admitted=admits(account.networks, visit.address),
            typed=typed,
            wrong=wrong,
        )
