"""What starts and what it takes: the command line beside an empty interpreter; CPU and memory of processes."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, at_most, median

EMPTY = [sys.executable, "-c", "pass"]
HELP = [sys.executable, "-c", "import sys; from desk.cli.main import main; sys.argv = ['kenes', '--help']; main()"]
TURNS = 7
_TICKS = os.sysconf("SC_CLK_TCK")


def helped() -> Figure:
    """Measure `kenes --help` beside an interpreter that does nothing, by turns."""
    took: dict[str, list[float]] = {"empty": [], "help": []}
    for _ in range(TURNS):
        took["empty"].append(_seconds(EMPTY))
        took["help"].append(_seconds(HELP))
    more = median(help_ - empty for help_, empty in zip(took["help"], took["empty"], strict=True))
    return at_most(
        "kenes --help over an empty interpreter", more, 0.4, "s", help_s=median(took["help"]), empty_s=median(took["empty"])
    )  # fmt: skip


def family(pid: int) -> list[int]:
    """Return a process and everything that it has started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def resident_mb(pid: int) -> float:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def role(pid: int) -> str:
    """Name what a process of the service is."""
    command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    known = {"worker": "worker", "prefect": "prefect", "main()) desk": "desk", "main()) up": "supervisor"}
    return next((role for part, role in known.items() if part in command), "others")


def cpu_s(pids: Sequence[int]) -> float:
    """Return the seconds of CPU that processes have used."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
