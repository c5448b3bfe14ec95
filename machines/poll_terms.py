"""The deadlines of a poll: its closing, and the tally of the sheets that the post still brings (B06, H04)."""

from datetime import date, datetime, timedelta
from typing import Any

from machines import terms
from machines.procedure import Rung, Term
from machines.situation import Situation
from machines.zones import local_day
from models.database import instant


def last_day(s: Situation[Any]) -> date:
    """Return the last day on which an answer counts: the one named, else ten days from the opening (B06)."""
    named: date | None = s.given.closes_on
    return named or s.today + timedelta(days=s.law("poll.default_days"))


def end_of_last_day(s: Situation[Any]) -> terms.Count:
    """Count to 24:00 of the last day (9.3b, H04)."""
    if s.given.closes_on is None:
        return terms.days(s.today, s.law("poll.default_days"), zone=s.zone)
    return terms.on_day(s.given.closes_on, zone=s.zone)


def closing_instant(s: Situation[Any]) -> datetime:
    """Return the closing that stands: the end of the last day that was named, or the instant at which it was closed."""
    if "closed_at" in s.facts:
        return instant(s.facts["closed_at"])
    return terms.end_of_day(closes_on(s), zone=s.zone)


def closes_on(s: Situation[Any]) -> date:
    """Return the last day that stands."""
    if "closes_on" in s.facts:
        return date.fromisoformat(s.facts["closes_on"])
    return local_day(instant(s.facts["opened_at"]), s.zone) + timedelta(days=s.law("poll.default_days"))


def counted_effectively(s: Situation[Any]) -> datetime:
    """Return when the outcome takes effect: at the closing instant, whenever it is counted."""
    return instant(s.facts["closed_at"]) if "closed_at" in s.facts else s.at


def tally_days(s: Situation[Any]) -> terms.Count:
    """Count three working days after the closing (H04)."""
    day = local_day(s.at - timedelta(microseconds=1), s.zone)  # the last day, of which the closing is the end
    return terms.working_days(day, s.law("poll.tally_working_days"), calendar=s.calendar, zone=s.zone)


CLOSING: Term[Any] = Term(
    "closing", "automatic", "9.3b", end_of_last_day, expires="close", again=True,
    rungs=(Rung(5, "unanswered"), Rung(2, "unanswered"), Rung(1, "unanswered")),
)  # fmt: skip
TALLY: Term[Any] = Term(
    "tally", "automatic", "9.3a", tally_days, expires="close", again=True, rungs=(Rung(1, "working_body"),)
)
