"""How the service is: for probes, for Prometheus, and for the first page."""

import logging
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from desk.door import Door, looking
from desk.shapes import moment
from machines.alarms import Standing, open_alarms
from models.database import Db, instant
from models.heartbeat import LATE_AFTER, SWEEP

NO_TIME_AFTER_S = LATE_AFTER[SWEEP].total_seconds()  # without a sweep for so long the service is not ready for time

log = logging.getLogger("kenes.desk")


def health(door: Door) -> dict[str, Any]:
    """Return whether the service lives, whether the database answers, how long ago deadlines were swept, and the alarms."""
    now = door.clock()
    standing: list[Standing] = []
    try:
        with looking(door) as db:
            swept = dict(heartbeats(db)).get(SWEEP)
            standing = open_alarms(db)
        in_doubt = door.trusted is not None and door.trusted.doubt() is not None
        database = True
    except Exception:  # whatever keeps the database from answering, the probe must say so
        log.exception("the database does not answer")
        swept, database, in_doubt = None, False, False
    age = (now - swept).total_seconds() if swept else None
    time = {
        "last_sweep": moment(swept, door.book.zone) if swept else None,
        "age_s": round(age, 3) if age is not None else None,
    }
    in_time = age is not None and age <= NO_TIME_AFTER_S and not in_doubt
    alarms = [
        {"code": alarm.code, "name": alarm.name, "since": moment(alarm.since, door.book.zone)} for alarm in standing
    ]
    return {
        "live": True, "ready": database and in_time, "database": database, "alarms": alarms,
        "time": time | {"ready": in_time, "in_doubt": in_doubt}, "version": our_version(),
    }  # fmt: skip


def our_version() -> str:
    """Return the version as installed."""
    try:
        return version("kenes")
    except PackageNotFoundError:
        return "0"


def heartbeats(db: Db) -> list[tuple[str, datetime]]:
    """Return when each flow last did its work."""
    return [(name, instant(at)) for name, at in db.all("SELECT name, at FROM heartbeats ORDER BY name")]


def open_cases(db: Db) -> list[tuple[str, str, int]]:
    """Count open cases by procedure and state."""
    rows = db.all(
        "SELECT procedure, state, count(*) FROM cases WHERE NOT final GROUP BY procedure, state ORDER BY procedure, state"
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def metrics(door: Door) -> tuple[bytes, str]:
    """Write the figures as Prometheus reads them."""
    from prometheus_client import CollectorRegistry, Gauge
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    registry, now = CollectorRegistry(), door.clock()

    def gauge(name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"kenes_{name}", told, labels, registry=registry)

    with looking(door) as db:
        cases = gauge("cases_open", "Open cases by procedure and state", "procedure", "state")
        for procedure, state, count in open_cases(db):
            cases.labels(procedure, state).set(count)
        for name, told, sql, parameters in _counts(now):
            row = db.one(sql, *parameters)
            gauge(name, told).set(row[0] if row and row[0] is not None else 0)
        ages = gauge("heartbeat_age_seconds", "Seconds since a flow last did its work", "flow")
        for flow, at in heartbeats(db):
            ages.labels(flow).set((now - at).total_seconds())
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


def _counts(now: datetime) -> list[tuple[str, str, str, tuple[Any, ...]]]:
    standing = "FROM deadlines WHERE state = 'open'"
    return [
        ("deadlines_open", "Open deadlines", f"SELECT count(*) {standing}", ()),
        ("deadlines_overdue", "Open deadlines that have passed", f"SELECT count(*) {standing} AND due_at <= ?", (now,)),
        ("deadlines_failed", "Open deadlines whose act has failed", f"SELECT count(*) {standing} AND failures > 0", ()),
        ("alarms_open", "Open alarms", "SELECT count(*) FROM alarms WHERE ended_at IS NULL", ()),
        ("messages_unsent", "Messages that wait to be sent", "SELECT count(*) FROM messages WHERE sent_at IS NULL AND dead_at IS NULL", ()),
        ("messages_dead", "Messages given up", "SELECT count(*) FROM messages WHERE dead_at IS NOT NULL", ()),
        ("journal_position", "The place of the last entry", "SELECT max(position) FROM entries", ()),
    ]  # fmt: skip
