"""Every row of one database copied into another of either kind, page by page: a million entries need no more room than a few thousand.

Rows travel in the form that SQLite keeps them in (instants and days as text, yes and no as 1 and 0), which PostgreSQL reads as well.
They are read in the order of their primary keys: in which order a table was once written stays behind, and with it whatever the order
of ballots would tell (8.3c).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.columns import UtcDateTime
from models.transaction import Db, instant_text

ROWS_AT_ONCE = 2_000
MODULUS = 1 << 256  # of the sum of digests of 256 bits

# What a home holds that was made and not used yet: the first version of the calendar, and that a service has run there.
UNUSED = ("calendar_versions", "heartbeats", "witnesses", "alarms")

Row = tuple[Any, ...]

_WAYS: Mapping[type, Callable[[Any], Any]] = {UtcDateTime: instant_text, sa.Date: date.isoformat, sa.Boolean: int}

_write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sum(NamedTuple):
    """What the rows of a table come to: how many, and the sum of their digests, in whatever order they were read."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied, read back and found to be the same and whole."""

    sums: Mapping[str, Sum]
    entries: int
    cases: int
    seals: int
    erased: int  # entries whose payload has been erased
    waiting: int  # messages that were not sent yet
    position: int  # of the last entry
    head: str  # its hash
    seal: str  # the hash of the last seal


class NotEmptyError(Exception):
    """What is to be written into has rows already; nothing was touched."""

    def __init__(self, table: str) -> None:
        super().__init__(f"it is not empty: there are rows in {table}")


def tables() -> list[sa.Table]:
    """Return every table of ours, each after those that it points to."""
    import models  # noqa: F401 - a table is known once its model has been read

    return SQLModel.metadata.sorted_tables


def copy_rows(source: Db, target: Db, *, on_page: Callable[[], None]) -> dict[str, Sum]:
    """Copy every row into a target that has none, and return what was read; the next entry of the target gets the next position."""
    read = {table.name: _copy_table(source, target, table, on_page) for table in tables()}
    if target.kind == "postgresql":
        _number_on(target)
        target.run("ANALYZE")
    return read


def sums_of(db: Db, *, on_page: Callable[[], None] = lambda: None) -> dict[str, Sum]:
    """Add up the rows of every table."""
    return {table.name: _added(_told(pages(db, table), on_page)) for table in tables()}


def pages_in(db: Db) -> int:
    """Count the pages that a copy will take."""
    counts = (db.all(f"SELECT count(*) FROM {_quoted(table.name)}")[0][0] for table in tables())  # noqa: S608
    return sum(-(-count // ROWS_AT_ONCE) for count in counts)


def pages(db: Db, table: sa.Table) -> Iterator[list[Row]]:
    """Yield the rows of a table in the order of its primary key, many at a time, as SQLite keeps them."""
    columns = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    places = [columns.index(key) for key in keys]
    ordered = f"ORDER BY {_listed(keys)} LIMIT {ROWS_AT_ONCE}"
    chosen = f"SELECT {_listed(columns)} FROM {_quoted(table.name)}"  # noqa: S608 - our own names
    further = f"{chosen} WHERE ({_listed(keys)}) > ({', '.join('?' * len(keys))}) {ordered}"
    page = db.all(f"{chosen} {ordered}")
    while page:
        yield page if db.kind == "sqlite" else _plain(page, table)
        page = db.all(further, *(page[-1][place] for place in places)) if len(page) == ROWS_AT_ONCE else []


def take_alone(db: Db) -> None:
    """Keep everybody else from writing into any table until the transaction ends; on SQLite whoever writes is alone anyway."""
    if db.kind == "postgresql":
        db.run(f"LOCK TABLE {_listed([table.name for table in tables()])} IN EXCLUSIVE MODE")


def make_room(db: Db) -> None:
    """Take away what a home holds that was never used; raises NotEmptyError where there is more, before anything is touched."""
    for table in tables():
        used = " WHERE version > 1" if table.name == "calendar_versions" else ""
        if (used or table.name not in UNUSED) and db.one(f"SELECT 1 FROM {_quoted(table.name)}{used} LIMIT 1"):  # noqa: S608
            raise NotEmptyError(table.name)
    for name in UNUSED:
        db.run(f"DELETE FROM {name}")  # noqa: S608


def bytes_of(db: Db) -> int:
    """Return about how many bytes the database takes."""
    if db.kind == "postgresql":
        return int(db.all("SELECT pg_database_size(current_database())")[0][0])
    return int(db.all("PRAGMA page_count")[0][0]) * int(db.all("PRAGMA page_size")[0][0])


def _copy_table(source: Db, target: Db, table: sa.Table, on_page: Callable[[], None]) -> Sum:
    def copied() -> Iterator[list[Row]]:
        for page in pages(source, table):
            _append(target, table, page)
            yield page

    return _added(_told(copied(), on_page))


def _append(db: Db, table: sa.Table, rows: list[Row]) -> None:
    """Write rows as fast as the driver can: by COPY on PostgreSQL."""
    columns = [column.name for column in table.columns]
    raw: Any = db.connection.connection.driver_connection
    if db.kind == "sqlite":
        values = ", ".join("?" * len(columns))
        raw.executemany(f"INSERT INTO {_quoted(table.name)} ({_listed(columns)}) VALUES ({values})", rows)  # noqa: S608
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {_quoted(table.name)} ({_listed(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _number_on(db: Db) -> None:
    """Let the next entry follow the last one: rows that bring their position along do not move the counter."""
    last = db.all("SELECT coalesce(max(position), 0) FROM entries")[0][0]
    db.run(f"ALTER TABLE entries ALTER COLUMN position RESTART WITH {int(last) + 1}")


def _plain(page: list[Row], table: sa.Table) -> list[Row]:
    """Write what PostgreSQL's driver returns as SQLite keeps it."""
    ways = _ways(table)
    rows = []
    for row in page:
        values = list(row)
        for place, way in ways:
            if values[place] is not None:
                values[place] = way(values[place])
        rows.append(tuple(values))
    return rows


@cache
def _ways(table: sa.Table) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    return tuple(
        (place, way)
        for place, column in enumerate(table.columns)
        for kind, way in _WAYS.items()
        if isinstance(column.type, kind)
    )


def _added(read: Iterable[list[Row]]) -> Sum:
    count = total = 0
    for page in read:
        count += len(page)
        total += sum(int.from_bytes(sha256(_write_json(row).encode()).digest(), "big") for row in page)
    return Sum(count, f"{total % MODULUS:064x}")


def _told(read: Iterable[list[Row]], on_page: Callable[[], None]) -> Iterator[list[Row]]:
    for page in read:
        yield page
        on_page()


def _quoted(name: str) -> str:
    return f'"{name}"'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))
