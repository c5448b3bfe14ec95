"""New editions of a rule: a number of the law or a ruling has another value from a day on (item 4 of the Decree; ruling G01).

The working body proposes what an act of amendment says, somebody else confirms it, and from its day on it is the law of the
cases that are opened then. Until that day it can be withdrawn. The value stands in this case alone and is read from here by
every act (machines/entered.py).
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from machines import terms
from machines.concerned import concerned
from machines.dated_rules import LIMITS, answers_written, is_rule, norms_of_rule, read_value, written
from machines.entered import FOLLOW, KEEP, entered, from_facts, value_on
from machines.facts import Because, Day, Facts, Name, PaperOfKind
from machines.numbers import line
from machines.procedure import (
    ALL,
    Branch,
    ForbiddenPath,
    Identity,
    Notice,
    Office,
    Procedure,
    Rung,
    Term,
    Told,
    Transition,
    guard,
)
from machines.refusal import Refusal
from machines.rulings import RULINGS
from machines.situation import Situation
from models.database import Db

ONE_AT_A_TIME = 0x72756C6573  # "rules": whoever changes them waits for whoever is changing them


class State(StrEnum):
    """The states of an edition."""

    proposed = "proposed"
    confirmed = "confirmed"
    in_force = "in_force"
    withdrawn = "withdrawn"
    lapsed = "lapsed"


def _a_value(value: Any) -> Any:
    """Take what a rule may have for a value: yes or no, a whole number, a text, or a list of texts."""
    if (
        isinstance(value, list | tuple)
        and len(value) <= 50
        and all(isinstance(each, str) and 0 < len(each) <= 100 for each in value)
    ):
        return tuple(value)
    if isinstance(value, bool) or (isinstance(value, int) and 0 <= value <= 999_999):
        return value
    if isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable():
        return value
    raise PydanticCustomError("rule_value", "a whole number, a share as 2/3, a text, true or false, or a list of texts")


RuleValue = Annotated[
    Any,
    PlainValidator(_a_value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": 0, "maximum": 999_999},
                {"type": "string", "minLength": 1, "maxLength": 100},
                {"type": "array", "maxItems": 50, "items": {"type": "string", "minLength": 1, "maxLength": 100}},
            ]
        }
    ),
]


class Propose(Facts):
    """Which rule has which value from which day on, by which act, under which norm; what becomes of the open cases."""

    rule: Name
    value: RuleValue
    since: Day
    norm: Name
    basis: PaperOfKind
    open_cases: Literal["keep", "follow"] = KEEP


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who proposed it, what the rule is from that day otherwise, the edition of the same rule and day, and whom it concerns."""

    proposed_by: frozenset[str]
    otherwise: Any
    same_day: str | None
    concerned: int


def _told(s: Situation[Any]) -> dict[str, Any] | None:
    """Return the edition as it is being proposed, or as the case has it; None where nothing is known of it yet."""
    if isinstance(s.given, Propose):
        return s.given.model_dump(mode="json")
    return dict(s.facts) or None


def _is_in_order(told: dict[str, Any] | None) -> bool:
    """Say whether rule and value are such that they can be compared with others."""
    return told is not None and is_rule(told["rule"]) and _reads(told["rule"], told["value"])


