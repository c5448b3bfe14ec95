"""The databases that scenarios are played on: empty, at the newest schema, one after the other."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa

from models.database import Database
from models.migrations import VERSION_TABLE, downgrade, revision_of, upgrade

_SEEDED = frozenset({VERSION_TABLE, "calendar_versions"})  # what a home that was just made contains


class NotEmptyError(Exception):
    """Somebody's rows are in the database: a scenario is not played over them."""


class WrongAddressError(Exception):
    """The address is of no database that one can play on."""


class Stages(Protocol):
    """Lends an empty database to each scenario."""

    def fresh(self) -> Any:
        """Lend an empty database, as a context."""


class InMemory:
    """Databases in memory: migrated once, copied for each scenario."""

    def __init__(self) -> None:
        self._template: Database | None = None

    @contextmanager
    def fresh(self, salts: Callable[[], str] | None = None) -> Iterator[Database]:
        """Lend a copy of the migrated template; it vanishes afterwards."""
        if self._template is None:
            self._template = Database("sqlite://")
            upgrade(self._template)
        database = Database("sqlite://", salts=salts or _counted())
        try:
            with self._template.engine.connect() as source, database.engine.connect() as target:
                raw: Any = source.connection.driver_connection
                raw.backup(target.connection.driver_connection)
            yield database
        finally:
            database.dispose()


class Given:
    """A database at an address: it must be empty, is emptied between scenarios, and keeps the rows of the last one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._used = False
        self._open().dispose()

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """Lend the database at the newest schema without rows; NotEmptyError if there are others' rows in it."""
        database = self._open()
        try:
            if self._used:
                downgrade(database)
            elif found := _somebodys(database):
                raise NotEmptyError(found)
            upgrade(database)
            self._used = True
            yield database
        finally:
            database.dispose()

    def _open(self) -> Database:
        try:
            return Database(self.url, salts=_counted())
        except (ValueError, ModuleNotFoundError) as error:  # of a driver that is not installed
            raise WrongAddressError(str(error)) from None


def _counted() -> Any:
    """Count instead of drawing salts: the same scenario makes the same record."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


def _somebodys(database: Database) -> str | None:
    """Name a table that somebody has written to, or that is not ours; None if the database is empty."""
    ours = revision_of(database) is not None
    with database.transaction(write=False) as db:
        for table in sorted(sa.inspect(db.connection).get_table_names()):
            if table in _SEEDED and ours:
                continue
            if not ours or db.one(f'SELECT 1 FROM "{table}" LIMIT 1'):  # noqa: S608
                return table
    return None
