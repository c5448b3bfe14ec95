"""The database: what a transaction keeps, what it undoes, who waits for whom; alike on SQLite and PostgreSQL."""

# ruff: noqa: PT012 - what raises is often the end of a transaction

import datetime as dt
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from models import Counter, Database, Deadline, Locked, Token, TransactionLost
from models.database import ReplacedError, is_outage, is_race, sql_for_psycopg
from models.transaction import Db, instant, instant_text
from tests.service import PATIENCE_S

AT = dt.datetime(2027, 3, 1, 4, 0, tzinfo=dt.UTC)
PUT = "INSERT INTO counters (series, last) VALUES (?, ?)"


def counters(database: Database) -> dict[str, int]:
    with database.transaction(write=False) as db:
        return dict(db.all("SELECT series, last FROM counters ORDER BY series"))


@pytest.fixture
def hurried(database: Database) -> Iterator[Database]:
    """Lend the same database to somebody who does not wait long."""
    other = Database(database.url.render_as_string(hide_password=False), patience_s=0.2)
    yield other
    other.dispose()


@pytest.fixture
def memory() -> Iterator[Database]:
    database = Database("sqlite://")
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.dispose()


# ------------------------------------------------------------------------------------------------------ what is kept


def test_a_transaction_keeps_all_or_nothing(database: Database):
    """One act, one transaction: what was written before an error is undone with it."""
    with database.transaction() as db:
        db.run(PUT, "kept", 1)
    with pytest.raises(ZeroDivisionError), database.transaction() as db:
        db.run(PUT, "lost", 1)
        raise ZeroDivisionError
    assert {"kept": 1} == counters(database)


def test_a_reader_may_write_and_keep_nothing(database: Database):
    """A page settles what is due in a transaction that is rolled back."""
    with database.transaction(keep=False) as db:
        db.run(PUT, "seen", 1)
        db.session.add(Counter(series="in the session", last=1))
        assert [(2,)] == db.all("SELECT count(*) FROM counters"), "a statement sees what the session has to write"
    assert {} == counters(database)


def test_a_transaction_that_reads_is_refused_writing(database: Database):
    """Writing there would take a lock too late: the database says no, and goes on for the others."""
    with pytest.raises((sqlite3.OperationalError, psycopg.Error)), database.transaction(write=False) as db:
        db.run(PUT, "series", 1)
    with database.transaction() as db:
        db.run(PUT, "series", 2)
    assert {"series": 2} == counters(database)


def test_a_transaction_that_reads_sees_one_state(database: Database):
    """Whatever others keep meanwhile: a page does not show half an act."""
    with database.transaction(write=False) as reader:
        before = reader.all("SELECT count(*) FROM counters")
        with database.transaction() as db:
            db.run(PUT, "series", 1)
        assert before == reader.all("SELECT count(*) FROM counters")


@pytest.mark.parametrize("fails_last", [True, False])
def test_an_error_nobody_waited_for_is_raised_all_the_same(database: Database, fails_last: bool):
    """`run` does not wait: the end of the transaction does, and nothing is kept."""
    with pytest.raises(Exception, match=r"UNIQUE|unique") as raised, database.transaction() as db:
        db.run(PUT, "twice", 1)
        db.run(PUT, "twice", 2)
        if not fails_last:
            db.run(PUT, "after", 1)
    assert is_race(raised.value)
    assert {} == counters(database)


def test_a_question_raises_the_error_of_what_was_sent_before(database: Database):
    """The first error is told, not that later statements were skipped because of it."""
    with pytest.raises(Exception, match=r"UNIQUE|unique"), database.transaction() as db:
        db.run(PUT, "twice", 1)
        db.run(PUT, "twice", 2)
        db.all("SELECT 1")


