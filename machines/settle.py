"""Settle, then act: what has fallen due comes first, at its own instant, whenever somebody looks (the law is punctual).

Doors and flows give a function that opens a transaction; each act has a transaction of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from machines.act import CLOCK, Act, Done
from machines.annual_session import beginning, first_act, year_to_begin
from machines.perform import Moved, perform
from machines.procedure import NOBODY, Office
from machines.procedures import procedure_of_number
from machines.refusal import Forbidden, Unanswerable
from machines.rulebook import ZONE, Rulebook
from machines.stage import RANKS
from machines.zones import local_day
from models.database import Db, instant, is_outage, is_race

OpenTransaction = Callable[[], AbstractContextManager[Db]]
R = TypeVar("R")

TRIES = 20  # a race is lost at most once to each of the others who act at the same moment
FAILURES_BEFORE_ALARM = 3
_SWEEP_LOCK = 0x6B656E6573  # "kenes": one sweeper at a time, order matters

_DUE = """SELECT number, name, act, due_at, failures FROM deadlines WHERE state = 'open' AND kind = 'automatic' AND due_at <= ?
 ORDER BY due_at, rank, opened_at, number LIMIT ?"""
# Ordered as the index of automatic deadlines is, or SQLite would read those of every kind that have passed.
_ANY_DUE = """SELECT 1 FROM (SELECT 1 FROM deadlines WHERE state = 'open' AND kind = 'automatic' AND due_at <= ? AND failures = 0
 ORDER BY due_at, rank, opened_at, number LIMIT 1) AS due
 UNION ALL SELECT 1 FROM (SELECT max(body) AS year FROM cases WHERE procedure = 'annual_session') AS last WHERE year < ? LIMIT 1"""


class Due(NamedTuple):
    """An automatic deadline that has passed, or a year whose standing duty begins (then it has no number yet)."""

    number: str
    deadline: str
    act: str
    due_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A deadline whose act raised a bug: it stays open, the others go on, and an operator is told."""

    due: Due
    error: Exception

    @property
    def alarming(self) -> bool:
        """Whether it has failed so often that somebody must look."""
        return self.due.failures + 1 >= FAILURES_BEFORE_ALARM


@dataclass(frozen=True, slots=True)
class Settled:
    """What a sweep did: in order of the due instants, and what failed."""

    done: tuple[tuple[Due, Done], ...] = ()
    failed: tuple[Failure, ...] = ()


def anything_due(db: Db, now: datetime, zone: str = ZONE) -> bool:
    """Say whether an automatic deadline has passed or a year has begun (one indexed query, which usually finds none)."""
    return db.one(_ANY_DUE, now, str(local_day(now, zone).year)) is not None


def begin_service(open_transaction: OpenTransaction, now: datetime, book: Rulebook) -> Done | None:
    """Begin the standing duty of the current year when a service starts that has none yet (8.1c). Idempotent."""
    act = first_act(now, book.zone)
    if act is None:
        return None
    with open_transaction() as db:
        begun = db.one("SELECT 1 FROM cases WHERE procedure = 'annual_session' LIMIT 1")
        return None if begun else perform(db, act, book)


def settle(open_transaction: OpenTransaction, now: datetime, book: Rulebook, *, limit: int | None = None) -> Settled:
    """Perform every automatic deadline that has passed by *now*, in order, each in its own transaction.

    An act that raises a bug is counted on its deadline and left open; it never stops the others.
    """
    done: list[tuple[Due, Done]] = []
    failed: dict[tuple[str, str], Failure] = {}
    while limit is None or len(done) + len(failed) < limit:
        step = again_if_raced(lambda: _settle_one(open_transaction, now, book, set(failed)))
        if step is None:
            break
        if isinstance(step, Failure):
            failed[step.due.number, step.due.deadline] = step
            _count_failure(open_transaction, step.due)
        else:
            done.append(step)
    return Settled(tuple(done), tuple(failed.values()))


def settle_in(db: Db, now: datetime, book: Rulebook) -> None:
    """Perform everything due inside the transaction *db*: for a reader, who rolls it back.

    What fails is left as it is.
    """
    failed: set[tuple[str, str]] = set()
    for due in iter(lambda: _next_due(db, now, book, failed), None):
        try:
            with db.savepoint():
                perform(db, clock_act(due, now), book)
        except Exception:  # noqa: BLE001 a reader is shown what stands; the sweep counts and tells
            failed.add((due.number, due.deadline))


