"""Who holds which office, from when until when: items 7.1 and 17 of the Regulation.

Membership of the Assembly and of the Council and the deputy chairmen's appointment have procedures of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from machines.facts import Day, Facts, PaperOfKind, PersonId, Region, YesOrNo
from machines.procedure import (
    Branch,
    Consequence,
    ForbiddenPath,
    Grant,
    Identity,
    Office,
    Procedure,
    Told,
    Transition,
    guard,
)
from machines.refusal import Refusal
from machines.situation import Situation
from machines.zones import local_midnight
from models.database import Db, instant

OWN_PROCEDURE = {"deputy_chairman": "7.2a", "member": "13.1a", "council_member": "9.1a"}
KIND_OF_BODY = {
    "sa_chairman": "small_assembly", "sa_secretariat": "small_assembly", "association": "association", "state_body": "state_body",
}  # fmt: skip
ONE_HOLDER = ("chairman", "sa_chairman")


class State(StrEnum):
    """The states of an office."""

    held = "held"
    ended = "ended"


class Assume(Facts):
    """Who takes up which office, for which body, since when."""

    person: PersonId
    office: Literal[
        "chairman", "working_body", "sa_chairman", "sa_secretariat", "association", "state_body",
        "deputy_chairman", "member", "council_member",
    ]  # fmt: skip
    body: Region | None = None
    since: Day
    acting: YesOrNo = False
    basis: PaperOfKind | None = None

    @model_validator(mode="after")
    def _body_where_the_office_has_one(self) -> "Assume":
        if (self.office in KIND_OF_BODY) != (self.body is not None):
            raise PydanticCustomError(
                "body_of_the_office", "body: required for the offices of a body, not allowed for the others"
            )
        return self


class Vacate(Facts):
    """Until when the office was held."""

    until: Day
    basis: PaperOfKind | None = None


class Holding(NamedTuple):
    """A mandate that has not ended, begun or not: whose it is, and when it will end if that is known."""

    number: str
    person: str
    ends: datetime | None

    def lasts_beyond(self, moment: datetime) -> bool:
        """Say whether it is still held at *moment*."""
        return self.ends is None or self.ends > moment


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who holds, or will hold, the office that is to be assumed, and whether the register knows its body."""

    holdings: tuple[Holding, ...]
    body_known: bool


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up the holders of the office that is to be assumed."""
    if not isinstance(s.given, Assume):
        return Circumstances((), body_known=True)
    kind = KIND_OF_BODY.get(s.given.office)
    found = (
        kind is None or db.one("SELECT 1 FROM bodies WHERE body_id = ? AND kind = ?", s.given.body, kind) is not None
    )
    return Circumstances(tuple(_holdings(db, s)), body_known=found)


def _holdings(db: Db, s: Situation[Any]) -> Iterator[Holding]:
    rows = db.all(
        "SELECT number, person_id, ended_at FROM mandates WHERE office = ? AND body = ? AND (ended_at IS NULL OR ended_at > ?)"
        " ORDER BY number", s.given.office, s.given.body or "", s.at
    )  # fmt: skip
    return (Holding(number, person, ends and instant(ends)) for number, person, ends in rows)


def predecessor(db: Db, s: Situation[Any]) -> Iterable[str]:
    """Find the case of the predecessor, where the office has one holder (17.1)."""
    if not isinstance(s.given, Assume) or s.given.office not in ONE_HOLDER:
        return []
    return [holding.number for holding in _holdings(db, s) if holding.ends is None]


def succeeded(s: Situation[Any]) -> dict[str, Any]:
    """Tell the predecessor's case that he holds the office until the day before his successor."""
    until = s.given.since - timedelta(days=1)
    basis = {"basis": s.given.basis.model_dump(mode="json")} if s.given.basis else {}
    return {"until": until.isoformat()} | basis


