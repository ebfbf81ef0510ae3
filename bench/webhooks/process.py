"""The other processes: each on its core, told its order on the command line."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from bench.webhooks.plan import Order, Outcome

Process = subprocess.Popen[bytes]


@contextmanager
def process(role: str, order: Order) -> Iterator[Process]:
    """One of the processes; ended at the end."""
    command = [sys.executable, "-m", "bench.webhooks", role, msgspec.json.encode(order).decode()]
    started = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(60)


def first_line(started: Process) -> bytes:
    """What it says as soon as it is ready."""
    return started.stdout.readline() if started.stdout else b""


def outcome_of(role: str, order: Order) -> Outcome:
    """What a process says at its end."""
    with process(role, order) as started:
        return msgspec.json.decode(started.communicate()[0].splitlines()[-1], type=Outcome)
