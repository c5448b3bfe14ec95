"""Lists of deadlines: the nearest first, those without a date last, page by page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from desk.door import holds_an_office
from desk.ordered import Cursor
from desk.problems import wrong
from desk.shapes import DEADLINE_COLUMNS, deadline_answer
from machines.zones import end_of_day
from models.database import Db, instant

_COLUMNS = ", ".join(f"d.{name.strip()}" for name in DEADLINE_COLUMNS.split(",")) + ", d.opened_seq"
_DATED = f"""SELECT {_COLUMNS} FROM deadlines d WHERE d.due_at IS NOT NULL{{where}} AND d.due_at >= ?
 AND (d.due_at > ? OR (d.number, d.name, d.opened_seq) > (?, ?, ?)) ORDER BY d.due_at, d.number, d.name, d.opened_seq LIMIT ?"""  # noqa: S608
_UNDATED = f"""SELECT {_COLUMNS} FROM deadlines d WHERE d.due_at IS NULL{{where}} AND (d.number, d.name, d.opened_seq) > (?, ?, ?)
 ORDER BY d.number, d.name, d.opened_seq LIMIT ?"""  # noqa: S608
_OF_PERSON = " AND EXISTS (SELECT 1 FROM cases c WHERE c.number = d.number AND c.person_id = ?)"
_FIRST = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which deadlines are wanted, and by whom; *until* is the last local day."""

    person: str
    zone: str
    open: bool | None = None
    until: date | None = None


def deadlines_listed(
    db: Db, wanted: Filter, *, at: datetime, language: str, after: str | None = None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of deadlines and where the next one begins; strangers see those of cases about themselves."""
    where, parameters = _where(db, wanted, at)
    due, place = _place(after) if after else (_FIRST, ("", "", 0))
    rows: list[tuple[Any, ...]] = []
    if due is not None:
        rows = db.all(_DATED.format(where=where), *parameters, due, due, *place, limit + 1)
        place = ("", "", 0)
    if len(rows) <= limit and wanted.until is None:
        rows += db.all(_UNDATED.format(where=where), *parameters, *place, limit + 1 - len(rows))
    page = rows[:limit]
    following = _cursor(page[-1]) if len(rows) > limit else None
    return [deadline_answer(row, now=at, language=language) for row in page], following


def _where(db: Db, wanted: Filter, at: datetime) -> tuple[str, list[Any]]:
    where = ""
    parameters: list[Any] = []
    if wanted.open is not None:
        where += " AND d.state = 'open'" if wanted.open else " AND d.state <> 'open'"
    if wanted.until is not None:
        where, parameters = f"{where} AND d.due_at <= ?", [end_of_day(wanted.until, zone=wanted.zone)]
    if not holds_an_office(db, wanted.person, at):
        where, parameters = where + _OF_PERSON, [*parameters, wanted.person]
    return where, parameters


def _place(after: str) -> tuple[datetime | None, tuple[str, str, int]]:
    cursor = Cursor.read(after)
    parts = cursor.number.split(" ")
    if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 9:
        raise wrong("after", "cursor", "take it from the link to the next page")
    return cursor.due, (parts[0], parts[1], int(parts[2]))


def _cursor(row: tuple[Any, ...]) -> str:
    due = instant(row[3]) if row[3] is not None else None
    return Cursor(due, f"{row[0]} {row[1]} {row[8]}").written()
