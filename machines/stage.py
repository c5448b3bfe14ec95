"""Stage what a decision brings: entry, case, deadlines, mandates, messages and consequences, on a given transaction."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from machines.act import Done
from machines.decide import Decision, digest_of_request, effective_at, is_secret
from machines.digest import digest_of
from machines.editions import rule_set
from machines.facts import NOTHING
from machines.load import kept_rulings
from machines.notices import addressees
from machines.procedure import ALL, SAME, Grant, Procedure, Term, Told
from machines.refusal import Refusal
from machines.rulebook import Rulebook
from machines.rungs import reminder_at
from machines.situation import Situation
from machines.terms import Count
from models.database import Db, instant_text
from models.entry import GENESIS, INSERT, LINE, Record, digest

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME  # instants and days in the form that Python gives them

_OPEN_CASE = """INSERT INTO cases (number, procedure, state, seq, head, final, definition, edition, rulings, zone, person_id, body, region,
 parent, about, facts, joint, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_WRITE_CASE = "UPDATE cases SET seq = ?, head = ?, facts = ?, joint = ? WHERE number = ?"
# Only what changes is written: a column that an index looks at costs as much as a row, changed or not.
_MOVE_CASE = _WRITE_CASE.replace(" WHERE", ", state = ? WHERE")
_END_CASE = _MOVE_CASE.replace(" WHERE", ", final = TRUE WHERE")
_NUMBER = """INSERT INTO counters (series, last) VALUES (?, 1)
 ON CONFLICT (series) DO UPDATE SET last = counters.last + 1 RETURNING last"""
_CLOSE = "UPDATE deadlines SET state = ?, closed_at = ?, closed_by = ? WHERE number = ? AND state = 'open'"
_CLOSE_ONE = f"{_CLOSE} AND name = ?"
_OPEN_DEADLINE = """INSERT INTO deadlines (number, opened_seq, name, kind, due_at, zone, norm, steps, calendar_version, act, rank,
 opened_at, state, closed_by, failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', '', 0)"""
_REMIND = (
    "INSERT INTO reminders (number, opened_seq, deadline, rung, at, audience, outcome) VALUES (?, ?, ?, ?, ?, ?, '')"
)
_GRANT = """INSERT INTO mandates (number, person_id, office, body, region, category, ex_officio, acting, slot, since, begins_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_NOTIFY = """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by, failure,
 subject, body) VALUES (?, 'person', ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', '')"""
_ANSWER = "INSERT INTO answers (actor, key, request, number, seq, at) VALUES (?, ?, ?, ?, ?, ?)"

# What falls due at one instant is performed in this order (settled points of the procedures).
RANKS = {"take_effect": 0, "exit": 1, "breach": 2, "begin": 3, "lapse": 4, "close": 5}


def stage(
    db: Db, decision: Decision, book: Rulebook, *, cause: str = "", heads: dict[str, tuple[int, str]] | None = None
) -> Done:
    """Write everything that *decision* brings; the transaction that it is given commits, or does not.

    *heads* knows where the cases stand that this act has moved already.
    """
    if heads is None:
        heads = {}
        _end_mandates(db, decision)
    s, case = decision.situation, decision.loaded.case
    number = case.number if case else _new_number(db, decision)
    seq, previous = heads.get(number) or ((case.seq, case.head) if case else (0, GENESIS))
    payload = payload_of(decision)
    at, here = instant_text(s.at), f"{number}/{seq + 1}"
    record = _record(db, decision, number, seq + 1, previous, cause, _json(payload), at)
    heads[number] = (record.seq, record.hash)
    _write_case(db, decision, record, payload["facts"], at)
    db.run(INSERT, *record)
    _close_deadlines(db, decision, record, here)
    if decision.branch.opens:
        _open_deadlines(db, decision, record, at)
    if decision.branch.grants:
        db.run(_GRANT, number, *_mandate(db, decision.branch.grants(s)))
    if decision.branch.notices:
        _write_messages(db, decision, record, here)
    for written in decision.branch.writes:
        written.rows(db, s, record)
    act = decision.act
    if act.key:
        request = digest_of_request(act, secret=is_secret(decision))
        db.run(_ANSWER, act.actor, act.key, request, number, record.seq, at)
    followed = [stage(db, follows, book, cause=here, heads=heads) for follows in decision.consequences]
    return Done(record, decision.warnings, tuple(followed))


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, default=_day, option=_SORTED).decode() if value else "{}"


