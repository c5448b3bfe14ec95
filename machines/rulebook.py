"""The rulebook: which rulings, calendar and zone apply; one value for a whole service or a scenario."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from machines.calendar import Calendar, built_in
from machines.rulings import Rulings
from models.database import Db

ZONE = "Asia/Almaty"  # of the republican procedures: the seat is in Astana (H03)


@dataclass(frozen=True)
class Rulebook:
    """What is the same for every act of a service: the switched rulings, the calendar's first version, the zone."""

    overrides: tuple[tuple[date, str, Any], ...] = ()
    calendar: Calendar = field(default_factory=built_in)
    zone: str = ZONE
    _versions: dict[int, Calendar] = field(default_factory=dict, compare=False)

    def rulings_on(self, day: date) -> Rulings:
        """Return the rulings in force on *day*."""
        return Rulings.on(day, self.overrides)

    def calendar_of(self, db: Db, version: int | None) -> Calendar:
        """Return the calendar as of *version*, the last that the rows know; none: the built-in one."""
        if version is None or version == self.calendar.version:
            return self.calendar
        if version not in self._versions:
            self._versions[version] = self._read(db, version)
        return self._versions[version]

    def _read(self, db: Db, version: int) -> Calendar:
        rows = db.all("SELECT day, kind FROM calendar_days WHERE version <= ? ORDER BY version", version)
        return changed(self.calendar, ((_day(day), kind) for day, kind in rows), version=version)


def changed(calendar: Calendar, lines: Iterable[tuple[date, str]], *, version: int) -> Calendar:
    """Return *calendar* with dated lines laid over it; `ordinary` takes an earlier line back."""
    days = dict(calendar.days)
    for day, kind in lines:
        if kind == "ordinary":
            days.pop(day, None)
        else:
            days[day] = kind
    return Calendar(version=version, days=days)


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
