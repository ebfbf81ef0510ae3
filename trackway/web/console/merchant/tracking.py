"""One tracking: its story, why it stands where it stands, what was pushed, and what can be done."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.carrier import Catalogue
from trackway.domain.counting.reckoning import trip_days
from trackway.domain.errors.shops import LinkUnknown
from trackway.domain.errors.trackings import NotRegistered
from trackway.domain.following.listing import Listed
from trackway.domain.following.registration import CarrierChange, NoteChange, Refused, Subject
from trackway.domain.person import Role
from trackway.domain.tracking import StopReason
from trackway.service.asking.explanation import Explanations
from trackway.service.merchants.alteration import Alteration
from trackway.service.merchants.browsing import Browse
from trackway.service.merchants.recarry import Recarry
from trackway.service.shop.links import Links
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import HOME
from trackway.web.console.base.visit import Visit
from trackway.web.console.names import carrier_name, carrier_options

_ENOUGH = 5


class TrackingPage:
    """Every action is one that the API has too, or the service of it with the same rules."""

    def __init__(
        self,
        kit: Kit,
        *,
        browse: Browse,
        alteration: Alteration,
        recarry: Recarry,
        explanations: Explanations,
        links: Links,
        carriers: Catalogue,
    ) -> None:
        self._kit = kit
        self._browse = browse
        self._alteration = alteration
        self._recarry = recarry
        self._explanations = explanations
        self._links = links
        self._carriers = carriers

    def routes(self) -> list[BaseRoute]:
        """The page and its buttons."""
        buttons: dict[str, Callable[[Visit], Awaitable[Response]]] = {
            "ask": self.ask,
            "stop": self.stop,
            "retrack": self.retrack,
            "link": self.renew,
            "push": self.push,
            "delete": self.delete,
            "tag": self.change_tag,
            "carrier": self.change_carrier,
        }
        acts = [self._kit.post(f"{HOME}/{{id:int}}/{name}", act, Role.OPERATOR) for name, act in buttons.items()]
        return [self._kit.get(f"{HOME}/{{id:int}}", self.show), *acts]

    async def show(self, visit: Visit) -> Response:
        """All that is known of it."""
        try:
            dossier = await self._browse.dossier(visit.account.id, _asked(visit), visit.now)
            link = await self._links.of(visit.account.id, _asked(visit))
        except (NotRegistered, LinkUnknown):
            return visit.missing()
        tracking, listed = dossier.whole.tracking, dossier.whole.listed
        keys = {leg.carrier for leg in tracking.legs} | {listed.carrier, listed.final_carrier} - {0}
        return visit.page(
            "merchant/tracking.html",
            one=listed,
            tracking=tracking,
            dossier=dossier,
            raw=dossier.whole.raw,
            names={key: carrier_name(self._carriers, key, visit.language) for key in keys},
            carriers=carrier_options(self._carriers, visit.language),
            days=trip_days(tracking.events()),
            usual=dossier.usual if dossier.usual.total >= _ENOUGH else None,
            link=link,
            follows=_following(tracking.registered_at, visit.now),
        )

    async def ask(self, visit: Visit) -> Response:
        """Have its carriers asked next, within what they allow."""
        one = await self._meant(visit)
        with visit.doing("tracking.ask", one.number):
            await self._explanations.ask_now(visit.account.id, one.number, one.carrier, visit.now)
        return visit.back(_page(one), "tracking.asked")

    async def stop(self, visit: Visit) -> Response:
        """Stop it by hand."""
        one = await self._meant(visit)
        with visit.doing("tracking.stop", one.number, done=_done):
            _check(await self._alteration.stop(visit.account.id, [_subject(one)], visit.now, reason=StopReason.BY_HAND))
        return visit.back(_page(one), "tracking.is_stopped")

    async def retrack(self, visit: Visit) -> Response:
        """Follow it again."""
        one = await self._meant(visit)
        with visit.doing("tracking.retrack", one.number, done=_done):
            _check(await self._alteration.retrack(visit.account.id, [_subject(one)], visit.now))
        return visit.back(_page(one), "tracking.is_followed")

    async def renew(self, visit: Visit) -> Response:
        """Give the recipient's page a new link; the old one opens nothing any more."""
        one = await self._meant(visit)
        with visit.doing("tracking.link", one.number):
            await self._links.renew(visit.account.id, one.id)
        return visit.back(_page(one), "tracking.is_renewed")

    async def push(self, visit: Visit) -> Response:
        """Tell the webhook what is known now."""
        one, account = await self._meant(visit), visit.account
        with visit.doing("tracking.push", one.number, done=_done):
            _check(await self._alteration.push(account.id, [_subject(one)], account.webhook_url, visit.now))
        return visit.back(_page(one), "tracking.is_pushed")

    async def delete(self, visit: Visit) -> Response:
        """Forget it for good."""
        one = await self._meant(visit)
        with visit.doing("tracking.delete", one.number, done=_done):
            _check(await self._alteration.delete(visit.account.id, [_subject(one)], visit.now))
        return visit.back(HOME, "tracking.is_deleted", number=one.number)

    async def change_tag(self, visit: Visit) -> Response:
        """Another tag."""
        one, tag = await self._meant(visit), visit.form["tag"].strip()
        change = NoteChange(number=one.number, carrier=one.carrier, tag=tag)
        with visit.doing("tracking.tag", one.number, tag, _done):
            _check(await self._alteration.note(visit.account.id, [change], visit.now))
        return visit.back(_page(one), "tracking.is_tagged")

    async def change_carrier(self, visit: Visit) -> Response:
        """Other carriers, which are asked from the beginning."""
        one, first, final = await self._meant(visit), visit.form.number("first"), visit.form.number("final")
        change = CarrierChange(
            number=one.number,
            carrier_old=one.carrier,
            carrier_new=first if first != one.carrier else 0,
            final_carrier_new=final if final != one.final_carrier else 0,
        )
        with visit.doing("tracking.carrier", one.number, f"{one.carrier} → {first} {final or ''}".strip(), _done):
            _check(await self._recarry.change(visit.account.id, [change], visit.now))
        return visit.back(_page(one), "tracking.is_recarried")

    async def _meant(self, visit: Visit) -> Listed:
        """The tracking of this account that the request is about.

        Raises:
            NotRegistered: the account has none with that id.
        """
        return (await self._browse.one(visit.account.id, _asked(visit))).listed


def _asked(visit: Visit) -> int:
    return int(visit.request.path_params["id"]) & ((1 << 63) - 1)


def _page(one: Listed) -> str:
    return f"{HOME}/{one.id}"


def _subject(one: Listed) -> Subject:
    return Subject(number=one.number, carrier=one.carrier)


def _done(outcomes: Sequence[object]) -> bool:
    """Whether anything came of it."""
    return any(not isinstance(outcome, Refused) for outcome in outcomes)


def _check(outcomes: Sequence[object]) -> None:
    """Raise what refused the one thing that was asked."""
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            raise outcome.why


def _following(since: datetime, now: datetime) -> int:
    return (now - since).days
