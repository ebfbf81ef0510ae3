"""Carriers that karrio knows how to ask, with our own account at each: `pip install trackway[karrio]`.

Karrio runs in a process of its own for each connector (`karrio_worker`), started with the first question.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution

import msgspec
from msgspec import Struct
from yarl import URL

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits, Setting
from trackway.domain.errors import CarrierFault, ConfigError
from trackway.domain.errors.carriers import CarrierUnreadable
from trackway.domain.tracking import Milestone, Report
from trackway.wire.karrio import Account, Answer, is_of_all, read_answer

_ANSWER = msgspec.json.Decoder(Answer)
_WORKER = ("-P", "-m", "trackway.connectors.karrio_worker")
_LONGEST_LINE = 64 * 1024 * 1024
_SHARE_OF_TIME = 0.8
"""How much of the time for a question one request may take: then the carrier's silence is told, not ours."""
_COMMON = (
    Setting(name="test", about="yes: ask the carrier's test server.", default="no"),
    Setting(name="url", about="Asked in the carrier's stead, such as a proxy of yours.", default=""),
    Setting(name="per_day", about="Calls a day that the carrier allows us; 0: no limit.", default="0"),
)


class Known(Struct, frozen=True, kw_only=True):
    """A carrier of karrio's: its name there, our keys for it, and what we know about it that karrio does not."""

    name: str
    carriers: frozenset[int]
    settings: tuple[Setting, ...]
    codes: dict[str, Milestone] = {}

    @property
    def id(self) -> str:
        """The connector's name, such as `karrio-dhl-express`."""
        return f"karrio-{self.name.replace('_', '-')}"


class Karrio:
    """Our account with one carrier, asked one number at a time."""

    def __init__(self, known: Known, settings: Mapping[str, str], kit: Kit) -> None:
        self.id, self.carriers = known.id, known.carriers
        self.limits = Limits(per_day=_whole(settings["per_day"]), in_flight=2)
        self._codes, self._clock = known.codes, kit.clock
        own = {name: value for name, value in settings.items() if name not in {one.name for one in _COMMON}}
        self._language = own.get("lang", "en")[:2]
        self._account = Account(
            carrier=known.name,
            settings={**own, "test_mode": settings["test"] == "yes"},
            secrets=tuple(own[setting.name] for setting in known.settings if setting.secret),
            url=settings["url"],
            timeout=kit.timeout * _SHARE_OF_TIME,
        )
        self._worker: Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer or a fault for each number.

        Raises:
            CarrierFault: the account or the carrier failed, so that any other number would have met the same.
        """
        return {inquiry.number: await self._one(inquiry.number) for inquiry in inquiries}

    async def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        if worker is not None and worker.returncode is None:
            worker.kill()
            await worker.communicate()

    async def _one(self, number: str) -> Report | CarrierFault:
        async with self._turn:
            answer = await self._answer(number)
        try:
            return read_answer(answer, number, now=self._clock(), language=self._language, codes=self._codes)
        except CarrierFault as fault:
            if is_of_all(fault, answer):
                raise
            return fault

    async def _answer(self, number: str) -> Answer:
        """What the worker answers; one that was left in the middle of an answer is ended, and the next starts anew."""
        whole = False
        try:
            worker = self._worker or await self._start()
            line = await self._ask(worker, number)
            whole = line.endswith(b"\n")
        finally:
            if not whole:
                await asyncio.shield(self.close())
        if not whole:
            raise CarrierUnreadable("the process that runs karrio has ended")
        return _ANSWER.decode(line)

    async def _start(self) -> Process:
        """A new worker, told its account. It knows nothing of our own secrets."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKWAY_")}
        self._worker = await asyncio.create_subprocess_exec(
            sys.executable,
            *_WORKER,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=_LONGEST_LINE,
            env=environment,
            start_new_session=True,  # an interrupt at the keyboard is for us to heed
        )
        self._tell(self._worker, msgspec.json.encode(self._account))
        return self._worker

    async def _ask(self, worker: Process, number: str) -> bytes:
        self._tell(worker, number.encode())
        return await worker.stdout.readline() if worker.stdout else b""

    @staticmethod
    def _tell(worker: Process, line: bytes) -> None:
        if worker.stdin and not worker.stdin.is_closing():
            worker.stdin.write(line + b"\n")