@pytest.mark.postgresql
@pytest.mark.parametrize("flush", [True, False])
def test_what_cannot_be_kept_is_not_passed_over(postgresql_database: Database, flush: bool):
    """PostgreSQL answers the commit of a failed transaction with a rollback and no error."""
    with pytest.raises((TransactionLost, psycopg.Error)), postgresql_database.transaction() as db:
        db.run(PUT, "first", 1)
        with pytest.raises(psycopg.Error):
            db.all("SELECT 1/0")
        if flush:
            with pytest.raises(psycopg.Error):
                db.all("SELECT 1")
                db.flush()
            with pytest.raises(psycopg.Error):
                db.flush()
                db.run(PUT, "second", 1)
                db.flush()
    assert {} == counters(postgresql_database)


@pytest.mark.postgresql
def test_a_lost_transaction_with_a_session_is_told(postgresql_database: Database):
    """The same, where the commit is SQLAlchemy's."""
    with pytest.raises(TransactionLost), postgresql_database.transaction() as db:
        db.session.add(Counter(series="first", last=1))
        with pytest.raises(psycopg.Error):
            db.all("SELECT 1/0")
    assert {} == counters(postgresql_database)


def test_nothing_can_be_asked_after_the_end(database: Database):
    """The connection belongs to somebody else by then: on SQLite each statement would be kept by itself."""
    with database.transaction() as db:
        pass
    for ask in (db.ask, db.all, db.one, db.run):
        with pytest.raises(TransactionLost, match="INSERT"):
            ask(PUT, "late", 1)
    for rows in (db.insert, db.many):
        with pytest.raises(TransactionLost, match="INSERT"):
            rows(PUT, [("late", 1)])
    assert {} == counters(database)


def test_nobody_borrows_the_connection_after_the_end(database: Database):
    """A session that was asked for too late would write into the transaction of whoever has the connection by then."""
    with database.transaction() as late:
        pass
    with database.transaction() as db:
        with pytest.raises(TransactionLost):
            late.session.add(Counter(series="late", last=1))
        with pytest.raises(TransactionLost):
            late.connection.execute(sa.text("INSERT INTO counters (series, last) VALUES ('late', 1)"))
        with pytest.raises(TransactionLost), late.savepoint():
            pass
        db.run(PUT, "in time", 1)
    assert {"in time": 1} == counters(database)


@pytest.mark.parametrize("inside", [True, False])
def test_a_transaction_is_entered_once(database: Database, inside: bool):
    """Entered again it would give back twice what it took once, and two threads would share a connection."""
    block = database.transaction(write=False)
    with block as db:
        if inside:
            with pytest.raises(RuntimeError, match="once"), block:
                pass
        assert [] == db.all("SELECT series FROM counters")
    with pytest.raises(RuntimeError, match="once"), block:
        pass
    with database.transaction(write=False) as one, database.transaction() as other:
        other.run(PUT, "other", 1)
        assert [] == one.all("SELECT series FROM counters")
    assert {"other": 1} == counters(database)


def test_a_transaction_undone_under_way_is_not_gone_on_with(sqlite_database: Database):
    """When the disk is full SQLite undoes everything: what follows must not be kept statement by statement."""
    with pytest.raises(TransactionLost), sqlite_database.transaction() as db:
        db.run("ROLLBACK")
        db.run(PUT, "half", 1)
    with pytest.raises(TransactionLost), sqlite_database.transaction() as db:
        db.run(PUT, "half", 1)
        db.run("ROLLBACK")
    assert {} == counters(sqlite_database)


# -------------------------------------------------------------------------------------------------------- savepoints


def test_a_savepoint_undoes_its_block_alone(database: Database):
    """One deadline that fails in a sweep does not stop the others."""
    with database.transaction() as db:
        db.run(PUT, "before", 1)
        with pytest.raises(ZeroDivisionError), db.savepoint():
            db.run(PUT, "inside", 1)
            raise ZeroDivisionError
        with db.savepoint():
            db.run(PUT, "another", 1)
        db.run(PUT, "after", 1)
    assert {"after": 1, "another": 1, "before": 1} == counters(database)


