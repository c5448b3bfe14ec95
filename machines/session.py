"""Sessions of the Assembly: convened, announced, opened with a quorum, held and recorded (items 8.1 to 8.3)."""

from enum import StrEnum
from typing import Any

from machines.facts import Because, Minutes
from machines.procedure import ALL, SAME, Branch, Consequence, ForbiddenPath, Notice, Office, Procedure, Transition
from machines.session_facts import (
    Agenda,
    Announce,
    ChangeHall,
    Convene,
    Move,
    SetMethod,
    identify,
    is_extraordinary,
    keep,
    last_day,
)
from machines.session_guards import (
    Circumstances,
    a_month_of_notice,
    a_quorum,
    all_are_members,
    announced_in_time,
    begins_ahead,
    circumstances,
    ends_within_the_month,
    every_resolution_is_settled,
    last_day_not_before_the_first,
    members_who_count,
    more_than_half_want_the_method,
    no_quorum,
    not_after_the_last_day,
    not_announced_too_early,
    on_a_registered_request,
    quorum_numbers,
    requested_questions_are_on_the_agenda,
    requested_questions_stay_on_the_agenda,
    ten_days_of_notice,
    the_first_day_has_come,
    the_same_day,
    within_the_month,
)
from machines.session_terms import ANNOUNCEMENT, HOLD_BY, MOVES_OPENING, OPENING
from machines.sitting import CHECKS_IN, CHECKS_OUT, Members, present
from machines.situation import Situation
from models.database import Db


class State(StrEnum):
    """The states of a session."""

    convened = "convened"
    announced = "announced"
    registration = "registration"
    open = "open"
    paused = "paused"
    closed = "closed"
    recorded = "recorded"
    not_competent = "not_competent"
    cancelled = "cancelled"


AHEAD_OR_OPEN = ("convened", "announced", "registration", "open", "paused")


def requested(_: Db, s: Situation[Circumstances]) -> list[str]:
    """Find the request that the session satisfies (8.2b)."""
    return [s.given.request] if s.given.request and s.given.ground == "request" else []


def listed_resolutions(db: Db, s: Situation[Any]) -> list[str]:
    """Find the resolutions that are listed for the session."""
    rows = db.all("SELECT number FROM cases WHERE parent = ? AND state = 'listed' ORDER BY number", s.number)
    return [row[0] for row in rows]


def the_session_is_cancelled(_: Situation[Any]) -> dict[str, Any]:
    """Tell the resolutions why they are removed."""
    return {"reason": "The session has been cancelled"}


