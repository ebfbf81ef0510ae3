"""Each endpoint of the 17TRACK face, and each situation that has a code, over HTTP on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock
from tests.house import Running, numbers, running

HK, CN = "RT215770195HK", "RR473124829CN"
FEDEX, UPS, DHL, NOBODY = 100003, 100002, 100001, 99


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(database_url, tmp_path, clock) as opened:
        await opened.shop()
        yield opened


def one(number: str, **fields: Any) -> dict[str, Any]:
    return {"number": number, **fields}


async def test_registering(shop: Running) -> None:
    accepted, rejected = await shop.ask("Register", one(HK), one("1234"), one(HK), one("ABC12345"))
    assert accepted == [{"origin": 1, "number": HK, "carrier": 8011}]
    assert [(item["number"], item["error"]["code"]) for item in rejected] == [
        ("1234", -18010012),
        (HK, -18019901),
        ("ABC12345", -18019903),
    ]
    assert await shop.code("register", one("ABC12345", carrier=NOBODY)) == -18019910
    assert await shop.code("register", one("ABC12345", carrier=FEDEX, final_carrier=21051)) == -18010016
    assert await shop.code("register", one("ABC12345", carrier=14041)) in {-18010018, -18019910}
    assert await shop.code("register", one("", carrier=FEDEX)) == -18010010
    assert await shop.code("register", one(HK, tag="x" * 101)) == -18010015


async def test_stopping_and_following_again_once(shop: Running) -> None:
    """T31."""
    await shop.ask("register", one(HK), one(HK, carrier=8011))
    assert await shop.code("retrack", one(HK)) == -18019904
    accepted, rejected = await shop.ask("stopTrack", one(HK), one(HK))
    assert accepted == [{"number": HK, "carrier": 8011}]
    assert [item["error"]["code"] for item in rejected] == [-18019906]
    assert (await shop.ask("Retrack", one(HK, carrier=8011)))[0] == [{"number": HK, "carrier": 8011}]
    await shop.ask("stoptrack", one(HK))
    assert await shop.code("retrack", one(HK)) == -18019905
    assert await shop.code("stoptrack", one(CN)) == -18019902
    assert await shop.code("stoptrack", one(HK, carrier=3011)) == -18019902


async def test_deleting_frees_the_number_and_costs_quota_again(shop: Running) -> None:
    await shop.ask("register", one(HK))
    assert (await shop.ask("deleteTrack", one(HK, carrier="8011")))[0] == [{"number": HK, "carrier": 8011}]
    assert await shop.code("gettrackinfo", one(HK)) == -18019902
    assert len((await shop.ask("register", one(HK)))[0]) == 1
    account = await shop.house.access.named("shop")
    assert (await shop.house.access.usage(account.id, shop.clock())).used == 2


async def test_several_trackings_of_one_number_are_all_handled(shop: Running) -> None:
    await shop.ask("register", one("ABC12345", carrier=FEDEX), one("ABC12345", carrier=UPS))
    accepted, _ = await shop.ask("changeinfo", one("ABC12345", items={"tag": "order 7", "other": 1}))
    assert [item["carrier"] for item in accepted] == [FEDEX, UPS]
    assert len((await shop.ask("stoptrack", one("ABC12345")))[0]) == 2
    assert len((await shop.ask("deletetrack", one("ABC12345", carrier=UPS)))[0]) == 1
    status, listed = await shop.call("gettracklist", {})
    assert status == 200
    assert [(item["w1"], item["tag"], item["ts"]) for item in listed["data"]["accepted"]] == [(FEDEX, "order 7", False)]


async def test_changing_what_is_noted(shop: Running) -> None:
    """T7: one object or an array."""
    await shop.ask("register", one(HK))
    status, answer = await shop.call("changeinfo", one(HK, carrier=8011, items={"tag": "mine", "param": "1234"}))
    assert (status, answer["data"]) == (200, {"accepted": [{"number": HK, "carrier": 8011}], "rejected": []})
    assert await shop.code("changeinfo", one(HK, items={})) == -18019811
    assert await shop.code("changeinfo", one(HK)) == -18019811
    assert await shop.code("changeinfo", one(HK, items={"tag": "x" * 101})) == -18010015
    assert await shop.code("changeinfo", one(CN, items={"tag": "x"})) == -18019902


async def test_a_new_parameter_is_one_that_the_carrier_can_do_with(shop: Running) -> None:
    """T36: what registering refuses, changing refuses as well."""
    await shop.ask("register", one("ABC12345", carrier=14041, param="FR-12345"), one("ABC12345", carrier=UPS))
    accepted, rejected = await shop.ask("changeinfo", one("ABC12345", items={"param": "soon", "tag": "x"}))
    assert [item["carrier"] for item in accepted] == [UPS]
    assert [item["error"]["code"] for item in rejected] == [-18010018]
    accepted, _ = await shop.ask("changeinfo", one("ABC12345", carrier=14041, items={"param": "NL-1000AA"}))
    assert [item["carrier"] for item in accepted] == [14041]


async def test_changing_carriers(shop: Running, clock: Clock) -> None:
    """T28, T29."""
    await shop.ask("register", one("ABC12345", carrier=FEDEX), one(CN), one("TWICE123", carrier=FEDEX))
    await shop.ask("register", one("TWICE123", carrier=UPS))
    change = "changecarrier"
    assert await shop.code(change, one("ABC12345")) == -18019804
    assert await shop.code(change, one("ABC12345", carrier_new=NOBODY)) == -18019802
    assert await shop.code(change, one("ABC12345", carrier_old=UPS, carrier_new=FEDEX)) == -18019805
    assert await shop.code(change, one("ABC12345", carrier_old=FEDEX, carrier_new=FEDEX)) == -18019803
    assert await shop.code(change, one("TWICE123", carrier_new=3011)) == -18019801
    assert await shop.code(change, one("TWICE123", carrier_old=UPS, carrier_new=FEDEX)) == -18019809
    assert await shop.code(change, one("ABC12345", carrier_new=UPS)) == -18019808
    assert await shop.code(change, one("ABC12345", final_carrier_new=21051)) == -18010016
    assert await shop.code(change, one("NOTHERE1", carrier_new=UPS)) == -18019902
    clock.move(days=1, seconds=1)
    accepted, _ = await shop.ask(change, one(CN, carrier_old=3011, carrier_new=3013, final_carrier_new=21051))
    assert accepted == [{"number": CN, "carrier": 3013}]
    for turn in range(4):
        clock.move(days=1, seconds=1)
        await shop.ask(change, one(CN, carrier_new=(3011, 3013)[turn % 2]))
    clock.move(days=1, seconds=1)
    assert await shop.code(change, one(CN, carrier_new=3011)) == -18019807
    await shop.ask("stoptrack", one(CN))
    assert await shop.code(change, one(CN, carrier_new=3011)) == -18019806


async def test_one_may_go_to_the_carrier_that_another_leaves(shop: Running, clock: Clock) -> None:
    """T29: in one request, in either order of their registration."""
    await shop.ask(
        "register", *(one(number, carrier=key) for number in ("TWICE123", "TWICE124") for key in (UPS, FEDEX))
    )
    clock.move(days=1, seconds=1)
    changes = [
        *(one("TWICE123", carrier_old=UPS, carrier_new=DHL), one("TWICE123", carrier_old=FEDEX, carrier_new=UPS)),
        *(one("TWICE124", carrier_old=FEDEX, carrier_new=DHL), one("TWICE124", carrier_old=UPS, carrier_new=FEDEX)),
    ]
    accepted, _ = await shop.ask("changecarrier", *changes)
    assert [item["carrier"] for item in accepted] == [DHL, UPS, DHL, FEDEX]
    for number, carriers in (("TWICE123", {DHL, UPS}), ("TWICE124", {DHL, FEDEX})):
        _, listed = await shop.call("gettracklist", one(number))
        assert {item["w1"] for item in listed["data"]["accepted"]} == carriers


async def test_which_registration_is_meant_may_stay_unclear(shop: Running) -> None:
    await shop.ask("register", one("TWICE123", carrier=3011, final_carrier=21051))
    await shop.ask("register", one("TWICE123", carrier=3013, final_carrier=21051))
    assert await shop.code("changecarrier", one("TWICE123", final_carrier_old=21051, carrier_new=UPS)) == -18019810


async def test_pushing_needs_a_webhook_and_an_answer(shop: Running) -> None:
    """T33."""
    await shop.ask("register", one(HK))
    assert await shop.code("push", one(HK)) == -18010204
    await shop.house.merchants.webhooks.set_url("shop", "http://127.0.0.1:9/inbox")
    assert await shop.code("push", one(HK)) == -18019909
    assert await shop.code("push", one(CN)) == -18019902


async def test_looking_up_before_an_answer(shop: Running) -> None:
    """T17."""
    await shop.ask("register", one(HK))
    assert await shop.code("gettrackinfo", one(HK)) == -18019909
    assert await shop.code("gettrackinfo", one(CN)) == -18019902


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"package_state": 7}, -18010011),
        ({"push_state": 3}, -18010011),
        ({"tracking_state": 2}, -18010011),
        ({"page_no": 0}, -18010011),
        ({"page_no": "x"}, -18010011),
        ({"carrier": "x"}, -18010011),
        ({"number": "1234"}, -18010012),
        ({"register_time_from": "01-01-2019"}, -18010012),
        ({"stop_time_to": "2019-13-01"}, -18010012),
        ({"push_time_to": 7}, -18010012),
        ([], -18010013),
        (b"nonsense", -18010013),
    ],
)
async def test_a_bad_list_filter(shop: Running, asked: Any, code: int) -> None:
    """T10."""
    status, answer = await shop.call("gettracklist", asked)
    assert status == 200
    assert answer["code"] == 0
    assert [problem["code"] for problem in answer["data"]["errors"]] == [code]
    assert "accepted" not in answer["data"]


async def test_listing(shop: Running, clock: Clock) -> None:
    """T6, T15, T16."""
    for start in range(0, 90, 30):
        await shop.ask("register", *(one(f"ABC{n:05}", carrier=FEDEX) for n in range(start, start + 30)))
        clock.move(days=1)
    _, first = await shop.call("gettracklist", {"number": "", "package_state": "", "page_no": None})
    assert first["page"] == {"data_total": 90, "page_total": 3, "page_no": 1, "page_size": 40}
    assert list(first) == ["code", "page", "data"]
    assert first["data"]["accepted"][0] == {
        "number": "ABC00089",
        "w1": FEDEX,
        "b": 0,
        "w2": 0,
        "c": 0,
        "e": 0,
        "rt": "2026-11-24 12:00:00",
        "ps": 0,
        "st": None,
        "sr": None,
        "ir": False,
        "ts": True,
        "mc": 0,
        "tag": None,
    }
    pages = [await shop.call("gettracklist", {"page_no": page}) for page in (2, "3", 4)]
    listed = [first["data"]["accepted"], *(answer["data"]["accepted"] for _, answer in pages)]
    assert [len(page) for page in listed] == [40, 40, 10, 0]
    assert sorted(number for page in listed for number in numbers(page)) == [f"ABC{n:05}" for n in range(90)]


@pytest.mark.parametrize("minutes", [1, 60])
async def test_a_page_asked_for_later_is_that_of_the_list_as_it_is_now(
    shop: Running, clock: Clock, minutes: int
) -> None:
    """T15: whoever turned pages before leaves nothing behind that another one would meet."""
    for start in range(0, 90, 30):
        await shop.ask("register", *(one(f"ABC{n:05}", carrier=FEDEX) for n in range(start, start + 30)))
        clock.move(minutes=1)
    for page in (1, 2, 3):
        await shop.call("gettracklist", {"page_no": page})
    await shop.ask("register", *(one(f"XYZ{n:05}", carrier=FEDEX) for n in range(40)))
    clock.move(minutes=minutes)
    pages = [
        await shop.call("gettracklist", {"page_no": page}) for page in ((3, 2, 1) if minutes == 1 else (4, 3, 2, 1))
    ]
    listed = [numbers(answer["data"]["accepted"]) for _, answer in pages]
    assert [len(page) for page in listed] == [40, 40, 40] if minutes == 1 else [10, 40, 40, 40]
    assert listed[-1] == [f"XYZ{n:05}" for n in reversed(range(40))]
    assert listed[-3][-1] == "ABC00010"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"register_time_from": "2026-11-23"}, {"B", "C"}),
        ({"register_time_to": "2026-11-22"}, {"A"}),
        ({"register_time_from": "0001-01-01", "register_time_to": "9999-12-31"}, {"A", "B", "C"}),
        ({"register_time_to": "9999-12-31 23:59:59"}, {"A", "B", "C"}),
        ({"register_time_from": "2026-11-23 12:00:00", "register_time_to": "2026-11-23 12:00:00"}, {"B"}),
        ({"tracking_state": 0}, {"C"}),
        ({"tracking_state": True, "package_state": 0}, {"A", "B"}),
        ({"tracking_state": "false"}, {"C"}),
        ({"stop_time_from": "2026-11-24"}, {"C"}),
        ({"push_state": 0, "carrier": FEDEX}, {"A"}),
        ({"push_state": 1}, set()),
        ({"number": "bbbbb"}, {"B"}),
        ({"package_state": 40}, set()),
    ],
)
async def test_list_filters(shop: Running, clock: Clock, asked: Any, expected: set[str]) -> None:
    await shop.ask("register", one("AAAAA", carrier=FEDEX))
    clock.move(days=1)
    await shop.ask("register", one("BBBBB", carrier=UPS))
    clock.move(days=1)
    await shop.ask("register", one("CCCCC", carrier=UPS))
    await shop.ask("stoptrack", one("CCCCC"))
    _, answer = await shop.call("gettracklist", asked)
    assert {number[0] for number in numbers(answer["data"]["accepted"])} == expected
    assert answer["page"]["data_total"] == len(expected)


async def test_who_may_not_call(shop: Running) -> None:
    """T11: 401, with the reason."""

    async def refused(key: str, **headers: str) -> tuple[int, int, int]:
        status, answer = await shop.call("gettracklist", {}, key=key, **headers)
        return status, answer["code"], answer["data"]["errors"][0]["code"]

    assert await refused("") == (401, 401, -18010005)
    assert await refused("0" * 32) == (401, 401, -18010002)
    assert (await shop.call("gettracklist", {}, key=f"{shop.key} \t"))[0] == 200
    await shop.house.access.allow("shop", ("10.0.0.0/8",))
    assert await refused(shop.key) == (401, 401, -18010001)
    assert await refused(shop.key, **{"X-Forwarded-For": "10.1.2.3"}) == (401, 401, -18010001)
    await shop.house.access.allow("shop", ("127.0.0.1",))
    assert (await shop.call("gettracklist", {}))[0] == 200
    await shop.house.access.set_disabled("shop", disabled=True)
    assert await refused(shop.key) == (401, 401, -18010004)


async def test_a_key_change_has_one_instant(shop: Running, clock: Clock) -> None:
    """T34."""
    old = shop.key
    new = await shop.house.access.rotate_key("shop", clock())
    for seconds, right in ((299, old), (1, new.key), (1, new.key)):
        clock.move(seconds=seconds)
        answers = {key: (await shop.call("gettracklist", {}, key=key))[0] for key in (old, new.key)}
        assert answers == {old: 200 if right == old else 401, new.key: 200 if right == new.key else 401}


async def test_of_two_key_changes_the_second_counts_and_a_key_is_always_in_force(shop: Running, clock: Clock) -> None:
    """T34: the announced key is taken back; the old one stays until the newest takes its place."""
    old, account = shop.key, (await shop.house.access.named("shop")).id
    back = await shop.house.access.rotate_key("shop", clock())
    clock.move(seconds=200)
    new = await shop.house.access.rotate_key("shop", clock())
    for seconds, right in ((0, old), (100, old), (199, old), (1, new.key), (600, new.key)):
        clock.move(seconds=seconds)
        answers = {key: (await shop.call("gettracklist", {}, key=key))[0] for key in (old, back.key, new.key)}
        assert answers == {old: 401, back.key: 401, new.key: 401} | {right: 200}
        assert await shop.house.access.signing_keys(account, clock()) == [right]


async def test_the_pace(database_url: str, tmp_path: Path, clock: Clock) -> None:
    """T13: three in any second, each key and each endpoint for itself; what is refused is not done."""
    async with running(database_url, tmp_path, clock, pace_per_second=3) as shop:
        await shop.shop()
        for n in range(3):
            assert (await shop.call("register", [one(f"ABC0000{n}", carrier=FEDEX)]))[0] == 200
        async with shop.session.post(
            f"{shop.url}/track/v1/REGISTER", data=b"[]", headers={"17token": shop.key}
        ) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
            assert (await refused.json())["code"] == 429
        assert (await shop.call("gettracklist", {}))[0] == 200
        clock.move(seconds=1)
        assert (await shop.call("register", []))[0] == 200
        _, listed = await shop.call("gettracklist", {})
        assert listed["page"]["data_total"] == 3


async def test_what_is_not_there(shop: Running) -> None:
    """T12: never HTML, and no way to somewhere else."""
    for method, path in (
        *(("GET", "/v1/register"), ("PUT", "/v1/push"), ("TRACE", "/v1/push"), ("GET", "")),
        *(("POST", path) for path in ("/v1/nothing", "/v1/", "/v1", "/v2/register", "/register", "/", "")),
    ):
        url = f"{shop.url}/track{path}"
        async with shop.session.request(method, url, headers={"17token": shop.key}, allow_redirects=False) as answer:
            assert answer.status == 404, path
            assert (await answer.json())["code"] == 404


async def test_the_whole_path_is_matched_without_regard_to_case(shop: Running) -> None:
    """T5."""
    for path in ("/Track/V1/GetTrackList", "/TRACK/v1/gettracklist/", "/track/V1/gettracklist"):
        async with shop.session.post(shop.url + path, data=b"{}", headers={"17token": shop.key}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (200, 0), path


async def test_a_body_that_is_too_large(shop: Running) -> None:
    status, answer = await shop.call("register", b"[" + b" " * 1024 * 1024 + b"]")
    assert (status, answer["data"]["errors"][0]["code"]) == (200, -18010013)
