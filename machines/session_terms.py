"""The deadlines of a session: its announcement, the month of an extraordinary one, its opening (A01, A02, H01, H02)."""

from datetime import date
from typing import Any

from machines import terms
from machines.procedure import Rung, Term, Writes
from machines.session_facts import announceable_from, decided_on, is_extraordinary, starts_at
from machines.situation import Situation
from models.database import Db
from models.entry import Record


def month_before(s: Situation[Any]) -> terms.Count:
    """Count one month back from the first day (8.1b, A01)."""
    months, extra = s.law("session.notice_months"), bool(s.rulings["session.notice.extra_day"])
    return terms.months_back(starts_at(s).date(), months, zone=s.zone, extra_day=extra)


def no_month_is_left(s: Situation[Any]) -> bool:
    """Say whether an extraordinary session leaves no month for its announcement (A02)."""
    if not is_extraordinary(s) or s.rulings["session.extraordinary.notice_mode"] != "prefer_both":
        return False
    return month_before(s).last_day < announceable_from(s)


def day_after_the_decision(s: Situation[Any]) -> terms.Count:
    """Count to the end of the working day that follows the decision (A02)."""
    days = s.law("extraordinary.announce_working_days")
    return terms.working_days(announceable_from(s), days, calendar=s.calendar, zone=s.zone)


def announce_by(s: Situation[Any]) -> terms.Count:
    """Return the last moment to announce the session (8.1b, A01, A02)."""
    if is_extraordinary(s) and s.rulings["session.extraordinary.notice_mode"] == "exempt":
        return terms.at(terms.instant(starts_at(s), s.zone), zone=s.zone)
    return day_after_the_decision(s) if no_month_is_left(s) else month_before(s)


def month_of_the_decision(s: Situation[Any]) -> terms.Count:
    """Count one month from the decision, moved to the next working day (8.2c, A03, H01)."""
    months, roll = s.law("extraordinary.within_months"), str(s.rulings["terms.roll.forward"])
    return terms.months(decided_on(s), months, zone=s.zone, calendar=s.calendar, roll=roll)


def last_lawful_day(s: Situation[Any]) -> date:
    """Return the last day on which an extraordinary session may begin."""
    return month_of_the_decision(s).last_day


def the_start(s: Situation[Any]) -> terms.Count:
    """Count to the start of the session."""
    return terms.at(terms.instant(starts_at(s), s.zone), zone=s.zone)


def _move_opening(db: Db, s: Situation[Any], record: Record) -> None:
    """Let the opening fall due at the new hour of the same day: the announcement stands (8.1b, A14)."""
    if s.given.starts_at is None:
        return
    count = the_start(s)
    db.run(
        "UPDATE deadlines SET due_at = ?, steps = ? WHERE number = ? AND name = 'opening' AND state = 'open'",
        count.due, count.derivation, record.number,
    )  # fmt: skip
    db.run(
        "UPDATE reminders SET at = ? WHERE number = ? AND deadline = 'opening' AND rung = 0 AND settled_at IS NULL",
        count.due, record.number,
    )  # fmt: skip


MOVES_OPENING: Writes[Any] = Writes("moves_the_opening", _move_opening)
ANNOUNCEMENT: Term[Any] = Term(
    "announcement", "limit", "8.1b", announce_by, again=True,
    rungs=(*(Rung(days, "working_body") for days in (14, 7, 3, 1)), Rung(0, "chairman")),
)  # fmt: skip
HOLD_BY: Term[Any] = Term(
    "hold_by", "limit", "8.2c", month_of_the_decision, again=True, when=is_extraordinary,
    rungs=(*(Rung(days, "chairman working_body") for days in (7, 3, 1)), Rung(0, "chairman")),
)  # fmt: skip
OPENING: Term[Any] = Term(
    "opening", "target", "8.1b", the_start, rungs=(*(Rung(days, "members") for days in (14, 3, 1)), Rung(0, "chairman"))
)
