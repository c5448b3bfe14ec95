"""The roster before it is imported: every error of shape in every row, so that a file is mended in one go.

What the law allows is decided later, by the acts through which the rows are imported.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from desk.roster.file import COLUMNS, Row, UnreadableRosterError, read_date, read_rows
from desk.roster.row import NAMES, NEEDED, RowError, check_row, error_in
from machines.numbers import number

__all__ = [
    "COLUMNS", "NAMES", "Row", "RowError", "UnreadableRosterError", "check_rows", "error_in", "read_date", "read_rows",
]  # fmt: skip

Cells = AbstractSet[tuple[int, str]]  # by line and column
REQUIRED = ("person_id", *NAMES)  # a column that is not there is empty in every row
_OF_THE_PERSON = (*NAMES, "email", "language")
_OF_THE_BODY = ("region", "level", "highest_body", "body_kk", "body_ru", "body_en")


def check_rows(rows: Sequence[Row], *, today: date) -> list[RowError]:
    """List everything that is wrong with the rows, in the order of the lines; nothing is wrong with an empty list."""
    if not rows:
        said = "line 1: there are no rows; expected the names of the columns and a row for each office"
        return [RowError(1, "", "no_rows", said)]
    header = rows[0].header
    errors = [error for row in rows for error in check_row(row, today=today)]
    if set(REQUIRED) <= set(header):  # rows are compared only where nothing that tells them apart is missing
        wrong = {(error.line, error.column) for error in errors}
        errors += _compare([row for row in rows if row.person_id], wrong, today=today)
    found = [error for error in errors if error.column in header or error.column not in REQUIRED]
    return [*_header_errors(header), *sorted(found, key=lambda error: error.line)]


def _header_errors(header: Sequence[str]) -> Iterator[RowError]:
    for column in REQUIRED:
        if column not in header:
            said = f"the column is missing; expected at least {', '.join(REQUIRED)}"
            yield RowError(1, column, "missing_column", f"line 1, {column}: {said}")
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            said = f"unknown column “{column}”; expected only {', '.join(COLUMNS)}"
            yield RowError(1, column, "unknown_column", f"line 1, column {header.index(column) + 1}: {said}")
        elif header.count(column) > 1:
            said = f"the column stands {header.count(column)} times; expected once"
            yield RowError(1, column, "repeated_column", f"line 1, {column}: {said}")


def _compare(rows: Sequence[Row], wrong: Cells, *, today: date) -> Iterator[RowError]:
    yield from _people(rows, wrong)
    yield from _bodies(rows, wrong)
    yield from _duplicates(rows)
    yield from _too_many(rows, "chairman", 1)
    yield from _too_many(rows, "deputy_chairman", number("deputies.maximum", today))
    yield from _too_many(rows, "sa_chairman", 1)
    yield from _council(rows)


def _people(rows: Sequence[Row], wrong: Cells) -> Iterator[RowError]:
    """Want the names in a person's first row, and the same in the others or nothing."""
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.person_id, row)
        if row is known:
            for name in NAMES:
                if not row.cell(name):
                    yield error_in(row, name, "missing", "expected the name, because this is the person's first row")
        else:
            yield from _contradictions(row, known, _OF_THE_PERSON, wrong)


def _bodies(rows: Sequence[Row], wrong: Cells) -> Iterator[RowError]:
    """Want the same of an association or a state body in each of its rows."""
    first: dict[str, Row] = {}
    for row in rows:
        if row.office in ("association", "state_body") and row.body:
            yield from _contradictions(row, first.setdefault(row.body, row), _OF_THE_BODY, wrong)


def _contradictions(row: Row, known: Row, columns: Iterable[str], wrong: Cells) -> Iterator[RowError]:
    """Compare cells that are in order: nobody is asked to write what is wrong once more."""
    for column in columns:
        told = row.cell(column), known.cell(column)
        if all(told) and told[0] != told[1] and wrong.isdisjoint({(row.line, column), (known.line, column)}):
            yield error_in(row, column, "contradiction", f"expected “{known.cell(column)}”, as in line {known.line}")


def _duplicates(rows: Sequence[Row]) -> Iterator[RowError]:
    first: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        body = row.body if "body" in NEEDED.get(row.office, ()) else ""
        known = first.setdefault((row.person_id, row.office, body), row)
        if known is not row:
            said = f"expected once, but line {known.line} says the same of {row.person_id}"
            yield error_in(row, "office", "duplicate", said)


def _too_many(rows: Sequence[Row], office: str, most: int) -> Iterator[RowError]:
    """Point at each holder beyond those who may hold the office, of a small assembly those of its region."""
    holders: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        body = row.body if office == "sa_chairman" else ""
        if row.office == office and row.person_id not in {held.person_id for held in holders[body]}:
            holders[body].append(row)
    for body, held in holders.items():
        lines = ", ".join(str(row.line) for row in held[:most])
        said = f"expected at most {most}{' of ' + body if body else ''}, as in line {lines}"
        yield from (error_in(row, "office", "too_many_holders", said) for row in held[most:])


def _council(rows: Sequence[Row]) -> Iterator[RowError]:
    """Want members of the Assembly in the Council; heads of small assemblies need not be members (9.1c, B10)."""
    members = {row.person_id for row in rows if row.office == "member"}
    heads = {row.person_id for row in rows if row.office == "sa_chairman"}
    for row in (row for row in rows if row.office == "council_member"):
        if row.category != "small_assembly_head" and row.person_id not in members:
            yield error_in(row, "office", "not_a_member", f"expected a row of {row.person_id} as member as well")
        if row.category == "small_assembly_head" and row.person_id not in heads:
            yield error_in(row, "category", "not_a_head", f"expected a row of {row.person_id} as sa_chairman as well")
