"""Fixtures that every test may ask for.

`database` is a migrated, empty database: the test runs on SQLite and, marked `postgresql`, on PostgreSQL. A test about
SQLite alone asks for `sqlite_database`, one about PostgreSQL alone for `postgresql_database`.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from machines.rulebook import Rulebook
from models import Database
from models.migrations import upgrade
from tests import postgresql
from tests.chromium import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let half of the processes begin with what waits for minutes, the others with what works for minutes; all share what comes after it.

    Each process is given an equal part of the list, and takes from another's when it has done its own (`--dist worksteal`).
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    half = max(1, processes // 2)
    waiting = [item for item in items if item.get_closest_marker("prefect")]
    working = [item for item in items if item.get_closest_marker("minutes") and item not in waiting]
    others = processes - half
    begins = [waiting[n::half] for n in range(half)] + [working[n::others] for n in range(others)]
    placed = {item for first in begins for item in first}
    rest = iter([item for item in items if item not in placed])
    left = len(items)
    ordered: list[pytest.Item] = []
    for process, first in enumerate(begins):
        part = left // (processes - process)
        left -= part
        ordered += [*first, *itertools.islice(rest, max(0, part - len(first)))]
    items[:] = [*ordered, *rest]


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """Bring the database at a URL to the newest schema."""

    def upgrade_at(url: str) -> None:
        database = Database(url)
        upgrade(database)
        database.dispose()

    return upgrade_at


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """Lend the rulebook as it ships: no ruling switched, the built-in calendar, Asia/Almaty."""
    return Rulebook()


@pytest.fixture
def salts() -> Callable[[], str]:
    """Count instead of drawing salts, so that the hashes of a test are the same every time; a module may override it."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """Lend a migrated, empty database of either kind."""
    lent = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(lent, Database)
    return lent


@pytest.fixture
def sqlite_database(sqlite_url: str, salts: Callable[[], str]) -> Iterator[Database]:
    """Lend a migrated, empty database in a file of its own."""
    database = Database(sqlite_url, salts=salts)
    _forget_power_cuts(database)
    yield database
    database.dispose()


@pytest.fixture
def postgresql_database(postgresql_url: str, salts: Callable[[], str]) -> Iterator[Database]:
    """Lend a migrated, empty database on the PostgreSQL server of this run."""
    database = Database(postgresql_url, salts=salts)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[str], None]) -> Path:
    """Migrate a file once; every test gets a copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Lend the address of a migrated, empty file."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'kenes.db')}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Lend one PostgreSQL server to all tests of this process."""
    with postgresql.postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, migrate: Callable[[str], None]) -> Iterator[str]:
    """Migrate once; every test gets a copy."""
    with postgresql.migrated_template(postgresql_server, migrate) as name:
        yield name


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """Lend a migrated, empty PostgreSQL database that is dropped afterwards."""
    with postgresql.fresh_database(postgresql_server, template=postgresql_template) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Lend Chromium to all tests of this process; where it is missing, the test fails and says how to install it."""
    with chromium() as lent:
        yield lent


def _forget_power_cuts(database: Database) -> None:
    """Spare the disk: a test asks whether a transaction is whole, never whether it survives a power cut."""

    @sa.event.listens_for(database.engine, "connect")
    def forget(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
