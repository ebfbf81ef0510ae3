"""The operator's mail items: looked up, and loaded from files."""

import io

import msgspec
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.errors.items import ItemUnreadable
from trackway.domain.person import Role
from trackway.domain.post.mail import Unread, item_number
from trackway.service.post.loading import Loader
from trackway.service.post.mailroom import Mailroom
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit
from trackway.web.http import json_response
from trackway.wire.files import format_of, read_file
from trackway.wire.files.emsevt import Profile

PATH = "/console/operator"
_SHOWN, _TOLD = 50, 200


class OperatorPage:
    """For people of the house. A file comes whole, or, from the page's script, in parts that say how far it is."""

    def __init__(self, kit: Kit, *, mailroom: Mailroom, loader: Loader, profile: Profile) -> None:
        self._kit = kit
        self._mailroom = mailroom
        self._loader = loader
        self._profile = profile

    def routes(self) -> list[BaseRoute]:
        """The list, one item, and the loading of a file."""
        return [
            self._kit.get(PATH, self.show, house=True),
            self._kit.get(f"{PATH}/items/{{number}}", self.item, house=True),
            self._kit.post(f"{PATH}/load", self.load, Role.OPERATOR, house=True, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """Items whose numbers begin with what is asked for."""
        asked = visit.request.query_params
        prefix, after = asked.get("q", "")[:20], (asked.get("after", ""), asked.get("posted", ""))
        items = await self._mailroom.search(prefix, visit.now, after=after, most=_SHOWN + 1)
        more = items[_SHOWN - 1] if len(items) > _SHOWN else None
        return visit.page("house/operator.html", items=items[:_SHOWN], q=prefix, more=more, report=None)

    async def item(self, visit: Visit) -> Response:
        """Every item that had the number, with its scans, and who asked for it.

        Raises:
            ItemMalformed: it is no item number.
        """
        number = item_number(visit.request.path_params["number"])
        items, asked = await self._mailroom.history(number, visit.now)
        if not items:
            return visit.missing()
        return visit.page("house/operator_item.html", number=number, items=items, asked=asked)

    async def load(self, visit: Visit) -> Response:
        """Keep what can be kept of a file; each line that cannot is told.

        Raises:
            ItemUnreadable: no file came.
        """
        name, body = visit.form.files.get("file", ("", b""))
        if not name:
            raise ItemUnreadable("no file came")
        told: list[Unread] = []
        entries = read_file(io.BytesIO(body), format_of(name), self._profile)
        with visit.doing("operator.load", name[:100]):
            loaded = await self._loader.run(entries, tell=told.append)
        report = {
            "name": name,
            "items": loaded.items,
            "scans": loaded.scans,
            "refused": loaded.refused,
            "told": [{"where": one.where, "why": one.why} for one in told[:_TOLD]],
        }
        if "application/json" in visit.request.headers.get("accept", ""):
            return json_response(msgspec.json.encode(report))
        return visit.page("house/operator.html", items=[], q="", more=None, report=report)
