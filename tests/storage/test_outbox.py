"""Messages wait in due order, are claimed by one, and end once."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import pytest

from tests.conftest import Clock
from tests.postroom import LEASE, URL, Postroom, render
from trackway.domain.webhook import Kind, Outcome
from trackway.storage.database import Transaction, to_ms
from trackway.storage.statement import Statement
from trackway.storage.store import Store, open_store
from trackway.storage.telling.due import NEWEST_FIRST, OLDEST_FIRST
from trackway.storage.telling.messages import SAY, SUPERSEDE, Claim
from trackway.storage.telling.outbox import Outbox

RETRY = timedelta(minutes=10)
_MESSAGES = Statement(
    "SELECT message.id, outcome, attempts, due_at, claimed, body FROM message "
    "LEFT JOIN saying ON message_id = message.id ORDER BY message.id"
)
_ATTEMPTS = Statement("SELECT message_id, status, fault, answer FROM attempt ORDER BY id")
_SAVE = Statement(
    "UPDATE track SET body = given.body FROM @rows(rows: id bigint, body text) AS given WHERE tracking_id = given.id"
)
_SET_URL = Statement("UPDATE account SET webhook_url = 'https://hooks.example/late' WHERE id = :id")
_SEEN = Statement("UPDATE message SET said = true")
_IDS = Statement("SELECT id FROM message WHERE account_id = :account ORDER BY id")
_DELETE = Statement("DELETE FROM tracking WHERE id = :id")
_PUSHED = Statement("SELECT pushed_at, push_status FROM tracking WHERE id = :id")


@pytest.fixture
async def room(store: Store, clock: Clock) -> Postroom:
    made = Postroom(store, clock)
    await made.account(1)
    await made.tracking(1)
    return made


def _trackings(claims: Sequence[Claim]) -> list[int]:
    return sorted(claim.message.tracking for claim in claims)


async def test_a_message_is_claimed_frozen_told_and_noted(room: Postroom) -> None:
    await room.put(room.news(1))
    (claim,) = await room.claim()
    assert claim.url == URL
    assert claim.data == b'TRACKING_UPDATED RR00001 t {"e":10}'
    assert claim.until == room.clock() + LEASE
    assert (await room.database.read(_MESSAGES))[0][5].encode() == claim.data
    assert await room.claim() == []
    assert await room.finish(claim, 200, room.clock() + RETRY) is Outcome.DELIVERED
    ((_, outcome, attempts, due_at, claimed, _),) = await room.database.read(_MESSAGES)
    assert (outcome, attempts, due_at, bool(claimed)) == ("delivered", 1, None, False)
    assert [tuple(row) for row in await room.database.read(_ATTEMPTS)] == [(claim.message.id, 200, "", "ok")]
    assert tuple((await room.database.read(_PUSHED, id=1))[0]) == (to_ms(room.clock()), 200)


async def test_a_retry_is_due_when_it_is_due_and_sends_the_same_bytes(room: Postroom) -> None:
    await room.put(room.news(1))
    (first,) = await room.claim()
    due = room.clock() + RETRY
    assert await room.finish(first, -1, due) is Outcome.WAITING
    assert tuple((await room.database.read(_PUSHED, id=1))[0]) == (to_ms(room.clock()), -1)
    failed_at = room.clock()
    await room.track(1, '{"e":40}')
    room.clock.move(minutes=9, seconds=59)
    assert await room.claim() == []
    room.clock.move(seconds=1)
    (second,) = await room.claim()
    assert second.data == first.data
    assert second.message.name == first.message.name
    assert (second.message.attempts, second.message.first_failed_at) == (1, failed_at)
    assert await room.finish(second, 500, None) is Outcome.GIVEN_UP
    assert await room.claim() == []


async def test_without_a_webhook_messages_are_kept_and_never_due(room: Postroom) -> None:
    await room.account(2, url="")
    await room.tracking(2, account=2)
    await room.put(room.news(2, account=2), room.news(1))
    assert _trackings(await room.claim()) == [1]
    assert await room.outcomes() == ["kept", "waiting"]
    room.clock.move(days=1)
    await room.run(_SET_URL, id=2)
    assert _trackings(await room.claim()) == [1]


async def test_news_that_comes_to_nothing_leaves_no_message(room: Postroom) -> None:
    async def work(transaction: Transaction) -> None:
        await room.outbox.put(transaction, [room.news(1)], room.clock())
        raise ValueError("the change was not saved")

    with pytest.raises(ValueError, match="not saved"):
        await room.database.write(work)
    assert await room.outcomes() == []


async def test_an_update_takes_the_place_of_older_ones_that_wait(room: Postroom) -> None:
    await room.put(room.news(1))
    (claim,) = await room.claim()
    await room.finish(claim, 500, room.clock() + RETRY)
    await room.put(room.news(1, Kind.STOPPED))
    await room.put(room.news(1))
    assert await room.outcomes() == ["superseded", "waiting", "waiting"]


async def test_an_update_on_its_way_ends_first(room: Postroom) -> None:
    await room.put(room.news(1))
    (old,) = await room.claim()
    await room.put(room.news(1))
    assert await room.outcomes() == ["waiting", "waiting"]
    assert await room.claim() == []
    assert await room.finish(old, 500, room.clock() + RETRY) is Outcome.SUPERSEDED
    (new,) = await room.claim()
    assert new.message.id > old.message.id
    assert await room.finish(new, 200) is Outcome.DELIVERED
    assert await room.outcomes() == ["superseded", "delivered"]


async def test_a_manual_push_takes_no_ones_place_and_two_are_two(room: Postroom) -> None:
    await room.put(room.news(1))
    (news,) = await room.claim()
    await room.put(room.news(1, manual=True))
    await room.put(room.news(1, manual=True))
    assert await room.finish(news, 500, room.clock() + RETRY) is Outcome.WAITING
    for _ in range(2):
        (push,) = await room.claim()
        assert await room.finish(push, 200) is Outcome.DELIVERED
    assert await room.outcomes() == ["waiting", "delivered", "delivered"]


async def test_of_one_tracking_one_message_is_on_its_way_the_oldest_first(room: Postroom) -> None:
    await room.tracking(2)
    await room.put(room.news(1), room.news(1, Kind.STOPPED), room.news(2))
    claims = await room.claim()
    assert [(claim.message.tracking, claim.message.kind) for claim in claims] == [(1, Kind.UPDATED), (2, Kind.UPDATED)]
    assert await room.claim() == []
    await room.finish(claims[0], 500, room.clock() + RETRY)
    assert [claim.message.kind for claim in await room.claim()] == [Kind.STOPPED]


async def test_a_claim_that_ran_out_is_taken_over_and_its_result_is_not_kept(room: Postroom) -> None:
    await room.put(room.news(1))
    (lost,) = await room.claim()
    room.clock.move(seconds=40)
    (taken,) = await room.claim()
    assert (taken.message, taken.data) == (lost.message, lost.data)
    assert await room.finish(lost, 500, room.clock() + RETRY) is None
    assert await room.finish(taken, 200) is Outcome.DELIVERED
    assert await room.finish(taken, 500, None) is None
    assert await room.outcomes() == ["delivered"]
    assert len(await room.database.read(_ATTEMPTS)) == 1


async def test_released_messages_are_due_at_once(room: Postroom) -> None:
    await room.tracking(2)
    await room.put(room.news(1), room.news(2))
    claims = await room.claim()
    await room.finish(claims[0], 200)
    await room.outbox.release(claims, room.clock())
    assert _trackings(await room.claim()) == [2]


async def test_one_accounts_backlog_leaves_room_for_others(room: Postroom) -> None:
    await room.account(2)
    for tracking in range(2, 30):
        await room.tracking(tracking)
    await room.tracking(30, account=2)
    await room.put(*[room.news(tracking) for tracking in range(1, 30)])
    room.clock.move(seconds=1)
    await room.put(room.news(30, account=2))
    claims = await room.claim(slots=12, cap=10)
    assert _trackings(claims) == [*range(1, 11), 30]
    assert await room.claim(slots=5, cap=10, held={1: 10, 2: 1}) == []
    assert len(await room.claim(slots=5, cap=10, held={1: 7})) == 3
    assert len(await room.claim(slots=5, cap=10)) == 5


async def test_the_newest_may_go_first(room: Postroom) -> None:
    """Among an account's messages, and among accounts."""
    await room.account(2)
    for tracking in range(2, 9):
        await room.tracking(tracking, account=1 + tracking % 2)
        await room.put(room.news(tracking, account=1 + tracking % 2))
        room.clock.move(seconds=1)
    assert _trackings(await room.claim(slots=2, cap=1, newest_first=True)) == [7, 8]
    assert _trackings(await room.claim(slots=1, newest_first=True)) == [6]
    assert _trackings(await room.claim(slots=1)) == [2]


