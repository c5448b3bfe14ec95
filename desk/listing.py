"""Lists of cases: the nearest deadline first, page by page, and those that wait for one person."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from desk.door import holds_an_office
from desk.problems import wrong
from desk.shapes import moment
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.situation import Held, Mandates
from machines.waiting import Waiting, acts_waiting_for, states_of_act, states_waiting
from machines.zones import local_day
from models.database import Db, instant, instant_text
from models.names import search_key

AT_ONCE = 200  # rows read together where the first ones were not enough
MOST_LOOKED_AT = 1_000  # cases of which one asks whether they wait for somebody, to count them
PEOPLE = 300  # whom a word may mean; who means one of more types more of the name
COUNTED = 200  # of what waits for somebody: nobody reads more

_COLUMNS = "c.number, c.procedure, c.state, c.seq, c.final, c.zone, c.person_id, c.body, c.opened_at, c.joint, c.facts"
_DATED = """SELECT {columns}, d.due_at FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE d.state = 'open' AND d.due_at IS NOT NULL AND (d.due_at > ? OR (d.due_at = ? AND d.number > ?)){where}
 AND NOT EXISTS (SELECT 1 FROM deadlines e WHERE e.number = d.number AND e.state = 'open' AND e.due_at IS NOT NULL
 AND (e.due_at < d.due_at OR (e.due_at = d.due_at AND e.name < d.name)))
 ORDER BY d.due_at, d.number LIMIT ?"""
_UNDATED = """SELECT {columns}, NULL FROM cases c WHERE c.number > ?{where}
 AND NOT EXISTS (SELECT 1 FROM deadlines d WHERE d.number = c.number AND d.state = 'open' AND d.due_at IS NOT NULL)
 ORDER BY c.number LIMIT ?"""
_NEWEST = """SELECT {columns}, (SELECT min(d.due_at) FROM deadlines d WHERE d.number = c.number AND d.state = 'open') FROM cases c
 WHERE (c.opened_at < ? OR (c.opened_at = ? AND c.number < ?)){where} ORDER BY c.opened_at DESC, c.number DESC LIMIT ?"""
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
_FIRST, _LAST = (datetime.fromisoformat(f"{year}-01-01T00:00:00+00:00") for year in (1900, 2900))


class Row(NamedTuple):
    """A case in a list, with its nearest deadline."""

    number: str
    procedure: str
    state: str
    seq: int
    final: bool
    zone: str
    person: str | None
    body: str
    opened_at: Any
    joint: str
    facts: str
    due: Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: after the case that was shown last, and its deadline."""

    due: datetime | None
    number: str

    def written(self) -> str:
        """Write it as one word."""
        text = json.dumps([instant_text(self.due) if self.due else None, self.number])
        return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")

    @staticmethod
    def read(word: str) -> "Cursor":
        """Read what `written` wrote; anything else is a wrong value of the request."""
        try:
            due, number = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
            cursor = Cursor(_instant_in(due) if due is not None else None, number)
        except (ValueError, TypeError, OverflowError, binascii.Error):
            raise wrong("after", "cursor", "take it from the link to the next page") from None
        if not isinstance(number, str) or not number.isascii() or "\0" in number:
            raise wrong("after", "cursor", "take it from the link to the next page")
        return cursor


