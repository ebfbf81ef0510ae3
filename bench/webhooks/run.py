"""The parts, one after the other on the same stage."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from bench.webhooks.killed import killed
from bench.webhooks.lasting import backlog, steady
from bench.webhooks.pace import fastest, hanging
from bench.webhooks.plan import Plan
from bench.webhooks.stage import Stage, stage_of

PARTS: dict[str, Callable[[Plan, Stage], str]] = {
    part.__name__: part for part in (fastest, hanging, steady, killed, backlog)
}


def run(plan: Plan, parts: Sequence[str] = tuple(PARTS)) -> None:
    """Measure, and print what came of each part."""
    for engine in plan.engines:
        with ExitStack() as closing:
            stage = closing.enter_context(stage_of(plan, engine))
            for part in parts:
                print(PARTS[part](plan, stage), end="\n\n", flush=True)
