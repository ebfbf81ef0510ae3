"""The world round a simulated year: a carrier, receivers that fail in every way, and what must hold at each push."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

import msgspec

from trackway.connectors.base import Answers, Inquiry, Limits
from trackway.domain.errors import StorageError
from trackway.domain.errors.carriers import CarrierUnavailable
from trackway.domain.tracking import Event, Milestone, Report
from trackway.domain.webhook import Kind
from trackway.egress.client import Reply
from trackway.wire.webhook import sign

T = TypeVar("T")
BEGIN = datetime(2027, 6, 1, tzinfo=UTC)  # the leap day of 2028 is in it
DELAYS = (600, 1800, 3600)
LEASE = timedelta(seconds=40)
_MINUTE = timedelta(minutes=1)
_FAULTS = {
    "hang": 2.0,
    "cut after 200": 2.0,
    "reset": 2.0,
    "201": 1.0,
    "204": 1.0,
    "302": 0.5,
    "429": 0.5,
    "500": 2.0,
    "down": 0.15,
    "killed": 0.5,
    "fine": 88.0,
}
_DOWN = {15 * _MINUTE: 4, 50 * _MINUTE: 4, 65 * _MINUTE: 4, timedelta(days=400): 1}
_MILESTONES = (Milestone.INFO_RECEIVED, Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED)


class Time:
    """True time and the clock on our wall, which may be set wrong."""

    def __init__(self) -> None:
        self.true = BEGIN
        self.offset = timedelta()
        self.jumps: list[tuple[datetime, timedelta]] = []

    def __call__(self) -> datetime:
        return self.true + self.offset

    def jump(self, by: timedelta) -> None:
        self.offset += by
        self.jumps.append((self.true, by))

    def leapt_since(self, then: datetime) -> bool:
        return any(at >= then and by > timedelta() for at, by in self.jumps)


class Carrier:
    """One carrier: each item's scans happen when they happen, and are told in any order, or not at all."""

    id, carriers, limits = "carrier", frozenset({8011}), Limits(batch=500)

    def __init__(self, random: Random, time: Time) -> None:
        self._random, self._time = random, time
        self.scans: dict[str, list[datetime]] = {}
        self.told: dict[str, int] = {}
        self.changes: dict[str, int] = defaultdict(int)

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        if self._random.random() < 0.02:
            raise CarrierUnavailable("down")
        return {inquiry.number: self._report(inquiry.number) for inquiry in inquiries}

    async def close(self) -> None:
        pass

    def _report(self, number: str) -> Report:
        happened = [at for at in self.scans[number] if at <= self._time.true]
        if len(happened) > self.told.get(number, 0):
            self.told[number] = len(happened)
            self.changes[number] += 1
        delivered = len(happened) == len(self.scans[number])
        events = [
            Event(time=f"{at:%Y-%m-%d %H:%M}", text=f"scan {place}", milestone=_MILESTONES[min(place, 2)])
            for place, at in enumerate(happened)
        ]
        if delivered:
            events[-1] = msgspec.structs.replace(events[-1], milestone=Milestone.DELIVERED)
        self._random.shuffle(events)
        return Report(number=number, found=bool(events), events=tuple(events))


@dataclass(slots=True)
class Shop:
    """An account as its owner knows it, and its receiver; `latest` is what the receiver has of each number."""

    name: str
    id: int
    url: str
    keys: list[tuple[datetime, str]]
    numbers: list[str] = field(default_factory=list)
    latest: dict[str, int] = field(default_factory=dict)
    down_until: datetime = BEGIN
    was_silent: bool = False

    def key(self, now: datetime) -> str:
        return next(key for since, key in reversed(self.keys) if since <= now)


@dataclass(frozen=True, slots=True)
class Push:
    """One POST of a message, and what we saw of it."""

    true: datetime
    wall: datetime
    status: int
    body: bytes
    killed: bool


class Receivers:
    """The other end of all webhooks: draws a fault for each POST, and checks what may be checked there."""

    def __init__(self, random: Random, time: Time, shops: Mapping[str, Shop]) -> None:
        self._random, self._time, self._shops = random, time, shops
        self.pushes: dict[int, list[Push]] = defaultdict(list)
        self.killed: dict[str, datetime] = {}

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """What the guarded client would have made of it."""
        shop = self._shops[url.split("/")[3]]
        made, identity = _name(headers["webhook-id"])
        raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        event, data = msgspec.json.decode(raw["event"], type=Kind), msgspec.json.decode(raw["data"])
        assert url == shop.url, "an old address was called"
        assert msgspec.json.decode(raw["sign"]) == sign(event, bytes(raw["data"]), shop.key(self._time()))
        assert data["number"] in shop.numbers, "another account was told (I6)"
        self._check_schedule(made, data["number"], self.pushes[identity], int(headers["webhook-attempt"]))
        assert {push.body for push in self.pushes[identity]} <= {bytes(raw["data"])}, "other bytes at a retry"
        fault = self._fault(shop)
        status = int(fault) if fault.isdigit() else 200 if fault == "fine" else -1
        if status == 200 or fault in {"cut after 200", "hang", "201", "204"}:
            _receive(shop, data)
        push = Push(self._time.true, self._time(), status, bytes(raw["data"]), killed=fault == "killed")
        self.pushes[identity].append(push)
        if push.killed:
            self.killed[data["number"]] = self._time.true
            raise StorageError("the process was killed before it could note anything")
        return Reply(status=status, fault="" if status > 0 else fault, took_ms=0)

    def _fault(self, shop: Shop) -> str:
        if self._time.true < shop.down_until:
            return "reset"
        fault = self._draw(_FAULTS)
        if fault == "down":
            shop.down_until = self._time.true + self._draw(_DOWN)
            return "reset"
        return fault

    def _draw(self, weights: Mapping[T, float]) -> T:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _check_schedule(self, made: datetime, number: str, before: Sequence[Push], attempt: int) -> None:
        """I7: due at once, then +10, +30 and +60 minutes after the first failure, on our own clock."""
        failed = [push for push in before if not push.killed]
        assert attempt == len(failed) + 1 <= 4
        assert all(push.status != 200 for push in failed), "sent again after a 200"
        if not before:
            due, since = made, self._time.true if made == self._time() else BEGIN
        elif before[-1].killed:
            due, since = before[-1].wall + LEASE, before[-1].true
        else:
            delay, earlier = DELAYS[len(failed) - 1], (0, *DELAYS)[len(failed) - 1]
            half = timedelta(seconds=(delay - earlier) / 2)
            due = max(failed[0].wall + timedelta(seconds=delay), failed[-1].wall + half)
            since = before[-1].true
        late = self._time() - due
        assert late >= timedelta(), f"{late} too early"
        held_up = self._time.true - self.killed.get(number, BEGIN) < 5 * LEASE
        assert late <= 5 * LEASE * held_up or self._time.leapt_since(since), f"{late} too late"


def _receive(shop: Shop, data: Mapping[str, object]) -> None:
    track = data.get("track")
    if isinstance(track, dict):
        scans = [(scan["a"], scan["z"]) for scan in track["z1"]]
        assert len(scans) == len(set(scans)), "an event twice (I4)"
        number = str(data["number"])
        assert len(scans) >= shop.latest.get(number, 0), "the receiver had a later state"
        shop.latest[number] = len(scans)


def _name(text: str) -> tuple[datetime, int]:
    _, made, identity = text.split("_")
    return datetime.strptime(made, "%Y%m%d%H%M%S").replace(tzinfo=UTC), int(identity)
