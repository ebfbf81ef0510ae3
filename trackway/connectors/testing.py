"""What every connector promises, held against one: a plugin's own tests call `hold_to_contract` (docs/connectors.md).

Needs nothing that only tests have. A broken promise is a `ContractBroken`, which is an `AssertionError`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from trackway.connectors.base import Connector, Inquiry, Kind, Kit
from trackway.domain.errors import CarrierFault
from trackway.domain.errors.carriers import CarrierUnavailable
from trackway.domain.tracking import Event, Report, is_time

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_NAME = re.compile(r"[a-z][a-z0-9_]*").fullmatch
_COUNTRY = re.compile(r"(?:[A-Z]{2})?").fullmatch


class ContractBroken(AssertionError):
    """A promise that the connector does not keep; the text says which, and with what."""


class Memory:
    """The little shared memory of one process alone."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, datetime]] = {}

    async def get(self, subject: str, now: datetime) -> str | None:
        """The value put last, None where there is none or it has expired."""
        value, until = self._kept.get(subject, ("", now))
        return value if until > now else None

    async def put(self, subject: str, value: str, until: datetime) -> None:
        """Keep a value until then."""
        self._kept[subject] = value, until

    async def take(self, subject: str, now: datetime, until: datetime) -> bool:
        """Whether the subject is ours now."""
        if await self.get(subject, now) is not None:
            return False
        await self.put(subject, "", until)
        return True

    async def release(self, subject: str) -> None:
        """Let go, or forget."""
        self._kept.pop(subject, None)


class Plain:
    """Seals nothing: what is put into `Memory` is gone with the test."""

    def seal(self, secret: str, owner: str) -> str:
        """The secret as it is, with its owner before it."""
        return f"{owner}\n{secret}"

    def open(self, sealed: str, owner: str) -> str:
        """The secret again."""
        return sealed.removeprefix(f"{owner}\n")


def a_kit(seconds: float = 5) -> Kit:
    """What a connector is handed, for tests: the real clock, and a memory of its own."""
    return Kit(shared=Memory(), sealer=Plain(), clock=lambda: datetime.now(UTC), sleep=asyncio.sleep, timeout=seconds)


@asynccontextmanager
async def connected(kind: Kind, settings: Mapping[str, str], seconds: float = 5) -> AsyncIterator[Connector]:
    """A connector with its settings, those that were not given at their defaults; closed at the end."""
    whole = {one.name: settings.get(one.name, one.default) for one in kind.settings}
    missing = [name for name, value in whole.items() if value is None]
    _hold(not missing, f"the settings {missing} have neither a value nor a default")
    connector = kind.make({name: str(value) for name, value in whole.items()}, a_kit(seconds))
    try:
        yield connector
    finally:
        await connector.close()


async def hold_to_contract(
    kind: Kind, settings: Mapping[str, str], *, known: str, unknown: str = "", away: Mapping[str, str] | None = None
) -> None:
    """Nothing, where the connector keeps its promises.

    `known` is a number that the carrier has events for, `unknown` one that it does not know, `away` settings with which
    nobody answers, such as a URL of a closed port.

    Raises:
        ContractBroken: it does not.
    """
    _hold_kind(kind)
    async with connected(kind, settings) as connector:
        _hold_connector(kind, connector)
        report = await _report(connector, known)
        _hold(report.found and bool(report.events), f"{known} is not found or has no events: {report}")
        _hold_report(report, known)
        _hold_secrets(kind, settings, report.raw)
        _hold((await _report(connector, known)).events == report.events, "asked twice, it tells two stories")
        if unknown:
            lost = await _report(connector, unknown)
            _hold(not lost.found and not lost.events, f"{unknown} is found: {lost}")
            await _hold_batch(connector, [known, unknown])
        await connector.close()
        await connector.close()
    if away is not None:
        await _hold_away(kind, settings, away, known)


async def outcome(connector: Connector, number: str) -> Report | CarrierFault:
    """What asking for one number brings, raised faults as values."""
    try:
        answers = await connector.ask([Inquiry(number=number)])
    except CarrierFault as fault:
        return fault
    _hold(number in answers, f"the answer leaves {number} out: {answers}")
    return answers[number]


def _hold(kept: bool, why: str) -> None:  # noqa: FBT001
    if not kept:
        raise ContractBroken(why)


def _hold_kind(kind: Kind) -> None:
    _hold(_ID(kind.id) is not None, f"the id {kind.id!r} is not small letters, digits and hyphens")
    names = [setting.name for setting in kind.settings]
    _hold(len(set(names)) == len(names), f"a setting has its name twice: {names}")
    for setting in kind.settings:
        _hold(_NAME(setting.name) is not None, f"the setting {setting.name!r} is not small letters and underscores")
        _hold(bool(setting.about), f"the setting {setting.name} does not say what it is")


def _hold_connector(kind: Kind, connector: Connector) -> None:
    _hold(connector.id == kind.id, f"its id is {connector.id!r}, but its kind's {kind.id!r}")
    for key in connector.carriers:
        _hold(key > 0, f"{key} is no carrier's key")
    limits = connector.limits
    _hold(limits.batch >= 1 and limits.in_flight >= 1, f"at least one number and one call at a time: {limits}")
    _hold(limits.spacing >= 0 and limits.per_day >= 0, f"no negative limits: {limits}")
    ZoneInfo(limits.day_zone)


async def _report(connector: Connector, number: str) -> Report:
    answer = await outcome(connector, number)
    if isinstance(answer, CarrierFault):
        raise ContractBroken(f"{number} brings {type(answer).__name__}: {answer}")
    return answer


def _hold_report(report: Report, number: str) -> None:
    _hold(report.number == number, f"asked for {number}, it reports {report.number}")
    for country in (report.origin, report.destination):
        _hold(_COUNTRY(country) is not None, f"{country!r} is no ISO 3166 alpha-2 country")
    for event in report.events:
        _hold_event(event)


def _hold_event(event: Event) -> None:
    _hold(is_time(event.time), f"the time of {event} is not YYYY-MM-DD HH:MM[:SS], or there is no such time")
    _hold(bool(event.text.strip()), f"{event} has no text")


def _hold_secrets(kind: Kind, settings: Mapping[str, str], text: str) -> None:
    for setting in kind.settings:
        secret = settings.get(setting.name, "")
        _hold(not (setting.secret and secret and secret in text), f"the secret {setting.name} is in what it gives back")


async def _hold_batch(connector: Connector, numbers: Sequence[str]) -> None:
    """As many as the limits allow at once bring an answer for each."""
    asked = list(numbers)[: connector.limits.batch]
    answers = await connector.ask([Inquiry(number=number) for number in asked])
    missing = [number for number in asked if number not in answers]
    _hold(not missing, f"asked for {asked}, it leaves out {missing}")


async def _hold_away(kind: Kind, settings: Mapping[str, str], away: Mapping[str, str], number: str) -> None:
    """Where nobody answers, that is said so, in time, and without a secret."""
    async with connected(kind, {**settings, **away}) as connector:
        answer = await outcome(connector, number)
    _hold(isinstance(answer, CarrierUnavailable), f"with {dict(away)} it brings {answer!r} and not CarrierUnavailable")
    _hold_secrets(kind, settings, str(answer))
