"""A transaction as a block: kept when the block ends, undone when it raises; its connection is given back either way."""

import contextlib
import sqlite3
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from models.transaction import Db, Locked

KEPT = 20  # connections that wait for the next transaction

_LOCK_NOT_AVAILABLE = "55P03"

Idle = list[tuple[sa.Connection, Any]]  # each with the driver's own


class Block(ABC):
    """What both databases have in common; no generator, which would cost as much again.

    A connection goes back to the others only in the state in which it came: else it is closed for good.
    """

    __slots__ = ("_connection", "_connections", "_db", "_keep", "_raw", "_write")

    def __init__(self, connections: Any, *, keep: bool, write: bool) -> None:
        self._connections = connections  # of its database
        self._keep = keep
        self._write = write
        self._connection: sa.Connection | None = None
        self._raw: Any = None
        self._db: Db | None = None

    def __enter__(self) -> Db:
        if self._db is not None:
            raise RuntimeError("a transaction is entered once: its connection belongs to somebody else by now")
        self._take_place()
        try:
            db = self._db = self._begin()
        except BaseException as error:
            self._end(undo=True)
            if _is_lock_failure(error):
                raise Locked(str(error)) from error
            raise
        return db

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self._finish()
        except BaseException as failed:
            self._end(undo=True)
            if _is_lock_failure(failed):
                raise Locked(str(failed)) from failed
            raise
        self._end(undo=error is not None)
        if error is not None and _is_lock_failure(error):
            raise Locked(str(error)) from error

    @abstractmethod
    def _take_place(self) -> None:
        """Wait until one may begin; Locked if that takes too long."""

    @abstractmethod
    def _leave_place(self) -> None:
        """Let the next one begin."""

    @abstractmethod
    def _begin(self) -> Db:
        """Take a connection, note it, and begin."""

    @abstractmethod
    def _close(self, *, keep: bool) -> None:
        """Say COMMIT or ROLLBACK to the driver, where it has not been said yet."""

    @abstractmethod
    def _is_as_it_came(self) -> bool:
        """Take back what was set for this transaction; say whether none is open any more."""

    def _discard(self, connection: sa.Connection) -> None:
        """Close a connection for good."""
        discard(connection)

    def _finish(self) -> None:
        assert self._db is not None
        assert self._connection is not None
        self._db.finish(keep=self._keep)
        transaction = self._connection.get_transaction() if self._db.lent else None
        if transaction is None:
            self._close(keep=self._keep)
        elif self._keep:
            transaction.commit()
        else:
            transaction.rollback()

    def _end(self, *, undo: bool) -> None:
        """Give back what was taken, having undone what was written."""
        connection = self._connection
        try:
            if connection is not None:
                self._give_back(connection, undo=undo)
        except BaseException:
            assert connection is not None
            self._discard(connection)
            raise
        finally:
            self._leave_place()

    def _give_back(self, connection: sa.Connection, *, undo: bool) -> None:
        lent = False
        if self._db is not None:
            lent = self._db.lent
            if undo:
                abandon(self._db, connection)
            self._db.end()
        if connection.invalidated or not self._is_as_it_came():
            self._discard(connection)
        # What was lent goes back to the engine, out of its borrower's reach.
        elif lent or len(self._connections.idle) >= KEPT:
            connection.close()
        else:
            self._connections.idle.append((connection, self._raw))


def discard(connection: sa.Connection) -> None:
    """Close for good a connection of which nobody knows in what state it is."""
    connection.invalidate()
    connection.close()


def discard_all(idle: Idle) -> None:
    """Close for good what waits; others may take some meanwhile."""
    with contextlib.suppress(IndexError):
        while True:
            discard(idle.pop()[0])  # closed it would go back to an engine that may have been disposed of


def abandon(db: Db, connection: sa.Connection) -> None:
    """Undo everything; what goes wrong meanwhile is of no interest beside the error that brought us here."""
    with contextlib.suppress(Exception):
        db.leave_pipeline()
    with contextlib.suppress(Exception):
        if db.broken:
            connection.invalidate()
        transaction = connection.get_transaction()
        if transaction is not None:
            transaction.rollback()
        elif not connection.invalidated:
            connection.connection.rollback()


def _is_lock_failure(error: BaseException) -> bool:
    """Whether *error* is the database's word for having waited too long."""
    cause = getattr(error, "orig", None) or error
    locked = isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
    return locked or getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE or isinstance(cause, sa.exc.TimeoutError)
