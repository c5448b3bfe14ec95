"""How many durable acts a second: candidacies led from admission to approval by one or more processes.

`kenes bench acts --db sqlite|pg --cases N --procs P --json`
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, NamedTuple

from benchmarks.assembly import STEPS, found, step
from benchmarks.place import place
from machines.perform import perform
from machines.rulebook import Rulebook
from machines.settle import again_if_raced
from models.database import Database
from tests.postgresql import server_at_hand

WARM_UP = 40  # cases led before the clock runs: connections, prepared statements, compiled tables


class Share(NamedTuple):
    """What one process measured."""

    latencies: list[float]
    began: float
    ended: float
    cpu: float
    rss_mb: float


def lead(url: str, numbers: Sequence[str], warm_up: Sequence[str], barrier: Barrier | None = None) -> Share:
    """Lead *numbers* through the five acts, breadth first, and measure each act."""
    database, book = Database(url), Rulebook()
    for number in warm_up:
        for n in range(len(STEPS)):
            _do(database, book, number, n)
    if barrier:
        barrier.wait()
    latencies = []
    cpu, began = _cpu(), time.perf_counter()
    for n in range(len(STEPS)):
        for number in numbers:
            before = time.perf_counter()
            _do(database, book, number, n)
            latencies.append(time.perf_counter() - before)
    ended = time.perf_counter()
    cpu = _cpu() - cpu
    database.dispose()
    return Share(latencies, began, ended, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure(kind: str, cases: int, procs: int) -> dict[str, Any]:
    """Measure *cases* candidacies led by *procs* processes, and check rows and chains afterwards."""
    with place(kind) as url:
        database = Database(url)
        numbers = found(database, cases + WARM_UP * procs)
        warm_up, numbers = numbers[: WARM_UP * procs], numbers[WARM_UP * procs :]
        database.dispose()
        shares = _shares(url, numbers, warm_up, procs)
        check(url, [*numbers, *warm_up])
    return _figures(kind, cases, procs, shares)


def check(url: str, numbers: Sequence[str]) -> None:
    """See that every case was led to its approval, that nothing is lost or doubled, and that the chains hold."""
    from machines.journal import verify

    database = Database(url)
    with database.transaction(write=False) as db:
        states = dict(db.all("SELECT number, state FROM cases WHERE procedure = 'candidacy'"))
        wrong = [number for number in numbers if states.get(number) != "approved"]
        members = db.all("SELECT count(*), count(DISTINCT person_id) FROM mandates WHERE office = 'member'")[0]
        report = verify(db)
    database.dispose()
    if wrong or members != (len(numbers), len(numbers)) or report.faults:
        raise SystemExit(f"the rows are wrong: {wrong[:3]} {members} {report.faults[:3]}")


def _shares(url: str, numbers: Sequence[str], warm_up: Sequence[str], procs: int) -> list[Share]:
    if procs == 1:
        return [lead(url, numbers, warm_up)]
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(procs), context.Queue()
    parts = [(url, numbers[n::procs], warm_up[n::procs], barrier, queue) for n in range(procs)]
    children = [context.Process(target=_lead_and_tell, args=part) for part in parts]
    for child in children:
        child.start()
    shares = [queue.get() for _ in children]
    for child in children:
        child.join()
    return shares


def _lead_and_tell(
    url: str, numbers: Sequence[str], warm_up: Sequence[str], barrier: Barrier, queue: "Queue[Share]"
) -> None:
    queue.put(lead(url, numbers, warm_up, barrier))


def _do(database: Database, book: Rulebook, number: str, n: int) -> None:
    def attempt() -> None:
        with database.transaction() as db:
            perform(db, step(number, n), book)

    again_if_raced(attempt)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _figures(kind: str, cases: int, procs: int, shares: Sequence[Share]) -> dict[str, Any]:
    latencies = sorted(latency for share in shares for latency in share.latencies)
    acts = len(latencies)
    wall = max(share.ended for share in shares) - min(share.began for share in shares)
    return {
        "subject": "kenes",
        "db": kind,
        "procs": procs,
        "cases": cases,
        "acts": acts,
        "acts_per_s": round(acts / wall, 1),
        "p50_ms": round(latencies[acts // 2] * 1000, 3),
        "p99_ms": round(latencies[acts * 99 // 100] * 1000, 3),
        "cpu_ms_per_act": round(sum(share.cpu for share in shares) / acts * 1000, 3),
        "rss_mb": round(max(share.rss_mb for share in shares), 1),
    }


def main(arguments: Sequence[str]) -> int:
    """Measure as the command line says and print the figures; as JSON on the last line with --json."""
    parser = argparse.ArgumentParser(prog="kenes bench acts", description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "pg"), default="sqlite")
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--procs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.procs <= chosen.cases:
        parser.error("--cases and --procs: at least one of each is needed, and a case for each process")
    if chosen.db == "pg" and not server_at_hand():
        parser.error("--db pg: no PostgreSQL is named by PGHOST, PGPORT and PGUSER; `make develop` installs one")
    figures = measure(chosen.db, chosen.cases, chosen.procs)
    if chosen.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:15} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
