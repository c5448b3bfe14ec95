"""Removal of a member by the Chairman on a submission: item 15 of the Regulation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from machines import terms
from machines.facts import Facts, MembershipNumber, Paper, Text
from machines.membership import LIVE
from machines.procedure import (
    ALL,
    Branch,
    ClosesThere,
    Consequence,
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
from machines.situation import Situation
from models.database import Db


class State(StrEnum):
    """The states of a removal."""

    submitted = "submitted"
    granted = "granted"
    declined = "declined"
    moot = "moot"


class Submit(Facts):
    """Whose removal is submitted, and on which ground."""

    membership: MembershipNumber
    ground: Literal["office_changed", "elected_office_lost", "other"]
    reason: Text | None = None
    code: Literal["health", "duties", "discredit", "conviction", "other"] | None = None

    @model_validator(mode="after")
    def _reason_for_another_ground(self) -> "Submit":
        if self.ground == "other" and self.reason is None:
            raise PydanticCustomError("reason_for_another_ground", "reason: required where the ground is `other`")
        return self


class Grant(Facts):
    """The Chairman's order."""

    order: Paper


class Decline(Facts):
    """Why the Chairman does not remove the member."""

    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The membership that is to end, and who has submitted its end."""

    member: str | None
    state: str
    region: str
    submitters: tuple[str, ...]


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up the membership and the submissions about it."""
    number = s.given.membership if isinstance(s.given, Submit) else s.about
    found = db.ask(
        "SELECT c.person_id, c.state, p.region FROM cases c JOIN people p ON p.person_id = c.person_id WHERE c.number = ?",
        number,
    )
    others = db.ask(
        "SELECT DISTINCT e.holder, e.actor FROM cases c JOIN entries e ON e.number = c.number AND e.seq = 1"
        " WHERE c.about = ? AND c.procedure = 'removal' AND c.state = 'submitted'", number
    )  # fmt: skip
    member, state, region = next(iter(found()), (None, "", ""))
    return Circumstances(member, state, region, tuple(sorted({holder or actor for holder, actor in others()})))


@guard()
def still_a_member(s: Situation[Circumstances]) -> Refusal | None:
    """Only a member can be removed (15.0a)."""
    if s.circumstances.member is None or s.circumstances.state in LIVE:
        return None
    return Refusal("15.0a", "removal.no_member", {"state": f"name:state.membership.{s.circumstances.state}"})


@guard(facts=True)
def reason_long_enough(s: Situation[Circumstances]) -> Refusal | None:
    """Another ground needs a reason that can be weighed (15.3, C14)."""
    needed = s.law("removal.reason_min_length")
    length = len(s.given.reason or "")
    if s.given.ground != "other" or length >= needed:
        return None
    return Refusal("15.3", "removal.reason_too_short", {"length": length, "needed": needed})


@guard(facts=True)
def a_chairman_of_the_members_region(s: Situation[Circumstances]) -> Refusal | None:
    """A chairman of another region than the member's may submit, with a warning (15.0b, C12)."""
    theirs = s.circumstances.region
    if s.office != Office.sa_chairman or not theirs or theirs == s.office_region:
        return None
    return Refusal("15.0b", "removal.another_region", {"region": theirs, "own": s.office_region})


@guard()
def enough_submitters(s: Situation[Circumstances]) -> Refusal | None:
    """As many must have submitted as the ruling asks for (15.0b, C12)."""
    needed, have = s.rulings["removal.submission.min_submitters"], len(s.circumstances.submitters)
    return (
        Refusal("15.0b", "removal.too_few_submitters", {"submitters": have, "needed": needed})
        if have < needed
        else None
    )


def decision_days(s: Situation[Circumstances]) -> terms.Count:
    """Thirty days for the Chairman's decision."""
    return terms.days(s.today, s.law("removal.decision_days"), zone=s.zone)


DECISION: Term[Circumstances] = Term(
    "decision", "target", "15.0a", decision_days, rungs=(Rung(7, "chairman"), Rung(0, "chairman submitter"))
)


def membership(_: Db, s: Situation[Any]) -> list[str]:
    """Find the membership that the removal is about."""
    number = s.given.membership if isinstance(s.given, Submit) else s.about
    return [number] if number else []


def identify(s: Situation[Circumstances]) -> Identity:
    """A removal is about a membership and its member."""
    return Identity(person=s.circumstances.member, region=s.circumstances.region, about=s.given.membership)


def keep_submission(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the submission and who made it."""
    return facts | dict(told.facts) | {"submitted_by": told.holder}


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the Chairman's decision."""
    return facts | {told.act: dict(told.facts)}


REMOVAL: Procedure[Circumstances] = Procedure(
    name="removal",
    letter="R",
    chapter="15",
    states=State,
    final=("granted", "declined", "moot"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("granted", without=("submit",), norm="15.0b"),
        ForbiddenPath("granted", without=("grant",), norm="15.0a"),
        ForbiddenPath("declined", without=("decline",), norm="15.0a"),
        ForbiddenPath("moot", without=("lapse",), norm="20.3"),
    ),
    acts=(
        Transition(
            name="submit", source=("new",), by=(Office.deputy_chairman, Office.sa_chairman), norms=("15.0b",), facts=Submit,
            guards=(still_a_member, reason_long_enough), warns=(a_chairman_of_the_members_region,), keeps=keep_submission,
            to=(Branch(
                "submitted", opens=(DECISION,), closes_there=(ClosesThere("removal_task", membership),),
                notices=(Notice("submitted", "chairman"),),
            ),),
        ),
        Transition(
            name="grant", source=("submitted",), by=(Office.chairman,), norms=("15.0a",), facts=Grant, keeps=keep,
            guards=(still_a_member, enough_submitters),
            to=(Branch("granted", closes=(ALL,), consequences=(Consequence("membership", "remove", membership),),
                       notices=(Notice("granted", "submitter"),)),),
        ),
        Transition(
            name="decline", source=("submitted",), by=(Office.chairman,), norms=("15.0a",), facts=Decline, keeps=keep,
            to=(Branch("declined", closes=(ALL,), notices=(Notice("declined", "submitter"),)),),
        ),
        Transition(
            name="lapse", source=("submitted",), by=(Office.consequence,), norms=("20.3",),
            to=(Branch("moot", closes=(ALL,), notices=(Notice("lapsed", "submitter"),)),),
        ),
    ),
)  # fmt: skip
