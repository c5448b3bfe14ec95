"""A copy of the whole store, from either database into either: every row, nothing of the order of ballots, and work goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from machines.copied import NotWholeError, UnlikeError, copy_whole
from machines.journal import verify
from machines.seals import public_key, seal
from models import Database
from models.backup import CannotBeMovedError, move
from models.copying import ROWS_AT_ONCE, NotEmptyError, pages, sums_of, tables
from models.migrations import VERSION_TABLE, upgrade
from tests import postgresql
from tests.assembly import Assembly, nomination
from tests.full_store import KEY, SECRET_VOTERS, full_store, rows_of
from tests.sittings import vote
from tests.tampering import without_guards


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return full_store(database)


@pytest.fixture
def small(database: Database) -> Assembly:
    return Assembly(database, members=4)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database where nothing is yet, not even a table."""
    if request.param == "sqlite":
        yield from _lent(f"sqlite:///{tmp_path / 'target.db'}")
        return
    with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
        yield from _lent(url)


def _lent(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def moved(assembly: Assembly, target: Database) -> Assembly:
    """The Assembly in its new database."""
    move(assembly.database, target, copy=copy_whole)
    assembly.database = target
    return assembly


def test_every_table_is_copied(sqlite_database: Database):
    """A new table is part of the copy, or this fails; and rows of it are part of what the next test copies."""
    there = set(sa.inspect(sqlite_database.engine).get_table_names()) - {VERSION_TABLE, "sqlite_sequence"}
    assert there == {table.name for table in tables()}
    rows = rows_of(full_store(sqlite_database).database)
    assert [] == [name for name in there if not rows[name]]


def test_every_row_arrives_as_it_was(assembly: Assembly, target: Database):
    """Instants, days, yes and no, what is missing, erased and secret; the source stays as it is."""
    before = rows_of(assembly.database)
    copied = move(assembly.database, target, copy=copy_whole)
    assert before == rows_of(target) == rows_of(assembly.database)
    assert {name: len(rows) for name, rows in before.items()} == {name: one.rows for name, one in copied.sums.items()}
    assert (2, 2) == (copied.erased, copied.seals)


def test_the_copy_works_on(moved: Assembly):
    """The next entry is chained and sealed, the next number follows, open votes and deadlines go on, keys and tokens hold."""
    again = moved.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assert (True, 1) == (again.replay, again.seq)
    ((poll,),) = moved.ask("SELECT number FROM cases WHERE procedure = 'poll'")
    vote(moved, poll, ("m3",), at="2010-03-02 11:00")
    assert "C-2010-0001" == moved.do("s:Kostanay", "candidacy.nominate", facts=nomination("p:B")).number
    moved.sweep("2010-03-11 00:00")
    assert "voting" != moved.state(poll)
    ((first, last, count),) = moved.ask("SELECT min(position), max(position), count(*) FROM entries")
    assert last - first + 1 == count
    with moved.database.transaction() as db:
        assert 3 == seal(db, KEY, moved.now).seal
    with moved.database.transaction(write=False) as db:
        assert verify(db, public_keys=[public_key(KEY)]).whole


def test_what_the_database_guards_is_guarded_in_the_copy(moved: Assembly):
    """Entries only grow; who took part in a secret vote stands in the order of names, not of ballots (8.3c); tokens are people's."""
    with pytest.raises(Exception, match="only grow"), moved.database.transaction() as db:
        db.run("UPDATE entries SET act = 'x'")
    place = {"sqlite": "rowid", "postgresql": "ctid"}[moved.database.kind]
    found = [person for (person,) in moved.ask(f"SELECT person_id FROM participations ORDER BY {place}")]
    assert sorted(SECRET_VOTERS) == found
    assert [(4,)] == moved.ask("SELECT sum(votes) FROM tallies")
    assert [("m1",)] == moved.ask("SELECT person_id FROM tokens")


def test_there_and_back_is_the_same(assembly: Assembly, target: Database, tmp_path: Path):
    """A backup is a SQLite file whatever it is of: nothing is lost on either way."""
    back = Database(f"sqlite:///{tmp_path / 'back.db'}")
    there = move(assembly.database, target, copy=copy_whole)
    assert there == move(target, back, copy=copy_whole)
    back.dispose()


def test_tables_of_many_pages(database: Database):
    """Every row once, in the order of the keys, however many."""
    count = 2 * ROWS_AT_ONCE + 1
    with database.transaction() as db:
        db.many("INSERT INTO counters (series, last) VALUES (?, ?)", [(f"s{n}", n) for n in range(count)])
    with database.transaction(write=False) as db:
        found = list(pages(db, next(table for table in tables() if table.name == "counters")))
        assert [ROWS_AT_ONCE, ROWS_AT_ONCE, 1] == [len(page) for page in found]
        assert count == len({row for page in found for row in page}) == sums_of(db)["counters"].rows


# ---------------------------------------------------------------------------------------------------------- what is refused


def test_nothing_is_written_over(small: Assembly, target: Database):
    """One row of anything that was used is too much."""
    upgrade(target)
    with target.transaction() as db:
        db.run("INSERT INTO counters (series, last) VALUES ('C-2006', 1)")
    with pytest.raises(NotEmptyError, match="counters"):
        move(small.database, target, copy=copy_whole)
    assert 1 == sum(map(len, rows_of(target).values()))


def test_a_home_that_was_only_made_is_empty(small: Assembly, target: Database):
    """The calendar's first version and heartbeats are no use of it."""
    upgrade(target)
    with target.transaction() as db:
        db.run("INSERT INTO calendar_versions (version, at, actor, note) VALUES (1, ?, 'clock', '')", small.now)
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('x', ?, '')", small.now)
    move(small.database, target, copy=copy_whole)
    assert rows_of(small.database) == rows_of(target)


def test_a_journal_that_is_not_whole_is_not_kept(small: Assembly, target: Database):
    """Somebody has changed an entry: the copy would say so for ever, and nobody would look."""
    with small.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE entries SET actor = 'x' WHERE position = 3")
    with pytest.raises(NotWholeError, match="NOT whole"):
        move(small.database, target, copy=copy_whole)
    assert 0 == sum(map(len, rows_of(target).values()))


@pytest.mark.parametrize("change", ["UPDATE people SET email = 'x'", "DELETE FROM mandates"])
def test_what_is_read_back_otherwise_is_not_kept(small: Assembly, target: Database, change: str):
    """Whoever writes into the target meanwhile, or a disk that forgets."""

    def disturbed(source, db):
        return copy_whole(source, _Disturbed(db, change))

    with pytest.raises(UnlikeError, match=change.split()[1 if "UPDATE" in change else 2]):
        move(small.database, target, copy=disturbed)
    assert 0 == sum(map(len, rows_of(target).values()))


def test_an_entry_that_is_read_back_otherwise_is_named(small: Assembly, target: Database):
    """The first one whose hash is another."""

    def disturbed(source, db):
        without_guards(db)
        return copy_whole(source, _Disturbed(db, "UPDATE entries SET hash = 'x' WHERE position IN (3, 4)"))

    with pytest.raises(UnlikeError, match="the entry at position 3 is another"):
        move(small.database, target, copy=disturbed)
    assert 0 == sum(map(len, rows_of(target).values()))


class _Disturbed:
    """A transaction in which somebody changes something just before it is read back."""

    def __init__(self, db, change):
        self._db, self._change = db, change

    def __getattr__(self, name):
        return getattr(self._db, name)

    def all(self, sql, *parameters):
        if self._change and sql.startswith("SELECT"):
            self._change = self._db.run(self._change)
        return self._db.all(sql, *parameters)


def test_a_database_is_not_moved_onto_itself(small: Assembly):
    """However it is called."""
    same = Database(small.database.url.render_as_string(hide_password=False))
    with pytest.raises(CannotBeMovedError):
        move(small.database, same, copy=copy_whole)
    same.dispose()
