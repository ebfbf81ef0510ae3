"""An account at 17TRACK asked as its client: each kind of answer ends as what it means."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from tests.conftest import NOW, Clock
from trackway.connectors.base import Answers, Inquiry, Kit
from trackway.connectors.registry import make
from trackway.connectors.track17 import Track17
from trackway.domain.errors import CarrierFault, ConfigError
from trackway.domain.errors.carriers import (
    CarrierDeniedAccess,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from trackway.domain.tracking import Event, Milestone, Report
from trackway.storage.passing.shared import SharedMemory
from trackway.storage.store import Store
from trackway.storage.vault import Vault

NUMBER, CARRIER = "RR473124829CN", 3011
ONE = [Inquiry(number=NUMBER, carrier=CARRIER)]
Reply = Callable[[Sequence[Any]], web.Response]


def event(time: str, text: str, place: str = "") -> dict[str, Any]:
    return {"a": time, "b": None, "c": place, "d": "", "z": text}


def told(accepted: Sequence[Any] = (), rejected: Sequence[Any] = (), code: int = 0, **data: Any) -> web.Response:
    return web.json_response({"code": code, "data": {"accepted": accepted, "rejected": rejected, **data}})


def track(state: int, *events: dict[str, Any], is1: int = 1, **more: Any) -> Reply:
    found = {"e": state, "is1": is1, "w1": CARRIER, "ln1": "en", "z1": events, "z2": [], "z9": [], **more}
    return lambda items: told([{"number": one["number"], "tag": "", "track": found} for one in items])


def reject(code: int, message: str = "") -> Reply:
    return lambda items: told(
        rejected=[{"number": one["number"], "error": {"code": code, "message": message}} for one in items]
    )


def whole(status: int, code: int, **headers: str) -> Reply:
    body = {"code": code if status == 200 else status, "data": {"errors": [{"code": code, "message": "no"}]}}
    return lambda _: web.json_response(body, status=status, headers=headers)


class Service:
    """17TRACK on loopback; `replies` are used up one by one for each endpoint, the last one stays."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, list[dict[str, Any]]]] = []
        self.tokens: set[str | None] = set()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        endpoint = request.match_info["endpoint"]
        self.tokens.add(request.headers.get("17token"))
        self.asked.append((endpoint, json.loads(await request.read())))
        replies = self.replies[endpoint]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(self.asked[-1][1])


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[None]:
    application = web.Application()
    application.router.add_post("/track/v1/{endpoint}", service.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/track/v1"
    try:
        yield
    finally:
        await runner.cleanup()


class Client:
    def __init__(self, service: Service, connector: Track17, slept: list[float]) -> None:
        self.service, self.connector, self.slept = service, connector, slept

    async def ask(self, *replies: Reply, register: Sequence[Reply] = ()) -> Answers:
        self.service.replies = {"gettrackinfo": list(replies), "register": list(register)}
        return await self.connector.ask(ONE)

    async def one(self, *replies: Reply, register: Sequence[Reply] = ()) -> Report | CarrierFault:
        return (await self.ask(*replies, register=register))[NUMBER]


def broken(items: Sequence[Any]) -> web.Response:
    """Text that was cut in the middle of a letter, in a field that nobody reads, of the first of them."""
    bad = b'{"e":10,"is1":1,"w1":3011,"z0":{"z":"\xe9\x83"},"z1":[{"a":"2026-11-20 09:00","z":"Posted"}]}'
    one = b'{"number":"%b","track":%b}' % (items[0]["number"].encode(), bad)
    return web.Response(body=b'{"code":0,"data":{"accepted":[%b],"rejected":[]}}' % one)


def kit(store: Store, clock: Clock, slept: list[float], timeout: float = 5) -> Kit:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    shared = SharedMemory(store.quick)
    return Kit(shared=shared, sealer=Vault(b"k" * 32), clock=clock, sleep=sleep, timeout=timeout)


@pytest.fixture
async def client(store: Store, clock: Clock) -> AsyncIterator[Client]:
    service, slept = Service(), list[float]()
    async with serving(service):
        connector = make("track17", {"key": "s3cret", "url": service.url}, kit(store, clock, slept))
        assert isinstance(connector, Track17)
        yield Client(service, connector, slept)
        await connector.close()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked is the same on every engine."""
    return sqlite_url


async def test_a_track_becomes_a_report(client: Client) -> None:
    events = [event("2026-11-22 09:45", "Delivered", "LONDON"), event("2026-11-20 09:00", "Posted", "BEIJING")]
    report = await client.one(track(40, *events))
    assert isinstance(report, Report)
    assert report.events == (
        Event(time="2026-11-22 09:45", text="Delivered", place="LONDON", milestone=Milestone.DELIVERED),
        Event(time="2026-11-20 09:00", text="Posted", place="BEIJING", milestone=Milestone.IN_TRANSIT),
    )
    assert (report.found, report.language) == (True, "en")
    assert json.loads(report.raw)["e"] == 40
    assert client.service.asked == [("gettrackinfo", [{"number": NUMBER, "carrier": CARRIER}])]
    assert client.service.tokens == {"s3cret"}


@pytest.mark.parametrize(
    ("state", "text", "milestone"),
    [
        (0, "Shipment information received", Milestone.INFO_RECEIVED),
        (10, "Delivered to the agent", Milestone.IN_TRANSIT),
        (20, "Left for destination", Milestone.IN_TRANSIT),
        (30, "Ready at the counter", Milestone.AVAILABLE_FOR_PICKUP),
        (30, "Out for delivery", Milestone.OUT_FOR_DELIVERY),
        (35, "Nobody was in", Milestone.DELIVERY_FAILURE),
        (40, "Signed for", Milestone.DELIVERED),
        (50, "Held by customs", Milestone.EXCEPTION),
        (77, "A state of tomorrow", Milestone.IN_TRANSIT),
    ],
)
async def test_the_newest_event_has_the_services_state(
    client: Client, state: int, text: str, milestone: Milestone
) -> None:
    report = await client.one(track(state, event("2026-11-22 09:45", text), event("2026-11-20 09:00", "Delivered")))
    assert isinstance(report, Report)
    assert report.events[0].milestone is milestone
    older = Milestone.DELIVERED if state in {40, 50} else Milestone.IN_TRANSIT
    assert report.events[1].milestone is older, "no words make delivered what the service does not call so"


async def test_both_posts_events_are_one_story(client: Client) -> None:
    """z1, z2 and z9, which may be null, newest first."""
    first, final = [event("2026-11-20 09:00", "Posted")], [event("2026-11-21 09:00", "Arrived")]
    report = await client.one(track(10, *first, z2=final, z9=None, ln1="zh-CHS"))
    assert isinstance(report, Report)
    assert ([one.text for one in report.events], report.language) == (["Arrived", "Posted"], "zh-Hans")


@pytest.mark.parametrize(
    ("is1", "fault"), [(0, CarrierUnavailable), (10, CarrierUnavailable), (11, CarrierUnreadable), (12, CarrierRefused)]
)
async def test_how_the_service_fared_with_the_carrier_is_a_fault(client: Client, is1: int, fault: type) -> None:
    assert isinstance(await client.one(track(0, is1=is1)), fault)


@pytest.mark.parametrize("is1", [20, 21, 22])
async def test_an_older_answer_that_stands_is_the_report(client: Client, is1: int) -> None:
    report = await client.one(track(10, event("2026-11-20 09:00", "Posted"), is1=is1))
    assert isinstance(report, Report)
    assert report.found


async def test_a_number_that_nobody_knows(client: Client) -> None:
    assert await client.one(track(0, is1=2)) == Report(number=NUMBER, found=False, language="en", raw=_raw(0, 2))


def _raw(state: int, is1: int) -> str:
    read = {"e": state, "is1": is1, "w1": CARRIER, "ln1": "en", "z1": [], "z2": [], "z9": []}
    return json.dumps(read)


@pytest.mark.parametrize(
    "answer", [lambda _: told([{"number": NUMBER, "tag": "", "track": {}}]), reject(-18019901), reject(-18019909)]
)
async def test_a_new_number_is_registered_and_has_no_answer_yet(client: Client, answer: Reply) -> None:
    fault = await client.one(reject(-18019902), register=[answer])
    assert isinstance(fault, CarrierUnavailable)
    assert "no answer yet" in str(fault)
    assert [endpoint for endpoint, _ in client.service.asked] == ["gettrackinfo", "register"]
    assert client.slept == [0.34], "two requests are as far apart as two askings"
    assert isinstance(await client.one(reject(-18019909)), CarrierUnavailable)


async def test_the_extra_parameter_is_registered_too(client: Client) -> None:
    client.service.replies = {"gettrackinfo": [reject(-18019902)], "register": [reject(-18019901)]}
    await client.connector.ask([Inquiry(number=NUMBER, carrier=14041, param="NL-1234AB")])
    assert client.service.asked[1] == ("register", [{"number": NUMBER, "carrier": 14041, "param": "NL-1234AB"}])


async def test_each_number_of_a_batch_has_its_own_outcome(client: Client) -> None:
    numbers = ["AAAAA1", "AAAAA2", "AAAAA3"]

    def some(items: Sequence[Any]) -> web.Response:
        found = {"e": 10, "is1": 1, "z1": [event("2026-11-20 09:00", "Posted")]}
        rejected = [
            {"number": "AAAAA2", "error": {"code": -18019902, "message": "not registered"}},
            {"number": "AAAAA3", "error": {"code": -18010012, "message": "format"}},
        ]
        return told([{"number": "AAAAA1", "track": found}], rejected)

    client.service.replies = {"gettrackinfo": [some], "register": [reject(-18019908, "quota")]}
    answers = await client.connector.ask([Inquiry(number=number, carrier=CARRIER) for number in numbers])
    assert isinstance(answers["AAAAA1"], Report)
    assert isinstance(answers["AAAAA2"], CarrierLimited)
    assert answers["AAAAA3"] == Report(number="AAAAA3", found=False, invalid=True)
    assert [one["number"] for one in client.service.asked[1][1]] == ["AAAAA2"]


async def test_a_quota_that_is_used_up_waits_and_stops_no_asking(client: Client) -> None:
    day = await client.one(reject(-18019902), register=[reject(-18019907, "daily")])
    assert isinstance(day, CarrierLimited)
    assert day.retry_at == datetime(2026, 11, 23, tzinfo=UTC)
    total = await client.one(reject(-18019902), register=[reject(-18019908, "quota")])
    assert isinstance(total, CarrierLimited)
    assert total.retry_at == NOW + timedelta(days=1)


@pytest.mark.parametrize("code", [-18019903, -18019910, -18010018, -18099999])
async def test_what_the_service_will_not_follow_is_refused(client: Client, code: int) -> None:
    fault = await client.one(reject(-18019902), register=[reject(code, "because")])
    assert isinstance(fault, CarrierRefused)
    assert str(fault) == f"{code} because"


@pytest.mark.parametrize(
    ("reply", "fault", "wait"),
    [
        (whole(401, -18010002), CarrierDeniedAccess, None),
        (lambda _: web.Response(status=401, text="no"), CarrierDeniedAccess, None),
        (whole(200, -18010004), CarrierDeniedAccess, None),
        (whole(429, 429, **{"Retry-After": "7"}), CarrierLimited, 7),
        (whole(429, 429, **{"Retry-After": "0"}), CarrierLimited, 1),
        (whole(429, 429, **{"Retry-After": "99999999999"}), CarrierLimited, 3600),
        (whole(429, 429, **{"Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT"}), CarrierLimited, 30),
        (whole(429, 429, **{"Retry-After": "soon"}), CarrierLimited, None),
        (whole(429, 429, **{"Retry-After": "Sun, 22 Nov 99999999999999999999 12:00:30 GMT"}), CarrierLimited, None),
        (whole(429, 429), CarrierLimited, None),
        (whole(503, -18010003), CarrierUnavailable, None),
        (lambda _: web.Response(status=502, text="<html>"), CarrierUnavailable, None),
        (whole(200, -18010003), CarrierUnavailable, None),
        (whole(200, -18010013), CarrierMisunderstood, None),
        (whole(404, 404), CarrierMisunderstood, None),
        (lambda _: web.Response(text="<html>"), CarrierUnreadable, None),
        (lambda _: web.Response(status=302, headers={"location": "/"}), CarrierUnreadable, None),
        (lambda _: web.json_response([]), CarrierUnreadable, None),
        (lambda _: web.Response(text='{"code":0,"data":{"accepted":[{"number":"' + "\\ud800" + '"}]}}'), None, None),
    ],
)
async def test_a_request_that_fails_is_a_fault_of_all(
    client: Client, reply: Reply, fault: type[CarrierFault] | None, wait: int | None
) -> None:
    with pytest.raises(fault or CarrierFault) as caught:
        await client.ask(reply)
    assert type(caught.value) is (fault or CarrierUnreadable)
    assert caught.value.retry_at == (None if wait is None else NOW + timedelta(seconds=wait))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("broken", [{"z1": 5}, {"z1": [{"a": "yesterday"}]}, {"z1": [{"a": None}]}, []])
async def test_a_track_that_cannot_be_read_harms_no_other(client: Client, broken: Any) -> None:
    fault = await client.one(lambda _: told([{"number": NUMBER, "track": broken}]))
    assert isinstance(fault, CarrierUnreadable)


async def test_a_time_is_that_on_the_clock_of_the_place_in_whichever_form(client: Client) -> None:
    """Sorted as texts, so all of one form: a zone behind it is passed over."""
    times = ["2026-11-22T09:45:00+08:00", "2026-11-22 09:44", "2026-11-22T09:43:10.5Z", "2026-11-22"]
    report = await client.one(track(10, *(event(time, "Sorted") for time in times[::-1])))
    assert isinstance(report, Report)
    assert [one.time for one in report.events] == [
        "2026-11-22 09:45:00",
        "2026-11-22 09:44",
        "2026-11-22 09:43:10",
        "2026-11-22 00:00:00",
    ]


async def test_a_service_that_is_away_is_unavailable(store: Store, clock: Clock) -> None:
    connector = make("track17", {"key": "s3cret", "url": "http://127.0.0.1:9/track/v1"}, kit(store, clock, []))
    with pytest.raises(CarrierUnavailable):
        await connector.ask(ONE)
    await connector.close()


@pytest.mark.parametrize(
    "settings", [{"url": "ftp://x"}, {"carriers": "china"}, {"per_day": "many"}, {"per_day": "-1"}, {"colour": "red"}]
)
def test_settings_that_cannot_work_are_told(store: Store, clock: Clock, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        make("track17", {"key": "s3cret", **settings}, kit(store, clock, []))


def test_what_it_is_asked_for_and_how_fast(store: Store, clock: Clock) -> None:
    """3 requests a second, 40 items a call."""
    rest = make("track17", {"key": "s3cret"}, kit(store, clock, []))
    assert (rest.carriers, rest.limits.batch, rest.limits.per_day) == (frozenset(), 40, 0)
    assert rest.limits.spacing > 1 / 3
    some = make("track17", {"key": "k", "carriers": "3011, 100003", "per_day": "5000"}, kit(store, clock, []))
    assert (some.carriers, some.limits.per_day) == (frozenset({3011, 100003}), 5000)


async def test_broken_bytes_that_nobody_reads_harm_no_answer(client: Client) -> None:
    answer = await client.one(broken)
    assert isinstance(answer, Report)
    assert [event.text for event in answer.events] == ["Posted"]
