"""Resolutions: the questions of a session, decided by more than half of those present (items 8.3, 8.4, 3 and 20.2)."""

from enum import StrEnum

from machines.facts import Because, EnteredCount
from machines.procedure import SAME, Branch, ForbiddenPath, Notice, Office, Procedure, Transition
from machines.resolution_guards import (
    Circumstances,
    a_method_was_chosen,
    a_quorum_at_this_moment,
    by_show_of_hands,
    circumstances,
    for_oneself_if_secret,
    more_than_half_are_for,
    no_count_was_entered,
    no_more_than_were_present,
    no_other_vote_is_open,
    not_by_show_of_hands,
    once_if_secret,
    present_now_and_at_the_opening,
    the_session_is_ahead_or_open,
    the_session_is_open,
)
from machines.resolution_votes import (
    CASTS,
    ENTERS,
    FREEZES,
    Dissent,
    List,
    Vote,
    counted,
    identify,
    is_secret,
    keep,
    opened,
    view,
)


class State(StrEnum):
    """The states of a resolution."""

    listed = "listed"
    voting = "voting"
    adopted = "adopted"
    not_adopted = "not_adopted"
    removed = "removed"


CHAIRMAN = (Office.chairman,)

RESOLUTION: Procedure[Circumstances] = Procedure(
    name="resolution",
    letter="Q",
    chapter="8.3, 8.4, 3, 20.2",
    states=State,
    final=("adopted", "not_adopted", "removed"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("adopted", without=("open_vote",), norm="8.3a"),
        ForbiddenPath("adopted", without=("close_vote",), norm="8.3b"),
        ForbiddenPath("not_adopted", without=("close_vote",), norm="8.3b"),
    ),
    acts=(
        Transition(
            name="list", source=("new",), by=(Office.chairman, Office.working_body), norms=("8.4.5",), facts=List, keeps=keep,
            guards=(the_session_is_ahead_or_open,), to=(Branch("listed"),),
        ),
        Transition(
            name="open_vote", source=("listed",), by=CHAIRMAN, norms=("8.3b",), keeps=keep, notes=opened,
            guards=(the_session_is_open, a_quorum_at_this_moment, a_method_was_chosen, no_other_vote_is_open),
            to=(Branch("voting", writes=(FREEZES,)),),
        ),
        Transition(
            name="vote", source=("voting",), by=(Office.member,), norms=("8.3b",), facts=Vote, concurrent=True, secret=is_secret,
            guards=(
                the_session_is_open, not_by_show_of_hands, for_oneself_if_secret, once_if_secret, present_now_and_at_the_opening,
                no_count_was_entered,
            ),
            to=(Branch(SAME, writes=(CASTS,)),),
        ),
        Transition(
            name="enter_count", source=("voting",), by=(Office.working_body,), norms=("8.3b",), facts=EnteredCount,
            guards=(the_session_is_open, by_show_of_hands, no_more_than_were_present), to=(Branch(SAME, writes=(ENTERS,)),),
        ),
        Transition(
            name="close_vote", source=("voting",), by=CHAIRMAN, norms=("8.3b",), keeps=keep, notes=counted, guards=(the_session_is_open,),
            to=(Branch("adopted", guards=(more_than_half_are_for,)), Branch("not_adopted")),
        ),
        Transition(
            name="remove", source=("listed",), by=(Office.chairman, Office.consequence), norms=("8.4.5",), facts=Because, keeps=keep,
            to=(Branch("removed"),),
        ),
        Transition(
            name="dissent", source=("adopted", "not_adopted"), by=(Office.member,), norms=("20.2",), facts=Dissent, keeps=keep,
            to=(Branch(SAME, notices=(Notice("dissented", "working_body"),)),),
        ),
    ),
)  # fmt: skip
