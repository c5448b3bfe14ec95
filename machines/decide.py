"""Decide an act: office, facts, key, what was seen, and every guard; nothing is written here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from pydantic import ValidationError

from machines.act import PRESIDENT, Act
from machines.authority import Authority, authority, may_enter
from machines.facts import NOTHING, Facts, NoFacts, PaperOfKind, named_cases, named_people, papers, wrong_shape
from machines.load import Loaded, load, situation
from machines.machine import knows, take_branch
from machines.procedure import NEW, Branch, Procedure, Transition, asked
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Conflict, Forbidden, KeyReused, Refusal, Refused, SeenMissing, Unknown, WrongFacts
from machines.rulebook import Rulebook
from machines.situation import Situation, seen_with, told_with
from models.database import Db
from models.entry import may_be_name

LONGEST_KEY = 200
FACTS_THAT_ARE_PAPERS = ("statement_date",)  # dates of papers that are not written as papers


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


_REQUEST = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=_plain)


@dataclass(slots=True)
class Decision:
    """An act that may be done: where it leads, what was noticed, and what follows from it."""

    act: Act
    procedure: Procedure[Any]
    row: Transition[Any]
    situation: Situation[Any]
    loaded: Loaded
    state: str
    branch: Branch[Any]
    warnings: tuple[Refusal, ...]
    passed_over: tuple[Refusal, ...]
    consequences: list["Decision"] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Replay:
    """The act was done before under the same key: the entry that it made."""

    number: str
    seq: int


def row_of(act: Act) -> tuple[Procedure[Any], Transition[Any]]:
    """Find procedure and row of *act*; Unknown if there are none."""
    procedure = procedure_of_number(act.case) if act.case else PROCEDURES.get(act.procedure)
    if procedure is None or (act.case and not may_be_name(act.case)):
        raise Unknown("case", act.case) if act.case else Unknown("procedure", act.procedure, tuple(PROCEDURES))
    row = procedure.rows.get(act.name)
    if row is None:
        raise Unknown("act", f"{procedure.name}.{act.name}", tuple(procedure.rows))
    if act.key is not None and not _may_be_key(act.key):
        fault = {"fact": "key", "code": "string_pattern_mismatch", "reason": "at most 200 visible ASCII characters"}
        raise WrongFacts(str(act), [fault])
    return procedure, row


def _may_be_key(text: str) -> bool:
    """Say whether a key is made of visible ASCII characters."""
    return 0 < len(text) <= LONGEST_KEY and text.isascii() and text.isprintable() and " " not in text


def decide(db: Db, act: Act, book: Rulebook, *, cause: Decision | None = None) -> Decision | Replay:
    """Decide *act*, which *cause* brings about, on rows that are locked already, in the order of answers that the contract fixes."""
    procedure, row = row_of(act)
    loaded = load(db, act, book, lock=True, before=cause.loaded if cause else None)
    if act.case and loaded.case is None:
        raise Unknown("case", act.case)
    s = situation(act, row, loaded)
    found = authority(row, act, s) or _entitled_still(db, row, act, s)
    answered = _answered_before(act, row, s, loaded.answer) if loaded.answer else None
    if found is None and answered and _ended_by_it(db, act, answered):
        return answered
    if found is None:
        raise Forbidden(str(act), [office.value for office in row.persons])
    given = _told(act, row)
    if answered:
        return answered
    if loaded.answer:
        raise KeyReused(str(act.key))
    if given is not NOTHING:
        _named(db, act, given)
    _seen(act, row, loaded)
    return weigh(db, act, procedure, row, told_with(s, given, found), loaded)


def weigh(
    db: Db, act: Act, procedure: Procedure[Any], row: Transition[Any], told: Situation[None], loaded: Loaded
) -> Decision:
    """Ask every guard and choose the branch; Refused carries all reasons."""
    s: Situation[Any] = seen_with(told, procedure.circumstances(db, told))
    refusals = why_not(procedure, row, s)
    if refusals:
        raise Refused(str(act), refusals)
    state, call = take_branch(procedure, row, s)
    if call.branch is None:
        raise Refused(str(act), call.passed_over)
    warnings = tuple(asked(row.warns, s)) if row.warns else ()
    return Decision(act, procedure, row, s, loaded, state, call.branch, warnings, tuple(call.passed_over))


def why_not(procedure: Procedure[Any], row: Transition[Any], s: Situation[Any]) -> list[Refusal]:
    """Return everything that stands in the way of *row*: the state, papers of a later day, and every guard.

    Without the facts of the act the guards that look at them say nothing.
    """
    if not knows(procedure, s.state, row.name):
        return _not_in_this_state(procedure, row, s)
    return _papers_of_a_later_day(row, s) + asked(row.guards, s)


def branches_refuse(row: Transition[Any], s: Situation[Any]) -> list[Refusal]:
    """Return what stands in the way of every branch, or nothing if one may be taken."""
    refused = [asked(branch.guards, s) for branch in row.to]
    return [] if not all(refused) else [refusal for reasons in refused for refusal in reasons]


def digest_of_request(act: Act, *, secret: bool = False) -> str:
    """Return the digest by which a key's request is recognised; of a *secret* vote it does not cover the choice."""
    facts = {} if secret else act.facts
    asked = [act.procedure, act.name, act.case, act.office, facts, act.on_behalf_of, act.document]
    try:
        text = orjson.dumps(asked, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # facts that no shape has been given yet may hold anything
        text = _REQUEST.encode(asked).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()


def effective_at(decision: Decision) -> datetime:
    """Return when the act takes effect: at its instant, unless its row says otherwise."""
    return decision.row.effective(decision.situation) if decision.row.effective else decision.act.at


def is_secret(decision: Decision) -> bool:
    """Say whether the facts of the act must leave no trace."""
    return decision.row.secret is not None and decision.row.secret(decision.situation)


def _entitled_still(db: Db, row: Transition[Any], act: Act, s: Situation[None]) -> Authority | None:
    """Let the working body enter an act for somebody whose mandate has ended meanwhile, where the row says so."""
    if row.entitled is None or act.on_behalf_of is None or not may_enter(act.actor, s.mandates):
        return None
    return Authority(row.persons[0].value, s.holder) if row.entitled(db, s) else None


def _told(act: Act, row: Transition[Any]) -> Facts:
    """Check the shape of facts and document."""
    faults: list[Mapping[str, Any]] = []
    given: Facts = NOTHING
    try:
        if act.facts != {} or row.facts is not NoFacts:
            given = row.facts.model_validate(act.facts)
    except ValidationError as error:
        faults += wrong_shape(error, row.facts)
    if act.document or act.on_behalf_of is not None:
        faults += _wrong_document(act)
    if faults:
        raise WrongFacts(str(act), faults)
    return given


def _named(db: Db, act: Act, given: Facts) -> None:
    """Check whether everybody and every case named exists; what was done once is answered again without it."""
    faults = _nobody_of_that_name(db, given) + _no_such_case(db, given)
    if faults:
        raise WrongFacts(str(act), faults)


def _wrong_document(act: Act) -> list[dict[str, Any]]:
    """An act on behalf of somebody needs the paper; an act of the President has its own."""
    if act.on_behalf_of in (None, PRESIDENT):
        return (
            [{"fact": "document", "code": "unexpected", "reason": "only for an act on behalf of somebody"}]
            if act.document
            else []
        )
    try:
        PaperOfKind.model_validate(act.document or {})
    except ValidationError as error:
        return [fault | {"fact": f"document.{fault['fact']}"} for fault in wrong_shape(error)]
    return []


def _nobody_of_that_name(db: Db, given: Facts) -> list[dict[str, Any]]:
    named = dict(named_people(given))
    if not named:
        return []
    marks = ", ".join("?" * len(named))
    known_by = f"SELECT person_id FROM people WHERE person_id IN ({marks}) AND erased_at IS NULL"  # noqa: S608
    known = {row[0] for row in db.all(known_by, *named.values())}
    return [
        {"fact": fact, "code": "unknown_person", "reason": f"nobody in the register is called {person!r}"}
        for fact, person in named.items()
        if person not in known
    ]


def _no_such_case(db: Db, given: Facts) -> list[dict[str, Any]]:
    faults = []
    for fact, number, procedures in named_cases(given):
        found = db.one("SELECT procedure FROM cases WHERE number = ?", number)
        if found is None or found[0] not in procedures:
            faults.append(
                {"fact": fact, "code": "unknown_case", "reason": f"{number!r} is no case of {', '.join(procedures)}"}
            )
    return faults


def _ended_by_it(db: Db, act: Act, answered: Replay) -> bool:
    """Say whether the actor has lost his office by the very act whose answer he asks for again."""
    found = db.one(
        "SELECT 1 FROM mandates m JOIN entries e ON e.number = m.number WHERE m.person_id = ? AND m.ended_at IS NOT NULL"
        " AND (e.number = ? AND e.seq = ? OR e.cause = ?)",
        act.on_behalf_of or act.actor, answered.number, answered.seq, f"{answered.number}/{answered.seq}",
    )  # fmt: skip
    return found is not None


def _answered_before(act: Act, row: Transition[Any], s: Situation[None], answer: tuple[Any, ...]) -> Replay | None:
    """Answer the same request again; another one under its key is an error."""
    request, number, seq = answer
    secret = row.secret is not None and row.secret(s)
    return Replay(number, seq) if request == digest_of_request(act, secret=secret) else None


def _seen(act: Act, row: Transition[Any], loaded: Loaded) -> None:
    if loaded.case is None or row.concurrent or act.office in ("clock", "consequence"):
        return
    if act.seen is None:
        raise SeenMissing(loaded.case.number, loaded.case.seq)
    if act.seen != loaded.case.seq:
        raise Conflict(loaded.case.number, seen=act.seen, seq=loaded.case.seq)


def _not_in_this_state(procedure: Procedure[Any], row: Transition[Any], s: Situation[Any]) -> list[Refusal]:
    """An act that the state does not know is refused with all its norms, and says which acts come first."""
    if s.state == NEW:
        numbers: dict[str, Any] = {"act": f"name:act.{procedure.name}.{row.name}"}
        return [Refusal(norm, "state.not_opened", numbers) for norm in row.norms]
    first = [f"name:act.{procedure.name}.{name}" for name in acts_before(procedure, s.state, row)]
    numbers = {
        "act": f"name:act.{procedure.name}.{row.name}",
        "state": f"name:state.{procedure.name}.{s.state}",
        "first": first,
    }
    if first:
        return [Refusal(norm, "state.comes_later", numbers) for norm in row.norms]
    return [Refusal(norm, "state.too_late", numbers) for norm in row.norms]


def acts_before(procedure: Procedure[Any], state: str, row: Transition[Any]) -> list[str]:
    """Name the acts that lead from *state* on the shortest way to one that knows *row*."""
    ways: dict[str, list[str]] = {state: []}
    queue = [state]
    for here in queue:
        if here in row.source:
            return ways[here]
        for step in procedure.known_in(here):
            for target in step.targets:
                if target not in ways and target != "=":
                    ways[target] = [*ways[here], step.name]
                    queue.append(target)
    return []


def _papers_of_a_later_day(row: Transition[Any], s: Situation[Any]) -> list[Refusal]:
    if s.given is None or (s.given is NOTHING and s.document_date is None):
        return []
    days = dict(papers(s.given))
    for name in FACTS_THAT_ARE_PAPERS:
        if day := s.given.__dict__.get(name):
            days[name] = day
    if s.document_date:
        days["document"] = s.document_date
    later = [(name, day) for name, day in days.items() if day > s.today]
    if not later:
        return []
    norm = row.paper_norm(s) if row.paper_norm else s.norm
    return [
        Refusal(norm, "paper.of_a_later_day", {"paper": f"name:fact.{name}", "date": day, "today": s.today})
        for name, day in later
    ]
