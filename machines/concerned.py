"""Which open cases a new edition of a rule concerns: those of the procedures that look at the rule, opened before its day.

They are listed before it takes effect; whether they keep their rule or follow the new one stands in the edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from machines.entered import Entered
from machines.zones import local_midnight
from models.database import Db, instant

_COUNCIL = ("council_meeting", "council_question", "poll")

# By rule the procedures whose guards and terms look at it; a test holds this to the code.
LOOKS_AT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "deputies.maximum": ("deputy_appointment",),
        "session.notice_months": ("session",),
        "session.quorum": ("session", "resolution"),
        "session.majority": ("session", "resolution"),
        "extraordinary.within_months": ("session",),
        "extraordinary.announce_working_days": ("session",),
        "extraordinary.minimum_notice_days": ("session",),
        "request.share": ("session_request",),
        "request.collection_months": ("session_request",),
        "request.convening_days": ("session_request",),
        "council.majority": _COUNCIL,
        "council.attendance": ("council_meeting", "council_question"),
        "poll.default_days": ("poll",),
        "poll.minimum_working_days": ("poll",),
        "poll.tally_working_days": ("poll",),
        "candidacy.submission_working_days": ("candidacy",),
        "candidacy.approval_days": ("candidacy",),
        "removal.decision_days": ("removal",),
        "removal.task_working_days": ("membership",),
        "removal.reason_min_length": ("removal",),
        "session.notice.mode": ("session",),
        "session.notice.extra_day": ("session",),
        "session.extraordinary.notice_mode": ("session",),
        "session.annual.extraordinary_counts": ("session",),
        "members.officers_are_members": ("session", "resolution", "session_request"),
        "deputies.joint_rule.if_none": ("candidacy", "membership", "removal", "edition", *_COUNCIL),
        "poll.excluded_kinds": ("poll",),
        "poll.reference_moment": ("poll",),
        "candidacy.council_outcome": ("candidacy",),
        "removal.submission.min_submitters": ("removal",),
        "removal.ex_officio.automatic": ("membership",),
        "terms.roll.forward": ("session",),
    }
)


class Concerned(NamedTuple):
    """An open case that an edition concerns, and its deadlines that stand open: they were counted before and stay as they are."""

    number: str
    procedure: str
    state: str
    opened_at: datetime
    zone: str
    deadlines: tuple[tuple[str, datetime | None], ...]


def concerned(db: Db, edition: Entered) -> list[Concerned]:
    """List the open cases that were opened before the edition's day and look at its rule, in the order of their numbers."""
    procedures = LOOKS_AT[edition.rule]
    marks = ", ".join("?" * len(procedures))
    rows = db.all(
        f"SELECT number, procedure, state, opened_at, zone FROM cases WHERE procedure IN ({marks}) AND NOT final"  # noqa: S608
        " AND number <> ? ORDER BY number", *procedures, edition.case,
    )  # fmt: skip
    found = [row for row in rows if instant(row[3]) < local_midnight(edition.since, row[4])]
    due = _deadlines(db, procedures) if found else {}
    return [
        Concerned(number, procedure, state, instant(opened), zone, tuple(due.get(number, ())))
        for number, procedure, state, opened, zone in found
    ]


def _deadlines(db: Db, procedures: tuple[str, ...]) -> dict[str, list[tuple[str, datetime | None]]]:
    marks = ", ".join("?" * len(procedures))
    rows = db.all(
        "SELECT d.number, d.name, d.due_at FROM deadlines d JOIN cases c ON c.number = d.number"  # noqa: S608
        f" WHERE d.state = 'open' AND c.procedure IN ({marks}) AND NOT c.final ORDER BY d.number, d.due_at, d.name", *procedures,
    )  # fmt: skip
    found: dict[str, list[tuple[str, datetime | None]]] = {}
    for number, name, due in rows:
        found.setdefault(number, []).append((name, instant(due) if due else None))
    return found
