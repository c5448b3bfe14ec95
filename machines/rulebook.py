"""The rulebook: which rulings, numbers, calendar and zone apply; one value for a whole service or a scenario.

What the installation's own editions have entered is laid over it for each act (`in_force`), so that several hosts need
not be told: whoever reads a case reads the newest entry of the editions with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from machines.calendar import Calendar, built_in
from machines.entered import NEWEST, Entered, entered, is_number
from machines.numbers import SHIPPED, Numbers
from machines.rulings import Rulings
from models.database import Db

ZONE = "Asia/Almaty"  # of the republican procedures: the seat is in Astana (H03)
BOOKS_KEPT = 16  # a service needs the newest one; those who act at the moment of a change the one before


@dataclass(frozen=True)
class Rulebook:
    """What is the same for every act of a service: the switched rulings, the calendar's first version, the zone.

    *overrides* are those of the settings or of a scenario, *editions* those that were entered.
    """

    overrides: tuple[tuple[date, str, Any], ...] = ()
    calendar: Calendar = field(default_factory=built_in)
    zone: str = ZONE
    editions: tuple[Entered, ...] = ()
    _versions: dict[int, Calendar] = field(default_factory=dict, compare=False)
    _books: dict[str, "Rulebook"] = field(default_factory=dict, compare=False)

    def in_force(self, db: Db) -> "Rulebook":
        """Return the rulebook with the editions that were entered and confirmed."""
        row = db.one(f"SELECT {NEWEST}")
        return self.as_entered(db, row[0] if row else None)

    def as_entered(self, db: Db, newest: str | None) -> "Rulebook":
        """Return the rulebook with the editions entered until the entry whose hash is *newest*; none: as it is."""
        if newest is None:
            return self
        if newest not in self._books:
            if len(self._books) >= BOOKS_KEPT:
                self._books.clear()
            self._books[newest] = replace(self, editions=entered(db))
        return self._books[newest]

    @cached_property
    def switched(self) -> tuple[tuple[date, str, Any], ...]:
        """Every dated answer to a ruling: of one day an edition's stands before that of the settings."""
        return self.overrides + tuple(
            (each.since, each.rule, each.value) for each in self.editions if not is_number(each)
        )

    def changes(self) -> frozenset[date]:
        """Return the days from which rulings or numbers are others."""
        return frozenset([*(since for since, _, _ in self.overrides), *(each.since for each in self.editions)])

    def rulings_on(self, day: date) -> Rulings:
        """Return the rulings in force on *day*."""
        return Rulings.on(day, self.switched)

    def numbers_for(self, opened: date | None) -> Numbers:
        """Return the numbers by which a case is judged that was opened on a day; none: one that is being opened."""
        if not self.editions:
            return SHIPPED
        return Numbers(tuple(each.as_number() for each in self.editions if is_number(each) and each.governs(opened)))

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
