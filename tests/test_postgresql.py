"""The PostgreSQL that the tests and benchmarks run on."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgresql import database_url, fresh_database, migrated_template

pytestmark = pytest.mark.postgresql


def test_a_database_is_lent_and_taken_back(postgresql_server: str):
    """The URL works as KENES_DATABASE_URL does, and nothing is left behind."""
    with fresh_database(postgresql_server) as url:
        engine = create_engine(url)
        with engine.connect() as db:
            assert "UTF8" == db.scalar(text("SHOW server_encoding"))
        engine.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_each_use_starts_from_the_migrated_schema(postgresql_server: str):
    """What one test writes the next does not see."""

    def migrate(url: str) -> None:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE norm (id text)")

    with migrated_template(postgresql_server, migrate) as template:
        for _ in range(2):
            with (
                fresh_database(postgresql_server, template=template) as url,
                psycopg.connect(url.replace("+psycopg", "")) as connection,
            ):
                assert (0,) == connection.execute("SELECT count(*) FROM norm").fetchone()
                connection.execute("INSERT INTO norm VALUES ('14.1')")


def test_another_database_of_the_server_is_named():
    """Only the name changes, not how the server is reached."""
    assert "postgresql+psycopg://me@/b?host=/tmp&port=1" == database_url(
        "postgresql+psycopg://me@/a?host=/tmp&port=1", "b"
    )
