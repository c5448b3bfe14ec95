"""Seats in the Council of the Assembly: item 9.1 of the Regulation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from machines.facts import Facts, Paper, PersonId, Text
from machines.membership import at_once, is_member
from machines.procedure import ALL, Branch, ForbiddenPath, Grant, Identity, Office, Procedure, Told, Transition, guard
from machines.refusal import Refusal
from machines.situation import Situation
from models.database import Db


class State(StrEnum):
    """The states of a seat."""

    held = "held"
    vacated = "vacated"


class Open(Facts):
    """Who is seated, in which category, by which order."""

    person: PersonId
    category: Literal["state_body", "association", "small_assembly_head", "other_member"]
    order: Paper


class Close(Facts):
    """Why the seat is vacated."""

    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Nothing beside the mandates."""


def circumstances(_: Db, __: Situation[None]) -> Circumstances:
    """A seat looks at the mandates alone."""
    return Circumstances()


@guard(facts=True)
def not_seated_yet(s: Situation[Circumstances]) -> Refusal | None:
    """Nobody sits in the Council twice (9.1a)."""
    held = next(s.mandates.of(s.given.person, Office.council_member), None)
    return Refusal("9.1a", "council_seat.seated_already", {"case": held.number}) if held else None


@guard(facts=True)
def a_member_of_the_assembly(s: Situation[Circumstances]) -> Refusal | None:
    """The Council is formed of members of the Assembly (9.1c, 9.1d); heads of small assemblies apart (B10)."""
    if s.given.category == "small_assembly_head" or is_member(s, s.given.person):
        return None
    norm = "9.1d" if s.given.category == "other_member" else "9.1c"
    return Refusal(norm, "council_seat.no_member", {"category": f"name:value.category.{s.given.category}"})


@guard(facts=True)
def heads_a_small_assembly(s: Situation[Circumstances]) -> Refusal | None:
    """A head of a small assembly is its chairman (9.1c, B10)."""
    if s.given.category != "small_assembly_head" or s.mandates.holds(s.given.person, Office.sa_chairman):
        return None
    return Refusal("9.1c", "council_seat.heads_none")


@guard(facts=True)
def a_head_who_is_a_member(s: Situation[Circumstances]) -> Refusal | None:
    """A head of a small assembly who is no member may sit in the Council, with a warning (9.1c, B10)."""
    if s.given.category != "small_assembly_head" or is_member(s, s.given.person):
        return None
    return Refusal("9.1c", "council_seat.head_no_member")


def seat_begins(s: Situation[Circumstances]) -> Grant:
    """Seat the person with the act."""
    person = s.given.person
    return Grant(person, Office.council_member, "", "", s.given.category, None, False, person, s.today, s.at)


def identify(s: Situation[Circumstances]) -> Identity:
    """A seat is about who sits in it."""
    return Identity(person=s.given.person)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep everything told."""
    return facts | dict(told.facts)


COUNCIL_SEAT: Procedure[Circumstances] = Procedure(
    name="council_seat",
    letter="T",
    chapter="9.1",
    states=State,
    final=("vacated",),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("held", without=("open",), norm="9.1a"),
        ForbiddenPath("vacated", without=("close",), norm="9.1a"),
    ),
    acts=(
        Transition(
            name="open", source=("new",), by=(Office.chairman,), norms=("9.1a",), facts=Open, keeps=keep,
            guards=(not_seated_yet, a_member_of_the_assembly, heads_a_small_assembly), warns=(a_head_who_is_a_member,),
            to=(Branch("held", grants=seat_begins),),
        ),
        Transition(
            name="close", source=("held",), by=(Office.chairman, Office.council_member, Office.consequence), norms=("9.1a",),
            facts=Close, own=True, keeps=keep,
            to=(Branch("vacated", closes=(ALL,), ends=at_once),),
        ),
    ),
)  # fmt: skip