def test_savepoints_lie_inside_each_other(database: Database):
    """An outer block goes back to its own beginning, whatever became of the inner one."""
    with database.transaction() as db:
        db.run(PUT, "before", 1)
        with pytest.raises(KeyError), db.savepoint():
            db.run(PUT, "outer", 1)
            with pytest.raises(ZeroDivisionError), db.savepoint():
                db.run(PUT, "inner", 1)
                raise ZeroDivisionError
            with db.savepoint():
                db.run(PUT, "inner", 2)
            raise KeyError
    assert {"before": 1} == counters(database)


def test_a_block_that_fails_in_the_database_is_undone(database: Database):
    """Also if nobody had waited for the error yet when the block ended."""
    with database.transaction() as db:
        db.run(PUT, "once", 1)
        with pytest.raises(Exception, match=r"UNIQUE|unique"), db.savepoint():
            db.run(PUT, "inside", 1)
            db.run(PUT, "once", 2)
        assert [("once",)] == db.all("SELECT series FROM counters")
        db.run(PUT, "after", 1)
    assert {"after": 1, "once": 1} == counters(database)


@pytest.mark.postgresql
def test_the_error_of_the_block_is_the_one_to_be_told(postgresql_database: Database):
    """Not that of a statement that it had not waited for."""
    with postgresql_database.transaction() as db:
        with pytest.raises(ZeroDivisionError), db.savepoint():
            db.run("SELECT 1/0")
            raise ZeroDivisionError
        db.run(PUT, "after", 1)
    assert {"after": 1} == counters(postgresql_database)


def test_a_session_keeps_to_its_savepoint(database: Database):
    """Rows that could not be written take back nothing else."""
    with database.transaction() as db:
        db.session.add(Counter(series="before", last=1))
        with pytest.raises(sa.exc.IntegrityError), db.savepoint():
            db.session.add(Counter(series="inside", last=1))
            db.session.flush()
            db.session.add(Counter(series="before", last=2))
        with db.savepoint():
            db.session.add(Counter(series="another", last=1))
        db.session.add(Counter(series="after", last=1))
        db.run(PUT, "by hand", 1)
    assert {"after": 1, "another": 1, "before": 1, "by hand": 1} == counters(database)


# ----------------------------------------------------------------------------------------------- rows and statements


def test_session_and_statements_see_each_other(database: Database):
    """They share a connection; a session held on to can be asked between statements."""
    with database.transaction() as db:
        session = db.session
        db.run(PUT, "by hand", 1)
        assert 1 == session.exec(select(Counter.last).where(Counter.series == "by hand")).one()
        session.add(Counter(series="by row", last=2))
        session.flush()
        db.run(PUT, "again", 3)
        assert ["again", "by hand", "by row"] == [row[0] for row in db.all("SELECT series FROM counters ORDER BY 1")]
        assert 3 == db.connection.execute(sa.text("SELECT count(*) FROM counters")).scalar_one()
    assert {"again": 3, "by hand": 1, "by row": 2} == counters(database)


def test_a_session_that_failed_takes_back_what_it_did_alone(database: Database):
    """Caught and gone on with: on SQLite what followed was once kept statement by statement."""
    with pytest.raises(sa.exc.SQLAlchemyError), database.transaction() as db:
        db.run(PUT, "by hand", 1)
        db.session.add(Counter(series="by hand", last=2))
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.run(PUT, "after", 1)
        db.session.add(Counter(series="more", last=1))
    assert {} == counters(database)


def test_answers_are_as_of_the_asking(database: Database):
    """A question sent before a change is answered as if nothing had changed, whenever it is fetched."""
    with database.transaction() as db:
        db.many(PUT, [(f"C-{year}", 0) for year in range(2000, 2100)])
        answer = db.ask("SELECT count(*), max(series) FROM counters WHERE last = 0")
        rows = db.ask("SELECT series FROM counters WHERE last = 0 ORDER BY series")
        db.run("UPDATE counters SET last = 1")
        assert [(100, "C-2099")] == answer()
        assert 100 == len(rows())


