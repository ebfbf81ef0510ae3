"""An outbox with accounts, trackings and news round it, for the tests that send messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.conftest import Clock
from trackway.domain.webhook import Attempt, Kind, Message, News, Outcome
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.telling.messages import Claim
from trackway.storage.telling.outbox import Outbox
from trackway.storage.tracking.tracks import home

URL = "https://hooks.example/trackway"
LEASE = timedelta(seconds=40)
_ACCOUNT = Statement(
    "INSERT INTO account (id, name, webhook_url, created_at) "
    "VALUES (CAST(:id AS BIGINT), CAST(CAST(:id AS BIGINT) AS TEXT), :url, 0)"
)
_TRACKING = Statement(
    "INSERT INTO tracking (id, account_id, number, carrier, origin, tag, registered_at, progressed_at) "
    "VALUES (:id, :account, :number, 3011, 1, :tag, 0, 0)"
)
_TRACK = Statement(
    "INSERT INTO track (id, tracking_id, account_id, number, carrier, tag, body) "
    "SELECT :home, id, account_id, number, carrier, tag, CAST(:body AS TEXT) FROM tracking WHERE id = :id "
    "ON CONFLICT (tracking_id) DO UPDATE SET body = excluded.body"
)
_OUTCOMES = Statement("SELECT outcome FROM message ORDER BY id")


def render(message: Message, tag: str | None, track: bytes) -> bytes:
    return f"{message.kind} {message.number} {tag} {track.decode()}".encode()


class Postroom:
    """An outbox, with what a test needs round it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.database = store.main
        self.outbox = Outbox(store.main)
        self.clock = clock

    async def run(self, statement: Statement, **values: Any) -> None:
        await self.database.write(lambda transaction: transaction.fetch(statement, **values))

    async def account(self, account: int, url: str = URL) -> None:
        await self.run(_ACCOUNT, id=account, url=url)

    async def tracking(self, tracking: int, account: int = 1, tag: str | None = "t") -> None:
        await self.run(_TRACKING, id=tracking, account=account, number=f"RR{tracking:05}", tag=tag)
        await self.track(tracking, '{"e":10}', account)

    async def track(self, tracking: int, body: str, account: int = 1) -> None:
        await self.run(_TRACK, id=tracking, home=home(account, f"RR{tracking:05}", 3011), body=body)

    def news(self, tracking: int, kind: Kind = Kind.UPDATED, *, account: int = 1, manual: bool = False) -> News:
        number = f"RR{tracking:05}"
        return News(account=account, tracking=tracking, number=number, carrier=3011, kind=kind, manual=manual)

    async def put(self, *news: News) -> None:
        await self.database.write(lambda transaction: self.outbox.put(transaction, news, self.clock()))

    async def claim(
        self, slots: int = 100, cap: int = 10, held: Mapping[int, int] | None = None, *, newest_first: bool = False
    ) -> list[Claim]:
        now = self.clock()
        asked = {"slots": slots, "cap": cap, "held": held or {}, "newest_first": newest_first}
        return await self.outbox.claim(now=now, until=now + LEASE, render=render, **asked)  # type: ignore[arg-type]

    async def finish(self, claim: Claim, status: int, due_at: datetime | None = None) -> Outcome | None:
        now = self.clock()
        fault = "no answer" if status < 0 else ""
        attempt = Attempt(at=now, url=claim.url, status=status, fault=fault, took_ms=3, answer="ok")
        return await self.outbox.finish(claim, attempt, due_at, now)

    async def outcomes(self) -> list[str]:
        return [outcome for (outcome,) in await self.database.read(_OUTCOMES)]
