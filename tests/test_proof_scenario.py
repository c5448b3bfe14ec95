"""A counterexample of the check of linked paths is written as a scenario, and the scenario shows the same with rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk.rehearsal.proof import scenario_of
from desk.rehearsal.simulate import rehearse
from desk.rehearsal.stages import InMemory
from machines.procedures import PROCEDURES
from machines.proof_path_rules import THE_WORST, check_paths
from machines.proof_step import Broken
from tests.tables_changed import acts_are, without_guard


@pytest.fixture(scope="module")
def stages() -> InMemory:
    """Databases in memory, migrated once."""
    return InMemory()


def file_of(broken: Broken, folder: Path) -> str:
    """Write the scenario of a counterexample."""
    text = scenario_of(broken)
    assert text is not None
    (folder / "counterexample.yaml").write_text(text, encoding="utf-8")
    return str(folder / "counterexample.yaml")


def test_an_approval_without_the_council_is_played(stages: InMemory, tmp_path: Path) -> None:
    """Where the Chairman may approve what is only admissible, the file fails; with the tables as they are it comes as expected (14.2a)."""
    rows = PROCEDURES["candidacy"].acts
    wrong = tuple(replace(row, source=("admissible", "submitted")) if row.name == "approve" else row for row in rows)
    with acts_are("candidacy", wrong):
        file = file_of(next(check_paths()), tmp_path)
        played = rehearse(file, stages)
        assert ["refused or forbidden or conflict" in one or "written" in one for one in played.steps[-1].differences]
        assert not played.ok
        assert played.wrong is None
        assert all(step.ok for step in played.steps[:-1])
    assert rehearse(file, stages).ok


def test_what_binds_is_played(stages: InMemory, tmp_path: Path) -> None:
    """Two deputies' offices, a ruling that is switched, a meeting and a count: all of it is done with rows (C05)."""
    with without_guard("candidacy/submit/guards/recommended_where_the_ruling_asks"):
        found = [one for one in check_paths(among=THE_WORST) if "outcome binds" in one.rule]
        file = file_of(found[0], tmp_path)
        played = rehearse(file, stages)
        assert [step.step.act for step in played.steps if not step.ok] == ["candidacy.submit"]
    assert rehearse(file, stages).ok


def test_a_dead_end_has_no_act_to_play() -> None:
    """Where nothing is done, nothing can be refused: such a counterexample stays a text."""
    wrong = tuple(replace(row, by=()) if row.name == "withdraw" else row for row in PROCEDURES["candidacy"].acts)
    with acts_are("candidacy", wrong):
        found = next(one for one in check_paths(among=THE_WORST[-1:]) if "way to its end" in one.rule)
    assert scenario_of(found) is None
