"""The schema's history: the revisions make what the models say, on both databases, and can be gone back."""

import importlib
import pkgutil
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import models
from models import Database
from models.migrations import HEAD, VERSION_TABLE, UnfitDatabaseError, config, downgrade, revision_of, upgrade
from tests.postgresql import database_url, fresh_database

for module in pkgutil.iter_modules(models.__path__, "models."):
    importlib.import_module(module.name)

# Everything that a database knows of its tables, in its own words.
SQLITE_SCHEMA = (
    "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE ? AND type IN ('table', 'index') ORDER BY 1, 2"
)
COLUMNS = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, identity_generation, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> ? ORDER BY 1, 2"
)
INDEXES = (
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> ? ORDER BY 1, 2"
)
CONSTRAINTS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> ? ORDER BY 1, 2"
)


def schema(database: Database) -> list[Any]:
    with database.transaction(write=False) as db:
        if database.kind == "postgresql":
            return [db.all(sql, VERSION_TABLE) for sql in (COLUMNS, INDEXES, CONSTRAINTS)]
        rows = db.all(SQLITE_SCHEMA, f"%{VERSION_TABLE}%")
        return sorted((kind, name, _clauses(sql)) for kind, name, sql in rows)


def _clauses(sql: str | None) -> list[str]:
    """Split a definition at its commas: constraints without names may stand in any order."""
    return sorted(" ".join(clause.split()).rstrip(" )") for clause in (sql or "").split(","))


def guards(database: Database) -> set[str]:
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if database.kind == "postgresql":
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    with database.transaction(write=False) as db:
        return {name for (name,) in db.all(names)}


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names()) - {VERSION_TABLE}


def test_the_newest_revision_is_what_the_models_say(database: Database):
    """Alembic finds nothing left to write down."""
    with database.transaction(write=False) as db:
        # SQLite knows no identity: it would be taken for a default. What SQLite knows the next test compares.
        wanted = {"version_table": VERSION_TABLE, "compare_server_default": database.kind == "postgresql"}
        context = MigrationContext.configure(db.connection, opts=wanted)
        assert [] == compare_metadata(context, SQLModel.metadata)


def test_revisions_make_what_the_models_would_make(sqlite_database: Database, tmp_path: Path):
    """To the last condition of an index and the last constraint, which Alembic does not compare."""
    made = Database(f"sqlite:///{tmp_path / 'made.db'}")
    SQLModel.metadata.create_all(made.engine)
    assert schema(made) == schema(sqlite_database)
    made.dispose()


@pytest.mark.postgresql
def test_revisions_make_what_the_models_would_make_on_postgresql(postgresql_database: Database, postgresql_server: str):
    """The same on PostgreSQL."""
    with fresh_database(postgresql_server) as url:
        made = Database(url)
        SQLModel.metadata.create_all(made.engine)
        for expected, found in zip(schema(made), schema(postgresql_database), strict=True):
            assert expected == found
        made.dispose()


def test_a_database_goes_up_and_down_and_up_again(database: Database):
    """A revision that cannot be taken back is a trap on the day it is wrong."""
    whole, guarded = schema(database), guards(database)
    assert HEAD == revision_of(database)
    downgrade(database)
    assert (set(), set(), None) == (tables(database), guards(database), revision_of(database))
    upgrade(database)
    assert (whole, guarded, HEAD) == (schema(database), guards(database), revision_of(database))


def test_the_tables_that_only_grow_are_guarded(database: Database):
    """The journal and its seals."""
    expected = (
        {"no_change", "no_truncate"} if database.kind == "postgresql" else {"no_update", "no_delete", "no_replace"}
    )
    assert {f"{table}_{name}" for table in ("entries", "seals") for name in expected} == guards(database)


def test_an_upgrade_is_made_whole_or_not_at_all(database: Database, monkeypatch: pytest.MonkeyPatch):
    """On SQLite too: a start that fails halfway leaves nothing that the next one would stumble over."""
    downgrade(database)
    monkeypatch.setattr("models.migrations.append_only.op.get_bind", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upgrade(database)
    assert set() == tables(database)
    monkeypatch.undo()
    upgrade(database)
    assert tables(database)


def test_who_starts_at_the_same_moment_waits(database: Database):
    """Two hosts, one new database: one of them migrates it, the other finds it done."""
    downgrade(database)
    others = [Database(database.url.render_as_string(hide_password=False)) for _ in range(3)]
    with ThreadPoolExecutor(1) as pool:  # Alembic itself is not for several threads; two hosts are two processes
        list(pool.map(upgrade, others))
    assert [HEAD] * 3 == [revision_of(other) for other in others]
    for other in others:
        other.dispose()


def test_a_newer_database_is_left_alone(database: Database):
    """An older version of kenes does not know what it would break."""
    with database.transaction() as db:
        db.run(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(UnfitDatabaseError, match=f"revision {HEAD} or older; got revision 9999"):
        upgrade(database)


@pytest.mark.postgresql
def test_a_database_without_kazakh_letters_is_refused(postgresql_server: str):
    """It would answer with bytes instead of names."""
    name = f"kenes_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        narrow = Database(database_url(postgresql_server, name))
        with pytest.raises(UnfitDatabaseError, match="expected a database with the encoding UTF8; got SQL_ASCII"):
            upgrade(narrow)
        narrow.dispose()
        server.execute(f"DROP DATABASE {name}")


def test_the_head_is_the_head():
    """A start compares with a constant, so as not to load Alembic."""
    history = ScriptDirectory.from_config(config())
    assert HEAD == history.get_current_head()
    assert ["0001"] == history.get_bases()


def test_models_do_not_load_alembic():
    """Nor does a start that finds everything in place."""
    program = "import models, models.home, models.migrations, sys; sys.exit('alembic' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


@pytest.mark.parametrize("arguments", [[], ["--help"], [""]])
def test_a_revision_without_a_name_is_not_written(arguments: list[str]) -> None:
    """Whoever asks how to use it is told, and finds no new file."""
    folder = Path(models.__path__[0], "migrations", "versions")
    before = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "models.migrations", *arguments], capture_output=True, text=True, check=False
    )
    assert "usage:" in done.stderr
    assert before == sorted(folder.iterdir())
