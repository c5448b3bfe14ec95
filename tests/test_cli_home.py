"""The home by command line: how it is made, what is wrong with an installation, what the services and the benchmarks need."""

import os
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from tests.commands import NOW, Run, environment, home, number, run, told

__all__ = ["environment", "home", "number", "run"]


def test_init_is_repeatable_and_loads_the_demo_once(run: Run) -> None:
    """What is there stays."""
    assert "demonstration is loaded" in run("init", "--demo").stdout
    assert "There are cases here already" in run("init", "--demo").stdout
    assert 23 == len(told(run, "case", "list", "--procedure", "candidacy")["items"])


def test_without_a_home_init_is_named(run: Run) -> None:
    """Nothing is made by looking: `kenes init` makes the home."""
    assert "kenes init" in run("case", "list", status=2).stderr


def test_an_empty_file_is_no_home(run: Run, environment: dict[str, str]) -> None:
    """A database without tables is told from a bug."""
    home = Path(environment["KENES_HOME"])
    home.mkdir()
    (home / "kenes.sqlite3").touch()
    assert "kenes init" in run("members", status=2).stderr


def test_a_wrong_setting_stops_with_one_line(run: Run, environment: dict[str, str]) -> None:
    """Which setting, what was expected, where it came from."""
    environment["KENES_ZONE"] = "Asia/Nowhere"
    said = run("init", status=2).stderr
    assert 1 == len(said.strip().splitlines())
    assert "KENES_ZONE" in said


def test_the_language_of_the_terminal(home: Run, environment: dict[str, str]) -> None:
    """--language, KENES_LANGUAGE, LANG, in this order; English else."""
    environment["LANG"] = "ru_RU.UTF-8"
    assert "Не найдено" in home("case", "show", "C-2026-9999", status=4).stderr
    environment["KENES_LANGUAGE"] = "en"
    assert "Not found" in home("case", "show", "C-2026-9999", status=4).stderr


@pytest.mark.parametrize("command", ["init", "desk", "up"])
def test_a_wrong_ruling_stops_before_anything_starts(
    run: Run, environment: dict[str, str], tmp_path: Path, command: str
) -> None:
    """One line, status 2, and no home is made."""
    (tmp_path / "kenes.toml").write_text('[rulings.2027-01-01]\n"poll.reference_moment" = "never"\n')
    said = run(command, status=2).stderr
    assert 1 == len(said.strip().splitlines())
    assert "poll.reference_moment" in said
    assert not Path(environment["KENES_HOME"]).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_told(run: Run, tmp_path: Path) -> None:
    """A folder that cannot be written stops `init` with a line that says so."""
    tmp_path.chmod(0o500)
    try:
        assert str(tmp_path) in run("init", status=2).stderr
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder in which nobody, not even root, makes anything")
def test_a_home_in_a_read_only_place_is_told(run: Run, environment: dict[str, str]) -> None:
    """Whoever runs it: a folder that cannot be made stops `init` with a line that says so."""
    environment["KENES_HOME"] = "/proc/kenes"
    assert "/proc/kenes" in run("init", status=2).stderr


