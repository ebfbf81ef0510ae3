"""The courier against real receivers: only a whole 200 counts, and everything else is tried again as promised."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from tests.conftest import NOW, Clock
from tests.postroom import Postroom
from tests.receiver import LOOPBACK, Answer, Receiver, cut, hang, receiver, reset
from trackway.domain.errors import StorageError
from trackway.domain.webhook import Attempt, Kind, Message, Outcome
from trackway.egress.client import GuardedClient
from trackway.storage.database import Database, Row, T, Work
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.telling.outbox import Outbox
from trackway.wire.webhook import headers, sign
from trackway.worker.courier import Courier

KEY = "6A8D7CFC3F7A41149E0A4EE8ABD0DD8A"
_ATTEMPTS = Statement("SELECT at, url, status, fault, answer FROM attempt ORDER BY id")


class Round:
    """A courier with its postroom, one receiver, and what became of each attempt."""

    def __init__(self, store: Store, clock: Clock, end: Receiver, client: GuardedClient) -> None:
        self.room = Postroom(store, clock)
        self.clock, self.end, self.client = clock, end, client
        self.key: str | None = KEY
        self.old_keys: list[str] = []
        self.ended: asyncio.Queue[tuple[Message, Attempt, Outcome]] = asyncio.Queue()
        self.naps: list[float] = []
        self.couriers: list[Courier] = []
        self.courier = self.hire(store.main)

    def hire(self, database: Database, slots: int = 20, slots_per_account: int = 3) -> Courier:
        courier = Courier(
            outbox=Outbox(database),
            post=self.client.post,
            signing_keys=self.signing_keys,
            delays=(600, 1800, 3600),
            timeout=10,
            slots=slots,
            slots_per_account=slots_per_account,
            clock=self.clock,
            sleep=self.sleep,
            observe=lambda *what: self.ended.put_nowait(what),
        )
        self.couriers.append(courier)
        return courier

    async def signing_keys(self, _account: int, _now: datetime) -> list[str]:
        return [self.key, *self.old_keys] if self.key else []

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        await asyncio.sleep(0.001)

    async def deliver(self) -> tuple[Attempt, Outcome]:
        """One tick that sends one message; what came of it."""
        await self.courier.tick()
        _, attempt, outcome = await self.ended.get()
        return attempt, outcome

    async def told(self, count: int) -> list[tuple[Message, Attempt, Outcome]]:
        return [await self.ended.get() for _ in range(count)]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(received.body) for received in self.end.received]


@pytest.fixture
async def round_(store: Store, clock: Clock) -> AsyncIterator[Round]:
    client = GuardedClient(timeout=0.5, allowed=LOOPBACK)
    async with receiver() as end:
        made = Round(store, clock, end, client)
        await made.room.account(1, end.url)
        await made.room.tracking(1)
        yield made
        for courier in made.couriers:
            await courier.stop(0)
        await client.close()


async def test_a_message_arrives_signed(round_: Round) -> None:
    await round_.room.tracking(2, tag="电子信息已收到 \u2028")
    await round_.room.put(round_.room.news(2), round_.room.news(2, Kind.STOPPED))
    attempt, outcome = await round_.deliver()
    assert (attempt.status, attempt.url, outcome) == (200, round_.end.url, Outcome.DELIVERED)
    assert (await round_.deliver())[1] is Outcome.DELIVERED
    for received, event in zip(round_.end.received, (Kind.UPDATED, Kind.STOPPED), strict=True):
        told = json.loads(received.body)
        data = json.dumps(told["data"], separators=(",", ":"), ensure_ascii=False).encode()
        assert (told["event"], told["sign"]) == (event, sign(event, data, KEY))
        assert headers(received.headers["webhook-id"], 1, NOW, received.body, KEY).items() <= received.headers.items()
    updated, stopped = round_.bodies()
    assert updated["data"] == {"number": "RR00002", "tag": "电子信息已收到 \u2028", "track": {"e": 10}}
    assert stopped["data"] == {"number": "RR00002", "carrier": 3011, "tag": "电子信息已收到 \u2028"}


FAILURES: list[int | Answer] = [
    *(201, 202, 203, 204, 206, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 410, 429, 500, 502, 503),
    *(reset, cut, hang),
]


async def test_only_a_whole_200_counts(round_: Round) -> None:
    for tracking, answer in enumerate(FAILURES, start=2):
        await round_.room.tracking(tracking)
        await round_.room.put(round_.room.news(tracking))
        round_.end.answers = [answer]
        attempt, outcome = await round_.deliver()
        assert outcome is Outcome.WAITING
        assert attempt.status == (answer if isinstance(answer, int) else -1)
        assert bool(attempt.fault) == (attempt.status == -1)
    assert len(round_.end.received) == len(FAILURES)
    assert {received.path for received in round_.end.received} == {"/hook"}
    assert await round_.room.outcomes() == ["waiting"] * len(FAILURES)
    round_.clock.move(minutes=10)
    while round_.ended.qsize() < len(FAILURES):
        await round_.courier.tick()
        await asyncio.sleep(0)
    assert await round_.room.outcomes() == ["delivered"] * len(FAILURES)


async def test_ten_thirty_and_sixty_minutes_after_the_first_failure_and_then_no_more(round_: Round) -> None:
    round_.end.answers = [500] * 4
    await round_.room.put(round_.room.news(1))
    outcomes = [(await round_.deliver())[1]]
    for wait in (10, 20, 30):
        round_.clock.move(minutes=wait, seconds=-1)
        assert await round_.courier.tick() > 0
        assert len(round_.end.received) == len(outcomes)
        round_.clock.move(seconds=1)
        outcomes.append((await round_.deliver())[1])
    assert outcomes == [Outcome.WAITING] * 3 + [Outcome.GIVEN_UP]
    assert len({received.body for received in round_.end.received}) == 1
    assert len({received.headers["webhook-id"] for received in round_.end.received}) == 1
    assert [received.headers["webhook-attempt"] for received in round_.end.received] == ["1", "2", "3", "4"]
    times = [int(received.headers["webhook-timestamp"]) for received in round_.end.received]
    assert [(time - times[0]) / 60 for time in times] == [0, 10, 30, 60]
    round_.clock.move(days=1)
    assert await round_.courier.tick() > 0
    await round_.room.put(round_.room.news(1))
    assert (await round_.deliver())[1] is Outcome.DELIVERED
    assert await round_.room.outcomes() == ["given_up", "delivered"]
    assert len(await round_.room.database.read(_ATTEMPTS)) == 5


@pytest.mark.parametrize("asked", ["0", "5", "120", "86400", "Fri, 27 Nov 2026 12:00:00 GMT", "soon", "-1", "9" * 400])
async def test_no_receiver_changes_the_schedule(round_: Round, asked: str) -> None:
    """`Retry-After` asks for another time than the document's, which is the merchant's to rely on."""

    async def busy(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"retry-after": asked})

    round_.end.answers = [busy]
    await round_.room.put(round_.room.news(1))
    attempt, outcome = await round_.deliver()
    assert (attempt.status, outcome) == (429, Outcome.WAITING)
    round_.clock.move(minutes=10, seconds=-1)
    assert await round_.courier.tick() > 0
    round_.clock.move(seconds=1)
    assert (await round_.deliver())[1] is Outcome.DELIVERED


@pytest.mark.parametrize(("minutes_down", "arrives"), [(15, 30), (50, 60), (65, None)])
async def test_a_receiver_that_is_down_for_a_while(round_: Round, minutes_down: int, arrives: int | None) -> None:
    await round_.room.put(round_.room.news(1))
    arrived = None
    for minute in range(70):
        round_.end.answers = [500] if minute < minutes_down else []
        before = len(round_.end.received)
        if await round_.courier.tick() == 0:
            _, attempt, _ = await round_.ended.get()
            arrived = minute if attempt.status == 200 else None
        assert len(round_.end.received) - before == (minute in {0, 10, 30, 60} and minute <= (arrives or 60))
        round_.clock.move(minutes=1)
    assert arrived == arrives


async def test_news_overtakes_a_retry_which_is_then_never_sent(round_: Round) -> None:
    round_.end.answers = [500]
    await round_.room.put(round_.room.news(1))
    await round_.deliver()
    await round_.room.track(1, '{"e":40}')
    round_.clock.move(minutes=1)
    await round_.room.put(round_.room.news(1))
    assert (await round_.deliver())[1] is Outcome.DELIVERED
    round_.clock.move(minutes=9)
    assert await round_.courier.tick() > 0
    assert [body["data"]["track"]["e"] for body in round_.bodies()] == [10, 40]
    assert await round_.room.outcomes() == ["superseded", "delivered"]


async def test_the_old_key_may_sign_beside_the_new_one(round_: Round) -> None:
    """The body is the new key's alone; either key verifies the headers."""
    round_.old_keys = ["the old key"]
    await round_.room.put(round_.room.news(1))
    await round_.deliver()
    (received,) = round_.end.received
    event, data = Kind.UPDATED, b'{"number":"RR00001","tag":"t","track":{"e":10}}'
    assert json.loads(received.body)["sign"] == sign(event, data, KEY)
    assert received.headers["webhook-sign-previous"] == sign(event, data, "the old key")
    alone = [headers(received.headers["webhook-id"], 1, NOW, received.body, key) for key in (KEY, "the old key")]
    assert received.headers["webhook-signature"].split() == [one["webhook-signature"] for one in alone]


