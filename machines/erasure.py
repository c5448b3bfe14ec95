"""Erasure of somebody's personal data, as the law on personal data asks for it: the law stands above all (2.3).

Nothing is erased while the Assembly needs it. What is erased and what stays says machines/erasing.py.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from machines.erasing import erase, in_office, not_to_be_erased, open_cases
from machines.facts import Facts, PaperOfKind, PersonId
from machines.office import OWN_PROCEDURE
from machines.procedure import Branch, ForbiddenPath, Identity, Office, Procedure, Told, Transition, Writes, guard
from machines.refusal import Refusal
from machines.situation import Situation
from models.database import Db
from models.entry import Record


class State(StrEnum):
    """The states of an erasure."""

    erased = "erased"


EntryName = Annotated[str, StringConstraints(pattern=r"^[A-Z]-\d{4}-\d{4,}/\d{1,9}$")]


class Order(Facts):
    """Whose data is erased, on which ground and paper, and which further entries name the person in free words."""

    person: PersonId
    ground: Literal["own_request", "death", "court", "law"]
    basis: PaperOfKind | None = None
    also: Annotated[tuple[EntryName, ...], Field(min_length=1)] | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the Assembly still needs the person's data for, and which further entries cannot be erased."""

    offices: tuple[tuple[str, str], ...]  # office, case
    open_cases: tuple[str, ...]
    not_to_be_erased: tuple[str, ...]


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up what stands in the way of an erasure."""
    if not isinstance(s.given, Order):
        return Circumstances((), (), ())
    person, held = s.given.person, in_office(db, s.given.person, s.at)
    cases = {number for _, number in held}
    further = not_to_be_erased(db, s.given.also or ())
    return Circumstances(held, tuple(one for one in open_cases(db, person) if one not in cases), further)


@guard(facts=True)
def holds_no_office(s: Situation[Circumstances]) -> list[Refusal]:
    """Who holds an office, is a member or sits in the Council stands in the register (7.2a, 9.1a, 13.1a, 17.1)."""
    return [
        Refusal(
            OWN_PROCEDURE.get(office, "17.1"), "erasure.in_office", {"office": f"name:office.{office}", "case": number}
        )
        for office, number in s.circumstances.offices
    ]


@guard(facts=True)
def no_open_case(s: Situation[Circumstances]) -> Refusal | None:
    """A case that is open, with the terms that run in it, needs the facts about whom it concerns (2.3)."""
    found = s.circumstances.open_cases
    return Refusal(s.norm, "erasure.open_case", {"cases": list(found)}) if found else None


@guard(facts=True)
def entries_can_be_erased(s: Situation[Circumstances]) -> Refusal | None:
    """A further entry is erased where there is one, in a case that is closed, and it is no order of erasure (2.3)."""
    found = s.circumstances.not_to_be_erased
    return Refusal(s.norm, "erasure.not_these", {"entries": list(found)}) if found else None


@guard(facts=True)
def a_paper_is_named(s: Situation[Circumstances]) -> Refusal | None:
    """An erasure names the paper that it rests on; without one it is done with a warning (2.3)."""
    return None if s.given.basis else Refusal(s.norm, "erasure.no_paper")


def carry_out(db: Db, s: Situation[Any], _: Record) -> None:
    """Erase, in the transaction of the order."""
    erase(db, s.given.person, at=s.at, also=s.given.also or ())


def identify(s: Situation[Circumstances]) -> Identity:
    """An erasure is about the person, known by the id alone from now on."""
    return Identity(person=s.given.person)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep everything told."""
    return facts | dict(told.facts)


ERASURE: Procedure[Circumstances] = Procedure(
    name="erasure",
    letter="X",
    chapter="2.3",
    states=State,
    final=("erased",),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(ForbiddenPath("erased", without=("order",), norm="2.3"),),
    acts=(
        Transition(
            name="order", source=("new",), by=(Office.working_body,), norms=("2.3",), facts=Order, keeps=keep,
            guards=(holds_no_office, no_open_case, entries_can_be_erased), warns=(a_paper_is_named,),
            to=(Branch("erased", writes=(Writes("erased", carry_out),)),),
        ),
    ),
)  # fmt: skip
