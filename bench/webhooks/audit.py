"""What was made beside what came: counted id by id at the receivers, and how long the first attempts had to wait."""

import os
from collections.abc import Sequence

from bench.webhooks.stage import Stage
from trackway.storage.statement import Statement

_MADE = Statement("SELECT id, tracking_id, outcome FROM message WHERE id > :after AND account_id > 1 ORDER BY id")
_WAITS = Statement(
    "SELECT MIN(at) - created_at FROM message JOIN attempt ON message_id = message.id WHERE message.id > :after "
    "AND message.account_id > 1 GROUP BY message.id, created_at"
)


class Audit:
    """What was made after a message, beside what came to the receivers, id by id."""

    def __init__(self, stage: Stage, after: int) -> None:
        made, seen = stage.ask(_MADE, after=after), stage.seen()
        latest = {tracking: identity for identity, tracking, _ in made if seen[identity]}
        unseen = [row for row in made if not seen[row[0]]]
        self.made = len(made)
        self.replaced = sum(
            outcome == "superseded" and latest.get(tracking, 0) > identity for identity, tracking, outcome in unseen
        )
        self.lost = len(unseen) - self.replaced
        self.twice = {identity: seen[identity] - 1 for identity, _, _ in made if seen[identity] > 1}

    def __str__(self) -> str:
        return (
            f"{self.made} messages, {self.lost} lost, {self.replaced} replaced by a newer one that came, "
            f"{sum(self.twice.values())} duplicates"
        )


def waits(stage: Stage, after: int) -> str:
    """From a message's commit to its first attempt."""
    found = sorted(wait for (wait,) in stage.ask(_WAITS, after=after))
    return f"from commit to first attempt p50 {_at(found, 0.5)} ms, p99 {_at(found, 0.99)} ms, at most {found[-1]} ms"


def _at(values: Sequence[int], part: float) -> int:
    return values[int(len(values) * part)]


def load() -> str:
    """How busy the machine is, by its own account."""
    return "load of the machine " + " ".join(f"{load:.1f}" for load in os.getloadavg())
