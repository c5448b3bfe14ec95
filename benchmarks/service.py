"""The whole service, with a real Prefect and our worker: at rest, punctual, under a thousand deadlines of one second, and per run.

One start of `kenes up` serves all of it. Deadlines come about by acts, and their rows are then moved to the near future: what the law
counts in days is looked at in minutes here.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.assembly import found
from benchmarks.due import enrol_leaving
from benchmarks.figures import Figure, at_most, median, percentile
from benchmarks.place import forgetful
from benchmarks.starts import cpu_s, family, resident_mb, role
from benchmarks.trial import deployments
from models.database import Database, instant
from models.home import prepare
from models.settings import read_settings
from tests.service import Service, environment_of, running, until

REST_S = 30.0  # beginning before the minute: two of the three sweeps of a minute are in it
SPREAD, SPREAD_S = 300, 60  # single deadlines, one after the other through a whole minute
BURST = 1_000  # of one second
RUNS = 3  # of each flow, with nothing to do
WITHIN_S = 300.0
THE_WHOLE_RECORD = ("back_up", "audit_journal")  # at night: each reads every row, and costs what there is to read


def figures() -> Iterator[Figure]:
    """Start everything as `kenes up` does, and look at it at rest, then at work."""
    with tempfile.TemporaryDirectory(prefix="kenes-up-") as folder:
        home = Path(folder)
        database = _home_with_deadlines(home)
        began = time.perf_counter()
        with running(home) as service:
            started = time.perf_counter() - began
            yield from _at_rest(service, database, started)
            yield from _on_time(database)
            yield from _per_run(service)
        database.dispose()


def _home_with_deadlines(home: Path) -> Database:
    settings = read_settings(environment_of(home), home)
    prepare(settings, at=datetime(2026, 1, 1, tzinfo=UTC)).dispose()
    quick = forgetful(settings.database_url)
    found(quick, 1)
    enrol_leaving(quick, SPREAD + BURST)
    with quick.transaction() as db:  # nothing of it falls due before it is looked at, and nobody is reminded of it
        db.run("UPDATE deadlines SET due_at = ? WHERE state = 'open'", datetime(2100, 1, 1, tzinfo=UTC))
        db.run("DELETE FROM reminders")
    quick.dispose()
    return Database(settings.database_url)


# ------------------------------------------------------------------------------------------------------------------ at rest


def _at_rest(service: Service, database: Database, started: float) -> Iterator[Figure]:
    """Wait until its clock has run once, and look at it from shortly before a minute on."""
    until(lambda: True if _has_swept(database) else None, what="a sweep")
    time.sleep((55 - time.time()) % 60)
    pids = family(service.process.pid)
    cpu, moment = cpu_s(pids), time.perf_counter()
    time.sleep(REST_S)
    idle = (cpu_s(pids) - cpu) / (time.perf_counter() - moment)
    memory: defaultdict[str, float] = defaultdict(float)
    for pid in family(service.process.pid):
        memory[role(pid)] += resident_mb(pid)
    yield at_most("memory of the worker", memory["worker"], 150, "MB")
    yield at_most("memory of the idle service altogether", sum(memory.values()), 700, "MB", **memory)
    yield at_most("idle service", idle * 100, 10, "% of a core", start_s=started)


def _has_swept(database: Database) -> bool:
    with database.transaction(write=False) as db:
        return db.one("SELECT 1 FROM heartbeats WHERE name = 'perform_deadlines'") is not None


# ------------------------------------------------------------------------------------------------------------------ on time


def _on_time(database: Database) -> Iterator[Figure]:
    """Let single deadlines fall due through a whole minute, and a thousand in one second after it."""
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=8)
    second = begins + timedelta(seconds=SPREAD_S)
    with database.transaction() as db:
        rows = db.all(
            "SELECT number, name, opened_seq FROM deadlines WHERE state = 'open' AND act = 'exit' ORDER BY number"
        )
        single = [(begins + timedelta(seconds=n * SPREAD_S / SPREAD), *row) for n, row in enumerate(rows[:SPREAD])]
        many = [(second, *row) for row in rows[SPREAD:]]
        db.many("UPDATE deadlines SET due_at = ? WHERE number = ? AND name = ? AND opened_seq = ?", single + many)
        expected = [row[0] for row in db.all(_IN_ORDER, second)]
    performed = until(lambda: _performed(database, len(rows)), what="every deadline to be performed", within=WITHIN_S)
    seen = (datetime.now(UTC) - second).total_seconds()  # what one sweep records bears the instant at which it began
    late = [(recorded - effective).total_seconds() for _, effective, recorded in performed]
    of_single = [seconds for seconds, (_, effective, _) in zip(late, performed, strict=True) if effective < second]
    of_many = [seconds for seconds, (_, effective, _) in zip(late, performed, strict=True) if effective == second]
    yield at_most(
        "due → performed, p99",
        percentile(of_single, 0.99),
        60,
        "s",
        median_s=median(of_single),
        deadlines=len(of_single),
    )
    in_order = [number for number, _, _ in performed] == expected
    last = at_most("1,000 due in one second: the last is performed", seen, 120, "s", recorded_s=max(of_many))
    yield last._replace(
        holds=last.holds and in_order, details=last.details | {"order": "by due time" if in_order else "WRONG"}
    )


_IN_ORDER = """SELECT number FROM deadlines WHERE state = 'open' AND act = 'exit' AND due_at <= ?
 ORDER BY due_at, rank, opened_at, number"""


def _performed(database: Database, count: int) -> Sequence[tuple[str, datetime, datetime]] | None:
    """Return what the clock has done, in order, once it has done all of it."""
    with database.transaction(write=False) as db:
        rows = db.all("SELECT number, effective_at, recorded_at FROM entries WHERE act = 'exit' ORDER BY position")
    if len(rows) < count:
        time.sleep(0.8)
        return None
    return [(number, instant(effective), instant(recorded)) for number, effective, recorded in rows]


# ------------------------------------------------------------------------------------------------------------------ per run


def _per_run(service: Service) -> Iterator[Figure]:
    """Run each flow a few times by itself, with nothing to do, and divide what the worker has used."""
    flows = deployments()
    for deployment in flows.values():
        found_ = service.ask(f"deployments/name/{deployment}")
        service.tell(f"deployments/{found_['id']}/pause_deployment")
    until(lambda: None if _under_way(service) else True, what="the end of what was scheduled")
    worker = [pid for pid in family(service.process.pid) if role(pid) == "worker"]
    first = [service.run_now(deployment) for deployment in flows.values()]  # loads the flow
    until(lambda: _all_ended(service, first), what="the first run of each flow", within=WITHIN_S)
    costs = {}
    for flow, deployment in flows.items():
        before = cpu_s(worker)
        ids = [service.run_now(deployment) for _ in range(RUNS)]
        until(lambda ids=ids: _all_ended(service, ids), what=flow)
        costs[flow] = (cpu_s(worker) - before) / RUNS
    dearest = max(cost for flow, cost in costs.items() if flow not in THE_WHOLE_RECORD)
    yield at_most("CPU of the worker per run, the dearest flow of the day", dearest, 0.3, "s", **costs)


def _under_way(service: Service) -> bool:
    """Say whether anything runs or is to run soon; what is planned for later days is of no concern."""
    soon = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    waiting = {
        "state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}},
        "expected_start_time": {"before_": soon},
    }
    return bool(service.ask("flow_runs/filter", {"flow_runs": waiting, "limit": 1}))


def _all_ended(service: Service, ids: Sequence[str]) -> bool | None:
    return True if all(service.ended(run) for run in ids) else None
