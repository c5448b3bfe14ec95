"""The door that API and command line share: build an act, do it, try it, read what stands; the same answers for both.

A door reads the clock once, gives the instant to everything, and opens the transactions.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from desk.access.web_sessions import LastSeen
from desk.counted import Counted
from desk.logged import log_done, log_not_done
from desk.problems import Unseen, problem, wrong_choice
from desk.shapes import act_answer, case_answer, entry_answer, opened_by, read_refusal
from machines.act import CLOCK, Act, Done
from machines.configured import configured_book
from machines.erasure import ERASURE
from machines.facts import Facts
from machines.perform import explain
from machines.procedure import NOBODY, Office
from machines.procedures import procedure_of_number
from machines.refusal import Conflict, Unanswerable, Unknown
from machines.rulebook import Rulebook
from machines.settle import act_settled, again_if_raced, anything_due, settle_in
from machines.trial import try_act
from machines.witnesses import TrustedClock
from models.database import Database, Db, is_outage
from models.entry import COLUMNS, Record

log = logging.getLogger("kenes.desk")

OFFICES = tuple(office.value for office in Office if office not in NOBODY)  # those that a person may name


def clock() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Door:
    """Where acts come in: the database, the rules that it is worked by, and the clock that is read here.

    *trusted* is the clock of this machine, which may be in doubt; a clock that is given has none.
    """

    database: Database
    book: Rulebook
    clock: Callable[[], datetime] = clock
    trusted: TrustedClock | None = None
    counted: Counted = field(default_factory=Counted, compare=False)
    seen: LastSeen = field(default_factory=LastSeen, compare=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered to an act that was done."""

    number: str
    seq: int
    body: dict[str, Any]
    replay: bool
    overwritten: bool = False  # of an erasure: nothing of it is left in the files of the database


def open_door(settings: Any, *, clock: Callable[[], datetime] = clock) -> Door:
    """Open the door to the home's own database, by the settings (`models.settings`)."""
    from models.home import open_database

    return door_to(open_database(settings), configured_book(settings), clock)


def door_to(database: Database, book: Rulebook, read: Callable[[], datetime]) -> Door:
    """Make the door to a database; where the clock that is read is that of this machine, it has to be trusted."""
    return Door(database, book, read, TrustedClock(database.transaction, read) if read is clock else None)


def let_act(door: Door) -> None:
    """Let nobody act while the clock of this machine is in doubt (ClockInDoubt)."""
    if door.trusted:
        door.trusted.must_be_trusted()


@contextlib.contextmanager
def reading(door: Door, now: datetime) -> Iterator[Db]:
    """Open a transaction for a reader who sees everything settled by *now*; nothing of it is kept."""
    with door.database.transaction(write=False) as db:
        settled = not anything_due(db, now)
        if settled:
            yield db
    if not settled:
        with door.database.transaction(keep=False) as db:
            settle_in(db, now, door.book)
            yield db


@contextlib.contextmanager
def looking(door: Door) -> Iterator[Db]:
    """Open a transaction for lists and the past: what is stored, with nothing settled."""
    with door.database.transaction(write=False) as db:
        yield db


def act_of(
    asked: Mapping[str, Any], *, actor: str, at: datetime, case: str | None = None, seen: int | None = None,
    key: str | None = None,
) -> Act:  # fmt: skip
    """Build the act that *asked* (act, facts, office, on_behalf_of, document; procedure for a new case) names.

    Raises WrongFacts for an office that no person may name.
    """
    known, office = procedure_of_number(case) if case else None, asked.get("office")
    if office is not None and office not in OFFICES:
        raise wrong_choice("office", office, OFFICES)
    return Act(
        procedure=known.name if known else asked.get("procedure") or "", name=asked["act"], actor=actor, at=at, case=case,
        office=office, facts=asked.get("facts") or {},
        seen=seen, key=key, on_behalf_of=asked.get("on_behalf_of"), document=asked.get("document"),
    )  # fmt: skip


