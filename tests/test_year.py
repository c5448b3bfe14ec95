"""An invented year is lived with the service's own machines, and the same seed brings the same journal (`kenes simulate --year`)."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from desk.cli.console import Surroundings
from desk.cli.main import main
from desk.rehearsal.year import Statistics, lived
from desk.rehearsal.year_stories import plan, told


@pytest.fixture(scope="module")
def year() -> Statistics:
    """Live through 2027 once."""
    return lived(2027, 7, plan)


def in_a_process(seed: int, hashes: str) -> dict[str, Any]:
    """Live through a year in a process of its own, whose sets are in an order of their own."""
    asked = [
        sys.executable,
        "-c",
        "from desk.cli.main import main; main()",
        "simulate",
        "--year",
        "2027",
        "--seed",
        str(seed),
        "--json",
    ]
    ran = subprocess.run(asked, env={**os.environ, "PYTHONHASHSEED": hashes}, capture_output=True, check=True)
    return json.loads(ran.stdout)


def test_the_journal_of_a_year_holds(year: Statistics) -> None:
    """Everything that was done is replayed through the machines: chains, states and outcomes."""
    assert 0 == year.faults
    assert year.entries > 400


@pytest.mark.slow
def test_much_happens_in_a_year_and_some_is_refused(year: Statistics) -> None:
    """Candidacies, meetings, polls, sessions, exits, appointments; a candidacy is never polled (14.2a)."""
    assert {"candidacy", "council_meeting", "poll", "session", "membership", "deputy_appointment"} <= {*year.acts}
    assert year.refused["14.2a"]
    assert year.days_changed


def test_a_scheduler_that_stands_still_changes_nothing_in_law(year: Statistics) -> None:
    """What fell due while it stood still is recorded late, and counts from its own instant: the replay finds no fault."""
    assert year.late
    assert year.latest.total_seconds() > 3600


def test_a_year_is_told_with_its_head(year: Statistics) -> None:
    """The last line is the Merkle root over all entries."""
    lines = [*told(year)]
    assert "A year of an invented Assembly: 2027, seed 7." == lines[0]
    assert f"Head: {year.head}" == lines[-1]


@pytest.mark.slow
def test_the_same_seed_brings_the_same_head(year: Statistics) -> None:
    """In any process; another seed brings another year."""
    assert year.head == in_a_process(7, "1")["head"]
    assert year.head != in_a_process(8, "2")["head"]


@pytest.mark.parametrize(
    "asked", [[], ["--year", "2027", "a.yaml"], ["--year", "1999"], ["--year", "2027", "--database", "sqlite://"]]
)
def test_what_cannot_be_played_is_said(asked: list[str]) -> None:
    """Files or a year, of the Regulation as it stands, in memory."""
    ran = CliRunner().invoke(main, ["simulate", *asked], obj=Surroundings({}))
    assert 2 == ran.exit_code
    assert "Traceback" not in ran.output
