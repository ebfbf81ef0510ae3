"""The Hongkong Post connector against an operator on a real socket."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.conftest import Clock
from tests.connectors.post_server import SECRET, Post, item, scan, serve
from trackway.connectors.base import Connector, Inquiry, Kit
from trackway.connectors.registry import make
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import (
    CarrierDeniedAccess,
    CarrierForgot,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from trackway.domain.tracking import Milestone, Report
from trackway.storage.database import Database
from trackway.storage.migrate import upgrade_sqlite
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.sqlite import QuickSqliteDatabase
from trackway.storage.vault import Vault

ONE, TWO = "RT215770195HK", "EA999580311HK"


@dataclass
class Bench:
    """An operator, a store, and as many processes' connectors as a test wants."""

    post: Post
    quick: Database
    clock: Clock
    made: list[Connector]

    def connector(self, timeout: float = 5, **settings: str) -> Connector:
        async def sleep(seconds: float) -> None:  # time is the test's to move
            await asyncio.sleep(0.001)

        kit = Kit(
            shared=SharedMemory(self.quick),
            sealer=Vault(bytes(32)),
            clock=self.clock,
            sleep=sleep,
            timeout=timeout,
        )
        account = {"url": self.post.url, "sys_id": "partner", "sys_secret": SECRET}
        connector = make("hongkong-post", {**account, **settings}, kit)
        self.made.append(connector)
        return connector


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all tables, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.sqlite3"
    upgrade_sqlite(path)
    return path


@pytest.fixture
async def bench(clock: Clock, empty: Path, tmp_path: Path) -> AsyncIterator[Bench]:
    quick = QuickSqliteDatabase(Path(shutil.copy(empty, tmp_path / "quick.sqlite3")))
    async with serve(Post(clock)) as post:
        post.items = {ONE: item(ONE, scan("20-11-2026 10:00", "Posted")), TWO: item(TWO)}
        bench = Bench(post, quick, clock, [])
        yield bench
        for connector in bench.made:
            await connector.close()
    await quick.close()


async def ask(connector: Connector, *numbers: str) -> dict[str, Report | CarrierFault]:
    return dict(await connector.ask([Inquiry(number=number) for number in numbers]))


async def report(bench: Bench, *scans: dict[str, str], language: str = "en") -> Report | CarrierFault:
    bench.post.items[ONE] = item(ONE, *scans)
    return (await ask(bench.connector(language=language), ONE))[ONE]


async def test_an_item_is_reported_newest_first_in_three_languages(bench: Bench) -> None:
    answer = await report(bench, scan("20-11-2026 10:00", "Posted"), scan("21-11-2026 09:30", "Delivered"))
    assert isinstance(answer, Report)
    assert (answer.found, answer.language, answer.origin, answer.destination) == (True, "en", "HK", "GB")
    newest, oldest = answer.events
    assert (newest.time, newest.text, newest.place) == ("2026-11-21 09:30", "Delivered", "HONG KONG")
    assert newest.milestone is Milestone.DELIVERED
    assert newest.translations == {"en": "Delivered", "zh-Hant": "Delivered(繁)", "zh-Hans": "Delivered(简)"}
    assert (oldest.time, oldest.milestone) == ("2026-11-20 10:00", Milestone.IN_TRANSIT)
    assert '"itemNo": "RT215770195HK"' in answer.raw
    assert bench.post.calls == [{"lang": "A", "itemNo": [ONE]}]


async def test_the_language_is_a_setting(bench: Bench) -> None:
    answer = await report(bench, scan("20-11-2026 10:00", "Posted"), language="zh-Hant")
    assert isinstance(answer, Report)
    assert (answer.language, answer.events[0].text, answer.events[0].place) == ("zh-Hant", "Posted(繁)", "香港")


async def test_of_two_at_one_minute_the_carriers_order_decides(bench: Bench) -> None:
    """H23, whichever way round the operator tells its events."""
    told = [
        scan("20-11-2026 10:00", "Posted"),
        scan("21-11-2026 09:00", "Arrived"),
        scan("21-11-2026 09:00", "Delivered"),
    ]
    for scans in (told, told[::-1]):
        answer = await report(bench, *scans)
        assert isinstance(answer, Report)
        assert [event.text for event in answer.events] == ["Delivered", "Arrived", "Posted"]


async def test_midnight_may_be_24_00(bench: Bench) -> None:
    answer = await report(bench, scan("31-12-2025 24:00", "Arrived"))
    assert isinstance(answer, Report)
    assert answer.events[0].time == "2026-01-01 00:00"


