"""Load the situation: the case, its mandates and circumstances, in as few round trips as the rows allow."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from machines.act import CLOCK, Act
from machines.authority import Authority
from machines.calendar import Calendar
from machines.entered import NEWEST
from machines.facts import Facts
from machines.procedure import NEW, Procedure, Transition
from machines.rulebook import Rulebook
from machines.rulings import Rulings
from machines.situation import Held, Mandates, Situation
from machines.zones import local_day
from models.database import Db, instant
from models.entry import NAME

# What tells that calendar or rules have changed.
_LAW = f"(SELECT max(version) FROM calendar_versions), {NEWEST}"  # noqa: S608
_CASE = f"""SELECT number, procedure, state, seq, head, definition, rulings, zone, person_id, body, region, parent, about, facts, joint,
 opened_at, {_LAW} FROM cases WHERE number = ?"""  # noqa: S608
_MANDATES = """SELECT number, person_id, office, body, region, coalesce(category, ''), coalesce(ex_officio, ''), slot FROM mandates
 WHERE (person_id IN (?, ?, ?, (SELECT person_id FROM cases WHERE number = ?))
 OR office IN ('chairman', 'deputy_chairman', 'working_body')) AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)
 ORDER BY begins_at, number"""


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


class Loaded(NamedTuple):
    """What one batch of queries brought."""

    case: Stored | None
    mandates: Mandates
    calendar: Calendar
    answer: tuple[Any, ...] | None
    book: Rulebook


def load(db: Db, act: Act, book: Rulebook, *, lock: bool) -> Loaded:
    """Fetch case, mandates and the stored answer to the act's key together; *lock* keeps others off the case."""
    for_update = " FOR UPDATE" if lock and db.kind == "postgresql" else ""
    people = (*map(_askable, (act.actor, act.on_behalf_of, act.facts.get("person"))), act.case or "")
    cases = db.ask(_CASE + for_update, act.case) if act.case else db.ask(f"SELECT {_LAW}")
    answers = (
        db.ask("SELECT request, number, seq FROM answers WHERE actor = ? AND key = ?", act.actor, act.key)
        if act.key
        else None
    )
    mandates = db.ask(_MANDATES, *people, act.at, act.at)
    row = cases()
    case = Stored(*row[0]) if act.case and row else None
    version, newest = row[0][-2:] if row else (None, None)
    held, answer = Mandates(map(Held._make, mandates())), next(iter(answers()), None) if answers else None
    return Loaded(case, held, book.calendar_of(db, version), answer, book.as_entered(db, newest))


def _askable(person: Any) -> str:
    """Return a person_id as the database may be asked for it; what cannot be one is nobody."""
    return person if isinstance(person, str) and NAME.fullmatch(person) else ""


def situation(act: Act, row: Transition[Any], loaded: Loaded) -> Situation[None]:
    """Make the situation of *act* as far as it is the same for all procedures: no facts given yet, no circumstances."""
    case, book = loaded.case, loaded.book
    zone = case.zone if case else book.zone
    today = local_day(act.at, zone)
    opened = instant(case.opened_at) if case else None
    return Situation(
        procedure=act.procedure,
        act=row.name,
        norm=row.norms[0],
        state=case.state if case else NEW,
        number=case.number if case else None,
        seq=case.seq if case else 0,
        person=case.person if case else None,
        body=case.body if case else "",
        region=case.region if case else "",
        parent=case.parent if case else None,
        about=case.about if case else None,
        facts=orjson.loads(case.facts) if case else {},
        joint=orjson.loads(case.joint) if case and case.joint != "{}" else {},
        opened_at=opened,
        given=None,
        actor=act.actor,
        holder=act.on_behalf_of or act.actor,
        office="",
        office_body="",
        office_region="",
        document_date=_document_date(act.document),
        at=act.at,
        today=today,
        zone=zone,
        calendar=loaded.calendar,
        rulings=_kept(case.rulings) if case else book.rulings_on(today),
        mandates=loaded.mandates,
        circumstances=None,
        numbers=book.numbers_for(local_day(opened, zone)) if opened and book.editions else book.numbers_for(None),
    )


def of_case(loaded: Loaded, at: datetime, procedure: Procedure[Any]) -> Situation[None]:
    """Make the situation of a case as it stands, before anybody does anything."""
    act = Act(procedure=procedure.name, name="", actor=CLOCK, at=at, case=loaded.case.number if loaded.case else None)
    return situation(act, procedure.acts[0], loaded)._replace(act="")


def with_facts(s: Situation[None], given: Facts | None, found: Authority | None = None) -> Situation[None]:
    """Return the situation with the facts of the act and, where it is known, the office it is done in."""
    if found is None:
        return s._replace(given=given)
    return s._replace(
        given=given, office=found.office, holder=found.holder, office_body=found.body, office_region=found.region
    )


def kept_rulings(rulings: Rulings) -> str:
    """Write the rulings that differ from the defaults as JSON, for a case to keep."""
    differing = rulings.differing()
    return json.dumps(differing, sort_keys=True, ensure_ascii=False, separators=(",", ":")) if differing else "{}"


def _kept(text: str) -> Rulings:
    return Rulings.restored(json.loads(text) if text != "{}" else {})


def _document_date(document: Mapping[str, Any] | None) -> date | None:
    """Read the day of the paper; what is no day is found when the paper's shape is checked."""
    day = document.get("date") if isinstance(document, Mapping) else None
    try:
        return date.fromisoformat(day) if isinstance(day, str) else (day if isinstance(day, date) else None)
    except ValueError:
        return None
