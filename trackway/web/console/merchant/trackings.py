"""The list of trackings: searched, filtered, walked through, exported."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.domain.following.listing import Listed
from trackway.domain.tracking import Milestone
from trackway.service.merchants.browsing import MOST_COUNTED, Browse
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import HOME
from trackway.web.console.base.policy import headers, policy
from trackway.web.console.base.visit import Visit
from trackway.web.console.merchant.filters import Asked, read_filters
from trackway.web.console.names import carrier_name, carrier_options

_COLUMNS = (
    "number", "carrier", "carrier_name", "final_carrier", "tag", "state", "origin", "destination", "registered_at",
    "tracked_at", "pushed_at", "push_status", "stopped_at", "stop_reason",
)  # fmt: skip
_HOSTILE = tuple("=+-@\t\r")


class TrackingsPage:
    """What an account follows."""

    def __init__(self, kit: Kit, *, browse: Browse, carriers: Catalogue) -> None:
        self._kit = kit
        self._browse = browse
        self._carriers = carriers

    def routes(self) -> list[BaseRoute]:
        """The list and its export."""
        return [self._kit.get(HOME, self.show), self._kit.get(f"{HOME}.csv", self.export)]

    async def show(self, visit: Visit) -> Response:
        """What was asked for, fifty at a time; what begins with the text sought takes the place of all filters."""
        asked = read_filters(visit.request.query_params)
        further = ""
        if asked.text:
            items = await self._browse.beginning(visit.account.id, asked.text)
        else:
            leaf = await self._browse.leaf(visit.account.id, asked.wanted, asked.place, oldest_first=asked.oldest_first)
            items = leaf.items
            further = asked.address(at=f"{leaf.further[0]}.{leaf.further[1]}") if leaf.further else ""
        return visit.page(
            "merchant/trackings.html",
            asked=asked,
            items=items,
            further=further,
            counts=await self._browse.counts(visit.account.id),
            most=MOST_COUNTED,
            states=list(Milestone),
            names=self.names(items, visit.language),
            carriers=self.options(visit.language),
            filtered=_is_filtered(asked),
        )

    async def export(self, visit: Visit) -> Response:
        """All that the filters let through as CSV, written while it is read."""
        asked = read_filters(visit.request.query_params)
        name = f"trackings-{visit.now:%Y%m%d-%H%M}.csv"
        told = {**headers(policy("")), "Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(self._rows(visit, asked), headers=told, media_type="text/csv; charset=utf-8")

    def names(self, items: Iterable[Listed], language: str) -> dict[int, str]:
        """The carriers of a list by their keys, each by its name."""
        return {key: carrier_name(self._carriers, key, language) for item in items for key in _keys(item)}

    def options(self, language: str) -> list[tuple[int, str]]:
        """All carriers by name, to choose from."""
        return carrier_options(self._carriers, language)

    async def _rows(self, visit: Visit, asked: Asked) -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf" + _csv([_COLUMNS])
        if asked.text:
            yield _csv(self._row(item) for item in await self._browse.beginning(visit.account.id, asked.text))
            return
        async for items in self._browse.every(visit.account.id, asked.wanted):
            yield _csv(self._row(item) for item in items)

    def _row(self, item: Listed) -> Iterable[object]:
        return (
            item.number, item.carrier, carrier_name(self._carriers, item.carrier, "en"), item.final_carrier or "",
            item.tag or "", item.milestone, item.origin_country, item.destination_country, _stamp(item.registered_at),
            _stamp(item.tracked_at), _stamp(item.pushed_at), item.push_status or "", _stamp(item.stopped_at),
            item.stop_reason or "",
        )  # fmt: skip


def _keys(item: Listed) -> Iterable[int]:
    return (item.carrier, item.final_carrier) if item.final_carrier else (item.carrier,)


def _is_filtered(asked: Asked) -> bool:
    return bool(asked.given.keys() - {"sort", "state", "q"})


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_HOSTILE) else value


def _stamp(instant: object) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}" if instant else ""
