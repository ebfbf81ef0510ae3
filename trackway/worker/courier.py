"""Carry messages to their webhooks: claim, sign, POST, note what came of it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from trackway.domain.errors import StorageError
from trackway.domain.webhook import Attempt, Kind, Message, Outcome, next_due
from trackway.egress.client import Reply
from trackway.storage.telling.messages import Claim
from trackway.storage.telling.outbox import Outbox
from trackway.wire import webhook
from trackway.worker.loop import Loop, Sleep

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[Reply]]
SigningKeys = Callable[[int, datetime], Awaitable[Sequence[str]]]
Observe = Callable[[Message, Attempt, Outcome], None]

_MARGIN = timedelta(seconds=30)
_IDLE = 1.0
_NOTE_PAUSE = 1.0
_SOON = 0.01
_PART = 4
_NO_KEY = Reply(status=-1, fault="the account has no key in force to sign with", took_ms=0)
_log = structlog.get_logger(__name__)


def render(message: Message, tag: str | None, track: bytes) -> bytes:
    """The data of a message, made once."""
    if message.kind is Kind.STOPPED:
        return webhook.stopped(message.number, message.carrier, tag)
    return webhook.updated(message.number, tag, track)


def _unobserved(_message: Message, _attempt: Attempt, _outcome: Outcome) -> None:
    pass


class Courier(Loop):
    """Delivers up to `slots` messages at once, at most `slots_per_account` of them to one account's webhook.

    `post` is the guarded client's, and `timeout` its limit in seconds; a claim lasts half a minute longer, then whoever
    finds it takes it over.
    """

    name = "courier"

    def __init__(
        self,
        *,
        outbox: Outbox,
        post: Post,
        signing_keys: SigningKeys,
        delays: Sequence[float],
        timeout: float,
        slots: int,
        slots_per_account: int,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        observe: Observe = _unobserved,
    ) -> None:
        super().__init__(sleep=sleep)
        self._outbox = outbox
        self._post = post
        self._signing_keys = signing_keys
        self._delays = delays
        self._lease = timedelta(seconds=timeout) + _MARGIN
        self._slots = slots
        self._cap = slots_per_account
        self._clock = clock
        self._observe = observe
        self._newest_first = False
        self._flights: dict[asyncio.Task[None], Claim] = {}
        self._landed_since = 0
        self._soon: asyncio.TimerHandle | None = None

    async def tick(self) -> float:
        """Claim as much as there are slots for and send it on its way; landings wake the loop for more.

        The longest due and the newest go first in turns: a backlog is worked off, and news need not wait for its end.
        """
        self._landed_since = 0
        free = self._slots - len(self._flights)
        if free == 0:
            return _IDLE
        now = self._clock()
        claims = await self._outbox.claim(
            now=now,
            until=now + self._lease,
            slots=free,
            cap=self._cap,
            held=Counter(claim.message.account for claim in self._flights.values()),
            render=render,
            newest_first=self._newest_first,
        )
        self._newest_first = not self._newest_first  # also where what waits longest waits for something on its way
        accounts = {claim.message.account for claim in claims}
        keys = {account: asyncio.ensure_future(self._signing_keys(account, now)) for account in accounts}
        for claim in claims:
            flight = asyncio.create_task(self._deliver(claim, keys[claim.message.account]))
            self._flights[flight] = claim
            flight.add_done_callback(self._landed)
        return 0 if claims else _IDLE

    async def landed(self) -> None:
        """Wait until all deliveries that are on their way have ended."""
        while self._flights:
            await asyncio.wait(list(self._flights))

    async def let_go(self, limit: float) -> None:
        """Let deliveries end within `limit` seconds; those that do not become due again for another process."""
        if not self._flights:
            return
        await asyncio.wait(self._flights, timeout=limit)
        late = dict(self._flights)
        for flight in late:
            flight.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            with suppress(StorageError):  # then the claims run out by themselves
                await self._outbox.release(list(late.values()), self._clock())

    def _landed(self, flight: asyncio.Task[None]) -> None:
        claim = self._flights.pop(flight)
        if not flight.cancelled() and (error := flight.exception()) is not None:
            unexpected = None if isinstance(error, StorageError) else error
            _log.warning("delivery to repeat", message=claim.message.name, error=str(error), exc_info=unexpected)
        self._landed_since += 1
        self._wake_for_many()

    def _wake_for_many(self) -> None:
        """Wake as soon as a part of what was on its way has landed, or in a moment: a claim of many costs each less."""
        if self._landed_since * _PART >= self._landed_since + len(self._flights):
            self.wake()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON, self.wake)

    def wake(self) -> None:
        """There may be more to claim."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        super().wake()

    async def _deliver(self, claim: Claim, found: asyncio.Future[Sequence[str]]) -> None:
        """One attempt; keys are looked up once for all that leave together, and fail only their own account."""
        if not found.done():
            await asyncio.wait([found])  # the end of one delivery is not that of the others' look-up
        keys, at = found.result(), self._clock()
        reply = await self._send(claim, keys, at) if keys else _NO_KEY
        attempt = Attempt(
            at=at,
            url=claim.url,
            status=reply.status,
            fault=reply.fault,
            took_ms=reply.took_ms,
            answer=reply.answer,
        )
        outcome = await self._note(claim, attempt)
        if outcome is None:
            _log.warning("claim ran out during delivery", message=claim.message.name)
        else:
            self._observe(claim.message, attempt, outcome)

    async def _send(self, claim: Claim, keys: Sequence[str], at: datetime) -> Reply:
        message, (key, *old) = claim.message, keys
        content = webhook.body(message.kind, claim.data, key)
        headers = webhook.headers(message.name, message.attempts + 1, at, content, *keys)
        for one in old:
            headers["webhook-sign-previous"] = webhook.sign(message.kind, claim.data, one)
        return await self._post(claim.url, content, headers)

    async def _note(self, claim: Claim, attempt: Attempt) -> Outcome | None:
        """Keep what came of it. While the store is away, try until the claim has run out."""
        message, now, due = claim.message, self._clock(), None
        if not attempt.delivered:
            due = next_due(message.first_failed_at or now, message.attempts + 1, self._delays, now)
        while True:
            try:
                return await self._outbox.finish(claim, attempt, due, now)
            except StorageError:
                if self._clock() >= claim.until:
                    raise
                await self._sleep(_NOTE_PAUSE)
