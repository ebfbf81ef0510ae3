"""Where tracks live, and that those who have one home in common harm nobody."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.conftest import NOW, Clock
from tests.postroom import Postroom
from trackway.domain.following.registration import Found, Refused, Subject
from trackway.domain.tracking import Tracking
from trackway.service.merchants.lookup import Lookup
from trackway.storage.database import Transaction
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.tracking import tracks
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.trackings import Trackings

_REGISTER = Statement(
    "INSERT INTO tracking (id, account_id, number, carrier, origin, registered_at, progressed_at) "
    "VALUES (:id, :account, :number, 3011, 1, 0, 0)"
)
_WAITING = Statement(
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_AT_HOME = Statement("SELECT tracking_id FROM track WHERE id >= 0 ORDER BY id")
TWINS = ("AAAAA00000000", "C8CZAIJ32E8E8")  # 2^63 apart, as anybody can make them: they have one home


def twins() -> list[Tracking]:
    return [Tracking(identity, 1, number, 3011, NOW) for identity, number in enumerate(TWINS, 1)]


async def registered(store: Store, clock: Clock, trackings: Sequence[Tracking]) -> None:
    room = Postroom(store, clock)
    await room.account(1)
    for one in trackings:
        await room.run(_REGISTER, id=one.id, account=one.account, number=one.number)


async def save(store: Store, *written: tuple[Tracking, str]) -> None:
    await store.main.write(lambda transaction: tracks.save(transaction, written))


async def told(store: Store, *numbers: str) -> list[bytes | None]:
    """What answers for each number with its carrier."""
    lookup = Lookup(trackings=Trackings(store.main), listing=Listing(store.main))
    found = await lookup.tracks(1, [Subject(number=number, carrier=3011) for number in numbers])
    return [None if isinstance(one, Refused) else one.track for one in found]


def test_a_home_is_of_one_account_and_carrier_and_close_to_that_of_the_next_number() -> None:
    at = tracks.home(1, "RB123456785GB", 11031)
    assert len({at, tracks.home(2, "RB123456785GB", 11031), tracks.home(1, "RB123456785GB", 3011)}) == 3
    assert 0 < abs(at - tracks.home(1, "RB123456794GB", 11031)) < 36**6
    assert 0 <= at < 1 << 63


@pytest.mark.parametrize("together", [True, False])
async def test_of_two_with_one_home_both_are_told(store: Store, clock: Clock, together: bool) -> None:  # noqa: FBT001
    one, other = twins()
    assert tracks.home(1, one.number, 3011) == tracks.home(1, other.number, 3011)
    await registered(store, clock, [one, other])
    for turn in ("a", "b"):  # kept, and kept anew
        written = ((one, f'"1{turn}"'), (other, f'"2{turn}"'))
        for part in [written] if together else [[two] for two in written]:
            await save(store, *part)
        assert await told(store, *TWINS) == [f'"1{turn}"'.encode(), f'"2{turn}"'.encode()]
        assert [tuple(row) for row in await store.main.read(_AT_HOME)] == [(1,)]


async def test_a_track_whose_carrier_changed_is_told_from_where_it_was(store: Store, clock: Clock) -> None:
    """What was registered with a carrier that turned out to be another has no home of the new one's."""
    one, _ = twins()
    await registered(store, clock, [one])
    await save(store, (one, '"1"'))
    change = Statement("UPDATE tracking SET guess = carrier, carrier = 21051")
    await store.main.write(lambda transaction: transaction.fetch(change))
    await save(store, (Tracking(1, 1, one.number, 21051, NOW), '"2"'))
    lookup = Lookup(trackings=Trackings(store.main), listing=Listing(store.main))
    for carrier in (3011, 21051, 0):
        assert await lookup.tracks(1, [Subject(number=one.number, carrier=carrier)]) == [
            Found(one.number, 21051, 3011, "", b'"2"')
        ]


async def test_two_that_move_in_at_the_same_moment(store: Store, database_url: str, clock: Clock) -> None:
    one, other = twins()
    await registered(store, clock, [one, other])
    saved, alone = asyncio.Event(), database_url.startswith("sqlite")  # whose only writer waits for nobody
    if alone:
        saved.set()

    async def stay(transaction: Transaction) -> None:
        """Let nobody know of it until PostgreSQL has the other wait."""
        await tracks.save(transaction, [(one, '"1"')])
        if not alone:
            saved.set()
            while not (await store.main.read(_WAITING))[0][0]:
                pass

    async def follow() -> None:
        await saved.wait()
        await save(store, (other, '"2"'))

    await asyncio.gather(store.main.write(stay), follow())
    assert await told(store, *TWINS) == [b'"1"', b'"2"']
