"""The worker killed again and again while it delivers (F02)."""

import time
from collections import Counter

from bench.webhooks.audit import Audit, load
from bench.webhooks.plan import Plan
from bench.webhooks.process import first_line, process
from bench.webhooks.stage import Stage
from trackway.storage.statement import Statement

_LEASE = 40
_CLAIMED = Statement("SELECT id, due_at FROM message WHERE account_id > 1 AND due_at IS NOT NULL AND claimed")
_WAITING = Statement("SELECT COUNT(*) FROM message WHERE account_id > 1 AND due_at IS NOT NULL")


def killed(plan: Plan, stage: Stage) -> str:
    """`kill -9` so many times; afterwards the leases run out and everything is delivered."""
    after, cut_off = stage.last(), set[tuple[int, int]]()
    for _ in range(plan.kills):
        with process("trackway", stage.order(seconds=3600, rate=plan.rate)) as worker:
            first_line(worker)
            time.sleep(plan.between)
            worker.kill()
            worker.wait()
        cut_off.update((identity, until) for identity, until in stage.ask(_CLAIMED))
    took = _rest(stage)
    audit, in_flight = Audit(stage, after), Counter(identity for identity, _ in cut_off)
    unexplained = sum(max(0, times - in_flight[identity]) for identity, times in audit.twice.items())
    return (
        f"{stage.engine}: `kill -9` {plan.between:g} s after each start, {plan.kills} times: {audit}, {unexplained} of "
        f"them not in flight at a kill ({in_flight.total()} were); all was told {took:.0f} s after the last one, a "
        f"claim lasts {_LEASE} s ({load()})"
    )


def _rest(stage: Stage) -> float:
    """Seconds until nothing waits any more."""
    begun = time.monotonic()
    with process("trackway", stage.order()):
        while stage.ask(_WAITING) != [(0,)] and time.monotonic() < begun + _LEASE + 60:
            time.sleep(1)
    return time.monotonic() - begun
