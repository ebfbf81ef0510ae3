"""The log of pushes: every filter finds what looking at each message would, page by page, and by an index."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Clock
from tests.postroom import Postroom
from trackway.domain.webhook import Outcome
from trackway.storage.database import to_ms
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.telling.deliveries import COUNTED, Deliveries, Delivery, Sought, statement_for

_MANY = Statement(
    "INSERT INTO message (account_id, tracking_id, number, carrier, kind, created_at, outcome, said) "
    "SELECT account, tracking, number, 3011, 'TRACKING_UPDATED', at, outcome, true "
    "FROM @rows(rows: account bigint, tracking bigint, number text, at bigint, outcome text) AS given "
    "WHERE true ORDER BY ordinal"
)
NUMBERS = ["RR00001", "RR00002", "RR00003"]


@pytest.fixture
async def log(store: Store, clock: Clock) -> Deliveries:
    room = Postroom(store, clock)
    await room.account(1)
    await room.account(2)
    cycle = zip(
        range(120), itertools.cycle((1, 1, 2)), itertools.cycle(NUMBERS), itertools.cycle(Outcome), strict=False
    )
    # Three messages in each minute: time alone does not part them.
    rows = [
        (account, NUMBERS.index(number), number, to_ms(NOW) + at // 3 * 60_000, outcome)
        for at, account, number, outcome in cycle
    ]
    await room.run(_MANY, rows=rows)
    return Deliveries(store.main)


def _like(one: Delivery, sought: Sought) -> bool:
    message = one.message
    return (
        sought.number in {None, message.number}
        and sought.tracking in {None, message.tracking}
        and sought.outcome in {None, one.outcome}
        and (sought.since is None or message.created_at >= sought.since)
        and (sought.until is None or message.created_at < sought.until)
    )


async def _paged(log: Deliveries, sought: Sought, size: int) -> list[int]:
    """Every page, one behind the other."""
    ids: list[int] = []
    while True:
        page = await log.find(1, sought, size)
        ids += [one.message.id for one in page]
        if len(page) < size:
            return ids
        last = page[-1].message
        given = {name: getattr(sought, name) for name in sought.__struct_fields__}
        sought = Sought(**{**given, "before": (last.created_at, last.id)})


async def test_every_filter_finds_what_it_says_in_order_page_by_page(log: Deliveries) -> None:
    everything = await log.find(1, Sought(), 1000)
    assert len(everything) == 80
    keys = [(one.message.created_at, one.message.id) for one in everything]
    assert keys == sorted(keys, reverse=True)
    span: list[dict[str, Any]] = [
        {},
        {"since": NOW + timedelta(minutes=7)},
        {"until": NOW + timedelta(minutes=20)},
        {"since": NOW + timedelta(minutes=7), "until": NOW + timedelta(minutes=8)},
    ]
    only: list[dict[str, Any]] = [
        {},
        {"number": "RR00002"},
        {"number": "RR99999"},
        {"tracking": 1},
        {"number": "RR00003"},
    ]
    for times, few, outcome in itertools.product(span, only, (None, Outcome.DELIVERED, Outcome.KEPT)):
        sought = Sought(**times, **few, outcome=outcome)
        expected = [one.message.id for one in everything if _like(one, sought)]
        assert await _paged(log, sought, 4) == expected, sought
        assert await log.ids(1, sought, 3) == expected[:3], sought


async def test_counts_are_of_one_account_and_of_the_time_since(log: Deliveries) -> None:
    since = NOW + timedelta(minutes=10)
    found = [one for one in await log.find(1, Sought(), 1000) if one.message.created_at >= since]
    counts = await log.counts(1, since)
    assert counts == {outcome: sum(one.outcome is outcome for one in found) for outcome in Outcome}
    assert sum(counts.values()) == len(found) > 0
    assert len(found) < COUNTED


async def test_no_filter_reads_a_whole_account(store: Store, clock: Clock) -> None:
    """The plans of SQLite, which chooses without having seen the rows."""
    if not hasattr(store.main, "_reader"):
        pytest.skip("PostgreSQL chooses by what it has counted")
    await Postroom(store, clock).account(1)
    expected = {
        "message_by_number": Sought(number="A", outcome=Outcome.DELIVERED, since=NOW),
        "message_by_tracking": Sought(tracking=1, until=NOW),
        "message_by_outcome": Sought(outcome=Outcome.GIVEN_UP, since=NOW, before=(NOW, 7)),
    }
    for index, sought in expected.items():
        statement, values = statement_for(sought, "id")
        plan = await store.main.read(Statement(f"EXPLAIN QUERY PLAN {statement.sqlite}"), account=1, most=50, **values)
        assert any(f"INDEX {index} " in row[3] for row in plan), (index, [row[3] for row in plan])
        assert not [row[3] for row in plan if row[3].startswith("SCAN message")]
