"""What an answer adds to the statistics: only what can be known, each thing once."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from trackway.domain.counting.reckoning import Reckoning, reckon, route_of, trip_days
from trackway.domain.counting.statistic import Count, Histogram, Statistic, delay_bucket, edge
from trackway.domain.following.timeline import merge
from trackway.domain.simulation import ABROAD, COURIER, POST, SIMULATED
from trackway.domain.tracking import Event, Leg, Milestone, Position, Report, Tracking
from trackway.storage.given.catalogue import seeded_countries
from trackway.storage.given.zones import load_zones

ZONES = load_zones({country.code: country.name.e for country in seeded_countries(Path())})
POSTED = Event(time="2026-11-20 09:00", text="Posted", place="HONG KONG")
LEFT = Event(time="2026-11-22 19:00", text="Left", place="HONG KONG")  # 11:00 UTC, an hour before NOW
ARRIVED = Event(time="2026-11-22 11:30", text="Delivered", place="GB", milestone=Milestone.DELIVERED)


def tracking(*events: Event, answered: bool = True) -> Tracking:
    at = NOW - timedelta(hours=2) if answered else None
    leg = Leg(position=Position.FIRST, carrier=8011, events=events, answered_at=at)
    return Tracking(
        id=1,
        account=7,
        number="x",
        carrier=8011,
        registered_at=NOW - timedelta(days=3),
        legs=(leg,),
        milestone=_at(events),
    )


def _at(events: tuple[Event, ...]) -> Milestone:
    return events[0].milestone if events else Milestone.NOT_FOUND


def reckoned(before: Tracking, *events: Event) -> Reckoning:
    report = Report(number="x", events=events, origin="HK", destination="GB")
    change = merge(before, Position.FIRST, report, NOW, 5)
    return reckon(before, change.tracking, Position.FIRST, NOW, ZONES.instant)


def kinds(reckoning: Reckoning) -> dict[Statistic, int]:
    return {count.kind: count.bucket for count in reckoning.counts}


def test_a_new_event_counts_from_its_own_time_and_from_the_asking_before() -> None:
    found = reckoned(tracking(POSTED), LEFT, POSTED)
    assert found.happened_at == NOW - timedelta(hours=1)
    assert kinds(found) == {Statistic.SEEN: delay_bucket(3600), Statistic.UNSEEN: delay_bucket(7200)}
    assert {(count.account, count.carrier, count.route) for count in found.counts} == {(7, 8011, "")}


def test_without_a_zone_only_the_bound_is_known() -> None:
    for place in ("US", "UNITED STATES", "Kowloon", ""):
        found = reckoned(tracking(POSTED), replace(LEFT, place=place), POSTED)
        assert found.happened_at is None
        assert kinds(found) == {Statistic.UNSEEN: delay_bucket(7200)}


def test_what_was_before_the_registration_does_not_count() -> None:
    old = replace(POSTED, time="2026-11-01 09:00")
    assert reckoned(tracking(answered=False), old) == Reckoning()


def test_an_old_event_that_comes_late_does_not_count() -> None:
    assert reckoned(tracking(LEFT), LEFT, POSTED) == Reckoning()


def test_a_time_to_come_is_not_believed() -> None:
    found = reckoned(tracking(POSTED), replace(LEFT, time="2026-11-22 23:00"), POSTED)
    assert found.happened_at is None


def test_a_delivery_is_a_trip_once() -> None:
    first = reckoned(tracking(LEFT, POSTED), ARRIVED, LEFT, POSTED)
    trip = Count(account=7, carrier=8011, kind=Statistic.TRANSIT, bucket=2, route="HK-GB")
    assert trip in first.counts
    again = reckoned(tracking(ARRIVED, LEFT, POSTED), replace(ARRIVED, time="2026-11-22 11:40"), ARRIVED, LEFT, POSTED)
    assert Statistic.TRANSIT not in kinds(again)


def test_days_and_routes() -> None:
    assert trip_days([LEFT, POSTED]) is None
    assert trip_days([ARRIVED, POSTED]) == 2 + 2.5 / 24
    assert route_of(tracking()) == "?-?"


def test_quantiles_are_at_most_two_fifths_too_much() -> None:
    seconds = [float(s) for s in range(1, 2000)]
    counts: dict[int, int] = {}
    for value in seconds:
        counts[delay_bucket(value)] = counts.get(delay_bucket(value), 0) + 1
    found = Histogram(Statistic.TOLD, counts)
    for share in (0.5, 0.95):
        exact = seconds[int(share * len(seconds))]
        assert exact <= (found.quantile(share) or 0) <= exact * 1.42
    assert Histogram(Statistic.TOLD, {}).quantile(0.5) is None
    assert edge(Statistic.TRANSIT, 5) == 5


def test_a_country_of_one_clock_has_a_zone_in_summer_and_winter() -> None:
    for day, hour in (("2026-01-10", 11), ("2026-07-10", 10)):
        instant = ZONES.instant(8011, Event(time=f"{day} 11:00", text="", place="united kingdom"))
        assert instant is not None
        assert instant.hour == hour


@pytest.mark.parametrize(("time", "place"), [("0001-01-01 00:00:00", "hong kong"), ("9999-12-31 23:59:59", "jamaica")])
def test_the_ends_of_the_calendar_are_no_instants(time: str, place: str) -> None:
    assert ZONES.instant(8011, Event(time="2026-01-10 11:00", text="", place=place)) is not None
    assert ZONES.instant(8011, Event(time=time, text="", place=place)) is None


def test_simulated_carriers_tell_utc_wherever_they_are() -> None:
    for carrier in (SIMULATED, COURIER, POST, ABROAD):
        assert ZONES.instant(carrier, LEFT) == NOW + timedelta(hours=7)
