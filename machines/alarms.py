"""Alarms: raised once however many find the same, ended when it is over, told once when they begin and once when they end.

Whoever finds something passes what was found now, by code: what is new begins, what is open and was not found again ends. The
letters are rows of the outbox, staged with it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from models.database import Db, instant, instant_text
from models.entry import digest

ITSELF, CONFIRMED = "itself", "confirmed"
BEGAN, ENDED = "alarm.began", "alarm.ended"  # templates of letters
CHANNEL = "operator"

# What the working body has to see to, whoever keeps the service running.
OF_THE_WORKING_BODY = frozenset({"no_owner", "calendar", "no_duty"})

_RAISE = """INSERT INTO alarms (name, since, code, number, numbers, ended_by) VALUES (?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING"""
_TELL_NUMBERS = "UPDATE alarms SET numbers = ? WHERE name = ? AND ended_at IS NULL AND numbers <> ?"
_END = """UPDATE alarms SET ended_at = ?, ended_by = ?, position = ? WHERE name = ? AND ended_at IS NULL
 RETURNING since, code, number, numbers"""
_COLUMNS = "name, since, code, number, numbers, ended_at, ended_by"
_ALL = f"SELECT {_COLUMNS} FROM alarms ORDER BY since DESC, name LIMIT ?"  # noqa: S608
_OPEN = f"SELECT {_COLUMNS} FROM alarms WHERE ended_at IS NULL ORDER BY since, name"  # noqa: S608
_WORKING_BODY = """SELECT DISTINCT p.person_id, p.email FROM mandates m JOIN people p ON p.person_id = m.person_id
 WHERE m.office = 'working_body' AND m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?) ORDER BY p.person_id"""
_STAGE = """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by, failure,
 subject, body) VALUES (?, 'operator', ?, ?, ?, ?, 0, ?, ?, 0, '', '', '', '') ON CONFLICT (key) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong now. Of a name one alarm is open at a time; the numbers are what its text tells."""

    name: str
    code: str
    number: str = ""  # the case that it is about
    numbers: Mapping[str, Any] = field(default_factory=dict)


class Standing(NamedTuple):
    """An alarm as it stands."""

    name: str
    since: datetime
    code: str
    number: str
    numbers: Mapping[str, Any]
    ended_at: datetime | None
    ended_by: str


def watch(db: Db, codes: Iterable[str], found: Sequence[Found], now: datetime, operators: Sequence[str]) -> None:
    """Bring the alarms of *codes* to what was found of them now, and stage the letters.

    *operators* are the addresses that are told; without any, those who act for the working body are. Idempotent, and
    several may find the same at once.
    """
    wanted, looked_at = {each.name for each in found}, frozenset(codes)
    assert all(each.code in looked_at for each in found)
    for each in found:
        raise_alarm(db, each, now)
    for standing in open_alarms(db):
        if standing.code not in looked_at:
            continue
        if standing.name in wanted:
            _tell(db, standing, BEGAN, now, operators)
        else:
            end_alarm(db, standing.name, now, operators)


def raise_alarm(db: Db, found: Found, now: datetime) -> None:
    """Let an alarm begin, unless it is open already; then its numbers are brought up to date. The letters: `watch`."""
    numbers = json.dumps(dict(found.numbers), sort_keys=True, ensure_ascii=False)
    if db.one("SELECT 1 FROM alarms WHERE name = ? AND ended_at IS NULL", found.name) is None:
        db.run(_RAISE, found.name, now, found.code, found.number, numbers)
    else:
        db.run(_TELL_NUMBERS, numbers, found.name, numbers)


def end_alarm(
    db: Db, name: str, now: datetime, operators: Sequence[str], *, by: str = ITSELF, position: int | None = None,
    told: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """End an open alarm and stage the letters about that; False: somebody else has ended it, or there was none."""
    row = db.one(_END, now, by, position, name)
    if row is None:
        return False
    since, code, number, numbers = row
    known = json.loads(numbers) | dict(told or {})
    if told:
        written = json.dumps(known, sort_keys=True, ensure_ascii=False)
        db.run("UPDATE alarms SET numbers = ? WHERE name = ? AND since = ?", written, name, instant(since))
    _tell(db, Standing(name, instant(since), code, number, known, now, by), ENDED, now, operators)
    return True


def open_alarms(db: Db) -> list[Standing]:
    """Return what is wrong, the oldest first."""
    return [_standing(row) for row in db.all(_OPEN)]


def all_alarms(db: Db, *, limit: int) -> list[Standing]:
    """Return the latest alarms, open or over, the newest first."""
    return [_standing(row) for row in db.all(_ALL, limit)]


def is_to_be_sent(db: Db, now: datetime) -> bool:
    """Say whether a letter about an alarm waits to be sent."""
    sql = "SELECT 1 FROM messages WHERE sent_at IS NULL AND dead_at IS NULL AND next_at <= ? AND channel = ? LIMIT 1"
    return db.one(sql, now, CHANNEL) is not None


def _tell(db: Db, alarm: Standing, template: str, now: datetime, operators: Sequence[str]) -> None:
    """Stage the letters about an alarm, each once; that it is over hears who was told that it began."""
    for to, is_person in _readers(db, alarm.code, now, operators):
        key = _key(alarm, template, to)
        began = key if template == BEGAN else _key(alarm, BEGAN, to)
        if (db.one("SELECT 1 FROM messages WHERE key = ?", began) is None) != (template == BEGAN):
            continue
        told = {
            "code": alarm.code, "name": alarm.name, "since": instant_text(alarm.since), "numbers": dict(alarm.numbers),
            "ended_at": instant_text(alarm.ended_at) if alarm.ended_at else "", "ended_by": alarm.ended_by, "person": is_person,
        }  # fmt: skip
        db.run(_STAGE, key, to, template, json.dumps(told, ensure_ascii=False), alarm.number, now, now)


def _readers(db: Db, code: str, now: datetime, operators: Sequence[str]) -> list[tuple[str, bool]]:
    """Name who is told: addresses, and people (True), each once."""
    people = []
    if not operators or code in OF_THE_WORKING_BODY:
        people = [person for person, email in db.all(_WORKING_BODY, now, now) if email not in operators]
    return [*((address, False) for address in operators), *((person, True) for person in people)]


def _key(alarm: Standing, template: str, to: str) -> str:
    """Return the key of a letter: the same for whoever stages it, so that it is never staged twice."""
    return f"{template}/{alarm.code}/{digest(f'{alarm.name} {instant_text(alarm.since)} {to}')}"


def _standing(row: tuple[Any, ...]) -> Standing:
    name, since, code, number, numbers, ended_at, ended_by = row
    return Standing(
        name, instant(since), code, number, json.loads(numbers), instant(ended_at) if ended_at else None, ended_by
    )
