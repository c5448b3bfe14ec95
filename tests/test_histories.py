"""Program and reference agree in random histories; where they do not, the shortest history becomes a scenario that fails."""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.rehearsal.simulate import rehearse
from machines.procedures import PROCEDURES
from tests.histories.filed import keep
from tests.histories.history import Covered, Tried, lessened, replayed
from tests.histories.machine import play
from tests.histories.reasons import NEVER_MET, NOTHING, Wanted, unreached
from tests.histories.stage import SETTINGS, OnPostgresql, OnSqlite
from tests.histories.wishes import distances
from tests.reference import ACTS, BRINGS, MODULES, RULES, Attempt
from tests.tables_changed import without_guard

LONGEST = 720
REFERENCE = Path(__file__).with_name("reference")


@pytest.fixture(scope="module")
def sqlite_stage() -> Iterator[OnSqlite]:
    """Databases in memory in which everybody is in office."""
    stage = OnSqlite()
    yield stage
    stage.close()


def test_the_reference_is_independent() -> None:
    """It imports nothing of the program."""
    imports = {line.split()[1].partition(".")[0] for line in _lines() if line.startswith(("import ", "from "))}
    assert set() == imports & {"models", "machines", "flows", "desk"}


def test_the_reference_is_short() -> None:
    """A jurist reads it in an afternoon: lines of code, without what explains them."""
    explained = sum(
        (ast.get_docstring(node, clean=False) or "").count("\n") + 1
        for file in REFERENCE.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node)
    )
    assert LONGEST >= sum(bool(line.strip()) and not line.strip().startswith("#") for line in _lines()) - explained


def test_the_reference_knows_every_act() -> None:
    """All acts of all procedures, those of people and those of the clock."""
    assert {f"{name}.{row.name}" for name, table in PROCEDURES.items() for row in table.acts} == set(ACTS)


def test_every_rule_belongs_to_an_act() -> None:
    """What is named like no act would never be asked."""
    rules = {
        name: rule
        for module in MODULES
        for name, rule in vars(module).items()
        if inspect.isfunction(rule) and ["w", "c", "a"] == [*inspect.signature(rule).parameters]
    }
    assert {name.replace(".", "_") for name in RULES} == set(rules)


def test_every_act_that_is_brought_about_finds_its_cases() -> None:
    """Of each act that the contract lets another case bring about, the reference says on which cases."""
    words = {word for row in ACTS.values() for follows in (row.follows, *row.ways.values()) for word in follows}
    assert {word for word in words if word[0] not in "!~"} == BRINGS.keys()


def test_every_act_of_people_is_on_some_way() -> None:
    """The drawing knows how to come to it: from a new case, or from one that stands at the beginning."""
    standing = {"membership": "active", "office": "held", "council_seat": "held", "deputy_appointment": "appointed"}
    acts = [name for name, row in ACTS.items() if row.by]
    lost = [name for name in acts if not {"new", standing.get(name.partition(".")[0])} & {*distances(name)}]
    assert [] == lost


def _lines() -> list[str]:
    return "\n".join(file.read_text(encoding="utf-8") for file in REFERENCE.glob("*.py")).splitlines()


@pytest.mark.slow
@pytest.mark.minutes
def test_every_act_is_done_and_every_rule_speaks(sqlite_stage: OnSqlite) -> None:
    """Over seeds that are always the same; but for what no history can reach, which is named with its reason."""
    covered, wanted = Covered(), NOTHING
    for seed in range(1, 41):
        _, failed = play(sqlite_stage, examples=10, steps=60, seed=seed, covered=covered, wanted=wanted, shrink=False)
        assert failed is None, failed.file()
        wanted = unreached(covered)
        if wanted == NOTHING:
            break
    assert wanted == NOTHING
    met_all_the_same = NEVER_MET.keys() & {*covered.reasons, *(act for act, came in covered.outcomes if came == "done")}
    assert set() == met_all_the_same


