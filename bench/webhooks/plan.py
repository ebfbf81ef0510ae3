"""How much is measured, and what the processes are told and tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

RECEIVERS, EACH, IN_FLIGHT = 20, 2500, 190
OUR_CORE, THEIR_CORE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured; `rate` is messages a second, one in twenty of which goes to who hangs."""

    folder: Path
    engines: Sequence[str] = ("sqlite", "postgres")
    rounds: int = 5
    seconds: float = 10
    steady: float = 600
    rate: int = 330
    kills: int = 24
    between: float = 5
    backlog: int = 1_000_000
    trickle: int = 50


class Order(Struct, kw_only=True):
    """What a process does: for `seconds`, or until the `waiting` messages have been delivered, or for ever.

    `rate` is how much news is made a second meanwhile, 0 is as much as can be delivered.
    """

    data: str = ""
    database: str = ""
    port: int = 0
    rate: int = 0
    seconds: float = 0.0
    waiting: int = 0
    drain: bool = False
    core: int = OUR_CORE


class Outcome(Struct, kw_only=True):
    """What a process did, what CPU time that took, in seconds, and how much more memory than at first, in MB."""

    deliveries: int
    took: float
    cpu: float
    memory: float = 0

    @property
    def pace(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.took

    @property
    def cost(self) -> float:
        """Milliseconds of CPU a delivery."""
        return self.cpu / self.deliveries * 1e3
