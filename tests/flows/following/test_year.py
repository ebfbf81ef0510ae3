"""A simulated year over ten thousand trackings: every promise about webhooks holds at each push and at the end (F27).

The store, the outbox, the courier, the janitor, the poller and the services are the real ones; the clock, the carrier
and the receivers are the test's. Set TRACKWAY_YEAR_SEED for another year.
"""

import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
import structlog

from tests.flows.following.year import BEGIN, DELAYS, Carrier, Receivers, Shop, Time
from trackway.app.house import House, open_house
from trackway.app.workers import judgement_of, worker_wing
from trackway.config import load
from trackway.domain.following.registration import Accepted, Application, Refused, Registered, Subject
from trackway.domain.number import s10_digit
from trackway.storage.asking.askings import Askings
from trackway.storage.database import from_ms
from trackway.storage.statement import Statement
from trackway.storage.telling.outbox import Outbox
from trackway.worker.courier import Courier
from trackway.worker.janitor import Janitor
from trackway.worker.loop import Loop
from trackway.worker.poller import Poller

SEED = int(os.environ.get("TRACKWAY_YEAR_SEED", "20270601"))
TRACKINGS = 10_000
SHOPS, MOODY = 20, 4
STEP = timedelta(hours=12)
REGISTERING = 300
STEPS = 730
_JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
_DUE = Statement("SELECT MIN(due_at) FROM message WHERE due_at IS NOT NULL")
_COUNTS = Statement(
    "SELECT (SELECT COUNT(*) FROM tracking), (SELECT COUNT(*) FROM message), (SELECT COUNT(*) FROM attempt)"
)
_ENDED = Statement(
    "SELECT id, account_id, number, kind, manual, outcome, attempts, EXISTS (SELECT 1 FROM message AS newer "
    "WHERE newer.tracking_id = message.tracking_id AND newer.id > message.id AND newer.kind = 'TRACKING_UPDATED' "
    "AND NOT newer.manual), (SELECT COUNT(*) FROM attempt WHERE message_id = message.id), "
    "(SELECT status FROM attempt WHERE message_id = message.id ORDER BY id DESC LIMIT 1) FROM message ORDER BY id"
)


Deed = Callable[[int, Sequence[Subject | Refused], datetime], Awaitable[Sequence[Accepted | Refused]]]