def _instant_in(text: str) -> datetime:
    """Read an instant; ValueError or OverflowError if it is none, or none that every zone can show."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at.astimezone(UTC)


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

    where: str
    parameters: tuple[Any, ...]
    duties: Duties | None  # of whom a case must wait for, where only such are wanted
    newest: bool


def chosen_by(db: Db, wanted: Filter, *, at: datetime, book: Rulebook) -> Chosen:
    """Look up which cases a filter means; strangers see the cases about themselves."""
    where, found = "", None
    parameters: list[Any] = []
    if wanted.mine:
        found = duties(db, wanted.person, at=at, book=book)
        where, parameters = _in_states(states_waiting(found.held, deputies=found.deputies))
    elif not holds_an_office(db, wanted.person, at):
        where, parameters = " AND c.person_id = ?", [wanted.person]
    for column, value in (("procedure", wanted.procedure), ("state", wanted.state)):
        if value is not None:
            where, parameters = f"{where} AND c.{column} = ?", [*parameters, value]
    if wanted.still_open:
        where = f"{where} AND NOT c.final"
    where, parameters = _with_text(db, wanted.text, where, parameters)
    return Chosen(where, tuple(parameters), found, wanted.newest)


def cases_listed(
    db: Db, wanted: Filter, *, at: datetime, book: Rulebook, after: Cursor | None, limit: int
) -> tuple[list[dict[str, Any]], Cursor | None]:
    """Return a page of cases, as the API answers them, and where the next one begins."""
    rows, following = rows_listed(db, chosen_by(db, wanted, at=at, book=book), after=after, limit=limit)
    return [_item(row, at) for row in rows], following


def rows_listed(db: Db, chosen: Chosen, *, after: Cursor | None, limit: int) -> tuple[list[Row], Cursor | None]:
    """Return a page of cases, and where the next one begins."""
    rows: list[Row] = []
    walk = _walk_newest if chosen.newest else _walk
    for row in walk(db, chosen.where, chosen.parameters, after=after, first=limit + 1):
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
    if chosen.duties is None:
        row = db.one(f"SELECT count(*) FROM cases c WHERE 1 = 1{chosen.where}", *chosen.parameters)  # noqa: S608
        return int(row[0]) if row else 0
    unsorted = _UNSORTED.format(columns=_COLUMNS, where=chosen.where)
    rows = map(Row._make, db.all(unsorted, *chosen.parameters, MOST_LOOKED_AT))
    return sum(1 for _ in islice(filter(chosen.duties.acts, rows), COUNTED))


def states_known(procedure: str | None) -> list[str]:
    """Name the states of a procedure, or of all of them."""
    chosen = [PROCEDURES[procedure]] if procedure else PROCEDURES.values()
    return sorted({state.value for one in chosen for state in one.states})


def rows_of_states(db: Db, states: list[tuple[str, str]], *, limit: int) -> list[Row]:
    """Return open cases in these states, the nearest deadline first."""
    where, parameters = _in_states(states)
    rows = []
    for row in _walk(db, where, parameters, after=None, first=limit):
        rows.append(row)
        if len(rows) >= limit:
            break
    return rows


def _with_text(db: Db, text: str, where: str, parameters: list[Any]) -> tuple[str, list[Any]]:
    """Look for a number, or for people of whose names every word is a part: of many the first in the alphabet."""
    words = search_key(text).split()
    if not words:
        return where, parameters
    names = " AND ".join(["search_key LIKE ?"] * len(words))
    sql = f"SELECT person_id FROM people WHERE {names} ORDER BY sort_key, person_id LIMIT ?"  # noqa: S608
    people = [row[0] for row in db.all(sql, *(f"%{word}%" for word in words), PEOPLE)]
    about = _ABOUT.format(marks=", ".join("?" * len(people))) if people else ""
    return f"{where} AND c.number IN ({_NAMED}{about})", [*parameters, text.strip().upper(), *people, *people]


def _in_states(states: list[tuple[str, str]]) -> tuple[str, list[Any]]:
    if not states:
        return " AND 1 = 0", []
    either = " OR ".join(["(c.procedure = ? AND c.state = ?)"] * len(states))
    return f" AND ({either})", [word for pair in states for word in pair]


def _walk(db: Db, where: str, parameters: Sequence[Any], *, after: Cursor | None, first: int) -> Iterator[Row]:
    """Walk through the dated cases in the order of their deadlines, then through the others; *first* are read at the first go."""
    at_once = min(first, AT_ONCE)
    dated, undated = (sql.format(columns=_COLUMNS, where=where) for sql in (_DATED, _UNDATED))
    due, number = (after.due, after.number) if after else (_FIRST, "")
    while due is not None:
        rows = list(map(Row._make, db.all(dated, due, due, number, *parameters, at_once)))
        yield from rows
        if len(rows) < at_once:
            due, number = None, ""
        else:
            due, number, at_once = instant(rows[-1].due), rows[-1].number, AT_ONCE
    while True:
        rows = list(map(Row._make, db.all(undated, number, *parameters, at_once)))
        yield from rows
        if len(rows) < at_once:
            return
        number, at_once = rows[-1].number, AT_ONCE


def _walk_newest(
    db: Db, where: str, parameters: Sequence[Any], *, after: Cursor | None, first: int
) -> Iterator[Row]:  # fmt: skip
    """Walk through the cases from the newest to the oldest."""
    at_once = min(first, AT_ONCE)
    sql = _NEWEST.format(columns=_COLUMNS, where=where)
    since, number = (after.due or _LAST, after.number) if after else (_LAST, "")
    while True:
        rows = list(map(Row._make, db.all(sql, since, since, number, *parameters, at_once)))
        yield from rows
        if len(rows) < at_once:
            return
        since, number, at_once = instant(rows[-1].opened_at), rows[-1].number, AT_ONCE


def due_of(row: Row) -> datetime | None:
    """Return the nearest term of a case."""
    return instant(row.due) if row.due is not None else None


def _item(row: Row, at: datetime) -> dict[str, Any]:
    due = due_of(row)
    return {
        "number": row.number, "procedure": row.procedure, "state": row.state, "seq": row.seq, "final": bool(row.final),
        "opened_at": moment(row.opened_at, row.zone), "body": row.body or None, "person": row.person,
        "due": moment(due, row.zone) if due else None, "overdue": due is not None and due <= at,
    }  # fmt: skip
