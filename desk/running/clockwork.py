"""Prefect's server as `kenes up` runs it: its environment, and what it is asked before the worker starts.

Prefect holds no truth: its folder may be deleted at any time.
"""

import contextlib
import hashlib
import json
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

POOL = "kenes"
DEPLOYMENTS = Path(__file__).parents[2] / "prefect.yaml"
TIMEOUT_S = 30.0
AT_ONCE = 50  # what Prefect's server deletes with one call

# Runs are kept for three days, events for one: with three runs a minute there are enough of them.
SETTINGS = {
    "DO_NOT_TRACK": "1",
    "MALLOC_ARENA_MAX": "2",  # glibc keeps memory for each thread, and Prefect has many: some 20 MB less
    "NO_COLOR": "1",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "2",
    "PREFECT_LOGGING_TO_API_BATCH_SIZE": "100000",
    "PREFECT_LOGGING_TO_API_MAX_LOG_SIZE": "100000",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(3 * 24 * 3600),
    # By default a hundred runs of each deployment are booked ahead, and after a stop all of them run.
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "5",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT5M",
    "PREFECT_SERVER_UI_API_URL": "/api",
    "PREFECT_SERVER_UI_SERVE_BASE": "/prefect",  # the same path as at the desk, which hands its pages to operators
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # The worker is told of runs a little ahead of their time.
    "PREFECT_WORKER_PREFETCH_SECONDS": "10",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
}


def environment_of(outer: Mapping[str, str], *, home: Path, api_url: str) -> dict[str, str]:
    """Return the environment of everything that speaks to Prefect: what is set outside stays, ours is added."""
    return {**SETTINGS, "PREFECT_HOME": str(home / "prefect"), **outer, "PREFECT_API_URL": api_url}


def server_command(port: int) -> list[str]:
    """Return how Prefect's server is started: on loopback only, because it knows no roles."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def deploy_command() -> list[str]:
    """Return how the deployments are made or brought up to date."""
    return [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(DEPLOYMENTS)]


def set_aside_if_unreadable(home: Path) -> Path | None:
    """Set a database of Prefect's server aside that SQLite cannot read, and say where it is now.

    It holds no truth, and with it the server would never start again; without it, it makes a new one.
    """
    file = home / "prefect" / "prefect.db"
    if not file.exists() or _is_sound(file):
        return None
    aside = file.with_name("prefect.db.unreadable")
    for tail in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{file}{tail}").replace(f"{aside}{tail}")
    return aside


def has_its_database(home: Path) -> bool:
    """Say whether Prefect's server of this home has its file, with the tables in it.

    Where somebody has deleted it, what the server holds open goes on with the old one, and all else finds an empty new one.
    """
    file = home / "prefect" / "prefect.db"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1.0)) as database:
            return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'flow_run'").fetchone() is not None
    except sqlite3.OperationalError as error:
        return "unable to open" not in str(error)
    except sqlite3.DatabaseError:
        return False


def _is_sound(file: Path) -> bool:
    """Say whether SQLite can read a database; what is locked or cannot be opened is left as it is."""
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=1.0)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


class Deployed:
    """What a server of ours was told to deploy the last time: telling it the same again costs seconds of each start."""

    def __init__(self, home: Path) -> None:
        self._file = home / "prefect" / "deployed"
        text = DEPLOYMENTS.read_bytes()
        self._wanted = hashlib.sha256(text).hexdigest()
        self._count = text.count(b"entrypoint:")

    def stands(self, clockwork: "Clockwork") -> bool:
        """Say whether the server has all of it already, and nothing of it has changed since."""
        known = self._file.exists() and self._file.read_text(encoding="ascii") == self._wanted
        return known and len(clockwork.deployments()) >= self._count

    def remember(self) -> None:
        """Note what was deployed."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._wanted, encoding="ascii")


class NoAnswer(Exception):
    """Prefect's server did not do what it was asked."""


class Clockwork:
    """Prefect's server, by its API."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url.rstrip("/")

    def answers(self) -> bool:
        """Say whether the server answers."""
        try:
            with urllib.request.urlopen(f"{self.api_url}/health", timeout=2.0) as answer:  # noqa: S310 - an address of the settings
                return bool(answer.status == HTTPStatus.OK)
        except (OSError, HTTPException):
            return False

    def make_pool(self) -> None:
        """Make the pool that our workers take runs from, if there is none; they bring its template themselves."""
        self._ask("work_pools/", {"name": POOL, "type": POOL}, but_not=HTTPStatus.CONFLICT)

    def deployments(self) -> list[str]:
        """Return the ids of what is deployed of ours."""
        found = self._ask("deployments/filter", {"work_pools": {"name": {"any_": [POOL]}}})
        return [deployment["id"] for deployment in found]

    def forget_late_runs(self) -> int:
        """Delete our runs whose time has passed unrun: the next sweep does what all of them would have done."""
        deployments = self.deployments()
        if not deployments:
            return 0
        late = {
            "deployment_id": {"any_": deployments},
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
        }
        deleted = 0
        while gone := self._ask("flow_runs/bulk_delete", {"flow_runs": late, "limit": AT_ONCE})["deleted"]:
            deleted += len(gone)
        return deleted

    def _ask(self, call: str, body: dict[str, Any], *, but_not: HTTPStatus | None = None) -> Any:
        """Send one call; an answer of the status *but_not* is as good as done."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.api_url}/{call}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == but_not:
                return None
            raise NoAnswer(f"{call}: {error}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(f"{call}: {error}") from None
