"""What both engines can do: read outside a transaction, and write inside one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from trackway.domain.webhook import News
from trackway.storage.statement import Statement

Row = Sequence[Any]
T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Transaction(Protocol):
    """What a piece of work may do while its transaction is open."""

    alone: bool
    """Whether nobody else writes until it ends."""

    async def fetch(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows that the statement gives, none for a statement that gives none."""
        ...

    async def each(self, statement: Statement, values: Sequence[Mapping[str, Any]]) -> None:
        """Do a statement that takes no lists once for each of the values: what is large need not travel as JSON."""
        ...


Work = Callable[[Transaction], Awaitable[T]]
Announce = Callable[[Transaction, Sequence[News], datetime], Awaitable[None]]


class Database(Protocol):
    """One store. Every method raises StorageError when the store cannot do it."""

    async def read(self, statement: Statement, **values: Any) -> list[Row]:
        """The rows of one statement that changes nothing."""
        ...

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        """The same for a statement that may look at many rows: others are answered meanwhile."""
        ...

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once all that it did is durable; when it raises, nothing was done.

        `work` must await nothing but its transaction: on SQLite it runs on the writer's thread, where nothing waits.
        On PostgreSQL it is begun anew where others were in its way, see there: so it changes nothing outside.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the store."""
        ...


def may_be_id(number: int) -> bool:
    """Whether a number that came from outside can be the id of anything; a larger one no store takes."""
    return 0 < number < 1 << 63


def to_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970, as instants are stored."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(stored: int) -> datetime:
    """The UTC instant of stored milliseconds."""
    return _EPOCH + stored * _MILLISECOND


def maybe_ms(instant: datetime | None) -> int | None:
    """`to_ms`, or None for none."""
    return None if instant is None else to_ms(instant)


def maybe_instant(stored: int | None) -> datetime | None:
    """`from_ms`, or None for none."""
    return None if stored is None else from_ms(stored)
