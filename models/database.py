"""The database: one address, one way to open a transaction, and the only place that commits."""

import contextlib
import os
import sqlite3
from collections.abc import Callable

import sqlalchemy as sa

from models.postgresql import Postgresql, sql_for_psycopg
from models.sqlite import ReplacedError, Sqlite
from models.transaction import Db, Locked, TransactionLost, instant, instant_text

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

# Unique violation, serialization failure, deadlock.
_RACES = ("23505", "40001", "40P01")


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
        self._connections = self._made()
        self.engine = self._connections.engine

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
        return self._connections.transaction(keep=keep, write=write)

    def overwrite(self) -> bool:
        """Leave nothing on the disk of what was deleted or changed; say whether that could be done to the end.

        SQLite is written anew and its log emptied; False: somebody still reads what was, the log is emptied later. PostgreSQL
        frees what nobody can see any more; only `VACUUM FULL` writes its tables anew. No transaction may be open here.
        """
        return self._connections.overwrite()

    def dispose(self) -> None:
        """Close every connection that nobody uses."""
        self._connections.close_idle()
        self.engine.dispose()

    def _made(self) -> Sqlite | Postgresql:
        if self.kind == "postgresql":
            return Postgresql(self.url, salts=self.salts, patience_s=self.patience_s)
        return Sqlite(self.url, salts=self.salts, patience_s=self.patience_s, in_memory=self.in_memory)


def _salt() -> str:
    """Draw 128 bits from the operating system."""
    return os.urandom(16).hex()


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
