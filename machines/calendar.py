"""The calendar of working days (ruling H05): five-day week, holidays, days off, days moved by decision.

A calendar is a value with a version, and every counted term keeps that version. The built-in one is read from
`calendar_kz.csv`, a frozen table; `machines.calendar_seed` says how the table was made.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

HOLIDAY = "holiday"
DAY_OFF = "day_off"  # 7 January and the first day of Kurban Ait: days off, no holidays, never moved
DAY_OFF_MOVED = "day_off_moved"  # a day off moved here: by a decision, or by law from a holiday on a weekend
DAY_WORKED = "day_worked"  # a day off that is worked by decision
WEEKEND = "weekend"  # not in the table: Saturday and Sunday are known without one

KINDS = (HOLIDAY, DAY_OFF, DAY_OFF_MOVED, DAY_WORKED)
TABLE = Path(__file__).with_name("calendar_kz.csv")

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class Entry(NamedTuple):
    """A line of the table. `name` is a key of the texts `calendar.*`, or the ISO day that a day changed places with."""

    day: date
    kind: str
    name: str
    source: str


@dataclass(frozen=True)
class Calendar:
    """Say which days are worked (H05). `days` holds the exceptions from Monday to Friday only."""

    version: int
    days: Mapping[date, str]

    def __hash__(self) -> int:
        """Let terms that were counted by it be remembered."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Tell apart calendars of one version, as rehearsals have them: to compare their days takes longer than a count."""
        return hash((self.version, frozenset(self.days.items())))

    @cached_property
    def last_year(self) -> int:
        """Name the last year with entries: beyond it only weekends are known."""
        return max((day.year for day in self.days), default=0)

    def is_working(self, day: date) -> bool:
        """Say whether the day is worked."""
        kind = self.days.get(day)
        return day.weekday() < _SATURDAY if kind is None else kind == DAY_WORKED

    def why(self, day: date) -> str | None:
        """Say what makes the day special: its kind, `weekend`, or None for an ordinary working day."""
        return self.days.get(day) or (WEEKEND if day.weekday() >= _SATURDAY else None)

    def next_working_day(self, day: date) -> date:
        """Find the first working day on or after `day` (Civil Code art. 175)."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """Find the last working day on or before `day`."""
        while not self.is_working(day):
            day -= _ONE_DAY
        return day

    def with_days(
        self, days_off: Iterable[date] = (), days_worked: Iterable[date] = (), version: int | None = None
    ) -> Calendar:
        """Add days off and days worked by decision; the version is the next one unless named."""
        off, worked = set(days_off), set(days_worked)
        if both := off & worked:
            raise ValueError(f"{min(both)} is named both as a day off and as a day worked")
        days = dict(self.days) | dict.fromkeys(off, DAY_OFF_MOVED) | dict.fromkeys(worked, DAY_WORKED)
        return Calendar(self.version + 1 if version is None else version, MappingProxyType(days))


@lru_cache(maxsize=1)
def built_in_entries() -> tuple[Entry, ...]:
    """Read the frozen table, ordered by day."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return tuple(Entry(date.fromisoformat(r["date"]), r["kind"], r["name"], r["source"]) for r in rows)


@lru_cache(maxsize=1)
def built_in() -> Calendar:
    """Give the calendar that the product ships with: version 1, Kazakhstan, 2002 to 2030."""
    return Calendar(1, MappingProxyType({entry.day: entry.kind for entry in built_in_entries()}))