@guard(facts=True)
def no_procedure_of_its_own(s: Situation[Circumstances]) -> Refusal | None:
    """Deputies, members and members of the Council come by procedures of their own (7.2a, 13.1a, 9.1a)."""
    norm = OWN_PROCEDURE.get(s.given.office)
    return Refusal(norm, "office.own_procedure", {"office": f"name:office.{s.given.office}"}) if norm else None


@guard(facts=True)
def no_chairman_yet(s: Situation[Circumstances]) -> Refusal | None:
    """There is one Chairman (7.1a)."""
    if s.given.office != "chairman":
        return None
    still = [holding.number for holding in s.circumstances.holdings if holding.lasts_beyond(day_named(s))]
    return Refusal("7.1a", "office.chairman_in_office", {"case": still[0]}) if still else None


@guard(facts=True)
def the_body_is_known(s: Situation[Circumstances]) -> Refusal | None:
    """An office is held for a body of its kind that the register knows (17.1)."""
    if s.circumstances.body_known:
        return None
    return Refusal("17.1", "office.unknown_body", {"body": s.given.body})


@guard(facts=True)
def not_held_already(s: Situation[Circumstances]) -> Refusal | None:
    """Nobody assumes an office that he holds already, or will hold from a later day."""
    held = [
        holding.number
        for holding in s.circumstances.holdings
        if holding.person == s.given.person and holding.ends is None
    ]
    return Refusal("17.1", "office.held_already", {"case": held[0]}) if held else None


def day_named(s: Situation[Circumstances]) -> datetime:
    """Count an office from the day named, but not before it is entered."""
    return max(s.at, local_midnight(s.given.since, s.zone))


def grant(s: Situation[Circumstances]) -> Grant:
    """Give the office; where it has one holder, not before the predecessor's known end."""
    told, begins = s.given, day_named(s)
    if told.office in ONE_HOLDER:
        begins = max([begins, *(holding.ends for holding in s.circumstances.holdings if holding.ends)])
    slot = "1" if told.office in ONE_HOLDER else told.person
    region = told.body if told.office in ("sa_chairman", "sa_secretariat") else ""
    ex_officio = "akim" if told.office == "sa_chairman" else None  # the akim is chairman by his office (17.1)
    return Grant(
        told.person, told.office, told.body or "", region or "", None, ex_officio, told.acting, slot, told.since, begins
    )  # fmt: skip


def end_of_office(s: Situation[Circumstances]) -> datetime:
    """End the office with the act or, where a later day is named, with the end of that day.

    A predecessor's ends when his successor's begins.
    """
    end = local_midnight(s.given.until + timedelta(days=1), s.zone)
    if s.office == Office.consequence:
        return max(s.at, end)
    return end if s.given.until > s.today else s.at


def identify(s: Situation[Circumstances]) -> Identity:
    """An office's case is about its holder."""
    return Identity(
        person=s.given.person,
        body=s.given.body or "",
        region=s.given.body or "" if s.given.office.startswith("sa_") else "",
    )


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep everything told."""
    return facts | dict(told.facts)


OFFICE: Procedure[Circumstances] = Procedure(
    name="office",
    letter="O",
    chapter="7, 17",
    states=State,
    final=("ended",),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("held", without=("assume",), norm="17.1"),
        ForbiddenPath("ended", without=("vacate",), norm="17.1"),
    ),
    acts=(
        Transition(
            name="assume", source=("new",), by=(Office.working_body,), norms=("17.1",), facts=Assume, keeps=keep,
            guards=(no_procedure_of_its_own, no_chairman_yet, the_body_is_known, not_held_already),
            to=(Branch("held", consequences=(Consequence("office", "vacate", predecessor, succeeded),), grants=grant),),
        ),
        Transition(
            name="vacate", source=("held",), by=(Office.working_body,), norms=("17.1",), facts=Vacate, keeps=keep,
            to=(Branch("ended", ends=end_of_office),),
        ),
    ),
)  # fmt: skip
