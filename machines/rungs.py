"""When a reminder of a deadline is due: so many days before its last day, or once it has passed."""

from datetime import datetime, timedelta

from machines.terms import Count
from machines.zones import instant

REMINDERS_AT_HOUR = 9  # local time: when an office opens


def reminder_at(count: Count, days: int) -> datetime:
    """Return when the rung *days* before the last day is due: nine in the morning; 0: when the deadline has passed."""
    if days == 0:
        return count.due
    day = count.last_day - timedelta(days=days)
    return instant(datetime(day.year, day.month, day.day, REMINDERS_AT_HOUR), count.zone)  # noqa: DTZ001 local by its zone
