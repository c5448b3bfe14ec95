"""SQLite: one writer of a process at a time, one file that stays the same, and a transaction that costs little.

After a commit, which waits for the disk, every step is a cold one: between two acts there are as few as can be.
"""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from models.block import KEPT, Block, Idle, discard, discard_all
from models.transaction import NOTHING_KEPT, Db, Locked, TransactionLost, instant_text

# Of the log, at most before it is carried into the file: 16 MB. The same few pages change with every act, and are carried
# once; four times as many as SQLite's own number make an act a twentieth cheaper.
LOG_PAGES = 4000

# Between two looks at the name of the file. A look costs a fiftieth of an act, and whoever takes the file away may do so
# after any of them.
LOOK_EVERY_S = 0.01

# The driver writes them itself where they are parameters, and leaves texts and numbers alone.
sqlite3.register_adapter(datetime, instant_text)
sqlite3.register_adapter(date, date.isoformat)


class ReplacedError(OSError):
    """The file of the database is not the one that was opened: moved, replaced or deleted while kenes works with it."""

    def __init__(self, file: str) -> None:
        said = "moved, replaced or deleted while kenes works with it: end kenes, put the file back with its -wal, start anew"
        super().__init__(errno.ESTALE, said, file)


class Turn:
    """One writer of this process at a time: threads queue here, where waiting costs nothing, and not at the file."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._holder: int | None = None

    def take(self) -> None:
        """Wait for one's turn; Locked if it does not come in time."""
        here = threading.get_ident()
        if not self._lock.acquire(blocking=False):
            if self._holder == here:
                raise RuntimeError("a transaction that writes is open in this thread: it would wait for itself")
            if not self._lock.acquire(timeout=self._patience_s):
                raise Locked(f"another transaction of this process has been writing for {self._patience_s:g} seconds")
        self._holder = here

    def end(self) -> None:
        """Let the next one have his turn."""
        self._holder = None
        self._lock.release()