def test_a_percent_sign_is_only_that(database: Database):
    """The driver's own placeholders never meet ours."""
    with database.transaction() as db:
        db.run(PUT, "100%s", 1)
        assert ("100%s",) == db.one("SELECT series FROM counters WHERE series LIKE '100%' AND last % 2 = ?", 1)
    assert "LIKE '%%' AND a = %s" == sql_for_psycopg("LIKE '%' AND a = ?")


def test_instants_and_days_go_in_and_come_back(database: Database):
    """Instants as UTC, to the microsecond, from any zone; days as days."""
    almaty = dt.timezone(dt.timedelta(hours=5))
    at = dt.datetime(2027, 3, 1, 9, 0, 0, 1, tzinfo=almaty)
    with database.transaction() as db:
        db.run("INSERT INTO calendar_versions (version, at, actor, note) VALUES (1, ?, 'wb', '')", at)
        db.run(
            "INSERT INTO calendar_days (day, version, kind, source) VALUES (?, 1, 'day_off', '')", dt.date(2027, 3, 8)
        )
        (stored,) = db.one("SELECT at FROM calendar_versions WHERE at > ? AND at <= ?", AT, at) or (None,)
        assert dt.datetime(2027, 3, 1, 4, 0, 0, 1, tzinfo=dt.UTC) == instant(stored)
        assert "2027-03-01T04:00:00.000001+00:00" == instant_text(instant(stored))
        (day,) = db.one("SELECT day FROM calendar_days WHERE day >= ?", dt.date(2027, 3, 8)) or (None,)
        assert "2027-03-08" == str(day)


def test_an_hour_that_comes_twice_is_two_hours(database: Database):
    """On 1 March 2024 the clocks of Almaty were put back at midnight: what was said at 23:30 depends on which."""
    first = dt.datetime(2024, 2, 29, 23, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    with database.transaction() as db:
        for version, at in enumerate((first, first.replace(fold=1))):
            db.run("INSERT INTO calendar_versions (version, at, actor, note) VALUES (?, ?, 'wb', '')", version + 1, at)
        stored = db.all("SELECT at FROM calendar_versions ORDER BY version")
    assert [(17, 30), (18, 30)] == [(instant(at).hour, instant(at).minute) for (at,) in stored]


@pytest.mark.parametrize("count", [0, 1, 100, 101, 400])
def test_many_rows_go_in_as_one(database: Database, count: int):
    """However many, each as it would be alone: an instant in one, none in another, small numbers beside large ones."""
    rows = [(f"{n:03}", "VALUES (?)", 2**40 if n % 2 else n, AT if n % 3 else None) for n in range(count)]
    with database.transaction() as db:
        db.run("CREATE TABLE many (key text PRIMARY KEY, said text, number bigint, at timestamptz, fixed text)")
        db.insert("INSERT INTO many (key, said, number, at, fixed) VALUES (?, ?, ?, ?, '(fixed)')", rows)
        stored = db.all("SELECT key, said, number, at, fixed FROM many ORDER BY key")
    assert [(*row, "(fixed)") for row in rows] == [(*row[:3], row[3] and instant(row[3]), row[4]) for row in stored]


def test_a_wall_clock_is_no_instant(database: Database):
    """Without a zone each database would read it by a zone of its own."""
    with pytest.raises(ValueError, match="needs a zone"), database.transaction() as db:
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('sweep', ?, '')", AT.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="needs a zone"), database.transaction() as db:
        db.session.add(Token(token_id="t", person_id="m1", hash="", created_at=AT.replace(tzinfo=None)))


def test_no_column_holds_a_wall_clock():
    """Every column that holds an instant refuses a time without a zone."""
    columns = [column for table in SQLModel.metadata.tables.values() for column in table.columns]
    assert [] == [str(column) for column in columns if isinstance(column.type, sa.DateTime)]
    assert "UtcDateTime" == type(Deadline.__table__.c.due_at.type).__name__


# ---------------------------------------------------------------------------------------- who is first, and who waits


def test_a_race_can_be_tried_again(database: Database):
    """Unique violations are races, whoever says so; a missing parent or a wrong value is none."""

    def error_of(work: Callable[[Db], object]) -> BaseException:
        with pytest.raises(Exception) as raised, database.transaction() as db:  # noqa: PT011
            work(db)
            db.flush()
        return raised.value

    with database.transaction() as db:
        db.run(PUT, "series", 1)
    token = Token(token_id="t", person_id="nobody", hash="", created_at=AT)
    assert is_race(error_of(lambda db: db.run(PUT, "series", 1)))
    assert is_race(error_of(lambda db: db.session.add(Counter(series="series", last=1))))
    assert not is_race(error_of(lambda db: db.session.add(token)))
    assert not is_race(error_of(lambda db: db.run(PUT, "other", None)))
    assert not is_race(ValueError("UNIQUE"))


def test_fifty_threads_count_to_a_thousand(database: Database):
    """Nobody's step is lost, and nobody is told that the database is locked."""
    with database.transaction() as db:
        db.run(PUT, "series", 0)

    def step(_: int) -> None:
        with database.transaction() as db:
            row = db.one("SELECT last FROM counters WHERE series = ?" + lock, "series")
            assert row is not None
            db.run("UPDATE counters SET last = ? WHERE series = ?", row[0] + 1, "series")

    lock = " FOR UPDATE" if database.kind == "postgresql" else ""
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(step, range(1000)))
    assert {"series": 1000} == counters(database)


