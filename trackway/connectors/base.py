"""What every connector promises, and what it is handed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from trackway.domain.errors import CarrierFault
from trackway.domain.tracking import Report


class Limits(Struct, frozen=True, kw_only=True):
    """What a carrier allows, kept by `service/asking/inquiry` for all processes together.

    `batch` is numbers a call, `spacing` seconds from send to send, `per_day` calls a day in the zone `day_zone`
    (0: no limit), `in_flight` calls at one time.
    """

    batch: int = 1
    spacing: float = 0.0
    per_day: int = 0
    day_zone: str = "UTC"
    in_flight: int = 1


class Inquiry(Struct, frozen=True, kw_only=True):
    """One number to ask for, the key of its carrier, and the extra parameter that some carriers need (T36)."""

    number: str
    carrier: int = 0
    param: str = ""


class Shared(Protocol):
    """A little memory that all processes of one Trackway share, for tokens and the like."""

    async def get(self, subject: str, now: datetime) -> str | None:
        """The value put last, None where there is none or it has expired."""
        ...

    async def put(self, subject: str, value: str, until: datetime) -> None:
        """Keep a value until then."""
        ...

    async def take(self, subject: str, now: datetime, until: datetime) -> bool:
        """True for the one process that now holds `subject` until then; false while another does."""
        ...

    async def release(self, subject: str) -> None:
        """Let go of what `take` gave, or forget what `put` kept."""
        ...


Answers = Mapping[str, Report | CarrierFault]


class Connector(Protocol):
    """Our side of one carrier account."""

    @property
    def id(self) -> str:
        """The connector's name, such as `hongkong-post`."""
        ...

    @property
    def carriers(self) -> frozenset[int]:
        """The carrier keys that it answers for; none for all those that nobody else answers for."""
        ...

    @property
    def limits(self) -> Limits:
        """What the carrier allows."""
        ...

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer or a fault for each number, at most `limits.batch` of them in one call.

        Raises:
            CarrierFault: the whole call failed, and so each of its numbers.
        """
        ...

    async def close(self) -> None:
        """Let go of sockets."""
        ...


class Sealer(Protocol):
    """What keeps a secret readable for us alone; the vault is one."""

    def seal(self, secret: str, owner: str) -> str:
        """The secret, readable only as `owner`'s."""
        ...

    def open(self, sealed: str, owner: str) -> str:
        """The secret again."""
        ...


class Kit(Struct, frozen=True, kw_only=True):
    """What every connector is handed beside its own settings. `timeout` is seconds for one request."""

    shared: Shared
    sealer: Sealer
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    timeout: float


class Setting(Struct, frozen=True, kw_only=True):
    """A setting that a connector is set up with; one without a `default` must be given."""

    name: str
    about: str
    default: str | None = None
    secret: bool = False


class Kind(Struct, frozen=True, kw_only=True):
    """A connector that may be set up: what an entry point of the group `trackway.connectors` names."""

    id: str
    settings: tuple[Setting, ...]
    make: Callable[[Mapping[str, str], Kit], Connector]
