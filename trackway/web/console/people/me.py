"""What somebody sets for themselves: second factor, password, language, and where they are signed in."""

import io

import segno
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.service.people.people import People
from trackway.service.people.second_factor import SecondFactor
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import LOGIN
from trackway.web.console.base.visit import Visit
from trackway.web.pages.texts import LANGUAGES

PATH = "/console/me"


class MePage:
    """Whoever is signed in changes this, and nobody else's."""

    def __init__(self, kit: Kit, *, people: People, second_factor: SecondFactor) -> None:
        self._kit = kit
        self._people = people
        self._second_factor = second_factor

    def routes(self) -> list[BaseRoute]:
        """The page and its changes."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(f"{PATH}/second", self.begin_second, Role.READER, of_account=False),
            self._kit.post(f"{PATH}/second/end", self.end_second, Role.READER, of_account=False),
            self._kit.post(f"{PATH}/password", self.change_password, Role.READER, of_account=False),
            self._kit.post(f"{PATH}/language", self.change_language, Role.READER, of_account=False),
            self._kit.post(f"{PATH}/sessions/end", self.end_sessions, Role.READER, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """All of it."""
        return await self._page(visit)

    async def begin_second(self, visit: Visit) -> Response:
        """A second factor once its first code is right; the recovery codes are shown this once."""
        with visit.doing("me.second"):
            codes = await self._second_factor.begin(visit.person, visit.form["secret"], visit.form["code"], visit.now)
        return visit.page("people/codes.html", codes=codes)

    async def end_second(self, visit: Visit) -> Response:
        """The password alone is enough again, for whoever gives it."""
        with visit.doing("me.second_end"):
            await self._second_factor.end(visit.person, visit.form["password"])
        return visit.back(PATH, "me.second_ended")

    async def change_password(self, visit: Visit) -> Response:
        """A new password; every session ends."""
        with visit.doing("me.password"):
            await self._people.change_password(visit.person, visit.form["old"], visit.form["new"])
        return visit.back(LOGIN, "me.password_changed")

    async def change_language(self, visit: Visit) -> Response:
        """The language in every browser of theirs."""
        language = visit.form["language"] if visit.form["language"] in LANGUAGES else ""
        await self._people.set_language(visit.person, language)
        response = visit.back(PATH)
        self._kit.cookies.look(visit.request, response, language=language)
        return response

    async def end_sessions(self, visit: Visit) -> Response:
        """Signed out elsewhere: in one browser, or in all."""
        with visit.doing("me.sessions"):
            if lookup := visit.form["session"]:
                await self._kit.signing_in.end_one(visit.person, lookup)
            else:
                await self._kit.signing_in.end_others(visit.session)
        return visit.back(PATH, "me.sessions_ended")

    async def _page(self, visit: Visit) -> Response:
        offer = None if visit.person.second_factor else self._second_factor.offer(visit.person)
        return visit.page(
            "people/me.html",
            offer=offer,
            picture=_picture(offer.address) if offer else "",
            codes_left=await self._second_factor.codes_left(visit.person),
            sessions=await self._kit.signing_in.sessions(visit.person),
        )


def _picture(address: str) -> str:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=5, border=2, light="#fff")
    return out.getvalue().decode()