async def test_a_stop_is_told_where_nothing_was_ever_answered(room: Postroom) -> None:
    await room.run(_TRACK_GONE)
    await room.put(room.news(1, Kind.STOPPED))
    (claim,) = await room.claim()
    assert claim.data == b"TRACKING_STOPPED RR00001 t "


_URL_GONE = Statement("UPDATE account SET webhook_url = ''")
_TRACKING_GONE = Statement("DELETE FROM tracking")
_TRACK_GONE = Statement("DELETE FROM track")


@pytest.mark.parametrize("gone", [_URL_GONE, _TRACKING_GONE, _TRACK_GONE])
async def test_what_nobody_can_be_told_is_cancelled(room: Postroom, gone: Statement) -> None:
    await room.put(room.news(1))
    await room.run(gone)
    assert await room.claim() == []
    assert await room.outcomes() == ["cancelled"]


async def test_a_new_webhook_address_counts_from_the_next_attempt(room: Postroom) -> None:
    await room.put(room.news(1))
    (first,) = await room.claim()
    await room.run(Statement("UPDATE account SET webhook_url = 'https://new.example/'"))
    await room.finish(first, 500, room.clock() + RETRY)
    room.clock.move(minutes=10)
    assert [claim.url for claim in await room.claim()] == ["https://new.example/"]