def test_a_home_that_cannot_be_made_is_told(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """A file stands where the home should be."""
    (tmp_path / "home").write_text("a file")
    assert str(tmp_path / "home") in run("init", status=2).stderr


def test_doctor_says_how_to_mend(run: Run, environment: dict[str, str]) -> None:
    """Status 6 as long as something is wrong, each with what mends it."""
    before = {check["name"]: check for check in told(run, "doctor", status=6)["checks"]}
    assert "kenes init" in before["database"]["mend"]
    assert before["sqlalchemy"]["well"]
    run("init")
    after = {check["name"]: check for check in told(run, "doctor", status=6)["checks"]}
    assert after["database"]["well"]
    assert after["zone data"]["well"]
    assert after["calendar"]["well"]
    assert "kenes up" in after["prefect"]["mend"]
    environment["KENES_ZONE"] = "Nowhere"
    assert "KENES_ZONE" in run("doctor", status=6).stdout


def test_doctor_gives_a_service_the_time_to_begin(run: Run, environment: dict[str, str]) -> None:
    """In the first minutes of a desk nothing has swept yet, which is no fault; later it is one."""

    def sweep(later: timedelta = timedelta()) -> Any:
        checks = told(run, "doctor", status=6, later=later)["checks"]
        return next(check for check in checks if check["name"] == "sweep")

    run("init")
    assert not sweep()["well"]
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    with database.transaction() as db:
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('desk', ?, ?)", NOW, f"since {NOW.isoformat()}")
    database.dispose()
    assert (True, "none yet: the desk has run for 5 s, a sweep comes every minute") == (
        sweep(timedelta(seconds=5))["well"], sweep(timedelta(seconds=5))["found"]
    )  # fmt: skip
    assert not sweep(timedelta(minutes=10))["well"]


def test_doctor_masks_secrets(run: Run, environment: dict[str, str]) -> None:
    """No password is shown."""
    environment["KENES_SMTP_URL"] = "smtp://user:hush-hush@example.org:587"
    assert "hush-hush" not in run("doctor", status=6).output


def test_the_clock_must_not_stand_before_the_record(home: Run) -> None:
    """Entries of the future are a clock that goes wrong."""
    checks = {check["name"]: check for check in told(home, "doctor", status=6, later=timedelta(days=-30))["checks"]}
    assert not checks["clock"]["well"]


def test_a_used_port_is_told(run: Run, environment: dict[str, str]) -> None:
    """The desk names the port that something listens on already, and does not start."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment["KENES_URL"] = f"http://127.0.0.1:{port}"
        assert f"expected a free port of this machine; got 127.0.0.1:{port}" in run("desk", status=2).stderr


def test_a_worker_needs_to_know_its_server(run: Run) -> None:
    """Without PREFECT_API_URL there is nothing to work for."""
    assert "PREFECT_API_URL" in run("worker", status=2).output


@pytest.mark.parametrize(
    ("path", "folder", "name"), [("bin", ".", "kenes"), ("", ".", "bin/kenes"), ("", "elsewhere", "{here}/bin/kenes")]
)
def test_what_the_demonstration_shows_can_be_copied(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path, path: str, folder: str, name: str
) -> None:
    """Where the shell does not find `kenes`, its place is named."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bin" / "kenes").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / path) if path else "")
    monkeypatch.chdir(tmp_path / folder)
    assert f"  {name.format(here=tmp_path)} deadlines\n" in run("init", "--demo").stdout


def test_the_benchmarks_get_their_own_options(run: Run) -> None:
    """What follows `kenes bench` is theirs."""
    assert "--procs" in run("bench", "acts", "--help").stdout


@pytest.mark.parametrize(
    "wrong", [("--cases", "0"), ("--cases", "-3"), ("--procs", "0"), ("--cases", "2", "--procs", "3")]
)
def test_nothing_is_measured_of_no_acts(run: Run, wrong: tuple[str, ...]) -> None:
    """A number that leaves a process without a case is a wrong argument, no bug."""
    run("bench", "acts", *wrong, status=2)


def test_acts_on_postgresql_need_a_server(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    """One that is named, or that of the development packages."""
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr("tests.postgresql.PACKAGES", tmp_path)
    assert "PGHOST" in run("bench", "acts", "--db", "pg", status=2).output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["acts", "--cases", "2", "--json"], 0, '"acts": 10'),
        (["perform"], 2, "make develop"),
    ],
)
def test_acts_are_measured_with_what_make_setup_installs(
    monkeypatch: pytest.MonkeyPatch, run: Run, arguments: list[str], status: int, said: str
) -> None:
    """Only the table needs more, and says what."""
    for name in [each for each in sys.modules if each.startswith("benchmarks")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("aiosmtpd", "aiosmtpd.controller", "tests.receivers", "tests.service"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "aiosmtpd", None)
    assert said in run("bench", *arguments, status=status).output
