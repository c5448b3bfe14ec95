"""Candidacies: from the nomination to the Chairman's decision (items 13.1 and 14 of the Regulation)."""

from enum import StrEnum

from machines.candidacy_facts import (
    Admissions,
    Approve,
    Consider,
    Cure,
    Include,
    Nominate,
    Reject,
    Return,
    Withdraw,
    identify,
    keep,
)
from machines.candidacy_guards import (
    Circumstances,
    another_nomination_is_open,
    circumstances,
    consent_is_given,
    justified_if_another_person,
    later_than_the_returned_decision,
    nomination_norm,
    not_a_member_already,
    recommended_where_the_ruling_asks,
    same_nominating_body,
    same_person,
    some_source_is_in_order,
    starting_membership,
    to_be_a_member,
)
from machines.candidacy_terms import APPROVAL, CONSIDERATION, SUBMISSION
from machines.joint import jointly, not_twice
from machines.procedure import (
    ALL,
    NOMINATING_OFFICES,
    SAME,
    Branch,
    Consequence,
    ForbiddenPath,
    Notice,
    Office,
    Procedure,
    Transition,
)


class State(StrEnum):
    """The states of a candidacy."""

    nominated = "nominated"
    inadmissible = "inadmissible"
    admissible = "admissible"
    considered = "considered"
    submitted = "submitted"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


NOMINATION = ("14.1a", "14.1b")
STARTS_MEMBERSHIP = (Consequence("membership", "start", to_be_a_member, starting_membership),)

CANDIDACY: Procedure[Circumstances] = Procedure(
    name="candidacy",
    letter="C",
    chapter="13, 14",
    states=State,
    final=("approved", "rejected", "withdrawn"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("approved", without=("nominate", "include"), norm="14.1a"),
        ForbiddenPath("approved", without=("admit", "include"), norm="14.1b"),
        ForbiddenPath("approved", without=("consider", "include"), norm="14.2a"),
        ForbiddenPath("approved", without=("submit", "include"), norm="14.2b"),
        ForbiddenPath("approved", without=("approve", "include"), norm="14.2c"),
        ForbiddenPath("considered", without=("admit",), norm="14.1a"),
        ForbiddenPath("submitted", without=("consider",), norm="14.2a"),
        ForbiddenPath("rejected", without=("submit",), norm="14.2d"),
        ForbiddenPath("rejected", without=("reject",), norm="14.2d"),
    ),
    acts=(
        Transition(
            name="nominate", source=("new",), by=NOMINATING_OFFICES, norms=NOMINATION, facts=Nominate, keeps=keep,
            paper_norm=nomination_norm, guards=(not_a_member_already,), warns=(another_nomination_is_open, consent_is_given),
            to=(Branch("nominated", notices=(Notice("nominated", "working_body"),)),),
        ),
        Transition(
            name="support", source=("nominated", "admissible"), by=NOMINATING_OFFICES, norms=NOMINATION, facts=Nominate, keeps=keep,
            paper_norm=nomination_norm, guards=(same_person,), warns=(consent_is_given,),
            to=(Branch(SAME),),
        ),
        Transition(
            name="admit", source=("nominated",), by=(Office.working_body,), norms=NOMINATION, facts=Admissions,
            guards=(some_source_is_in_order,),
            to=(Branch("admissible", opens=(CONSIDERATION,), notices=(Notice("admitted", "nominators"),)),),
        ),
        Transition(
            name="return", source=("nominated",), by=(Office.working_body,), norms=NOMINATION, facts=Return, keeps=keep,
            to=(Branch("inadmissible", notices=(Notice("returned", "nominators"),)),),
        ),
        Transition(
            name="cure", source=("inadmissible",), by=NOMINATING_OFFICES, norms=NOMINATION, facts=Cure, keeps=keep,
            paper_norm=nomination_norm, guards=(same_nominating_body, later_than_the_returned_decision),
            to=(Branch("nominated", notices=(Notice("nominated", "working_body"),)),),
        ),
        Transition(
            name="consider", source=("admissible",), by=(Office.consequence,), norms=("14.2a",), facts=Consider, keeps=keep,
            to=(Branch("considered", closes=("consideration",), opens=(SUBMISSION,), notices=(Notice("considered", "deputies"),)),),
        ),
        Transition(
            name="submit", source=("considered",), by=(Office.deputy_chairman,), norms=("14.2b",), joint=True,
            guards=(not_twice, recommended_where_the_ruling_asks),
            to=jointly(Branch("submitted", closes=("submission",), opens=(APPROVAL,), notices=(Notice("submitted", "chairman"),))),
        ),
        Transition(
            name="approve", source=("submitted",), by=(Office.chairman,), norms=("14.2c",), facts=Approve, keeps=keep,
            guards=(not_a_member_already,),
            to=(Branch("approved", closes=("approval",), consequences=STARTS_MEMBERSHIP, notices=(Notice("approved", "nominators"),)),),
        ),
        Transition(
            name="reject", source=("submitted",), by=(Office.chairman,), norms=("14.2d",), facts=Reject, keeps=keep,
            to=(Branch("rejected", closes=("approval",), notices=(Notice("rejected", "nominators"),)),),
        ),
        Transition(
            name="include", source=("new",), by=(Office.chairman,), norms=("14.2e", "13.1a"), facts=Include, keeps=keep,
            guards=(not_a_member_already, justified_if_another_person),
            to=(Branch("approved", consequences=STARTS_MEMBERSHIP),),
        ),
        Transition(
            name="withdraw", source=("nominated", "inadmissible", "admissible", "considered", "submitted"),
            by=(Office.candidate, Office.nominating_body, Office.working_body, Office.consequence), norms=NOMINATION,
            facts=Withdraw, keeps=keep,
            to=(Branch("withdrawn", closes=(ALL,), notices=(Notice("withdrawn", "nominators working_body"),)),),
        ),
    ),
)  # fmt: skip
