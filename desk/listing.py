"""Lists of cases: the nearest deadline first, page by page, and those that wait for one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from desk.door import holds_an_office
from desk.ordered import COLUMNS, Condition, Cursor, Row, by_deadline, due_of, newest_first
from desk.shapes import moment
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.situation import Held, Mandates
from machines.waiting import Waiting, acts_waiting_for, states_of_act, states_waiting
from machines.zones import local_day
from models.database import Db, instant
from models.names import search_key

LOOKED_AT = (250, 1_000)  # cases of which one asks whether they wait for somebody, to count them: a few, then many
PEOPLE = 300  # whom a word may mean; who means one of more types more of the name
COUNTED = 200  # of what waits for somebody: nobody reads more

_UNSORTED = "SELECT {columns}, NULL FROM cases c WHERE 1 = 1{where} LIMIT ?"
_NAMED = "SELECT number FROM cases WHERE number = ?"
# Two indexes hold the cases of a person: those that are open, and those that have ended.
_ABOUT = (
    " UNION ALL SELECT number FROM cases WHERE person_id IN ({marks}) AND NOT final"
    " UNION ALL SELECT number FROM cases WHERE person_id IN ({marks}) AND final"
)
_HELD = """SELECT number, person_id, office, body, region, coalesce(category, ''), coalesce(ex_officio, ''), slot FROM mandates
 WHERE (person_id = ? OR office IN ('chairman', 'deputy_chairman')) AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)
 ORDER BY begins_at, number"""
_ANSWERED = f"""SELECT c.number FROM cases c JOIN ballots b ON b.number = c.number AND b.person_id = ?
 WHERE c.procedure = 'poll' AND c.state IN ({", ".join(f"'{state}'" for state in states_of_act("poll", "answer"))})"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases are wanted, and by whom."""

    person: str
    procedure: str | None = None
    state: str | None = None
    mine: bool = False
    still_open: bool = False
    text: str = ""  # a number, or words of the name of whom a case is about
    newest: bool = False  # the newest first, instead of the nearest deadline


@dataclass(frozen=True, slots=True)
class Duties:
    """What somebody may have to do: his offices, and who acts as deputy chairmen."""

    person: str
    held: Mandates
    deputies: tuple[str, ...]
    answered: frozenset[str]  # open polls

    def acts(self, row: Row) -> list[str]:
        """Return the acts by which a case waits for him."""
        case = Waiting(row.number, row.procedure, row.state, row.person, row.joint, row.facts)
        return acts_waiting_for(self.person, self.held, case, deputies=self.deputies, answered=self.answered)


