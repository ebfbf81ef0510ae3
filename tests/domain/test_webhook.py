"""The retry schedule counts from the first failure, and never runs ahead of itself."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.domain.webhook import Attempt, Kind, Message, next_due

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DELAYS = (600, 1800, 3600)


def test_the_default_is_ten_thirty_and_sixty_minutes_after_the_first_failure() -> None:
    now, attempts, minutes = T0, 1, []
    while (due := next_due(T0, attempts, DELAYS, now)) is not None:
        minutes.append((due - T0).total_seconds() / 60)
        now, attempts = due + timedelta(seconds=10), attempts + 1
    assert minutes == [10, 30, 60]
    assert attempts == 4


@pytest.mark.parametrize(("delays", "attempts"), [((), 1), ((0,), 2), ((5,), 2), ((0, 0, 0), 4)])
def test_there_is_one_attempt_more_than_delays(delays: tuple[float, ...], attempts: int) -> None:
    assert all(next_due(T0, made, delays, T0) is not None for made in range(1, attempts))
    assert next_due(T0, attempts, delays, T0) is None


def test_the_other_reading_of_the_document_is_a_setting_away() -> None:
    gaps = (600, 600 + 1800, 600 + 1800 + 3600)
    assert next_due(T0, 3, gaps, T0 + timedelta(seconds=2400)) == T0 + timedelta(minutes=100)


def test_attempts_that_came_late_do_not_follow_each_other_at_once() -> None:
    now = T0 + timedelta(days=1)
    assert next_due(T0, 2, DELAYS, now) == now + timedelta(minutes=10)
    assert next_due(T0, 3, DELAYS, now) == now + timedelta(minutes=15)


@given(st.lists(st.floats(0, 1e6), max_size=6).map(sorted), st.integers(1, 8), st.integers(0, 10**8))
def test_never_in_the_past(delays: list[float], attempts: int, later: int) -> None:
    now = T0 + timedelta(seconds=later)
    due = next_due(T0, attempts, delays, now)
    assert due is None if attempts > len(delays) else due is not None and due >= now


def test_a_message_has_a_name_that_a_new_store_does_not_use_again() -> None:
    message = Message(id=7, account=1, tracking=1, number="RR1", carrier=3011, kind=Kind.UPDATED, created_at=T0)
    assert message.name == "msg_20261122120000_7"


@pytest.mark.parametrize("status", [-1, 100, 201, 202, 204, 299, 301, 304, 400, 500])
def test_only_200_is_delivered(status: int) -> None:
    assert not Attempt(at=T0, url="", status=status, fault="", took_ms=1, answer="").delivered
    assert Attempt(at=T0, url="", status=200, fault="", took_ms=1, answer="").delivered
