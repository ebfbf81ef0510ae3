"""The first look in the morning: how many are where, how long it takes, how fresh it is, and what wants a person."""

from collections.abc import Sequence
from datetime import date, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.service.merchants.overview import Counts, Overview, Picture, Route
from trackway.web.console import charts
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit
from trackway.web.console.names import carrier_name

_PARTS = ("delivered", "moving", "failed")
_EPOCH = date(1970, 1, 1)


class OverviewPage:
    """Nothing here looks at all trackings; see `service/merchants/overview`."""

    def __init__(self, kit: Kit, *, overview: Overview, catalogue: Catalogue) -> None:
        self._kit = kit
        self._overview = overview
        self._catalogue = catalogue

    def routes(self) -> list[BaseRoute]:
        """The one page."""
        return [self._kit.get("/console/overview", self.show)]

    async def show(self, visit: Visit) -> Response:
        """The last thirty days."""
        picture = await self._overview.picture(visit.account.id, visit.now)
        return visit.page(
            "overview.html",
            picture=picture,
            days=_days(visit, picture.days),
            routes=_routes(picture.routes),
            told=_told(picture),
            carrier=lambda key: carrier_name(self._catalogue, key, visit.language),
            span=charts.span,
        )


def _routes(routes: Sequence[Route]) -> list[tuple[Route, list[charts.Bar]]]:
    longest = max((int(one.trips.quantile(0.95) or 0) for one in routes), default=0)
    return [(one, charts.shape(one.trips, max(longest, 10))) for one in routes]


def _days(visit: Visit, days: Sequence[Counts]) -> charts.Chart:
    names = {kind: visit.t(f"overview.{kind}") for kind in _PARTS}
    return charts.stacks([(_day(one.day), {kind: getattr(one, kind) for kind in _PARTS}) for one in days], names)


def _told(picture: Picture) -> charts.Chart:
    series = {
        kind: [one.quantile(share) or 0.0 for _, one in picture.told] for kind, share in (("half", 0.5), ("most", 0.95))
    }
    return charts.curves([_day(day) for day, _ in picture.told], series, charts.span)


def _day(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat()
