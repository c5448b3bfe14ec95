"""The page of operators: what is wrong, what falls due next, what each flow did last, what waits to be sent, how the record stands.

It shows cases, counts and instants, and nobody's name, to operators and to whoever holds an office. Nothing here decides.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import Door, looking
from desk.pages.appearance import language_of_page
from desk.pages.page import age, alarms_shown, deadline_shown, flow_name, grouped, moment, page, term_end
from desk.pages.visiting import LooksAfter
from desk.touches import PREFECT, prefect_server
from machines.alarms import open_alarms
from machines.settle import FAILURES_BEFORE_ALARM
from machines.watching import places_of, rooms_of
from machines.wording import has, say
from models.database import Db, instant
from models.heartbeat import DESK, LATE_AFTER, SWEEP
from models.settings import Settings

router = APIRouter(include_in_schema=False)

NEXT = 12  # lines of each list; the rest is in `kenes deadlines`, `kenes messages` and on Prefect's page
MB = 1_000_000
OLDEST_AFTER = timedelta(hours=1)  # a message that waits for so long: somebody looks

_OPEN = "FROM deadlines WHERE state = 'open'"
_AHEAD = f"SELECT due_at, count(*) {_OPEN} AND due_at > ? GROUP BY due_at ORDER BY due_at LIMIT ?"
_FIRST_OF = f"SELECT number, name, due_at, zone {_OPEN} AND due_at = ? ORDER BY number, name LIMIT 1"
_LATE = f"""SELECT number, name, due_at, zone, failures {_OPEN} AND kind = 'automatic' AND due_at <= ?
 ORDER BY due_at, rank, opened_at, number LIMIT ?"""
_LATE_COUNT = f"SELECT count(*) {_OPEN} AND kind = 'automatic' AND due_at <= ?"
_BEATS = "SELECT name, at, note, took_ms, run_id FROM heartbeats"
_WAITING = "FROM messages WHERE sent_at IS NULL AND dead_at IS NULL"
_OUTBOX = f"SELECT count(*), coalesce(sum(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), 0), min(created_at) {_WAITING}"
_DEAD = "SELECT number, template, channel, attempts, dead_at FROM messages WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, key LIMIT ?"
_DEAD_COUNT = "SELECT count(*) FROM messages WHERE dead_at IS NOT NULL"
_RECORD = "SELECT coalesce(max(position), 0) FROM entries"
_SEALED = "SELECT seal, at, through FROM seals ORDER BY seal DESC LIMIT 1"
_CALENDAR = "SELECT coalesce(max(version), 0) FROM calendar_versions"


@router.get("/operations")
def operations(request: Request, visitor: LooksAfter) -> Response:
    """Show what an operator looks at: alarms, what is late and what comes, flows, outbox, record, room."""
    door: Door = request.app.state.door
    settings: Settings = request.app.state.settings
    now, language = door.clock(), language_of_page(request, visitor)
    prefect = PREFECT if visitor.operator and prefect_server(settings) else None
    with looking(door) as db:
        shows: dict[str, Any] = {
            "alarms": alarms_shown(db, language, door.book.zone),
            "late": [_late(row, language) for row in db.all(_LATE, now, NEXT)],
            "ahead": [_instant(db, row, language, door.book.zone) for row in db.all(_AHEAD, now, NEXT)],
            "flows": _flows(db, now, language, prefect),
            "outbox": _outbox(db, now, language, door.book.zone),
            "record": _record(db, door.book.zone),
            "numbers": _numbers(db, now, language),
        }
    in_doubt = door.trusted is not None and door.trusted.doubt() is not None
    return page(
        request, "operations.html", language, now, **shows, prefect=prefect, in_doubt=in_doubt, rooms=_rooms(settings, language)
    )  # fmt: skip


def _numbers(db: Db, now: datetime, language: str) -> list[dict[str, Any]]:
    """Say in five numbers whether all is well: alarms, what is late, when it was swept, what waits to be sent and since when."""
    ((late,),), ((waiting, again, oldest),) = db.all(_LATE_COUNT, now), db.all(_OUTBOX)
    swept = next((instant(at) for name, at, *_ in db.all(_BEATS) if name == SWEEP), None)
    told = (
        ("alarms", len(open_alarms(db)), "late"),
        ("late", late, "late"),
        ("sweep", age(swept, now, language) if swept else say("desk.first.never", language), "late"),
        ("waiting", waiting, "warn"),
        ("oldest", age(instant(oldest), now, language) if oldest else say("register.desk.ops.none", language), "warn"),
    )
    bad = {
        "alarms": told[0][1], "late": late, "sweep": swept is None or now - swept > LATE_AFTER[SWEEP], "waiting": again,
        "oldest": oldest and now - instant(oldest) > OLDEST_AFTER,
    }  # fmt: skip
    return [
        {"text": say(f"register.desk.ops.{name}", language), "value": value, "tone": tone if bad[name] else ""}
        for name, value, tone in told
    ]


def _late(row: tuple[Any, ...], language: str) -> dict[str, Any]:
    """Say what has fallen due and was not performed, and whether its act fails."""
    *deadline, failures = row
    number, name, due, zone = deadline
    return deadline_shown(number, name, due, zone, language=language) | {"failing": failures >= FAILURES_BEFORE_ALARM}


def _instant(db: Db, row: tuple[Any, ...], language: str, zone: str) -> dict[str, Any]:
    """Say what falls due at one of the next instants: the deadline, or how many."""
    due, count = row
    if count > 1:
        return {"due": term_end(due, zone), "count": count}
    first = db.one(_FIRST_OF, instant(due))
    assert first is not None
    return deadline_shown(*first, language=language) | {"count": 1}


def _flows(db: Db, now: datetime, language: str, prefect: str | None) -> list[dict[str, Any]]:
    """Say of every flow when it last did its work and what came of it, with a link to that run."""
    beats = {name: tuple(more) for name, *more in db.all(_BEATS)}
    alarmed = {alarm.name for alarm in open_alarms(db)}
    return [
        {"name": flow_name(name, language), "late": f"late:{name}" in alarmed or (name == SWEEP and "no_sweep" in alarmed)}
        | _last(beats.get(name), now, language, prefect)
        for name in LATE_AFTER if name != DESK
    ]  # fmt: skip


def _last(beat: tuple[Any, ...] | None, now: datetime, language: str, prefect: str | None) -> dict[str, str]:
    if beat is None:
        return {"age": say("desk.first.never", language), "note": "", "took": "", "run": ""}
    at, note, took, run = beat
    return {
        "age": age(instant(at), now, language), "note": _did(note, language), "took": grouped(took, language) if took else "",
        "run": f"{prefect}/runs/flow-run/{run}" if prefect and run else "",
    }  # fmt: skip


def _did(note: str, language: str) -> str:
    """Say what a flow did the last time: its heartbeat names a text and the numbers of it; another version's may not."""
    try:
        told = json.loads(note)
        return say(f"desk.did.{told.pop('said')}", language, **told)
    except (ValueError, LookupError, AttributeError):
        return ""


