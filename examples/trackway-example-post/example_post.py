"""Example Post, asked one number at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import aiohttp
import msgspec

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits, Setting
from trackway.domain.errors.carriers import (
    CarrierDeniedAccess,
    CarrierLimited,
    CarrierMisunderstood,
    CarrierUnavailable,
    CarrierUnreadable,
)
from trackway.domain.tracking import Event, Milestone, Report
from trackway.domain.wording import milestone_of


class Scan(msgspec.Struct):
    at: datetime
    where: str
    text: str


class Answer(msgspec.Struct):
    scans: list[Scan]


class ExamplePost:
    id = "example-post"
    carriers = frozenset({11031})
    limits = Limits(batch=1, spacing=0.5, per_day=10_000, day_zone="Europe/London", in_flight=1)

    def __init__(self, settings: Mapping[str, str], kit: Kit) -> None:
        self._url, self._key, self._clock = settings["url"], settings["key"], kit.clock
        self._timeout = aiohttp.ClientTimeout(total=kit.timeout)

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        return {inquiry.number: await self._one(inquiry.number) for inquiry in inquiries}

    async def close(self) -> None:
        pass

    async def _one(self, number: str) -> Report:
        status, body = await self._get(f"{self._url}/track/{number}")
        if status == 404:
            return Report(number=number, found=False)
        if status in {401, 403}:
            raise CarrierDeniedAccess(f"HTTP {status}: the key is not accepted")
        if status == 429:
            raise CarrierLimited("HTTP 429", retry_at=self._clock() + timedelta(minutes=5))
        if status >= 500:
            raise CarrierUnavailable(f"HTTP {status}")
        if status != 200:
            raise CarrierMisunderstood(f"HTTP {status}")
        try:
            answer = msgspec.json.decode(body, type=Answer)
        except msgspec.MsgspecError as error:
            raise CarrierUnreadable(str(error)) from None
        return Report(number=number, events=tuple(map(self._event, answer.scans)), language="en", raw=body.decode())

    async def _get(self, url: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.get(url, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status, await answer.read()
        except (aiohttp.ClientError, OSError) as error:
            raise CarrierUnavailable(f"no connection: {type(error).__name__}") from None

    @staticmethod
    def _event(scan: Scan) -> Event:
        milestone = milestone_of(scan.text) or Milestone.IN_TRANSIT
        return Event(time=f"{scan.at:%Y-%m-%d %H:%M}", place=scan.where, text=scan.text, milestone=milestone)


KIND = Kind(
    id="example-post",
    settings=(
        Setting(name="url", about="The carrier's base URL."),
        Setting(name="key", about="The key that the carrier gave you.", secret=True),
    ),
    make=ExamplePost,
)
