"""Where a benchmark works: a database of its own, made before and dropped after."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models.database import Database
from models.migrations import upgrade
from tests.postgresql import database_url, fresh_database, postgresql_server


@contextlib.contextmanager
def place(kind: str) -> Iterator[str]:
    """Yield the address of an empty, migrated database of *kind* (sqlite, pg) that keeps its promises on commits.

    PostgreSQL is found by PGHOST, PGPORT and PGUSER; without PGHOST the one of the development packages is started.
    """
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kenes-bench-"))
            url = f"sqlite:///{Path(folder, 'kenes.db')}"
        else:
            server = stack.enter_context(postgresql_server(durable=True))
            url = stack.enter_context(fresh_database(server))
        database = Database(url)
        upgrade(database)
        database.dispose()
        yield url


@contextlib.contextmanager
def copied(url: str) -> Iterator[str]:
    """Yield the address of a copy of a database to which nobody is connected; it is dropped afterwards."""
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory(prefix="kenes-copy-") as folder:
            yield f"sqlite:///{shutil.copyfile(url.removeprefix('sqlite:///'), Path(folder, 'kenes.db'))}"
        return
    name = url.partition("?")[0].rpartition("/")[2]
    with fresh_database(database_url(url, "postgres"), template=name) as copy:
        yield copy


def forgetful(url: str) -> Database:
    """Open an SQLite file without waiting for the disk: to prepare rows, and where speed is not what is asked."""
    database = Database(url)

    @sa.event.listens_for(database.engine, "connect")
    def forget(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")  # kilobytes

    return database
