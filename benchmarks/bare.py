"""The bare statements: what the five acts send, recorded once and replayed by the plain driver, nothing else.

Each act's statements are sent one by one in a transaction of their own, as a program without any engine would send
them, on a copy of the same rows and with the same promises on commits. A query that an act asks twice is sent once.
"""

import resource
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import psycopg

from benchmarks.assembly import STEPS, step
from machines.perform import perform
from machines.rulebook import Rulebook
from models.database import Database, Db, instant_text, sql_for_psycopg

Statements = list[tuple[str, tuple[Any, ...]]]


def record(database: Database, numbers: Sequence[str]) -> list[Statements]:
    """Lead *numbers* through the five acts, breadth first, and return the statements of each."""
    book = Rulebook()
    return [_recorded(database, book, number, n) for n in range(len(STEPS)) for number in numbers]


def replay(url: str, acts: Sequence[Statements]) -> tuple[float, float]:
    """Send the statements of *acts* through the plain driver; return acts a second and CPU milliseconds an act."""
    send = _sqlite(url, acts) if url.startswith("sqlite") else _postgresql(url, acts)
    cpu, began = _cpu(), time.perf_counter()
    send()
    seconds = time.perf_counter() - began
    return len(acts) / seconds, (_cpu() - cpu) / len(acts) * 1000


def _recorded(database: Database, book: Rulebook, number: str, n: int) -> Statements:
    with database.transaction() as db:
        recording = _Recording(db)
        perform(recording, step(number, n), book)
    return list(dict.fromkeys(recording.statements))


class _Recording(Db):
    """A transaction that notes what it is asked to send."""

    def __init__(self, db: Db) -> None:
        self.__dict__ = db.__dict__
        self.statements: Statements = []

    def _execute(self, sql: str, parameters: tuple[Any, ...]) -> Any:
        self.statements.append((sql, parameters))
        return super()._execute(sql, parameters)


def _sqlite(url: str, acts: Sequence[Statements]) -> Any:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    plain = [[(sql, [_text(p) for p in parameters]) for sql, parameters in statements] for statements in acts]

    def send() -> None:
        for statements in plain:
            connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                connection.execute(sql, parameters).fetchall()
            connection.execute("COMMIT")

    return send


def _postgresql(url: str, acts: Sequence[Statements]) -> Any:
    connection = psycopg.connect(url.replace("+psycopg", ""))
    plain = [[(sql_for_psycopg(sql), parameters) for sql, parameters in statements] for statements in acts]

    def send() -> None:
        for statements in plain:
            for sql, parameters in statements:
                cursor = connection.execute(sql, parameters)
                if cursor.description:
                    cursor.fetchall()
            connection.commit()

    return send


def _text(value: Any) -> Any:
    return instant_text(value) if hasattr(value, "astimezone") else value


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
