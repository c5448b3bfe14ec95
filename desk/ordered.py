"""Cases in the order in which they are listed: the nearest deadline first, then those without one; or the newest first."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from desk.problems import wrong
from models.database import Db, instant, instant_text

AT_ONCE = 200  # rows read together where the first ones were not enough

COLUMNS = "c.number, c.procedure, c.state, c.seq, c.final, c.zone, c.person_id, c.body, c.opened_at, c.joint, c.facts"
# Each open deadline of a case, the nearest first.
_DATED = """SELECT {columns}, d.due_at FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE d.state = 'open' AND d.due_at IS NOT NULL AND (d.due_at > ? OR (d.due_at = ? AND d.number > ?)){where}
 ORDER BY d.due_at, d.number LIMIT ?"""
_NEAREST = """ AND NOT EXISTS (SELECT 1 FROM deadlines e WHERE e.number = d.number AND e.state = 'open' AND e.due_at IS NOT NULL
 AND (e.due_at < d.due_at OR (e.due_at = d.due_at AND e.name < d.name)))"""
_UNDATED = """SELECT {columns}, NULL FROM cases c WHERE c.number > ?{where}
 AND NOT EXISTS (SELECT 1 FROM deadlines d WHERE d.number = c.number AND d.state = 'open' AND d.due_at IS NOT NULL)
 ORDER BY c.number LIMIT ?"""
_NEWEST = """SELECT {columns}, (SELECT min(d.due_at) FROM deadlines d WHERE d.number = c.number AND d.state = 'open') FROM cases c
 WHERE (c.opened_at < ? OR (c.opened_at = ? AND c.number < ?)){where} ORDER BY c.opened_at DESC, c.number DESC LIMIT ?"""
_IN_STATE = " AND c.procedure = ? AND c.state = ?"
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
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
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


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of a case `c`, as SQL; *states* are (procedure, state), any of them, or None for whatever state."""

    where: str = ""
    parameters: tuple[Any, ...] = ()
    states: tuple[tuple[str, str], ...] | None = None

    def whole(self) -> tuple[str, tuple[Any, ...]]:
        """Return all of it."""
        if self.states is None:
            return self.where, self.parameters
        either = " OR ".join(["(c.procedure = ? AND c.state = ?)"] * len(self.states)) or "1 = 0"
        return f" AND ({either}){self.where}", (*(word for pair in self.states for word in pair), *self.parameters)


def by_deadline(db: Db, asked: Condition, *, after: Cursor | None, first: int) -> Iterator[Row]:
    """Walk through the dated cases in the order of their deadlines, then through the others; *first* are read at the first go."""
    at_once = min(first, AT_ONCE)
    due, number = (after.due, after.number) if after else (_FIRST, "")
    where, parameters = asked.whole()
    # Who begins at the beginning has met the nearest deadline of a case first; who goes on must ask whether there was one.
    met: set[str] = set()
    dated = _DATED.format(columns=COLUMNS, where=where + _NEAREST if after else where)
    while due is not None:
        rows = _rows(db, dated, due, due, number, *parameters, at_once)
        for row in rows:
            if row.number not in met:
                met.add(row.number)
                yield row
        if len(rows) < at_once:
            due, number = None, ""
        else:
            due, number, at_once = instant(rows[-1].due), rows[-1].number, AT_ONCE
    while True:
        rows = _undated(db, asked, number, at_once)
        yield from rows
        if len(rows) < at_once:
            return
        number, at_once = rows[-1].number, AT_ONCE


def newest_first(db: Db, asked: Condition, *, after: Cursor | None, first: int) -> Iterator[Row]:
    """Walk through the cases from the newest to the oldest."""
    at_once = min(first, AT_ONCE)
    where, parameters = asked.whole()
    since, number = (after.due or _LAST, after.number) if after else (_LAST, "")
    while True:
        rows = _rows(db, _NEWEST.format(columns=COLUMNS, where=where), since, since, number, *parameters, at_once)
        yield from rows
        if len(rows) < at_once:
            return
        since, number, at_once = instant(rows[-1].opened_at), rows[-1].number, AT_ONCE


def due_of(row: Row) -> datetime | None:
    """Return the nearest term of a case."""
    return instant(row.due) if row.due is not None else None


def _undated(db: Db, asked: Condition, number: str, at_once: int) -> list[Row]:
    """Read cases without a deadline from *number* on; state by state, for each has its cases in their order already."""
    if asked.states is None:
        sql = _UNDATED.format(columns=COLUMNS, where=asked.where)
        return _rows(db, sql, number, *asked.parameters, at_once)
    if not asked.states:
        return []
    one = _UNDATED.format(columns=COLUMNS, where=_IN_STATE + asked.where)
    all_ = " UNION ALL ".join(f"SELECT * FROM ({one}) s{n}" for n in range(len(asked.states)))  # noqa: S608
    given = (word for pair in asked.states for word in (number, *pair, *asked.parameters, at_once))
    return _rows(db, f"{all_} ORDER BY 1 LIMIT ?", *given, at_once)


def _rows(db: Db, sql: str, *parameters: Any) -> list[Row]:
    return list(map(Row._make, db.all(sql, *parameters)))