def _day(value: date) -> str:
    return value.isoformat()


def _new_number(db: Db, decision: Decision) -> str:
    """Give the next number of the procedure's letter and the year of the act: C-2026-0014."""
    series = f"{decision.procedure.letter}-{decision.situation.today.year:04d}"
    row = db.one(_NUMBER, series)
    assert row is not None
    return f"{series}-{row[0]:04d}"


def _record(
    db: Db, decision: Decision, number: str, seq: int, previous: str, cause: str, payload: str, at: str
) -> Record:
    s, act, row = decision.situation, decision.act, decision.row
    told = (
        number, seq, decision.procedure.name, row.name, "" if decision.loaded.case is None else s.state, decision.state,
        act.actor, s.holder if s.holder != act.actor else "", s.office, s.office_body, row.cites,
        rule_set(s.today, s.numbers.entered_on(s.today)), digest_of(decision.procedure),
        at if row.effective is None else instant_text(effective_at(decision)),
        at if act.recorded_at is None else instant_text(act.recorded_at), cause, _findings(decision),
    )  # fmt: skip
    salt = db.salt()
    payload_hash = digest(salt + payload)
    return Record(*told, payload, salt, payload_hash, previous, digest(LINE % (*told, payload_hash, previous)))


def payload_of(decision: Decision) -> dict[str, Any]:
    """Return what of an act may be personal: its facts and the paper it was entered from; of a secret vote nothing."""
    given = NOTHING if is_secret(decision) else decision.situation.given
    payload: dict[str, Any] = {
        "facts": given.model_dump(mode="json", exclude_none=True, by_alias=True) if given is not NOTHING else {}
    }
    if decision.act.document:
        payload["document"] = dict(decision.act.document)
    return payload


def _findings(decision: Decision) -> str:
    found: dict[str, Any] = {}
    if decision.warnings:
        found["warnings"] = [refusal.as_data() for refusal in decision.warnings]
    if decision.passed_over:
        found["passed_over"] = [refusal.as_data() for refusal in decision.passed_over]
    if decision.row.notes:
        found["noted"] = dict(decision.row.notes(decision.situation))
    if decision.skipped:
        found["skipped"] = decision.skipped
    if decision.loaded.case is None:
        who, s = decision.procedure.identify(decision.situation), decision.situation
        found["opened"] = who._asdict() | {"zone": s.zone, "rulings": s.rulings.differing()}
    return _json(found)


def told(decision: Decision, record: Record, facts: dict[str, Any]) -> Told:
    """Return what the entry tells the case's facts."""
    s = decision.situation
    noted = orjson.loads(record.findings).get("noted", {}) if decision.row.notes else {}
    return Told(decision.row.name, facts, s.holder, s.office, s.office_body, record.effective_at, record.seq, noted)


def joint_after(
    s: Situation[Any], procedure: Procedure[Any], row: Any, state: str, *, complete: bool
) -> dict[str, list[str]]:
    """Return who has done which joint act once this one is done; what a state does not know any more begins anew."""
    if not (s.joint or row.joint):
        return {}
    done = {act: list(people) for act, people in s.joint.items() if state in procedure.rows[act].source}
    done.pop(row.name, None)
    if row.joint and not complete:
        done[row.name] = [*dict.fromkeys([*s.joint.get(row.name, ()), s.holder])]
    return done


