"""Find the lawful dates of what is only planned: sessions (8.1b, 8.2c) and polls (9.3b).

No rule stands here. A case is supposed, and the guards and terms of its own table are asked, under the rulings of the day
on which it would be opened: what they would refuse is no lawful date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, takewhile
from typing import Any

from machines.calendar import Calendar
from machines.facts import Paper
from machines.poll import POLL
from machines.poll_facts import Open
from machines.poll_guards import Circumstances as CircumstancesOfPoll
from machines.poll_terms import CLOSING
from machines.procedure import NEW, Procedure
from machines.reasons import Reason
from machines.rulebook import Rulebook
from machines.session import SESSION
from machines.session_facts import Announce, Convene, announceable_from
from machines.session_guards import Circumstances as CircumstancesOfSession
from machines.session_terms import ANNOUNCEMENT, HOLD_BY, day_after_the_decision, month_before
from machines.situation import Mandates, Situation
from machines.terms import advise_by, local_midnight, working_days

NOTICE, MONTH, POLLED = "8.1b", "8.2c", "9.3b"
MODE = "session.extraordinary.notice_mode"  # the ruling A02

_ONE_DAY = timedelta(days=1)
_BEGINS = time(10)  # a session is planned by days: at which hour it begins makes no difference
_NOBODY = CircumstancesOfSession(0, frozenset(), 0, (), None, ())
_NO_COUNCIL = CircumstancesOfPoll(frozenset(), frozenset(), frozenset(), frozenset(), {}, {})
_ANNOUNCED = Announce(channel="website")


@dataclass(frozen=True, slots=True)
class Law:
    """By what is counted: the rulebook, and the calendar as it is known now."""

    book: Rulebook
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Announcing:
    """Until when an ordinary session of a day is announced, and the working day to be on the safe side (8.1b, H01)."""

    on: date
    announce_by: date
    advise_by: date
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which an extraordinary session may be held, and which of the two norms it satisfies."""

    date: date
    satisfies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """The days on which an extraordinary session decided on a day may be held (8.1b, 8.2c).

    *ruling* decides where no day satisfies both norms.
    """

    decided: date
    hold_by: date
    days: tuple[Day, ...]
    ruling: str | None
    reasons: tuple[Reason, ...]

    @property
    def both(self) -> tuple[date, ...]:
        """Name the days that satisfy both norms."""
        return tuple(day.date for day in self.days if len(day.satisfies) > 1)


@dataclass(frozen=True, slots=True)
class Closing:
    """The lawful closings of a poll opened on a day, up to the one that stands if none is named; later ones are lawful too."""

    opened: date
    earliest: date
    default: date | None
    days: tuple[date, ...]
    reasons: tuple[Reason, ...]


# ---------------------------------------------------------------------------------------------------------------- sessions


def announcing(law: Law, on: date) -> Announcing:
    """Find the last day on which an ordinary session that begins *on* a day can be convened and announced (8.1b, A01)."""
    count = ANNOUNCEMENT.count(_convened(law, on - _ONE_DAY, "ordinary", on))
    assert count is not None
    day = on - _ONE_DAY if _rulings_change(law, count.last_day, on) else count.last_day
    while not _may_be_announced(_convened(law, day, "ordinary", on)):
        day -= _ONE_DAY
    s = _convened(law, day, "ordinary", on)
    count = ANNOUNCEMENT.count(s)
    assert count is not None
    exactly = s.rulings["session.notice.mode"] == "exactly"
    reasons = [Reason("announce", {"on": on, "day": day}, count.steps)]
    if day < count.last_day:
        reasons.append(Reason("rulings_change", {"day": day}))
    advised = day if exactly else advise_by(count, law.calendar)
    if exactly:
        reasons.append(Reason("exactly", {"day": day}))
    elif advised < day:
        reasons.append(Reason("advise", {"day": day, "advised": advised}))
    return Announcing(on, day, min(day, advised), tuple(reasons))


def holding(law: Law, decided: date) -> Holding:
    """Find the days on which an extraordinary session *decided* on a day may be held (8.1b, 8.2c, A02)."""
    limit = HOLD_BY.count(_convening(law, decided, decided))
    assert limit is not None
    tried = [*_days(decided, limit.last_day)]
    # The later it begins, the more notice is left: what is lawful on a day is lawful on every later one up to the limit.
    span = dropwhile(lambda day: not _may_be_held(law, decided, day), tried)
    kept = frozenset(takewhile(lambda day: _a_month_is_left(law, decided, day), reversed(tried)))
    days = tuple(Day(day, (NOTICE, MONTH) if day in kept else (MONTH,)) for day in span)
    both = [day.date for day in days if NOTICE in day.satisfies]
    reasons = (Reason("hold", {"decided": decided, "day": limit.last_day}, limit.steps), *_notice(law, decided, days))
    return Holding(decided, limit.last_day, days, None if both else "A02", reasons)


