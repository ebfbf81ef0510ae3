"""`python -m bench.webhooks ROLE ORDER`: one of the processes: the receivers, Trackway's worker, or the bare loop."""

import asyncio
import os
import sys
from contextlib import suppress

import msgspec
import uvloop

from bench.webhooks.bare import bare
from bench.webhooks.plan import Order
from bench.webhooks.receivers import receivers
from bench.webhooks.worker import worker

_ROLES = {"receivers": receivers, "trackway": worker, "bare": bare}


def main() -> None:
    """One process: its role, and its order."""
    order = msgspec.json.decode(sys.argv[2], type=Order)
    os.sched_setaffinity(0, {order.core})
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_ROLES[sys.argv[1]](order))


if __name__ == "__main__":
    main()
