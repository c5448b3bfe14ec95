"""The database: one address, one way to open a transaction, and the only place that commits."""

import contextlib
import errno
import os
import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from models.transaction import Db, TransactionLost, instant, instant_text, sql_for_psycopg

__all__ = [
    "Database",
    "Db",
    "Locked",
    "ReplacedError",
    "TransactionLost",
    "instant",
    "instant_text",
    "is_outage",
    "is_race",
    "sql_for_psycopg",
]

# Longer than any act of ours, shorter than a person's patience with a page that does not answer.
PATIENCE_S = 30.0

KEPT = 20  # connections to SQLite that wait for the next reader

# Unique violation, serialization failure, deadlock.
_RACES = ("23505", "40001", "40P01")
_LOCK_NOT_AVAILABLE = "55P03"


class Locked(Exception):
    """Somebody else holds a row or the file for longer than one waits; nothing was written."""


class ReplacedError(OSError):
    """The file of the database is not the one that was opened: moved, replaced or deleted while kenes works with it."""

    def __init__(self, file: str) -> None:
        said = "moved, replaced or deleted while kenes works with it: end kenes, put the file back with its -wal, start anew"
        super().__init__(errno.ESTALE, said, file)


class Database:
    """Where the rows are: SQLite (a file, or in memory) or PostgreSQL, by its address."""

    def __init__(self, url: str, *, salts: Callable[[], str] | None = None, patience_s: float = PATIENCE_S) -> None:
        self.url = sa.make_url(url)
        self.kind = self.url.get_backend_name()
        if self.kind not in ("sqlite", "postgresql"):
            shown = self.url.render_as_string(hide_password=True)
            raise ValueError(f"database address {shown!r}: expected sqlite:///file or postgresql://host/name")
        if self.kind == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.salts = salts or _salt
        self.patience_s = patience_s
        self._turn = _Turn(patience_s)
        self._alone = self.in_memory  # then there is one connection for all
        self._idle: list[sa.Connection] = []  # of SQLite; PostgreSQL's are kept by the engine, which counts them
        self._file: _File | None = None  # the one that was opened first
        self.engine = self._sqlite_engine() if self.kind == "sqlite" else self._postgresql_engine()

    @property
    def in_memory(self) -> bool:
        """Whether it vanishes with this process."""
        named = self.url.database in (None, "", ":memory:", "file::memory:") or self.url.query.get("mode") == "memory"
        return self.kind == "sqlite" and named

    def transaction(self, *, keep: bool = True, write: bool = True) -> contextlib.AbstractContextManager[Db]:
        """Open a transaction and commit it when the block ends; roll back if it raises, or if not *keep*.

        A transaction that does not *write* sees one state, takes no lock, and is refused by the database if it writes.
        Raises Locked where others hold what is needed for longer than one waits, ReplacedError where the file of SQLite is
        another one than before: what is written into a deleted file is lost.
        """
        if self._file is not None:
            self._must_be_the_same_file()
        return (self._on_sqlite if self.kind == "sqlite" else self._on_postgresql)(keep=keep, write=write)

    def overwrite(self) -> bool:
        """Leave nothing on the disk of what was deleted or changed; say whether that could be done to the end.

        SQLite is written anew and its log emptied; False: somebody still reads what was, the log is emptied later. PostgreSQL
        frees what nobody can see any more; only `VACUUM FULL` writes its tables anew. No transaction may be open here.
        """
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            if self.kind == "postgresql":
                return _vacuumed(raw)
            with self._turn:
                raw.execute("VACUUM")
                (busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def dispose(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()

    def _must_be_the_same_file(self) -> None:
        """Compare two numbers: connections keep a file open that nobody finds any more, and nothing else would say so."""
        assert self._file is not None
        try:
            found = os.stat(self._file.name)  # noqa: PTH116 - half the cost, before every transaction
        except OSError:
            raise ReplacedError(self._file.name) from None
        if found.st_ino != self._file.number or found.st_dev != self._file.device:
            raise ReplacedError(self._file.name)

    @contextlib.contextmanager
    def _on_sqlite(self, *, keep: bool, write: bool) -> Iterator[Db]:
        """Say BEGIN and COMMIT to the driver itself: by way of the engine they cost as much as half of an act's statements."""
        with _telling_locked(), self._turn if write or self._alone else contextlib.nullcontext():
            connection = self._idle.pop() if self._idle else self.engine.connect()
            raw: Any = connection.connection.driver_connection
            db = Db(connection, kind=self.kind, salts=self.salts)
            try:
                if not write:
                    raw.execute("PRAGMA query_only=ON")
                # A deferred transaction that reads and then writes fails at once with "database is locked".
                raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                yield db
                db.finish(keep=keep)
                transaction = connection.get_transaction()
                if transaction is not None:
                    transaction.commit() if keep else transaction.rollback()
                else:
                    raw.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                _abandon(db, connection)
                raise
            finally:
                db.end()
                if not write:
                    self._let_write(connection, raw)
                # What was lent goes back to the engine, out of its borrower's reach; so does what is of no use any more.
                gone = db.lent or raw.in_transaction or connection.invalidated or len(self._idle) >= KEPT
                connection.close() if gone else self._idle.append(connection)

    @staticmethod
    def _let_write(connection: sa.Connection, raw: Any) -> None:
        try:
            raw.execute("PRAGMA query_only=OFF")
        except sqlite3.Error:
            connection.invalidate()

    @contextlib.contextmanager
    def _on_postgresql(self, *, keep: bool, write: bool) -> Iterator[Db]:
        with _telling_locked(), self.engine.connect() as connection:
            if not write:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            transaction = connection.begin()
            db = Db(connection, kind=self.kind, salts=self.salts)
            try:
                yield db
                db.finish(keep=keep)
                transaction.commit() if keep else transaction.rollback()
            except BaseException:
                _abandon(db, connection)
                raise
            finally:
                db.end()

    def _sqlite_engine(self) -> sa.Engine:
        pool: dict[str, Any] = {"poolclass": StaticPool} if self.in_memory else {"pool_size": KEPT, "max_overflow": -1}
        engine = sa.create_engine(self.url, connect_args={"check_same_thread": False}, **pool)
        # Patience comes first: the next one may have to wait for others who open the file.
        pragmas = (
            f"busy_timeout={self.patience_s * 1000:.0f}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        )

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes too late
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
            if self._file is None and not self.in_memory:
                self._file = _file_of(connection)

        return engine

    def _postgresql_engine(self) -> sa.Engine:
        pool: dict[str, Any] = {"pool_size": 20, "max_overflow": 30, "pool_timeout": self.patience_s}
        told = {"client_encoding": "utf8"}  # whatever PGCLIENTENCODING and the server say
        engine = sa.create_engine(self.url, connect_args=told, use_native_hstore=False, **pool)

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, _: Any) -> None:
            from models.postgresql import InstantDumper

            connection.adapters.register_dumper(datetime, InstantDumper)
            connection.autocommit = True  # a setting made in a transaction is forgotten with it
            connection.execute(f"SET lock_timeout = {self.patience_s * 1000:.0f}")
            connection.autocommit = False

        @sa.event.listens_for(engine, "checkout")
        def still_there(connection: Any, _: Any, __: Any) -> None:
            # An idle connection has nothing to say: where something is to be read, the server has hung up.
            waiting = select.poll()
            waiting.register(connection.fileno(), select.POLLIN)
            if waiting.poll(0):
                raise sa.exc.DisconnectionError("the server has closed this connection")

        return engine


def _salt() -> str:
    """Draw 128 bits from the operating system."""
    return os.urandom(16).hex()


class _Turn:
    """One writer of this process at a time: threads queue here, where waiting costs nothing, and not at the file."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        here = threading.get_ident()
        if self._holder == here:
            raise RuntimeError("a transaction that writes is open in this thread: it would wait for itself")
        if not (self._lock.acquire(blocking=False) or self._lock.acquire(timeout=self._patience_s)):
            raise Locked(f"another transaction of this process has been writing for {self._patience_s:g} seconds")
        self._holder = here

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._holder = None
        self._lock.release()


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


def is_outage(error: BaseException) -> bool:
    """Whether *error* says that the database cannot be reached or waited for, and nothing of what was asked."""
    return isinstance(error, Locked | ReplacedError | sa.exc.TimeoutError) or any(
        kind.__name__ in ("OperationalError", "DisconnectionError", "InterfaceError") for kind in type(error).__mro__
    )


def is_race(error: BaseException) -> bool:
    """Whether *error* says that somebody was first, so that the whole transaction may be tried again."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return state in _RACES
    return isinstance(cause, sqlite3.IntegrityError) and "UNIQUE" in str(cause)


@contextlib.contextmanager
def _telling_locked() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if _is_lock_failure(error):
            raise Locked(str(error)) from error
        raise


def _is_lock_failure(error: BaseException) -> bool:
    cause = getattr(error, "orig", None) or error
    locked = isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
    return locked or getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE or isinstance(cause, sa.exc.TimeoutError)


def _vacuumed(raw: Any) -> bool:
    raw.autocommit = True  # VACUUM is refused inside of a transaction
    try:
        raw.execute("VACUUM")
    finally:
        raw.autocommit = False
    return True


def _abandon(db: Db, connection: sa.Connection) -> None:
    """Undo everything; what goes wrong meanwhile is of no interest beside the error that brought us here."""
    with contextlib.suppress(Exception):
        db.leave_pipeline()
    with contextlib.suppress(Exception):
        if db.broken:
            connection.invalidate()
        transaction = connection.get_transaction()
        if transaction is not None:
            transaction.rollback()
        elif db.kind == "sqlite":
            connection.connection.rollback()
