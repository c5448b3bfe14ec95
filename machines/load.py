"""Load the situation: the case, its mandates and circumstances, in as few round trips as the rows allow."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any, NamedTuple

import orjson

from machines.act import CLOCK, Act
from machines.calendar import Calendar
from machines.entered import NEWEST
from machines.procedure import NEW, Procedure, Transition
from machines.rulebook import Rulebook
from machines.rulings import Rulings
from machines.situation import Held, Mandates, Situation
from machines.zones import local_day
from models.database import Db, instant, instant_text
from models.entry import GENESIS, may_be_name

# What tells that calendar or rules have changed.
_LAW = f"(SELECT max(version) FROM calendar_versions), {NEWEST}"  # noqa: S608
_CASE = f"""SELECT number, procedure, state, seq, head, definition, rulings, zone, person_id, body, region, parent, about, facts, joint,
 opened_at, {_LAW} FROM cases WHERE number = ?"""  # noqa: S608
_ANSWER = "SELECT request, number, seq FROM answers WHERE actor = ? AND key = ?"
_MANDATES = """SELECT begins_at, number, person_id, office, body, region, coalesce(category, ''), coalesce(ex_officio, ''), slot
 FROM mandates WHERE (%s OR office = 'chairman' OR office = 'deputy_chairman' OR office = 'working_body')
 AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"""
_PERSON, _OF_CASE = "person_id = ?", "person_id = (SELECT person_id FROM cases WHERE number = ?)"
_held: Any = partial(tuple.__new__, Held)


class Stored(NamedTuple):
    """A case as its row stands."""

    number: str
    procedure: str
    state: str
    seq: int
    head: str
    definition: str
    rulings: str
    zone: str
    person: str | None
    body: str
    region: str
    parent: str | None
    about: str | None
    facts: str
    joint: str
    opened_at: Any
    calendar_version: int | None
    newest_edition: str | None


_NOT_OPENED = Stored(
    number="", procedure="", state=NEW, seq=0, head=GENESIS, definition="", rulings="{}", zone="", person=None, body="", region="",
    parent=None, about=None, facts="{}", joint="{}", opened_at=None, calendar_version=None, newest_edition=None,
)  # fmt: skip


class Loaded(NamedTuple):
    """What one batch of queries brought."""

    case: Stored | None
    mandates: Mandates
    calendar: Calendar
    answer: tuple[Any, ...] | None
    book: Rulebook


def load(db: Db, act: Act, book: Rulebook, *, lock: bool, before: Loaded | None = None) -> Loaded:
    """Fetch case, mandates and the stored answer to the act's key together; *lock* keeps others off the case.

    An act that opens a case as the consequence of another is judged by the law that was loaded *before* it.
    """
    number, at, people = act.case, instant_text(act.at), _people(act)
    cases = None
    if number:
        cases = db.ask(f"{_CASE} FOR UPDATE" if lock and db.kind == "postgresql" else _CASE, number)
    elif before is None:
        cases = db.ask(f"SELECT {_LAW}")
    answers = db.ask(_ANSWER, act.actor, act.key) if act.key else None
    mandates = db.ask(_mandates_of(len(people), bool(number)), *people, *((number,) if number else ()), at, at)
    found = next(iter(cases()), None) if cases else None
    held = Mandates([_held(row[1:]) for row in sorted(mandates())])  # by their beginning, then by number
    answer = next(iter(answers()), None) if answers else None
    if cases is None and before is not None:
        return Loaded(None, held, before.calendar, answer, before.book)
    version, newest = found[-2:] if found else (None, None)
    case = Stored._make(found) if number and found else None
    return Loaded(case, held, book.calendar_of(db, version), answer, book.as_entered(db, newest))


@cache
def _mandates_of(people: int, case: bool) -> str:
    """Write the query for so many people: SQLite looks up each of them, of a list it would make a table first."""
    return _MANDATES % " OR ".join([_PERSON] * people + [_OF_CASE] * case)


def _people(act: Act) -> list[str]:
    """Name whom the act itself names, each once; what cannot be a person_id is nobody."""
    people: list[str] = []
    for person in (act.actor, act.on_behalf_of, act.facts.get("person")):
        if isinstance(person, str) and person not in people and may_be_name(person):
            people.append(person)
    return people or [""]


def situation(act: Act, row: Transition[Any], loaded: Loaded) -> Situation[None]:
    """Make the situation of *act* as far as it is the same for all procedures: no facts given yet, no circumstances.

    Its values stand in the order of the fields.
    """
    case, book, at = loaded.case or _NOT_OPENED, loaded.book, act.at
    zone = case.zone or book.zone
    today = local_day(at, zone)
    opened = instant(case.opened_at) if case.opened_at else None
    judged_as = local_day(opened, zone) if opened and book.editions else None
    return Situation(
        act.procedure, row.name, row.norms[0],
        case.state, case.number or None, case.seq, case.person, case.body, case.region, case.parent, case.about,
        orjson.loads(case.facts), orjson.loads(case.joint) if case.joint != "{}" else {}, opened,
        act.actor, _document_date(act.document) if act.document else None, at, today, zone,
        loaded.calendar, _kept(case.rulings) if loaded.case else book.rulings_on(today), loaded.mandates,
        book.numbers_for(judged_as),
        None, "", act.on_behalf_of or act.actor, "", "", None,
    )  # fmt: skip


def of_case(loaded: Loaded, at: datetime, procedure: Procedure[Any]) -> Situation[None]:
    """Make the situation of a case as it stands, before anybody does anything."""
    act = Act(procedure=procedure.name, name="", actor=CLOCK, at=at, case=loaded.case.number if loaded.case else None)
    return situation(act, procedure.acts[0], loaded)._replace(act="")


def kept_rulings(rulings: Rulings) -> str:
    """Write the rulings that differ from the defaults as JSON, for a case to keep."""
    differing = rulings.differing()
    return json.dumps(differing, sort_keys=True, ensure_ascii=False, separators=(",", ":")) if differing else "{}"


def _kept(text: str) -> Rulings:
    return Rulings.restored(json.loads(text) if text != "{}" else {})


def _document_date(document: Any) -> date | None:
    """Read the day of the paper; what is no day is found when the paper's shape is checked."""
    day = document.get("date") if isinstance(document, Mapping) else None
    try:
        return date.fromisoformat(day) if isinstance(day, str) else (day if isinstance(day, date) else None)
    except ValueError:
        return None
