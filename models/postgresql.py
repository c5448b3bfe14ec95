"""PostgreSQL: connections that wait for the next transaction, and a transaction that costs no round trip of its own."""

import select
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

import sqlalchemy as sa

from models.block import KEPT, Block, Idle, discard, discard_all
from models.transaction import Db, Locked

AT_MOST = 50  # transactions of a process at one moment; who comes later waits

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
        return Db(connection, raw, kind="postgresql", salts=self._connections.salts)

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
