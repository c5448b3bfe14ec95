"""Questions of a meeting of the Council: decided by two thirds of all its members (item 9.2)."""

from enum import StrEnum
from typing import Any

from machines.council_question_guards import (
    Circumstances,
    List,
    Vote,
    a_candidacy_that_could_not_be_decided,
    a_recommendation_names_somebody,
    circumstances,
    enough_are_present_for_a_candidacy,
    no_count_was_entered,
    no_more_than_are_present,
    no_other_vote_is_open,
    nobody_has_voted_by_name,
    the_candidacy_is_still_admissible,
    the_candidacy_may_be_listed,
    the_meeting_is_ahead_or_open,
    the_meeting_is_open,
    the_voter_is_present,
    two_thirds_of_all_are_for,
)
from machines.council_question_votes import (
    CASTS,
    ENTERS,
    FREEZES_CLOSING,
    FREEZES_OPENING,
    candidacy_considered,
    consideration,
    counted,
    opened,
    recommendation,
    recommended_person,
    view,
)
from machines.facts import Because, EnteredCount
from machines.procedure import SAME, Branch, Consequence, ForbiddenPath, Identity, Office, Procedure, Told, Transition
from machines.situation import Situation


class State(StrEnum):
    """The states of a question."""

    listed = "listed"
    voting = "voting"
    adopted = "adopted"
    not_adopted = "not_adopted"
    postponed = "postponed"
    removed = "removed"


def identify(s: Situation[Circumstances]) -> Identity:
    """A question belongs to its meeting and is about a candidacy, or about a person."""
    told = s.given
    if told.kind == "candidacy":
        return Identity(body="council", parent=told.meeting, about=told.subject)
    return Identity(
        body="council", parent=told.meeting, person=told.subject if told.kind == "deputy_recommendation" else None
    )


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the question and, once it is closed, the counts."""
    if told.act == "list":
        return facts | dict(told.facts)
    if told.act in ("open_vote", "close_vote"):
        return facts | dict(told.noted)
    return facts | ({told.act: dict(told.facts)} if told.act == "remove" else {})


CONSIDERED = (Consequence("candidacy", "consider", candidacy_considered, consideration),)
RECOMMENDED = (Consequence("deputy_appointment", "recommend", recommendation, recommended_person),)
PRESIDES = (Office.deputy_chairman, Office.chairman)

COUNCIL_QUESTION: Procedure[Circumstances] = Procedure(
    name="council_question",
    letter="K",
    chapter="9.2",
    states=State,
    final=("adopted", "not_adopted", "postponed", "removed"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("adopted", without=("open_vote",), norm="9.2c"),
        ForbiddenPath("adopted", without=("close_vote",), norm="9.2c"),
        ForbiddenPath("not_adopted", without=("close_vote",), norm="9.2c"),
    ),
    acts=(
        Transition(
            name="list", source=("new",), by=(Office.deputy_chairman, Office.working_body), norms=("9.2a",), facts=List, keeps=keep,
            guards=(the_meeting_is_ahead_or_open, the_candidacy_may_be_listed, a_recommendation_names_somebody),
            to=(Branch("listed"),),
        ),
        Transition(
            name="open_vote", source=("listed",), by=PRESIDES, norms=("9.2c",),
            guards=(the_meeting_is_open, no_other_vote_is_open, enough_are_present_for_a_candidacy, the_candidacy_is_still_admissible),
            keeps=keep, notes=opened, to=(Branch("voting", writes=(FREEZES_OPENING,)),),
        ),
        Transition(
            name="vote", source=("voting",), by=(Office.council_member,), norms=("9.2c",), facts=Vote, concurrent=True,
            guards=(the_meeting_is_open, the_voter_is_present, no_count_was_entered),
            to=(Branch(SAME, writes=(CASTS,)),),
        ),
        Transition(
            name="enter_count", source=("voting",), by=(Office.working_body,), norms=("9.2c",), facts=EnteredCount,
            guards=(the_meeting_is_open, nobody_has_voted_by_name, no_more_than_are_present),
            to=(Branch(SAME, writes=(ENTERS,)),),
        ),
        Transition(
            name="close_vote", source=("voting",), by=PRESIDES, norms=("9.2c",), keeps=keep, notes=counted,
            to=(
                Branch("adopted", guards=(two_thirds_of_all_are_for,), writes=(FREEZES_CLOSING,), consequences=CONSIDERED + RECOMMENDED),
                Branch("postponed", guards=(a_candidacy_that_could_not_be_decided,), writes=(FREEZES_CLOSING,)),
                Branch("not_adopted", writes=(FREEZES_CLOSING,), consequences=CONSIDERED),
            ),
        ),
        Transition(
            name="remove", source=("listed",), by=(Office.deputy_chairman, Office.consequence), norms=("9.2a",), facts=Because, keeps=keep,
            to=(Branch("removed"),),
        ),
    ),
)  # fmt: skip
