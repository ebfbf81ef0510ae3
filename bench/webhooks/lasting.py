"""For long: a given rate, and a backlog of a million."""

import asyncio
import time

from bench.tracks import encoded_tracks
from bench.webhooks.audit import Audit, load, waits
from bench.webhooks.plan import Plan
from bench.webhooks.process import outcome_of
from bench.webhooks.stage import Stage, write
from trackway.storage.statement import Statement
from trackway.storage.store import open_store
from trackway.wire import webhook

_TRACKINGS = Statement(
    "INSERT INTO tracking (account_id, number, carrier, origin, registered_at, progressed_at) "
    "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < CAST(:count AS BIGINT)) "
    "SELECT n % 19 + 2, 'LATE' || CAST(n AS TEXT), 3011, 1, 0, 0 FROM many"
)
_MESSAGES = Statement(
    "INSERT INTO message (account_id, tracking_id, number, carrier, kind, created_at, due_at, attempts, "
    "first_failed_at, outcome, said) SELECT account_id, id, number, carrier, 'TRACKING_UPDATED', "
    "CAST(:failed AS BIGINT), CAST(:failed AS BIGINT) + id % 3600000, 1, CAST(:failed AS BIGINT), 'waiting', "
    "true FROM tracking WHERE number LIKE 'LATE%'"
)
_SAYINGS = Statement(
    "INSERT INTO saying (message_id, body) SELECT id, CAST(:body AS TEXT) FROM message WHERE number LIKE 'LATE%'"
)


def steady(plan: Plan, stage: Stage) -> str:
    """A given rate for long, one receiver hanging."""
    after = stage.last()
    outcome = outcome_of("trackway", stage.order(seconds=plan.steady, rate=plan.rate))
    return (
        f"{stage.engine}: {plan.rate} messages a second for {plan.steady:.0f} s: {outcome.pace:,.0f} deliveries/s to "
        f"the other nineteen, {waits(stage, after)}, {outcome.cost:.2f} ms of CPU each; "
        f"{Audit(stage, after)} ({load()})"
    )


def backlog(plan: Plan, stage: Stage) -> str:
    """So many retries that are all due, as after an outage of ours, while there is news too (F25)."""
    body = webhook.updated("LATE", None, encoded_tracks(1)[0].encode()).decode()
    before = stage.last()
    asyncio.run(_fill(stage, plan.backlog, body))
    after = stage.last()
    outcome = outcome_of("trackway", stage.order(seconds=3600, rate=plan.trickle, drain=True))
    return (
        f"{stage.engine}: {plan.backlog} due retries: all told in {outcome.took:.0f} s, {outcome.pace:,.0f} "
        f"deliveries/s, {outcome.memory:.0f} MB more memory at the most; meanwhile news, {plan.trickle} a second: "
        f"{waits(stage, after)}; {Audit(stage, before)} ({load()})"
    )


async def _fill(stage: Stage, count: int, body: str) -> None:
    store = await open_store(stage.database)
    failed = int((time.time() - 7200) * 1000)
    await write(store.main, _TRACKINGS, count=count)
    await write(store.main, _MESSAGES, failed=failed)
    await write(store.main, _SAYINGS, body=body)
    await store.close()