def kind_of(known: Known) -> Kind:
    """The kind of connector for one of karrio's carriers; a plugin may make one for a carrier that is not here."""

    def make(given: Mapping[str, str], kit: Kit) -> Karrio:
        _check(known, given)
        return Karrio(known, given, kit)

    return Kind(id=known.id, settings=(*known.settings, *_COMMON), make=make)


def _check(known: Known, settings: Mapping[str, str]) -> None:
    try:
        distribution(f"karrio-{known.name}")
    except PackageNotFoundError:
        raise ConfigError(f"{known.id} needs the package karrio-{known.name}: pip install 'trackway[karrio]'") from None
    if settings["test"] not in {"yes", "no"}:
        raise ConfigError("test: yes or no")
    _whole(settings["per_day"])
    if settings["url"]:
        _check_url(settings["url"])


def _check_url(text: str) -> None:
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"url: {text!r} is not http(s)://host/path")


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ConfigError(f"per_day: {text!r} is not a whole number")
    return int(text)


def _plain(name: str, about: str, default: str | None = None) -> Setting:
    return Setting(name=name, about=about, default=default)


def _secret(name: str, about: str) -> Setting:
    return Setting(name=name, about=about, secret=True)


_PASSWORD = _secret("password", "Its password.")
_CLIENT = (
    _plain("client_id", "The id of your application at the carrier."),
    _secret("client_secret", "The secret of your application at the carrier."),
)
_LA_POSTE = {
    **dict.fromkeys(("PC1", "PC2", "ET1", "ET2", "ET3", "ET4", "EP1", "DO1", "DO2"), Milestone.IN_TRANSIT),
    **dict.fromkeys(("PB1", "RE1", "DO3", "DI2"), Milestone.EXCEPTION),
    "DR1": Milestone.INFO_RECEIVED,
    "DR2": Milestone.INFO_RECEIVED,
    "PB2": Milestone.IN_TRANSIT,
    "MD2": Milestone.OUT_FOR_DELIVERY,
    "ND1": Milestone.DELIVERY_FAILURE,
    "AG1": Milestone.AVAILABLE_FOR_PICKUP,
    "DI1": Milestone.DELIVERED,
}
"""The codes that La Poste documents for its Suivi API."""


def _kind(name: str, carriers: set[int], *settings: Setting, codes: dict[str, Milestone] | None = None) -> Kind:
    return kind_of(Known(name=name, carriers=frozenset(carriers), settings=settings, codes=codes or {}))


USPS = _kind("usps", {21051}, *_CLIENT)
UPS = _kind("ups", {100002}, *_CLIENT)
GLS = _kind("gls", {100005}, *_CLIENT)
FEDEX = _kind(
    "fedex",
    {100003},
    _plain("track_api_key", "The key of your project for the Track API."),
    _secret("track_secret_key", "The secret of your project for the Track API."),
)
DHL_EXPRESS = _kind(
    "dhl_express",
    {100001},
    _plain("site_id", "Your site id for the XML services."),
    _PASSWORD,
)
DHL_PARCEL_DE = _kind(
    "dhl_parcel_de",
    {7041},
    _plain("username", "Your name for tracking (appname)."),
    _PASSWORD,
    *_CLIENT,
)
DPD = _kind(
    "dpd",
    {100007, 100321},
    _plain("delis_id", "Your Delis ID."),
    _PASSWORD,
    _plain("account_country_code", "Where your account is: BE or NL.", "BE"),
)
LA_POSTE = _kind(
    "laposte",
    {6051, 100273},
    _secret("api_key", "Your Okapi key."),
    _plain("lang", "The language of events: en_GB, fr_FR and others.", "en_GB"),
    codes=_LA_POSTE,
)
CANADA_POST = _kind(
    "canadapost",
    {3041},
    _plain("username", "The first part of your API key."),
    _secret("password", "The second part of your API key."),
)
AUSTRALIA_POST = _kind(
    "australiapost",
    {1151},
    _secret("api_key", "Your API key."),
    _PASSWORD,
    _plain("account_number", "The number of your account."),
)