def _reads(rule: str, value: Any) -> bool:
    try:
        read_value(rule, value)
    except ValueError:
        return False
    return True


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up who proposed it and what is in force; whoever changes the rules waits for the others who do."""
    if db.kind == "postgresql":
        db.run("SELECT pg_advisory_xact_lock(?)", ONE_AT_A_TIME)
    told = _told(s)
    people = db.one("SELECT actor, holder FROM entries WHERE number = ? AND seq = 1", s.number) if s.number else None
    by = frozenset(person for person in people or () if person)
    same_day = _same_day(db, s, told) if told is not None and is_rule(told["rule"]) else None
    if told is None or not _is_in_order(told):
        return Circumstances(by, None, same_day, 0)
    this = from_facts(s.number or "", told)
    others = tuple(each for each in entered(db) if each.case != s.number)
    otherwise = value_on(others, this.rule, this.since, _as_shipped(s, this.rule, this.since))
    return Circumstances(by, otherwise, same_day, len(concerned(db, this)))


def _as_shipped(s: Situation[None], rule: str, day: date) -> Any:
    return s.rulings[rule] if rule in RULINGS else line(rule, day).value


def _same_day(db: Db, s: Situation[None], told: dict[str, Any]) -> str | None:
    rows = db.all(
        "SELECT number, facts FROM cases WHERE procedure = 'edition' AND state IN ('proposed', 'confirmed', 'in_force')"
        " AND body = ? AND number <> ? ORDER BY number", told["rule"], s.number or "",
    )  # fmt: skip
    return next((number for number, facts in rows if json.loads(facts)["since"] == told["since"]), None)


# ------------------------------------------------------------------------------------------------------------------- guards


@guard(facts=True)
def a_rule_that_can_be_changed(s: Situation[Circumstances]) -> Refusal | None:
    """An edition changes a number of the law or a ruling that there is (D.4)."""
    if is_rule(s.given.rule):
        return None
    return Refusal("D.4", "edition.unknown_rule", {"rule": s.given.rule, "rules": [*LIMITS, *RULINGS]})


@guard(facts=True)
def under_its_norm(s: Situation[Circumstances]) -> Refusal | None:
    """A new value is entered under the norm that lays the rule down (D.4)."""
    if not is_rule(s.given.rule) or s.given.norm in norms_of_rule(s.given.rule):
        return None
    return Refusal("D.4", "edition.other_norm", {"cited": s.given.norm, "norms": list(norms_of_rule(s.given.rule))})


@guard(facts=True)
def within_its_limits(s: Situation[Circumstances]) -> Refusal | None:
    """A value is of the rule's kind and within its limits: no minority decides, no term is of no time (D.4)."""
    return wrong_value(s.given.rule, s.given.value)


def wrong_value(rule: str, value: Any) -> Refusal | None:
    """Say why a value is none of a rule; None if it is one, or if there is no such rule."""
    if not is_rule(rule) or _reads(rule, value):
        return None
    return Refusal("D.4", "edition.wrong_value", {"value": _shown(value), "expected": answers_written(rule)})


def earliest_day(today: date) -> date:
    """Return from which day on an edition that is entered *today* may hold."""
    return today + timedelta(days=1)


@guard(facts=True)
def a_ruling_is_kept(s: Situation[Circumstances]) -> Refusal | None:
    """An open case keeps the rulings of its opening: an edition of a ruling cannot make it follow (D.4)."""
    if s.given.open_cases != FOLLOW or s.given.rule not in RULINGS:
        return None
    return Refusal("D.4", "edition.ruling_is_kept", {"rule": _named(s.given.rule)})


@guard()
def from_a_later_day(s: Situation[Circumstances]) -> Refusal | None:
    """The law of a day is settled before the day begins: an edition holds from a later day than that of the act (D.4)."""
    told = _told(s)
    if told is None or told["since"] >= earliest_day(s.today).isoformat():
        return None
    return Refusal("D.4", "edition.not_later", {"since": told["since"], "today": s.today})


@guard()
def something_new(s: Situation[Circumstances]) -> Refusal | None:
    """An edition says something else than what holds on its day without it (D.4)."""
    told = _told(s)
    if told is None or not _is_in_order(told) or s.circumstances.otherwise != read_value(told["rule"], told["value"]):
        return None
    numbers = {"rule": _named(told["rule"]), "value": written(s.circumstances.otherwise), "since": told["since"]}
    return Refusal("D.4", "edition.nothing_new", numbers)


@guard()
def no_other_of_that_day(s: Situation[Circumstances]) -> Refusal | None:
    """A rule has one value from a day on: a second edition of the same rule and day waits for nothing (D.4)."""
    case, told = s.circumstances.same_day, _told(s)
    if case is None or told is None:
        return None
    return Refusal("D.4", "edition.entered_already", {"case": case, "since": told["since"]})


@guard()
def by_a_second_person(s: Situation[Circumstances]) -> Refusal | None:
    """Who proposed an edition, or entered the proposal, does not confirm it (22.1)."""
    both = sorted({s.actor, s.holder} & s.circumstances.proposed_by)
    return Refusal("22.1", "edition.same_person", {"person": both[0]}) if both else None