def yearly_duty(db: Db, s: Situation[Any]) -> list[str]:
    """Find the standing duty that a session opened with a quorum meets (8.1c, A06)."""
    if is_extraordinary(s) and not s.rulings["session.annual.extraordinary_counts"]:
        return []
    rows = db.all(
        "SELECT number FROM cases WHERE procedure = 'annual_session' AND state = 'due' AND body = ?", str(s.today.year)
    )
    return [row[0] for row in rows]


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note who were present of how many."""
    return {"counts": dict(quorum_numbers(s))}


def moved(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the last day: the number of days stays."""
    return {"last_day": last_day(s).isoformat()} if "last_day" in s.facts else {}


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return who are present of how many, and how many are needed."""
    if s.state not in ("registration", "open", "paused"):
        return {"counts": s.facts["counts"]} if "counts" in s.facts else {}
    counting = members_who_count(db, s)
    here = len(present(db, s.number, "member", s.at) & counting)
    return {
        "counts": {
            "present": here,
            "total": len(counting),
            "needed": s.share("session.quorum").needed(len(counting)),
        }
    }


CHAIRMAN = (Office.chairman,)
WORKING_BODY = (Office.working_body,)
DURING = ("registration", "open", "paused")
DAYS = (begins_ahead, within_the_month)

SESSION: Procedure[Circumstances] = Procedure(
    name="session",
    letter="S",
    chapter="8.1, 8.2, 8.3",
    states=State,
    final=("recorded", "not_competent", "cancelled"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("registration", without=("announce",), norm="8.1b"),
        ForbiddenPath("open", without=("announce",), norm="8.1b"),
        ForbiddenPath("open", without=("open",), norm="8.3a"),
        ForbiddenPath("closed", without=("open",), norm="8.3a"),
        ForbiddenPath("recorded", without=("close",), norm="8.3b"),
    ),
    acts=(
        Transition(
            name="convene", source=("new",), by=CHAIRMAN, norms=("8.1a",), facts=Convene, keeps=keep,
            guards=(*DAYS, last_day_not_before_the_first, on_a_registered_request, requested_questions_are_on_the_agenda),
            warns=(ends_within_the_month,),
            to=(Branch("convened", opens=(ANNOUNCEMENT, HOLD_BY), notices=(Notice("convened", "working_body"),),
                       consequences=(Consequence("session_request", "satisfy", requested),)),),
        ),
        Transition(
            name="announce", source=("convened",), by=WORKING_BODY, norms=("8.1b",), facts=Announce, keeps=keep,
            guards=(announced_in_time, not_announced_too_early), warns=(a_month_of_notice, ten_days_of_notice),
            to=(Branch("announced", closes=("announcement",), opens=(OPENING,), notices=(Notice("announced", "members"),)),),
        ),
        Transition(
            name="change_agenda", source=("convened", "announced"), by=(Office.chairman, Office.working_body), norms=("8.1b",),
            facts=Agenda, keeps=keep, warns=(requested_questions_stay_on_the_agenda,), to=(Branch(SAME),),
        ),
        Transition(
            name="move", source=("convened", "announced"), by=CHAIRMAN, norms=("8.1b",), facts=Move, keeps=keep, notes=moved,
            guards=DAYS, warns=(ends_within_the_month,),
            to=(Branch("convened", closes=(ALL,), opens=(ANNOUNCEMENT, HOLD_BY), notices=(Notice("moved", "members"),)),),
        ),
        Transition(
            name="change_hall", source=("convened", "announced"), by=WORKING_BODY, norms=("8.1b",), facts=ChangeHall, keeps=keep,
            guards=(the_same_day,), to=(Branch(SAME, writes=(MOVES_OPENING,), notices=(Notice("hall_changed", "members"),)),),
        ),
        Transition(
            name="cancel", source=("convened", "announced"), by=CHAIRMAN, norms=("8.1a",), facts=Because, keeps=keep,
            to=(Branch("cancelled", closes=(ALL,), notices=(Notice("cancelled", "members"),),
                       consequences=(Consequence("resolution", "remove", listed_resolutions, the_session_is_cancelled),)),),
        ),
        Transition(
            name="start_registration", source=("announced",), by=WORKING_BODY, norms=("8.3a",), guards=(the_first_day_has_come,),
            to=(Branch("registration", closes=("opening",)),),
        ),
        Transition(
            name="check_in", source=DURING, by=WORKING_BODY, norms=("8.3a",), facts=Members, concurrent=True,
            guards=(all_are_members,), to=(Branch(SAME, writes=(CHECKS_IN,)),),
        ),
        Transition(
            name="check_out", source=DURING, by=WORKING_BODY, norms=("8.3a",), facts=Members, concurrent=True,
            to=(Branch(SAME, writes=(CHECKS_OUT,)),),
        ),
        Transition(
            name="open", source=("registration",), by=CHAIRMAN, norms=("8.3a",), guards=(a_quorum, not_after_the_last_day),
            keeps=keep, notes=counted,
            to=(Branch("open", closes=("hold_by",), consequences=(Consequence("annual_session", "meet", yearly_duty),)),),
        ),
        Transition(
            name="declare_not_competent", source=("registration",), by=CHAIRMAN, norms=("8.3a",), guards=(no_quorum,),
            keeps=keep, notes=counted, to=(Branch("not_competent"),),
        ),
        Transition(
            name="set_method", source=("open",), by=CHAIRMAN, norms=("8.3c",), facts=SetMethod, keeps=keep,
            guards=(a_quorum, more_than_half_want_the_method), to=(Branch(SAME),),
        ),
        Transition(name="pause", source=("open",), by=CHAIRMAN, norms=("8.3a",), to=(Branch("paused"),)),
        Transition(name="resume", source=("paused",), by=CHAIRMAN, norms=("8.3a",), to=(Branch("open"),)),
        Transition(
            name="close", source=("open", "paused"), by=CHAIRMAN, norms=("8.3b",), guards=(every_resolution_is_settled,),
            to=(Branch("closed"),),
        ),
        Transition(
            name="record", source=("closed",), by=CHAIRMAN, norms=("8.3b",), facts=Minutes, keeps=keep, to=(Branch("recorded"),),
        ),
    ),
)  # fmt: skip
