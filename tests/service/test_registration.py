"""Registering numbers on both engines (T26 to T30), and looking them up (T17)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.conftest import NOW
from trackway.domain.errors import Refusal
from trackway.domain.errors.items import CarrierNotRecognised, CarrierUnknown, FinalCarrierNotPostal
from trackway.domain.errors.trackings import (
    AlreadyRegistered,
    DailyLimitReached,
    NoAnswerYet,
    NotRegistered,
    QuotaUsedUp,
)
from trackway.domain.following.lifecycle import Lifetimes
from trackway.domain.following.registration import Application, Refused, Registered, Subject
from trackway.domain.tracking import Origin
from trackway.service.merchants.lookup import Lookup
from trackway.service.merchants.registration import Registration
from trackway.storage.given.catalogue_carriers import load_carriers
from trackway.storage.people.accounts import Accounts, SealedKey
from trackway.storage.statement import Statement
from trackway.storage.store import Store, open_store
from trackway.storage.tracking.intake import Intake
from trackway.storage.tracking.listing import Listing
from trackway.storage.tracking.trackings import Trackings

_LEGS = Statement("SELECT position, leg.carrier, final_carrier FROM leg JOIN tracking ON id = tracking_id")


async def account(store: Store, name: str = "shop", quota: int | None = None, daily: int | None = None) -> int:
    accounts = Accounts(store.main)
    key = SealedKey(lookup=name, sealed="", last4="")
    assert await accounts.create(name, quota, daily, lambda _: key, NOW)
    found = await accounts.by_name(name)
    assert found is not None
    return found.id


def desk(store: Store, *asked: int) -> Registration:
    async def carriers() -> frozenset[int]:
        return frozenset(asked)

    return Registration(intake=Intake(store.main), catalogue=load_carriers(), lifetimes=Lifetimes(), asked=carriers)


def applied(*numbers: str, **fields: object) -> list[Application | Refused]:
    return [Application(number=number, **fields) for number in numbers]  # type: ignore[arg-type]


async def test_a_hongkong_post_item_is_recognised(store: Store) -> None:
    shop = await account(store)
    assert await desk(store).register(shop, applied("RT215770195HK"), NOW) == [
        Registered(number="RT215770195HK", carrier=8011, origin=Origin.RECOGNISED)
    ]


async def test_carriers_are_given_corrected_guessed_or_not_known(store: Store) -> None:
    """T27."""
    shop, registration = await account(store), desk(store)
    assert await registration.register(shop, applied("RR123456789CN", carrier=100003), NOW) == [
        Registered(number="RR123456789CN", carrier=3011, origin=Origin.RECOGNISED)
    ]
    assert await registration.register(shop, applied("ABC1234567", carrier=100003), NOW) == [
        Registered(number="ABC1234567", carrier=100003, origin=Origin.GIVEN)
    ]
    (unknown,) = await registration.register(shop, applied("ABC12345678"), NOW)
    assert isinstance(unknown, Refused)
    assert isinstance(unknown.why, CarrierNotRecognised)
    (no_such,) = await registration.register(shop, applied("ABC12345678", carrier=99), NOW)
    assert isinstance(no_such, Refused)
    assert isinstance(no_such.why, CarrierUnknown)


async def test_what_two_want_at_once_is_as_the_first_wants_it(store: Store) -> None:
    shop, registration = await account(store), desk(store)
    (first,), (second,) = await asyncio.gather(
        registration.register(shop, applied("RR123456785CN"), NOW),
        registration.register(shop, applied("RR123456785CN", final_carrier=21051), NOW),
    )
    assert isinstance(first, Registered)
    assert isinstance(second, Refused)
    assert [tuple(row) for row in await store.main.read(_LEGS)] == [(1, 3011, 0)]


async def test_a_final_carrier_stands_only_behind_a_post(store: Store) -> None:
    """T28."""
    shop, registration = await account(store), desk(store)
    posted, couriered = await registration.register(
        shop,
        [
            *applied("RR473124829GB", final_carrier=21051),
            *applied("ABC1234567", carrier=100003, final_carrier=21051),
        ],
        NOW,
    )
    assert isinstance(posted, Registered)
    assert isinstance(couriered, Refused)
    assert isinstance(couriered.why, FinalCarrierNotPostal)


async def test_a_number_is_registered_once_also_inside_one_request(store: Store) -> None:
    shop, registration = await account(store), desk(store)
    first, second = await registration.register(shop, applied("RT215770195HK", "RT215770195HK"), NOW)
    assert isinstance(first, Registered)
    assert isinstance(second, Refused)
    assert isinstance(second.why, AlreadyRegistered)
    (again,) = await registration.register(shop, applied("RT215770195HK"), NOW)
    assert isinstance(again, Refused)
    assert (await Accounts(store.main).usage(shop, NOW)).used == 1


async def test_tenants_do_not_meet(store: Store) -> None:
    shop, other = await account(store), await account(store, "other")
    for owner in (shop, other):
        (outcome,) = await desk(store).register(owner, applied("RT215770195HK"), NOW)
        assert isinstance(outcome, Registered)
    lookup = Lookup(trackings=Trackings(store.main), listing=Listing(store.main))
    (mine,) = await lookup.tracks(shop, [Subject(number="RT215770195HK")])
    assert isinstance(mine, Refused)
    assert isinstance(mine.why, NoAnswerYet)
    (none,) = await lookup.tracks(other, [Subject(number="RT215770195HK", carrier=3011)])
    assert isinstance(none, Refused)
    assert isinstance(none.why, NotRegistered)


@pytest.mark.parametrize(("limits", "why"), [({"quota": 3}, QuotaUsedUp), ({"daily": 3}, DailyLimitReached)])
async def test_limits_let_in_the_first_and_name_themselves(
    store: Store, limits: dict[str, int], why: type[Refusal]
) -> None:
    """T30."""
    shop, registration = await account(store, **limits), desk(store)  # type: ignore[arg-type]
    numbers = [f"RT2157701{n}5HK" for n in range(5)]
    outcomes = await registration.register(shop, applied(*numbers), NOW)
    assert [type(outcome) for outcome in outcomes] == [Registered] * 3 + [Refused] * 2
    assert all(isinstance(outcome.why, why) for outcome in outcomes if isinstance(outcome, Refused))
    (known, over) = await registration.register(shop, applied(numbers[0], numbers[4]), NOW)
    assert isinstance(known, Refused)
    assert isinstance(known.why, AlreadyRegistered)
    assert isinstance(over, Refused)
    assert isinstance(over.why, why)


@pytest.fixture
async def processes(database_url: str, store: Store) -> AsyncIterator[list[Registration]]:
    """Eight desks, each with connections of its own, as eight processes would have them."""
    async with AsyncExitStack() as stack:
        desks = [desk(store)]
        for _ in range(7):
            opened = await open_store(database_url)
            stack.push_async_callback(opened.close)
            desks.append(desk(opened))
        yield desks


@pytest.mark.parametrize("limit", ["quota", "daily"])
async def test_a_limit_is_exact_when_processes_register_at_once(
    store: Store, processes: list[Registration], limit: str
) -> None:
    """F18, T30."""
    shop = await account(store, **{limit: 50})  # type: ignore[arg-type]
    numbers = [f"RT{n:09}HK" for n in range(80)]
    batches = [
        registration.register(shop, applied(*numbers[start : start + 10]), NOW)
        for registration in processes
        for start in range(0, 80, 10)
    ]
    outcomes = [outcome for batch in await asyncio.gather(*batches) for outcome in batch]
    accepted = [outcome.number for outcome in outcomes if isinstance(outcome, Registered)]
    assert len(accepted) == len(set(accepted)) == 50
    assert (await Accounts(store.main).usage(shop, NOW)).used == 50


async def test_one_number_registered_by_all_at_once_is_accepted_once(
    store: Store, processes: list[Registration]
) -> None:
    """F17."""
    shop = await account(store)
    batches = [registration.register(shop, applied("RT215770195HK"), NOW) for registration in processes * 25]
    outcomes = [outcome for batch in await asyncio.gather(*batches) for outcome in batch]
    assert [type(outcome) for outcome in outcomes].count(Registered) == 1
    refused = [outcome.why for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 199
    assert all(isinstance(why, AlreadyRegistered) for why in refused)
    assert (await Accounts(store.main).usage(shop, NOW)).used == 1


async def test_requests_at_the_same_moment_share_what_there_is(store: Store) -> None:
    """T30: they may be written as one; two that want the same pair, or the last of a quota, are told apart."""
    shop, other = await account(store, quota=3), await account(store, "other")
    registration = desk(store)
    wanted = [
        (shop, ["AAAAA1"]),
        (shop, ["AAAAA1", "AAAAA2"]),
        (other, ["AAAAA1"]),
        (shop, ["AAAAA3", "AAAAA4"]),
        (other, ["AAAAA2"]),
    ]
    outcomes = await asyncio.gather(
        *(registration.register(who, applied(*numbers, carrier=100003), NOW) for who, numbers in wanted)
    )
    told = [[type(one.why) if isinstance(one, Refused) else one.number for one in outcome] for outcome in outcomes]
    assert told == [
        ["AAAAA1"],
        [AlreadyRegistered, "AAAAA2"],
        ["AAAAA1"],
        ["AAAAA3", QuotaUsedUp],
        ["AAAAA2"],
    ]
    usage = [(await Accounts(store.main).usage(who, NOW)).used for who in (shop, other)]
    assert usage == [3, 2]
