"""Days, hours and shares: counted one by one, as one does with a calendar on the wall."""

import calendar
import csv
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

KNOWN = Path(__file__).parents[2] / "machines" / "calendar_kz.csv"  # which days were off is a fact and no rule
DAYS = {row["date"]: row["kind"] for row in csv.DictReader(KNOWN.read_text(encoding="utf-8").splitlines())}
DAY = timedelta(days=1)


def works(day, days):
    """Five days a week, but for days off, and on those that were decided to be worked, by a calendar (H05)."""
    kind = days.get(day.isoformat())
    return kind == "day_worked" if kind else day.weekday() < 5


def after(day):
    """The first instant that is too late when something may be done until 24:00 of a day (H04)."""
    return datetime.combine(day + DAY, time())


def working_days(start, number, days):
    """The day on which so many working days have passed; the day of the event is not counted."""
    day = start
    while number:
        day += DAY
        number -= works(day, days)
    return day


def months(day, number):
    """The same number of another month, else its last day (H02)."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def rolled(day, days):
    """A last day that is off moves to the next working day (H01)."""
    return day if works(day, days) else rolled(day + DAY, days)


def months_rolled(start, number, days):
    """So many months, and to the next working day where the last is off (H01, H02)."""
    return rolled(months(start, number), days)


def share(written):
    """A share as it is written: 2/3, or >1/2 where more than that is asked for; those are compared as they stand."""
    return Fraction(written.strip(">")), written.startswith(">")


def reached(written, part, total):
    """Whether so many of a total are the share; of nobody nothing is enough."""
    needed, more = share(written)
    return total > 0 and (part > needed * total if more else part >= needed * total)
