"""Days as a carrier counts them, from midnight to midnight in its own zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day_of(now: datetime, zone: str) -> int:
    """The day's number, one higher each day.

    >>> from datetime import UTC
    >>> [day_of(datetime(2026, 5, 1, hour, tzinfo=UTC), "Asia/Hong_Kong") for hour in (15, 16)]
    [739737, 739738]
    """
    return now.astimezone(ZoneInfo(zone)).toordinal()


def next_day(now: datetime, zone: str) -> datetime:
    """The instant at which the next day begins, in the zone of `now`.

    >>> from datetime import UTC
    >>> next_day(datetime(2026, 5, 1, 15, 59, tzinfo=UTC), "Asia/Hong_Kong").isoformat()
    '2026-05-01T16:00:00+00:00'
    """
    tomorrow = now.astimezone(ZoneInfo(zone)) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(now.tzinfo)
