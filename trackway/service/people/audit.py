"""Who did what in the console."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from trackway.domain.person import Deed
from trackway.storage.people.audit import Audit as Log
from trackway.storage.people.audit import Noted


class Audit:
    """The log of deeds as the console writes and reads it."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def doing(
        self, deed: Deed, now: datetime, done: Callable[[Any], bool] = lambda _: True
    ) -> AbstractContextManager[None]:
        """What is written first in here is this deed, kept in the same transaction if `done` says that it was one."""
        return self._log.doing(deed, now, done)

    async def note(self, deed: Deed, now: datetime) -> None:
        """Keep a deed that writes nothing else."""
        await self._log.note(deed, now)

    async def page(self, account: int | None, before: int | None, most: int) -> list[Noted]:
        """Up to `most` deeds before one, newest first; those of an account, or all for None."""
        return await self._log.page(account, before, most)
