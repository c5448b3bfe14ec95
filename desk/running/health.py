"""How the service is: for probes, and for the first page."""

import logging
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from desk.door import Door, looking
from desk.shapes import moment
from machines.alarms import Standing, open_alarms
from models.database import Db, ReplacedError, instant
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
        database, reason = True, {}
    except ReplacedError as error:
        log.error("%s", error)  # noqa: TRY400  its words say all
        swept, database, in_doubt, reason = None, False, False, {"reason": "database replaced"}
    except Exception:  # whatever keeps the database from answering, the probe must say so
        log.exception("the database does not answer")
        swept, database, in_doubt, reason = None, False, False, {"reason": "database does not answer"}
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
    } | reason  # fmt: skip


@cache
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