@pytest.mark.parametrize(
    "time", ["", "2026-11-20 10:00", "31-02-2026 10:00", "20-11-2026 24:01", "20-11-2026 25:00", "20-11-0026 10:00",
             "20-11-2099 10:00", "1-1-2026 9:00", "20-11-2026T10:00", "٢٠-11-2026 10:00"],
)  # fmt: skip
async def test_an_impossible_time_spoils_that_number_only(bench: Bench, time: str) -> None:
    bench.post.items[TWO] = item(TWO, scan("20-11-2026 10:00", "Posted"), scan(time, "Delivered"))
    answers = await ask(bench.connector(), ONE, TWO)
    assert isinstance(answers[ONE], Report)
    assert isinstance(answers[TWO], CarrierUnreadable)


async def test_words_that_nobody_understands_are_in_transit_and_noted_once(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {"eventMsg_e": "Zzyzx", "eventMsg_c": "", "eventMsg_s": ""}
    answer = await report(bench, scan("20-11-2026 10:00", "", **odd), scan("20-11-2026 11:00", "", **odd))
    assert isinstance(answer, Report)
    assert {event.milestone for event in answer.events} == {Milestone.IN_TRANSIT}
    assert capsys.readouterr().out.count("not understood") == 1


async def test_items_are_joined_by_number_and_not_by_place(bench: Bench) -> None:
    entries = [
        item(TWO),
        item("RR000000000HK"),
        {"itemNo": 7},
        "noise",
        None,
        item(ONE.lower(), scan("20-11-2026 10:00", "Posted")),
    ]
    bench.post.fault = lambda _: bench.post.answer(entries)
    answers = await ask(bench.connector(), ONE, TWO, "LK773201020HK")
    first, second = answers[ONE], answers[TWO]
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert (len(first.events), len(second.events)) == (1, 0)
    assert isinstance(answers["LK773201020HK"], CarrierUnreadable)
    assert len(answers) == 3


async def test_each_number_is_sent_once(bench: Bench) -> None:
    assert set(await ask(bench.connector(), ONE, TWO, ONE)) == {ONE, TWO}
    assert bench.post.calls[0]["itemNo"] == [ONE, TWO]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(1003, CarrierForgot), (1004, CarrierRefused), (1005, CarrierUnreadable), (9999, CarrierUnreadable)],
)
async def test_what_an_items_status_means(bench: Bench, status: int, kind: type[CarrierFault]) -> None:
    bench.post.items[TWO] = item(TWO, status=status)
    answers = await ask(bench.connector(), ONE, TWO)
    assert isinstance(answers[ONE], Report)
    assert type(answers[TWO]) is kind


@pytest.mark.parametrize(("status", "invalid"), [(1001, False), (1002, True)])
async def test_an_unknown_number_is_an_answer(bench: Bench, status: int, invalid: bool) -> None:  # noqa: FBT001
    bench.post.items[ONE] = item(ONE, status=status)
    answer = (await ask(bench.connector(), ONE))[ONE]
    assert isinstance(answer, Report)
    assert (answer.found, answer.invalid, answer.events) == (False, invalid, ())


@pytest.mark.parametrize(
    "broken",
    [
        {"itemDeliveryStatusDetailList": None},
        {"itemDeliveryStatusDetailList": {}},
        {"itemDeliveryStatusDetailList": [1]},
        {"itemDeliveryStatusDetailList": [scan("20-11-2026 10:00", "", eventMsg_c="", eventMsg_s="")]},
        {"orgCnty_code": 852},
        {"status": "0"},
        {"status": None},
    ],
)
async def test_an_entry_of_another_shape_spoils_that_number_only(bench: Bench, broken: dict[str, Any]) -> None:
    bench.post.items[TWO] = {**item(TWO), **broken}
    answers = await ask(bench.connector(), ONE, TWO)
    assert isinstance(answers[ONE], Report)
    assert isinstance(answers[TWO], CarrierUnreadable)


async def test_what_is_not_used_of_an_entry_may_have_any_shape(bench: Bench) -> None:
    names = ("errMsg", "postingDateTime", "dropOffPoint_e", "milestone_c", "orgCnty_e", "destCnty_s")
    for odd in (None, 7, ["x"]):
        bench.post.items[ONE] = item(ONE, scan("20-11-2026 10:00", "Posted"), **dict.fromkeys(names, odd))
        answer = (await ask(bench.connector(), ONE))[ONE]
        assert isinstance(answer, Report)
        assert (len(answer.events), answer.origin) == (1, "HK")


