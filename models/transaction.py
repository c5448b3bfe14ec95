"""One open transaction: fixed SQL through the driver, and rows through SQLModel on the same connection."""

import contextlib
import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

ROWS_AT_ONCE = 100  # far below the parameters that a statement may have, SQLite's 32,766

NOTHING_KEPT = "a statement of this transaction failed and its error was caught: nothing is kept"


class TransactionLost(Exception):
    """The transaction cannot be kept, or is over: an earlier statement failed, and whoever caught its error went on.

    A bug. Whoever wants to go on after an error puts what may fail into a `savepoint`.
    """


class Locked(Exception):
    """Somebody else holds a row or the file for longer than one waits; nothing was written."""


def instant_text(instant: datetime) -> str:
    """Write *instant* (aware) as UTC with microseconds: texts of this form sort by time."""
    zone = instant.tzinfo
    if zone is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return _text_of_utc(instant if zone is UTC else instant.astimezone(UTC))


@functools.lru_cache(maxsize=256)  # one act writes the same few instants again and again
def _text_of_utc(instant: datetime) -> str:
    """Write an instant; only in UTC, as the two hours of a clock that is put back are equal and not the same."""
    return instant.isoformat(timespec="microseconds")


def instant(value: Any) -> datetime:
    """Read an instant as either driver returns it (text on SQLite, a datetime on PostgreSQL)."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


@functools.lru_cache(maxsize=1024)
def _of_rows(sql: str, count: int) -> str:
    """Write the statement that inserts one row as one that inserts *count*."""
    before, values, row = sql.rpartition("VALUES ")
    return f"{before}{values}{', '.join([row] * count)}"


class Db(ABC):
    """One open transaction: fixed SQL through the driver, and rows through SQLModel on the same connection.

    SQL is written once for both databases with `?` for parameters, which may be text, numbers, dates, aware instants
    and None. On PostgreSQL statements are sent in a pipeline: `run` does not wait, `ask` waits when its answer is
    fetched, and an error of `run` is raised by a later call, at the latest by the end of the transaction.
    """

    kind: str

    def __init__(self, connection: sa.Connection, raw: Any, salts: Callable[[], str]) -> None:
        self.salt = salts
        self._connection = connection
        self._raw = raw  # the driver's own
        self._session: Session | None = None
        self.lent = False  # whether somebody has asked for SQLAlchemy's connection

    @abstractmethod
    def ask(self, sql: str, *parameters: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """Send a query and return what fetches its rows, once: several sent together cost one round trip."""

    @abstractmethod
    def all(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return every row of a query."""

    @abstractmethod
    def one(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""

    @abstractmethod
    def run(self, sql: str, *parameters: Any) -> None:
        """Send a statement without waiting for its result."""

    def insert(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert *rows*: *sql* is the statement for one, its VALUES last; so many are sent as one statement."""
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            self.run(_of_rows(sql, len(some)), *chain.from_iterable(some))

    def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Send one statement for each of *rows*."""
        for row in rows:
            self.run(sql, *row)

    @property
    def connection(self) -> sa.Connection:
        """SQLAlchemy's connection, which reads results at once: from here on statements are not sent in a pipeline."""
        if self._raw is None:
            raise TransactionLost("no transaction is open any more for a session")
        self.flush()
        self.lent = True
        if not self._connection.in_transaction():
            self._connection.begin()  # for SQLAlchemy: the driver has begun already
        return self._connection

    @property
    def session(self) -> Session:
        """A SQLModel session on this transaction's connection, for reads and forms; inside a savepoint another one.

        The session keeps to a savepoint of its own: a flush that fails undoes what the session did, nothing else.
        """
        connection = self.connection
        if self._session is None:
            self._session = Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        return self._session

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block wrote if it raises, and keep the transaction."""
        self.flush()
        outer, self._session = self._session, None
        self.run("SAVEPOINT inner_work")
        try:
            yield
            self.flush()
            self._release_session()
        except BaseException:
            self._undo_savepoint()
            raise
        finally:
            self._session = outer
        self.run("RELEASE SAVEPOINT inner_work")

    def flush(self) -> None:
        """Wait until everything sent has been executed; errors of it are raised here."""
        self.leave_pipeline()
        if self._session is not None:
            self._session.flush()

    @abstractmethod
    def finish(self, *, keep: bool) -> None:
        """Wait for everything sent; with *keep*, the commit travels with the last statements where it can.

        Raises TransactionLost rather than let a commit pass for kept which the database answers with a rollback.
        """

    def end(self) -> None:
        """Refuse whatever is still asked: the connection belongs to somebody else from now on."""
        self._raw = self._session = None

    @abstractmethod
    def leave_pipeline(self) -> None:
        """Wait until everything sent has been executed, outside of a pipeline from here on."""

    @property
    @abstractmethod
    def broken(self) -> bool:
        """Whether the connection is of no use to anybody any more."""

    def _undo_savepoint(self) -> None:
        """Go back to the savepoint whatever is still under way; where that fails, nothing can be kept any more."""
        with contextlib.suppress(Exception):
            self.leave_pipeline()  # the error of the block is the one to be told
        with contextlib.suppress(Exception):
            if self._session is not None:
                self._session.close()
        with contextlib.suppress(Exception):
            self._roll_back_to_savepoint()
            self.run("RELEASE SAVEPOINT inner_work")  # else an outer block would go back to this one, not to its own
            self.leave_pipeline()

    def _roll_back_to_savepoint(self) -> None:
        self.run("ROLLBACK TO SAVEPOINT inner_work")

    def _release_session(self) -> None:
        if self._session is not None:
            self._session.commit()  # commits no more than the savepoint of its own
