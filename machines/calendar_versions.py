"""The calendar of days off as it is kept: its versions, and who changed what (H05).

A change is a version of its own. No deadline moves by itself: those that would are listed (machines/counted_anew.py), and a
person decides each (machines/term_decision.py).
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from machines.calendar import DAY_OFF_MOVED, DAY_WORKED
from machines.procedure import Office
from machines.sitting import in_office
from models.database import Db, instant

ORDINARY = "ordinary"  # takes an earlier line back: the day is again what its weekday says
KINDS = (DAY_OFF_MOVED, DAY_WORKED, ORDINARY)

_LAST = "SELECT kind, source FROM calendar_days WHERE day = ? ORDER BY version DESC LIMIT 1"


class Change(NamedTuple):
    """One day that was changed, by whom, when and why."""

    version: int
    at: datetime
    actor: str
    day: date
    kind: str
    note: str


def change(db: Db, day: date, kind: str, *, actor: str, at: datetime, note: str) -> int:
    """Make a new version of the calendar in which *day* is of another kind, and return its number (H05).

    The same change for the same reason again makes nothing: the number is that of the calendar as it stands.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: expected one of {', '.join(KINDS)}")
    row = db.one("SELECT coalesce(max(version), 1) FROM calendar_versions")
    last = int(row[0]) if row else 1
    if tuple(db.one(_LAST, day.isoformat()) or ()) == (kind, note):
        return last
    version = last + 1
    db.run(
        "INSERT INTO calendar_versions (version, at, actor, note) VALUES (?, ?, ?, ?)", version, at, actor, note
    )  # fmt: skip
    db.run(
        "INSERT INTO calendar_days (day, version, kind, source) VALUES (?, ?, ?, ?)",
        day.isoformat(), version, kind, note,
    )  # fmt: skip
    return version


def may_change(db: Db, person: str, at: datetime) -> bool:
    """Say whether somebody may change the calendar: the working body; while it has nobody yet, whoever founds the register."""
    entitled = in_office(db, Office.working_body, at)
    return person in entitled or not entitled


def changes(db: Db) -> list[Change]:
    """List every change, the newest first; the version that the product ships with names no day."""
    rows = db.all(
        "SELECT v.version, v.at, v.actor, d.day, d.kind, v.note FROM calendar_versions v JOIN calendar_days d ON d.version = v.version"
        " ORDER BY v.version DESC, d.day"
    )
    return [Change(version, instant(at), actor, _day(day), kind, note) for version, at, actor, day, kind, note in rows]


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
