"""The command line as tests call it: in this process, on a home of its own, at a time that stands still."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from desk.cli.console import Surroundings
from desk.cli.main import main
from examples import make_roster
from machines.act import Act
from machines.perform import perform
from machines.rulebook import Rulebook
from models.database import Database

EXAMPLE = Path(make_roster.__file__).with_name("roster.csv")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DECISION = "decision={body: small_assembly_session, number: '7', date: 2026-11-20}"
PROPOSALS = "proposals=[{by: German centre, date: 2026-11-02}]"
NOMINATION = (
    "--fact", "person=p:A", "--fact", "route=small_assembly", "--fact", "region=Kostanay", "--fact", DECISION,
    "--fact", PROPOSALS, "--fact", "consent=true",
)  # fmt: skip

Run = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of the commands: a home of their own."""
    return {"KENES_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `kenes` in this process, at a time that stands still (`later` moves it)."""
    runner = CliRunner()

    def kenes(*arguments: str, status: int = 0, later: timedelta = timedelta(), **more: Any) -> Result:
        surroundings = Surroundings(environment, tmp_path, lambda: NOW + later)
        result = runner.invoke(main, arguments, obj=surroundings, catch_exceptions=False, **more)
        assert status == result.exit_code, result.output
        assert "Traceback" not in result.output
        return result

    return kenes


@pytest.fixture
def home(run: Run) -> Run:
    """A home with the example's register."""
    run("init")
    run("roster", "import", str(EXAMPLE))
    return run


def told(run: Run, *arguments: str, **more: Any) -> Any:
    """Return what a command prints as JSON."""
    return json.loads(run(*arguments, "--json", **more).stdout)


def consider(environment: dict[str, str], number: str, at: datetime) -> None:
    """Do what the Council's vote brings about."""
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    with database.transaction() as db:
        act = Act(
            procedure="candidacy", name="consider", actor="d1", at=at, case=number, office="consequence", facts={"outcome": "recommended"}
        )  # fmt: skip
        perform(db, act, Rulebook())
    database.dispose()


@pytest.fixture
def number(home: Run) -> str:
    """A candidacy that has been nominated."""
    return told(home, "case", "open", "candidacy.nominate", "--as", "s:Kostanay", *NOMINATION)["case"]["number"]
