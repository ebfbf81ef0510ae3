"""Real histories told piece by piece, in any order and by two carriers, end as if they had been told at once."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.conftest import NOW
from tests.domain.following.test_timeline import BOTH
from trackway.domain.following import timeline
from trackway.domain.tracking import Event, Milestone, Position, Report, Tracking

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "histories"
STAGES = {
    "PickedUp": Milestone.IN_TRANSIT,
    "InTransit": Milestone.IN_TRANSIT,
    "Arrival": Milestone.IN_TRANSIT,
    "OutForDelivery": Milestone.OUT_FOR_DELIVERY,
    "Exception": Milestone.EXCEPTION,
    "Delivered": Milestone.DELIVERED,
}


def histories(file: Path) -> Iterator[list[Event]]:
    """Each parcel's events, oldest first."""
    parcels = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            time = row["event_at"].replace("T", " ").removesuffix("Z")
            parcels[row["parcel"]].append(Event(time=time, text=row["stage"], milestone=STAGES[row["stage"]]))
    yield from parcels.values()


def told(tracking: Tracking, position: Position, events: Sequence[Event]) -> timeline.Change:
    return timeline.merge(tracking, position, Report(number=tracking.number, events=tuple(events)), NOW, 1)


def looks(tracking: Tracking) -> list[tuple[str, str]]:
    return [(event.time, event.text) for event in tracking.events()]


def piece_by_piece(parts: dict[Position, list[Event]], random: Random) -> Tracking:
    """The tracking after both carriers told their part bit by bit: what must hold after each bit is held."""
    tracking = BOTH
    untold = [(position, event) for position, part in parts.items() for event in part]
    random.shuffle(untold)
    so_far: dict[Position, list[Event]] = {position: [] for position in parts}
    while untold:
        position, event = untold.pop()
        so_far[position] += [event] * random.randint(1, 2)
        random.shuffle(so_far[position])
        if untold and random.random() < 0.5:
            continue
        for position in parts:
            before, change = tracking, told(tracking, position, so_far[position])
            tracking = change.tracking
            assert change.news == (sorted(looks(before)) != sorted(looks(tracking)))
            moved = looks(before)[:1] != looks(tracking)[:1]
            assert (timeline.fingerprint(before) != timeline.fingerprint(tracking)) == moved
            assert before.milestone is not Milestone.DELIVERED or tracking.milestone in {
                Milestone.DELIVERED,
                Milestone.EXCEPTION,
            }
    return tracking


@pytest.mark.skipif(not FOLDER.exists(), reason="NOT TESTED: the histories do not lie beside the project")
@pytest.mark.parametrize("name", ["hybrid_train.csv.gz", "olist_train.csv.gz"])
def test_a_history_told_in_pieces_ends_as_told_at_once(name: str) -> None:
    random = Random(name)
    for history in random.sample(list(histories(FOLDER / name)), 300):
        cut = random.randint(0, len(history))
        parts = {Position.FIRST: history[:cut], Position.FINAL: history[cut:]}
        whole = BOTH
        for position, part in parts.items():
            whole = told(whole, position, part).tracking
        tracking = piece_by_piece(parts, random)
        assert sorted(looks(tracking)) == sorted({(event.time, event.text) for event in history}), history
        assert (looks(tracking), tracking.milestone) == (looks(whole), whole.milestone), history
        assert timeline.fingerprint(tracking) == timeline.fingerprint(whole)
