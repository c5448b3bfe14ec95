"""Turn due reminders into messages, to those who still have to act when the reminder goes out.

Nothing here reads a clock or decides a deadline: what is due is a row, who still has to act is asked of the case as it stands.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from machines.act import CLOCK, Act
from machines.load import load, of_case
from machines.notices import addressees
from machines.procedures import procedure_of_number
from machines.rulebook import Rulebook
from machines.situation import Situation
from machines.zones import local_day, local_time
from models.database import Db, instant

BATCH = 100

# The rung nearest to the deadline speaks for those before it that were missed: one deadline is one message, however late one is.
_LEADING = """SELECT r.number, r.opened_seq, r.deadline, r.rung, r.audience, d.state, d.due_at, d.norm, d.zone, d.steps
 FROM reminders r JOIN deadlines d ON d.number = r.number AND d.opened_seq = r.opened_seq AND d.name = r.deadline
 WHERE r.settled_at IS NULL AND r.at <= ? AND NOT EXISTS (SELECT 1 FROM reminders n WHERE n.number = r.number
 AND n.opened_seq = r.opened_seq AND n.deadline = r.deadline AND n.rung < r.rung AND n.settled_at IS NULL AND n.at <= ?)
 ORDER BY r.at, r.number, r.opened_seq, r.deadline LIMIT ?"""
_OF_ONE_DEADLINE = "number = ? AND opened_seq = ? AND deadline = ? AND settled_at IS NULL AND at <= ?"
_SETTLE = f"UPDATE reminders SET settled_at = ?, outcome = ? WHERE {_OF_ONE_DEADLINE} AND rung = ?"  # noqa: S608
_MERGE = f"UPDATE reminders SET settled_at = ?, outcome = ? WHERE {_OF_ONE_DEADLINE}"  # noqa: S608
_REMIND = """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by, failure,
 subject, body) VALUES (?, 'person', ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', '') ON CONFLICT (key) DO NOTHING"""

Place = tuple[str, int, str]  # a deadline: its case, the entry that opened it, its name


class DueReminder(NamedTuple):
    """The rung of a deadline that speaks now."""

    number: str
    opened_seq: int
    deadline: str
    rung: int
    audience: str
    state: str
    due_at: datetime
    norm: str
    zone: str
    steps: str

    @property
    def place(self) -> Place:
        """The deadline that it belongs to."""
        return (self.number, self.opened_seq, self.deadline)


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of one deadline's due reminders."""

    reminder: DueReminder
    outcome: str  # staged, withdrawn
    people: int = 0


@dataclass(frozen=True, slots=True)
class Unreminded:
    """A reminder that raised a bug: it stays due, and the others go on."""

    reminder: DueReminder
    error: Exception


def stage_reminders(
    db: Db, now: datetime, book: Rulebook, *, limit: int = BATCH, skip: Collection[Place] = ()
) -> list[Reminded | Unreminded]:
    """Settle up to *limit* deadlines whose reminders are due by *now*; deadlines in *skip* are left alone.

    Several workers may do it at once: each takes deadlines that no other holds. Twice the same is told once (the key of a
    message is that of the rung and the person).
    """
    return [_settle_one(db, reminder, now, book) for reminder in _due(db, now, limit, skip)]


def _due(db: Db, now: datetime, limit: int, skip: Collection[Place]) -> list[DueReminder]:
    share = " FOR UPDATE OF r SKIP LOCKED" if db.kind == "postgresql" else ""
    rows = db.all(_LEADING + share, now, now, limit + len(skip))
    found = (DueReminder(*row)._replace(due_at=instant(row[6])) for row in rows)
    return [reminder for reminder in found if reminder.place not in skip][:limit]


def _settle_one(db: Db, reminder: DueReminder, now: datetime, book: Rulebook) -> Reminded | Unreminded:
    try:
        with db.savepoint():
            people = _people(db, reminder, now, book) if _still_speaks(reminder, now) else None
            for person in people or ():
                _stage(db, reminder, person, now)
            outcome = "withdrawn" if people is None else "staged"
            db.run(_SETTLE, now, outcome, *reminder.place, now, reminder.rung)
            db.run(_MERGE, now, "withdrawn" if people is None else "merged", *reminder.place, now)
    except Exception as error:  # noqa: BLE001 - one bad case never stops a sweep
        return Unreminded(reminder, error)
    return Reminded(reminder, outcome, len(people or ()))


def _still_speaks(reminder: DueReminder, now: datetime) -> bool:
    """Say whether there is something to tell: the deadline stands open and lies ahead, or has passed and that is told."""
    if reminder.rung == 0:
        return reminder.state in ("open", "expired")
    return reminder.state == "open" and now < reminder.due_at


def _people(db: Db, reminder: DueReminder, now: datetime, book: Rulebook) -> list[str]:
    return addressees(db, reminder.audience, as_it_stands(db, reminder.number, now, book))


def as_it_stands(db: Db, number: str, now: datetime, book: Rulebook) -> Situation[Any]:
    """Return the situation of a case at *now*, before anybody does anything."""
    procedure = procedure_of_number(number)
    assert procedure is not None
    loaded = load(db, Act(procedure=procedure.name, name="", actor=CLOCK, at=now, case=number), book, lock=False)
    s = of_case(loaded, now, procedure)
    # Who is still missing is asked of a joint act: the one that this state waits for.
    joint = next((row.name for row in procedure.known_in(s.state) if row.joint), "")
    return s._replace(circumstances=procedure.circumstances(db, s), act=joint)


def _stage(db: Db, reminder: DueReminder, person: str, now: datetime) -> None:
    procedure = procedure_of_number(reminder.number)
    assert procedure is not None
    kind = "passed" if reminder.rung == 0 else "reminder"
    number, opened_seq, deadline = reminder.place
    # The day is part of it: where a deadline has been set to another day, its rungs speak of that one.
    key = (
        f"{number}/{opened_seq}/{deadline}/{reminder.rung}/{local_day(reminder.due_at, reminder.zone):%Y%m%d}/{person}"
    )
    template = f"{kind}.{procedure.name}.{deadline}"
    db.run(_REMIND, key, person, template, _parameters(reminder, now), number, opened_seq, now, now)


def _parameters(reminder: DueReminder, now: datetime) -> str:
    """Return what the message says of the deadline, and the days until its last day (or since), as they are at *now*."""
    last_day = local_day(reminder.due_at - timedelta(microseconds=1), reminder.zone)
    told = {
        "due": local_time(reminder.due_at, reminder.zone).isoformat(),
        "zone": reminder.zone,
        "days": abs((last_day - local_day(now, reminder.zone)).days),
        "norm": reminder.norm,
        "steps": json.loads(reminder.steps),
    }
    return json.dumps(told, sort_keys=True)
