"""The roster as a file: CSV or XLSX read into rows of text, whatever they say. What is wrong with them: check.py."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from pathlib import Path
from xml.etree.ElementTree import ParseError

_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})"),
)
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class UnreadableRosterError(ValueError):
    """The file cannot be read at all, so that nothing can be said of its rows."""


@dataclass(frozen=True)
class Row:
    """One line of the file, a person in one office, as it is written there."""

    line: int
    person_id: str = ""
    name_kk: str = ""
    name_ru: str = ""
    name_en: str = ""
    email: str = ""
    language: str = ""
    office: str = ""
    body: str = ""
    region: str = ""
    category: str = ""
    since: str = ""
    order_number: str = ""
    order_date: str = ""
    ex_officio: str = ""
    level: str = ""
    highest_body: str = ""
    body_kk: str = ""
    body_ru: str = ""
    body_en: str = ""
    header: tuple[str, ...] = ()  # the columns that the file has, the same for all its rows
    surplus: tuple[str, ...] = ()  # cells that stand under no column

    def cell(self, column: str) -> str:
        """Return what stands in a column."""
        return str(getattr(self, column))


COLUMNS = tuple(field.name for field in fields(Row) if field.name not in {"line", "header", "surplus"})


def read_rows(path: Path | str) -> list[Row]:
    """Read every row that is not empty; CSV or XLSX is told by the content, the separator and the BOM are detected."""
    content = Path(path).read_bytes()
    if content.startswith(_OLD_EXCEL):
        raise UnreadableRosterError(f"{path} is a workbook of the old kind (.xls): save it as .xlsx or as CSV in UTF-8")
    lines = _xlsx_lines(content, path) if content.startswith(_ZIP) else _csv_lines(content, path)
    filled = [(line, cells) for line, cells in lines if any(cells)]
    if not filled:
        return []
    header = _header(filled[0][1])
    return [_row(line, cells, header) for line, cells in filled[1:]]


def read_date(text: str) -> date:
    """Read a day written 2024-03-01 or 01.03.2024; anything else is a ValueError."""
    for form in _DATES:
        if found := form.fullmatch(text):
            return date(**{part: int(number) for part, number in found.groupdict().items()})
    raise ValueError(f"{text!r} is no date")


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    """Read the names of the columns; a workbook may have empty columns behind the last."""
    names = [cell.lower() for cell in cells]
    while not names[-1]:
        names.pop()
    return tuple(names)


def _row(line: int, cells: Sequence[str], header: tuple[str, ...]) -> Row:
    known = {column: cell for column, cell in zip(header, cells, strict=False) if column in COLUMNS}
    surplus = tuple(cell for cell in cells[len(header) :] if cell)
    return Row(line=line, header=header, surplus=surplus, **known)


def _csv_lines(content: bytes, path: Path | str) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content, path)
    first_line = text.partition("\n")[0]
    separator = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [_text(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableRosterError(f"{path}, line {line}: {error}; is a quotation mark left open?") from error


def _decoded(content: bytes, path: Path | str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableRosterError(f"{path}, line {line}: this is not UTF-8; save the file as CSV UTF-8") from error


def _xlsx_lines(content: bytes, path: Path | str) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # slow to load, and most rosters are CSV

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # some programs write them wrong, and openpyxl would read no further
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield line, [_text(cell) for cell in cells]
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, ParseError) as error:
        raise UnreadableRosterError(f"{path} cannot be read as an XLSX workbook: {error}") from error


def _text(cell: object) -> str:
    """Write a cell as its text, a day as 2024-03-01."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return unicodedata.normalize("NFC", str(cell)).strip()
