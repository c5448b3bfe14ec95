"""What a calendar shows of some days: sittings, last days of polls, deadlines that stand open, and days that are not worked."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from desk.door import holds_an_office
from desk.pages.page import name_of, term_end
from desk.pages.register_lists import ASSEMBLY, COUNCIL
from machines.calendar_names import name_of_day
from machines.calendar_versions import changes
from machines.invitations import CANCELLED, INVITED, TENTATIVE, poll_status, span
from machines.rulebook import Rulebook
from machines.wording import say
from machines.zones import end_of_day, local_day, local_midnight
from models.database import Db, instant

MOST = 600  # deadlines of a month: a page is read by people
ONE_DAY = timedelta(days=1)
SITTING_DEADLINES = ("session.opening", "council_meeting.meeting", "poll.closing")  # the event itself is shown

_SITTINGS = (
    "SELECT number, procedure, state, facts, zone, body FROM cases WHERE procedure IN ('session', 'council_meeting')"
)
_POLLS = "SELECT number, state, facts FROM cases WHERE procedure = 'poll'"
_DEADLINES = """SELECT d.number, d.name, d.due_at, d.zone, d.norm, c.procedure, c.person_id FROM deadlines d
 JOIN cases c ON c.number = d.number WHERE d.state = 'open' AND d.due_at > ? AND d.due_at <= ?%s ORDER BY d.due_at, d.number, d.name
 LIMIT ?"""


class Event(NamedTuple):
    """Something on one day, in words."""

    day: date
    kind: str  # sitting, poll, deadline
    text: str
    about: str
    at: str  # the hour, or empty
    href: str
    tone: str  # late, warn (called off), plain
    last_day: date


def events_between(
    db: Db, first: date, last: date, *, person: str, at: datetime, book: Rulebook, language: str, body: str = ""
) -> list[Event]:  # fmt: skip
    """List what is on these days, day by day; strangers see the deadlines of cases about themselves."""
    sees = holds_an_office(db, person, at)
    found: list[Event] = []
    if sees and body in ("", ASSEMBLY, COUNCIL):
        found += _sittings(db, language, body)
        found += _polls(db, language) if body in ("", COUNCIL) else []
    found = [one for one in found if one.day <= last and one.last_day >= first]
    found += _deadlines(db, first, last, only=None if sees else person, body=body, at=at, book=book, language=language)
    return sorted(found, key=lambda one: (one.day, one.kind != "sitting", one.at, one.text, one.href))


def days_off(db: Db, first: date, last: date, *, book: Rulebook, language: str) -> dict[date, str]:
    """Name the days that are not what their weekday says: feasts, days off that were moved, days that are worked instead."""
    row = db.one("SELECT max(version) FROM calendar_versions")
    calendar = book.calendar_of(db, row[0] if row else None)
    noted = {one.day: one.note for one in reversed(changes(db))}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {
        day: name_of_day(day, calendar.days[day], language, noted.get(day, "")) for day in days if day in calendar.days
    }  # fmt: skip


def _sittings(db: Db, language: str, body: str) -> Iterator[Event]:
    wanted = {"": tuple(INVITED), ASSEMBLY: ("session",), COUNCIL: ("council_meeting",)}[body]
    for number, procedure, state, facts, _, _ in db.all(_SITTINGS):
        told = json.loads(facts)
        if procedure in wanted and state not in INVITED[procedure].drafts and "starts_at" in told:
            yield _sitting(number, procedure, state, INVITED[procedure].status(state), told, language)


def _sitting(number: str, procedure: str, state: str, status: str, told: dict[str, Any], language: str) -> Event:
    begins, ends = span(told)
    place = ", ".join(told[name] for name in ("city", "place") if told.get(name))
    called_off = status == CANCELLED
    marked = [name_of("state", f"{procedure}.{state}", language)] if status in (CANCELLED, TENTATIVE) else []
    return Event(
        begins.date(), "sitting", say(f"invitations.{procedure}", language), " · ".join([*marked, place] if place else marked),
        f"{begins:%H:%M}", f"/cases/{number}", "warn" if called_off else "", ends.date(),
    )  # fmt: skip


def _polls(db: Db, language: str) -> Iterator[Event]:
    for number, state, facts in db.all(_POLLS):
        told, status = json.loads(facts), poll_status(state)
        if status and told.get("closes_on"):
            day = date.fromisoformat(told["closes_on"])
            text = say("register.desk.calendar.poll_ends", language)
            about = f"{told.get('question', '')} · {name_of('state', f'poll.{state}', language)}"
            yield Event(day, "poll", text, about, "", f"/cases/{number}", "warn" if status == CANCELLED else "", day)


def _deadlines(
    db: Db, first: date, last: date, *, only: str | None, body: str, at: datetime, book: Rulebook, language: str
) -> Iterator[Event]:  # fmt: skip
    """List the open deadlines whose last day is one of these: what ends at midnight ends with the day before."""
    condition, values = "", list[str]()
    for column, value in (("c.person_id", only), ("c.body", body)):
        if value:
            condition, values = f"{condition} AND {column} = ?", [*values, value]
    begin, end = local_midnight(first, book.zone), end_of_day(last, zone=book.zone)
    rows = db.all(_DEADLINES % condition, begin, end, *values, MOST)
    for number, name, due, zone, _, procedure, _ in rows:
        if f"{procedure}.{name}" in SITTING_DEADLINES:
            continue
        day = last_day_of(instant(due), zone)
        text = name_of("deadline", f"{procedure}.{name}", language)
        about = f"{number} · {name_of('procedure', procedure, language)}"
        hour = term_end(due, zone).rpartition(" ")[2]
        late = "late" if instant(due) <= at else ""
        yield Event(day, "deadline", text, about, hour, f"/cases/{number}", late, day)


def last_day_of(due: datetime, zone: str) -> date:
    """Return the last day of a term: one that ends at midnight ends with the day before."""
    return local_day(due - timedelta(microseconds=1), zone)


def weeks_of(year: int, month: int) -> list[list[date]]:
    """Return the weeks that a month touches, from Monday to Sunday."""
    first = date(year, month, 1)
    begin = first - timedelta(days=first.weekday())
    following = date(year + month // 12, month % 12 + 1, 1)
    return [
        [begin + timedelta(days=7 * week + n) for n in range(7)] for week in range(((following - begin).days + 6) // 7)
    ]


def by_day(events: Iterable[Event], first: date, last: date) -> dict[date, list[Event]]:
    """Sort events by their days; what lasts several stands on each."""
    found: dict[date, list[Event]] = {}
    for event in events:
        day = max(event.day, first)
        while day <= min(event.last_day, last):
            found.setdefault(day, []).append(event if day == event.day else event._replace(at=""))
            day += ONE_DAY
    return found
