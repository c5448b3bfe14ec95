"""The shapes of what is answered: cases, entries, deadlines, as the contract of the API names them."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from desk.past import deadlines_open_at, folded, joint_until, records_until
from machines.act import CLOCK, Act
from machines.editions import rule_set
from machines.load import load, of_case
from machines.procedure import NOBODY
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Refusal, Unknown
from machines.rulebook import Rulebook
from machines.situation import Situation
from machines.terms import explain as derivation
from machines.terms import steps_from_json
from machines.zones import end_of_day, local_time
from models.database import Db, instant
from models.entry import Record

_CASE = """SELECT number, procedure, state, seq, final, zone, person_id, body, region, parent, about, facts, joint, opened_at
 FROM cases WHERE number = ?"""
_DEADLINES = """SELECT number, name, kind, due_at, zone, norm, state, steps, opened_seq, closed_at FROM deadlines
 WHERE number = ? ORDER BY opened_seq, name"""
DEADLINE_COLUMNS = "number, name, kind, due_at, zone, norm, state, steps"


def moment(at: datetime | str, zone: str) -> str:
    """Write an instant as RFC 3339 with the offset of *zone*."""
    return local_time(instant(at), zone).isoformat()


def read_refusal(refusal: Refusal, language: str) -> dict[str, Any]:
    """Answer a refusal or warning in words."""
    return refusal.in_words(language)


def act_answer(record: Record, zone: str, language: str) -> dict[str, Any]:
    """Answer an act: the case as its entry left it, and the entry. A replay answers the very same."""
    case = {"number": record.number, "procedure": record.procedure, "state": record.target, "seq": record.seq}
    return {"case": case, "entry": entry_answer(record, zone, language)}


def entry_answer(record: Record, zone: str, language: str) -> dict[str, Any]:
    """Answer one entry of the journal; erased facts are null."""
    payload = json.loads(record.payload) if record.payload is not None else {"facts": None}
    findings = json.loads(record.findings)
    return {
        "case": record.number, "seq": record.seq, "act": record.act, "from": record.source or None, "to": record.target,
        "at": moment(record.recorded_at, zone), "effective_at": moment(record.effective_at, zone),
        "actor": record.actor, "on_behalf_of": record.holder or None, "office": record.office, "body": record.body or None,
        "norms": record.norms.split(), "facts": payload["facts"], "document": payload.get("document"),
        "warnings": _in_words(findings.get("warnings", ()), language),
        "passed_over": _in_words(findings.get("passed_over", ()), language),
        "skipped": [
            one | {"refusals": _in_words(one["refusals"], language)} for one in findings.get("skipped", ())
        ],
        "noted": findings.get("noted"), "cause": record.cause or None, "edition": record.edition, "definition": record.definition,
        "hash": record.hash, "previous": record.previous,
    }  # fmt: skip


def deadline_answer(row: tuple[Any, ...], *, now: datetime, language: str, state: str | None = None) -> dict[str, Any]:
    """Answer one deadline (DEADLINE_COLUMNS) with how it was counted; what has passed and stands open is overdue."""
    number, name, kind, due_at, zone, norm, stored, steps = row[:8]
    due = instant(due_at) if due_at is not None else None
    stands = state or stored
    return {
        "case": number, "name": name, "kind": kind, "due": moment(due, zone) if due else None, "norm": norm, "state": stands,
        "derivation": derivation(steps_from_json(steps), language),
        "overdue": stands == "open" and due is not None and due <= now,
    }  # fmt: skip


def case_answer(db: Db, number: str, *, now: datetime, language: str, book: Rulebook | None = None) -> dict[str, Any]:
    """Answer a case as its row stands, with its open deadlines, and what its procedure counts at this moment."""
    row = _row(db, number)
    seen = _seen(db, number, now, book or Rulebook())
    deadlines = [
        deadline_answer(deadline, now=now, language=language)
        for deadline in db.all(_DEADLINES, number)
        if deadline[6] == "open"
    ]
    return _case(
        db,
        row,
        facts=seen.facts,
        joint=json.loads(row[12]),
        deadlines=deadlines,
        language=language,
        view=_view(db, seen),
    )


def opened_by(db: Db, record: Record, *, now: datetime, language: str) -> list[dict[str, Any]]:
    """Answer the deadlines that an entry has opened in its case."""
    rows = db.all(_DEADLINES, record.number)
    return [deadline_answer(row, now=now, language=language) for row in rows if row[8] == record.seq]


def case_as_of(db: Db, number: str, day: date, *, language: str) -> dict[str, Any]:
    """Answer a case as it had been recorded by the end of the local *day*; Unknown if there was none yet."""
    row = _row(db, number)
    end = end_of_day(day, zone=row[5])
    records = records_until(db, number, end)
    if not records:
        raise Unknown("case", number)
    last = records[-1]
    final = last.target in PROCEDURES[last.procedure].final
    then = (*row[:2], last.target, last.seq, final, *row[5:])
    deadlines = [
        deadline_answer(deadline, now=end, language=language, state="open")
        for deadline in deadlines_open_at(db, records, end)
    ]
    facts = folded(records)
    seen = _seen(db, number, end, Rulebook())._replace(state=last.target, facts=facts)
    view = _view(db, seen) if "counts" in facts else {}  # before that ballots and presence were other than they are
    past = _case(
        db, then, facts=facts, joint=joint_until(db, number, end), deadlines=deadlines, language=language, view=view
    )
    return past | {"as_of": day.isoformat(), "edition": rule_set(day, seen.numbers.entered_on(seen.today))}


def name_of(names: Mapping[str, tuple[str, ...]], person: str, language: str) -> str | None:
    """Choose somebody's name in *language*."""
    found = names.get(person)
    return found[("kk", "ru", "en").index(language)] if found else None


