"""The door to the machines, the same for the API, the pages and the command line.

A door reads the clock once a request. Reading settles in a transaction that is rolled back: one sees what the next act will
find, and writes nothing. The shapes of what is answered are in `answers.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from machines.act import Act, Done
from machines.perform import perform
from machines.procedures import procedure_of_number
from machines.refusal import Unanswerable, Unknown
from machines.rulebook import Rulebook
from machines.settle import act_settled, anything_due, settle_in
from models.database import Database, Db

R = TypeVar("R")


def clock() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Door:
    """Where people come in: the database, the rulebook, and the clock that is read here."""

    database: Database
    book: Rulebook
    clock: Callable[[], datetime] = clock

    def look(self, read: Callable[[Db], R], *, now: datetime) -> R:
        """Read what stands once everything due by *now* is done; nothing is written."""
        with self.database.transaction(write=False) as db:
            if not anything_due(db, now):
                return read(db)
        with self.database.transaction(keep=False) as db:
            settle_in(db, now, self.book)
            return read(db)

    def do(self, act: Act) -> Done:
        """Settle what is due, then do *act*; raises what `perform` raises."""
        return act_settled(self.database.transaction, act, self.book)

    def play(self, acts: Sequence[Act], shape: Callable[[Db, Done | Unanswerable], R]) -> list[R]:
        """Play *acts* one after another on a copy and answer each with what it would give; nothing is kept.

        An act that cannot be done leaves the copy as it was, and the next ones are played all the same.
        """
        played = []
        with self.database.transaction(keep=False) as db:
            for act in acts:
                settle_in(db, act.at, self.book)
                played.append(shape(db, self._played(db, act)))
        return played

    def _played(self, db: Db, act: Act) -> Done | Unanswerable:
        seen = last_seq(db, act.case) if act.case and act.seen is None else act.seen
        try:
            with db.savepoint():
                return perform(db, replace(act, seen=seen, key=None), self.book)
        except Unanswerable as answer:
            return answer


def last_seq(db: Db, number: str) -> int:
    """Return the last entry of a case; Unknown if there is no such case."""
    row = db.one("SELECT seq FROM cases WHERE number = ?", number)
    if row is None:
        raise Unknown("case", number)
    return int(row[0])


def asked(request: Mapping[str, Any], *, actor: str, at: datetime, case: str | None = None, procedure: str = "") -> Act:
    """Make an act of a request `{act, facts?, office?, on_behalf_of?, document?}`, whatever door it comes through."""
    known = procedure_of_number(case) if case else None
    return Act(
        procedure=known.name if known else procedure,
        name=request["act"],
        actor=actor,
        at=at,
        case=case,
        office=request.get("office"),
        facts=request.get("facts") or {},
        on_behalf_of=request.get("on_behalf_of"),
        document=request.get("document"),
        seen=request.get("seen"),
        key=request.get("key"),
    )
