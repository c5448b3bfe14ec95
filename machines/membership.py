"""Membership of the Assembly: items 13.1, 15 and 20.3 of the Regulation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from machines import terms
from machines.facts import Day, Facts, Name, NoFacts, Paper, PaperOfKind, PersonId
from machines.procedure import (
    ALL,
    SAME,
    Branch,
    Consequence,
    ForbiddenPath,
    Grant,
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
from machines.zones import local_midnight
from models.database import Db

Category = Literal["state_body", "association", "other_person"]


class State(StrEnum):
    """The states of a membership."""

    active = "active"
    leaving = "leaving"
    left = "left"
    removed = "removed"
    ended = "ended"


class Start(Facts):
    """Whose membership starts, since when and in which category."""

    person: PersonId
    since: Day
    category: Category
    ex_officio: Name | None = None


class Enrol(Start):
    """A member of the register, on the Chairman's order."""

    order: Paper


class OfficeChange(Facts):
    """A member has changed or lost the office he sat for."""

    ground: Literal["office_changed", "elected_office_lost"]
    date: Day


class Leave(Facts):
    """The member's own statement, and from when he leaves."""

    statement_date: Day
    from_date: Day | None = None


class End(Facts):
    """The day of death or the like, with the certificate."""

    date: Day
    certificate: PaperOfKind | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The membership that the person has already, or will have from a later day."""

    membership: str | None = None


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look for a membership of the person whose membership is to start."""
    return Circumstances(membership_of(db, s.given.person)) if isinstance(s.given, Start) else Circumstances()


_MEMBERSHIP = "SELECT number FROM mandates WHERE office = 'member' AND body = '' AND slot = ? AND ended_at IS NULL"


def membership_of(db: Db, person: str | None) -> str | None:
    """Find somebody's membership that has not ended, begun or not.

    Asked by the place that a member takes, which is the person's own: so that it is found by the index that keeps it single.
    """
    row = db.one(_MEMBERSHIP, person)
    return row[0] if row else None


def is_member(s: Situation[Any], person: str | None) -> bool:
    """Say whether *person* is a member now."""
    return s.mandates.holds(person, Office.member)


@guard(facts=True)
def no_member_yet(s: Situation[Circumstances]) -> Refusal | None:
    """Nobody is a member twice (13.1a)."""
    number = s.circumstances.membership
    return Refusal("13.1a", "membership.member_already", {"case": number}) if number else None


@guard(facts=True)
def ended_by_today(s: Situation[Circumstances]) -> Refusal | None:
    """A membership ends on a day that has come."""
    if s.given.date <= s.today:
        return None
    return Refusal(s.norm, "membership.ends_later", {"date": s.given.date, "today": s.today})


def leaves_later(s: Situation[Circumstances]) -> bool:
    """Say whether the statement names a later day (C15)."""
    return s.given.from_date is not None and s.given.from_date > s.today


@guard(facts=True)
def a_later_day_is_named(s: Situation[Circumstances]) -> Refusal | None:
    """Who names a later day is leaving until then (20.3, C15)."""
    return None if leaves_later(s) else Refusal("20.3", "membership.leaves_at_once", {"today": s.today})


@guard(facts=True)
def no_later_day_is_named(s: Situation[Circumstances]) -> Refusal | None:
    """Who names no later day leaves at once (20.3, C15)."""
    return Refusal("20.3", "membership.leaves_later", {"date": s.given.from_date}) if leaves_later(s) else None


def removal_task(s: Situation[Circumstances]) -> terms.Count:
    """Ten working days from the report (C13)."""
    return terms.working_days(s.today, s.law("removal.task_working_days"), calendar=s.calendar, zone=s.zone)


def day_named(s: Situation[Circumstances]) -> terms.Count:
    """The beginning of the day that the statement names (C15)."""
    return terms.from_day(s.given.from_date, s.zone)


REMOVAL_TASK: Term[Circumstances] = Term(
    "removal_task", "target", "15.1", removal_task, rungs=(Rung(3, "deputies"), Rung(0, "deputies")), again=True
)
EXIT: Term[Circumstances] = Term("exit", "automatic", "20.3", day_named, expires="exit")


def other_candidacies(db: Db, s: Situation[Any]) -> list[str]:
    """Find the person's other open candidacies."""
    rows = db.all(
        "SELECT number FROM cases WHERE person_id = ? AND procedure = 'candidacy' AND NOT final ORDER BY number",
        s.given.person,
    )
    return [row[0] for row in rows]


def seat(db: Db, s: Situation[Any]) -> list[str]:
    """Find the member's seat in the Council."""
    rows = db.all(
        "SELECT number FROM cases WHERE person_id = ? AND procedure = 'council_seat' AND NOT final ORDER BY number",
        s.person,
    )
    return [row[0] for row in rows]