@pytest.mark.slow
def test_a_few_random_histories(sqlite_stage: OnSqlite) -> None:
    """Short ones, always the same: what goes wrong at once is seen at once."""
    covered, failed = play(sqlite_stage, examples=3, steps=12, seed=1)
    assert failed is None, failed.file()
    assert covered.examples >= 3


@pytest.mark.slow
def test_random_histories_on_sqlite(sqlite_stage: OnSqlite) -> None:
    """Longer ones."""
    _, failed = play(sqlite_stage, examples=12, steps=80, seed=2)
    assert failed is None, failed.file()


@pytest.mark.slow
@pytest.mark.postgresql
def test_random_histories_on_postgresql(postgresql_server: str) -> None:
    """The same on the other database."""
    stage = OnPostgresql(postgresql_server)
    try:
        _, failed = play(stage, examples=8, steps=60, seed=3)
    finally:
        stage.close()
    assert failed is None, failed.file()


@pytest.mark.slow
def test_a_rule_that_is_missing_becomes_a_scenario(sqlite_stage: OnSqlite, tmp_path: Path) -> None:
    """Without the rule on kinds (B05) a history differs, is shrunk, and its file fails; with the rule it comes as expected."""
    with without_guard("poll/draft/guards/kind_may_be_polled"):
        looked_for = Wanted(("poll.draft",), ("poll.kind_excluded",))
        _, failed = play(sqlite_stage, examples=300, steps=40, seed=1, wanted=looked_for, shrink=False)
        assert failed is not None
        file = keep(tmp_path, failed.file())
        assert not rehearse(str(file), sqlite_stage.empty).ok
    assert rehearse(str(file), sqlite_stage.empty).ok
    assert "poll.draft" == [step.act for step in failed.steps if step.act][-1]


def test_what_differs_is_made_shorter(sqlite_stage: OnSqlite, tmp_path: Path) -> None:
    """What does not belong to the difference is left out, and the file says what both say."""
    at = SETTINGS[0].starts
    poll = {"kind": "candidacy", "question": "A question", "subject": "somebody"}
    tried = [
        Tried(at, Attempt("m1", "session_request.open", "r", {"questions": ["Language policy"]})),
        Tried(at, Attempt("m2", "session_request.sign", "r", {})),
        Tried(at, Attempt("ch", "poll.draft", "p", poll)),
    ]
    with without_guard("poll/draft/guards/kind_may_be_polled"):
        failed = replayed(sqlite_stage, SETTINGS[0], tried)
        assert failed is not None
        failed = lessened(sqlite_stage, failed)
    file = keep(tmp_path, failed.file())
    assert ["poll.draft"] == [step.act for step in failed.steps]
    assert (
        "# poll.draft: refused ['14.2a poll.kind_excluded'] by the reference, done [] by the program"
        in file.read_text(encoding="utf-8")
    )
    assert rehearse(str(file), sqlite_stage.empty).ok


def test_an_act_that_the_rows_do_not_follow_becomes_a_scenario(sqlite_stage: OnSqlite, tmp_path: Path) -> None:
    """Not only what is refused: where a case stands, and since when, is looked at in the file too."""
    at = SETTINGS[0].starts
    held: Callable[[str], Attempt] = lambda who: Attempt(who, "council_meeting.sign", "m", {})
    draft = Attempt("wb", "council_meeting.draft", "m", {"starts_at": "2027-02-03 10:00", "place": "Astana"})
    with without_guard("council_meeting/sign/to.0/everyone_has_done_it"):
        failed = replayed(sqlite_stage, SETTINGS[0], [Tried(at, draft), Tried(at, held("m13"))])
        assert failed is not None
        file = keep(tmp_path, failed.file())
        rehearsal = rehearse(str(file), sqlite_stage.empty)
        assert any("drafted" in one for step in rehearsal.steps for one in step.differences)
    assert rehearse(str(file), sqlite_stage.empty).ok
