"""Which carrier accounts are not asked for now, known to all processes."""

from datetime import datetime, timedelta

import msgspec

from trackway.domain.asking.ledger import Pause
from trackway.storage.passing.shared import SharedMemory

_REMEMBERED = timedelta(days=1)


class Pauses:
    """A pause after faults is remembered beyond its end, until a call shows that the carrier answers again."""

    def __init__(self, shared: SharedMemory) -> None:
        self._shared = shared

    async def put(self, connector: str, pause: Pause) -> None:
        """Pause an account."""
        until = pause.until + (_REMEMBERED if pause.faults else timedelta())
        await self._shared.put(f"pause:{connector}", msgspec.json.encode(pause).decode(), until)

    async def get(self, connector: str, now: datetime) -> Pause | None:
        """The account's pause: one that lasts, or one after faults that is over and not yet put to the test."""
        kept = await self._shared.get(f"pause:{connector}", now)
        return None if kept is None else msgspec.json.decode(kept, type=Pause)

    async def end(self, connector: str) -> None:
        """The account is asked again."""
        await self._shared.release(f"pause:{connector}")

    async def take_test(self, connector: str, now: datetime, until: datetime) -> bool:
        """Whether it is ours, until then, to make the one call after a pause."""
        return await self._shared.take(f"test:{connector}", now, until)

    async def tested(self, connector: str) -> None:
        """The call was made."""
        await self._shared.release(f"test:{connector}")

    async def lasting(self, connector: str, now: datetime) -> Pause | None:
        """The pause in which asking now makes no sense; also while another process makes the one call after it."""
        pause = await self.get(connector, now)
        if pause is None or now < pause.until or await self._shared.get(f"test:{connector}", now) is not None:
            return pause
        return None