def removals(db: Db, s: Situation[Any]) -> list[str]:
    """Find the submissions for the member's removal that wait for a decision."""
    rows = db.all(
        "SELECT number FROM cases WHERE about = ? AND procedure = 'removal' AND NOT final ORDER BY number", s.number
    )
    return [row[0] for row in rows]


def itself_if_automatic(_: Db, s: Situation[Any]) -> Iterable[str]:
    """Find the membership itself where the ruling removes who has lost the office he sat for (C13)."""
    return [s.number] if s.rulings["removal.ex_officio.automatic"] and s.facts.get("ex_officio") and s.number else []


def member_left(_: Situation[Any]) -> dict[str, Any]:
    """Tell the seat why it is vacated."""
    return {"reason": "The membership has ended"}


def became_a_member(_: Situation[Any]) -> dict[str, Any]:
    """Tell the other candidacies why they end."""
    return {"reason": "The candidate has become a member"}


def membership_begins(s: Situation[Circumstances]) -> Grant:
    """Count the member from the later of the day named and the entry (C11)."""
    told = s.given
    begins = max(s.at, local_midnight(told.since, s.zone))
    return Grant(
        told.person, Office.member, "", "", told.category, told.ex_officio, False, told.person, told.since, begins
    )


def at_once(s: Situation[Any]) -> datetime:
    """End the mandate with the act."""
    return s.at


def identify(s: Situation[Circumstances]) -> Identity:
    """A membership is about its member."""
    return Identity(person=s.given.person)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep everything told."""
    return facts | dict(told.facts)


LEAVES_BEHIND = (Consequence("council_seat", "close", seat, member_left), Consequence("removal", "lapse", removals))
WITHDRAWS_OTHERS = (Consequence("candidacy", "withdraw", other_candidacies, became_a_member),)
LIVE = ("active", "leaving")

MEMBERSHIP: Procedure[Circumstances] = Procedure(
    name="membership",
    letter="M",
    chapter="13, 15, 20",
    states=State,
    final=("left", "removed", "ended"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("active", without=("start", "enrol"), norm="13.1a"),
        ForbiddenPath("leaving", without=("leave",), norm="20.3"),
        ForbiddenPath("left", without=("leave",), norm="20.3"),
        ForbiddenPath("removed", without=("remove",), norm="15.0a"),
    ),
    acts=(
        Transition(
            name="start", source=("new",), by=(Office.consequence,), norms=("13.1a",), facts=Start, keeps=keep,
            guards=(no_member_yet,),
            to=(Branch("active", consequences=WITHDRAWS_OTHERS, grants=membership_begins, notices=(Notice("started", "person"),)),),
        ),
        Transition(
            name="enrol", source=("new",), by=(Office.working_body,), norms=("13.1a",), facts=Enrol, keeps=keep,
            guards=(no_member_yet,),
            to=(Branch("active", grants=membership_begins),),
        ),
        Transition(
            name="report_office_change", source=("active",), by=(Office.working_body,), norms=("15.1", "15.2"),
            facts=OfficeChange, keeps=keep,
            to=(Branch(
                SAME, opens=(REMOVAL_TASK,), notices=(Notice("office_changed", "deputies"),),
                consequences=(Consequence("membership", "remove", itself_if_automatic, itself=True),),
            ),),
        ),
        Transition(
            name="leave", source=("active",), by=(Office.member,), norms=("20.3",), facts=Leave, own=True, keeps=keep,
            to=(
                Branch("left", guards=(no_later_day_is_named,), closes=(ALL,), consequences=LEAVES_BEHIND, ends=at_once,
                       notices=(Notice("left", "working_body"),)),
                Branch("leaving", guards=(a_later_day_is_named,), opens=(EXIT,), notices=(Notice("leaving", "working_body"),)),
            ),
        ),
        Transition(
            name="revoke_leave", source=("leaving",), by=(Office.member,), norms=("20.3",), facts=NoFacts, own=True,
            to=(Branch("active", closes=("exit",)),),
        ),
        Transition(
            name="exit", source=("leaving",), by=(Office.clock,), norms=("20.3",),
            to=(Branch("left", closes=(ALL,), consequences=LEAVES_BEHIND, ends=at_once, notices=(Notice("left", "working_body"),)),),
        ),
        Transition(
            name="remove", source=LIVE, by=(Office.consequence,), norms=("15.0a",),
            to=(Branch("removed", closes=(ALL,), consequences=LEAVES_BEHIND, ends=at_once, notices=(Notice("removed", "person"),)),),
        ),
        Transition(
            name="end", source=LIVE, by=(Office.working_body,), norms=("20.3",), facts=End, guards=(ended_by_today,), keeps=keep,
            to=(Branch("ended", closes=(ALL,), consequences=LEAVES_BEHIND, ends=at_once),),
        ),
    ),
)  # fmt: skip
