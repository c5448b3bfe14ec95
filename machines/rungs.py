"""When a reminder of a deadline is due: so many days before its last day, or once it has passed."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from machines.terms import KEPT, Count
from machines.zones import instant

REMINDERS_AT_HOUR = 9  # local time: when an office opens


def reminder_at(count: Count, days: int) -> datetime:
    """Return when the rung *days* before the last day is due: nine in the morning; 0: when the deadline has passed."""
    if days == 0:
        return count.due
    return _morning(count.last_day, days, count.zone)


@lru_cache(maxsize=KEPT)
def _morning(last: date, days: int, zone: str) -> datetime:
    day = last - timedelta(days=days)
    return instant(datetime(day.year, day.month, day.day, REMINDERS_AT_HOUR), zone)  # noqa: DTZ001 local by its zone
