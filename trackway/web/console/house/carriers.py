"""The house's accounts with carriers: how they do, what they may still ask today, and their credentials."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.domain.person import Role
from trackway.service.asking.budget import Balance, Budget
from trackway.service.asking.connecting import Connecting, Offer
from trackway.service.asking.roster import Asker, Roster
from trackway.service.merchants.overview import Overview
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit
from trackway.web.console.charts import span
from trackway.web.console.names import carrier_name

PATH = "/console/carriers"
_DAYS = 7
_MOST_NAMED = 6


class Row(Struct, frozen=True, kw_only=True):
    """One connector; `balance` only where it is set up and can work. `names` are some of its carriers."""

    offer: Offer
    balance: Balance | None
    names: Sequence[str]
    more: int

    @property
    def health(self) -> str:
        """In a word: off, broken, paused, failing, well, or quiet where nothing was asked for a week."""
        if not self.offer.connected:
            return "off"
        if self.balance is None:
            return "broken"
        if self.balance.pause is not None:
            return "paused"
        calls, failed = self.week("calls"), self.week("failed")
        if not calls:
            return "quiet"
        return "failing" if failed * 5 > calls else "well"

    def week(self, what: str) -> int:
        """The sum of the last seven days."""
        return sum(getattr(day, what) for day in self.balance.days) if self.balance else 0


class CarriersPage:
    """Credentials are written and never shown."""

    def __init__(
        self,
        kit: Kit,
        *,
        connecting: Connecting,
        budget: Budget,
        roster: Roster,
        overview: Overview,
        catalogue: Catalogue,
    ) -> None:
        self._kit = kit
        self._connecting = connecting
        self._budget = budget
        self._roster = roster
        self._overview = overview
        self._catalogue = catalogue

    def routes(self) -> list[BaseRoute]:
        """The list, and what is done to one."""
        return [
            self._kit.get(PATH, self.show, house=True),
            self._kit.post(f"{PATH}/{{connector}}", self.connect, Role.OWNER, house=True, of_account=False),
            self._kit.post(f"{PATH}/{{connector}}/drop", self.disconnect, Role.OWNER, house=True, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """All connectors that are installed, those in use first."""
        balances = {one.connector: one for one in await self._budget.balances(_DAYS, visit.now)}
        askers = await self._roster.askers()
        rows = [self._row(offer, balances, askers, visit) for offer in await self._connecting.offers()]
        rows.sort(key=lambda row: (not row.offer.connected, row.offer.connector))
        return visit.page(
            "house/carriers.html",
            rows=rows,
            freshness=await self._overview.freshness(visit.account.id, visit.now),
            carrier=lambda key: carrier_name(self._catalogue, key, visit.language),
            span=span,
        )

    async def connect(self, visit: Visit) -> Response:
        """Set one up, or anew."""
        connector = visit.request.path_params["connector"]
        given = {name.removeprefix("set_"): visit.form[name] for name in visit.form.names() if name.startswith("set_")}
        with visit.doing("carriers.connect", connector):
            await self._connecting.connect(connector, given, visit.now)
        return visit.back(PATH, "carriers.kept", connector=connector)

    async def disconnect(self, visit: Visit) -> Response:
        """Ask its carriers no more."""
        connector = visit.request.path_params["connector"]
        with visit.doing("carriers.drop", connector):
            await self._connecting.disconnect(connector)
        return visit.back(PATH, "carriers.dropped", connector=connector)

    def _row(self, offer: Offer, balances: Mapping[str, Balance], askers: Mapping[str, Asker], visit: Visit) -> Row:
        asker = askers.get(offer.connector)
        keys = sorted(asker.carriers) if asker else []
        return Row(
            offer=offer,
            balance=balances.get(offer.connector),
            names=[carrier_name(self._catalogue, key, visit.language) for key in keys[:_MOST_NAMED]],
            more=max(len(keys) - _MOST_NAMED, 0),
        )
