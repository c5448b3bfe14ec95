"""The table that `make bench` prints: every speed as a ratio in one run, and the few bars in seconds, each with its aim."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks import ballots, doors, due, pages, ratio, reading, service, starts
from benchmarks.command import ACTS
from benchmarks.figures import Figure, as_json, as_text
from benchmarks.place import place


def performed() -> Iterator[Figure]:
    """Compare acts of perform with the bare statements."""
    for kind, procs in (("sqlite", 1), ("pg", 1), ("pg", 4)):
        yield from ratio.figures(kind, procs)


def many() -> Iterator[Figure]:
    """Measure reading and sweeping among 100,000 cases and 1,000,000 deadlines."""
    with place("sqlite") as url:
        database, templates = reading.prepared(url)
        yield from reading.figures(database, templates)
        database.dispose()
        yield from due.figures(url)


# What can be measured alone: `kenes bench perform`.
PARTS: dict[str, Callable[[], Iterable[Figure]]] = {
    "perform": performed,
    "many": many,
    "ballots": ballots.figures,
    "verify": reading.verified,
    "api": doors.figures,
    "pages": pages.figures,
    "help": lambda: [starts.helped()],
    "service": service.figures,
}


def main(arguments: Sequence[str]) -> int:
    """Measure what the command line names (all of it, if nothing) and print the table; as JSON on the last line with --json."""
    parser = argparse.ArgumentParser(
        prog="kenes bench", description=__doc__, epilog=f"kenes bench {ACTS} --help: one measurement of acts a second."
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them, if none is named")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args(arguments)
    if unknown := [part for part in chosen.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}, and {ACTS}")
    began = time.perf_counter()
    figures = []
    for figure in _measured(chosen.parts or [*PARTS]):
        figures.append(figure)
        if not chosen.json:
            print(as_text(figure), flush=True)
    seconds = time.perf_counter() - began
    if chosen.json:
        print(as_json(figures, subject="kenes", machine=_machine(), seconds=round(seconds, 1)))
    else:
        print(f"\n{_machine()}; {seconds:.0f} s")
    return 0


def _measured(parts: Sequence[str]) -> Iterator[Figure]:
    for part in parts:
        if sys.stderr.isatty():
            print(f"measuring: {part} …", file=sys.stderr)
        yield from PARTS[part]()


def _machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}, {platform.system()}"
