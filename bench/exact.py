"""Many processes as one partner: no call too many is let in, and none is refused without a cause (H20, H21)."""

import asyncio
import bisect
import json
import sys
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from trackway.domain.errors.access import DayLimitReached, TooFast
from trackway.storage.database import to_ms
from trackway.storage.passing.allowance import Allowance
from trackway.storage.store import open_store

WINDOW_MS = 100
_LET_IN, _TOO_FAST, _DAY_OVER = "in", "fast", "day"


class Verdict(NamedTuple):
    """What came of all calls. Violations are calls let in that should not be; `wrong` are refusals without a cause."""

    calls: int
    let_in: int
    too_fast: int
    day_over: int
    violations: int
    wrong: int


async def ask(url: str, *, processes: int, calls: int, limit: int) -> Verdict:
    """`calls` calls in all from so many processes, as fast as they can, at a user with `limit` calls a day."""
    each = calls // processes
    several = await asyncio.gather(*(_child(url, each, limit) for _ in range(processes)))
    return judge([call for told in several for call in told], limit)


def judge(told: list[tuple[int, str]], limit: int) -> Verdict:
    """Hold each outcome against all others, by the instants that were given with the calls."""
    times = {kind: sorted(at for at, outcome in told if outcome == kind) for kind in (_LET_IN, _TOO_FAST, _DAY_OVER)}
    let_in = times[_LET_IN]
    violations = sum(later - first < WINDOW_MS for first, later in pairwise(let_in))
    violations += max(0, len(let_in) - limit)
    wrong = sum(not _near(let_in, at) for at in times[_TOO_FAST])
    wrong += len(times[_DAY_OVER]) if len(let_in) < limit else 0
    return Verdict(len(told), len(let_in), len(times[_TOO_FAST]), len(times[_DAY_OVER]), violations, wrong)


def _near(let_in: list[int], at: int) -> bool:
    """Whether a call was let in less than the window away."""
    place = bisect.bisect_right(let_in, at - WINDOW_MS)
    return place < len(let_in) and let_in[place] < at + WINDOW_MS


async def _child(url: str, calls: int, limit: int) -> list[tuple[int, str]]:
    command = [sys.executable, "-m", "bench.exact", url, str(calls), str(limit)]
    root = Path(__file__).parent.parent
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=root)
    told, _ = await child.communicate()
    return [(at, outcome) for at, outcome in json.loads(told)]


async def _call(url: str, calls: int, limit: int) -> list[tuple[int, str]]:
    store = await open_store(url)
    allowance, told = Allowance(store.quick), []
    for _ in range(calls):
        now, outcome = datetime.now(UTC), _LET_IN
        try:
            await allowance.admit("hkpost:x", now, window_ms=WINDOW_MS, most=1, day=1, limit=limit)
        except TooFast:
            outcome = _TOO_FAST
        except DayLimitReached:
            outcome = _DAY_OVER
        told.append((to_ms(now), outcome))
    await store.close()
    return told


def run(folder: Path, calls: int = 10_000) -> None:
    """The whole run, on an embedded store."""
    for limit in (100_000, 5):
        with tempfile.TemporaryDirectory(dir=folder) as home:
            url = f"sqlite:///{home}/exact.sqlite3"
            asyncio.run(_call(url, 0, 1))  # the store is made once
            print(asyncio.run(ask(url, processes=8, calls=calls, limit=limit)))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_call(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