def people_named(db: Db, people: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Fetch the names (kk, ru, en) of *people*."""
    wanted = sorted({person for person in people if person})
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = db.all(f"SELECT person_id, name_kk, name_ru, name_en FROM people WHERE person_id IN ({marks})", *wanted)  # noqa: S608
    return {row[0]: row[1:] for row in rows}


def _row(db: Db, number: str) -> tuple[Any, ...]:
    row = db.one(_CASE, number)
    if row is None:
        raise Unknown("case", number)
    return row


def _case(
    db: Db, row: tuple[Any, ...], *, facts: Mapping[str, Any], joint: dict[str, Any], deadlines: list[dict[str, Any]],
    language: str, view: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    number, procedure, state, seq, final, zone, person, body, region, parent, about, _, _, opened_at = row
    answer = {
        "number": number, "procedure": procedure, "state": state, "seq": seq, "final": bool(final),
        "opened_at": moment(opened_at, zone), "body": body or None, "facts": facts, "deadlines": deadlines,
        "parties": _parties(db, number, seq, person, language),
    }  # fmt: skip
    named = {"person": person, "region": region, "parent": parent, "about": about, "joint": joint}
    told = {"counts": facts.get("votes"), "outcome": facts.get("outcome")} | dict(view)
    return answer | {name: value for name, value in (named | told).items() if value}


def _seen(db: Db, number: str, now: datetime, book: Rulebook) -> Situation[None]:
    """Load the situation of a case as it stands."""
    procedure = procedure_of_number(number)
    assert procedure is not None
    loaded = load(db, Act(procedure=procedure.name, name="", actor=CLOCK, at=now, case=number), book, lock=False)
    return of_case(loaded, now, procedure)


def _view(db: Db, s: Situation[None]) -> Mapping[str, Any]:
    """Return counts, outcome, force and proof, where the procedure has them."""
    view = PROCEDURES[s.procedure].view
    return view(db, s) if view else {}


def _parties(db: Db, number: str, seq: int, person: str | None, language: str) -> list[dict[str, Any]]:
    """Name whom the case is about and who has acted in it, each with the offices he acted in."""
    roles: dict[str, list[str]] = {person: ["person"]} if person else {}
    for actor, holder, office in db.all(
        "SELECT actor, holder, office FROM entries WHERE number = ? AND seq <= ? ORDER BY seq", number, seq
    ):
        for who, role in ((holder or actor, office), (actor if holder else "", "working_body")):
            if who and office not in NOBODY and role not in roles.setdefault(who, []):
                roles[who].append(role)
    names = people_named(db, roles)
    return [{"person_id": who, "name": name_of(names, who, language), "roles": held} for who, held in roles.items()]


def _in_words(findings: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    return [read_refusal(Refusal(one["norm"], one["code"], one["numbers"]), language) for one in findings]