def _outbox(db: Db, now: datetime, language: str, zone: str) -> dict[str, Any]:
    """Say what waits to be sent, since when, and what was given up."""
    ((count, again, oldest),) = db.all(_OUTBOX)
    ((dead,),) = db.all(_DEAD_COUNT)
    given_up = [
        {"case": number, "template": template, "channel": channel, "attempts": attempts, "at": moment(at, zone)}
        for number, template, channel, attempts, at in db.all(_DEAD, NEXT)
    ]
    since = age(instant(oldest), now, language) if oldest else ""
    return {"count": count, "again": again, "oldest": since, "dead": dead, "given_up": given_up}


def _record(db: Db, zone: str) -> dict[str, Any]:
    """Say how far the journal reaches and how far it is sealed, and which calendar of days off is in force."""
    ((position,),), ((calendar,),), sealed = db.all(_RECORD), db.all(_CALENDAR), db.one(_SEALED)
    seal = {"number": sealed[0], "at": moment(sealed[1], zone), "through": sealed[2]} if sealed else None
    return {"position": position, "seal": seal, "calendar": calendar, "database": db.kind}


def _rooms(settings: Settings, language: str) -> list[dict[str, Any]]:
    """Say how much room the disks have."""
    return [
        {
            "place": say(f"alarms.place.{name}", language) if has(f"alarms.place.{name}") else name,
            "free": grouped(room.free // MB, language), "total": grouped(room.total // MB, language),
        }
        for name, room in rooms_of(places_of(settings)).items() if room
    ]  # fmt: skip