async def test_any_text_survives(room: Postroom) -> None:
    await room.tracking(2, tag="电子\u2028\\\"' é🚚")
    body = '{"z":"电子信息\u2028 \\u0000 \\" é🚚"}'
    await room.track(2, body)
    await room.put(room.news(2))
    (first,) = await room.claim()
    await room.finish(first, 500, room.clock())
    (second,) = await room.claim()
    assert second.data == first.data == f"TRACKING_UPDATED RR00002 电子\u2028\\\"' é🚚 {body}".encode()


async def test_many_claimers_never_share_a_message_or_a_tracking(room: Postroom) -> None:
    for tracking in range(2, 41):
        await room.tracking(tracking)
    await room.put(*[room.news(t, kind) for t in range(1, 41) for kind in (Kind.UPDATED, Kind.STOPPED)])
    told: Counter[int] = Counter()
    on_their_way: set[int] = set()

    async def carry() -> None:
        while sum(told.values()) < 80:
            await asyncio.sleep(0)
            for claim in await room.claim(slots=7, cap=7):
                assert claim.message.tracking not in on_their_way
                on_their_way.add(claim.message.tracking)
                await asyncio.sleep(0)
                on_their_way.remove(claim.message.tracking)
                assert await room.finish(claim, 200) is Outcome.DELIVERED
                told[claim.message.id] += 1

    await asyncio.gather(*[carry() for _ in range(6)])
    assert len(told) == 80
    assert set(told.values()) == {1}


