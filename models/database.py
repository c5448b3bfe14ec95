"""The database: one address, one way to open a transaction, and the only place that commits."""

import contextlib
import functools
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

# Longer than any act of ours, shorter than a person's patience with a page that does not answer.
SQLITE_BUSY_MS = 30_000


class Locked(Exception):
    """Somebody else holds a row or the file for longer than one waits; nothing was written."""


def instant_text(instant: datetime) -> str:
    """Write *instant* (aware) as UTC with microseconds: texts of this form sort by time."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant(value: Any) -> datetime:
    """Read an instant as either driver returns it (text on SQLite, a datetime on PostgreSQL)."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


@functools.cache
def sql_for_psycopg(sql: str) -> str:
    """Write a statement with the parameters that psycopg asks for."""
    return sql.replace("%", "%%").replace("?", "%s")


class Db:
    """One open transaction: fixed SQL through the driver, and rows through SQLModel on the same connection.

    SQL is written once for both databases with `?` for parameters. On PostgreSQL statements are sent in a
    pipeline: `run` does not wait, `ask` waits when its answer is fetched.
    """

    def __init__(self, connection: sa.Connection, *, kind: str, salts: Callable[[], str]) -> None:
        self.connection = connection
        self.kind = kind
        self.salt = salts
        self._raw: Any = connection.connection.driver_connection
        self._pipeline: Any = None
        self._session: Session | None = None

    def ask(self, sql: str, *parameters: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """Send a query and return what fetches its rows: several sent together cost one round trip."""
        return self._execute(sql, parameters).fetchall  # type: ignore[no-any-return]

    def all(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        return self._execute(sql, parameters).fetchall()  # type: ignore[no-any-return]

    def one(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        return self._execute(sql, parameters).fetchone()  # type: ignore[no-any-return]

    def run(self, sql: str, *parameters: Any) -> None:
        """Send a statement without waiting for its result."""
        self._execute(sql, parameters)

    def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Send one statement for each of *rows*."""
        for row in rows:
            self._execute(sql, row)

    @property
    def session(self) -> Session:
        """A SQLModel session on this transaction's connection, for reads and forms."""
        self.flush()
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block wrote if it raises, and keep the transaction."""
        self.flush()
        self.run("SAVEPOINT inner_work")
        try:
            yield
            self.flush()
        except BaseException:
            self._leave_pipeline()
            self.run("ROLLBACK TO SAVEPOINT inner_work")
            raise
        self.run("RELEASE SAVEPOINT inner_work")

    def flush(self) -> None:
        """Wait until everything sent has been executed; errors of it are raised here."""
        if self._pipeline is not None:
            self._leave_pipeline()
        if self._session is not None:
            self._session.flush()

    def finish(self, *, keep: bool) -> None:
        """Wait for everything sent; with *keep*, the commit travels with the last statements."""
        if keep and self._pipeline is not None and self._session is None:
            self._raw.commit()
        self.flush()

    def _execute(self, sql: str, parameters: tuple[Any, ...]) -> Any:
        if self.kind == "sqlite":
            return self._raw.execute(sql, [instant_text(p) if type(p) is datetime else p for p in parameters])
        if self._pipeline is None:
            self._pipeline = self._raw.pipeline()
            self._pipeline.__enter__()
        return self._raw.execute(sql_for_psycopg(sql), parameters)

    def _leave_pipeline(self) -> None:
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.__exit__(None, None, None)


class Database:
    """Where the rows are: SQLite (a file, or in memory) or PostgreSQL, by its address."""

    def __init__(self, url: str, *, salts: Callable[[], str] | None = None) -> None:
        self.url = sa.make_url(url)
        self.kind = self.url.get_backend_name()
        if self.kind not in ("sqlite", "postgresql"):
            raise ValueError(f"database address {url!r}: expected sqlite:///file or postgresql://host/name")
        if self.kind == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.salts = salts or functools.partial(secrets.token_hex, 16)
        self._writing = threading.Lock() if self.kind == "sqlite" else contextlib.nullcontext()
        self.engine = self._sqlite_engine() if self.kind == "sqlite" else sa.create_engine(self.url, pool_size=20)

    @property
    def in_memory(self) -> bool:
        """Whether it vanishes with this process."""
        return self.kind == "sqlite" and self.url.database in (None, "", ":memory:")

    @contextlib.contextmanager
    def transaction(self, *, keep: bool = True, write: bool = True) -> Iterator[Db]:
        """Open a transaction and commit it when the block ends; roll back if it raises, or if not *keep*.

        A transaction that does not *write* sees one state and takes no lock.
        """
        with contextlib.ExitStack() as stack:
            if write:
                stack.enter_context(self._writing)
            connection = stack.enter_context(self.engine.connect())
            if self.kind == "sqlite" and not write:
                connection = connection.execution_options(reading=True)
            transaction = connection.begin()
            db = Db(connection, kind=self.kind, salts=self.salts)
            try:
                yield db
                db.finish(keep=keep)
            except BaseException as error:
                self._abandon(db, transaction, error)
                if _is_lock_failure(error):
                    raise Locked(str(error)) from error
                raise
            transaction.commit() if keep else transaction.rollback()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _abandon(self, db: Db, transaction: sa.RootTransaction, error: BaseException) -> None:
        with contextlib.suppress(Exception):
            db._leave_pipeline()
        if getattr(db._raw, "broken", False):
            db.connection.invalidate(error if isinstance(error, Exception) else None)
        with contextlib.suppress(Exception):
            transaction.rollback()

    def _sqlite_engine(self) -> sa.Engine:
        pool: dict[str, Any] = {"poolclass": StaticPool} if self.in_memory else {"pool_size": 20}
        engine = sa.create_engine(self.url, connect_args={"check_same_thread": False}, **pool)

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves: the driver's own comes too late
            for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            # A deferred transaction that reads and then writes fails at once with "database is locked".
            reading = connection.get_execution_options().get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine


def is_race(error: BaseException) -> bool:
    """Whether *error* says that somebody was first, so that the whole transaction may be tried again."""
    state = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
    if state is not None:
        return state in ("23505", "40001", "40P01")  # unique violation, serialization failure, deadlock
    cause = getattr(error, "orig", error)
    return isinstance(cause, sqlite3.IntegrityError) and "UNIQUE" in str(cause)


def _is_lock_failure(error: BaseException) -> bool:
    cause = getattr(error, "orig", error)
    locked = isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
    return locked or getattr(cause, "sqlstate", None) == "55P03"
