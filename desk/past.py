"""Cases as they had been recorded by a moment: their entries, what these add up to, and their deadlines with the dates of then."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from machines import terms
from machines.procedure import Told
from machines.procedures import PROCEDURES
from machines.replay import columns, replay_case
from machines.term_decision import moves_since
from models.database import Db, instant, instant_text
from models.entry import COLUMNS, Record

_ENTRIES = f"SELECT {', '.join(COLUMNS)} FROM entries WHERE number = ? AND recorded_at < ? ORDER BY seq"  # noqa: S608
_DEADLINES = """SELECT number, name, kind, due_at, zone, norm, state, steps, opened_seq, closed_at FROM deadlines
 WHERE number = ? ORDER BY opened_seq, name"""
# A meeting is convened as long as its own deadline stands open.
_NEXT_MEETING = """SELECT min(d.due_at) FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE d.name = 'meeting' AND c.procedure = 'council_meeting' AND d.opened_at < ? AND (d.closed_at IS NULL OR d.closed_at >= ?)"""


def records_until(db: Db, number: str, end: datetime) -> list[Record]:
    """Fetch the entries of a case that had been recorded before *end*."""
    return [Record(*entry) for entry in db.all(_ENTRIES, number, end)]


def joint_until(db: Db, number: str, end: datetime) -> dict[str, list[str]]:
    """Return who had done which joint act of a case before *end*, as its entries alone give it."""
    rows = db.all(f"SELECT {columns(db)} FROM entries WHERE number = ? AND recorded_at < ? ORDER BY seq", number, end)  # noqa: S608
    return json.loads(replay_case(number, rows).case.joint)  # type: ignore[no-any-return]


def deadlines_open_at(db: Db, records: list[Record], end: datetime) -> list[tuple[Any, ...]]:
    """Return the deadlines that stood open just before *end*, each with its date of then.

    Two are set anew in their row: a consideration by each meeting that is convened or falls away, an opening by another
    hour. Their former dates are read from the record.
    """
    rows = [_decided_later(db, row, end) for row in db.all(_DEADLINES, records[-1].number)]
    stood = [row for row in rows if row[8] <= records[-1].seq and (row[9] is None or instant(row[9]) >= end)]
    return [_dated(row, _due_then(db, row, records, end)) for row in stood]


def _decided_later(db: Db, row: tuple[Any, ...], end: datetime) -> tuple[Any, ...]:
    """Return a deadline's row as it stood before the first decision after *end* that moved it (machines/term_decision.py)."""
    for noted in moves_since(db, row[0], row[1], end):
        if noted["opened_seq"] == row[8]:
            return (*row[:3], noted["from"], *row[4:7], noted["steps"], *row[8:])
    return row


def folded(records: Iterable[Record]) -> dict[str, Any]:
    """Add up what *records* tell, as the acts' rows keep it; what was erased tells nothing."""
    facts: dict[str, Any] = {}
    for record in records:
        if record.payload is not None:
            keeps = PROCEDURES[record.procedure].rows[record.act].keeps
            facts = keeps(facts, _told(record))
    return facts


def _due_then(db: Db, row: tuple[Any, ...], records: list[Record], end: datetime) -> datetime | None:
    name, due, zone = row[1], row[3], row[4]
    if name == "consideration":
        found = db.one(_NEXT_MEETING, end, end)
        return instant(found[0]) if found and found[0] else None
    facts: Mapping[str, Any] = folded(records) if name == "opening" else {}
    if "starts_at" in facts:
        return terms.instant(datetime.fromisoformat(facts["starts_at"]), zone)
    return instant(due) if due else None


def _dated(row: tuple[Any, ...], due: datetime | None) -> tuple[Any, ...]:
    """Return a deadline's row with its date of then, and how that was counted."""
    if due == (instant(row[3]) if row[3] else None):
        return row
    steps = terms.steps_to_json(terms.at(due, zone=row[4]).steps) if due else "[]"
    return (*row[:3], due, *row[4:7], steps, *row[8:])


def _told(record: Record) -> Told:
    """Return what an entry tells the case's facts: the same as when it was performed."""
    facts = json.loads(record.payload or '{"facts": {}}')["facts"]
    at = instant_text(instant(record.effective_at))
    noted = json.loads(record.findings).get("noted", {})
    return Told(record.act, facts, record.holder or record.actor, record.office, record.body, at, record.seq, noted)
