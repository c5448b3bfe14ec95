"""Guards of tables that only grow: the database itself refuses to change, delete or replace what stands there.

Revisions call this file: what it writes into a database stays as it is, a change of mind is another function.
SQLite makes a table anew when a column of it changes, and forgets its triggers: a revision that does so guards it again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def guard(table: str, *, key: Sequence[str], place: str, erasable: Sequence[str] = ()) -> None:
    """Refuse UPDATE, DELETE, TRUNCATE and INSERT OR REPLACE, but let all of the columns *erasable* be emptied at once.

    *key* and *place* are what no two rows share.
    """
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite(table, key, place, erasable)
    else:
        _guard_postgresql(table, erasable)


def unguard(table: str) -> None:
    """Take the guards away, before the table itself goes."""
    if op.get_bind().dialect.name == "sqlite":
        for guarded in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{guarded}")
    else:
        op.execute(f"DROP FUNCTION {table}_grow_only() CASCADE")


def _guard_sqlite(table: str, key: Sequence[str], place: str, erasable: Sequence[str]) -> None:
    erasure = ""
    if erasable:
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
        emptied = [f"NEW.{column} IS NULL" for column in erasable]
        kept = [f"NEW.{column} IS OLD.{column}" for column in columns if column not in erasable]
        erasure = f"WHEN NOT ({' AND '.join(emptied + kept)})"
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {erasure} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grow: nothing there is ever changed'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grow: nothing there is ever deleted'); END"
    )
    # INSERT OR REPLACE deletes without asking the trigger above. The text begins like SQLite's own: it is a lost race.
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) OR EXISTS (SELECT 1 FROM {table} WHERE {place} = NEW.{place}) "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} only grow: nothing there is ever replaced'); END"
    )


def _guard_postgresql(table: str, erasable: Sequence[str]) -> None:
    erasure = ""
    if erasable:
        emptied = " AND ".join(f"NEW.{column} IS NULL" for column in erasable)
        kept = " = ".join("".join([f"to_jsonb({row})", *(f" - '{c}'" for c in erasable)]) for row in ("NEW", "OLD"))
        erasure = f"IF TG_OP = 'UPDATE' THEN IF {emptied} AND {kept} THEN RETURN NEW; END IF; END IF;"
    op.execute(
        f"CREATE FUNCTION {table}_grow_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {erasure} "
        f"RAISE EXCEPTION '{table} only grow: % refused', TG_OP USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_grow_only()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_grow_only()"
    )
    # Always: also for who takes the part of a replica, for whom triggers are silent otherwise.
    for guarded in ("change", "truncate"):
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{guarded}")
