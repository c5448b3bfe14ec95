"""Statements of one transaction in any order: each answer is that of its own question, as of when it was asked.

Random orders of everything that a transaction offers, against a dict. Every question carries a mark that its answer repeats.
"""

import contextlib
import itertools
import random
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from models import Counter, Database
from models.transaction import Db

PUT = "INSERT INTO counters (series, last) VALUES (?, ?)"
SET = "UPDATE counters SET last = ? WHERE series = ?"
QUESTIONS = (
    "SELECT CAST(? AS INTEGER), series, last FROM counters ORDER BY series",
    "SELECT CAST(? AS TEXT), series, last FROM counters ORDER BY series",
    "SELECT ?, series, last FROM counters WHERE last >= 0 ORDER BY series",
)
FAILURES = (sqlite3.Error, psycopg.Error)
Rows = list[tuple[Any, ...]]


class Stop(Exception):
    """Ends a block that is not to be kept."""


class Player:
    """Sends statements as the dice fall, and does in a dict what they do."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.dice, self.marks = database, random.Random(seed), itertools.count(1)
        self.rows: dict[str, int] = {}
        self.open: list[tuple[Callable[[], Rows], Rows, bool]] = []  # answers to come, and whether they may fail to
        self.failed = False  # whether a statement of this block has failed: on PostgreSQL no other is carried out then

    def transact(self) -> None:
        """Play one transaction, kept or not, and look at what is there afterwards."""
        before = dict(self.rows)
        with contextlib.suppress(Stop), self.database.transaction() as db:
            self.steps(db, depth=0)
            for _ in range(len(self.open)):
                self.fetch()
            if self.dice.random() < 0.2:
                self.rows = before
                raise Stop
        with self.database.transaction(write=False) as db:
            assert self.rows == dict(db.all("SELECT series, last FROM counters"))

    def steps(self, db: Db, *, depth: int) -> None:
        """Take some steps."""
        steps = (self.put, self.put, self.change, self.change_many, self.read, self.read, self.ask, self.ask, self.look)
        for _ in range(self.dice.randrange(1, 14)):
            chance = self.dice.random()
            if chance < 0.12 and depth < 3 and not self.failed:
                self.block(db, depth)
            elif chance < 0.25 and self.open:
                self.fetch()
            elif chance < 0.27 and not self.failed:
                self.lend(db)
            elif chance < 0.32 and depth:
                self.fail(db)
            else:
                with self.perhaps():
                    self.dice.choice(steps)(db)

    def block(self, db: Db, depth: int) -> None:
        """Play a block of its own; undone if something in it failed, and sometimes if nothing did."""
        before, failed = dict(self.rows), self.failed
        with contextlib.suppress(Stop), db.savepoint():
            self.steps(db, depth=depth + 1)
            if self.failed or self.dice.random() < 0.3:
                self.rows = before
                raise Stop
        self.failed = failed

    def fail(self, db: Db) -> None:
        """Send what the database refuses; the error may come with a later statement."""
        self.failed = True
        with self.perhaps():
            db.run(PUT, None, 1)

    @contextlib.contextmanager
    def perhaps(self) -> Iterator[None]:
        """Let go wrong what comes after a failure, and nothing else."""
        try:
            yield
        except FAILURES:
            if not self.failed:
                raise

    def put(self, db: Db) -> None:
        """Write new rows in one statement, one for each, or by a session."""
        rows = [(f"s{next(self.marks)}", self.dice.randrange(9)) for _ in range(self.dice.randrange(1, 4))]
        self.rows |= dict(rows)
        self.dice.choice((db.insert, db.many))(PUT, rows)

    def change(self, db: Db) -> None:
        """Change a row, and leave what comes back where it is."""
        series, last = self.series(), next(self.marks)
        self.rows |= {series: last} if series in self.rows else {}
        db.run(f"{SET} RETURNING last, series", last, series)

    def change_many(self, db: Db) -> None:
        """Change rows one by one."""
        rows = [(next(self.marks), self.series()) for _ in range(3)]
        self.rows |= {series: last for last, series in rows if series in self.rows}
        db.many(SET, rows)

    def look(self, db: Db) -> None:
        """Send a question that nobody waits for, as a lock is taken."""
        db.run(*self.question())

    def read(self, db: Db) -> None:
        """Ask and wait."""
        sql, mark = self.question()
        rows = self.answer(mark)
        if self.dice.random() < 0.5:
            assert rows == db.all(sql, mark)
        else:
            assert next(iter(rows), None) == db.one(sql, mark)

    def ask(self, db: Db) -> None:
        """Ask, and fetch the answer another time."""
        sql, mark = self.question()
        self.open.append((db.ask(sql, mark), self.answer(mark), self.failed))

    def fetch(self) -> None:
        """Fetch an answer that was asked for before, in whatever order."""
        answer, rows, may_fail = self.open.pop(self.dice.randrange(len(self.open)))
        try:
            found = answer()
        except FAILURES:
            assert may_fail or self.failed
        else:
            assert rows == found

    def lend(self, db: Db) -> None:
        """Write by a session, which shares the connection, and perhaps read by it."""
        series = f"r{next(self.marks)}"
        self.rows[series] = 1
        db.session.add(Counter(series=series, last=1))
        if self.dice.random() < 0.5:
            found = db.session.execute(sa.text("SELECT series, last FROM counters ORDER BY series"))
            assert self.answer() == [tuple(row) for row in found]

    def question(self) -> tuple[str, Any]:
        """Draw a question and its mark."""
        mark = next(self.marks)
        sql = self.dice.choice(QUESTIONS)
        return sql, mark if "INTEGER" in sql else str(mark)

    def answer(self, *mark: Any) -> Rows:
        """Say what is there now, with the mark of the question before each row."""
        return [(*mark, *row) for row in sorted(self.rows.items())]

    def series(self) -> str:
        """Name a row, or none."""
        return self.dice.choice([*self.rows, "nowhere"])


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_is_taken_for_another(database: Database, seed: int):
    """Whatever is sent, read, asked, undone or fails between a question and its answer."""
    player = Player(database, seed)
    for _ in range(25):
        player.transact()
