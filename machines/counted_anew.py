"""Count open deadlines anew by the calendar as it is now, and say which would move (H05).

Nothing moves by itself: each deadline was counted by the calendar of its day, and a person decides whether that stands
(machines/term_decision.py). A deadline is counted anew from its own derivation, which names its start and its length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from machines import terms
from machines.calendar import Calendar
from machines.terms import NEXT_WORKING_DAY, Count
from models.database import Db, instant

_COUNTED = """SELECT number, name, norm, kind, due_at, zone, steps, calendar_version, opened_seq FROM deadlines
 WHERE state = 'open' AND due_at IS NOT NULL AND calendar_version > 0 AND calendar_version < ?"""
_LEFT = (
    "SELECT number, about, body, facts FROM cases WHERE procedure = 'term_decision' AND state = 'left' ORDER BY number"
)


class Moving(NamedTuple):
    """An open deadline that would move: as it stands, and as the calendar of now would have it."""

    number: str
    name: str
    norm: str
    kind: str
    due: datetime
    zone: str
    steps: str
    calendar_version: int
    opened_seq: int
    anew: Count


def would_move(db: Db, calendar: Calendar) -> list[Moving]:
    """List the open deadlines that were counted by an earlier calendar and would end at another instant, the nearest first.

    One of which it was decided, by this calendar, that it stays is not listed again.
    """
    rows, decided = db.all(_COUNTED + " ORDER BY due_at, number, name", calendar.version), left(db, calendar.version)
    found = (each for each in _moving(rows, calendar) if each.anew.due != each.due)
    return [each for each in found if (each.number, each.name) not in decided]


def left(db: Db, version: int) -> dict[tuple[str, str], str]:
    """Return by case and deadline the decisions that left it where it was, by this version of the calendar."""
    rows = db.all(_LEFT)
    return {(about, name): number for number, about, name, facts in rows if json.loads(facts)["version"] == version}


def moving(db: Db, number: str, name: str, calendar: Calendar) -> Moving | None:
    """Return the open deadline *name* of a case if it would move."""
    rows = db.all(_COUNTED + " AND number = ? AND name = ?", calendar.version, number, name)
    return next((each for each in _moving(rows, calendar) if each.anew.due != each.due), None)


def counted_anew(steps: str, zone: str, calendar: Calendar) -> Count | None:
    """Count a term anew from its derivation; None where it was not counted by a calendar from a day of its own."""
    told = {step.code: step.numbers for step in terms.steps_from_json(steps)}
    if "start" not in told:
        return None
    start = date.fromisoformat(str(told["start"]["day"]))
    if "working_days" in told:
        return terms.working_days(start, int(told["working_days"]["number"]), calendar=calendar, zone=zone)
    if "months" in told:
        length = int(told["months"]["number"])
        return terms.months(start, length, zone=zone, calendar=calendar, roll=NEXT_WORKING_DAY)
    return None


def _moving(rows: Iterable[tuple[Any, ...]], calendar: Calendar) -> Iterator[Moving]:
    for number, name, norm, kind, due, zone, steps, version, seq in rows:
        count = counted_anew(steps, zone, calendar)
        if count:
            yield Moving(number, name, norm, kind, instant(due), zone, steps, version, seq, count)
