"""Both engines keep the same promises."""

import asyncio

import pytest

from trackway.domain.errors import StorageError
from trackway.storage.database import Transaction
from trackway.storage.statement import Statement
from trackway.storage.store import Store

_PUT = Statement(
    "INSERT INTO tally (subject, day, calls) SELECT subject, day, 0 FROM @rows(rows: subject text, day bigint) "
    "AS given ORDER BY ordinal ON CONFLICT DO NOTHING RETURNING subject"
)
_PUT_FEW = Statement(
    "INSERT INTO tally (subject, day, calls) SELECT subject, day + CAST(:more AS BIGINT), CAST(:calls AS BIGINT) "
    "FROM @few(rows: subject text, day bigint) AS given WHERE day < :last ON CONFLICT DO NOTHING"
)
_PUT_ONE = Statement("INSERT INTO tally (subject, day, calls) VALUES (:subject, :day, 0)")
_GET = Statement("SELECT subject FROM tally WHERE day @any(days bigint) ORDER BY subject")
_LONG = Statement(
    "WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 300000) SELECT max(n) FROM count"
)
_COUNT = Statement("UPDATE tally SET calls = calls + 1 WHERE subject = 'row' AND day = :day")
_CALLS = Statement("SELECT calls FROM tally WHERE subject = 'row' ORDER BY day")
_BROKEN = Statement("SELECT nothing FROM nowhere")


async def _put(store: Store, *rows: tuple[str, int]) -> list[str]:
    async def work(transaction: Transaction) -> list[str]:
        return [subject for (subject,) in await transaction.fetch(_PUT, rows=rows)]

    return await store.main.write(work)


async def test_rows_travel_as_one_value_and_conflicts_are_told_apart(store: Store) -> None:
    assert await _put(store, ("a", 1), ("b'\"\\ 郵", 2)) == ["a", "b'\"\\ 郵"]
    assert await _put(store, ("a", 1), ("c", 3)) == ["c"]
    assert [s for (s,) in await store.main.read(_GET, days=[1, 3])] == ["a", "c"]
    assert await store.main.read(_GET, days=[]) == []


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_a_few_rows_travel_as_they_are(store: Store, most: int) -> None:
    rows = [("b'\"\\ 郵", 1), ("a", 2), ("late", 9)][:most]

    async def work(transaction: Transaction) -> None:
        await transaction.fetch(_PUT_FEW, rows=rows, more=10, calls=0, last=9)

    await store.main.write(work)
    await store.main.write(work)
    told = [subject for (subject,) in await store.main.read(_GET, days=[11, 12, 19])]
    assert sorted(told) == sorted(subject for subject, day in rows if day < 9)


async def test_a_statement_is_done_once_for_each_of_many_values(store: Store) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.each(
            _PUT_ONE, [{"day": day, "subject": subject} for day, subject in enumerate(("é", "b", "c"))]
        )
        await transaction.each(_PUT_ONE, [])

    await store.main.write(work)
    assert [s for (s,) in await store.main.read(_GET, days=[0, 2])] == ["c", "é"]
    with pytest.raises(StorageError):
        await store.main.write(work)


@pytest.mark.parametrize("part", ["main", "quick"])
async def test_a_long_read_keeps_nobody_waiting(store: Store, part: str) -> None:
    reading = asyncio.create_task(getattr(store, part).scan(_LONG))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1
    assert await reading == [(300000,)]
    assert turns > 10


async def test_work_that_fails_leaves_nothing(store: Store) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.fetch(_PUT, rows=[("gone", 1)])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.main.write(work)
    assert await store.main.read(_GET, days=[1]) == []


async def test_of_many_at_once_those_that_fail_undo_nothing_of_the_others(store: Store) -> None:
    async def write(place: int) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.fetch(_PUT, rows=[(f"{place:02}", 7)])
            if place % 3 == 0:
                raise ValueError("no")

        await store.main.write(work)

    told = await asyncio.gather(*map(write, range(30)), return_exceptions=True)
    assert [isinstance(one, ValueError) for one in told] == [place % 3 == 0 for place in range(30)]
    assert [s for (s,) in await store.main.read(_GET, days=[7])] == [f"{n:02}" for n in range(30) if n % 3]


async def test_a_broken_statement_is_a_storage_error_and_harms_no_neighbour(store: Store) -> None:
    async def broken(transaction: Transaction) -> None:
        await transaction.fetch(_BROKEN)

    outcomes = await asyncio.gather(
        _put(store, ("a", 1)), store.main.write(broken), _put(store, ("b", 1)), return_exceptions=True
    )
    assert outcomes[0] == ["a"]
    assert isinstance(outcomes[1], StorageError)
    assert outcomes[2] == ["b"]
    with pytest.raises(StorageError):
        await store.main.read(_BROKEN)


async def test_the_quick_door_writes_too(store: Store) -> None:
    async def work(transaction: Transaction) -> int:
        return len(await transaction.fetch(_PUT, rows=[("q", 9)]))

    assert await store.quick.write(work) == 1
    assert len(await store.quick.read(_GET, days=[9])) == 1


async def test_of_two_that_wait_for_each_other_the_one_that_is_broken_off_is_done_again(
    store: Store, database_url: str
) -> None:
    for day in (1, 2):
        await store.main.write(lambda tx, day=day: tx.fetch(_PUT_ONE, subject="row", day=day))  # type: ignore[misc]
    both = asyncio.Barrier(2)
    met = database_url.startswith("sqlite")  # whose only writer waits for nobody

    async def count(tx: Transaction, *days: int) -> None:
        nonlocal met
        await tx.fetch(_COUNT, day=days[0])
        if not met:  # each holds what the other wants next
            await both.wait()
            met = True
        await tx.fetch(_COUNT, day=days[1])

    await asyncio.gather(store.main.write(lambda tx: count(tx, 1, 2)), store.main.write(lambda tx: count(tx, 2, 1)))
    assert [calls for (calls,) in await store.main.read(_CALLS)] == [2, 2]
