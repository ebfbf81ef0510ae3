"""Partners prove who they are, are counted, and are told what they may see (H10, H12 to H14, H19 to H21)."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.conftest import NOW, Clock
from tests.mailrooms import open_mailroom
from trackway.domain.errors import ConfigError
from trackway.domain.errors.access import DayLimitReached, KeyMissing, KeyUnknown, TooFast
from trackway.domain.post.card import Card, item_on
from trackway.domain.post.mail import Country, Item, ItemExpired, ItemHidden, ItemMalformed, ItemUnknown, Scan, Words
from trackway.service.post.mailroom import Mailroom
from trackway.storage.store import Store

NUMBER = "RT215770195HK"
ITEM = Item(
    number=NUMBER,
    posted="2026-11-01 09:00",
    origin=Country("HK"),
    scans=(
        Scan("2026-11-01 09:00", Country("HK"), "EMA", Words()),
        Scan("2026-11-03 09:00", Country("FR"), "EMI", Words()),
    ),
)


@pytest.fixture
def mailroom(store: Store) -> Mailroom:
    return open_mailroom(store)


async def _token(mailroom: Mailroom, now: datetime = NOW, sys_id: str = "ann") -> str:
    secret = await mailroom.create_partner(sys_id, now)
    return (await mailroom.authenticate(sys_id, secret, now)).token


async def test_h19_a_token_opens_for_fifteen_minutes(mailroom: Mailroom, clock: Clock) -> None:
    secret = await mailroom.create_partner("ann", clock())
    assert len(secret) == 36
    first = await mailroom.authenticate("ann", secret, clock())
    assert first.expiry == clock().timestamp() + 900
    clock.move(seconds=899)
    second = await mailroom.authenticate("ann", secret, clock())
    for token in (first.token, first.token, second.token):
        assert (await mailroom.open_token(token, clock())).sys_id == "ann"
    clock.move(seconds=1)
    with pytest.raises(KeyUnknown):
        await mailroom.open_token(first.token, clock())
    assert (await mailroom.open_token(second.token, clock())).sys_id == "ann"


async def test_h19_a_token_is_a_jwt_of_hs512(mailroom: Mailroom) -> None:
    token = await _token(mailroom)
    assert jwt.get_unverified_header(token)["alg"] == "HS512"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("ann", 900)
    assert claims["auth"]


async def test_h19_no_other_token_opens(mailroom: Mailroom) -> None:
    token = await _token(mailroom)
    claims = {"sub": "ann", "exp": NOW.timestamp() + 900}
    forged = jwt.encode(claims, "k" * 64, "HS512")
    unsigned = jwt.encode(claims, "", "none")
    for bad in (token[:-2], token + "x", "x", "a.b.c", "郵.郵.郵", forged, unsigned):
        with pytest.raises(KeyUnknown):
            await mailroom.open_token(bad, NOW)
    with pytest.raises(KeyMissing):
        await mailroom.open_token("", NOW)


async def test_h18_only_the_right_pair_is_let_in(mailroom: Mailroom) -> None:
    secret = await mailroom.create_partner("ann", NOW)
    await mailroom.create_partner("bob", NOW)
    for sys_id, given in (
        ("ann", "wrong"),
        ("bob", secret),
        ("eve", secret),
        ("ANN", secret),
        ("a\0", secret),
        ("郵", "郵"),
    ):
        with pytest.raises(KeyUnknown):
            await mailroom.authenticate(sys_id, given, NOW)


async def test_a_disabled_partner_is_out_at_once_and_may_come_back(mailroom: Mailroom) -> None:
    token = await _token(mailroom)
    await mailroom.set_disabled("ann", disabled=True)
    with pytest.raises(KeyUnknown):
        await mailroom.open_token(token, NOW)
    await mailroom.set_disabled("ann", disabled=False)
    assert (await mailroom.open_token(token, NOW)).sys_id == "ann"


async def test_a_new_secret_ends_the_old_one_and_h19_spares_the_tokens(mailroom: Mailroom) -> None:
    old = await mailroom.create_partner("ann", NOW)
    token = (await mailroom.authenticate("ann", old, NOW)).token
    new = await mailroom.rotate("ann")
    with pytest.raises(KeyUnknown):
        await mailroom.authenticate("ann", old, NOW)
    assert await mailroom.authenticate("ann", new, NOW)
    assert await mailroom.open_token(token, NOW)


async def test_h20_the_pace_is_each_partners_own(store: Store, clock: Clock) -> None:
    mailroom = open_mailroom(store)
    await mailroom.create_partner("ann", NOW)
    await mailroom.create_partner("bob", NOW, interval_ms=0)
    ann, bob = await mailroom.partners()
    await mailroom.admit(ann, clock())
    with pytest.raises(TooFast):
        await mailroom.admit(ann, clock.move(milliseconds=99))
    await mailroom.admit(bob, clock())
    await mailroom.admit(bob, clock())
    await mailroom.admit(ann, clock.move(milliseconds=1))


async def test_h21_the_day_begins_at_midnight_in_hong_kong(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_daily_limit=2, hkpost_min_interval_ms=0)
    await mailroom.create_partner("ann", NOW)
    await mailroom.create_partner("bob", NOW, daily=0)
    await mailroom.create_partner("cat", NOW, daily=1, zone="UTC")
    ann, bob, cat = await mailroom.partners()
    before_midnight = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    for partner, calls in ((ann, 2), (cat, 1)):
        for _ in range(calls):
            await mailroom.admit(partner, before_midnight)
        with pytest.raises(DayLimitReached):
            await mailroom.admit(partner, before_midnight)
    for _ in range(3):
        await mailroom.admit(bob, before_midnight)
    await mailroom.admit(ann, before_midnight + timedelta(minutes=1))
    with pytest.raises(DayLimitReached):
        await mailroom.admit(cat, before_midnight + timedelta(minutes=1))


async def test_h10_each_number_has_its_outcome_in_the_order_asked(mailroom: Mailroom) -> None:
    await mailroom.create_partner("ann", NOW, prefixes=("RT", "RB"))
    (ann,) = await mailroom.partners()
    old = Item(number="RB000000010HK", posted="2026-05-22 19:59")
    edge = Item(number="RB000000023HK", posted="2026-05-22 20:00")
    await mailroom.load([ITEM, old, edge, Item(number="LK773201020HK", posted="2026-11-01 09:00")], NOW)
    asked = ["rt215770195hk ", "LK773201020HK", "x", NUMBER, old.number, edge.number, "LK773201033HK"]
    outcomes = await mailroom.ask(ann, asked, NOW)
    assert [type(outcome) for outcome in outcomes] == [
        Card,
        ItemHidden,
        ItemMalformed,
        Card,
        ItemExpired,
        Card,
        ItemUnknown,
    ]
    assert outcomes[0] == outcomes[3]


async def test_h13_a_service_prefix_has_its_own_period_as_set(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_retention_by_prefix="R:1, RB:24,LK:0")
    await mailroom.create_partner("ann", NOW)
    (ann,) = await mailroom.partners()
    numbers = [NUMBER, "RB000000010HK", "LK773201020HK", "EE000000010HK"]
    await mailroom.load([Item(number=number, posted="2025-11-01 09:00") for number in numbers], NOW)
    told = await mailroom.ask(ann, numbers, NOW)
    assert [type(outcome) for outcome in told] == [ItemExpired, Card, Card, ItemExpired]


async def test_h13_the_period_ends_on_the_operators_clock_wherever_a_partner_counts_its_days(
    mailroom: Mailroom,
) -> None:
    for sys_id, zone in (("ann", "America/New_York"), ("bob", "Pacific/Auckland")):
        await mailroom.create_partner(sys_id, NOW, zone=zone)
    old, edge = "RB000000010HK", "RB000000023HK"
    await mailroom.load(
        [Item(number=old, posted="2026-05-22 19:59"), Item(number=edge, posted="2026-05-22 20:00")], NOW
    )
    for partner in await mailroom.partners():
        told = await mailroom.ask(partner, [old, edge], NOW)
        assert [type(outcome) for outcome in told] == [ItemExpired, Card]


@pytest.mark.parametrize("periods", ["R", "R:", "R:-1", "r:1", "R:1.5", "RBX:1", ":3"])
async def test_h13_a_period_that_cannot_be_read_is_told(store: Store, periods: str) -> None:
    with pytest.raises(ConfigError, match="hkpost_retention_by_prefix"):
        open_mailroom(store, hkpost_retention_by_prefix=periods)


async def test_the_use_of_each_partner_is_counted_by_its_own_days_without_a_limit_too(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_min_interval_ms=0)
    await mailroom.create_partner("ann", NOW, daily=0)
    await mailroom.create_partner("bob", NOW, zone="UTC")
    ann, bob = await mailroom.partners()
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    for partner, calls in ((ann, 3), (bob, 1)):
        for _ in range(calls):
            await mailroom.admit(partner, late)
    used = [(usage.sys_id, str(usage.day), usage.calls) for usage in await mailroom.usage()]
    assert used == [("ann", "2026-11-23", 3), ("bob", "2026-11-22", 1)]
    assert [usage.sys_id for usage in await mailroom.usage("bob")] == ["bob"]


async def test_h5_the_milestone_follows_the_latest_scan_where_none_was_told(mailroom: Mailroom) -> None:
    await mailroom.create_partner("ann", NOW)
    (ann,) = await mailroom.partners()
    await mailroom.load([ITEM], NOW)
    (card,) = await mailroom.ask(ann, [NUMBER], NOW)
    assert isinstance(card, Card)
    told = (await mailroom.phrasebook(NOW)).filled(item_on(card))
    assert told.milestone == Words("Delivered", "已成功派遞", "已成功派递")
    assert told.scans[0].message == Words("Posted", "櫃位收件", "柜位收件")
    assert told.origin.name.e == "HONG KONG"


async def test_h12_the_check_digit_is_a_setting(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_check_digit=True)
    await mailroom.create_partner("ann", NOW)
    (ann,) = await mailroom.partners()
    refused, unknown = await mailroom.ask(ann, ["RB000000010HK", NUMBER], NOW)
    assert isinstance(refused, ItemMalformed)
    assert isinstance(unknown, ItemUnknown)


async def test_what_an_operator_gets_wrong_is_told(mailroom: Mailroom) -> None:
    await mailroom.create_partner("a" * 20, NOW)
    for name in ("", "a" * 21, "a b", "郵"):
        with pytest.raises(ConfigError, match="20 visible"):
            await mailroom.create_partner(name, NOW)
    with pytest.raises(ConfigError, match="exists already"):
        await mailroom.create_partner("a" * 20, NOW)
    for zone in ("Hong Kong", "../x", ""):
        with pytest.raises(ConfigError, match="zone"):
            await mailroom.create_partner("b", NOW, zone=zone)
    with pytest.raises(ConfigError, match="no user"):
        await mailroom.set_disabled("nobody", disabled=True)
    with pytest.raises(ConfigError, match="no user"):
        await mailroom.rotate("nobody")


async def test_h13_a_service_prefix_is_deleted_by_its_own_period(store: Store) -> None:
    mailroom = open_mailroom(store, hkpost_retention_by_prefix="RB:24,LK:0", hkpost_purge_months=2)
    numbers = ["EE000000010HK", "LK773201020HK", "RB000000010HK", NUMBER]
    await mailroom.load([Item(number=number, posted="2026-03-01 09:00") for number in numbers], NOW)
    await mailroom.load([Item(number=f"RT{serial:09}HK", posted="2020-01-01 00:00") for serial in range(1001)], NOW)
    assert await mailroom.purge(NOW) == 1003
    assert [item.number for item in await mailroom.search("", NOW)] == numbers[1:3]
    assert await open_mailroom(store).purge(NOW) == 0
