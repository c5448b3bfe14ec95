"""Where a benchmark works: a database of its own, made before and dropped after."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from models.database import Database
from models.migrations import upgrade
from tests.postgresql import fresh_database, postgresql_server


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
