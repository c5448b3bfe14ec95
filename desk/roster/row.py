"""One row of the roster by itself: the shape of every cell, and what its office needs."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from desk.roster.file import COLUMNS, Row, read_date
from machines.act import CLOCK, PRESIDENT
from machines.facts import HighestBody, Level

_ORDER = ("order_number", "order_date")
NEEDED = {
    "chairman": ("since",),
    "deputy_chairman": _ORDER,
    "member": ("category", "since", *_ORDER),
    "council_member": ("category", *_ORDER),
    "working_body": ("since",),
    "sa_chairman": ("body", "since"),
    "sa_secretariat": ("body", "since"),
    "association": ("body", "since", "level", "highest_body"),
    "state_body": ("body", "since"),
}
_BODY_NAMES = ("body_kk", "body_ru", "body_en")
_NAMED = ("association", "state_body")  # offices whose bodies the register knows by no name of its own
_OF_AN_OFFICE = ("body", "category", "since", *_ORDER, "ex_officio", "level", "highest_body", *_BODY_NAMES)

_VALUES = {
    "office": tuple(NEEDED),
    "language": ("kk", "ru", "en"),
    "level": get_args(Level),
    "highest_body": get_args(HighestBody),
}
_CATEGORIES = {
    "member": ("state_body", "association", "other_person"),
    "council_member": ("state_body", "association", "small_assembly_head", "other_member"),
}
_MEANT = {
    "body": "the id of the region, of the association or of the state body",
    "since": "the day from which the office is held",
    "order_number": "the number of the paper that gave the office",
    "order_date": "the date of the paper that gave the office",
}

NAMES = ("name_kk", "name_ru", "name_en")

_PERSON_ID = re.compile(r"[A-Za-z0-9:_-]+")
_BODY_ID = re.compile(r"[\w:.-]+")
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)+")
_LONGEST = dict.fromkeys((*NAMES, *_BODY_NAMES), 300) | {
    "person_id": 64,
    "body": 64,
    "region": 64,
    "email": 254,
    "order_number": 100,
    "ex_officio": 100,
}


@dataclass(frozen=True)
class RowError:
    """One thing that is wrong in one row; line 1 is the names of the columns."""

    line: int
    column: str
    code: str
    message: str


def error_in(row: Row, column: str, code: str, said: str) -> RowError:
    """Make an error that names line, column and value; *said* tells what is expected."""
    value = row.cell(column)
    shown = f"“{value}”" if value else "empty"
    return RowError(row.line, column, code, f"line {row.line}, {column}: {shown}; {said}")


def check_row(row: Row, *, today: date) -> Iterator[RowError]:
    """Yield everything that is wrong with a row by itself."""
    for check in _CHECKS:
        yield from check(row)
    yield from _dates(row, today=today)


def _surplus(row: Row) -> Iterator[RowError]:
    if row.surplus:
        said = f"expected {len(row.header)} cells, “{row.surplus[0]}” is one more: is a text with a comma not quoted?"
        yield RowError(row.line, "", "too_many_cells", f"line {row.line}: {said}")


def _person_id(row: Row) -> Iterator[RowError]:
    if not row.person_id:
        yield error_in(row, "person_id", "missing", "expected the id of the person, such as m1")
    elif not _PERSON_ID.fullmatch(row.person_id):
        yield error_in(row, "person_id", "bad_person_id", "expected only letters A–Z and a–z, digits, “:”, “_” and “-”")
    elif row.person_id == CLOCK:
        yield error_in(row, "person_id", "reserved", "the record names so what nobody did; expected another")
    elif row.person_id == PRESIDENT:
        yield error_in(row, "person_id", "reserved", "this id means the President of the Republic; expected another")


def _body(row: Row) -> Iterator[RowError]:
    if row.body and not _BODY_ID.fullmatch(row.body):
        yield error_in(
            row, "body", "bad_body", "expected an id of letters, digits, “:”, “.”, “_” and “-”, without spaces"
        )


def _names_of_the_body(row: Row) -> Iterator[RowError]:
    """Want the name of a body in every language or in none, and only where it has no name of its own."""
    given = [column for column in _BODY_NAMES if row.cell(column)]
    if given and row.office and row.office not in _NAMED:
        yield error_in(row, given[0], "unexpected", f"expected nothing, because the office is {row.office}")
    elif given:
        for column in _BODY_NAMES:
            if not row.cell(column):
                yield error_in(row, column, "missing", "expected the name of the body in each of the three languages")


def _on_one_line(row: Row) -> Iterator[RowError]:
    """Want texts that a letter's heading, a list and every database can hold."""
    for column in COLUMNS:
        if any(unicodedata.category(letter) == "Cc" for letter in row.cell(column)):
            said = "expected a text on one line, without control characters"
            yield RowError(
                row.line, column, "control_character", f"line {row.line}, {column}: {row.cell(column)!r}; {said}"
            )


def _too_long(row: Row) -> Iterator[RowError]:
    for column, most in _LONGEST.items():
        if len(row.cell(column)) > most:
            yield error_in(row, column, "too_long", f"{len(row.cell(column))} characters; expected at most {most}")


def _values(row: Row) -> Iterator[RowError]:
    for column in (*_VALUES, "category"):
        values = _values_of(row, column)
        if values and row.cell(column) and row.cell(column) not in values:
            yield error_in(row, column, f"unknown_{column}", f"expected {_one_of(values)}")


def _email(row: Row) -> Iterator[RowError]:
    if row.email and not _EMAIL.fullmatch(row.email):
        yield error_in(row, "email", "bad_email", "expected one address such as name@example.org, or nothing")


def _office(row: Row) -> Iterator[RowError]:
    """Compare a row with its office: what the office needs, or that there is one at all."""
    for column in NEEDED.get(row.office, ()):
        if not row.cell(column):
            values = _values_of(row, column)
            expected = _one_of(values) if values else _MEANT[column]
            yield error_in(row, column, "missing", f"expected {expected}, because the office is {row.office}")
    if row.level == "regional" and not row.region:
        yield error_in(row, "region", "missing", "expected the region in which the regional association works")
    if not row.office and (filled := [column for column in _OF_AN_OFFICE if row.cell(column)]):
        yield error_in(row, "office", "missing", f"expected the office that {', '.join(filled)} belong to")


def _order(row: Row) -> Iterator[RowError]:
    """Want number and date of a paper together, where the office does not want both anyway."""
    if bool(row.order_number) != bool(row.order_date) and "order_date" not in NEEDED.get(row.office, ()):
        column = "order_date" if row.order_number else "order_number"
        yield error_in(row, column, "missing", "expected number and date of the paper, or neither")


def _dates(row: Row, *, today: date) -> Iterator[RowError]:
    for column in ("since", "order_date"):
        if not row.cell(column):
            continue
        try:
            day = read_date(row.cell(column))
        except ValueError:
            yield error_in(row, column, "bad_date", "expected a day such as 2024-03-01 or 01.03.2024")
            continue
        if day > today:
            yield error_in(row, column, "future_date", f"expected a day not later than today, {today.isoformat()}")


def _values_of(row: Row, column: str) -> Sequence[str]:
    """Return what a column may say in this row, or nothing if it may say anything."""
    return _CATEGORIES.get(row.office, ()) if column == "category" else _VALUES.get(column, ())


def _one_of(values: Sequence[str]) -> str:
    return f"one of {', '.join(values)}"


_CHECKS: tuple[Callable[[Row], Iterator[RowError]], ...] = (
    _surplus,
    _person_id,
    _body,
    _names_of_the_body,
    _on_one_line,
    _too_long,
    _values,
    _email,
    _office,
    _order,
)
