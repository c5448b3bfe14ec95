"""Postal polls of the Council: between its meetings, by two thirds of all its members (items 9.2c, 9.3a and 9.3b)."""

from enum import StrEnum

from machines.facts import Because
from machines.joint import jointly, not_twice
from machines.poll_facts import Answer, Draft, Extend, Open, identify, keep
from machines.poll_guards import (
    Circumstances,
    a_council_member_at_the_opening,
    a_recommendation_names_somebody,
    all_have_answered,
    asked_before_the_closing,
    circumstances,
    enough_working_days,
    kind_may_be_polled,
    later_than_the_closing,
    received_in_time,
    sat_at_the_closing,
    sheets_are_awaited,
    two_thirds_are_for,
)
from machines.poll_terms import CLOSING, TALLY, counted_effectively
from machines.poll_votes import (
    CASTS,
    FREEZES_CLOSING,
    FREEZES_OPENING,
    annulled,
    counted,
    opened,
    recommendation,
    recommended_person,
    view,
)
from machines.procedure import ALL, SAME, Branch, Consequence, ForbiddenPath, Notice, Office, Procedure, Transition


class State(StrEnum):
    """The states of a poll."""

    drafted = "drafted"
    open = "open"
    counting = "counting"
    adopted = "adopted"
    not_adopted = "not_adopted"
    annulled = "annulled"


TELLS_ALL = (Notice("closed", "council deputies working_body"),)

POLL: Procedure[Circumstances] = Procedure(
    name="poll",
    letter="P",
    chapter="9.2, 9.3",
    states=State,
    final=("adopted", "not_adopted", "annulled"),
    circumstances=circumstances,
    identify=identify,
    view=view,
    forbidden_paths=(
        ForbiddenPath("adopted", without=("open",), norm="9.3b"),
        ForbiddenPath("adopted", without=("close",), norm="9.2c"),
        ForbiddenPath("not_adopted", without=("close",), norm="9.2c"),
        ForbiddenPath("annulled", without=("annul",), norm="9.3a"),
    ),
    acts=(
        Transition(
            name="draft", source=("new",), by=(Office.deputy_chairman, Office.chairman), norms=("9.3a",), facts=Draft, keeps=keep,
            guards=(kind_may_be_polled, a_recommendation_names_somebody),
            to=(Branch("drafted", notices=(Notice("drafted", "working_body"),)),),
        ),
        Transition(
            name="open", source=("drafted",), by=(Office.working_body,), norms=("9.3b",), facts=Open, keeps=keep, notes=opened,
            guards=(enough_working_days,),
            to=(Branch("open", opens=(CLOSING,), writes=(FREEZES_OPENING,), notices=(Notice("opened", "council"),)),),
        ),
        Transition(
            name="answer", source=("open", "counting"), by=(Office.council_member,), norms=("9.3a",), facts=Answer, concurrent=True,
            guards=(received_in_time, a_council_member_at_the_opening), entitled=sat_at_the_closing,
            to=(Branch(SAME, writes=(CASTS,)),),
        ),
        Transition(
            name="extend", source=("open",), by=(Office.working_body,), norms=("9.3b",), facts=Extend, keeps=keep,
            guards=(asked_before_the_closing, later_than_the_closing),
            to=(Branch(SAME, opens=(CLOSING,), notices=(Notice("extended", "council"),)),),
        ),
        Transition(
            name="close", source=("open", "counting"), by=(Office.clock, Office.working_body), norms=("9.2c",), keeps=keep, notes=counted,
            guards=(all_have_answered,), effective=counted_effectively,
            to=(
                Branch("counting", guards=(sheets_are_awaited,), closes=("closing",), opens=(TALLY,), writes=(FREEZES_CLOSING,)),
                Branch("adopted", guards=(two_thirds_are_for,), closes=(ALL,), writes=(FREEZES_CLOSING,), notices=TELLS_ALL,
                       consequences=(Consequence("deputy_appointment", "recommend", recommendation, recommended_person),)),
                Branch("not_adopted", closes=(ALL,), writes=(FREEZES_CLOSING,), notices=TELLS_ALL),
            ),
        ),
        Transition(
            name="annul", source=("open", "counting"), by=(Office.deputy_chairman,), norms=("9.3a",), facts=Because, keeps=keep, joint=True,
            notes=annulled, guards=(not_twice,), to=jointly(Branch("annulled", closes=(ALL,), notices=(Notice("annulled", "council"),))),
        ),
    ),
)  # fmt: skip
