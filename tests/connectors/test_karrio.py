"""Karrio's carriers, asked through karrio with recorded answers over real HTTP in the carrier's place."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from tests.conftest import Clock
from tests.connectors.carrier_server import Carrier, carrier, sample
from trackway.connectors.base import Connector, Inquiry, Kit
from trackway.connectors.registry import kind_of, make
from trackway.domain.errors import CarrierFault, ConfigError
from trackway.domain.errors.carriers import CarrierDeniedAccess, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.tracking import Event, Milestone, Report
from trackway.storage.vault import Vault

pytest.importorskip("karrio.core", reason="KARRIO IS MISSING: pip install trackway[karrio]")

SIGNED_IN = {"client_id": "app", "client_secret": "app-s3cret"}
ACCOUNTS = {
    "karrio-usps": SIGNED_IN,
    "karrio-ups": SIGNED_IN,
    "karrio-gls": SIGNED_IN,
    "karrio-fedex": {"track_api_key": "key", "track_secret_key": "key-s3cret"},
    "karrio-dhl-express": {"site_id": "site", "password": "s3cret"},
    "karrio-dhl-parcel-de": {"username": "name", "password": "s3cret", **SIGNED_IN},
    "karrio-dpd": {"delis_id": "delis", "password": "s3cret"},
    "karrio-laposte": {"api_key": "s3cret"},
    "karrio-canadapost": {"username": "name", "password": "s3cret"},
    "karrio-australiapost": {"api_key": "key", "password": "s3cret", "account_number": "1"},
}


class Told(NamedTuple):
    """A recorded answer, and what is to be read in it: how many events, the newest and the oldest."""

    connector: str
    file: str
    number: str
    events: int
    newest: tuple[str, str, Milestone]
    oldest: tuple[str, str, Milestone]
    countries: tuple[str, str] = ("", "")


M = Milestone
FOUND = (
    Told(
        "karrio-usps",
        "usps.TrackingResponse.json",
        "9400109104250532908587",
        12,
        ("2024-11-22 13:58:00", "HERNANDO, 34442, FL", M.DELIVERED),
        ("2024-11-15 11:32:00", "SPRINGFIELD GARDENS, 11413, NY", M.INFO_RECEIVED),
    ),
    Told(
        "karrio-ups",
        "ups.TrackingResponseJSON.json",
        "1Z5338FF0107231059",
        1,
        ("2021-02-10 07:13:00", "Wayne, NJ, 07470, US", M.IN_TRANSIT),  # on hold, says karrio
        ("2021-02-10 07:13:00", "Wayne, NJ, 07470, US", M.IN_TRANSIT),
    ),
    Told(
        "karrio-fedex",
        "fedex.InconsistentDateTimeResponse.json",
        "738488882438",
        17,
        ("2024-08-20 12:41:57", "Blue Point, NY, 11715, US", M.DELIVERED),
        ("2024-08-15 00:00:00", "MANKATO, MN, 56001, US", M.IN_TRANSIT),
        ("US", ""),
    ),
    Told(
        "karrio-dhl-express",
        "dhl_express.TrackingResponseXML.xml",
        "3180831640",
        16,
        ("2009-08-31 10:09:00", "Milan - Italy", M.DELIVERED),
        ("2009-08-28 13:26:00", "Barcelona - Spain", M.IN_TRANSIT),
    ),
    Told(
        "karrio-dhl-parcel-de",
        "dhl_parcel_de.TrackingResponseXML.xml",
        "00340434161094015902",
        7,
        ("2016-03-18 10:02:00", "Bonn, Germany", M.DELIVERED),
        ("2016-03-17 11:44:00", "Bremen, Germany", M.IN_TRANSIT),
        ("DE", "DE"),
    ),
    Told(
        "karrio-dpd",
        "dpd.TrackingResponse.xml",
        "05308817361138",
        15,
        ("2021-08-19 17:11:26", "Mechelen (BE)", M.DELIVERY_FAILURE),  # 5:11 PM, which karrio makes 05:11
        ("2021-08-17 19:11:26", "Puurs (BE)", M.IN_TRANSIT),
    ),
    Told(
        "karrio-gls",
        "gls.TrackingResponse.json",
        "36301917596",
        2,
        ("2024-10-07 10:46", "Berlin, 10437, DE", M.IN_TRANSIT),
        ("2024-10-07 09:30", "DE", M.INFO_RECEIVED),
    ),
    Told(
        "karrio-laposte",
        "laposte.TrackingResponse.json",
        "EW112720413FR",
        9,
        ("2023-03-09 09:38:00", "", M.DELIVERED),
        ("2023-02-17 14:41:00", "", M.INFO_RECEIVED),
        ("FR", "BR"),
    ),
    Told(
        "karrio-canadapost",
        "canadapost.TrackingResponseXml.xml",
        "7023210039414604",
        6,
        ("2011-02-03 11:59:00", "SAINTE-FOY, QC", M.DELIVERED),
        ("2011-02-01 07:59:00", "QUEBEC, QC", M.DELIVERED),
    ),
    Told(
        "karrio-australiapost",
        "australiapost.TrackingResponse.json",
        "LX123456789US",
        9,
        ("2021-01-21 11:04:27", "KEW VIC", M.DELIVERED),
        ("2021-01-06 08:27:00", "US-60199, UNITED STATES", M.IN_TRANSIT),  # delivered, says karrio
    ),
)
UNKNOWN, INVALID = "unknown", "invalid"
ELSE: dict[str, dict[str, str | type[CarrierFault]]] = {
    "karrio-usps": {"usps.AuthErrorResponse.json": CarrierDeniedAccess, "usps.ErrorResponse.json": CarrierUnreadable},
    "karrio-ups": {
        "ups.TrackingNumberNotFoundResponseJSON.json": UNKNOWN,
        "ups.InvalidTrackingNumberResponseJSON.json": INVALID,
    },
    "karrio-fedex": {"fedex.ErrorResponse.json": CarrierUnreadable},
    "karrio-dhl-parcel-de": {"dhl_parcel_de.TrackingErrorResponseXML.xml": UNKNOWN},
    "karrio-dpd": {"dpd.ErrorResponse.xml": CarrierDeniedAccess},
    "karrio-gls": {"gls.ErrorResponse.json": UNKNOWN},
    "karrio-laposte": {"laposte.ErrorResponse.json": INVALID},
    "karrio-canadapost": {"canadapost.UnknownTrackingNumberResponse.xml": UNKNOWN},
    "karrio-australiapost": {
        "australiapost.TrackingErrorResponse.json": UNKNOWN,
        "australiapost.ErrorResponse.json": CarrierUnreadable,
    },
}


class Desk:
    """The carrier, and connectors to it that are closed at the end."""

    def __init__(self, end: Carrier, clock: Clock) -> None:
        self.end, self._clock = end, clock
        self.made: list[Connector] = []

    def connector(self, name: str, *, timeout: float = 30, **more: Any) -> Connector:
        # nothing of karrio's is put into the shared memory
        shared: Any = None
        kit = Kit(shared=shared, sealer=Vault(bytes(32)), clock=self._clock, sleep=asyncio.sleep, timeout=timeout)
        self.made.append(make(name, {**ACCOUNTS[name], "url": self.end.url, **more}, kit))
        return self.made[-1]

    async def ask(self, name: str, number: str) -> Report | CarrierFault:
        known = next((one for one in self.made if one.id == name), None)
        return (await (known or self.connector(name)).ask([Inquiry(number=number)]))[number]


@pytest.fixture
async def desk(clock: Clock) -> AsyncIterator[Desk]:
    async with carrier() as end:
        opened = Desk(end, clock)
        yield opened
        for connector in opened.made:
            await connector.close()


def facts(event: Event) -> tuple[str, str, Milestone]:
    return event.time, event.place, event.milestone


@pytest.mark.parametrize("told", FOUND, ids=lambda told: told.connector)
async def test_recorded_answers_are_read_and_what_is_not_known_is_told_from_faults(desk: Desk, told: Told) -> None:
    desk.end.body = sample(told.file)
    answer = await desk.ask(told.connector, told.number)
    assert isinstance(answer, Report), answer
    assert len(answer.events) == told.events
    assert facts(answer.events[0]) == told.newest
    assert facts(answer.events[-1]) == told.oldest
    assert (answer.origin, answer.destination) == told.countries
    earlier = [event.milestone for event in answer.events[1:]]
    assert earlier.count(M.DELIVERED) == 2 * (told.connector == "karrio-canadapost")
    assert "t0ken" not in answer.raw
    assert all("trackingdocuments" not in path for path in desk.end.asked)
    for file, wanted in ELSE.get(told.connector, {}).items():
        desk.end.body = sample(file)
        assert _outcome(await desk.ask(told.connector, told.number)) == wanted, file


def _outcome(answer: Report | CarrierFault) -> object:
    if isinstance(answer, CarrierFault):
        return type(answer)
    assert not answer.events
    return INVALID if answer.invalid else "known" if answer.found else UNKNOWN


async def test_http_tells_what_is_wrong_and_one_process_lives_through_it(desk: Desk, clock: Clock) -> None:
    end = desk.end
    for told, wait in (("90", 90), ("31536000", 3600), ("9" * 14, 3600)):
        end.body, end.status, end.headers = b"{}", 429, {"Retry-After": told}
        with pytest.raises(CarrierLimited) as limited:
            await desk.ask("karrio-usps", "1")
        assert limited.value.retry_at is not None
        assert (limited.value.retry_at - clock()).total_seconds() == wait
    for status, fault in ((401, CarrierDeniedAccess), (503, CarrierUnavailable)):
        end.status = status
        with pytest.raises(fault):  # it is no number's own, so the account may be paused for it
            await desk.ask("karrio-usps", "1")
    end.status, end.headers = 302, {"Location": "http://127.0.0.1:9/elsewhere"}
    assert type(await desk.ask("karrio-usps", "1")) is CarrierUnreadable
    end.status, end.body = 404, b'{"error":{"code":"404","message":"no such thing"}}'
    missing = await desk.ask("karrio-usps", "1")
    assert isinstance(missing, Report)
    assert not missing.found
    end.status, end.body = 200, b"<html>"
    assert type(await desk.ask("karrio-usps", "1")) is CarrierUnreadable
    assert end.sign_ins == 1


async def test_bad_credentials_are_an_alarm(desk: Desk) -> None:
    desk.end.sign_in_status = 400
    with pytest.raises(CarrierDeniedAccess) as denied:
        await desk.ask("karrio-gls", "36301917596")
    assert denied.value.alarm
    assert "app-s3cret" not in str(denied.value)
    assert not desk.end.asked


async def test_a_carrier_that_hangs_costs_no_more_than_its_time(desk: Desk) -> None:
    desk.end.hang = True
    slow = desk.connector("karrio-laposte", timeout=1)
    with pytest.raises(CarrierUnavailable):
        await slow.ask([Inquiry(number="EW112720413FR")])
    desk.end.came.clear()
    asking = asyncio.ensure_future(desk.connector("karrio-laposte").ask([Inquiry(number="EW112720413FR")]))
    await desk.end.came.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    desk.end.hang, desk.end.body = False, sample("laposte.TrackingResponse.json")
    again = (await desk.made[-1].ask([Inquiry(number="EW112720413FR")]))["EW112720413FR"]
    assert isinstance(again, Report)


async def test_nobody_there_is_unavailable(desk: Desk) -> None:
    away = desk.connector("karrio-canadapost", url="http://127.0.0.1:9")
    with pytest.raises(CarrierUnavailable):
        await away.ask([Inquiry(number="1")])


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [("url", "ftp://x", "http"), ("per_day", "many", "whole number"), ("test", "perhaps", "yes or no")],
)
async def test_a_setting_that_cannot_work_is_refused(desk: Desk, setting: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        desk.connector("karrio-usps", **dict[str, Any]({setting: value}))


async def test_the_budget_is_the_accounts_own(desk: Desk) -> None:
    assert desk.connector("karrio-usps", per_day="60").limits.per_day == 60
    assert any(setting.secret for setting in kind_of("karrio-usps").settings)
