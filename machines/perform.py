"""Perform acts, and explain what could be done: the one place that everything which changes a case goes through."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from machines.act import Act, Done
from machines.authority import authority, may_enter, offices_for
from machines.decide import Decision, Replay, branches_refuse, decide, effective_at, row_of, why_not
from machines.load import load, of_case, situation
from machines.machine import knows
from machines.procedure import Office, Procedure, Transition
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Refusal, Refused, Unknown
from machines.rulebook import Rulebook
from machines.situation import Situation, seen_with
from machines.stage import stage
from models.database import Db, instant, instant_text
from models.entry import COLUMNS, Record


class Moved(Exception):
    """A linked case came into being between finding and locking; the transaction has to be tried again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be said of one act: whether it is allowed to this person now, and everything that stands in the way."""

    act: str
    allowed: bool
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    who_can: tuple[str, ...]
    row: Transition[Any]
    office: str | None = None  # in which the person would do it; None: it belongs to others
    offices: tuple[str, ...] = ()  # all those in which he could
    may_enter: bool = False  # for those who are entitled, with their paper


def perform(db: Db, act: Act, book: Rulebook) -> Done:
    """Do *act* on the transaction *db*: everything it brings, or nothing.

    Idempotent by `act.key`. Raises Unknown, Forbidden, WrongFacts, KeyReused, SeenMissing, Conflict or Refused, in this
    order; then nothing was written.
    """
    locked = _lock(db, act, book)
    decision = decide(db, act, book)
    if isinstance(decision, Replay):
        return Done(entry(db, decision.number, decision.seq), replay=True)
    _follow(db, decision, book, locked=locked, moved={act.case} if act.case else set())
    return stage(db, decision, book)


def entry(db: Db, number: str, seq: int) -> Record:
    """Read one entry of the journal."""
    row = db.one(f"SELECT {', '.join(COLUMNS)} FROM entries WHERE number = ? AND seq = ?", number, seq)  # noqa: S608
    if row is None:
        raise Unknown("entry", f"{number}/{seq}")
    record = Record(*row)
    at, recorded = instant(record.effective_at), instant(record.recorded_at)
    return record._replace(effective_at=instant_text(at), recorded_at=instant_text(recorded))


def explain(db: Db, number: str, actor: str, *, at: datetime, book: Rulebook) -> list[Answer]:
    """Say of every act that the case's state knows whether *actor* may do it now, and if not, why not.

    The same guards answer that refuse; those that look at the facts of an act wait for them.
    """
    procedure = procedure_of_number(number)
    loaded = load(db, Act(procedure="", name="", actor=actor, at=at, case=number), book, lock=False)
    if procedure is None or loaded.case is None:
        raise Unknown("case", number)
    s = of_case(loaded, at, procedure)._replace(actor=actor, holder=actor)
    seen: Situation[Any] = s._replace(circumstances=procedure.circumstances(db, s))
    return [answer(procedure, row, seen) for row in procedure.known_in(s.state) if row.persons]


def answer(procedure: Procedure[Any], row: Transition[Any], s: Situation[Any]) -> Answer:
    """Answer for one act of a case, in the situation *s* of a person."""
    s = s._replace(act=row.name, norm=row.norms[0])
    asked = Act(procedure=procedure.name, name=row.name, actor=s.holder, at=s.at)
    found = authority(row, asked, s)
    if found:
        s = s._replace(office=found.office, office_body=found.body, office_region=found.region)
    refusals = why_not(procedure, row, s)
    if not refusals and not row.joint:
        refusals = [] if _asks_facts(row) else branches_refuse(row, s)
    warnings = [refusal for guard in row.warns for refusal in guard.refusals(s)]
    who = tuple(office.value for office in row.persons)
    office = found.office if found else None
    return Answer(
        row.name, bool(found) and not refusals, tuple(refusals), tuple(warnings), who, row, office,
        offices_for(row, s), may_enter(s.actor, s.mandates),
    )  # fmt: skip


def _asks_facts(row: Transition[Any]) -> bool:
    return any(guard.asks_facts for branch in row.to for guard in branch.guards)


def _lock(db: Db, act: Act, book: Rulebook) -> set[str] | None:
    """Lock the person concerned and every linked case, in ascending order, and return the cases.

    They are found unlocked. None: everything is locked, as in SQLite by the transaction itself. The case of the act
    alone is locked when it is loaded.
    """
    if db.kind == "sqlite":
        return None
    procedure, row = row_of(act)
    numbers = {act.case} if act.case else set()
    s = _unlocked(db, act, procedure, row, book) if row.reaches_others or row.opens_case else None
    if s is None:
        return numbers
    people = {person for person in (s.person, getattr(s.given, "person", None)) if person}
    for number, person in _linked(db, row, s, book):
        numbers |= {number} if number else set()
        people |= {person} if person else set()
    for person in sorted(people):
        db.run("SELECT 1 FROM people WHERE person_id = ? FOR NO KEY UPDATE", person)
    for number in sorted(numbers):
        db.run("SELECT 1 FROM cases WHERE number = ? FOR UPDATE", number)
    return numbers


def _unlocked(
    db: Db, act: Act, procedure: Procedure[Any], row: Transition[Any], book: Rulebook
) -> Situation[Any] | None:
    """Make a provisional situation, only good for finding linked cases; None where decide() will say what is wrong."""
    loaded = load(db, act, book, lock=False)
    if act.case and loaded.case is None:
        return None
    try:
        s = situation(act, row, loaded)._replace(given=row.facts.model_validate(act.facts))
    except ValidationError:
        return None
    return seen_with(s, procedure.circumstances(db, s)) if knows(procedure, s.state, row.name) else None


def _linked(db: Db, row: Transition[Any], s: Situation[Any], book: Rulebook) -> Iterator[tuple[str | None, str | None]]:
    """Yield every case that the act may reach, or the person about whom it may open one."""
    for branch in row.to:
        for there in branch.closes_there:
            yield from ((number, None) for number in there.targets(db, s))
        for consequence in branch.consequences:
            follows = PROCEDURES[consequence.procedure]
            then = follows.rows[consequence.act]
            for target in consequence.targets(db, s):
                after = _consequent_act(consequence, s, target, at=s.at)
                yield target, None if target else after.facts.get("person")
                if then.reaches_others and (linked := _unlocked(db, after, follows, then, book)) is not None:
                    yield from _linked(db, then, linked, book)


def _consequent_act(
    consequence: Any, s: Situation[Any], target: str | None, *, at: datetime, recorded_at: datetime | None = None
) -> Act:
    return Act(
        procedure=consequence.procedure, name=consequence.act, actor=s.actor, at=at, case=target,
        office=Office.consequence, facts=consequence.facts(s), recorded_at=recorded_at,
    )  # fmt: skip


def _follow(db: Db, decision: Decision, book: Rulebook, *, locked: set[str] | None, moved: set[str]) -> None:
    """Decide what the act brings about on linked cases; what a case does not accept is skipped and noted."""
    for consequence in decision.branch.consequences:
        for target in consequence.targets(db, decision.situation):
            if target is not None and locked is not None and target not in locked:
                raise Moved(target)
            if target in moved and not consequence.itself:
                continue
            at, recorded_at = effective_at(decision), decision.act.recorded_at or decision.act.at
            act = _consequent_act(consequence, decision.situation, target, at=at, recorded_at=recorded_at)
            try:
                follows = decide(db, act, book, cause=decision)
            except Refused as refused:
                refusals = [refusal.as_data() for refusal in refused.refusals]
                decision.skipped.append({"act": str(act), "case": target or "", "refusals": refusals})
                continue
            assert isinstance(follows, Decision)
            decision.consequences.append(follows)
            if target:
                moved.add(target)
            _follow(db, follows, book, locked=locked, moved=moved)
