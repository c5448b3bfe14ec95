"""PostgreSQL: connections that wait for the next transaction, and a transaction that costs no round trip of its own."""

import contextlib
import select
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from models.transaction import Db, Locked, abandon, discard, is_lock_failure

AT_MOST = 50  # transactions of a process at one moment; who comes later waits
KEPT = 20  # connections that wait for the next transaction

_IDLE = 0  # what libpq calls a connection without a transaction
_REPEATABLE_READ = 3  # what psycopg calls the isolation


class Postgresql:
    """The connections to one server that a process has."""

    def __init__(self, url: sa.URL, *, salts: Callable[[], str], patience_s: float) -> None:
        self.salts = salts
        self.patience_s = patience_s
        self.places: SimpleQueue[None] = SimpleQueue()  # a semaphore is locked for ever where an interrupt strikes it
        for _ in range(AT_MOST):
            self.places.put(None)
        self.idle: list[tuple[sa.Connection, Any]] = []  # each with the driver's own
        self.engine = self._made(url)

    def transaction(self, *, keep: bool, write: bool) -> "OnPostgresql":
        """Make a transaction."""
        return OnPostgresql(self, keep=keep, write=write)

    def take(self) -> tuple[sa.Connection, Any]:
        """Give a connection that the server has not closed: one that waits, else a new one."""
        while True:
            try:
                connection, raw = self.idle.pop()
            except IndexError:
                connection = self.engine.connect()
                return connection, connection.connection.driver_connection
            # An idle connection has nothing to say: where something is to be read, the server has hung up.
            waiting = select.poll()
            waiting.register(raw.pgconn.socket, select.POLLIN)
            if not waiting.poll(0):
                return connection, raw
            discard(connection)

    def overwrite(self) -> bool:
        """Free what nobody can see any more."""
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.autocommit = True  # VACUUM is refused inside of a transaction
            try:
                raw.execute("VACUUM")
            finally:
                raw.autocommit = False
        return True

    def close_idle(self) -> None:
        """Close every connection that nobody uses."""
        with contextlib.suppress(IndexError):  # others take some meanwhile
            while True:
                discard(self.idle.pop()[0])  # closed it would go back to an engine that may have been disposed of

    def _made(self, url: sa.URL) -> sa.Engine:
        told = {"client_encoding": "utf8"}  # whatever PGCLIENTENCODING and the server say
        pool: dict[str, Any] = {"pool_size": KEPT, "max_overflow": -1}
        engine = sa.create_engine(url, connect_args=told, use_native_hstore=False, pool_pre_ping=True, **pool)

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, _: Any) -> None:
            from models.instants import InstantDumper

            connection.adapters.register_dumper(datetime, InstantDumper)
            connection.autocommit = True  # a setting made in a transaction is forgotten with it
            connection.execute(f"SET lock_timeout = {self.patience_s * 1000:.0f}")
            connection.autocommit = False

        return engine


class OnPostgresql:
    """A transaction as a block: the driver says BEGIN with the first statement, and COMMIT travels with the last."""

    __slots__ = ("_connection", "_db", "_keep", "_postgresql", "_raw", "_write")

    def __init__(self, postgresql: Postgresql, *, keep: bool, write: bool) -> None:
        self._postgresql = postgresql
        self._keep = keep
        self._write = write
        self._connection: sa.Connection | None = None
        self._raw: Any = None
        self._db: Db | None = None

    def __enter__(self) -> Db:
        if self._db is not None:
            raise RuntimeError("a transaction is entered once: its connection belongs to somebody else by now")
        postgresql = self._postgresql
        try:
            postgresql.places.get(timeout=postgresql.patience_s)
        except Empty:
            told = f"{AT_MOST} transactions of this process have been open for {postgresql.patience_s:g} seconds"
            raise Locked(told) from None
        try:
            connection, raw = self._connection, self._raw = postgresql.take()
            if not self._write:
                raw.isolation_level, raw.read_only = _REPEATABLE_READ, True
            db = self._db = Db(connection, raw, kind="postgresql", salts=postgresql.salts)
        except BaseException:
            self._end(undo=True)
            raise
        return db

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self._finish()
        except BaseException as failed:
            self._end(undo=True)
            if is_lock_failure(failed):
                raise Locked(str(failed)) from failed
            raise
        self._end(undo=error is not None)
        if error is not None and is_lock_failure(error):
            raise Locked(str(error)) from error

    def _finish(self) -> None:
        assert self._db is not None
        assert self._connection is not None
        keep, raw = self._keep, self._raw
        self._db.finish(keep=keep)
        transaction = self._connection.get_transaction() if self._db.lent else None
        if transaction is not None:
            transaction.commit() if keep else transaction.rollback()
        elif raw.pgconn.transaction_status != _IDLE:
            raw.commit() if keep else raw.rollback()

    def _end(self, *, undo: bool) -> None:
        """Give back what was taken, having undone what was written."""
        connection = self._connection
        try:
            if connection is not None:
                self._give_back(connection, undo=undo)
        except BaseException:
            assert connection is not None
            discard(connection)
            raise
        finally:
            self._postgresql.places.put(None)

    def _give_back(self, connection: sa.Connection, *, undo: bool) -> None:
        lent = False
        if self._db is not None:
            lent = self._db.lent
            if undo:
                abandon(self._db, connection)
            self._db.end()
        raw, idle = self._raw, self._postgresql.idle
        if connection.invalidated or raw.pgconn.transaction_status != _IDLE or raw.pgconn.pipeline_status:
            discard(connection)
            return
        if not self._write:
            raw.isolation_level = raw.read_only = None
        # What was lent goes back to the engine, out of its borrower's reach.
        if lent or len(idle) >= KEPT:
            connection.close()
        else:
            idle.append((connection, raw))
