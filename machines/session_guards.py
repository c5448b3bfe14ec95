"""The rules of a session: items 8.1 to 8.3, with rulings A01 to A17."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from machines import terms
from machines.procedure import guard
from machines.refusal import Refusal
from machines.session_facts import Convene, SetMethod, decided_on, is_extraordinary, last_day, starts_at
from machines.session_terms import announce_by, last_lawful_day, month_before, no_month_is_left
from machines.sitting import in_office, present
from machines.situation import Situation
from machines.zones import local_day
from models.database import Db, instant

_MOMENT = timedelta(microseconds=1)  # a term that ends at 24:00 ends on the day before that instant


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who is present of how many members, the resolutions that are not settled, the request, and the term of announcing."""

    present: int
    members: frozenset[str]
    total: int
    unsettled: tuple[str, ...]
    request_state: str | None
    questions: tuple[str, ...]
    announce_until: datetime | None = None  # as the open deadline stands; None: no row says it


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Count members and those present, and look up resolutions and request."""
    if isinstance(s.given, Convene):
        state, questions = _request(db, s.given.request)
        return Circumstances(0, frozenset(), 0, (), state, questions)
    if s.act == "change_agenda":
        return Circumstances(0, frozenset(), 0, (), *_request(db, s.about))
    if s.act == "announce":
        return Circumstances(0, frozenset(), 0, (), None, (), _announce_until(db, s))
    if s.act not in ("", "check_in", "open", "declare_not_competent", "set_method", "close"):
        return Circumstances(0, frozenset(), 0, (), None, ())
    counting = members_who_count(db, s)
    members = in_office(db, "member", s.at)
    here = present(db, s.number, "member", s.at) & counting
    rows = db.all(
        "SELECT number FROM cases WHERE parent = ? AND state IN ('listed', 'voting') ORDER BY number", s.number
    )
    until = _announce_until(db, s) if s.act == "" else None
    return Circumstances(len(here), members, len(counting), tuple(row[0] for row in rows), None, (), until)


def members_who_count(db: Db, s: Situation[Any]) -> frozenset[str]:
    """Return the members who count and vote; whether the Chairman and his deputies do is a ruling (A07, A08)."""
    members = in_office(db, "member", s.at)
    if s.rulings["members.officers_are_members"]:
        return members
    return members - {*s.mandates.holders("chairman"), *s.mandates.holders("deputy_chairman")}


def _announce_until(db: Db, s: Situation[Any]) -> datetime | None:
    """Look up how long the session may be announced: until the deadline that was counted, or that somebody has moved (H05)."""
    row = db.one("SELECT due_at FROM deadlines WHERE number = ? AND name = 'announcement' AND state = 'open'", s.number)
    return instant(row[0]) if row else None


def _request(db: Db, number: str | None) -> tuple[str | None, tuple[str, ...]]:
    row = db.one("SELECT state, facts FROM cases WHERE number = ?", number or "")
    return (row[0], tuple(json.loads(row[1])["questions"])) if row else (None, ())


def _beginning(s: Situation[Any]) -> datetime:
    return terms.instant(starts_at(s), s.zone)


@guard(facts=True)
def begins_ahead(s: Situation[Circumstances]) -> Refusal | None:
    """A session begins in the future (8.1b; extraordinary 8.2c)."""
    if _beginning(s) > s.at:
        return None
    numbers = {"starts_on": starts_at(s).date(), "today": s.today}
    return Refusal("8.2c" if is_extraordinary(s) else "8.1b", "session.begins_in_the_past", numbers)


@guard(facts=True)
def within_the_month(s: Situation[Circumstances]) -> list[Refusal]:
    """An extraordinary session begins after the decision and within a month of it (8.2c, A03, H01)."""
    if not is_extraordinary(s):
        return []
    first, decided, last = starts_at(s).date(), decided_on(s), last_lawful_day(s)
    found = []
    if first <= decided:
        found.append(Refusal("8.2c", "session.not_after_the_decision", {"first": first, "decided": decided}))
    if first > last:
        found.append(Refusal("8.2c", "session.after_the_month", {"first": first, "decided": decided, "last": last}))
    return found


@guard(facts=True)
def on_a_registered_request(s: Situation[Circumstances]) -> list[Refusal]:
    """A session on request is extraordinary, and its request is registered (8.2b)."""
    if s.given.ground != "request":
        return []
    found = []
    if s.circumstances.request_state != "registered":
        found.append(Refusal("8.2b", "session.no_registered_request"))
    if not is_extraordinary(s):
        found.append(Refusal("8.2b", "session.request_asks_for_extraordinary"))
    return found


@guard(facts=True, revision=2)
def requested_questions_are_on_the_agenda(s: Situation[Circumstances]) -> Refusal | None:
    """The requested questions stand on the agenda; others may be added (8.2b, A17)."""
    questions = s.circumstances.questions if s.given.ground == "request" else ()
    missing = [question for question in questions if question not in s.given.agenda]
    return Refusal("8.2b", "session.requested_question_missing", {"questions": missing}) if missing else None


@guard(facts=True)
def requested_questions_stay_on_the_agenda(s: Situation[Circumstances]) -> Refusal | None:
    """The agenda is tentative until the session adopts it, but what members asked for is missed on it (8.2b, A14, A17)."""
    missing = [question for question in s.circumstances.questions if question not in s.given.agenda]
    return Refusal("8.2b", "session.requested_question_dropped", {"questions": missing}) if missing else None


@guard(facts=True)
def last_day_not_before_the_first(s: Situation[Circumstances]) -> Refusal | None:
    """A session does not end before it begins (8.1b)."""
    if last_day(s) >= starts_at(s).date():
        return None
    return Refusal("8.1b", "session.ends_before_it_begins", {"first": starts_at(s).date(), "last": last_day(s)})


@guard(facts=True)
def ends_within_the_month(s: Situation[Circumstances]) -> Refusal | None:
    """An extraordinary session may end after the month, with a warning (8.2c, A16)."""
    if not is_extraordinary(s) or last_day(s) <= last_lawful_day(s):
        return None
    return Refusal("8.2c", "session.ends_after_the_month", {"ends": last_day(s), "last": last_lawful_day(s)})


@guard(revision=3)
def announced_in_time(s: Situation[Circumstances]) -> Refusal | None:
    """A session is announced a month before its first day (8.1b, A01, H02); an extraordinary one as ruled (A02).

    The term is the one that stands: another calendar moves it only when somebody decides so (H05).
    """
    until = s.circumstances.announce_until or announce_by(s).due
    if s.at < until:
        return None
    last = local_day(until - _MOMENT, s.zone)
    if no_month_is_left(s):
        return Refusal("8.1b", "session.announced_too_late_extraordinary", {"last": last, "today": s.today})
    numbers = {"last": last, "today": s.today, "first": starts_at(s).date(), "earliest": _earliest(s)}
    return Refusal("8.1b", "session.announced_too_late", numbers)


def _earliest(s: Situation[Any]) -> date:
    """Return the first day on which a session announced today may begin."""
    months, extra = s.law("session.notice_months"), bool(s.rulings["session.notice.extra_day"])
    day = terms.add_months(s.today, months)
    while terms.months_back(day, months, zone=s.zone, extra_day=extra).last_day < s.today:
        day = date.fromordinal(day.toordinal() + 1)
    return day


@guard()
def not_announced_too_early(s: Situation[Circumstances]) -> Refusal | None:
    """Under the ruling `exactly` a session is announced on the very day a month before (8.1b, A01)."""
    last = month_before(s).last_day
    if s.rulings["session.notice.mode"] != "exactly" or is_extraordinary(s) or s.today >= last:
        return None
    return Refusal("8.1b", "session.announced_too_early", {"day": last, "today": s.today})


@guard()
def a_month_of_notice(s: Situation[Circumstances]) -> Refusal | None:
    """An extraordinary session with less than a month of notice may be announced, with a warning (8.1b, A02)."""
    if not no_month_is_left(s):
        return None
    return Refusal("8.1b", "session.less_than_a_month", {"first": starts_at(s).date(), "today": s.today})


@guard()
def ten_days_of_notice(s: Situation[Circumstances]) -> Refusal | None:
    """Less than ten days of notice is warned of (8.1b, A02)."""
    days, needed = (starts_at(s).date() - s.today).days, s.law("extraordinary.minimum_notice_days")
    if not no_month_is_left(s) or days >= needed:
        return None
    return Refusal("8.1b", "session.few_days_of_notice", {"days": days, "needed": needed})


@guard(facts=True)
def the_same_day(s: Situation[Circumstances]) -> Refusal | None:
    """Another hall or hour is of the same day; another day is a move (8.1b, A14)."""
    day = datetime.fromisoformat(s.facts["starts_at"]).date()
    if s.given.starts_at is None or s.given.starts_at.date() == day:
        return None
    return Refusal("8.1b", "session.another_day", {"day": day, "asked": s.given.starts_at.date()})


@guard()
def the_first_day_has_come(s: Situation[Circumstances]) -> Refusal | None:
    """Registration begins on the first day (8.1b)."""
    first = starts_at(s).date()
    return Refusal("8.1b", "session.before_its_day", {"first": first, "today": s.today}) if s.today < first else None


@guard(facts=True)
def all_are_members(s: Situation[Circumstances]) -> Refusal | None:
    """Only members are counted as present (8.3a)."""
    others = [person for person in s.given.members if person not in s.circumstances.members]
    return Refusal("8.3a", "session.not_members", {"people": others}) if others else None


def quorum_numbers(s: Situation[Circumstances]) -> Mapping[str, int]:
    """Return who is present of how many, and how many are needed (8.3a)."""
    total = s.circumstances.total
    return {
        "present": s.circumstances.present,
        "total": total,
        "needed": s.share("session.quorum").needed(total),
    }


def has_quorum(s: Situation[Circumstances]) -> bool:
    """Say whether two thirds of all members are present (8.3a)."""
    return s.share("session.quorum").reached(s.circumstances.present, s.circumstances.total)


@guard()
def a_quorum(s: Situation[Circumstances]) -> Refusal | None:
    """A session is competent with two thirds of all members (8.3a, A07, A09, A10)."""
    return None if has_quorum(s) else Refusal("8.3a", "session.no_quorum", dict(quorum_numbers(s)))


@guard()
def no_quorum(s: Situation[Circumstances]) -> Refusal | None:
    """A session with a quorum is not declared not competent (8.3a)."""
    return Refusal("8.3a", "session.there_is_a_quorum", dict(quorum_numbers(s))) if has_quorum(s) else None


@guard()
def not_after_the_last_day(s: Situation[Circumstances]) -> Refusal | None:
    """A session is opened on one of the announced days (8.1b, A09)."""
    last = last_day(s)
    return Refusal("8.1b", "session.after_its_last_day", {"last": last, "today": s.today}) if s.today > last else None


@guard(facts=True, revision=2)
def more_than_half_want_the_method(s: Situation[Circumstances]) -> list[Refusal]:
    """The session chooses how it votes, itself by more than half of those present (8.3b, 8.3c, A12)."""
    told: SetMethod = s.given
    votes, here, majority = sum(told.counts.values()), s.circumstances.present, s.share("session.majority")
    too_many = {"votes": votes, "present": here}
    too_few = {"for": told.for_, "present": here, "needed": majority.needed(here)}
    return [
        *([Refusal("8.3b", "vote.more_than_present_in_the_hall", too_many)] if votes > here else ()),
        *([Refusal("8.3b", "vote.not_more_than_half", too_few)] if not majority.reached(told.for_, here) else ()),
    ]


@guard()
def every_resolution_is_settled(s: Situation[Circumstances]) -> Refusal | None:
    """A session is closed when every resolution is settled (8.3b)."""
    open_ones = s.circumstances.unsettled
    return Refusal("8.3b", "session.resolutions_open", {"cases": list(open_ones)}) if open_ones else None
