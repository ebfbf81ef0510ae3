"""An account at 17TRACK, or at another Trackway, asked for the carriers that we do not ask ourselves."""

from collections.abc import Mapping, Sequence
from typing import Any

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits, Setting
from trackway.domain.errors import CarrierFault, ConfigError
from trackway.domain.errors.carriers import CarrierUnavailable
from trackway.domain.tracking import Report
from trackway.egress.upstream import Upstream
from trackway.wire.track17.client import (
    NOT_REGISTERED,
    REGISTERED_BEFORE,
    Outcome,
    item,
    read_answer,
    read_track,
    rejection,
)

_ID = "track17"
_SPACING = 0.34


class Track17:
    """One account. Numbers that it does not know yet are registered there, and asked for again later.

    Asked for first and registered where that fails, a number costs one request each time but the first, and no memory.
    """

    id = _ID

    def __init__(self, settings: Mapping[str, str], kit: Kit) -> None:
        self._upstream = Upstream(settings["url"], kit.timeout)
        self._headers = {"17token": settings["key"]}
        self._kit = kit
        self.carriers = _carriers(settings["carriers"])
        self.limits = Limits(batch=40, spacing=_SPACING, per_day=_calls(settings["per_day"]))

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer or a fault for each number; what is registered only now has no answer yet."""
        outcome = await self._post("gettrackinfo", [item(one.number, one.carrier) for one in inquiries])
        answers: dict[str, Report | CarrierFault] = {
            number: read_track(number, track) for number, track in outcome.tracks.items()
        }
        new = [one for one in inquiries if outcome.rejected.get(one.number, (0,))[0] == NOT_REGISTERED]
        for number, (code, message) in outcome.rejected.items():
            if code != NOT_REGISTERED:
                answers[number] = rejection(number, code, message, self._kit.clock())
        return answers | (await self._register(new) if new else {})

    async def close(self) -> None:
        """Let go of sockets."""
        await self._upstream.close()

    async def _register(self, inquiries: Sequence[Inquiry]) -> dict[str, Report | CarrierFault]:
        await self._kit.sleep(_SPACING)
        outcome = await self._post("register", [item(one.number, one.carrier, one.param) for one in inquiries])
        waits = CarrierUnavailable("registered with the service, which has no answer yet")
        answers: dict[str, Report | CarrierFault] = dict.fromkeys(outcome.tracks, waits)
        for number, (code, message) in outcome.rejected.items():
            known = code == REGISTERED_BEFORE
            answers[number] = waits if known else rejection(number, code, message, self._kit.clock())
        return answers

    async def _post(self, endpoint: str, items: Sequence[Mapping[str, Any]]) -> Outcome:
        heard = await self._upstream.post(endpoint, items, self._headers)
        return read_answer(heard.body, heard.status, heard.headers.get("retry-after"), self._kit.clock())


def _carriers(text: str) -> frozenset[int]:
    """The keys in a list with commas; none for all that nobody else asks."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ConfigError("carriers: give carrier keys with commas between them, such as 3011,100003")
    return frozenset(map(int, words))


def _calls(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ConfigError("per_day: give a number of calls, 0 for no limit")
    return int(text)


KIND = Kind(
    id=_ID,
    settings=(
        Setting(name="key", about="The account's API key.", secret=True),
        Setting(
            name="url",
            about="The API's base URL; another Trackway's is https://host/track/v1.",
            default="https://api.17track.net/track/v1",
        ),
        Setting(
            name="carriers",
            about="The keys of the carriers to ask for; without any, all that nobody else asks.",
            default="",
        ),
        Setting(name="per_day", about="Calls a day; 0 for no limit.", default="0"),
    ),
    make=Track17,
)
