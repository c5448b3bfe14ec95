"""The figures for Prometheus: what was done and refused here, what waits, how late it is, how much room is left."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from desk.counted import Counted
from desk.door import Door, looking
from desk.running.health import open_cases, our_version
from models.database import Database, Db, instant
from models.host import room

_OPEN = "FROM deadlines WHERE state = 'open'"
_UNSENT = "FROM messages WHERE sent_at IS NULL AND dead_at IS NULL"
# name, what it tells, the query, and whether the instant is asked about
_PLAIN = (
    ("deadlines_open", "Open deadlines", f"SELECT count(*) {_OPEN}", False),
    ("deadlines_overdue", "Open deadlines that have passed, those of officials too", f"SELECT count(*) {_OPEN} AND due_at <= ?", True),
    ("deadlines_late", "Those that the clock has not performed", f"SELECT count(*) {_OPEN} AND kind = 'automatic' AND due_at <= ?", True),
    ("deadlines_failed", "Open deadlines whose act has failed", f"SELECT count(*) {_OPEN} AND failures > 0", False),
    ("messages_unsent", "Messages that wait to be sent", f"SELECT count(*) {_UNSENT}", False),
    ("messages_dead", "Messages given up", "SELECT count(*) FROM messages WHERE dead_at IS NOT NULL", False),
    ("reminders_waiting", "Reminders that are not staged yet", "SELECT count(*) FROM reminders WHERE settled_at IS NULL", False),
    ("journal_position", "The place of the last entry: everything that was ever done", "SELECT max(position) FROM entries", False),
)  # fmt: skip
# the age of the oldest of them, in seconds
_AGES = (
    ("deadlines_late_seconds", "How long ago the oldest deadline passed unperformed", f"SELECT min(due_at) {_OPEN} AND kind = 'automatic'"),
    ("messages_oldest_unsent_seconds", "The age of the oldest message that waits", f"SELECT min(created_at) {_UNSENT}"),
)  # fmt: skip
_WITHIN = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
_AHEAD = f"SELECT count(*) {_OPEN} AND due_at > ? AND due_at <= ?"
_BEATS = "SELECT name, at, took_ms FROM heartbeats ORDER BY name"
_ALARMS = "SELECT code, count(*) FROM alarms WHERE ended_at IS NULL GROUP BY code ORDER BY code"
_KINDS = f"SELECT kind, count(*) {_OPEN} GROUP BY kind ORDER BY kind"
_BYTES = "SELECT pg_database_size(current_database())"


def metrics(door: Door, *, home: Path) -> tuple[bytes, str]:
    """Write the figures as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Figures([*_of_the_door(door.counted), *_of_the_rows(door), *_of_the_host(door.database, home)]))
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


class _Figures:
    """Figures that have been read already."""

    def __init__(self, figures: list[Metric]) -> None:
        self._figures = figures

    def collect(self) -> list[Metric]:
        """Return them."""
        return self._figures


def _of_the_door(counted: Counted) -> Iterator[Metric]:
    """Yield what was counted in this process since it started."""
    counts = (
        ("acts", "Acts done at this desk, with those that they brought about", ("procedure", "act", "office"), counted.acts),
        ("acts_not_done", "Acts not done at this desk, by the type of the problem", ("procedure", "why"), counted.not_done),
        ("refusals", "Refusals at this desk by the norm that stood in the way", ("norm",), counted.refusals),
    )  # fmt: skip
    for name, told, labels, counts_ in counts:
        family = CounterMetricFamily(f"kenes_{name}", told, labels=labels)
        for values, count in sorted(counts_.copy().items()):
            family.add_metric(values, count)
        yield family
    yield InfoMetricFamily("kenes", "The version as installed", {"version": our_version()})


def _of_the_rows(door: Door) -> Iterator[Metric]:
    now = door.clock()
    with looking(door) as db:
        yield _cases(db)
        yield from _counts(db, now)
        yield _labelled("deadlines_of_kind", "Open deadlines by kind", "kind", dict(db.all(_KINDS)))
        ahead = {name: _count(db, _AHEAD, now, now + within) for name, within in _WITHIN.items()}
        yield _labelled(
            "deadlines_ahead", "Open deadlines that fall due within an hour, a day, a week", "within", ahead
        )
        beats = [(flow, instant(at), took_ms) for flow, at, took_ms in db.all(_BEATS)]
        ages = {flow: (now - at).total_seconds() for flow, at, _ in beats}
        yield _labelled("heartbeat_age_seconds", "Seconds since a flow last did its work", "flow", ages)
        took = {flow: took_ms / 1000 for flow, _, took_ms in beats if took_ms}
        yield _labelled("flow_seconds", "How long a flow's last work took: a sweep, a backup", "flow", took)
        yield _labelled("alarms_open", "Alarms that are open, by what is wrong", "alarm", dict(db.all(_ALARMS)))


def _cases(db: Db) -> Metric:
    family = GaugeMetricFamily("kenes_cases_open", "Open cases by procedure and state", labels=("procedure", "state"))
    for procedure, state, count in open_cases(db):
        family.add_metric((procedure, state), count)
    return family


def _counts(db: Db, now: datetime) -> Iterator[Metric]:
    for name, told, sql, asks_about_now in _PLAIN:
        yield GaugeMetricFamily(f"kenes_{name}", told, value=_count(db, sql, *((now,) if asks_about_now else ())))
    for name, told, sql in _AGES:
        row = db.one(sql)
        age = (now - instant(row[0])).total_seconds() if row and row[0] is not None else 0.0
        yield GaugeMetricFamily(f"kenes_{name}", told, value=max(0.0, age))


def _of_the_host(database: Database, home: Path) -> Iterator[Metric]:
    yield GaugeMetricFamily("kenes_database_bytes", "The size of the database", value=_size(database))
    if left := room(home):
        yield GaugeMetricFamily("kenes_disk_free_bytes", "What is free on the disk of the home", value=left.free)
        yield GaugeMetricFamily("kenes_disk_bytes", "The disk of the home", value=left.total)


def _size(database: Database) -> int:
    """Return how large the database is: what PostgreSQL says, or the file with what is not yet written back into it."""
    if database.kind == "postgresql":
        with database.transaction(write=False) as db:
            return _count(db, _BYTES)
    size = 0
    for tail in ("", "-wal"):
        with suppress(OSError):
            size += Path(f"{database.url.database}{tail}").stat().st_size
    return size


def _labelled(name: str, told: str, label: str, values: Mapping[str, Any]) -> Metric:
    family = GaugeMetricFamily(f"kenes_{name}", told, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family


def _count(db: Db, sql: str, *parameters: Any) -> int:
    row = db.one(sql, *parameters)
    return int(row[0]) if row and row[0] is not None else 0