async def test_no_schedule_makes_the_latest_older(room: Postroom) -> None:
    """A thousand trackings whose news, claims, failures and lost processes mix at random: what arrives never ages."""
    chance = random.Random(12)
    trackings = range(2, 1002)
    versions = dict.fromkeys(trackings, 0)
    arrived = dict.fromkeys(trackings, 0)
    await asyncio.gather(*[room.tracking(tracking) for tracking in trackings])
    for _ in range(60):
        changed = chance.sample(trackings, 60)
        for tracking in changed:
            versions[tracking] += 1
        await room.run(_SAVE, rows=[(tracking, str(versions[tracking])) for tracking in changed])
        await room.put(*[room.news(tracking) for tracking in changed[:40]])
        claims = await room.claim(slots=chance.randrange(90), cap=90)
        await room.put(*[room.news(tracking) for tracking in changed[40:]])
        for claim in claims:
            version = int(claim.data.rpartition(b" ")[2])
            assert version >= arrived[claim.message.tracking]
            arrived[claim.message.tracking] = version
        due = room.clock() + timedelta(minutes=1)
        ended = [claim for claim in claims if chance.random() < 0.9]
        await asyncio.gather(
            *[
                room.finish(claim, chance.choice([200, 500, -1]), due if claim.message.attempts < 3 else None)
                for claim in ended
            ]
        )
        room.clock.move(seconds=chance.randrange(60))
    assert set(await room.outcomes()) >= {"delivered", "superseded", "waiting"}


async def test_finished_messages_are_purged_in_batches_and_waiting_ones_stay(room: Postroom) -> None:
    for tracking in range(2, 6):
        await room.tracking(tracking)
    await room.put(*[room.news(tracking) for tracking in range(1, 6)])
    claims = await room.claim()
    for claim in claims[:4]:
        await room.finish(claim, 200)
    assert await room.outbox.purge(room.clock(), 100) == 0
    later = room.clock.move(days=30, milliseconds=1) - timedelta(days=30)
    assert await room.outbox.purge(later, 3) == 3
    assert await room.outbox.purge(later, 3) == 1
    assert await room.outbox.purge(later, 3) == 0
    assert await room.outcomes() == ["waiting"]
    assert await room.database.read(_ATTEMPTS) == []


async def test_what_is_read_is_frozen_for_the_webhook_too(room: Postroom) -> None:
    await room.put(room.news(1))
    ((message, data),) = await room.outbox.after(1, 0, 10, render)
    await room.track(1, '{"e":40}')
    (claim,) = await room.claim()
    assert (claim.message, claim.data, data) == (message, data, b'TRACKING_UPDATED RR00001 t {"e":10}')
    assert await room.outbox.after(1, message.id, 10, render) == []
    assert await room.outbox.after(2, 0, 10, render) == []


async def test_what_a_stream_puts_into_words_as_it_is_claimed_waits_for_the_next_look(room: Postroom) -> None:
    await room.put(room.news(1))
    await room.run(_SEEN)
    assert await room.claim() == []
    assert await room.outcomes() == ["waiting"]
    await room.run(SAY, message=(await room.database.read(_MESSAGES))[0][0], body="of the stream")
    assert [claim.data for claim in await room.claim()] == [b"of the stream"]


async def test_many_readers_and_claimers_hear_the_same_words(room: Postroom) -> None:
    """The track changes all the while, so whoever puts a message into words again would say something else."""
    for tracking in range(2, 41):
        await room.tracking(tracking)
    heard: dict[int, set[bytes]] = {}
    one_at_a_time = asyncio.Lock()  # two that change many rows in orders of their own would wait for each other
    await room.put(*[room.news(tracking) for tracking in range(1, 41)])

    async def read(after: int) -> None:
        for message, data in await room.outbox.after(1, after, 5, render):
            heard.setdefault(message.id, set()).add(data)

    async def claim() -> None:
        for one in await room.claim(slots=4, cap=40):
            heard.setdefault(one.message.id, set()).add(one.data)

    async def change(version: int) -> None:
        async with one_at_a_time:
            await room.run(_SAVE, rows=[(tracking, str(version)) for tracking in range(1, 41)])

    await asyncio.gather(*[work(turn) for turn in range(36) for work in (change, read)], *[claim() for _ in range(10)])
    for after in range(0, 40, 5):
        await read(after)
    assert len(heard) == 40
    assert {len(words) for words in heard.values()} == {1}


