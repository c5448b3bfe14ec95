"""One person or one body of the register, as of an instant: offices with their days and papers, cases, and what was done in them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from desk.pages.register_lists import as_day
from machines.procedures import PROCEDURES
from machines.refusal import Unknown
from machines.wording import LANGUAGES
from models.database import Db, instant

CASES, ENTRIES = 100, 60  # of one person or body, the newest first; what is older stands in the cases themselves
PAPERS = ("order", "act", "basis", "decision", "document")  # the facts of an act that are a paper

_PERSON = (
    "SELECT person_id, name_kk, name_ru, name_en, email, language, region, erased_at FROM people WHERE person_id = ?"
)
_BODY = """SELECT body_id, kind, name_kk, name_ru, name_en, region, level, highest_body, zone FROM bodies WHERE body_id = ?"""
_MANDATES = """SELECT number, office, body, region, category, ex_officio, acting, since, begins_at, ended_at FROM mandates
 WHERE person_id = ? AND begins_at <= ? ORDER BY begins_at DESC, number"""
_STOOD = "(SELECT e.target FROM entries e WHERE e.number = c.number AND e.recorded_at <= ? ORDER BY e.seq DESC LIMIT 1)"
_CASE = f"SELECT c.number, c.procedure, c.opened_at, c.zone, {_STOOD} FROM cases c WHERE c.opened_at <= ?"  # noqa: S608
_OF_PERSON = f"{_CASE} AND c.person_id = ? AND %s ORDER BY c.opened_at DESC, c.number DESC LIMIT ?"
_OF_BODY = f"{_CASE} AND c.body = ? AND NOT c.final ORDER BY c.opened_at DESC, c.number DESC LIMIT ?"
_ENTRIES = """SELECT number, seq, procedure, act, source, target, office, recorded_at FROM entries
 WHERE recorded_at <= ? AND number IN (%s) ORDER BY recorded_at DESC, position DESC LIMIT ?"""
_TOLD = "SELECT payload, cause FROM entries WHERE number = ? AND seq = ?"


class Person(NamedTuple):
    """Somebody whom the register knows."""

    person_id: str
    names: Mapping[str, str]
    email: str | None
    language: str
    region: str
    erased: bool


class Mandate(NamedTuple):
    """An office that somebody holds or held, and the paper by which."""

    number: str
    office: str
    body: str
    region: str
    category: str | None
    ex_officio: str | None
    acting: bool
    since: date
    ended: datetime | None
    paper: Mapping[str, Any] | None


class CaseLine(NamedTuple):
    """A case in a list, as it stood at the instant."""

    number: str
    procedure: str
    state: str
    opened: datetime
    zone: str
    final: bool


class EntryLine(NamedTuple):
    """Something that was done."""

    number: str
    seq: int
    procedure: str
    act: str
    source: str
    target: str
    office: str
    at: datetime


def person_known(db: Db, person: str) -> Person:
    """Look somebody up; Unknown if the register has nobody of this id."""
    row = db.one(_PERSON, person)
    if row is None:
        raise Unknown("person", person)
    return Person(row[0], dict(zip(LANGUAGES, row[1:4], strict=True)), row[4], row[5], row[6], row[7] is not None)


def body_known(db: Db, body: str) -> dict[str, Any]:
    """Look a body up; Unknown if the register has none of this id."""
    row = db.one(_BODY, body)
    if row is None:
        raise Unknown("body", body)
    return {
        "body_id": row[0], "kind": row[1], "names": dict(zip(LANGUAGES, row[2:5], strict=True)), "region": row[5], "level": row[6],
        "highest_body": row[7], "zone": row[8],
    }  # fmt: skip


def mandates_of(db: Db, person: str, at: datetime) -> tuple[list[Mandate], list[Mandate]]:
    """List the offices held at an instant, and those held before it, the newest first."""
    held: list[Mandate] = []
    past: list[Mandate] = []
    for *row, since, _, ended in db.all(_MANDATES, person, at):
        end = instant(ended) if ended else None
        mandate = Mandate._make((*row[:6], bool(row[6]), as_day(since), end, paper_of(db, row[0])))
        (held if end is None or end > at else past).append(mandate)
    return held, past


def paper_of(db: Db, number: str, seq: int = 1) -> Mapping[str, Any] | None:
    """Find the paper by which a case was opened: in its entry, else in the entry that brought it about."""
    row = db.one(_TOLD, number, seq)
    if row is None:
        return None
    told = json.loads(row[0]) if row[0] is not None else {}
    found = next((facts[name] for facts in (told.get("facts") or {}, told) for name in PAPERS if facts.get(name)), None)
    if isinstance(found, dict):
        return found
    cause, _, entry = row[1].rpartition("/")
    return paper_of(db, cause, int(entry)) if cause else None


def cases_about(db: Db, person: str, at: datetime) -> tuple[list[CaseLine], list[CaseLine]]:
    """List the cases about somebody as they stood: those that were open, and those that had ended."""
    rows = [row for ended in ("NOT c.final", "c.final") for row in db.all(_OF_PERSON % ended, at, at, person, CASES)]
    cases = sorted(map(_line, rows), key=lambda one: (one.opened, one.number), reverse=True)
    return [one for one in cases if not one.final], [one for one in cases if one.final]


def cases_of_body(db: Db, body: str, at: datetime) -> list[CaseLine]:
    """List the open cases of a body as they stood."""
    return [_line(row) for row in db.all(_OF_BODY, at, at, body, CASES)]


def entries_about(db: Db, cases: list[CaseLine], at: datetime) -> list[EntryLine]:
    """List what was last done in these cases."""
    if not cases:
        return []
    marks = ", ".join("?" * len(cases))
    rows = db.all(_ENTRIES % marks, at, *(case.number for case in cases), ENTRIES)
    return [EntryLine._make((*row[:7], instant(row[7]))) for row in rows]


def _line(row: tuple[Any, ...]) -> CaseLine:
    number, procedure, opened, zone, state = row
    return CaseLine(number, procedure, state, instant(opened), zone, state in PROCEDURES[procedure].final)
