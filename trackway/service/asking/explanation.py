"""Why a number is, or is not, updating: what was asked, what came back, what comes next, and what stands in the way."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from trackway.domain.asking.ledger import Pause
from trackway.domain.asking.planning import Intervals, span
from trackway.domain.carrier import Catalogue
from trackway.domain.errors.items import CarrierUnknown
from trackway.domain.errors.trackings import AskRefused, NotRegistered
from trackway.domain.following.record import meant
from trackway.domain.number import compact
from trackway.domain.recognising.recognition import recognise
from trackway.domain.tracking import Milestone, Position, QueryState, StopReason
from trackway.service.asking.budget import Budget
from trackway.service.asking.roster import Asker, Roster
from trackway.storage.asking.legs import Followed, Legs, LegStatus
from trackway.storage.asking.pauses import Pauses

_LATE = timedelta(minutes=5)
_PATIENCE = timedelta(days=3)
_STOPS = {
    StopReason.EXPIRED: "nothing new was said of it for too long",
    StopReason.REQUESTED: "its account asked for that",
    StopReason.BY_HAND: "a person stopped it in the console",
    StopReason.CARRIER_INVALID: "its carrier says that no number of its looks so",
}
_SAID = {
    QueryState.UNASKED: "the carrier says that no number of its looks so",
    QueryState.ANSWERED: "an answer",
    QueryState.NOT_FOUND: "the carrier does not know the number",
    QueryState.UNAVAILABLE: "no answer",
    QueryState.UNREADABLE: "an answer that cannot be read",
    QueryState.LIMITED: "the carrier allowed no more for the moment",
    QueryState.REFUSED: "the carrier would not tell us",
    QueryState.MISUNDERSTOOD: "the carrier did not understand our request",
}


class Obstacle(StrEnum):
    """What can stand in the way of news."""

    STOPPED = "stopped"
    NOBODY_ASKS = "nobody asks"
    PAUSED = "paused"
    DAY_USED_UP = "day used up"
    LATE = "late"
    WRONG_CARRIER = "wrong carrier"


class Hindrance(Struct, frozen=True, kw_only=True):
    """One thing that stands in the way, in a word and in a sentence."""

    kind: Obstacle
    text: str


class LegStory(Struct, frozen=True, kw_only=True):
    """One leg: when its carrier was last asked, what came back, when it will be asked next and why then.

    `connector` is who asks it, empty for nobody. `next_at` is None where it is not asked any more.
    """

    position: Position
    carrier: int
    carrier_name: str
    connector: str
    state: QueryState
    asked_at: datetime | None
    answered_at: datetime | None
    took_ms: int
    came_back: str
    next_at: datetime | None
    next_why: str


class Explanation(Struct, frozen=True, kw_only=True):
    """One registration of a number, explained."""

    account: str
    number: str
    carrier: int
    carrier_name: str
    milestone: Milestone
    registered_at: datetime
    stopped_at: datetime | None
    legs: Sequence[LegStory]
    hindrances: Sequence[Hindrance]


class Explanations:
    """The desk where people ask why, and where they may have a carrier asked now."""

    def __init__(
        self,
        *,
        legs: Legs,
        catalogue: Catalogue,
        roster: Roster,
        pauses: Pauses,
        budget: Budget,
        intervals: Intervals,
    ) -> None:
        self._legs = legs
        self._catalogue = catalogue
        self._roster = roster
        self._pauses = pauses
        self._budget = budget
        self._intervals = intervals

    async def of(self, number: str, account: int | None, now: datetime) -> list[Explanation]:
        """Every registration of the number by an account, or by anybody where it is None, explained.

        Raises:
            NotRegistered: there is none.
        """
        wanted = compact(number)
        found = await self._legs.of(wanted, account)
        if not found:
            raise NotRegistered(wanted)
        return [await self._explain(followed, now) for followed in found]

    async def ask_now(self, account: int, number: str, carrier: int, now: datetime) -> list[Explanation]:
        """Have those of the number's carriers asked next that may be; carrier 0 means all that it is registered with.

        Raises:
            NotRegistered: the account has no such number.
            AskRefused: none may be: it is stopped, nobody asks its carrier, or that was asked a moment ago.
        """
        wanted = compact(number)
        found = meant(await self._legs.of(wanted, account), carrier)
        if not found:
            raise NotRegistered(wanted)
        asked = await self._roster.carriers()

        def askable(legs: Sequence[LegStatus]) -> Sequence[LegStatus]:
            refused = [self._refusal(leg, asked, now) for leg in legs]
            if all(refused):
                raise next(filter(None, refused))
            return [leg for leg, why in zip(legs, refused, strict=True) if not why]

        await self._legs.hurry([one.id for one in found], askable, now)
        return await self.of(wanted, account, now)

    def _refusal(self, leg: LegStatus, asked: frozenset[int], now: datetime) -> AskRefused | None:
        name = self._name(leg.carrier)
        if leg.due_at is None:
            return AskRefused(f"{name} is not asked for it any more")
        if leg.carrier not in asked:
            return AskRefused(f"no connector is set up for {name}")
        if leg.asked_at is None or now - leg.asked_at >= self._intervals.shortest:
            return None
        again_at = leg.asked_at + self._intervals.shortest
        ago = span(now - leg.asked_at)
        return AskRefused(f"{name} was asked {ago} ago; it may be asked again at {_stamp(again_at)}", again_at)

    async def _explain(self, followed: Followed, now: datetime) -> Explanation:
        askers = {leg.carrier: await self._roster.of(leg.carrier) for leg in followed.legs}
        pauses = {
            asker.connector: await self._pauses.lasting(asker.connector, now) for asker in askers.values() if asker
        }
        hindrances = [*self._stopped(followed)]
        if followed.stopped_at is None:
            for leg in followed.legs:
                hindrances += await self._in_the_way(leg, askers[leg.carrier], pauses, now)
            hindrances += self._suspicions(followed, now)
        return Explanation(
            account=followed.account_name,
            number=followed.number,
            carrier=followed.carrier,
            carrier_name=self._name(followed.carrier),
            milestone=followed.milestone,
            registered_at=followed.registered_at,
            stopped_at=followed.stopped_at,
            legs=[self._story(leg, askers[leg.carrier]) for leg in followed.legs],
            hindrances=hindrances,
        )

    def _story(self, leg: LegStatus, asker: Asker | None) -> LegStory:
        return LegStory(
            position=leg.position,
            carrier=leg.carrier,
            carrier_name=self._name(leg.carrier),
            connector=asker.connector if asker else "",
            state=leg.state,
            asked_at=leg.asked_at,
            answered_at=leg.answered_at,
            took_ms=leg.took_ms,
            came_back=_came_back(leg),
            next_at=leg.due_at if asker else None,
            next_why=(leg.why or f"{leg.reason}: as soon as it is its turn") if leg.due_at and asker else "",
        )

    @staticmethod
    def _stopped(followed: Followed) -> Iterator[Hindrance]:
        if followed.stopped_at is not None:
            why = _STOPS[followed.stop_reason or StopReason.REQUESTED]
            text = f"it was stopped at {_stamp(followed.stopped_at)}, for {why}: nobody is asked for it any more"
            yield Hindrance(kind=Obstacle.STOPPED, text=text)

    async def _in_the_way(
        self, leg: LegStatus, asker: Asker | None, pauses: dict[str, Pause | None], now: datetime
    ) -> list[Hindrance]:
        if leg.due_at is None:
            return []
        if asker is None:
            text = f"no connector is set up for {self._name(leg.carrier)}, so it is never asked"
            return [Hindrance(kind=Obstacle.NOBODY_ASKS, text=text)]
        pause = pauses[asker.connector]
        if pause is not None:
            text = f"{asker.connector} is paused until {_stamp(pause.until)}: {pause.why}"
            return [Hindrance(kind=Obstacle.PAUSED, text=text)]
        if await self._budget.left(asker, now) == 0:
            text = f"the calls of the day are used up with {asker.connector}"
            return [Hindrance(kind=Obstacle.DAY_USED_UP, text=text)]
        if now - leg.due_at > _LATE:
            text = f"{self._name(leg.carrier)} should have been asked at {_stamp(leg.due_at)}: does a worker run?"
            return [Hindrance(kind=Obstacle.LATE, text=text)]
        return []

    def _suspicions(self, followed: Followed, now: datetime) -> Iterator[Hindrance]:
        """Signs that the carrier is not the right one."""
        first = next((leg for leg in followed.legs if leg.position == Position.FIRST), None)
        if first is None or first.state is QueryState.ANSWERED:
            return
        name = self._name(followed.carrier)
        others = [one for one in recognise(followed.number, self._catalogue) if one.carrier.key != followed.carrier]
        likely = f"; it may be {others[0].carrier.name_en}: {others[0].reason}" if others else ""
        if first.state is QueryState.UNASKED and first.asked_at is not None:
            text = f"{name} says that no number of its looks so{likely}"
            yield Hindrance(kind=Obstacle.WRONG_CARRIER, text=text)
        elif first.state is QueryState.NOT_FOUND and now - followed.registered_at > _PATIENCE:
            text = f"{name} has not known it for {(now - followed.registered_at).days} days{likely}"
            yield Hindrance(kind=Obstacle.WRONG_CARRIER, text=text)

    def _name(self, carrier: int) -> str:
        try:
            return f"{self._catalogue.by_key(carrier).name_en} ({carrier})"
        except CarrierUnknown:
            return str(carrier)


def _came_back(leg: LegStatus) -> str:
    if leg.asked_at is None:
        return "it was not asked yet"
    said = _SAID[leg.state]
    if not leg.fault:
        return said
    stands = f"; the answer of {_stamp(leg.answered_at)} stands" if leg.answered_at else ""
    return f"{said}: {leg.fault}{stands}"


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