class Sqlite:
    """The connections to one file, or to one memory, that a process has."""

    def __init__(self, url: sa.URL, *, salts: Callable[[], str], patience_s: float, in_memory: bool) -> None:
        self.salts = salts
        self.turn = Turn(patience_s)
        self.alone = in_memory  # then there is one connection for all
        self.idle: Idle = []
        self._file: _File | None = None  # the one that was opened first
        self._look_again_at = 0.0  # whether it is still there
        self.engine = self._made(url, patience_s)

    def transaction(self, *, keep: bool, write: bool) -> "OnSqlite":
        """Make a transaction; ReplacedError if the file is another one than before."""
        if self._file is not None and time.monotonic() >= self._look_again_at:
            _must_be_the_same(self._file)
            self._look_again_at = time.monotonic() + LOOK_EVERY_S
        return OnSqlite(self, keep=keep, write=write)

    def take(self) -> tuple[sa.Connection, Any]:
        """Give a connection: one that waits, else a new one."""
        try:
            return self.idle.pop()
        except IndexError:
            connection = self.engine.connect()
            return connection, connection.connection.driver_connection

    def discard(self, connection: sa.Connection, raw: Any) -> None:
        """Close for good a connection of which nobody knows in what state it is; that of a memory is all there is."""
        if self.alone:
            raw.rollback()
            raw.execute("PRAGMA query_only=OFF")
            connection.close()
        else:
            discard(connection)

    def overwrite(self) -> bool:
        """Write the file anew and empty its log; False: somebody still reads what was."""
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            self.turn.take()
            try:
                raw.execute("VACUUM")
                (busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self.turn.end()
        return not busy

    def close_idle(self) -> None:
        """Close every connection that nobody uses."""
        discard_all(self.idle)

    def _made(self, url: sa.URL, patience_s: float) -> sa.Engine:
        pool: dict[str, Any] = {"poolclass": StaticPool} if self.alone else {"pool_size": KEPT, "max_overflow": -1}
        engine = sa.create_engine(url, connect_args={"check_same_thread": False}, **pool)
        # Patience comes first: the next one may have to wait for others who open the file.
        pragmas = (
            f"busy_timeout={patience_s * 1000:.0f}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"wal_autocheckpoint={LOG_PAGES}",
        )

        @sa.event.listens_for(engine, "do_connect")
        def look(*_: Any) -> None:
            if self._file is not None:
                _must_be_the_same(self._file)  # else SQLite would make a new file where there is none

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes too late
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
            if self._file is None and not self.alone:
                self._file = _file_of(connection)

        return engine


class SqliteDb(Db):
    """What an open transaction sends to SQLite: every statement is executed at once."""

    kind = "sqlite"

    def ask(self, sql: str, *parameters: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """Execute a query and return what gives its rows, as of now, whatever is written before they are fetched."""
        rows = self.all(sql, *parameters)
        return lambda: rows

    def all(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        if self._session is not None or self._raw is None or not self._raw.in_transaction:
            self._be_ready_for(sql)
        return self._raw.execute(sql, parameters).fetchall()  # type: ignore[no-any-return]

    def one(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        if self._session is not None or self._raw is None or not self._raw.in_transaction:
            self._be_ready_for(sql)
        return self._raw.execute(sql, parameters).fetchone()  # type: ignore[no-any-return]

    def run(self, sql: str, *parameters: Any) -> None:
        """Execute a statement."""
        if self._session is not None or self._raw is None or not self._raw.in_transaction:
            self._be_ready_for(sql)
        self._raw.execute(sql, parameters)

    def finish(self, *, keep: bool) -> None:
        """Write what the session holds; TransactionLost if nothing of it can be kept."""
        self.flush()
        if keep and not self._raw.in_transaction:
            raise TransactionLost(NOTHING_KEPT)

    def leave_pipeline(self) -> None:
        """Do nothing: everything sent has been executed."""

    @property
    def broken(self) -> bool:
        """Whether the connection is of no use to anybody any more: a file has none that breaks."""
        return False

    def _be_ready_for(self, sql: str) -> None:
        """Write what the session holds, so that a statement sees it; outside of a transaction it would keep itself."""
        if self._session is not None:
            self._session.flush()
        if self._raw is None or not self._raw.in_transaction:
            raise TransactionLost(f"no transaction is open any more for: {sql}")


class OnSqlite(Block):
    """A transaction on SQLite.

    BEGIN and COMMIT are said to the driver itself: by way of the engine they cost as much as half of an act's statements.
    """

    __slots__ = ()

    _connections: Sqlite

    def _take_place(self) -> None:
        if self._write or self._connections.alone:
            self._connections.turn.take()

    def _leave_place(self) -> None:
        if self._write or self._connections.alone:
            self._connections.turn.end()

    def _begin(self) -> Db:
        connection, raw = self._connection, self._raw = self._connections.take()
        # A deferred transaction that reads and then writes fails at once with "database is locked".
        if self._write:
            raw.execute("BEGIN IMMEDIATE")
        else:
            raw.execute("PRAGMA query_only=ON")
            raw.execute("BEGIN")
        return SqliteDb(connection, raw, self._connections.salts)

    def _finish(self) -> None:
        assert self._db is not None
        if self._db.lent:
            super()._finish()
            return
        if self._keep and not self._raw.in_transaction:
            raise TransactionLost(NOTHING_KEPT)
        self._raw.execute("COMMIT" if self._keep else "ROLLBACK")

    def _close(self, *, keep: bool) -> None:
        self._raw.execute("COMMIT" if keep else "ROLLBACK")

    def _end(self, *, undo: bool) -> None:
        idle = self._connections.idle
        if (
            undo
            or not self._write
            or self._db is None
            or self._db.lent
            or self._raw.in_transaction
            or len(idle) >= KEPT
        ):
            super()._end(undo=undo)
            return
        # Between two acts there are as few steps as can be.
        try:
            self._db.end()
            assert self._connection is not None
            idle.append((self._connection, self._raw))
        finally:
            self._connections.turn.end()

    def _is_as_it_came(self) -> bool:
        try:
            if not self._write:
                self._raw.execute("PRAGMA query_only=OFF")
        except sqlite3.Error:
            return False
        return not self._raw.in_transaction

    def _discard(self, connection: sa.Connection) -> None:
        self._connections.discard(connection, self._raw)


class _File(NamedTuple):
    """A file as the system knows it, whatever its name."""

    name: str
    device: int
    number: int


def _file_of(connection: sqlite3.Connection) -> _File | None:
    """Return which file a connection has opened; none if it has no name."""
    name = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    try:
        found = Path(name).stat() if name else None
    except OSError:
        return None
    return found and _File(name, found.st_dev, found.st_ino)


def _must_be_the_same(file: _File) -> None:
    """Compare two numbers: connections keep a file open that nobody finds any more, and nothing else would say so."""
    try:
        found = os.stat(file.name)  # noqa: PTH116 - half the cost, before every transaction
    except OSError:
        raise ReplacedError(file.name) from None
    if found.st_ino != file.number or found.st_dev != file.device:
        raise ReplacedError(file.name)
