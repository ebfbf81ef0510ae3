"""Tracks found by their numbers, and whose they are."""

from tests.conftest import Clock
from tests.postroom import Postroom
from trackway.domain.following.registration import Found, Subject
from trackway.service.merchants.lookup import Lookup
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.trackings import Trackings

_BESIDE = Statement(
    "INSERT INTO tracking (id, account_id, number, carrier, origin, registered_at, progressed_at) "
    "VALUES (9, 1, 'RR00001', 21051, 1, 0, 0)"
)
_OURS = Found("RR00001", 3011, 0, "mine", b'{"e":10}')


async def _room(store: Store, clock: Clock) -> Postroom:
    room = Postroom(store, clock)
    for account in (1, 2):
        await room.account(account)
    await room.tracking(1, tag="mine")
    await room.tracking(2, account=2, tag=None)
    return room


async def test_a_track_is_told_to_its_account_alone(store: Store, clock: Clock) -> None:
    await _room(store, clock)
    trackings = Trackings(store.main)
    assert await trackings.told(1, [("RR00001", 3011), ("RR00002", 3011)]) == {("RR00001", 3011): _OURS}
    assert await trackings.told(2, [("RR00001", 3011)]) == {}


async def test_a_number_without_its_carrier_brings_all_its_trackings(store: Store, clock: Clock) -> None:
    """T17: what has a track answers, and beside it is told what has none."""
    room = await _room(store, clock)
    await room.run(_BESIDE)
    lookup = Lookup(trackings=Trackings(store.main), listing=Listing(store.main))
    known, unanswered = await lookup.tracks(1, [Subject(number="RR00001")])
    assert known == _OURS
    assert not isinstance(unanswered, Found)
    (named,) = await lookup.tracks(1, [Subject(number="RR00001", carrier=3011)])
    assert named == _OURS
