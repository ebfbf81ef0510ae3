"""Register numbers: settle each one's carrier, then keep what is new."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from trackway.domain.account import Usage
from trackway.domain.carrier import Carrier, Catalogue
from trackway.domain.errors import Refusal
from trackway.domain.errors.items import CarrierNotRecognised, FinalCarrierNotPostal
from trackway.domain.errors.trackings import AlreadyRegistered, DailyLimitReached, QuotaUsedUp
from trackway.domain.following.lifecycle import Lifetimes
from trackway.domain.following.registration import Application, Refused, Registered, Subject
from trackway.domain.recognising.recognition import Candidate, Check, Detected, recognise
from trackway.domain.tracking import CANDIDATES, Origin
from trackway.storage.tracking.intake import Admitted, Intake, NewTracking, Pair

_RECOGNISED, _GUESSED = Origin.RECOGNISED, Origin.GUESSED


class Registration:
    """The desk where numbers are handed in."""

    def __init__(
        self,
        *,
        intake: Intake,
        catalogue: Catalogue,
        lifetimes: Lifetimes,
        asked: Callable[[], Awaitable[Collection[int]]],
    ) -> None:
        self._intake = intake
        self._catalogue = catalogue
        self._lifetimes = lifetimes
        self._asked = asked

    async def register(
        self, account: int, items: Sequence[Application | Refused], now: datetime
    ) -> list[Registered | Refused]:
        """What became of each item, in the order asked; an accepted one is durable and due to be asked at once.

        Duplicates inside one request are registered once and then refused like any other.
        """
        settled = [item if isinstance(item, Refused) else self._settle(item) for item in items]
        wanted: dict[Pair, NewTracking] = {}
        for item in settled:
            if not isinstance(item, Refused):
                wanted.setdefault((item.number, item.carrier), item)
        if not wanted:
            return [item for item in settled if isinstance(item, Refused)]
        wanted |= await self._with_candidates(wanted)
        kept = await self._intake.register(account, wanted, now, now + self._lifetimes.idle)
        if len(kept.new) == len(items):
            return [Registered(origin=one.origin, number=one.number, carrier=one.carrier) for one in wanted.values()]
        fresh = set(kept.new)
        return [item if isinstance(item, Refused) else _outcome(item, kept, fresh) for item in settled]

    async def _with_candidates(self, wanted: Mapping[Pair, NewTracking]) -> dict[Pair, NewTracking]:
        """Those whose carrier is guessed, with the others that they may be of and that somebody asks (T27)."""
        guessed = {pair: item for pair, item in wanted.items() if item.origin is _GUESSED}
        if not guessed:
            return guessed
        asked = await self._asked()
        return {pair: replace(item, candidates=self._candidates(item, asked)) for pair, item in guessed.items()}

    def _candidates(self, item: NewTracking, asked: Collection[int]) -> tuple[int, ...]:
        if item.final_carrier:
            return ()
        likely = [one.carrier for one in self._likely(item.number) if one.carrier.key in asked]
        return tuple(one.key for one in likely if one.key != item.carrier and one.suits(item.param))[: len(CANDIDATES)]

    def _likely(self, number: str) -> list[Candidate]:
        return [one for one in recognise(number, self._catalogue) if one.check is not Check.WRONG]

    def detect(self, items: Sequence[Subject | Refused]) -> list[Detected | Refused]:
        """Whose each number may be, in the order asked; nothing is registered."""
        return [item if isinstance(item, Refused) else self._detect(item.number) for item in items]

    def _detect(self, number: str) -> Detected:
        return Detected(number=number, candidates=recognise(number, self._catalogue))

    def _settle(self, item: Application) -> NewTracking | Refused:
        try:
            carrier, origin = self._carrier(item)
            if item.final_carrier or item.param or carrier.needs:
                self._check(item, carrier)
        except Refusal as why:
            return Refused(number=item.number, why=why)
        return NewTracking(
            number=item.number,
            carrier=carrier.key,
            final_carrier=item.final_carrier,
            origin=origin,
            param=item.param,
            tag=item.tag,
            origin_country=carrier.origin,
        )

    def _carrier(self, item: Application) -> tuple[Carrier, Origin]:
        """The carrier of an item, and how we came to it (T27)."""
        given = self._catalogue.by_key(item.carrier) if item.carrier else None
        if post := self._catalogue.post_of_number(item.number):  # no courier is certain of such a one
            return post, _RECOGNISED
        candidates = recognise(item.number, self._catalogue)
        certain = [candidate.carrier for candidate in candidates if candidate.certain]
        if certain:
            return (given, _RECOGNISED) if given in certain else (certain[0], _RECOGNISED)
        if given is not None:
            return given, Origin.GIVEN
        likely = [candidate.carrier for candidate in candidates if candidate.check is not Check.WRONG]
        if item.auto_detection and likely:
            return likely[0], _GUESSED
        raise CarrierNotRecognised

    def _check(self, item: Application, carrier: Carrier) -> None:
        if item.final_carrier:
            self._catalogue.by_key(item.final_carrier)
            if not carrier.postal:
                raise FinalCarrierNotPostal
        carrier.check(item.param)


def _outcome(item: NewTracking, kept: Admitted, fresh: set[tuple[str, int]]) -> Registered | Refused:
    """Registered the first time a new pair is met; else known before, or over a limit."""
    pair = (item.number, item.carrier)
    if pair in fresh:
        fresh.discard(pair)
        return Registered(origin=item.origin, number=item.number, carrier=item.carrier)
    if pair in kept.known or pair in kept.new:
        return Refused(number=item.number, why=AlreadyRegistered(item.number))
    return Refused(number=item.number, why=_over(kept.usage, len(kept.new)))


def _over(usage: Usage, new: int) -> Refusal:
    """Which of the two limits said no."""
    if usage.quota is not None and usage.used + new >= usage.quota:
        return QuotaUsedUp()
    return DailyLimitReached()