def test_threads_share_a_database_in_memory(memory: Database):
    """It has one connection: readers too wait for their turn."""

    def step(number: int) -> None:
        with memory.transaction() as db:
            db.run(PUT, f"{number}", number)
        with memory.transaction(write=False) as db:
            assert (number,) == db.one("SELECT last FROM counters WHERE series = ?", f"{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(step, range(200)))
    assert 200 == len(counters(memory))


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_in_memory_is_one(address: str):
    """Each of its addresses names one database, not one for each connection."""
    database = Database(address)
    assert database.in_memory
    SQLModel.metadata.create_all(database.engine)
    with database.transaction() as db:
        db.run(PUT, "series", 1)
    assert {"series": 1} == counters(database)
    database.dispose()


def test_who_waits_too_long_is_told(database: Database, hurried: Database):
    """Another process holds the row, or the file: nothing was written, and it may be tried again later."""
    with database.transaction() as db:
        db.run(PUT, "series", 1)
    with database.transaction() as db:
        db.run("UPDATE counters SET last = 2")
        db.flush()
        with pytest.raises(Locked), hurried.transaction() as other:
            other.run(PUT, "another", 1)
            other.run("UPDATE counters SET last = 3")
    assert {"series": 2} == counters(database)
    with hurried.transaction() as other:
        other.run("UPDATE counters SET last = 4")
    assert {"series": 4} == counters(database)


def test_who_waits_too_long_for_his_turn_is_told(sqlite_url: str):
    """The same among the threads of one process."""
    database = Database(sqlite_url, patience_s=0.1)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.transaction():
            holding.set()
            done.wait(PATIENCE_S)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        holding.wait(PATIENCE_S)
        with pytest.raises(Locked, match="process"), database.transaction():
            pass
        assert {} == counters(database), "readers wait for nobody"
        done.set()
        held.result()
    database.dispose()


@pytest.mark.postgresql
def test_so_many_transactions_of_a_process_are_open_and_no_more(postgresql_url: str, monkeypatch: pytest.MonkeyPatch):
    """Whoever comes later waits, and is told; whatever becomes of a transaction, its place is given back once."""
    monkeypatch.setattr("models.postgresql.AT_MOST", 2)
    database = Database(postgresql_url, patience_s=0.1)

    def is_full() -> bool:
        with pytest.raises(Locked, match="open"), database.transaction():
            pass
        return True

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), database.transaction() as one, database.transaction(write=False):
            assert is_full()
            one.run(PUT, "lost", 1)
            raise ZeroDivisionError
        with database.transaction(), pytest.raises(psycopg.Error), database.transaction() as other:
            assert is_full()
            other.run("SELECT 1/0")
    with database.transaction() as one, database.transaction(write=False):
        one.run(PUT, "kept", 1)
        assert is_full()
    assert {"kept": 1} == counters(database)
    database.dispose()


