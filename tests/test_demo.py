"""The demonstration: every state of candidacy, membership and removal, near and overdue deadlines, once only."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel

from desk.demo.loading import load_demo, rows_of_demo
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.settle import anything_due
from models.database import Database
from tests.assembly import Assembly

pytestmark = pytest.mark.slow  # each of them takes long; `make test` runs them

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
BOOK = Rulebook()


def test_every_state_is_there(database: Database) -> None:
    """Candidacies stand in every state, several in each; members leave, are removed, and stay (13 to 15, 20.3)."""
    demo = load_demo(database, now=NOW, book=BOOK)
    assert demo is not None
    for procedure in ("candidacy", "membership", "removal", "council_seat"):
        assert set(PROCEDURES[procedure].states) == {state for name, state in demo.states if name == procedure}
    assert 2 <= min(count for (name, _), count in demo.states.items() if name == "candidacy")


def test_every_route_and_every_act_of_a_candidacy(sqlite_database: Database) -> None:
    """Small assemblies, associations and state bodies nominate; the Chairman includes (14.1, 14.2e)."""
    load_demo(sqlite_database, now=NOW, book=BOOK)
    with sqlite_database.transaction(write=False) as db:
        done = {row[0] for row in db.all("SELECT act FROM entries WHERE procedure = 'candidacy'")}
        routes = db.all("SELECT count(*) FROM entries WHERE act = 'nominate' AND payload LIKE '%state_body%'")
    assert set(PROCEDURES["candidacy"].rows) == done
    assert routes[0][0] >= 2


def test_some_deadlines_are_near_and_some_have_passed(sqlite_database: Database) -> None:
    """There is something to see at once: a week ahead, and overdue."""
    load_demo(sqlite_database, now=NOW, book=BOOK)
    near = "SELECT count(*) FROM deadlines WHERE state = 'open' AND due_at >= ? AND due_at < ?"
    with sqlite_database.transaction(write=False) as db:
        assert db.one(near, NOW, NOW + timedelta(days=7))[0] >= 3
        assert db.one(near, NOW - timedelta(days=30), NOW)[0] >= 2
        assert not anything_due(db, NOW)


def test_a_second_start_adds_nothing(database: Database) -> None:
    """The demonstration is loaded into an empty home only."""
    load_demo(database, now=NOW, book=BOOK)
    counting = "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM people), (SELECT count(*) FROM messages)"
    with database.transaction(write=False) as db:
        before = db.one(counting)
    assert load_demo(database, now=NOW + timedelta(days=1), book=BOOK) is None
    with database.transaction(write=False) as db:
        assert before == db.one(counting)


@pytest.mark.parametrize("shift", [0, 40, 61, 100, 200, 331])
def test_whatever_the_day(sqlite_database: Database, shift: int) -> None:
    """Whichever day it is started, also over holidays and the turn of a year, the story is lawful and replayable."""
    now = NOW + timedelta(days=shift, hours=13)
    load_demo(sqlite_database, now=now, book=BOOK)
    with sqlite_database.transaction(write=False) as db:
        assert db.one("SELECT count(*) FROM entries WHERE recorded_at > ?", now) == (0,)
    assembly = object.__new__(Assembly)
    assembly.database = sqlite_database
    assembly.assert_replayable()


def test_the_same_now_brings_the_same_acts(sqlite_database: Database) -> None:
    """The demonstration is the same for everybody who starts it at the same moment."""
    load_demo(sqlite_database, now=NOW, book=BOOK)
    other = Database("sqlite://")

    SQLModel.metadata.create_all(other.engine)
    load_demo(other, now=NOW, book=BOOK)
    told = "SELECT number, seq, act, actor, target, effective_at, payload FROM entries ORDER BY position"
    with sqlite_database.transaction(write=False) as one, other.transaction(write=False) as two:
        assert one.all(told) == two.all(told)


def test_a_progress_bar_can_be_drawn(sqlite_database: Database) -> None:
    """Each row of the register is told once."""
    told: list[int] = []
    load_demo(sqlite_database, now=NOW, book=BOOK, on_row=lambda: told.append(1))
    assert rows_of_demo() == len(told)
