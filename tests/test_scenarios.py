"""Every scenario file comes as it was written down: the law played with dates and numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.rehearsal.reader import read_scenario
from desk.rehearsal.simulate import rehearse
from desk.rehearsal.stages import InMemory
from machines.norms import NORMS

FOLDER = Path(__file__).with_name("scenarios")
GIVEN, HISTORIES, OWN = (sorted((FOLDER / name).glob("*.yaml")) for name in ("given", "histories", "own"))


@pytest.fixture(scope="module")
def stages() -> InMemory:
    """Databases in memory, migrated once."""
    return InMemory()


def files() -> Iterator[object]:
    """Every file; those that were given are quick, the many others are for `make test`."""
    for file in [*GIVEN, *OWN, *HISTORIES]:
        marks = [] if file in GIVEN else [pytest.mark.slow]
        yield pytest.param(file, id=f"{file.parent.name}/{file.stem}", marks=marks)


@pytest.mark.parametrize("file", [*files()])
def test_everything_comes_as_expected(file: Path, stages: InMemory) -> None:
    """Each step is done or refused as the file says, and leaves what it says."""
    rehearsal = rehearse(str(file), stages)
    unexpected = [f"line {step.step.line}: {one}" for step in rehearsal.steps for one in step.differences]
    assert [] == unexpected
    assert rehearsal.wrong is None


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_an_own_scenario_says_what_it_is_about(file: Path) -> None:
    """A title, norms of the Decree, and the edge case by its number."""
    scenario = read_scenario(file)
    assert scenario.norms
    assert set(scenario.norms) <= set(NORMS)
    assert "# edge case " in file.read_text(encoding="utf-8")


def test_own_scenarios_have_titles_of_their_own() -> None:
    """No two scenarios are called the same, and there are at least sixty."""
    titles = [read_scenario(file).title for file in OWN]
    assert len(titles) == len(set(titles))
    assert 60 <= len(titles)