def do(door: Door, act: Act, *, language: str) -> Answered:
    """Settle what is due, then do *act*, and answer as the API does.

    Idempotent by its key. Raises what `perform` raises, in the order of answers of the contract, and ClockInDoubt.
    """
    let_act(door)
    try:
        done = act_settled(door.database.transaction, act, door.book)
    except Unknown as error:
        raise _unknown_case_first(door, act, error) from None
    except Unanswerable as error:
        door.counted.refused(act, error)
        log_not_done(act, error)
        raise
    door.counted.done(done)
    log_done(done)
    answered = _answered(done, door.book.zone, language)
    return replace(answered, overwritten=overwrite(door)) if done.record.procedure == ERASURE.name else answered


def overwrite(door: Door) -> bool:
    """Leave nothing of what was erased on the disk; what others still read is said in the log, and overwritten the next time."""
    try:
        whole = door.database.overwrite()
    except Exception as error:
        if not is_outage(error):
            raise
        whole = False
    if not whole:
        log.warning(
            "what was erased could not be overwritten yet: `kenes person erase` for the same person does it again"
        )
    return whole


def try_acts(
    door: Door, number: str, asked: Sequence[Mapping[str, Any]], *, actor: str, at: datetime, language: str
) -> list[dict[str, Any]]:
    """Play acts on a copy of case *number*, one after the other, and answer each with what it would give.

    Without `seen` each is played as if the actor had seen the one before. Told are the deadlines that it would open and what
    a vote would have come to; in the office `clock` it is the clock that acts. Nothing is written.
    """

    def play() -> list[dict[str, Any]]:
        with door.database.transaction(keep=False) as db:
            settle_in(db, at, door.book)
            if db.one("SELECT 1 FROM cases WHERE number = ?", number) is None:
                raise Unknown("case", number)
            return [_tried(db, door, number, one, actor=actor, at=at, language=language) for one in asked]

    return again_if_raced(play)


def try_opening(door: Door, asked: Mapping[str, Any], *, actor: str, at: datetime, language: str) -> dict[str, Any]:
    """Play the first act of a new case, and answer it as `try_acts` does; nothing is written, no number is given away."""

    def play() -> dict[str, Any]:
        with door.database.transaction(keep=False) as db:
            settle_in(db, at, door.book)
            return _tried(db, door, None, asked, actor=actor, at=at, language=language)

    return again_if_raced(play)


def show_case(db: Db, number: str, *, now: datetime, language: str, book: Rulebook | None = None) -> dict[str, Any]:
    """Answer the case as it stands."""
    return case_answer(db, number, now=now, language=language, book=book)


def entries_of(db: Db, number: str, *, zone: str, language: str, after: int = 0) -> list[dict[str, Any]]:
    """Answer the journal of a case, from the entry that follows *after*."""
    rows = db.all(
        f"SELECT {', '.join(COLUMNS)} FROM entries WHERE number = ? AND seq > ? ORDER BY seq", number, after  # noqa: S608
    )  # fmt: skip
    if not rows and db.one("SELECT 1 FROM cases WHERE number = ?", number) is None:
        raise Unknown("case", number)
    return [entry_answer(Record(*row), zone, language) for row in rows]


def entries_since(door: Door, conflict: Conflict, *, language: str) -> list[dict[str, Any]]:
    """Answer what has happened since the entry that the actor had seen."""
    with looking(door) as db:
        return entries_of(db, conflict.number, zone=door.book.zone, language=language, after=conflict.seen)


def acts_of(db: Db, number: str, *, actor: str, at: datetime, book: Rulebook, language: str) -> list[dict[str, Any]]:
    """Answer for every act of the case's state whether *actor* may do it now, and if not, why not."""
    return [
        {
            "act": answer.act,
            "allowed": answer.allowed,
            "refusals": [read_refusal(refusal, language) for refusal in answer.refusals],
            "warnings": [read_refusal(refusal, language) for refusal in answer.warnings],
            "who_can": list(answer.who_can),
            "office": answer.office,
            "offices": list(answer.offices),
            "may_enter": answer.may_enter,
            "facts_schema": facts_schema(answer.row.facts),
        }
        for answer in explain(db, number, actor, at=at, book=book)
    ]


@cache
def facts_schema(facts: type[Facts]) -> dict[str, Any]:
    """Return the JSON schema of an act's facts."""
    return facts.model_json_schema(by_alias=True)