def test_nobody_waits_for_himself(sqlite_database: Database, memory: Database):
    """A second transaction inside the first would wait for ever: it is refused at once, as a bug."""
    for database, write in ((sqlite_database, True), (memory, True), (memory, False)):
        with database.transaction() as db:
            with pytest.raises(RuntimeError, match="itself"), database.transaction(write=write):
                pass
            db.run(PUT, f"{write}", 1)
        assert 1 == counters(database)[f"{write}"]


@pytest.mark.slow
def test_processes_that_open_a_new_file_together_wait(tmp_path):
    """Switching a new file to write-ahead logging takes the whole file for a moment."""
    program = (
        "import sys; from models import Database\n"
        "with Database(sys.argv[1]).transaction() as db:\n"
        "    db.run('CREATE TABLE IF NOT EXISTS met (name text)'); db.run('INSERT INTO met VALUES (?)', 'x')"
    )
    url = f"sqlite:///{tmp_path / 'new.db'}"
    running = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(4)]
    assert [0] * 4 == [process.wait() for process in running]
    with Database(url).transaction(write=False) as db:
        assert (4,) == db.one("SELECT count(*) FROM met")


# ------------------------------------------------------------------------------------------------ what breaks, and where


@pytest.mark.postgresql
def test_a_connection_lost_under_way_is_replaced(postgresql_database: Database):
    """What was under way is lost and told; the next transaction finds a new connection."""
    with pytest.raises(psycopg.OperationalError), postgresql_database.transaction() as db:
        db.run(PUT, "lost", 1)
        db.all("SELECT pg_terminate_backend(pg_backend_pid())")
    with postgresql_database.transaction() as db:
        db.run(PUT, "kept", 1)
    assert {"kept": 1} == counters(postgresql_database)


@pytest.mark.postgresql
def test_connections_lost_while_idle_are_not_noticed(postgresql_database: Database):
    """The server was started anew: nobody is told, as nothing was under way."""
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: counters(postgresql_database), range(20)))
    with psycopg.connect(postgresql_database.url.set(drivername="postgresql").render_as_string()) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(8):
        assert {} == counters(postgresql_database)


@pytest.mark.parametrize("broken", ["interrupted", "not undone"])
def test_who_comes_next_can_write(database: Database, monkeypatch: pytest.MonkeyPatch, broken: str):
    """What was set for a reader whose end went wrong is not left to the writer who has the connection after him."""

    def undoes_nothing(*_: object) -> None:
        if broken == "interrupted":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("models.block.abandon", undoes_nothing)
        with pytest.raises((KeyboardInterrupt, ZeroDivisionError)), database.transaction(write=False) as db:
            db.all("SELECT series FROM counters")
            raise ZeroDivisionError
    with database.transaction() as db:
        db.run(PUT, "after", 1)
        if database.kind == "postgresql":
            assert ("read committed",) == db.one("SHOW transaction_isolation")
    assert {"after": 1} == counters(database)