async def test_each_attempt_is_signed_with_the_key_in_force_over_the_same_data(round_: Round) -> None:
    round_.end.answers = [500]
    await round_.room.put(round_.room.news(1))
    await round_.deliver()
    await round_.room.track(1, '{"e":40}')
    round_.key = "another key"
    round_.clock.move(minutes=10)
    assert (await round_.deliver())[1] is Outcome.DELIVERED
    first, second = round_.bodies()
    assert first["data"] == second["data"]
    data = json.dumps(second["data"], separators=(",", ":")).encode()
    assert [first["sign"], second["sign"]] == [sign(Kind.UPDATED, data, key) for key in (KEY, "another key")]
    signature = round_.end.received[1].headers["webhook-signature"]
    assert len(base64.b64decode(signature.removeprefix("v1,"))) == 32


async def test_what_cannot_be_sent_is_an_attempt_too(round_: Round) -> None:
    round_.key = None
    await round_.room.put(round_.room.news(1))
    attempt, outcome = await round_.deliver()
    assert (attempt.status, attempt.fault) == (-1, "the account has no key in force to sign with")
    assert outcome is Outcome.WAITING
    round_.key = KEY
    await round_.room.run(Statement("UPDATE account SET webhook_url = 'http://10.0.0.1/'"))
    round_.clock.move(minutes=10)
    attempt, _ = await round_.deliver()
    assert (attempt.status, attempt.fault) == (-1, "this address may not be called")
    assert not round_.end.received


