"""What served its time goes, batch by batch, and nothing else does."""

from datetime import timedelta

from tests.conftest import Clock
from tests.mailrooms import open_mailroom
from trackway.domain.post.mail import Item
from trackway.storage.asking.ledger import Ledger
from trackway.storage.asking.pushed_events import PushedEvents
from trackway.storage.passing.allowance import Allowance
from trackway.storage.passing.leftovers import Leftovers
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.post.inquiries import Inquiries, subject_of
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.worker.sweeper import Sweeper

NUMBER = "RB000000010HK"
_LEFT = Statement("SELECT (SELECT COUNT(*) FROM pace), (SELECT COUNT(*) FROM shared), (SELECT COUNT(*) FROM tally)")


def _sweeper(store: Store, clock: Clock) -> Sweeper:
    inquiries, leftovers = Inquiries(store.quick), Leftovers(store.quick)
    return Sweeper(
        inquiries=inquiries,
        ledger=Ledger(store.quick),
        leftovers=leftovers,
        kept_for=timedelta(days=90),
        ledger_kept_for=timedelta(days=14),
        pushed=PushedEvents(store.main),
        pushed_kept_for=timedelta(days=180),
        purge_items=open_mailroom(store, hkpost_purge_months=6).purge,
        clock=clock,
    )


async def _left(store: Store) -> list[int]:
    ((*counts,),) = await store.quick.read(_LEFT)
    return counts


async def test_who_asked_is_kept_for_its_days(store: Store, clock: Clock) -> None:
    inquiries = Inquiries(store.quick)
    await inquiries.note("ann", [(NUMBER, 0)], clock())
    await inquiries.note("bob", [(NUMBER, 1004)], clock.move(days=1))
    clock.move(days=89, milliseconds=1)
    assert await _sweeper(store, clock).tick() > 0
    assert [(one.sys_id, one.status) for one in await inquiries.of(NUMBER)] == [("bob", 1004)]


async def test_leftovers_go_a_batch_at_a_time(store: Store, clock: Clock) -> None:
    allowance, shared = Allowance(store.quick), SharedMemory(store.quick)
    for serial in range(3):
        await allowance.pace(f"old{serial}", clock(), 1000, 3)
        await shared.put(f"old{serial}", "", clock())
        await allowance.count(f"old{serial}", clock().toordinal() - 401, 9)
    clock.move(days=1, milliseconds=1)
    await allowance.pace("new", clock(), 1000, 3)
    await shared.put("new", "", clock())
    await allowance.count("new", clock().toordinal(), 9)
    leftovers = Leftovers(store.quick)
    assert [await leftovers.purge(clock(), 2) for _ in range(3)] == [2, 1, 0]
    assert await _left(store) == [1, 1, 1]


async def test_no_pause_while_a_batch_is_full(store: Store, clock: Clock) -> None:
    inquiries = Inquiries(store.quick)
    for _ in range(501):
        await inquiries.note("ann", [(NUMBER, 0)], clock())
    clock.move(days=91)
    sweeper = _sweeper(store, clock)
    assert await sweeper.tick() == 0
    assert await sweeper.tick() > 0
    assert await inquiries.of(NUMBER) == []


async def test_days_stay_for_the_report(store: Store, clock: Clock) -> None:
    await Allowance(store.quick).count(subject_of("ann"), clock().toordinal(), 9)
    clock.move(days=400)
    await _sweeper(store, clock).tick()
    assert [usage.calls for usage in await Inquiries(store.quick).usage()] == [1]


async def test_items_go_some_months_after_they_are_told_no_more(store: Store, clock: Clock) -> None:
    mailroom = open_mailroom(store)
    old, new, unposted = (
        ("RB000000010HK", "2025-11-22 19:59"),
        ("RB000000010HK", "2025-11-22 20:00"),
        ("RC000000010HK", ""),
    )
    await mailroom.load([Item(number=number, posted=posted) for number, posted in (old, new, unposted)], clock())
    assert await _sweeper(store, clock).tick() > 0
    assert [item.posted for item in await mailroom.search("R", clock())] == [new[1], unposted[1]]
