"""Which account somebody of the house looks at, and the making of accounts."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import ACCOUNTS, HOME
from trackway.web.console.base.visit import Visit


class AccountsPage:
    """For people of the house only."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def routes(self) -> list[BaseRoute]:
        """The list, the choice, and a new one."""
        return [
            self._kit.get(ACCOUNTS, self.show, Role.READER, house=True),
            self._kit.post(ACCOUNTS, self.create, Role.OWNER, house=True, of_account=False),
            self._kit.post(f"{ACCOUNTS}/{{id:int}}/look", self.choose, Role.READER, house=True, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """Every account."""
        return visit.page("house/accounts.html", accounts=await self._kit.access.accounts(), key=None)

    async def create(self, visit: Visit) -> Response:
        """A new account, whose key is shown this once."""
        name = visit.form["name"].strip()
        with visit.doing("accounts.create", name):
            key = await self._kit.access.create(name, _limit(visit, "quota"), _limit(visit, "daily"), visit.now)
        return visit.page("house/accounts.html", accounts=await self._kit.access.accounts(), key=key)

    async def choose(self, visit: Visit) -> Response:
        """Look at another account from now on, in this browser."""
        account = await self._kit.access.by_id(visit.request.path_params["id"])
        if account is None:
            return visit.missing()
        await self._kit.signing_in.choose(visit.session, account.id)
        return visit.back(HOME)


def _limit(visit: Visit, field: str) -> int | None:
    return visit.form.number(field) if visit.form[field].strip() else None
