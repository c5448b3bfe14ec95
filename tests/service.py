"""kenes as it runs: `kenes up` in a home of its own, and what Prefect's server says of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from tests.receivers import free_port

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
KENES = [sys.executable, "-c", "import sys; from desk.cli.main import main; sys.exit(main())"]
# An upper limit for a machine that others keep busy; what is waited for comes much sooner, and waiting ends with it.
PATIENCE_S = 1200.0


def until(found: Callable[[], T | None], *, what: str, within: float = PATIENCE_S, pause: float = 1.0) -> T:
    """Wait for something, and say what did not come. *pause*: at most so long between two looks; to ask a server costs it work."""
    begins = time.monotonic()
    while (waited := time.monotonic() - begins) < within:
        if (answer := found()) is not None:
            return answer
        time.sleep(min(pause, 0.05 + waited / 10))
    raise AssertionError(f"waited {within:.0f} s in vain for {what}")


class Service:
    """A running `kenes up`."""

    def __init__(self, home: Path, process: subprocess.Popen[bytes], environment: Mapping[str, str]) -> None:
        self.home, self.process, self.environment = home, process, environment

    @property
    def place(self) -> dict[str, Any]:
        """What it has written down."""
        return json.loads((self.home / "up.json").read_text())

    def ask(self, call: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask Prefect's server."""
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.place['prefect']}/api/{call}", data=sent, headers={"Content-Type": "application/json"}
        )
        return until(lambda: _answer(request), what=call)[0]

    def tell(self, call: str) -> None:
        """Tell Prefect's server to do something that needs no saying more."""
        self.ask(call, {})

    def runs(self, flow: str, **having: Any) -> list[dict[str, Any]]:
        """Return the runs of a flow, the newest first."""
        asked = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_DESC", "limit": 50, **having}
        return self.ask("flow_runs/filter", asked)

    def run_now(self, deployment: str) -> str:
        """Ask for a run and return its id."""
        found = self.ask(f"deployments/name/{deployment}")
        return self.ask(f"deployments/{found['id']}/create_flow_run", {})["id"]

    def ended(self, run: str) -> dict[str, Any] | None:
        """Return a run once it has ended."""
        found = self.ask(f"flow_runs/{run}")
        return found if found["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    def log(self, name: str) -> str:
        """Read a log of its children."""
        file = self.home / "logs" / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def said(self) -> str:
        """Read what it has said on the terminal."""
        return (self.home / "terminal").read_text()

    def stop(self) -> None:
        """Press Ctrl-C, and wait until everything has ended."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=PATIENCE_S)


def _answer(request: urllib.request.Request) -> tuple[Any] | None:
    """Return what is answered; None where the server is busy, as its own clients take it."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return (json.loads(answer.read() or b"null"),)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return None


@contextlib.contextmanager
def running(home: Path, **settings: str) -> Iterator[Service]:
    """Start `kenes up` and wait until its clock runs."""
    home.mkdir(parents=True, exist_ok=True)
    environment = environment_of(home, **settings)
    with (home / "terminal").open("wb") as terminal:
        process = subprocess.Popen([*KENES, "up"], env=environment, cwd=home, stdout=terminal, stderr=terminal)
    service = Service(home, process, environment)
    try:
        until(lambda: True if "clock runs" in service.said() or process.poll() is not None else None, what="the clock")
        assert process.poll() is None, service.said()
        yield service
    finally:
        if process.poll() is None:
            service.stop()


def environment_of(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment in which nothing of the one around the tests is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KENES_", "PREFECT_"))}
    own = {"KENES_HOME": str(home), "KENES_URL": f"http://127.0.0.1:{free_port()}", "PYTHONPATH": str(ROOT)}
    return {**kept, **own, **settings}
