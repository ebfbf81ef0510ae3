"""As fast as it goes: beside the bare loop, and beside itself without the receiver that hangs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from threading import Event, Thread

from bench.webhooks.audit import load
from bench.webhooks.plan import Outcome, Plan
from bench.webhooks.process import outcome_of
from bench.webhooks.stage import Stage
from trackway.storage.statement import Statement

_FORGET = Statement(
    "UPDATE message SET outcome = 'cancelled', due_at = NULL, claimed = false "
    "WHERE account_id = 1 AND due_at IS NOT NULL"
)
_HELD = Statement("SELECT COUNT(*) FROM message WHERE account_id = 1 AND due_at IS NOT NULL AND claimed")


def fastest(plan: Plan, stage: Stage) -> str:
    """What waits is delivered, then news is made meanwhile, then the bare loop, in turns: a table of medians."""
    waiting, meanwhile, bare = [], [], []
    for _ in _rounds(plan, stage):
        waiting.append(_delivered(stage))
        meanwhile.append(outcome_of("trackway", stage.order(seconds=plan.seconds)))
        bare.append(outcome_of("bare", stage.order(seconds=plan.seconds)))
    lines = [
        f"{stage.engine}: the medians of {plan.rounds} rounds\n",
        "| | deliveries/s | of bare | CPU ms a delivery | of bare |\n|---|---|---|---|---|",
    ]
    for name, outcomes in (("what waits", waiting), ("with the making of news", meanwhile), ("bare loop", bare)):
        pairs = list(zip(outcomes[1:], bare[1:], strict=True))  # the first round warms up
        pace = median(one.pace / other.pace for one, other in pairs)
        cost = median(other.cost / one.cost for one, other in pairs)
        lines.append(
            f"| {name} | {median(one.pace for one, _ in pairs):,.0f} | {pace:.3f} "
            f"| {median(one.cost for one, _ in pairs):.3f} | {cost:.3f} |"
        )
    return "\n".join(lines)


def hanging(plan: Plan, stage: Stage) -> str:
    """F07: the pace of the nineteen with and without news for the one that hangs, in turns."""
    paces, costs = list[float](), list[float]()
    most = 0
    for turn in _rounds(plan, stage):
        outcomes = {}
        for beside in (False, True) if turn % 2 else (True, False):  # the store grows: neither is always second
            with _watched(stage) as held:
                outcomes[beside] = _delivered(stage, hanging=beside)
            most = max(most, *held)
        if turn:  # the round before the first warms up
            paces.append(outcomes[True].pace / outcomes[False].pace)
            costs.append(outcomes[True].cost / outcomes[False].cost)
    return (
        f"{stage.engine}: nineteen receivers beside one that hangs keep {median(paces):.1%} of their pace, the medians "
        f"of {plan.rounds} rounds ({min(paces):.1%} to {max(paces):.1%}), each at {median(costs):.1%} of the CPU; "
        f"it had at most {most} slots ({load()})"
    )


def _rounds(plan: Plan, stage: Stage) -> Iterator[int]:
    for turn in range(plan.rounds + 1):
        print(f"{stage.engine}: round {turn} of {plan.rounds}", file=sys.stderr, flush=True)
        yield turn


def _delivered(stage: Stage, *, hanging: bool = True) -> Outcome:
    """News of everything, delivered; nothing is left of what waited for the receiver that hangs."""
    stage.do(_FORGET)
    return outcome_of("trackway", stage.order(waiting=stage.put_all(hanging=hanging)))


@contextmanager
def _watched(stage: Stage) -> Iterator[list[int]]:
    """How many slots the account whose receiver hangs has, looked at again and again meanwhile."""
    held, over = [0], Event()

    def look() -> None:
        while not over.wait(0.5):
            held.append(int(stage.ask(_HELD)[0][0]))

    thread = Thread(target=look)
    thread.start()
    yield held
    over.set()
    thread.join()
