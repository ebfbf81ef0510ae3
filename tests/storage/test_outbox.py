"""Messages wait in due order, are claimed by one, and end once."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from trackway.domain.webhook import Attempt, Kind, Message, News, Outcome
from trackway.storage.database import Transaction, to_ms
from trackway.storage.outbox import Claim, Outbox
from trackway.storage.statement import Statement
from trackway.storage.store import Store

URL = "https://hooks.example/trackway"
LEASE = timedelta(seconds=40)
RETRY = timedelta(minutes=10)
_ACCOUNT = Statement(
    "INSERT INTO account (id, name, webhook_url, created_at) "
    "VALUES (CAST(:id AS BIGINT), CAST(CAST(:id AS BIGINT) AS TEXT), :url, 0)"
)
_TRACKING = Statement(
    "INSERT INTO tracking (id, account_id, number, carrier, origin, tag, registered_at, progressed_at) "
    "VALUES (:id, :account, :number, 3011, 1, :tag, 0, 0)"
)
_TRACK = Statement(
    "INSERT INTO track (tracking_id, body) VALUES (:id, :body) ON CONFLICT (tracking_id) DO UPDATE SET body = :body"
)
_MESSAGES = Statement("SELECT id, outcome, attempts, due_at, claimed, body FROM message ORDER BY id")
_ATTEMPTS = Statement("SELECT message_id, status, fault, answer FROM attempt ORDER BY id")
_PUSHED = Statement("SELECT pushed_at, push_status FROM tracking WHERE id = :id")


def render(message: Message, tag: str | None, track: bytes) -> bytes:
    return f"{message.kind} {message.number} {tag} {track.decode()}".encode()


class Desk:
    """An outbox, with what a test needs round it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.database = store.main
        self.outbox = Outbox(store.main)
        self.clock = clock

    async def run(self, statement: Statement, **values: Any) -> None:
        await self.database.write(lambda transaction: transaction.fetch(statement, **values))

    async def account(self, account: int, url: str = URL) -> None:
        await self.run(_ACCOUNT, id=account, url=url)

    async def tracking(self, tracking: int, account: int = 1, tag: str | None = "t") -> None:
        await self.run(_TRACKING, id=tracking, account=account, number=f"RR{tracking:05}", tag=tag)
        await self.track(tracking, '{"e":10}')

    async def track(self, tracking: int, body: str) -> None:
        await self.run(_TRACK, id=tracking, body=body)

    def news(self, tracking: int, kind: Kind = Kind.UPDATED, *, account: int = 1, manual: bool = False) -> News:
        number = f"RR{tracking:05}"
        return News(account=account, tracking=tracking, number=number, carrier=3011, kind=kind, manual=manual)

    async def put(self, *news: News) -> None:
        await self.database.write(lambda transaction: self.outbox.put(transaction, news, self.clock()))

    async def claim(self, slots: int = 100, cap: int = 10, held: Mapping[int, int] | None = None) -> list[Claim]:
        now = self.clock()
        return await self.outbox.claim(now=now, until=now + LEASE, slots=slots, cap=cap, held=held or {}, render=render)

    async def finish(self, claim: Claim, status: int, due_at: datetime | None = None) -> Outcome | None:
        now = self.clock()
        fault = "no answer" if status < 0 else ""
        attempt = Attempt(at=now, url=claim.url, status=status, fault=fault, took_ms=3, answer="ok")
        return await self.outbox.finish(claim, attempt, due_at, now)

    async def outcomes(self) -> list[str]:
        return [row[1] for row in await self.database.read(_MESSAGES)]


@pytest.fixture
async def desk(store: Store, clock: Clock) -> Desk:
    made = Desk(store, clock)
    await made.account(1)
    await made.tracking(1)
    return made


def _trackings(claims: Sequence[Claim]) -> list[int]:
    return sorted(claim.message.tracking for claim in claims)


