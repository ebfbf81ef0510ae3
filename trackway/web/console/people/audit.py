"""The log of changes: who did what, when and from where."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/audit"
_MOST = 100
_DIGITS = 18


class AuditPage:
    """An account's people see what was done to it; those of the house may look at all."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def routes(self) -> list[BaseRoute]:
        """The one page."""
        return [self._kit.get(PATH, self.show, Role.READER)]

    async def show(self, visit: Visit) -> Response:
        """A hundred deeds, newest first."""
        asked = visit.request.query_params.get("before", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else None
        whole = visit.person.of_house and visit.request.query_params.get("all") == "yes"
        noted = await self._kit.audit.page(None if whole else visit.account.id, before, _MOST)
        older = noted[-1].id if len(noted) == _MOST else None
        return visit.page("people/audit.html", noted=noted, older=older, whole=whole)
