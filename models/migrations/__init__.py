"""The schema's history: how a database comes to the newest one, and back.

A new revision, after a change of the models: `python -m models.migrations "what it does"`, then read what was written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

    from models.database import Database, Db

HEAD = "0001"  # a start that finds it need not load Alembic
VERSION_TABLE = "kenes_version"  # not Alembic's own name: Prefect's server may live in the same database

_FOLDER = Path(__file__).parent
_ONE_AT_A_TIME = 0x6B656E657300  # a lock's number: "kenes"


class UnfitDatabaseError(Exception):
    """The database cannot be ours: a newer version of kenes has used it, or it cannot hold every letter."""

    def __init__(self, *, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}; got {got}")
        self.expected = expected
        self.got = got


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema, all or nothing. Idempotent; who starts meanwhile waits.

    Raises UnfitDatabaseError where nothing can be done.
    """
    if revision_of(database) != HEAD:
        _migrate(database, "upgrade", "head")


def downgrade(database: Database) -> None:
    """Take the schema away again, and with it every row."""
    _migrate(database, "downgrade", "base")


def revision_of(database: Database) -> str | None:
    """Return the revision of the database's schema; None where there is none."""
    with database.transaction(write=False) as db:
        return _stands_at(db)


def config(connection: sa.Connection | None = None) -> Config:
    """Return what Alembic needs to know, all of it from here: no file lies outside of the package."""
    from alembic.config import Config

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    return made


def _migrate(database: Database, way: str, revision: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    with database.transaction() as db:
        if database.kind == "postgresql":
            db.run("SELECT pg_advisory_xact_lock(?)", _ONE_AT_A_TIME)
            _refuse_few_letters(db)
        told: Any = config(db.connection)
        known = {each.revision for each in ScriptDirectory.from_config(told).walk_revisions()}
        stands = _stands_at(db)
        if stands is not None and stands not in known:
            got = f"revision {stands} of a newer version of kenes"
            raise UnfitDatabaseError(expected=f"a database of revision {HEAD} or older", got=got)
        getattr(command, way)(told, revision)


def _refuse_few_letters(db: Db) -> None:
    (encoding,) = db.all("SHOW server_encoding")[0]
    if encoding != "UTF8":
        raise UnfitDatabaseError(expected="a database with the encoding UTF8", got=encoding)


def _stands_at(db: Db) -> str | None:
    if not sa.inspect(db.connection).has_table(VERSION_TABLE):
        return None
    row = db.one(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
    return row[0] if row else None