async def test_a_tracking_deleted_while_a_retry_waits_ends_it(round_: Round) -> None:
    round_.end.answers = [500]
    await round_.room.put(round_.room.news(1))
    await round_.deliver()
    await round_.room.run(Statement("DELETE FROM tracking"))
    round_.clock.move(minutes=10)
    assert await round_.courier.tick() > 0
    assert await round_.room.outcomes() == ["cancelled"]


async def test_a_receiver_that_hangs_holds_no_more_than_its_slots(round_: Round) -> None:
    entered = 0
    released = asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        nonlocal entered
        entered += 1
        await released.wait()
        return web.Response()

    async with receiver() as hung:
        hung.answers = [slow] * 40
        await round_.room.account(2, hung.url)
        for tracking in range(100, 140):
            await round_.room.tracking(tracking, account=2)
        for tracking in range(2, 42):
            await round_.room.tracking(tracking)
        await round_.room.put(*[round_.room.news(tracking, account=2) for tracking in range(100, 140)])
        round_.clock.move(seconds=1)
        await round_.room.put(*[round_.room.news(tracking) for tracking in range(2, 42)])
        patient = GuardedClient(timeout=30, allowed=LOOPBACK)
        round_.client = patient
        courier = round_.hire(round_.room.database)
        courier.start()
        ended = await round_.told(40)
        assert {message.account for message, _, _ in ended} == {1}
        assert {outcome for _, _, outcome in ended} == {Outcome.DELIVERED}
        assert entered == 3
        released.set()
        assert {message.account for message, _, _ in await round_.told(40)} == {2}
        await courier.stop(5)
        await patient.close()


async def test_one_of_many_that_ends_makes_room_in_a_moment(round_: Round) -> None:
    """The courier waits for a part of what is on its way, but not for long; here nothing else wakes it."""
    entered, released = asyncio.Queue[None](), asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        entered.put_nowait(None)
        await released.wait()
        return web.Response()

    async def never(_seconds: float) -> None:
        await released.wait()

    for tracking in range(2, 10):
        await round_.room.tracking(tracking)
    await round_.room.put(*[round_.room.news(tracking) for tracking in range(1, 10)])
    round_.end.answers = [200, *[slow] * 8]
    round_.client = patient = GuardedClient(timeout=30, allowed=LOOPBACK)
    round_.sleep = never  # type: ignore[assignment, method-assign]
    courier = round_.hire(round_.room.database, slots=8, slots_per_account=8)
    courier.start()
    async with asyncio.timeout(10):
        for _ in range(8):
            await entered.get()
    released.set()
    await courier.stop(5)
    await patient.close()


