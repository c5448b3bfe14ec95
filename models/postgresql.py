"""PostgreSQL: connections that wait for the next transaction, and a transaction that costs no round trip of its own."""

import functools
import itertools
import select
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

import sqlalchemy as sa

from models.block import KEPT, Block, Idle, discard, discard_all
from models.transaction import NOTHING_KEPT, Db, Locked, TransactionLost

AT_MOST = 50  # transactions of a process at one moment; who comes later waits

_IDLE = 0  # what libpq calls a connection without a transaction
_FAILED = 3  # and one in whose transaction a statement has failed
_REPEATABLE_READ = 3  # what psycopg calls the isolation

_undone = itertools.count(1)  # savepoints of this process


@functools.lru_cache(maxsize=4096)
def sql_for_psycopg(sql: str) -> str:
    """Write a statement with `?` for parameters as psycopg wants it."""
    return sql.replace("%", "%%").replace("?", "%s")


class Postgresql:
    """The connections to one server that a process has."""

    def __init__(self, url: sa.URL, *, salts: Callable[[], str], patience_s: float) -> None:
        self.salts = salts
        self.patience_s = patience_s
        self.places: SimpleQueue[None] = SimpleQueue()  # a semaphore is locked for ever where an interrupt strikes it
        for _ in range(AT_MOST):
            self.places.put(None)
        self.idle: Idle = []
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
        discard_all(self.idle)

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


class PostgresqlDb(Db):
    """What an open transaction sends to PostgreSQL: in a pipeline, until somebody has asked for SQLAlchemy's connection.

    To make a cursor costs half as much as to send a statement. What is sent and what is read have each their own: an answer
    that comes late would else be taken for another's.
    """

    kind = "postgresql"

    _pipeline: Any = None
    _sending: Any = None
    _reading: Any = None

    def ask(self, sql: str, *parameters: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """Send a query and return what fetches its rows, once: several sent together cost one round trip."""
        return self._ready_for(sql).cursor().execute(sql_for_psycopg(sql), parameters).fetchall  # type: ignore[no-any-return]

    def all(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        return self._read(sql, parameters).fetchall()  # type: ignore[no-any-return]

    def one(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        return self._read(sql, parameters).fetchone()  # type: ignore[no-any-return]

    def run(self, sql: str, *parameters: Any) -> None:
        """Send a statement without waiting for its result."""
        raw = self._ready_for(sql)
        if self._sending is None:
            self._sending = raw.cursor()
        self._sending.execute(sql_for_psycopg(sql), parameters)

    def finish(self, *, keep: bool) -> None:
        """Wait for everything sent; the commit travels with the last statements."""
        commit = self._raw.execute("COMMIT", prepare=False) if keep and self._pipeline is not None else None
        self.flush()
        if keep and (commit.statusmessage != "COMMIT" if commit else self._raw.pgconn.transaction_status == _FAILED):
            raise TransactionLost(NOTHING_KEPT)

    def leave_pipeline(self) -> None:
        """Wait until everything sent has been executed, outside of a pipeline from here on."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.__exit__(None, None, None)

    @property
    def broken(self) -> bool:
        """Whether the connection is of no use to anybody any more."""
        return bool(getattr(self._raw, "broken", False))

    def _read(self, sql: str, parameters: tuple[Any, ...]) -> Any:
        raw = self._ready_for(sql)
        if self._reading is None:
            self._reading = raw.cursor()
        return self._reading.execute(sql_for_psycopg(sql), parameters)

    def _ready_for(self, sql: str) -> Any:
        """Return the driver's connection for a statement, which sees what the session has written."""
        if self._session is not None:
            self._session.flush()
        if self._raw is None:
            raise TransactionLost(f"no transaction is open any more for: {sql}")
        if self._pipeline is None and not self.lent:
            self._pipeline = self._raw.pipeline()
            self._pipeline.__enter__()
        return self._raw

    def _roll_back_to_savepoint(self) -> None:
        # psycopg takes for prepared what it sent after the statement that failed. It begins anew at a rollback, but looks
        # only at the answers to texts that it has not met.
        self.run(f"ROLLBACK TO SAVEPOINT inner_work -- {next(_undone)}")


class OnPostgresql(Block):
    """A transaction on PostgreSQL: the driver says BEGIN with the first statement, and COMMIT travels with the last."""

    __slots__ = ()

    _connections: Postgresql

    def _take_place(self) -> None:
        patience_s = self._connections.patience_s
        try:
            self._connections.places.get(timeout=patience_s)
        except Empty:
            told = f"{AT_MOST} transactions of this process have been open for {patience_s:g} seconds"
            raise Locked(told) from None

    def _leave_place(self) -> None:
        self._connections.places.put(None)

    def _begin(self) -> Db:
        connection, raw = self._connection, self._raw = self._connections.take()
        if not self._write:
            raw.isolation_level, raw.read_only = _REPEATABLE_READ, True
        return PostgresqlDb(connection, raw, self._connections.salts)

    def _close(self, *, keep: bool) -> None:
        if self._raw.pgconn.transaction_status != _IDLE:
            self._raw.commit() if keep else self._raw.rollback()

    def _is_as_it_came(self) -> bool:
        server = self._raw.pgconn
        if server.transaction_status != _IDLE or server.pipeline_status:
            return False
        if not self._write:
            self._raw.isolation_level = self._raw.read_only = None
        return True