@pytest.mark.parametrize(
    ("code", "country"), [(" gb ", "GB"), ("GBR", ""), ("G1", ""), ("ß", ""), ("香港", ""), ("", ""), (None, "")]
)
async def test_a_country_is_two_letters_or_not_told(bench: Bench, code: str | None, country: str) -> None:
    bench.post.items[ONE] = item(ONE, orgCnty_code=code, destCnty_code=code)
    answer = (await ask(bench.connector(), ONE))[ONE]
    assert isinstance(answer, Report)
    assert (answer.origin, answer.destination) == (country, country)


async def test_a_success_without_its_list_is_not_an_empty_one(bench: Bench) -> None:
    del bench.post.items[ONE]["itemDeliveryStatusDetailList"]
    answers = await ask(bench.connector(), ONE, TWO)
    assert isinstance(answers[ONE], CarrierUnreadable)
    assert answers[TWO] == Report(number=TWO, language="en", origin="HK", destination="GB", raw=_raw(answers[TWO]))


def _raw(answer: Report | CarrierFault) -> str:
    return answer.raw if isinstance(answer, Report) else ""


@pytest.mark.parametrize(
    ("status", "http", "kind"),
    [
        (9991, 200, CarrierLimited),
        (9993, 400, CarrierMisunderstood),
        (9994, 200, CarrierLimited),
        (9995, 200, CarrierMisunderstood),
        (9996, 200, CarrierMisunderstood),
        (9997, 200, CarrierMisunderstood),
        (9998, 500, CarrierMisunderstood),
        (9999, 503, CarrierUnavailable),
        (9999, 200, CarrierUnavailable),
        (4711, 200, CarrierUnreadable),
        (500, 500, CarrierUnavailable),
        (403, 403, CarrierDeniedAccess),
    ],
)
async def test_the_status_comes_first_and_http_second(
    bench: Bench, status: int, http: int, kind: type[CarrierFault]
) -> None:
    bench.post.fault = bench.post.refuse(status, http)
    with pytest.raises(CarrierFault) as raised:
        await ask(bench.connector(), ONE)
    assert type(raised.value) is kind


async def test_a_used_up_day_ends_at_midnight_in_hong_kong(bench: Bench) -> None:
    bench.post.fault = bench.post.refuse(9994)
    with pytest.raises(CarrierLimited) as raised:
        await ask(bench.connector(), ONE)
    assert raised.value.retry_at == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "http", "kind"),
    [
        ("", 200, CarrierUnreadable),
        ("<html>", 200, CarrierUnreadable),
        ("[]", 200, CarrierUnreadable),
        ("{}", 200, CarrierUnreadable),
        ('{"status":0}', 200, CarrierUnreadable),
        ('{"status":0,"deliveryResultList":null}', 200, CarrierUnreadable),
        ('{"status":"0","deliveryResultList":[]}', 200, CarrierUnreadable),
        ('{"status":9999,"errMsg":null}', 200, CarrierUnavailable),
        ("[" * 100_000, 200, CarrierUnreadable),
        ("not found", 404, CarrierMisunderstood),
        ("moved", 302, CarrierMisunderstood),
        ("slow down", 429, CarrierLimited),
        ("Bad Gateway", 502, CarrierUnavailable),
        ("x" * 9_000_000, 200, CarrierUnreadable),
    ],
)
async def test_nonsense_is_a_fault(bench: Bench, body: str, http: int, kind: type[CarrierFault]) -> None:
    bench.post.fault = lambda _: web.Response(text=body, status=http, headers={"Location": bench.post.url})
    with pytest.raises(CarrierFault) as raised:
        await ask(bench.connector(), ONE)
    assert type(raised.value) is kind


async def test_an_operator_that_hangs_or_hangs_up_is_unavailable(bench: Bench) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    for fault in (hang, hang_up):
        bench.post.fault = fault
        with pytest.raises(CarrierUnavailable):
            await ask(bench.connector(timeout=0.2), ONE)


async def test_an_operator_that_is_not_there_is_unavailable(bench: Bench) -> None:
    with pytest.raises(CarrierUnavailable):
        await ask(bench.connector(url="http://127.0.0.1:1/"), ONE)


# Tokens


async def test_one_token_serves_all_processes_until_a_minute_before_it_expires(bench: Bench) -> None:
    first, second = bench.connector(), bench.connector()
    await ask(first, ONE)
    await ask(second, ONE)
    bench.clock.move(seconds=839)
    await ask(first, ONE)
    assert len(bench.post.tokens) == 1
    bench.clock.move(seconds=1)
    await ask(second, ONE)
    await ask(first, ONE)
    assert len(bench.post.tokens) == 2


