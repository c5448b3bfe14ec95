"""The bare statements: what an act needs, sent by the plain driver without any engine.

They are made of the rows: an act is performed once, beside the measurement, and every row that it inserted or changed
becomes one statement; before them stand the reads that nobody can do without. Each act is a transaction of its own, on a
copy of the same rows and with the same promises on commits. However perform sends its statements, this stays the same.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlmodel import SQLModel

from benchmarks.assembly import STEPS, step
from benchmarks.place import forgetful
from machines.perform import perform
from machines.rulebook import Rulebook
from models.columns import UtcDateTime
from models.database import Database, Db, instant_text, sql_for_psycopg

Statement = tuple[str, tuple[Any, ...]]
Acts = dict[tuple[str, int], list[Statement]]  # by case and step

_CASE = """SELECT number, procedure, state, seq, head, definition, rulings, zone, person_id, body, region, facts, joint, opened_at
 FROM cases WHERE number = ?"""
_ANSWER = "SELECT request, number, seq FROM answers WHERE actor = ? AND key = ?"
_MANDATES = """SELECT number, person_id, office, body, region FROM mandates WHERE (person_id IN (?, ?)
 OR office IN ('chairman', 'deputy_chairman', 'working_body')) AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"""
_IS_MEMBER = "SELECT number FROM mandates WHERE office = 'member' AND body = '' AND slot = ? AND ended_at IS NULL"
_OTHERS = "SELECT number FROM cases WHERE person_id = ? AND procedure = 'candidacy' AND NOT final"

_LOG = "CREATE TABLE written (place INTEGER PRIMARY KEY, name TEXT, old TEXT, new TEXT)"
_WATCH = """CREATE TRIGGER watch_{kind}_{name} AFTER {kind} ON {name} BEGIN
 INSERT INTO written (name, old, new) VALUES ('{name}', {old}, {new}); END"""


class Bare:
    """The plain driver with one connection."""

    def __init__(self, url: str) -> None:
        self.kind = "sqlite" if url.startswith("sqlite") else "postgresql"
        self._connection: Any = _sqlite(url) if self.kind == "sqlite" else psycopg.connect(url.replace("+psycopg", ""))

    def ready(self, acts: Acts) -> Acts:
        """Write statements as the driver wants them: nothing of it is done while the clock runs."""
        write = _for_sqlite if self.kind == "sqlite" else _for_postgresql
        return {act: [write(*statement) for statement in statements] for act, statements in acts.items()}

    def send(self, statements: Sequence[Statement]) -> None:
        """Send one act in a transaction of its own, reading what is answered."""
        if self.kind == "sqlite":
            self._connection.execute("BEGIN IMMEDIATE")
        for sql, parameters in statements:
            cursor = self._connection.execute(sql, parameters)
            if cursor.description:
                cursor.fetchall()
        if self.kind == "sqlite":
            self._connection.execute("COMMIT")
        else:
            self._connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def needed(url: str, rounds: Sequence[Sequence[str]]) -> list[Acts]:
    """Lead the cases of each round, on an SQLite file of their own, and return what each act needs."""
    database, book = forgetful(url), Rulebook()
    with database.transaction() as db:
        _watch(db)
    acts = [
        {(number, n): _needed(database, book, number, n) for n in range(len(STEPS)) for number in numbers}
        for numbers in rounds
    ]
    database.dispose()
    return acts


def _needed(database: Database, book: Rulebook, number: str, n: int) -> list[Statement]:
    with database.transaction() as db:
        perform(db, step(number, n), book)
        statements = [*_reads(db, number, n), *_writes(db)]
        db.run("DELETE FROM written")
    return statements


def _reads(db: Db, number: str, n: int) -> Iterator[Statement]:
    row = db.one("SELECT person_id FROM cases WHERE number = ?", number)
    assert row is not None
    act, person = step(number, n), row[0]
    yield _CASE, (number,)
    yield _ANSWER, (act.actor, act.key)
    yield _MANDATES, (act.actor, person, act.at, act.at)
    if act.name == "approve":
        yield _IS_MEMBER, (person,)
        yield _OTHERS, (person,)


def _writes(db: Db) -> Iterator[Statement]:
    for name, old, new in db.all("SELECT name, old, new FROM written ORDER BY place"):
        table, after = SQLModel.metadata.tables[name], json.loads(new)
        if old is None:
            columns = [
                column for column in table.columns if after[column.name] is not None and column.name != "position"
            ]
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {name} ({', '.join(_quoted(column) for column in columns)}) VALUES ({marks})"
            yield sql, tuple(_value(column, after[column.name]) for column in columns)
            continue
        before = json.loads(old)
        changed = [column for column in table.columns if before[column.name] != after[column.name]]
        if changed:
            which = [*table.primary_key]
            sql = f"UPDATE {name} SET {_equal(changed, ', ')} WHERE {_equal(which, ' AND ')}"
            yield sql, tuple(_value(column, after[column.name]) for column in (*changed, *which))


def _watch(db: Db) -> None:
    """Let the file note every row that is inserted or changed."""
    db.run(_LOG)
    for table in SQLModel.metadata.sorted_tables:
        new, old = (_as_json(table, side) for side in ("NEW", "OLD"))
        db.run(_WATCH.format(kind="INSERT", name=table.name, old="NULL", new=new))
        db.run(_WATCH.format(kind="UPDATE", name=table.name, old=old, new=new))


def _as_json(table: sa.Table, side: str) -> str:
    pairs = (f"'{column.name}', {side}.{_quoted(column)}" for column in table.columns)
    return f"json_object({', '.join(pairs)})"


def _quoted(column: Any) -> str:
    return f'"{column.name}"'


def _equal(columns: Sequence[Any], between: str) -> str:
    return between.join(f"{_quoted(column)} = ?" for column in columns)


def _value(column: Any, stored: Any) -> Any:
    """Return what a program would send for what SQLite has stored."""
    if stored is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(stored)
    readers: dict[type, Callable[[Any], Any]] = {sa.Boolean: bool, sa.Date: date.fromisoformat}
    read = next((read for kind, read in readers.items() if isinstance(column.type, kind)), None)
    return read(stored) if read else stored


def _for_sqlite(sql: str, parameters: tuple[Any, ...]) -> Statement:
    return sql, tuple(_text(value) for value in parameters)


def _for_postgresql(sql: str, parameters: tuple[Any, ...]) -> Statement:
    return sql_for_psycopg(f"{sql} FOR UPDATE" if sql is _CASE else sql), parameters


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
