"""The connector against a carrier on loopback: the contract, and each answer that the carrier may give."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from example_post import KIND

from trackway.connectors.testing import connected, hold_to_contract, outcome
from trackway.domain.errors.carriers import CarrierDeniedAccess, CarrierLimited, CarrierUnavailable, CarrierUnreadable
from trackway.domain.tracking import Milestone, Report

KNOWN, UNKNOWN = "RR473124829GB", "RR000000015GB"
SCANS = [
    {"at": "2026-11-21T08:30:00", "where": "London", "text": "Delivered"},
    {"at": "2026-11-20T09:00:00", "where": "Leeds", "text": "Posted"},
]


class Carrier:
    """Knows one number, and answers with `fault` where a test sets it."""

    def __init__(self) -> None:
        self.settings = {"url": "", "key": "s3cret"}
        self.fault: web.Response | None = None

    async def track(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer s3cret"
        if self.fault is not None:
            return self.fault
        known = request.match_info["number"] == KNOWN
        return web.json_response({"scans": SCANS} if known else {}, status=200 if known else 404)


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    opened = Carrier()
    application = web.Application()
    application.router.add_get("/track/{number}", opened.track)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.settings["url"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield opened
    await runner.cleanup()


async def test_it_keeps_the_contract(carrier: Carrier) -> None:
    closed = {"url": "http://127.0.0.1:9"}
    await hold_to_contract(KIND, carrier.settings, known=KNOWN, unknown=UNKNOWN, away=closed)


async def test_what_it_reads(carrier: Carrier) -> None:
    async with connected(KIND, carrier.settings) as connector:
        report = await outcome(connector, KNOWN)
    assert isinstance(report, Report)
    assert (report.events[0].time, report.events[0].place) == ("2026-11-21 08:30", "London")
    assert [event.milestone for event in report.events] == [Milestone.DELIVERED, Milestone.IN_TRANSIT]


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (401, "", CarrierDeniedAccess),
        (429, "", CarrierLimited),
        (503, "", CarrierUnavailable),
        (200, "<html>", CarrierUnreadable),
    ],
)
async def test_what_goes_wrong(carrier: Carrier, status: int, body: str, fault: type[Exception]) -> None:
    carrier.fault = web.Response(status=status, text=body)
    async with connected(KIND, carrier.settings) as connector:
        assert isinstance(await outcome(connector, KNOWN), fault)
