"""The operator's texts in three languages side by side: what events are called, and countries."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.person import Role
from trackway.domain.post.mail import Country, Words
from trackway.domain.post.phrasebook import Wording
from trackway.service.post.texts import Texts, wording_key
from trackway.web.console.base.forms import Form
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.visit import Visit

PATH = "/console/operator/texts"
_MOST = 40


class WordingsPage:
    """A line is edited where it stands; what differs from the texts that come with Trackway is marked."""

    def __init__(self, kit: Kit, *, texts: Texts) -> None:
        self._kit = kit
        self._texts = texts

    def routes(self) -> list[BaseRoute]:
        """The list, and what is done to a line."""
        return [
            self._kit.get(PATH, self.show, house=True),
            self._kit.post(PATH, self.keep, Role.OPERATOR, house=True, of_account=False),
            self._kit.post(f"{PATH}/revert", self.revert, Role.OPERATOR, house=True, of_account=False),
        ]

    async def show(self, visit: Visit) -> Response:
        """Events, or countries, in whose texts the asked words are."""
        q, kind = visit.request.query_params.get("q", "")[:60], visit.request.query_params.get("kind", "events")
        lines: list[tuple[str, str, Words | None, Words, bool]]
        if kind == "countries":
            lines = [(one.code, one.code, None, one.name, own) for one, own in await self._texts.countries()]
        else:
            kind = "events"
            lines = [(one.key, one.code, one.milestone, one.message, own) for one, own in await self._texts.wordings()]
        found = [line for line in lines if q.casefold() in " ".join(map(repr, line)).casefold()]
        return visit.page("house/texts.html", lines=found[:_MOST], more=max(len(found) - _MOST, 0), q=q, kind=kind)

    async def keep(self, visit: Visit) -> Response:
        """Put a line in the place of the one with its key.

        Raises:
            FieldInvalid: one of its fields cannot be used; nothing is changed.
        """
        form = visit.form
        with visit.doing("texts.change", form["key"]):
            if form["kind"] == "countries":
                await self._texts.set_countries([Country(form["key"], _words(form, "message"))])
            else:
                await self._texts.set_wordings([_wording(form)])
        return visit.back(_home(form), "texts.kept", line=form["key"])

    async def revert(self, visit: Visit) -> Response:
        """Go back to the texts that come with Trackway."""
        form = visit.form
        revert = self._texts.revert_country if form["kind"] == "countries" else self._texts.revert_wording
        with visit.doing("texts.revert", form["key"]):
            await revert(form["key"])
        return visit.back(_home(form), "texts.reverted", line=form["key"])


def _wording(form: Form) -> Wording:
    return Wording(
        key=wording_key(form["key"].strip()),
        code=form["code"],
        milestone=_words(form, "milestone"),
        message=_words(form, "message"),
    )


def _words(form: Form, field: str) -> Words:
    return Words(*(form[f"{field}_{language}"].strip() for language in "ecs"))


def _home(form: Form) -> str:
    return f"{PATH}?kind=countries" if form["kind"] == "countries" else PATH
