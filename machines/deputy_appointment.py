"""The deputy chairmen: recommended by the Council, appointed by the President (item 7 of the Regulation)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from machines.facts import Facts, PaperOfKind, PersonId, Text
from machines.membership import at_once
from machines.procedure import (
    ALL,
    Branch,
    ForbiddenPath,
    Grant,
    Identity,
    Notice,
    Office,
    Procedure,
    Told,
    Transition,
    guard,
)
from machines.refusal import Refusal
from machines.situation import Situation
from machines.zones import local_day
from models.database import Db, instant


class State(StrEnum):
    """The states of an appointment."""

    recommended = "recommended"
    appointed = "appointed"
    dismissed = "dismissed"
    lapsed = "lapsed"


class Recommend(Facts):
    """Whom the Council recommends."""

    person: PersonId


class ActOfThePresident(Facts):
    """The President's act."""

    act: PaperOfKind


class Enrol(ActOfThePresident):
    """A deputy of the register, with the President's act."""

    person: PersonId


class Lapse(Facts):
    """Why the recommendation has lapsed."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The open recommendation of the person, if there is one, and its day."""

    open_case: str | None
    recommended_on: date | None


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look up whether the person's recommendation stands."""
    if s.number is not None:
        told = s.facts.get("recommended_at")
        return Circumstances(None, local_day(instant(told), s.zone) if told else None)
    person = getattr(s.given, "person", None)
    row = db.one(
        "SELECT number FROM cases WHERE procedure = 'deputy_appointment' AND state = 'recommended' AND person_id = ?", person
    )  # fmt: skip
    return Circumstances(row[0] if row else None, None)


@guard(facts=True)
def no_recommendation_stands(s: Situation[Circumstances]) -> Refusal | None:
    """A recommendation that stands is not made again (7.2b, B14)."""
    number = s.circumstances.open_case
    return Refusal("7.2b", "deputy_appointment.recommended_already", {"case": number}) if number else None


@guard()
def a_post_is_free(s: Situation[Circumstances]) -> Refusal | None:
    """The Chairman has two deputies (7.1c)."""
    most, have = s.law("deputies.maximum"), len(s.mandates.holders(Office.deputy_chairman))
    return (
        Refusal("7.1c", "deputy_appointment.no_post_free", {"in_office": have, "most": most}) if have >= most else None
    )


@guard()
def no_deputy_yet(s: Situation[Circumstances]) -> Refusal | None:
    """Nobody is a deputy twice (7.1c)."""
    person = s.person or getattr(s.given, "person", None)
    held = next(s.mandates.of(person, Office.deputy_chairman), None)
    return Refusal("7.1c", "deputy_appointment.deputy_already", {"case": held.number}) if held else None


@guard(facts=True)
def act_follows_the_recommendation(s: Situation[Circumstances]) -> Refusal | None:
    """The President appoints on the Council's recommendation: his act is not earlier (7.2b)."""
    recommended = s.circumstances.recommended_on
    if recommended is None or s.given.act.date >= recommended:
        return None
    return Refusal("7.2b", "deputy_appointment.act_too_early", {"date": s.given.act.date, "recommended": recommended})


def takes_a_post(s: Situation[Circumstances]) -> Grant:
    """Give the first free of the deputies' posts."""
    person = s.person or s.given.person
    taken = {held.slot for held in s.mandates if held.office == Office.deputy_chairman}
    slot = next(str(post) for post in range(1, s.law("deputies.maximum") + 1) if str(post) not in taken)
    return Grant(person, Office.deputy_chairman, "", "", None, None, False, slot, s.given.act.date, s.at)


def identify(s: Situation[Circumstances]) -> Identity:
    """An appointment is about whom it names."""
    return Identity(person=s.given.person)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep what was told, and when the recommendation was made."""
    return facts | dict(told.facts) | ({"recommended_at": told.at} if told.act == "recommend" else {})


DEPUTY_APPOINTMENT: Procedure[Circumstances] = Procedure(
    name="deputy_appointment",
    letter="D",
    chapter="7",
    states=State,
    final=("dismissed", "lapsed"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("appointed", without=("recommend", "enrol"), norm="7.2b"),
        ForbiddenPath("appointed", without=("appoint", "enrol"), norm="7.2a"),
        ForbiddenPath("dismissed", without=("dismiss",), norm="7.2a"),
    ),
    acts=(
        Transition(
            name="recommend", source=("new",), by=(Office.consequence,), norms=("7.2b",), facts=Recommend, keeps=keep,
            guards=(no_recommendation_stands,),
            to=(Branch("recommended", notices=(Notice("recommended", "working_body"),)),),
        ),
        Transition(
            name="enrol", source=("new",), by=(Office.working_body,), norms=("7.2a",), facts=Enrol, keeps=keep,
            guards=(a_post_is_free, no_deputy_yet),
            to=(Branch("appointed", grants=takes_a_post),),
        ),
        Transition(
            name="appoint", source=("recommended",), by=(Office.president,), norms=("7.2a", "7.2b"), facts=ActOfThePresident,
            keeps=keep, guards=(a_post_is_free, no_deputy_yet, act_follows_the_recommendation),
            to=(Branch("appointed", grants=takes_a_post, notices=(Notice("appointed", "person chairman"),)),),
        ),
        Transition(
            name="dismiss", source=("appointed",), by=(Office.president,), norms=("7.2a",), facts=ActOfThePresident, keeps=keep,
            to=(Branch("dismissed", closes=(ALL,), ends=at_once, notices=(Notice("dismissed", "person chairman"),)),),
        ),
        Transition(
            name="lapse", source=("recommended",), by=(Office.working_body,), norms=("7.2b",), facts=Lapse, keeps=keep,
            to=(Branch("lapsed", closes=(ALL,)),),
        ),
    ),
)  # fmt: skip
