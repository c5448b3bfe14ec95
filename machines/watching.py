"""What is looked for, by the desk every half minute and by a flow every hour: each finding is an alarm as long as it is found.

Nothing here decides anything about a case, and nothing reads a clock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from machines import waiting
from machines.alarms import Found, open_alarms
from machines.annual_session import beginning, year_to_begin
from machines.clock import AHEAD, BACK, TOLERANCE, Doubt
from machines.procedure import Office
from machines.procedures import procedure_of_number
from machines.rulebook import Rulebook
from machines.settle import FAILURES_BEFORE_ALARM
from machines.situation import Held
from machines.witnesses import CODE
from machines.wording import has
from machines.zones import local_day
from models import host
from models.database import Db, instant, instant_text
from models.heartbeat import DESK, LATE_AFTER, SWEEP
from models.host import Room
from models.settings import Settings

SERVICE = ("no_sweep", "late")  # codes that are judged by the age of heartbeats
DUTIES = ("no_owner", "calendar", "no_duty", "failing", "dead_messages")  # codes that are judged by rows
BY_THE_CLOCK = frozenset(
    {*SERVICE, "calendar", "no_duty", "no_owner"}
)  # nothing can be said while the clock is in doubt

FIRST_MONTH = 10  # from October on the days off of next year must be known
SWEPT_BY = timedelta(hours=2)  # what the clock should have begun at midnight is missing after that
ONE_BY_ONE = 20  # failing cases with an alarm of their own; the others share one
LISTED = 5

_MB = 1_000_000
LEAST_FREE, LEAST_SHARE, MOST_NEEDED = (
    500 * _MB,
    20,
    5_000 * _MB,
)  # a twentieth of the disk, but never less or more than these
_OVER = 5, 4  # a quarter more than that must be free before the alarm ends: it must not come and go

_FAILING = """SELECT number, name FROM deadlines WHERE state = 'open' AND failures > 0 AND failures >= ? ORDER BY number, name"""
_DEAD = "SELECT count(*) FROM messages WHERE dead_at IS NOT NULL"
_WAITING = "SELECT number, person_id, joint, facts FROM cases WHERE procedure = ? AND state = ? ORDER BY number"
_STATES = "SELECT DISTINCT procedure, state FROM cases WHERE NOT final ORDER BY procedure, state"
_HELD = """SELECT DISTINCT office, body FROM mandates WHERE begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"""


def about_the_clock(name: str, doubt: Doubt | None) -> list[Found]:
    """Say what is wrong with the clock of this machine."""
    if doubt is None:
        return []
    # Of a jump its length stays the same from look to look, of a clock that is late what it has not reached.
    jump = doubt.kind in (AHEAD, BACK)
    by = {"minutes": round(doubt.seconds / 60)} if jump else {"expected_at": instant_text(doubt.expected)}
    return [Found(name, CODE, numbers={"kind": doubt.kind, "machine": host.name()} | by)]


def late_flows(db: Db, now: datetime) -> list[Found]:
    """Find flows that have not worked for longer than they may.

    After a start of the desk each has its time anew, but what is known to stand still does so until it has worked again.
    """
    beats = {name: (instant(at), note) for name, at, note in db.all("SELECT name, at, note FROM heartbeats")}
    began = desk_began(db)
    standing = {alarm.name for alarm in open_alarms(db)}
    late = []
    for name in LATE_AFTER:
        at, _ = beats.get(name, (None, ""))
        if at and at > now + TOLERANCE:
            at = None  # one of a clock that was wrong says nothing
        found = _standstill(name, at)
        waits_since = (at,) if name == DESK or found.name in standing else (at, began)
        if _is_late(name, waits_since, now) or (at is None and found.name in standing):
            late.append(found)
    return late


def nobody_watches(db: Db, now: datetime) -> bool:
    """Say whether no desk has looked for so long that none runs: then no alarm is raised either."""
    row = db.one("SELECT at FROM heartbeats WHERE name = ?", DESK)
    return row is None or now - instant(row[0]) > LATE_AFTER[DESK]


def desk_began(db: Db) -> datetime | None:
    """Read since when the desk runs that was seen last, as it leaves word; None: nobody has left it."""
    row = db.one("SELECT note FROM heartbeats WHERE name = ?", DESK)
    try:
        return datetime.fromisoformat(row[0].removeprefix("since ")) if row else None
    except ValueError:
        return None


def _is_late(name: str, since: Sequence[datetime | None], now: datetime) -> bool:
    """Say whether a flow has had its time; nobody knows of one that has never run since when it should."""
    last = max((each for each in since if each), default=None)
    return last is not None and now - last > LATE_AFTER[name]


def _standstill(name: str, at: datetime | None) -> Found:
    numbers = {"last_at": instant_text(at) if at else ""}
    if name == SWEEP:
        return Found("no_sweep", "no_sweep", numbers=numbers)
    return Found(f"late:{name}", "late", numbers=numbers | {"flow": name})


def full_disks(db: Db, rooms: Mapping[str, Room | None]) -> list[Found]:
    """Find disks on which room is low: *rooms* by the place that they hold."""
    standing = {alarm.name for alarm in open_alarms(db)}
    return [
        Found(f"disk:{place}", "disk", numbers={"place": place, "free": room.free // (100 * _MB) * 100})
        for place, room in rooms.items()
        if room and is_low(room, standing=f"disk:{place}" in standing)
    ]


def is_low(room: Room, *, standing: bool) -> bool:
    """Say whether a disk has too little room left; once it had, a little more is asked for."""
    least = max(LEAST_FREE, min(room.total // LEAST_SHARE, MOST_NEEDED))
    return room.free < (least * _OVER[0] // _OVER[1] if standing else least)


def duties(db: Db, now: datetime, book: Rulebook) -> list[Found]:
    """Find everything that rows tell: DUTIES."""
    return [
        *without_owner(db, now), *unknown_days_off(db, now, book), *missing_duty(db, now, book), *failing(db), *dead_messages(db),
    ]  # fmt: skip


def failing(db: Db) -> list[Found]:
    """Find deadlines whose act raised a bug again and again."""
    rows = db.all(_FAILING, FAILURES_BEFORE_ALARM)
    found = [
        Found(f"failing:{number}/{name}", "failing", number, {"cases": [number], "deadline": _called(number, name)})
        for number, name in rows[:ONE_BY_ONE]
    ]
    if others := rows[ONE_BY_ONE:]:
        numbers = {"cases": [number for number, _ in others[:LISTED]], "deadline": _called(*others[0])}
        found.append(Found("failing:others", "failing", "", numbers))
    return found


def dead_messages(db: Db) -> list[Found]:
    """Find messages that were given up."""
    row = db.one(_DEAD)
    return [Found("dead_messages", "dead_messages", numbers={"count": row[0]})] if row and row[0] else []


def unknown_days_off(db: Db, now: datetime, book: Rulebook) -> list[Found]:
    """Find that the days off of next year are not known, from October on (H05)."""
    today = local_day(now, book.zone)
    row = db.one("SELECT max(version) FROM calendar_versions")
    needed = today.year + (1 if today.month >= FIRST_MONTH else 0)
    last = book.calendar_of(db, row[0] if row else None).last_year
    return [Found("calendar", "calendar", numbers={"year": str(last + 1)})] if last < needed else []


def missing_duty(db: Db, now: datetime, book: Rulebook) -> list[Found]:
    """Find that the standing duty of a year should have been begun, and was not (8.1c)."""
    year = year_to_begin(db, now, book.zone)
    if year is None or now < beginning(year, book.zone) + SWEPT_BY:
        return []
    return [Found("no_duty", "no_duty", numbers={"year": str(year)})]


def without_owner(db: Db, now: datetime) -> list[Found]:
    """Find cases that wait for offices which nobody holds, by the state that they wait in."""
    held = [Held("", "", office, body, "", "", "", "") for office, body in db.all(_HELD, now, now)]
    return [
        Found(
            f"no_owner:{procedure}.{state}", "no_owner", cases[0] if len(cases) == 1 else "",
            {
                "count": len(cases), "cases": cases[:LISTED], "state": f"name:state.{procedure}.{state}",
                "procedure": f"name:procedure.{procedure}",
                "offices": [f"name:office.{office}" for office in waiting.offices_of_state(procedure, state)],
            },
        )
        for procedure, state in db.all(_STATES)
        if (cases := _orphans(db, procedure, state, held))
    ]  # fmt: skip


def _orphans(db: Db, procedure: str, state: str, held: Sequence[Held]) -> list[str]:
    acts = waiting.acts_of_state(procedure, state)
    offices = {one.office for one in held}
    if Office.chairman in offices:
        offices.add(Office.deputy_chairman)  # who performs their acts where there is none (B01)
    if not acts or (acts != ("cure",) and offices & set(waiting.offices_of_state(procedure, state))):
        return []
    rows = [waiting.Waiting(row[0], procedure, state, *row[1:]) for row in db.all(_WAITING, procedure, state)]
    return [case.number for case in rows if not (acts == ("cure",) and waiting.is_nominated_by(held, case))]


def _called(number: str, deadline: str) -> str:
    """Name a deadline so that every language has its word for it."""
    procedure = procedure_of_number(number)
    key = f"deadline.{procedure.name}.{deadline}" if procedure else ""
    return f"name:{key}" if has(f"names.{key}") else deadline


def places_of(settings: Settings) -> dict[str, Path]:
    """Name the places whose disk must not fill up: the home, and the database where that lies elsewhere."""
    url = settings.database_url
    file = (
        Path(url.removeprefix("sqlite:///").partition("?")[0]).parent if url.startswith("sqlite:///") else settings.home
    )
    return {"home": settings.home} | ({"database": file} if file != settings.home else {})


def rooms_of(places: Mapping[str, Any]) -> dict[str, Room | None]:
    """Return how much room there is where things lie."""
    return {name: host.room(place) for name, place in places.items()}
