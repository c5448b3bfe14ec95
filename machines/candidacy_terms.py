"""The deadlines of a candidacy (14.2, C06, C08, C09)."""

from typing import Any

from machines import terms
from machines.procedure import Rung, Term
from machines.situation import Situation


def next_meeting(s: Situation[Any]) -> terms.Count | None:
    """The start of the next convened meeting of the Council; without one, open and undated (14.2a)."""
    starts = s.circumstances.next_meeting
    return terms.at(starts, zone=s.zone) if starts else None


def submission_days(s: Situation[Any]) -> terms.Count:
    """Ten working days for the deputies' submission, from the vote (14.2b, C08)."""
    return terms.working_days(s.today, s.law("candidacy.submission_working_days"), calendar=s.calendar, zone=s.zone)


def approval_days(s: Situation[Any]) -> terms.Count:
    """Thirty days for the Chairman; never a decision by silence (14.2c, C09)."""
    return terms.days(s.today, s.law("candidacy.approval_days"), zone=s.zone)


CONSIDERATION: Term[Any] = Term(
    "consideration", "target", "14.2a", next_meeting, rungs=(Rung(0, "deputies working_body"),), again=True, revision=2
)
SUBMISSION: Term[Any] = Term(
    "submission",
    "target",
    "14.2b",
    submission_days,
    rungs=(Rung(3, "deputies_missing"), Rung(1, "deputies_missing"), Rung(0, "chairman")),
)
APPROVAL: Term[Any] = Term(
    "approval", "target", "14.2c", approval_days,
    rungs=(Rung(7, "chairman"), Rung(1, "chairman"), Rung(0, "chairman working_body")),
)  # fmt: skip