def duties(db: Db, person: str, *, at: datetime, book: Rulebook) -> Duties:
    """Look up what *person* may have to do."""
    mandates = Mandates(Held._make(row) for row in db.all(_HELD, person, at, at))
    deputies = mandates.holders("deputy_chairman")
    if (
        not deputies
        and book.in_force(db).rulings_on(local_day(at, book.zone))["deputies.joint_rule.if_none"] == "chairman"
    ):
        deputies = mandates.holders("chairman")
    answered = frozenset(row[0] for row in db.all(_ANSWERED, person))
    return Duties(person, Mandates(mandates.of(person)), deputies, answered)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter as the database takes it; looked up once for a list and its count."""

    asked: Condition
    duties: Duties | None  # of whom a case must wait for, where only such are wanted
    newest: bool


def chosen_by(db: Db, wanted: Filter, *, at: datetime, book: Rulebook) -> Chosen:
    """Look up which cases a filter means; strangers see the cases about themselves."""
    where, parameters = _of_text(db, wanted.text)
    found = duties(db, wanted.person, at=at, book=book) if wanted.mine else None
    if found is None and not holds_an_office(db, wanted.person, at):
        where, parameters = f"{where} AND c.person_id = ?", [*parameters, wanted.person]
    for column, value in (("procedure", wanted.procedure), ("state", wanted.state)):
        if value is not None:
            where, parameters = f"{where} AND c.{column} = ?", [*parameters, value]
    if wanted.still_open:
        where = f"{where} AND NOT c.final"
    states = tuple(states_waiting(found.held, deputies=found.deputies)) if found else None
    return Chosen(Condition(where, tuple(parameters), states), found, wanted.newest)


def cases_listed(
    db: Db, wanted: Filter, *, at: datetime, book: Rulebook, after: Cursor | None, limit: int
) -> tuple[list[dict[str, Any]], Cursor | None]:
    """Return a page of cases, as the API answers them, and where the next one begins."""
    rows, following = rows_listed(db, chosen_by(db, wanted, at=at, book=book), after=after, limit=limit)
    return [_item(row, at) for row in rows], following


def rows_listed(db: Db, chosen: Chosen, *, after: Cursor | None, limit: int) -> tuple[list[Row], Cursor | None]:
    """Return a page of cases, and where the next one begins."""
    rows: list[Row] = []
    walk = newest_first if chosen.newest else by_deadline
    for row in walk(db, chosen.asked, after=after, first=limit + 1):
        if chosen.duties is None or chosen.duties.acts(row):
            rows.append(row)
        if len(rows) > limit:
            break
    page = rows[:limit]
    following = None
    if len(rows) > limit:
        following = Cursor(instant(page[-1].opened_at) if chosen.newest else due_of(page[-1]), page[-1].number)
    return page, following


def count_listed(db: Db, chosen: Chosen) -> int:
    """Count the cases that a list has; of those that wait for somebody no more than COUNTED."""
    where, parameters = chosen.asked.whole()
    if chosen.duties is None:
        row = db.one(f"SELECT count(*) FROM cases c WHERE 1 = 1{where}", *parameters)  # noqa: S608
        return int(row[0]) if row else 0
    sql, found = _UNSORTED.format(columns=COLUMNS, where=where), 0
    for most in LOOKED_AT:
        rows = [Row._make(row) for row in db.all(sql, *parameters, most)]
        found = sum(1 for _ in islice(filter(chosen.duties.acts, rows), COUNTED))
        if found == COUNTED or len(rows) < most:
            break
    return found


def states_known(procedure: str | None) -> list[str]:
    """Name the states of a procedure, or of all of them."""
    chosen = [PROCEDURES[procedure]] if procedure else PROCEDURES.values()
    return sorted({state.value for one in chosen for state in one.states})


def rows_of_states(db: Db, states: Iterable[tuple[str, str]], *, limit: int) -> list[Row]:
    """Return cases in these states, the nearest deadline first."""
    return list(islice(by_deadline(db, Condition(states=tuple(states)), after=None, first=limit), limit))


def _of_text(db: Db, text: str) -> tuple[str, list[Any]]:
    """Look for a number, or for people of whose names every word is a part: of many the first in the alphabet."""
    words = search_key(text).split()
    if not words:
        return "", []
    names = " AND ".join(["search_key LIKE ?"] * len(words))
    sql = f"SELECT person_id FROM people WHERE {names} ORDER BY sort_key, person_id LIMIT ?"  # noqa: S608
    people = [row[0] for row in db.all(sql, *(f"%{word}%" for word in words), PEOPLE)]
    about = _ABOUT.format(marks=", ".join("?" * len(people))) if people else ""
    numbers = [row[0] for row in db.all(f"{_NAMED}{about}", text.strip().upper(), *people, *people)]
    return f" AND c.number IN ({', '.join('?' * len(numbers)) or 'NULL'})", numbers


def _item(row: Row, at: datetime) -> dict[str, Any]:
    due = due_of(row)
    return {
        "number": row.number, "procedure": row.procedure, "state": row.state, "seq": row.seq, "final": bool(row.final),
        "opened_at": moment(row.opened_at, row.zone), "body": row.body or None, "person": row.person,
        "due": moment(due, row.zone) if due else None, "overdue": due is not None and due <= at,
    }  # fmt: skip