async def test_a_message_is_claimed_frozen_told_and_noted(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (claim,) = await desk.claim()
    assert claim.url == URL
    assert claim.data == b'TRACKING_UPDATED RR00001 t {"e":10}'
    assert claim.until == desk.clock() + LEASE
    assert (await desk.database.read(_MESSAGES))[0][5].encode() == claim.data
    assert await desk.claim() == []
    assert await desk.finish(claim, 200, desk.clock() + RETRY) is Outcome.DELIVERED
    ((_, outcome, attempts, due_at, claimed, _),) = await desk.database.read(_MESSAGES)
    assert (outcome, attempts, due_at, bool(claimed)) == ("delivered", 1, None, False)
    assert [tuple(row) for row in await desk.database.read(_ATTEMPTS)] == [(claim.message.id, 200, "", "ok")]
    assert tuple((await desk.database.read(_PUSHED, id=1))[0]) == (to_ms(desk.clock()), 200)


async def test_a_retry_is_due_when_it_is_due_and_sends_the_same_bytes(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (first,) = await desk.claim()
    due = desk.clock() + RETRY
    assert await desk.finish(first, -1, due) is Outcome.WAITING
    assert tuple((await desk.database.read(_PUSHED, id=1))[0]) == (to_ms(desk.clock()), -1)
    failed_at = desk.clock()
    await desk.track(1, '{"e":40}')
    desk.clock.move(minutes=9, seconds=59)
    assert await desk.claim() == []
    desk.clock.move(seconds=1)
    (second,) = await desk.claim()
    assert second.data == first.data
    assert second.message.name == first.message.name
    assert (second.message.attempts, second.message.first_failed_at) == (1, failed_at)
    assert await desk.finish(second, 500, None) is Outcome.GIVEN_UP
    assert await desk.claim() == []


async def test_no_webhook_no_message(desk: Desk) -> None:
    await desk.account(2, url="")
    await desk.tracking(2, account=2)
    await desk.put(desk.news(2, account=2), desk.news(1))
    assert _trackings(await desk.claim()) == [1]
    assert len(await desk.outcomes()) == 1


async def test_news_that_comes_to_nothing_leaves_no_message(desk: Desk) -> None:
    async def work(transaction: Transaction) -> None:
        await desk.outbox.put(transaction, [desk.news(1)], desk.clock())
        raise ValueError("the change was not saved")

    with pytest.raises(ValueError, match="not saved"):
        await desk.database.write(work)
    assert await desk.outcomes() == []


async def test_an_update_takes_the_place_of_older_ones_that_wait(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (claim,) = await desk.claim()
    await desk.finish(claim, 500, desk.clock() + RETRY)
    await desk.put(desk.news(1, Kind.STOPPED))
    await desk.put(desk.news(1))
    assert await desk.outcomes() == ["superseded", "waiting", "waiting"]


async def test_an_update_on_its_way_ends_first(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (old,) = await desk.claim()
    await desk.put(desk.news(1))
    assert await desk.outcomes() == ["waiting", "waiting"]
    assert await desk.claim() == []
    assert await desk.finish(old, 500, desk.clock() + RETRY) is Outcome.SUPERSEDED
    (new,) = await desk.claim()
    assert new.message.id > old.message.id
    assert await desk.finish(new, 200) is Outcome.DELIVERED
    assert await desk.outcomes() == ["superseded", "delivered"]


async def test_a_manual_push_takes_no_ones_place_and_two_are_two(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (news,) = await desk.claim()
    await desk.put(desk.news(1, manual=True))
    await desk.put(desk.news(1, manual=True))
    assert await desk.finish(news, 500, desk.clock() + RETRY) is Outcome.WAITING
    for _ in range(2):
        (push,) = await desk.claim()
        assert await desk.finish(push, 200) is Outcome.DELIVERED
    assert await desk.outcomes() == ["waiting", "delivered", "delivered"]


async def test_of_one_tracking_one_message_is_on_its_way_the_oldest_first(desk: Desk) -> None:
    await desk.tracking(2)
    await desk.put(desk.news(1), desk.news(1, Kind.STOPPED), desk.news(2))
    claims = await desk.claim()
    assert [(claim.message.tracking, claim.message.kind) for claim in claims] == [(1, Kind.UPDATED), (2, Kind.UPDATED)]
    assert await desk.claim() == []
    await desk.finish(claims[0], 500, desk.clock() + RETRY)
    assert [claim.message.kind for claim in await desk.claim()] == [Kind.STOPPED]


async def test_a_claim_that_ran_out_is_taken_over_and_its_result_is_not_kept(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (lost,) = await desk.claim()
    desk.clock.move(seconds=40)
    (taken,) = await desk.claim()
    assert (taken.message, taken.data) == (lost.message, lost.data)
    assert await desk.finish(lost, 500, desk.clock() + RETRY) is None
    assert await desk.finish(taken, 200) is Outcome.DELIVERED
    assert await desk.finish(taken, 500, None) is None
    assert await desk.outcomes() == ["delivered"]
    assert len(await desk.database.read(_ATTEMPTS)) == 1


async def test_released_messages_are_due_at_once(desk: Desk) -> None:
    await desk.tracking(2)
    await desk.put(desk.news(1), desk.news(2))
    claims = await desk.claim()
    await desk.finish(claims[0], 200)
    await desk.outbox.release(claims, desk.clock())
    assert _trackings(await desk.claim()) == [2]


async def test_one_accounts_backlog_leaves_room_for_others(desk: Desk) -> None:
    await desk.account(2)
    for tracking in range(2, 30):
        await desk.tracking(tracking)
    await desk.tracking(30, account=2)
    await desk.put(*[desk.news(tracking) for tracking in range(1, 30)])
    desk.clock.move(seconds=1)
    await desk.put(desk.news(30, account=2))
    claims = await desk.claim(slots=12, cap=10)
    assert _trackings(claims) == [*range(1, 11), 30]
    assert await desk.claim(slots=5, cap=10, held={1: 10, 2: 1}) == []
    assert len(await desk.claim(slots=5, cap=10, held={1: 7})) == 3
    assert len(await desk.claim(slots=5, cap=10)) == 5


_URL_GONE = Statement("UPDATE account SET webhook_url = ''")
_TRACKING_GONE = Statement("DELETE FROM tracking")
_TRACK_GONE = Statement("DELETE FROM track")


@pytest.mark.parametrize("gone", [_URL_GONE, _TRACKING_GONE, _TRACK_GONE])
async def test_what_nobody_can_be_told_is_cancelled(desk: Desk, gone: Statement) -> None:
    await desk.put(desk.news(1))
    await desk.run(gone)
    assert await desk.claim() == []
    assert await desk.outcomes() == ["cancelled"]


async def test_a_new_webhook_address_counts_from_the_next_attempt(desk: Desk) -> None:
    await desk.put(desk.news(1))
    (first,) = await desk.claim()
    await desk.run(Statement("UPDATE account SET webhook_url = 'https://new.example/'"))
    await desk.finish(first, 500, desk.clock() + RETRY)
    desk.clock.move(minutes=10)
    assert [claim.url for claim in await desk.claim()] == ["https://new.example/"]


async def test_any_text_survives(desk: Desk) -> None:
    await desk.tracking(2, tag="电子\u2028\\\"' é🚚")
    body = '{"z":"电子信息\u2028 \\u0000 \\" é🚚"}'
    await desk.track(2, body)
    await desk.put(desk.news(2))
    (first,) = await desk.claim()
    await desk.finish(first, 500, desk.clock())
    (second,) = await desk.claim()
    assert second.data == first.data == f"TRACKING_UPDATED RR00002 电子\u2028\\\"' é🚚 {body}".encode()


async def test_many_claimers_never_share_a_message_or_a_tracking(desk: Desk) -> None:
    for tracking in range(2, 41):
        await desk.tracking(tracking)
    await desk.put(*[desk.news(t, kind) for t in range(1, 41) for kind in (Kind.UPDATED, Kind.STOPPED)])
    told: Counter[int] = Counter()
    on_their_way: set[int] = set()

    async def carry() -> None:
        while sum(told.values()) < 80:
            await asyncio.sleep(0)
            for claim in await desk.claim(slots=7, cap=7):
                assert claim.message.tracking not in on_their_way
                on_their_way.add(claim.message.tracking)
                await asyncio.sleep(0)
                on_their_way.remove(claim.message.tracking)
                assert await desk.finish(claim, 200) is Outcome.DELIVERED
                told[claim.message.id] += 1

    await asyncio.gather(*[carry() for _ in range(6)])
    assert len(told) == 80
    assert set(told.values()) == {1}


async def test_finished_messages_are_purged_in_batches_and_waiting_ones_stay(desk: Desk) -> None:
    for tracking in range(2, 6):
        await desk.tracking(tracking)
    await desk.put(*[desk.news(tracking) for tracking in range(1, 6)])
    claims = await desk.claim()
    for claim in claims[:4]:
        await desk.finish(claim, 200)
    assert await desk.outbox.purge(desk.clock(), 100) == 0
    later = desk.clock.move(days=30, milliseconds=1) - timedelta(days=30)
    assert await desk.outbox.purge(later, 3) == 3
    assert await desk.outbox.purge(later, 3) == 1
    assert await desk.outbox.purge(later, 3) == 0
    assert await desk.outcomes() == ["waiting"]
    assert await desk.database.read(_ATTEMPTS) == []