def _notice(law: Law, decided: date, days: tuple[Day, ...]) -> Iterator[Reason]:
    """Say of the days what becomes of the month of notice (8.1b, A01, A02)."""
    both = [day.date for day in days if NOTICE in day.satisfies]
    shorter = [day.date for day in days if NOTICE not in day.satisfies]
    s = _convened(law, decided, "extraordinary", decided + _ONE_DAY)
    mode = s.rulings[MODE]
    for day in both:
        count = month_before(_convened(law, decided, "extraordinary", day))
        yield Reason("both", {"on": day, "day": count.last_day, "decided": decided}, count.steps)
    if not both:
        yield Reason(f"none_{mode}", {"ruling": "A02", "decided": decided})
    if shorter and mode == "exempt":
        yield Reason("until_it_begins", {"first": shorter[0], "last": shorter[-1]})
    elif shorter:
        after = day_after_the_decision(s)
        yield Reason("shorter", {"first": shorter[0], "last": shorter[-1], "day": after.last_day}, after.steps)


def _may_be_held(law: Law, decided: date, day: date) -> bool:
    """Say whether the Chairman could convene it and, on the same day, the working body announce it."""
    s = _convening(law, decided, day)
    if _refused(SESSION, s):
        return False
    return not _refused(SESSION, _convened(law, decided, "extraordinary", day))


def _a_month_is_left(law: Law, decided: date, day: date) -> bool:
    s = _convened(law, decided, "extraordinary", day)
    return month_before(s).last_day >= announceable_from(s)


def _may_be_announced(s: Situation[Any]) -> bool:
    """Say whether the session can be announced at the end of the day on which it is convened."""
    last = local_midnight(s.today + _ONE_DAY, s.zone) - timedelta.resolution
    return not _refused(SESSION, s._replace(at=last))


def _rulings_change(law: Law, first: date, last: date) -> bool:
    return any(first < since <= last for since in law.book.changes())


def _convening(law: Law, decided: date, first: date) -> Situation[Any]:
    """Suppose that an extraordinary session is being convened on the day of the decision."""
    given = Convene.model_construct(**_told("extraordinary", decided, first))
    return _supposed(law, SESSION, "convene", NEW, decided, given=given, circumstances=_NOBODY)


def _convened(law: Law, day: date, kind: str, first: date) -> Situation[Any]:
    """Suppose that a session was convened on *day* and is being announced the same day."""
    told = _told(kind, day, first)
    facts = {"kind": kind, "starts_at": told["starts_at"].isoformat(), "order": {"date": day.isoformat()}}
    s = _supposed(law, SESSION, "announce", "convened", day, given=_ANNOUNCED, circumstances=_NOBODY)
    return s._replace(facts=facts)


def _told(kind: str, decided: date, first: date) -> dict[str, Any]:
    return {
        "kind": kind, "ground": "own_initiative", "order": Paper.model_construct(number="", date=decided),
        "starts_at": datetime.combine(first, _BEGINS), "city": "", "place": "", "agenda": [],
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------------- polls


def closing(law: Law, opened: date) -> Closing:
    """Find the lawful closings of a poll *opened* on a day (9.3b, B06)."""
    standard = CLOSING.count(_opening(law, opened, None))
    assert standard is not None
    default = None if _refused(POLL, _opening(law, opened, None)) else standard.last_day
    earliest = opened
    while _refused(POLL, _opening(law, opened, earliest)):
        earliest += _ONE_DAY
    s = _opening(law, opened, earliest)
    needed = s.law("poll.minimum_working_days")
    shortest = working_days(opened, needed, calendar=law.calendar, zone=s.zone)
    reasons = [Reason("poll_earliest", {"day": earliest, "needed": needed}, shortest.steps)]
    if default:
        reasons.append(Reason("poll_default", {"day": default}, standard.steps))
    reasons.append(Reason("poll_later", {}))
    days = tuple(_days(earliest, max(earliest, default or earliest)))
    return Closing(opened, earliest, default, days, tuple(reasons))


def _opening(law: Law, opened: date, closes_on: date | None) -> Situation[Any]:
    """Suppose that a poll is being opened."""
    given = Open(closes_on=closes_on)
    return _supposed(law, POLL, "open", "drafted", opened, given=given, circumstances=_NO_COUNCIL)


# --------------------------------------------------------------------------------------------------- what is only supposed


def _supposed(
    law: Law, procedure: Procedure[Any], act: str, state: str, day: date, *, given: Any, circumstances: Any
) -> Situation[Any]:
    """Suppose a case of which nothing is known but what is given, at the beginning of a day, under the rulings of that day."""
    zone = law.book.zone
    return Situation(
        procedure=procedure.name, act=act, norm=procedure.rows[act].norms[0], state=state, number=None, seq=0, person=None,
        body="", region="", parent=None, about=None, facts={}, joint={}, opened_at=None, given=given, actor="", holder="",
        office="", office_body="", office_region="", document_date=None, at=local_midnight(day, zone), today=day, zone=zone,
        calendar=law.calendar, rulings=law.book.rulings_on(day), mandates=Mandates(), circumstances=circumstances,
        numbers=law.book.numbers_for(day),
    )  # fmt: skip


def _refused(procedure: Procedure[Any], s: Situation[Any]) -> bool:
    """Say whether any guard of the act's own row refuses it."""
    return any(guard.refusals(s) for guard in procedure.rows[s.act].guards)


def _days(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
