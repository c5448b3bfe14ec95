"""The demonstration: every state of candidacy, membership and removal, near and overdue deadlines, once only."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel
from typer.testing import CliRunner

from desk.cli.console import Surroundings
from desk.cli.main import main
from desk.demo.loading import load_demo, rows_of_demo
from desk.demo.words import KAZAKH_AND_RUSSIAN
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from machines.settle import anything_due
from machines.wording import LANGUAGES, has
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


def words_in(facts: object) -> Iterator[str]:
    """Yield everything that was typed, however deep it stands."""
    if isinstance(facts, dict | list):
        for one in facts.values() if isinstance(facts, dict) else facts:
            yield from words_in(one)
    elif isinstance(facts, str):
        yield facts


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_papers_are_in_one_language(sqlite_database: Database, language: str) -> None:
    """Every reason, question and place is typed in it; codes, names of the register and times are the same in all."""
    load_demo(sqlite_database, now=NOW, book=BOOK, language=language)
    with sqlite_database.transaction(write=False) as db:
        payloads = [json.loads(payload)["facts"] for (payload,) in db.all("SELECT payload FROM entries")]
    typed = {text for facts in payloads for text in words_in(facts) if re.search("[^\\W\\d]", text)}
    typed -= {
        text for text in typed if has(f"names.value.reason.{text}") or has(f"names.value.paper.{text}")
    }  # said anew
    english = {text for text in typed if re.search("[A-Za-z]{2,}[ ,]|[ ,][A-Za-z]{2,}", text)}
    assert (language == "en") == bool(english), english
    expected = {
        text if language == "en" else one[LANGUAGES.index(language)] for text, one in KAZAKH_AND_RUSSIAN.items()
    }
    assert (
        expected - {"Этномәдени орталық", "Этнокультурный центр", "Ethnocultural centre"} <= typed
    )  # which name a region


@pytest.mark.parametrize(
    ("asked", "first"), [({}, "Кеңес"), ({"KENES_LANGUAGES": "ru,kk"}, "Совет"), ({"KENES_LANGUAGE": "en"}, "Council")]
)
def test_its_language_is_that_of_the_home(tmp_path: Path, asked: dict[str, str], first: str) -> None:
    """Unless another is asked for where it is loaded."""
    home = {"KENES_HOME": str(tmp_path), "KENES_DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}
    out = CliRunner().invoke(main, ["init", "--demo"], obj=Surroundings(home | asked, tmp_path, lambda: NOW))
    assert 0 == out.exit_code, out.output
    database = Database(home["KENES_DATABASE_URL"])
    with database.transaction(write=False) as db:
        assert db.one("SELECT 1 FROM entries WHERE act = 'reject' AND payload LIKE ?", f"%{first}%")
    database.dispose()


def test_a_progress_bar_can_be_drawn(sqlite_database: Database) -> None:
    """Each row of the register is told once."""
    told: list[int] = []
    load_demo(sqlite_database, now=NOW, book=BOOK, on_row=lambda: told.append(1))
    assert rows_of_demo() == len(told)