def _write_case(db: Db, decision: Decision, record: Record, given: dict[str, Any], at: str) -> None:
    s, procedure, row, case = decision.situation, decision.procedure, decision.row, decision.loaded.case
    facts = _json(row.keeps(dict(s.facts), told(decision, record, given))) if row.tells or not case else case.facts
    joint = _json(joint_after(s, procedure, row, decision.state, complete=decision.branch.to != SAME))
    final = decision.state in procedure.final
    if case is not None:
        if final:
            db.run(_END_CASE, record.seq, record.hash, facts, joint, decision.state, record.number)
        elif decision.state != record.source:
            db.run(_MOVE_CASE, record.seq, record.hash, facts, joint, decision.state, record.number)
        else:
            db.run(_WRITE_CASE, record.seq, record.hash, facts, joint, record.number)
        return
    who = procedure.identify(s)
    db.run(
        _OPEN_CASE, record.number, procedure.name, decision.state, record.seq, record.hash, final, record.definition, record.edition,
        kept_rulings(s.rulings), s.zone, who.person, who.body, who.region, who.parent, who.about, facts, joint, at,
    )  # fmt: skip


def _close_deadlines(db: Db, decision: Decision, record: Record, here: str) -> None:
    branch, number, at = decision.branch, record.number, record.recorded_at
    if decision.act.expired:
        db.run(_CLOSE_ONE, "expired", at, here, number, decision.act.expired)
    if decision.loaded.case is not None:
        if ALL in branch.closes or decision.state in decision.procedure.final:
            db.run(_CLOSE, "closed", at, here, number)
        else:
            for name in branch.closes:
                db.run(_CLOSE_ONE, "closed", at, here, number, name)
            for term in branch.opens:
                if term.again:
                    db.run(_CLOSE_ONE, "closed", at, here, number, term.name)
    for there in branch.closes_there:
        for linked in there.targets(db, decision.situation):
            db.run(_CLOSE_ONE, "closed", at, here, linked, there.deadline)


def _open_deadlines(db: Db, decision: Decision, record: Record, at: str) -> None:
    s = decision.situation
    reminders: list[tuple[Any, ...]] = []
    for term in decision.branch.opens:
        if term.when is None or term.when(s):
            count = term.count(s)
            _open_deadline(db, term, count, record, s.zone, at)
            if count:
                reminders += _reminders(term, count, record, s.at)
    if reminders:
        db.insert(_REMIND, reminders)


def _open_deadline(db: Db, term: Term[Any], count: Count | None, record: Record, zone: str, at: str) -> None:
    due, steps, version = (count.due, count.derivation, count.calendar_version) if count else (None, "[]", 0)
    db.run(
        _OPEN_DEADLINE, record.number, record.seq, term.name, term.kind, due, zone, term.norm, steps, version, term.expires,
        RANKS.get(term.expires, 9), at,
    )  # fmt: skip


def _reminders(term: Term[Any], count: Count, record: Record, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield the reminders of a deadline that are still to come, and the one for when it has passed."""
    for rung in term.rungs:
        at = reminder_at(count, rung.days)
        if rung.days == 0 or at > now:
            yield record.number, record.seq, term.name, rung.days, at, rung.audience


def _end_mandates(db: Db, decision: Decision) -> None:
    """End what the act and its consequences end before anything is given: a successor takes the predecessor's place."""
    case, ends = decision.loaded.case, decision.branch.ends
    if case and ends:
        ended = ends(decision.situation)
        db.run("UPDATE mandates SET ended_at = ? WHERE number = ? AND ended_at IS NULL", ended, case.number)
    for follows in decision.consequences:
        _end_mandates(db, follows)


def _mandate(db: Db, grant: Grant) -> tuple[Any, ...]:
    since: date | str = grant.since.isoformat() if db.kind == "sqlite" else grant.since
    return (*grant[:8], since, grant.begins_at)


def _write_messages(db: Db, decision: Decision, record: Record, here: str) -> None:
    at, rows = record.recorded_at, []
    for notice in decision.branch.notices:
        told = (f"{decision.procedure.name}.{notice.name}", _parameters(decision), record.number, record.seq, at, at)
        people = addressees(db, notice.audience, decision.situation)
        rows += [(f"{here}/{notice.name}/{person}", person, *told) for person in people]
    if rows:
        db.insert(_NOTIFY, rows)


def _parameters(decision: Decision) -> str:
    """Return what a message tells beside the case: the reasons that were noticed."""
    found: tuple[Refusal, ...] = decision.warnings
    return _json({"warnings": [refusal.as_data() for refusal in found]}) if found else "{}"