async def test_what_nobody_can_be_told_is_passed_over(room: Postroom) -> None:
    await room.tracking(2)
    await room.put(room.news(1), room.news(2), room.news(1, Kind.STOPPED))
    await room.run(_DELETE, id=1)
    assert [message.tracking for message, _ in await room.outbox.after(1, 0, 1, render)] == [2]


async def test_a_reader_never_steps_over_a_message_that_commits_later(room: Postroom, database_url: str) -> None:
    """Writers of both accounts take more or less time to their end; readers in another process see all ids, rising."""
    source, elsewhere = random.Random(4), await open_store(database_url)
    outbox = Outbox(elsewhere.main)
    await room.account(2, url="")
    for tracking in range(2, 20):
        await room.tracking(tracking, account=1 + tracking % 2)

    async def write(tracking: int, dawdle: int) -> None:
        async def work(transaction: Transaction) -> None:
            news = [room.news(tracking, account=1 + tracking % 2), room.news(3, Kind.STOPPED, account=2)]
            await room.outbox.put(transaction, news, room.clock())
            for _ in range(dawdle):
                await transaction.fetch(_IDS, account=1)

        await room.database.write(work)

    async def read(account: int, seen: list[int]) -> None:
        ended = False
        while not ended:
            ended = done.is_set()
            seen += [message.id for message, _ in await outbox.after(account, max(seen, default=0), 200, render)]
            await asyncio.sleep(0)

    done, first, second = asyncio.Event(), list[int](), list[int]()
    readers = [asyncio.create_task(read(1, first)), asyncio.create_task(read(2, second))]
    await asyncio.gather(*(write(source.randrange(2, 20), source.randrange(40)) for _ in range(80)))
    done.set()
    await asyncio.gather(*readers)
    await elsewhere.close()
    for account, seen in ((1, first), (2, second)):
        assert seen == [identity for (identity,) in await room.database.read(_IDS, account=account)]
    assert len(first) + len(second) == 160


async def _plan(url: str, statement: Statement) -> str:
    """How PostgreSQL does the statement ever after, if it was planned while the store was empty."""
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_generic_plan"})
    try:
        await connection.execute(f"PREPARE it AS {statement.postgres}")
        rows = await connection.fetch(f"EXPLAIN EXECUTE it({', '.join('NULL' for _ in statement.order)})")
    finally:
        await connection.close()
    return "\n".join(row[0] for row in rows)


_FINDING = [(way.waiting, way.of_one, way.of_all) for way in (OLDEST_FIRST, NEWEST_FIRST)]


@pytest.mark.parametrize("statement", [*itertools.chain(*_FINDING), SUPERSEDE])
async def test_what_was_delivered_is_not_read_to_find_what_waits(
    store: Store, statement: Statement, database_url: str
) -> None:
    if database_url.startswith("postgresql"):
        assert "Seq Scan on message" not in await _plan(database_url, statement)
        return
    if "LATERAL" in statement.sqlite:
        return
    values = {"now": 1, "account": 1, "room": 1, "slots": 1, "full": "[]", "trackings": "[]"}
    rows = await store.main.read(Statement(f"EXPLAIN QUERY PLAN {statement.sqlite}"), **values)
    steps = [row[3] for row in rows]
    assert not [step for step in steps if step.startswith("SCAN") and step.split()[1] in {"old", "other", "newer"}]
    assert [step for step in steps if "message_by_due" in step or "message_waiting" in step]