def act_settled(open_transaction: OpenTransaction, act: Act, book: Rulebook) -> Done:
    """Settle what is due by the act's instant, then do *act*, each in a transaction of its own.

    Lost races are tried again; everything that perform raises is raised. The offices of nobody (clock, consequence)
    are not for a door.
    """
    if act.office in NOBODY:
        raise Forbidden(str(act), [str(act.office)])

    def attempt() -> Done | None:
        with open_transaction() as db:
            return None if anything_due(db, act.at) else perform(db, act, book)

    done = again_if_raced(attempt)
    if done is None:
        settle(open_transaction, act.at, book)
        done = again_if_raced(lambda: _in_transaction(open_transaction, lambda db: perform(db, act, book)))
    return done


def again_if_raced(attempt: Callable[[], R]) -> R:
    """Call *attempt* again when it lost a race: somebody inserted the same row first, or a deadlock was broken."""
    tries_left = TRIES
    while True:
        try:
            return attempt()
        except Unanswerable:
            raise
        except Exception as error:
            if not tries_left or not (isinstance(error, Moved) or is_race(error)):
                raise
        tries_left -= 1


def due_deadlines(db: Db, now: datetime, limit: int) -> Iterator[Due]:
    """Yield automatic deadlines that have passed, in the order in which they are performed."""
    return (_due(row) for row in db.all(_DUE, now, limit))


def clock_act(due: Due, now: datetime) -> Act:
    """Make the act by which the clock carries out *due*: effective at its own instant, recorded now."""
    if not due.number:
        return Act(
            procedure="annual_session", name="begin", actor=CLOCK, office=Office.clock, at=due.due_at, recorded_at=now,
            facts={"year": int(due.deadline)},
        )  # fmt: skip
    procedure = procedure_of_number(due.number)
    assert procedure is not None
    return Act(
        procedure=procedure.name, name=due.act, actor=CLOCK, office=Office.clock, case=due.number, at=due.due_at,
        recorded_at=now, expired=due.deadline,
    )  # fmt: skip


def _settle_one(
    open_transaction: OpenTransaction, now: datetime, book: Rulebook, skip: set[tuple[str, str]]
) -> tuple[Due, Done] | Failure | None:
    due: Due | None = None
    try:
        with open_transaction() as db:
            if db.kind == "postgresql":
                db.run("SELECT pg_advisory_xact_lock(?)", _SWEEP_LOCK)
            due = _next_due(db, now, book, skip)
            return None if due is None else (due, perform(db, clock_act(due, now), book))
    except Exception as error:
        if due is None or isinstance(error, Moved) or is_race(error) or is_outage(error):
            raise
        return Failure(due, error)


def _next_due(db: Db, now: datetime, book: Rulebook, skip: set[tuple[str, str]]) -> Due | None:
    found = (_due(row) for row in db.all(_DUE, now, len(skip) + 1))
    first = next((due for due in found if (due.number, due.deadline) not in skip), None)
    begins = _year_begins(db, now, book)
    if begins is None or (begins.number, begins.deadline) in skip:
        return first
    return min((due for due in (first, begins) if due), key=lambda due: (due.due_at, RANKS.get(due.act, 9)))


def _year_begins(db: Db, now: datetime, book: Rulebook) -> Due | None:
    year = year_to_begin(db, now, book.zone)
    return None if year is None else Due("", str(year), "begin", beginning(year, book.zone), 0)


def _due(row: tuple[Any, ...]) -> Due:
    number, name, act, due_at, failures = row
    return Due(number, name, act, instant(due_at), failures)


def _count_failure(open_transaction: OpenTransaction, due: Due) -> None:
    with open_transaction() as db:
        db.run(
            "UPDATE deadlines SET failures = failures + 1 WHERE number = ? AND name = ? AND state = 'open'", due.number, due.deadline
        )  # fmt: skip


def _in_transaction(open_transaction: OpenTransaction, work: Callable[[Db], R]) -> R:
    with open_transaction() as db:
        return work(db)
