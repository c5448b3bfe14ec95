"""The shapes in which cases, acts, entries and deadlines are answered: the same to the API, the pages and the command line.

Reads on a transaction that is given; times are RFC 3339 in the zone of the case.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from machines.act import Done
from machines.perform import Answer, explain
from machines.procedure import Told
from machines.procedures import procedure_of_number
from machines.refusal import Refusal, Unknown
from machines.rulebook import Rulebook
from machines.terms import explain as in_words
from machines.terms import steps_from_json
from machines.zones import end_of_day, local_time
from models.database import Db, instant, instant_text
from models.entry import COLUMNS, Record

_CASE = (
    "SELECT number, procedure, state, seq, opened_at, body, person_id, facts, zone, final FROM cases WHERE number = ?"
)
_ENTRIES = f"SELECT {', '.join(COLUMNS)} FROM entries WHERE number = ? ORDER BY seq"  # noqa: S608
_DEADLINES = "SELECT number, name, kind, due_at, zone, norm, state, steps, opened_at, closed_at FROM deadlines"
_NOBODY = ("clock", "consequence")
_CASES = """SELECT * FROM (SELECT c.number AS number, c.procedure, c.state, c.seq, c.opened_at, c.body, c.person_id, c.zone, c.final,
 (SELECT min(due_at) FROM deadlines d WHERE d.number = c.number AND d.state = 'open') AS due FROM cases c{where}) AS found
 ORDER BY (due IS NULL), due, number"""


def act_answer(db: Db, done: Done, *, language: str) -> dict[str, Any]:
    """Answer an act that was done: the case as it left it, and the entry."""
    case = case_answer(db, done.number, language=language)
    return {
        "case": case | {"state": done.state, "seq": done.seq},
        "entry": entry_answer(done.record, language=language),
    }


def case_answer(db: Db, number: str, *, language: str, as_of: date | None = None) -> dict[str, Any]:
    """Answer a case: as it stands, or as it had been recorded by the end of a day."""
    row = db.one(_CASE, number)
    if row is None:
        raise Unknown("case", number)
    _, procedure, state, seq, opened_at, body, person, facts, zone, final = row
    entries = entries_of(db, number)
    moment = end_of_day(as_of, zone=zone) if as_of else None
    told = json.loads(facts)
    if moment:
        entries = [record for record in entries if instant(record.recorded_at) < moment]
        if not entries:
            raise Unknown("case", f"{number} as of {as_of}")
        state, seq, told = entries[-1].target, entries[-1].seq, facts_after(entries)
        final = state in _procedure(number).final
    answer = {
        "number": number,
        "procedure": procedure,
        "state": state,
        "seq": seq,
        "final": bool(final),
        "opened_at": local(opened_at, zone),
        "body": body,
        "facts": told,
        "deadlines": [*deadlines(db, number=number, language=language, at=moment)],
        "parties": parties(entries, person),
    }
    return answer | ({"person": person} if person else {})


def facts_after(entries: list[Record]) -> dict[str, Any]:
    """Add up what entries told, as the case did."""
    facts: dict[str, Any] = {}
    for record in entries:
        row = _procedure(record.number).rows[record.act]
        given = json.loads(record.payload or "{}").get("facts", {})
        holder = record.holder or record.actor
        told = Told(record.act, given, holder, record.office, record.body, record.effective_at, record.seq)
        facts = row.keeps(facts, told)
    return facts


def parties(entries: list[Record], person: str | None) -> list[dict[str, str]]:
    """Name whom a case is about and who has acted in it, each once an office."""
    found = [("person", person)] if person else []
    found += [(record.office, record.holder or record.actor) for record in entries if record.office not in _NOBODY]
    return [{"role": role, "person_id": party} for role, party in dict.fromkeys(found)]


def entries_of(db: Db, number: str) -> list[Record]:
    """Read the journal of a case."""
    return [_record(row) for row in db.all(_ENTRIES, number)]


def _record(row: tuple[Any, ...]) -> Record:
    """Make a record of a row, instants as the text that is hashed."""
    return Record._make(instant_text(value) if isinstance(value, datetime) else value for value in row)


def entry_answer(record: Record, *, language: str) -> dict[str, Any]:
    """Answer an entry, with what was noticed, in words."""
    findings = json.loads(record.findings)
    payload = json.loads(record.payload) if record.payload else None
    return {
        "number": record.number,
        "seq": record.seq,
        "act": record.act,
        "from": record.source,
        "to": record.target,
        "at": local(record.recorded_at, "UTC"),
        "effective_at": local(record.effective_at, "UTC"),
        "actor": record.actor,
        "on_behalf_of": record.holder or None,
        "office": record.office,
        "body": record.body,
        "norms": record.norms.split(),
        "edition": record.edition,
        "cause": record.cause or None,
        "facts": payload["facts"] if payload else None,
        "document": (payload or {}).get("document"),
        "erased": payload is None,
        "warnings": _worded(findings.get("warnings", ()), language),
        "passed_over": _worded(findings.get("passed_over", ()), language),
        "skipped": findings.get("skipped", []),
        "definition": record.definition,
        "previous": record.previous,
        "hash": record.hash,
    }


def _worded(found: Any, language: str) -> list[dict[str, Any]]:
    return [Refusal(one["norm"], one["code"], one["numbers"]).in_words(language) for one in found]


def acts_answer(
    db: Db, number: str, person: str, *, at: datetime, book: Rulebook, language: str
) -> list[dict[str, Any]]:
    """Answer what a person may do with a case now, and of everything else why not."""
    return [explained(one, language=language) for one in explain(db, number, person, at=at, book=book)]


def explained(one: Answer, *, language: str) -> dict[str, Any]:
    """Answer one act of a case."""
    return {
        "act": one.act,
        "allowed": one.allowed,
        "refusals": [refusal.in_words(language) for refusal in one.refusals],
        "warnings": [warning.in_words(language) for warning in one.warnings],
        "who_can": list(one.who_can),
        "facts_schema": one.row.facts.model_json_schema(by_alias=True),
    }


def deadlines(
    db: Db,
    *,
    language: str,
    number: str | None = None,
    until: datetime | None = None,
    only_open: bool = False,
    at: datetime | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield deadlines in the order in which they fall due, undated ones last; *at* a moment as they stood then."""
    asked: list[tuple[str, Any]] = []
    if number is not None:
        asked.append(("number = ?", number))
    if until is not None:
        asked.append(("due_at < ?", until))
    if only_open:
        asked.append(("state = ?", "open"))
    if at is not None:
        asked.append(("opened_at < ?", at))
    where = f" WHERE {' AND '.join(condition for condition, _ in asked)}" if asked else ""
    order = " ORDER BY (due_at IS NULL), due_at, number, opened_seq, name"
    for row in db.all(_DEADLINES + where + order, *(value for _, value in asked)):
        yield _deadline(row, language, at)


