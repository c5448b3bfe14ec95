"""What docs/operating.md and its neighbours tell who supervises kenes: units, the compose file, figures that exist."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from desk.cli.main import main
from desk.running.clockwork import SETTINGS
from desk.running.supervisor import KENES
from models import Database
from models.settings import read_settings
from tests.api_client import Desk
from tests.assembly import Assembly

DOCS = Path(__file__).parent.parent / "docs"
OPERATING = (DOCS / "operating.md").read_text()
# What docker puts in from the file .env.
COMPOSE = yaml.safe_load(re.sub(r"\$\{\w+[:?-]*(\w*)\}", r"given\1", (DOCS / "compose.yaml").read_text()))


def test_the_compose_file_starts_commands_that_exist():
    """Of kenes, with settings that it knows; Prefect's server as `kenes up` would set it."""
    services = COMPOSE["services"]
    assert {"postgres", "prefect", "kenes", "worker"} == {*services}
    commands = [service["command"] for name, service in services.items() if name in ("kenes", "worker")]
    assert {name for _, name in commands} <= {*get_command(main).commands}
    given = {"KENES_SIGNING_KEY": "A" * 43 + "="}
    for name in ("kenes", "worker"):
        settings = read_settings(services[name]["environment"] | given, Path("/"))
        assert "http://prefect:4200/api" == settings.prefect_api_url
    _is_set_as_ours(services["prefect"]["environment"])


def _is_set_as_ours(environment: dict[str, str]) -> None:
    given = {name: value for name, value in environment.items() if name.startswith("PREFECT_SERVER_")}
    assert given == {name: value for name, value in SETTINGS.items() if name in given}
    assert {name for name in SETTINGS if "SCHEDULER" in name} <= {*given}


def test_the_units_start_commands_that_exist():
    """And what is set for Prefect's server is what `kenes up` sets."""
    commands = re.findall(r"^ExecStart=\S+/kenes (\w+)$", OPERATING, re.MULTILINE)
    assert {"up", "desk"} == {*commands} <= {*get_command(main).commands}
    _is_set_as_ours(
        dict(
            pair.split("=")
            for line in re.findall(r"^Environment=(.*)$", OPERATING, re.MULTILINE)
            for pair in line.split()
        )
    )


def test_what_kenes_up_starts_is_the_command_line():
    """The desk is a process of its own: what starts it is a program in a string, which no import rule sees."""
    ran = subprocess.run([*KENES, "desk", "--help"], capture_output=True, text=True, check=False)
    assert (0, "") == (ran.returncode, ran.stderr)


def test_the_rules_for_prometheus_ask_for_figures_that_exist(sqlite_database: Database, tmp_path: Path):
    """Each name in the table and in the rules is one that the desk writes."""
    desk = Desk(Assembly(sqlite_database), home=tmp_path)
    written = {*re.findall(r"^# TYPE (\w+) ", desk.get("/metrics", None).text, re.MULTILINE)}
    named = {*re.findall(r"\bkenes_\w+", OPERATING.partition("### Prometheus")[2].partition("### Logs")[0])}
    assert named - written == set()
    (rules,) = re.findall(r"```yaml\n(groups:.*?)```", OPERATING, re.DOTALL)
    assert 5 <= len(yaml.safe_load(rules)["groups"][0]["rules"])


@pytest.mark.parametrize("picture", re.findall(r"\(pictures/(\w+\.png)\)", OPERATING))
def test_the_pictures_are_there(picture: str):
    """And small enough to be kept."""
    assert (DOCS / "pictures" / picture).stat().st_size <= 150_000
