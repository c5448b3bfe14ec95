"""Fixtures that every test may ask for."""

from collections.abc import Callable, Iterator

import pytest

from tests import postgresql


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """Bring the database at a URL to the newest schema."""
    return lambda _url: None


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