def _deadline(row: tuple[Any, ...], language: str, at: datetime | None) -> dict[str, Any]:
    number, name, kind, due, zone, norm, state, steps, _, closed_at = row
    if at is not None and closed_at is not None and instant(closed_at) >= at:
        state = "open"
    return {
        "case": number,
        "name": name,
        "kind": kind,
        "due": local(due, zone) if due else None,
        "norm": norm,
        "state": state,
        "derivation": in_words(steps_from_json(steps), language),
    }


def cases(db: Db, *, procedure: str | None = None, state: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the cases that are stored, those with the nearest open deadline first."""
    asked = {"c.procedure": procedure, "c.state": state}
    conditions = {column: value for column, value in asked.items() if value}
    where = f" WHERE {' AND '.join(f'{column} = ?' for column in conditions)}" if conditions else ""
    rows = db.all(_CASES.format(where=where), *conditions.values())
    for number, of, stands, seq, opened_at, body, person, zone, final, due in rows:
        yield {
            "number": number, "procedure": of, "state": stands, "seq": seq, "final": bool(final),
            "opened_at": local(opened_at, zone), "body": body, "person": person, "due": local(due, zone) if due else None,
        }  # fmt: skip


def local(moment: Any, zone: str) -> str:
    """Write an instant as the rows have it in RFC 3339, in a zone."""
    return local_time(instant(moment), zone).isoformat()


def _procedure(number: str) -> Any:
    return procedure_of_number(number)


def names(db: Db, language: str) -> Mapping[str, str]:
    """Name everybody of the register in a language."""
    column = {"kk": "name_kk", "ru": "name_ru", "en": "name_en"}[language]
    return dict(db.all(f"SELECT person_id, {column} FROM people"))  # noqa: S608
