"""Days from midnight to midnight in a carrier's zone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.asking.day import day_of, next_day


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Asia/Hong_Kong", "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_next_day_is_where_the_number_changes(now: datetime, zone: str) -> None:
    midnight = next_day(now, zone)
    assert now < midnight <= now + timedelta(hours=25)
    assert day_of(midnight - timedelta(microseconds=1), zone) == day_of(now, zone)
    assert day_of(midnight, zone) == day_of(now, zone) + 1