async def test_many_processes_fetch_one_token_for_each_expiry(bench: Bench) -> None:
    """F20."""
    many = [bench.connector() for _ in range(10)]
    for expiries in range(1, 5):
        await asyncio.gather(*(ask(one, ONE) for one in many))
        assert len(bench.post.tokens) == expiries
        bench.clock.move(minutes=15)


async def test_a_token_that_dies_early_is_renewed_once_for_all(bench: Bench) -> None:
    many = [bench.connector() for _ in range(5)]
    await asyncio.gather(*(ask(one, ONE) for one in many))
    bench.post.revoked.update(bench.post.tokens)
    answers = await asyncio.gather(*(ask(one, ONE) for one in many))
    assert all(isinstance(answer[ONE], Report) for answer in answers)
    assert len(bench.post.tokens) == 2


async def test_a_token_that_is_never_accepted_ends_after_one_renewal(bench: Bench) -> None:
    bench.post.fault = bench.post.refuse(9992, 401)
    with pytest.raises(CarrierDeniedAccess):
        await ask(bench.connector(), ONE)
    assert (len(bench.post.tokens), len(bench.post.calls)) == (2, 2)


@pytest.mark.parametrize("skew", [-7200.0, 7200.0])
async def test_the_operators_clock_may_be_wrong(bench: Bench, skew: float) -> None:
    ours = bench.clock
    bench.post.clock = lambda: ours() + timedelta(seconds=skew)
    connector = bench.connector()
    await ask(connector, ONE)
    ours.move(seconds=839)
    await ask(connector, ONE)
    assert len(bench.post.tokens) == 1
    ours.move(seconds=1)
    await ask(connector, ONE)
    assert len(bench.post.tokens) == 2


@pytest.mark.parametrize(
    "date", ["soon", "Mon, 23 Nov 99999999999999999999 00:00:00 GMT", "Mon, 23 Nov 2026 00:00:00 +9999"]
)
async def test_an_absurd_date_of_the_operators_is_none(bench: Bench, date: str) -> None:
    bench.post.fault = lambda _: bench.post.reply({"status": 0, "deliveryResultList": [item(ONE)]}, Date=date)
    assert isinstance((await ask(bench.connector(), ONE))[ONE], Report)


@pytest.mark.parametrize(("expiry", "fresh", "stale"), [(900, 839, 841), (40, 19, 21), (10**8, 86_400, 10**8)])
async def test_a_small_expiry_is_seconds_from_now(bench: Bench, expiry: int, fresh: int, stale: int) -> None:
    bench.post.expiry = lambda: expiry
    connector = bench.connector()
    for seconds, tokens in ((0, 1), (fresh, 1), (stale - fresh, 2)):
        bench.clock.move(seconds=seconds)
        await ask(connector, ONE)
        assert len(bench.post.tokens) == tokens


@pytest.mark.parametrize(
    ("body", "http", "kind"),
    [
        ("Unauthorized", 401, CarrierDeniedAccess),
        ('{"status":9992,"errMsg":"Invalid Credential"}', 200, CarrierDeniedAccess),
        ('{"status":9999,"errMsg":"Service temporary unavailable"}', 503, CarrierUnavailable),
        ('{"id_token":"","expiry":900}', 200, CarrierUnreadable),
        ('{"id_token":7,"expiry":900}', 200, CarrierUnreadable),
        ('{"id_token":"t"}', 200, CarrierUnreadable),
        ('{"id_token":"t","expiry":"soon"}', 200, CarrierUnreadable),
        ("oops", 500, CarrierUnavailable),
    ],
)
async def test_no_token_is_a_fault_and_the_next_asking_tries_again(
    bench: Bench, body: str, http: int, kind: type[CarrierFault]
) -> None:
    bench.post.token_fault = lambda _: web.Response(text=body, status=http)
    connector = bench.connector()
    with pytest.raises(CarrierFault) as raised:
        await ask(connector, ONE)
    assert type(raised.value) is kind
    assert bench.post.calls == []
    bench.post.token_fault = None
    assert isinstance((await ask(connector, ONE))[ONE], Report)


async def test_the_shared_token_is_sealed(bench: Bench, tmp_path: Path) -> None:
    await ask(bench.connector(), ONE)
    assert len(bench.post.tokens) == 1
    written = _written(tmp_path)
    assert b"token:hongkong-post:" in written
    assert b"token-1" not in written
    assert SECRET.encode() not in written


def _written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())
