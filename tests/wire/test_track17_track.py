"""The `track` object, field by field (T16 to T25)."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from trackway.domain.tracking import Event, Leg, Milestone, Position, QueryState, Tracking
from trackway.wire.track17.track import STATE_CODES, query_code, write_track

KEYS = {"CN": 301, "AD": 1803}
FIRST = Leg(
    position=Position.FIRST,
    carrier=3011,
    state=QueryState.ANSWERED,
    language="zh-Hans",
    asked_at=datetime(2015, 6, 1, 20, 44, 52, tzinfo=UTC),
    answered_at=NOW,
    took_ms=370,
    events=(
        Event(time="2015-05-29 09:00", text="移交海关", place="BLAGOVESCH 1"),
        Event(time="2015-05-13 14:47", text="电子信息已收到", milestone=Milestone.INFO_RECEIVED),
    ),
)
FINAL = Leg(
    position=Position.FINAL,
    carrier=18031,
    state=QueryState.ANSWERED,
    language="fr",
    events=(Event(time="2015-05-31 00:00", text="Distribué", milestone=Milestone.DELIVERED),),
)
TRACKING = Tracking(
    id=1,
    account=1,
    number="RM101474005CN",
    carrier=3011,
    registered_at=NOW,
    origin_country="CN",
    destination_country="AD",
    milestone=Milestone.IN_TRANSIT,
    legs=(FIRST,),
)


def written(tracking: Tracking) -> dict[str, Any]:
    return msgspec.json.decode(write_track(tracking, lambda country: KEYS.get(country, 0)), type=dict[str, Any])


def test_every_field_of_the_document_in_its_order() -> None:
    track = written(TRACKING)
    assert list(track) == [
        *("b", "c", "e", "f", "w1", "w2", "z1", "z2", "z9", "ygt1", "ygt2", "ygt9", "is1", "is2"),
        *("ln1", "ln2", "ln9", "hs", "z0", "ylt1", "ylt2", "ylt9", "yt", "zex"),
    ]
    assert track["z1"][1] == {"a": "2015-05-13 14:47", "b": None, "c": "", "d": "", "z": "电子信息已收到"}
    assert track["z0"] == {"a": "2015-05-29 09:00", "b": None, "c": "BLAGOVESCH 1", "d": "", "z": "移交海关"}
    assert {key: track[key] for key in ("b", "c", "e", "f", "w1", "w2", "is1", "is2", "ygt1", "ln1", "ln2")} == {
        "b": 301,
        "c": 1803,
        "e": 10,
        "f": -1,
        "w1": 3011,
        "w2": 0,
        "is1": 1,
        "is2": 0,
        "ygt1": 370,
        "ln1": "zh-CHS",
        "ln2": None,
    }
    assert (track["ylt1"], track["ylt2"], track["ylt9"]) == ("2015-06-01 20:44:52",) + ("2079-01-01 00:00:00",) * 2


def test_both_legs_and_the_newest_event_of_both() -> None:
    track = written(replace(TRACKING, legs=(FIRST, FINAL), milestone=Milestone.DELIVERED))
    assert (track["w2"], track["is2"], track["ln2"], track["e"]) == (18031, 1, "fr", 40)
    assert track["z0"]["z"] == track["z2"][0]["z"] == "Distribué"
    assert track["f"] == 17
    assert track["zex"] == {
        "trN": "",
        "trC": 0,
        "psex": 0,
        "pickup": False,
        "return": 0,
        "dt": "0",
        "dtS": "1431528420000",
        "dtP": "0",
        "dtD": "1433030400000",
        "dtL": "1433030400000",
    }


def test_the_days_are_those_to_the_delivery_whatever_is_told_after_it() -> None:
    """T21: `f` and `dtD` speak of the same scan."""
    scans = (
        Event(time="2026-11-09 10:00", text="Proof of delivery", milestone=Milestone.DELIVERED),
        Event(time="2026-11-05 10:00", text="Delivered", milestone=Milestone.DELIVERED),
        Event(time="2026-11-01 09:00", text="Posted"),
    )
    track = written(replace(TRACKING, milestone=Milestone.DELIVERED, legs=(replace(FIRST, events=scans),)))
    assert track["f"] == 4
    assert track["zex"]["dtD"] == "1793872800000"


def test_an_answer_without_events() -> None:
    """T18, T38: no z0, no language, hash 0."""
    leg = Leg(position=Position.FIRST, carrier=8011, state=QueryState.NOT_FOUND, asked_at=NOW, answered_at=NOW)
    track = written(replace(TRACKING, legs=(leg,), milestone=Milestone.NOT_FOUND))
    assert "z0" not in track
    assert (track["e"], track["is1"], track["z1"], track["ln1"], track["hs"]) == (0, 2, [], None, 0)


@pytest.mark.parametrize(
    ("state", "fresh", "cached"),
    [
        (QueryState.ANSWERED, 1, 1),
        (QueryState.NOT_FOUND, 2, 2),
        (QueryState.UNAVAILABLE, 10, 20),
        (QueryState.UNREADABLE, 11, 21),
        (QueryState.LIMITED, 12, 22),
        (QueryState.REFUSED, 12, 12),
        (QueryState.MISUNDERSTOOD, 11, 11),
        (QueryState.UNASKED, 0, 0),
    ],
)
def test_query_states(state: QueryState, fresh: int, cached: int) -> None:
    assert query_code(Leg(position=Position.FIRST, carrier=8011, state=state)) == fresh
    assert query_code(Leg(position=Position.FIRST, carrier=8011, state=state, answered_at=NOW)) == cached


def test_every_milestone_has_a_state() -> None:
    """T23."""
    assert set(STATE_CODES) == set(Milestone)
    assert set(STATE_CODES.values()) == {0, 10, 20, 30, 35, 40, 50}