async def _failed_at_once(round_: Round, count: int) -> None:
    """So many messages of account 1, all of which failed at one instant, and whose next attempt is due now."""
    for tracking in range(2, count + 2):
        await round_.room.tracking(tracking)
    await round_.room.put(*[round_.room.news(tracking) for tracking in range(2, count + 2)])
    for claim in await round_.room.claim(slots=count, cap=count):
        await round_.room.finish(claim, 500, NOW + timedelta(minutes=10))
    round_.clock.move(minutes=10)


async def test_a_herd_of_retries_comes_no_faster_than_the_slots(round_: Round) -> None:
    """F26: many that failed at one instant are due at one instant, and still no more than the cap are on their way."""
    now, most = 0, 0

    async def count(_request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return web.Response()

    await _failed_at_once(round_, 150)
    round_.end.answers = [count] * 150
    round_.courier.start()
    assert {outcome for _, _, outcome in await round_.told(150)} == {Outcome.DELIVERED}
    assert most == 3


async def test_news_does_not_wait_behind_a_backlog(round_: Round) -> None:
    """F25: the retries after an outage go in due order, and what happens meanwhile comes in between."""
    await _failed_at_once(round_, 200)
    await round_.room.put(round_.room.news(1))
    round_.courier.start()
    order = [message.tracking for message, _, _ in await round_.told(201)]
    assert order.index(1) < 10
    assert sorted(order) == list(range(1, 202))


async def test_news_does_not_wait_behind_what_waits_for_something_on_its_way(round_: Round) -> None:
    """F07: another process has the one message of a tracking, and a second one is behind it."""
    await round_.room.account(2, round_.end.url)
    await round_.room.tracking(100, account=2)
    await round_.room.put(round_.room.news(1))
    assert len(await round_.room.claim()) == 1
    await round_.room.put(round_.room.news(1, Kind.STOPPED))
    round_.clock.move(seconds=1)
    await round_.room.put(round_.room.news(100, account=2))
    courier = round_.hire(round_.room.database, slots=1)
    assert [await courier.tick(), await courier.tick()][1] == 0, "the second look is from the other end"
    ((message, _, _),) = await round_.told(1)
    assert message.account == 2


async def test_the_end_waits_for_what_is_on_its_way(round_: Round) -> None:
    entered, released = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        entered.set()
        await released.wait()
        return web.Response()

    round_.end.answers = [slow]
    await round_.room.put(round_.room.news(1))
    round_.courier.start()
    await entered.wait()
    stopping = asyncio.create_task(round_.courier.stop(5))
    await asyncio.sleep(0)
    released.set()
    await stopping
    assert await round_.room.outcomes() == ["delivered"]


async def test_what_does_not_end_in_time_is_due_again_at_once(round_: Round) -> None:
    entered = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        entered.set()
        return await hang(request)

    round_.end.answers = [never]
    await round_.room.put(round_.room.news(1))
    round_.courier.start()
    await entered.wait()
    await round_.courier.stop(0.02)
    (claim,) = await round_.room.claim()
    assert claim.message.attempts == 0
    assert await round_.room.database.read(_ATTEMPTS) == []


async def test_two_couriers_send_each_message_once(round_: Round) -> None:
    for tracking in range(2, 60):
        await round_.room.tracking(tracking)
    await round_.room.put(*[round_.room.news(tracking) for tracking in range(1, 60)])
    others = [round_.hire(round_.room.database) for _ in range(2)]
    for courier in others:
        courier.start()
    await round_.told(59)
    for courier in others:
        await courier.stop(5)
    assert len({received.headers["webhook-id"] for received in round_.end.received}) == 59
    assert len(round_.end.received) == 59


class Leaving:
    """A store whose next `failures` writes fail after it has given out a claim."""

    def __init__(self, database: Database, failures: int) -> None:
        self._database = database
        self._failures = failures
        self._written = False

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        return await self._database.read(statement, **values)

    async def write(self, work: Work[T]) -> T:
        if self._written and self._failures:
            self._failures -= 1
            raise StorageError("away")
        self._written = True
        return await self._database.write(work)

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        return await self.read(statement, **values)

    async def close(self) -> None:
        """The test's store closes itself."""


async def test_a_result_waits_for_the_store_to_come_back(round_: Round) -> None:
    await round_.room.put(round_.room.news(1))
    round_.courier = round_.hire(Leaving(round_.room.database, 3))
    assert (await round_.deliver())[1] is Outcome.DELIVERED
    assert round_.naps == [1, 1, 1]
    assert len(round_.end.received) == 1
    assert await round_.room.outcomes() == ["delivered"]