@pytest.mark.postgresql
def test_a_pipeline_that_could_not_be_opened_is_not_left_to_the_next(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Interrupted when the connection was in pipeline mode already, and nobody yet there to leave it."""

    def interrupted(connection: psycopg.Connection) -> None:
        connection.pgconn.enter_pipeline_mode()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "pipeline", interrupted)
        with pytest.raises(KeyboardInterrupt), postgresql_database.transaction() as db:
            db.run(PUT, "lost", 1)
    with postgresql_database.transaction() as db:
        db.session.add(Counter(series="after", last=1))
    assert {"after": 1} == counters(postgresql_database)


def test_connections_are_closed_while_others_take_them(database: Database):
    """Whoever closes what nobody uses and whoever needs a connection do not get into each other's way."""
    ended = threading.Event()

    def work(_: int) -> None:
        while not ended.is_set():
            with database.transaction(write=False) as db:
                db.all("SELECT series FROM counters")

    with ThreadPoolExecutor(4) as pool:
        working = pool.map(work, range(4))
        try:
            for _ in range(300):
                database.dispose()
        finally:
            ended.set()
        list(working)


@pytest.mark.postgresql
def test_a_broken_savepoint_tells_what_broke(postgresql_database: Database):
    """Going back to a savepoint on a lost connection fails too: the first error is the one to be told."""
    with pytest.raises(psycopg.OperationalError), postgresql_database.transaction() as db, db.savepoint():
        db.run("SELECT pg_terminate_backend(pg_backend_pid())")
        db.flush()


def test_an_address_is_shown_without_its_password():
    """It may end up in a log."""
    with pytest.raises(ValueError, match="expected sqlite:///file or postgresql://host/name") as raised:
        Database("mysql://kenes:secret@host/name")
    assert "secret" not in str(raised.value)


# ---------------------------------------------------------------------------------------------------------- a file that is replaced


@pytest.mark.parametrize("how", ["moved", "replaced", "deleted"])
def test_a_file_that_is_not_the_one_that_was_opened_is_noticed(sqlite_database, tmp_path, how, monkeypatch):
    """Connections hold the old file open; nothing is written into what nobody finds any more, nor read from it."""
    monkeypatch.setattr("models.sqlite.LOOK_EVERY_S", 0.0)
    file = Path(sqlite_database.url.database)
    with sqlite_database.transaction() as db:
        db.run("INSERT INTO counters (series, last) VALUES ('a', 1)")
    copy = Path(shutil.copyfile(file, tmp_path / "copy"))
    file.rename(tmp_path / "elsewhere")
    if how == "replaced":
        copy.rename(file)
    elif how == "deleted":
        (tmp_path / "elsewhere").unlink()
    for write in (True, False):
        with pytest.raises(ReplacedError, match="put the file back"), sqlite_database.transaction(write=write):
            pass
    assert is_outage(ReplacedError("file"))


def test_the_file_is_put_back(sqlite_database, tmp_path, monkeypatch):
    """Then it is the one that was opened, and work goes on."""
    monkeypatch.setattr("models.sqlite.LOOK_EVERY_S", 0.0)
    file = Path(sqlite_database.url.database)
    with sqlite_database.transaction():
        pass
    file.rename(tmp_path / "elsewhere")
    with pytest.raises(ReplacedError), sqlite_database.transaction():
        pass
    (tmp_path / "elsewhere").rename(file)
    with sqlite_database.transaction() as db:
        db.run("INSERT INTO counters (series, last) VALUES ('a', 1)")


@pytest.mark.parametrize("how", ["moved", "replaced"])
def test_no_connection_opens_another_file(sqlite_database, tmp_path, how, monkeypatch):
    """Not even between two looks: once the first file is back, one of the connections would still write into the other."""
    monkeypatch.setattr("models.sqlite.LOOK_EVERY_S", 3600.0)
    file, aside, other = Path(sqlite_database.url.database), tmp_path / "aside", tmp_path / "other"
    with sqlite_database.transaction() as db:
        db.run(PUT, "first", 1)
    shutil.copyfile(file, other)
    with sqlite_database.transaction(write=False), sqlite_database.transaction(write=False):
        pass
    file.rename(aside)
    if how == "replaced":
        other.rename(file)
    with sqlite_database.transaction(write=False), sqlite_database.transaction(write=False):
        with pytest.raises(ReplacedError), sqlite_database.transaction():
            pass
        assert file.exists() == (how == "replaced")
    aside.rename(file)
    reader = sqlite_database.transaction(write=False)
    with reader, sqlite_database.transaction(write=False), sqlite_database.transaction() as db:
        db.run(PUT, "second", 1)
    assert {"first": 1, "second": 1} == counters(sqlite_database)
