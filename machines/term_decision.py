"""Decide what becomes of an open deadline when the calendar of days off has changed (H05; what nobody else does, 22.1).

Nothing moves by itself. Of each deadline that would move, the Chairman or a deputy chairman decides: it is moved to the day
that the calendar of now gives, or left where it stands. Either leaves an entry.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from machines.counted_anew import Moving, left, moving
from machines.facts import Count, CountedCaseNumber, DeadlineName, Facts, Text
from machines.procedure import (
    Branch,
    ForbiddenPath,
    Identity,
    Notice,
    Office,
    Procedure,
    Told,
    Transition,
    Writes,
    guard,
)
from machines.refusal import Refusal
from machines.rungs import reminder_at
from machines.situation import Situation
from models.database import Db, instant_text
from models.entry import Record


class State(StrEnum):
    """The states of a decision: it is taken with the act that opens it."""

    moved = "moved"
    left = "left"


class Decide(Facts):
    """Which deadline of which case, by which version of the calendar it was looked at, and why."""

    case: CountedCaseNumber
    deadline: DeadlineName
    version: Count
    reason: Text


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The deadline as it stands and as it would be, and the decision that left it where it is by the same calendar."""

    moving: Moving | None
    decided: str | None


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look the deadline up; its case is locked, so that no act of it comes between."""
    if not isinstance(s.given, Decide):
        return Circumstances(None, None)
    if db.kind == "postgresql":
        db.run("SELECT 1 FROM cases WHERE number = ? FOR UPDATE", s.given.case)
    decided = left(db, s.calendar.version).get((s.given.case, s.given.deadline))
    return Circumstances(moving(db, s.given.case, s.given.deadline, s.calendar), decided)


@guard(facts=True)
def by_the_newest_calendar(s: Situation[Circumstances]) -> Refusal | None:
    """Who decides has looked at the calendar as it is now (22.1, H05)."""
    if s.given.version == s.calendar.version:
        return None
    return Refusal("22.1", "term_decision.another_calendar", {"seen": s.given.version, "newest": s.calendar.version})


@guard(facts=True)
def not_decided_yet(s: Situation[Circumstances]) -> Refusal | None:
    """Of one change of the calendar, a deadline is decided once (22.1, H05)."""
    case = s.circumstances.decided
    return Refusal("22.1", "term_decision.decided_already", {"case": case}) if case else None


@guard(facts=True)
def it_would_move(s: Situation[Circumstances]) -> Refusal | None:
    """Only an open deadline that the calendar of now counts otherwise is decided (22.1, H05)."""
    if s.circumstances.moving is not None or s.circumstances.decided is not None:
        return None
    return Refusal("22.1", "term_decision.stands", {"case": s.given.case, "version": s.calendar.version})


@guard(facts=True)
def not_into_the_past(s: Situation[Circumstances]) -> Refusal | None:
    """No deadline is moved to an instant that has passed (22.1, H05)."""
    moves = s.circumstances.moving
    if moves is None or moves.anew.due > s.at:
        return None
    return Refusal("22.1", "term_decision.already_past", {"day": moves.anew.last_day, "today": s.today})


def dates_of_then(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note where the deadline stood, how that was counted, and where it would stand."""
    moves = s.circumstances.moving
    assert moves is not None
    return {
        "from": instant_text(moves.due), "to": instant_text(moves.anew.due), "steps": moves.steps,
        "calendar_version": moves.calendar_version, "opened_seq": moves.opened_seq,
    }  # fmt: skip


def _move(db: Db, s: Situation[Circumstances], _: Record) -> None:
    """Set the deadline anew in its row, with the reminders that have not gone out yet."""
    moves = s.circumstances.moving
    assert moves is not None
    where = (moves.number, moves.opened_seq, moves.name)
    db.run(
        "UPDATE deadlines SET due_at = ?, steps = ?, calendar_version = ? WHERE number = ? AND opened_seq = ? AND name = ?",
        moves.anew.due, moves.anew.derivation, moves.anew.calendar_version, *where,
    )  # fmt: skip
    rungs = db.all(
        "SELECT rung FROM reminders WHERE number = ? AND opened_seq = ? AND deadline = ? AND settled_at IS NULL", *where
    )
    for (rung,) in rungs:
        db.run(
            "UPDATE reminders SET at = ? WHERE number = ? AND opened_seq = ? AND deadline = ? AND rung = ?",
            reminder_at(moves.anew, rung), *where, rung,
        )  # fmt: skip


def identify(s: Situation[Circumstances]) -> Identity:
    """A decision is about a case, and about its deadline by name."""
    return Identity(about=s.given.case, body=s.given.deadline)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep what was told, and the instants before and after."""
    dates = {name: told.noted[name] for name in ("from", "to") if name in told.noted}
    return facts | dict(told.facts) | dates


_MOVES = """SELECT e.findings FROM cases c JOIN entries e ON e.number = c.number WHERE c.procedure = 'term_decision'
 AND c.state = 'moved' AND c.about = ? AND c.body = ? AND e.recorded_at >= ? ORDER BY e.position"""


def moves_since(db: Db, number: str, deadline: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield what each decision recorded since an instant noted of the deadline that it moved, the first first."""
    return (json.loads(findings)["noted"] for (findings,) in db.all(_MOVES, number, deadline, since))


_BY = (Office.chairman, Office.deputy_chairman)
_TOLD = "chairman deputies working_body"

TERM_DECISION: Procedure[Circumstances] = Procedure(
    name="term_decision",
    letter="V",
    chapter="22",
    states=State,
    final=("moved", "left"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("moved", without=("move",), norm="22.1"),
        ForbiddenPath("left", without=("leave",), norm="22.1"),
    ),
    acts=(
        Transition(
            name="move", source=("new",), by=_BY, norms=("22.1",), facts=Decide, keeps=keep, notes=dates_of_then,
            guards=(by_the_newest_calendar, not_decided_yet, it_would_move, not_into_the_past),
            to=(Branch("moved", writes=(Writes("deadlines", _move),), notices=(Notice("moved", _TOLD),)),),
        ),
        Transition(
            name="leave", source=("new",), by=_BY, norms=("22.1",), facts=Decide, keeps=keep, notes=dates_of_then,
            guards=(by_the_newest_calendar, not_decided_yet, it_would_move),
            to=(Branch("left", notices=(Notice("left", _TOLD),)),),
        ),
    ),
)  # fmt: skip
