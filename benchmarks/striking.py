"""Strike in the middle of a flow: in the worker of a real service, at the n-th statement or commit of the flow that is named.

The order lies in the home (`strike.json`: flow, nth, pid). Whoever reaches the point takes it, leaves word (`struck.json`), kills that
process, or itself, and waits for its death. Nothing of this is part of the product.
"""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.faults import Faults, FaultyDatabase

ORDER, DONE = "strike.json", "struck.json"
DIES_WITHIN_S = 120.0


class Ordered(Faults):
    """Counts the points of each run, and strikes where it is ordered to."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home, self._counts = home, Counter()

    def reach(self, point: str) -> None:
        """Be at a point."""
        order = self._order()
        if order is None:
            return
        from prefect.runtime import flow_run

        if flow_run.flow_name != order["flow"]:
            return
        run = flow_run.id
        self._counts[run] += 1
        if self._counts[run] == order["nth"]:
            self._obey(order | {"point": point, "run": run})

    def _order(self) -> dict[str, Any] | None:
        try:
            return json.loads((self._home / ORDER).read_text())
        except (OSError, ValueError):
            return None

    def _obey(self, order: dict[str, Any]) -> None:
        try:
            (self._home / ORDER).rename(self._home / "taken.json")  # only one takes it
        except FileNotFoundError:
            return
        pid = order["pid"] or os.getpid()
        written = self._home / "struck.new"
        written.write_text(json.dumps(order | {"pid": pid}))
        written.rename(self._home / DONE)
        os.kill(pid, signal.SIGKILL)
        ends = time.monotonic() + DIES_WITHIN_S
        while lives(pid) and time.monotonic() < ends:
            time.sleep(0.01)


def arm() -> None:
    """Let the flows of this process work on a database that strikes when it is ordered to."""
    import models.home

    faults = Ordered(Path(os.environ["KENES_HOME"]))
    models.home.open_database = lambda settings: FaultyDatabase(settings.database_url, faults)  # type: ignore[assignment]


def lives(pid: int) -> bool:
    """Say whether a process lives, and is no corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
