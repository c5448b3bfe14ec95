"""Find the earliest day on which a candidacy can be decided, step by step through its table (14.2).

Each step is taken as early as it can be, and its term is counted from there by the term of the table. Which steps are left
is read off the table too: the shortest way to the Chairman's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from machines.act import CLOCK, Act
from machines.candidacy import CANDIDACY
from machines.decide import acts_before
from machines.load import load, of_case
from machines.next_meeting import meeting_is_open, next_meeting_starts
from machines.procedure import Transition
from machines.reasons import Reason
from machines.refusal import Refusal, Unknown
from machines.rulebook import Rulebook
from machines.situation import Situation
from machines.tables import offices
from machines.terms import Step, at, local_day, local_time, steps_from_json
from models.database import Db, instant

DECISION = "approve"


class Pending(NamedTuple):
    """A term that runs for a step: its norm, until when, and how it was counted."""

    norm: str
    due: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step that is left: who takes it, the earliest day, until when, and what stands in its way."""

    act: str
    by: tuple[str, ...]
    norms: tuple[str, ...]
    earliest: date | None
    due: datetime | None
    refusals: tuple[Refusal, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is left of a candidacy until the Chairman decides it."""

    case: str
    state: str
    zone: str
    stages: tuple[Stage, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def earliest(self) -> date | None:
        """Name the earliest day on which it can be decided; none where it cannot be told yet, or where it is decided."""
        return self.stages[-1].earliest if self.stages else None


def deciding(db: Db, number: str, *, now: datetime, book: Rulebook) -> Deciding:
    """Plan candidacy *number* from *now* on; Unknown where there is no such candidacy."""
    act = Act(procedure=CANDIDACY.name, name="", actor=CLOCK, at=now, case=number)
    loaded = load(db, act, book, lock=False)
    if loaded.case is None or loaded.case.procedure != CANDIDACY.name:
        raise Unknown("case", number)
    s: Situation[Any] = of_case(loaded, now, CANDIDACY)
    if s.state in CANDIDACY.final:
        return Deciding(number, s.state, s.zone, (), (Reason("decided"),))
    last = CANDIDACY.rows[DECISION]
    rows = [CANDIDACY.rows[name] for name in (*acts_before(CANDIDACY, s.state, last), DECISION)]
    return Deciding(number, s.state, s.zone, tuple(_stages(db, s, rows)))


def _stages(db: Db, s: Situation[Any], rows: Sequence[Transition[Any]]) -> list[Stage]:
    """Take one step after the other, each at the earliest instant."""
    pending = _running(db, s)
    moment: datetime | None = s.at
    found: list[Stage] = []
    for row in rows:
        s = _at(s, row, moment or s.at)
        s = s._replace(circumstances=CANDIDACY.circumstances(db, s))
        refusals = () if found else _in_the_way(row, s)
        term = _term_of(row, pending)
        reasons: list[Reason] = []
        if not row.persons:
            moment, told = _meeting(db, s, moment)
            reasons.append(told)
        if refusals:
            moment = None
            reasons.append(Reason("obstructed"))
        elif row.persons:
            reasons.append(_term_in_words(term, s) if moment else Reason("after_that"))
        earliest = local_day(moment, s.zone) if moment else None
        due = term.due if term and row.persons else None
        found.append(Stage(row.name, tuple(offices(row)), row.norms, earliest, due, refusals, tuple(reasons)))
        pending = _opened(row, _at(s, row, moment)) if moment else {}
    return found


def _in_the_way(row: Transition[Any], s: Situation[Any]) -> tuple[Refusal, ...]:
    """Return what stands in the way of the next step; of the later ones nothing can be said before it is taken."""
    return tuple(refusal for guard in row.guards for refusal in guard.refusals(s))


def _at(s: Situation[Any], row: Transition[Any], moment: datetime) -> Situation[Any]:
    """Return the situation at a later moment, when one asks about another act."""
    return s._replace(act=row.name, norm=row.norms[0], at=moment, today=local_day(moment, s.zone))


def _running(db: Db, s: Situation[Any]) -> dict[str, Pending]:
    """Return the terms that run already, as they were counted."""
    rows = db.all(
        "SELECT name, norm, due_at, steps FROM deadlines WHERE number = ? AND state = 'open' AND due_at IS NOT NULL",
        s.number,
    )
    return {name: Pending(norm, instant(due), steps_from_json(steps)) for name, norm, due, steps in rows}


def _opened(row: Transition[Any], s: Situation[Any]) -> dict[str, Pending]:
    """Count the terms that the act opens when it is done at the moment of *s*."""
    counted = ((term, term.count(s)) for branch in row.to for term in branch.opens)
    return {term.name: Pending(term.norm, count.due, count.steps) for term, count in counted if count}


def _term_of(row: Transition[Any], pending: dict[str, Pending]) -> Pending | None:
    """Return the running term that the act closes: the one that it has to keep."""
    closed = (name for branch in row.to for name in branch.closes)
    return next((pending[name] for name in closed if name in pending), None)


def _meeting(db: Db, s: Situation[Any], moment: datetime | None) -> tuple[datetime | None, Reason]:
    """Find when the Council can consider it: now, if it sits, else at the next meeting that is convened (14.2a)."""
    if meeting_is_open(db):
        return moment, Reason("meeting_open")
    starts = next_meeting_starts(db)
    if starts is None:
        return None, Reason("no_meeting")
    local = local_time(starts, s.zone).replace(tzinfo=None)
    return (max(moment, starts) if moment else None), Reason("meeting", {"day": local}, at(starts, zone=s.zone).steps)


def _term_in_words(term: Pending | None, s: Situation[Any]) -> Reason:
    """Say until when the step has time; a target that has passed stops nothing."""
    if term is None:
        return Reason("no_term")
    last = local_day(term.due - datetime.resolution, s.zone)
    return Reason("overdue" if term.due <= s.at else "within", {"norm": term.norm, "day": last}, term.steps)