def holds_an_office(db: Db, person: str, at: datetime) -> bool:
    """Say whether *person* holds any office, membership of the Assembly and a seat in the Council included."""
    return (
        db.one(
            "SELECT 1 FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?) LIMIT 1",
            person, at, at,
        )
        is not None
    )  # fmt: skip


def let_see(db: Db, number: str, person: str, at: datetime) -> None:
    """Let office holders and whom the case is about see it; strangers are shown no facts (Forbidden)."""
    row = db.one("SELECT person_id FROM cases WHERE number = ?", number)
    if row is None:
        raise Unknown("case", number)
    if row[0] != person and not holds_an_office(db, person, at):
        raise Unseen(number)


def seen_among(db: Db, numbers: Sequence[str], person: str, at: datetime) -> list[str]:
    """Leave of some cases those that *person* may see, as `let_see` says."""
    if holds_an_office(db, person, at):
        return list(numbers)
    own = {number for (number,) in db.all("SELECT number FROM cases WHERE person_id = ?", person)}
    return [number for number in numbers if number in own]


def let_ask(db: Db, person: str) -> None:
    """Let only those whom the register knows act or ask by the command line; Unknown for others."""
    if db.one("SELECT 1 FROM people WHERE person_id = ?", person) is None:
        raise Unknown("person", person)


def brought_about(db: Db, number: str, seq: int) -> list[tuple[str, str]]:
    """Name the cases that an entry has moved, and those that these have moved, each with its state."""
    moved: dict[str, str] = {}
    causes = [(number, seq)]
    while causes:
        cause, at = causes.pop(0)
        rows = db.all(_BROUGHT_ABOUT, cause, at, f"{cause}/{at}")
        moved |= {case: state for case, _, state in rows if case != number}
        causes += [(case, entry) for case, entry, _ in rows]
    return list(moved.items())


# What an entry brings about is written after it: where the journal is long, its beginning is not read.
_BROUGHT_ABOUT = """SELECT number, seq, target FROM entries
 WHERE position > (SELECT position FROM entries WHERE number = ? AND seq = ?) AND cause = ? ORDER BY position"""


def _answered(done: Done, zone: str, language: str) -> Answered:
    return Answered(done.number, done.seq, act_answer(done.record, zone, language), done.replay)


def _unknown_case_first(door: Door, act: Act, error: Unknown) -> Unknown:
    """An unknown case is said before an unknown act of it."""
    if act.case and error.kind == "act":
        with looking(door) as db:
            if db.one("SELECT 1 FROM cases WHERE number = ?", act.case) is None:
                return Unknown("case", act.case)
    return error


def _tried(
    db: Db, door: Door, number: str | None, asked: Mapping[str, Any], *, actor: str, at: datetime, language: str
) -> dict[str, Any]:
    row = db.one("SELECT seq FROM cases WHERE number = ?", number) if number else None
    seen = asked.get("seen", row[0] if row else None)
    try:
        act = _tried_act(asked, actor=actor, at=at, case=number, seen=seen)
        with db.savepoint():
            done = try_act(db, act, door.book)
    except Unanswerable as error:
        return {"act": asked["act"], "done": False, "problem": problem(error, language)}
    answered = act_answer(done.record, door.book.zone, language)
    stands = case_answer(db, done.number, now=at, language=language, book=door.book)
    answered["case"] |= {name: stands[name] for name in ("counts", "outcome", "force", "proof") if name in stands}
    opened = opened_by(db, done.record, now=at, language=language)
    return {"act": asked["act"], "done": True} | answered | {"opens": opened}


def _tried_act(asked: Mapping[str, Any], *, actor: str, at: datetime, case: str | None, seen: int | None) -> Act:
    """Build an act to be tried; in the office `clock` it is the clock's, as if what it waits for had come now."""
    if asked.get("office") != Office.clock:
        return act_of(asked, actor=actor, at=at, case=case, seen=seen)
    act = act_of({**asked, "office": None}, actor=CLOCK, at=at, case=case, seen=seen)
    return act._replace(office=Office.clock)