@guard()
def by_whoever_confirms(s: Situation[Circumstances]) -> Refusal | None:
    """What is confirmed is not withdrawn by the working body (22.1)."""
    if s.state != State.confirmed or s.office in ("", Office.chairman, Office.deputy_chairman):
        return None
    return Refusal("22.1", "edition.confirmed_already")


@guard()
def open_cases_are_concerned(s: Situation[Circumstances]) -> Refusal | None:
    """Cases that are open now, and whether they keep their rule, are told before it is confirmed (D.4, G01)."""
    told, count = _told(s), s.circumstances.concerned
    if told is None or not count:
        return None
    code = "edition.open_cases_follow" if told["open_cases"] == FOLLOW else "edition.open_cases_keep"
    return Refusal("D.4", code, {"count": count, "since": told["since"]})


def _named(rule: str) -> str:
    """Return the name of a number of the law, which people read; a ruling is called by its key."""
    return f"name:rule.{rule}" if rule in LIMITS else rule


def _shown(value: Any) -> str:
    return written(tuple(value)) if isinstance(value, list | tuple) else written(value)


# -------------------------------------------------------------------------------------------------------------------- terms


def first_day(s: Situation[Circumstances]) -> terms.Count:
    """The beginning of the day from which it holds."""
    told = _told(s)
    assert told is not None
    return terms.from_day(date.fromisoformat(told["since"]), s.zone)


CONFIRMATION: Term[Circumstances] = Term(
    "confirmation", "automatic", "22.1", first_day, expires="lapse",
    rungs=(Rung(7, "chairman deputies"), Rung(1, "chairman deputies working_body")),
)  # fmt: skip
BEGINNING: Term[Circumstances] = Term("beginning", "automatic", "D.4", first_day, expires="take_effect")


def identify(s: Situation[Circumstances]) -> Identity:
    """An edition is about a rule, by whose name it is found."""
    return Identity(body=s.given.rule)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep everything told, and the instant of the confirmation."""
    return facts | dict(told.facts) | ({"confirmed_at": told.at} if told.act == "confirm" else {})


EDITION: Procedure[Circumstances] = Procedure(
    name="edition",
    letter="N",
    chapter="22.1",
    states=State,
    final=("in_force", "withdrawn", "lapsed"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("in_force", without=("confirm",), norm="22.1"),
        ForbiddenPath("in_force", without=("take_effect",), norm="D.4"),
    ),
    acts=(
        Transition(
            name="propose", source=("new",), by=(Office.working_body,), norms=("D.4",), facts=Propose, keeps=keep,
            guards=(
                a_rule_that_can_be_changed, under_its_norm, within_its_limits, a_ruling_is_kept, from_a_later_day,
                something_new, no_other_of_that_day,
            ),
            warns=(open_cases_are_concerned,),
            to=(Branch("proposed", opens=(CONFIRMATION,), notices=(Notice("proposed", "chairman deputies"),)),),
        ),
        Transition(
            name="confirm", source=("proposed",), by=(Office.chairman, Office.deputy_chairman), norms=("D.4", "22.1"), keeps=keep,
            guards=(by_a_second_person, from_a_later_day, something_new), warns=(open_cases_are_concerned,),
            to=(
                Branch(
                    "confirmed", opens=(BEGINNING,), closes=("confirmation",),
                    notices=(Notice("confirmed", "chairman deputies working_body"),),
                ),
            ),
        ),
        Transition(
            name="withdraw", source=("proposed", "confirmed"), norms=("D.4",), facts=Because, keeps=keep,
            by=(Office.working_body, Office.chairman, Office.deputy_chairman),
            guards=(from_a_later_day, by_whoever_confirms),
            to=(Branch("withdrawn", closes=(ALL,), notices=(Notice("withdrawn", "chairman deputies working_body"),)),),
        ),
        Transition(
            name="take_effect", source=("confirmed",), by=(Office.clock,), norms=("D.4",), keeps=keep,
            to=(Branch("in_force", notices=(Notice("in_force", "chairman deputies working_body"),)),),
        ),
        Transition(
            name="lapse", source=("proposed",), by=(Office.clock,), norms=("D.4",), keeps=keep,
            to=(Branch("lapsed", notices=(Notice("lapsed", "working_body"),)),),
        ),
    ),
)  # fmt: skip