class Year:
    """All that happens, and what we know of it without looking into the store."""

    def __init__(self, house: House, time: Time, seed: int) -> None:
        self.house, self.time, self.random = house, time, Random(seed)
        self.shops: dict[str, Shop] = {}
        self.carrier = Carrier(self.random, time)
        self.receivers = Receivers(self.random, time, self.shops)
        self.followed: dict[str, bool] = {}
        self.stops: Counter[str] = Counter()
        self.deleted: set[str] = set()
        self.courier, self.janitor, self.poller = self._courier(), self._janitor(), self._poller()

    def _courier(self) -> Courier:
        return Courier(
            outbox=Outbox(self.house.store.main),
            post=self.receivers.post,
            signing_keys=self.house.access.signing_keys,
            delays=DELAYS,
            timeout=10,
            slots=200,
            slots_per_account=10,
            clock=self.time,
        )

    def _janitor(self) -> Janitor:
        return next(loop for loop in worker_wing(self.house) if isinstance(loop, Janitor))

    def _poller(self) -> Poller:
        return Poller(
            connector=self.carrier,
            carriers=self.carrier.carriers,
            desk=self.house.asking.desk,
            askings=Askings(self.house.store.main),
            judgement=judgement_of(self.house),
            announce=Outbox.put,
            clock=self.time,
            timeout=20,
            told=lambda: None,
            observe=lambda *_: None,
        )

    async def open_shops(self) -> None:
        for at in range(SHOPS):
            name, now = f"shop{at}", self.time()
            key = await self.house.access.create(name, None, None, now)
            account = await self.house.access.named(name)
            self.shops[name] = Shop(name, account.id, "", [(key.active_from, key.key)])
            await self.move(self.shops[name])

    async def live(self) -> None:
        """The whole year, in steps; between two steps the courier comes whenever something is due."""
        for step in range(STEPS):
            await self.carry_until(BEGIN + step * STEP)
            if step < REGISTERING:
                await self.register(TRACKINGS * (step + 1) // REGISTERING - len(self.followed))
            await self.happen()
            await self.happen()
            await _drain(self.poller)
            await _drain(self.janitor)
            await self.carry()
        await self.carry_until(BEGIN + STEPS * STEP)

    async def carry_until(self, then: datetime) -> None:
        while True:
            ((due_at,),) = await self.house.store.main.read(_DUE)
            due = then if due_at is None else from_ms(due_at) - self.time.offset
            if due >= then:
                break
            self.time.true = max(due, self.time.true)
            await self.carry()
        self.time.true = then

    async def carry(self) -> None:
        while await self.courier.tick() == 0:
            await self.courier.landed()

    async def register(self, count: int) -> None:
        shop = self.random.choice(list(self.shops.values()))
        numbers = [_number(len(self.followed) + at) for at in range(count)]
        for number in numbers:
            scans, at = [], self.time.true
            for _ in range(self.random.randint(1, 2)):
                at += timedelta(days=self.random.uniform(0, 12))
                scans.append(at)
            self.carrier.scans[number], self.followed[number] = scans, True
        shop.numbers += numbers
        items = [Application(number=number) for number in [*numbers, *numbers[:1]]]
        done = await self.house.merchants.registration.register(shop.id, items, self.time())
        assert [isinstance(one, Registered) for one in done] == [True] * count + [False] * (len(items) - count)

    async def happen(self) -> None:
        """What owners do, and what befalls our clock."""
        shop = self.random.choice(list(self.shops.values()))
        deed = self.random.choices(
            [self.stop, self.retrack, self.delete, self.push, self.move, self.silence, self.rotate, self.leap, None],
            [20, 20, 10, 15, 12, 5, 3, 1, 14],
        )[0]
        if deed is not None:
            await deed(shop)

    async def stop(self, shop: Shop) -> None:
        for number in await self._done(shop, self.house.merchants.alteration.stop):
            self.stops[number] += 1
            self.followed[number] = False

    async def retrack(self, shop: Shop) -> None:
        for number in await self._done(shop, self.house.merchants.alteration.retrack):
            self.stops[number] += self.followed[number]  # by age, for it can only be followed again if it was stopped
            self.followed[number] = True

    async def delete(self, shop: Shop) -> None:
        self.deleted.update(await self._done(shop, self.house.merchants.alteration.delete))

    async def push(self, shop: Shop) -> None:
        items = [Subject(number=number) for number in self._some(shop)]
        await self.house.merchants.alteration.push(shop.id, items, shop.url, self.time())

    async def move(self, shop: Shop) -> None:
        """The webhook is somewhere else from now on, and well; if it was nowhere, it is somewhere again."""
        shop.url = f"https://hooks.example/{shop.name}/{self.random.getrandbits(32):x}"
        shop.down_until = BEGIN
        await self.house.merchants.webhooks.set_url(shop.name, shop.url)

    async def silence(self, shop: Shop) -> None:
        if shop.id <= MOODY:
            shop.was_silent, shop.url = True, ""
            await self.house.merchants.webhooks.set_url(shop.name, "")

    async def rotate(self, shop: Shop) -> None:
        key = await self.house.access.rotate_key(shop.name, self.time())
        shop.keys = [known for known in shop.keys if known[0] <= self.time()] + [(key.active_from, key.key)]

    async def leap(self, _shop: Shop) -> None:
        if self.time.true > BEGIN + timedelta(days=3):
            self.time.jump(self.random.choice(_JUMPS))

    def _some(self, shop: Shop) -> list[str]:
        return self.random.sample(shop.numbers[-100:], min(len(shop.numbers), 8))

    async def _done(self, shop: Shop, deed: Deed) -> list[str]:
        outcomes = await deed(shop.id, [Subject(number=number) for number in self._some(shop)], self.time())
        return [outcome.number for outcome in outcomes if isinstance(outcome, Accepted)]

    async def end(self) -> None:
        """What must be true of every message at the end of the year, and that nothing stays for ever."""
        read = self.house.store.main.read
        shops = {shop.id: shop for shop in self.shops.values()}
        told: Counter[tuple[str, str]] = Counter()
        last: dict[str, tuple[int, str]] = {}
        for identity, account, number, kind, manual, outcome, attempts, newer, logged, status in await read(_ENDED):
            pushes = [push for push in self.receivers.pushes[identity] if not push.killed]
            assert len(pushes) == logged == attempts
            # A push by hand may come at the very instant at which age deletes its tracking.
            gone = number in self.deleted or shops[account].was_silent or manual
            assert {
                "delivered": status == 200,
                "given_up": attempts == 4 and status != 200,
                "superseded": newer and status != 200,
                "cancelled": gone and status != 200,
                "kept": shops[account].was_silent and not logged,
            }[outcome], f"message {identity} of {number} is {outcome} after {attempts} attempts (I3)"
            if not manual:
                told[number, kind] += 1
            if kind == "TRACKING_UPDATED":
                last[number] = (account, outcome)
        for number, followed in self.followed.items():
            assert told[number, "TRACKING_UPDATED"] == self.carrier.changes[number], "a change without a message"
            stops = told[number, "TRACKING_STOPPED"] - self.stops[number]
            assert stops == followed or (stops == 0 and number in self.deleted), "not one message for each stop"
        for number, (account, outcome) in last.items():
            if outcome == "delivered":
                assert shops[account].latest[number] == self.carrier.told.get(number, 0), "an old state stayed"
        for shop in self.shops.values():
            assert (await self.house.access.usage(shop.id, self.time())).used == len(shop.numbers)
        self.time.true += timedelta(days=400)
        await _drain(self.janitor)
        assert [tuple(row) for row in await read(_COUNTS)] == [(0, 0, 0)]


async def _drain(loop: Loop) -> None:
    """Tick until there is nothing more to do now."""
    while await loop.tick() == 0:
        pass


def _number(serial: int) -> str:
    digits = f"{serial:08}"
    return f"RT{digits}{s10_digit(digits)}HK"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: ten thousand commits to a busy disk would be most of the year."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as made:
        yield Path(made)


@pytest.mark.timeout(300)
async def test_a_year(folder: Path) -> None:
    time = Time()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    config = load(data=folder, webhook_log_days=390, poll_min_interval=864_000, poll_max_interval=864_000)
    async with open_house(config, time) as house:
        year = Year(house, time, SEED)
        try:
            await year.open_shops()
            await year.live()
            await year.end()
        except BaseException as broken:
            broken.add_note(
                f"again with TRACKWAY_YEAR_SEED={SEED}; it is {time.true} there, and our clock says {time()}"
            )
            raise
        finally:
            structlog.reset_defaults()
