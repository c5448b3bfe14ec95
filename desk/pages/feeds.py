"""Calendars that programs fetch: what concerns one person, what concerns a body, and one sitting alone (RFC 5545)."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from icalendar import Calendar, Event

from desk.inbox import inbox
from desk.pages.events import last_day_of
from desk.pages.page import name_of
from desk.pages.register_lists import ASSEMBLY, COUNCIL, body_name
from machines.icalendar_events import calendar_of, day_event, event_of
from machines.invitations import CANCELLED, INVITED, POLLED, mark_of, poll_status, sitting_of
from machines.refusal import Unknown
from machines.rulebook import Rulebook
from machines.wording import say
from models.database import Db, instant

PUBLISH = "PUBLISH"
MOST = 400  # deadlines of a body

_OFFICES = "SELECT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"
_SITTINGS = "SELECT number FROM cases WHERE procedure = ? ORDER BY number"
_POLLS = """SELECT c.number, c.state, c.facts, c.seq, e.recorded_at FROM cases c JOIN entries e ON e.number = c.number AND e.seq = c.seq
 WHERE c.procedure = 'poll' ORDER BY c.number"""
_DEADLINES = """SELECT d.number, d.name, d.due_at, d.zone, d.opened_seq, d.opened_at, c.procedure FROM deadlines d
 JOIN cases c ON c.number = d.number WHERE d.state = 'open' AND d.due_at IS NOT NULL AND c.body = ? AND NOT c.final
 ORDER BY d.due_at, d.number, d.name LIMIT ?"""
_LAST = "SELECT recorded_at, seq FROM entries WHERE number = ? ORDER BY seq DESC LIMIT 1"
_DUE = "SELECT name, due_at, zone FROM deadlines WHERE number = ? AND state = 'open' AND due_at IS NOT NULL ORDER BY due_at, name"


def feed_of_person(db: Db, person: str, *, at: datetime, book: Rulebook, language: str, url: str) -> Calendar:
    """Write what concerns somebody: sittings that he attends, polls that he answers, and what waits for him with a term."""
    offices = {office for (office,) in db.all(_OFFICES, person, at, at)}
    events: list[Event] = []
    for procedure, invited in INVITED.items():
        if offices & invited.attended_by:
            events += _sittings(db, procedure, language, url)
    if offices & POLLED:
        events += _polls(db, language, url)
    events += _waiting(db, person, at=at, book=book, language=language, url=url)
    return calendar_of(events, method=PUBLISH, name=say("register.desk.calendar.mine", language))


def feed_of_body(db: Db, body: str, *, language: str, url: str) -> Calendar:
    """Write what concerns a body: its sittings, its polls, the open deadlines of its cases."""
    events: list[Event] = []
    if body in (ASSEMBLY, COUNCIL):
        events += _sittings(db, "session" if body == ASSEMBLY else "council_meeting", language, url)
    elif db.one("SELECT 1 FROM bodies WHERE body_id = ?", body) is None:
        raise Unknown("body", body)
    if body == COUNCIL:
        events += _polls(db, language, url)
    events += _deadlines_of(db, body, language, url)
    return calendar_of(events, method=PUBLISH, name=body_name(db, body, language))


def feed_of_sitting(db: Db, number: str, *, language: str, url: str) -> Calendar:
    """Write one sitting; Unknown if nobody was invited to it."""
    found = sitting_of(db, number, language, link=f"{url}/cases/{number}")
    if found is None:
        raise Unknown("case", number)
    return calendar_of([event_of(found)], method=PUBLISH)


def _sittings(db: Db, procedure: str, language: str, url: str) -> Iterator[Event]:
    assert procedure in INVITED
    for (number,) in db.all(_SITTINGS, procedure):
        found = sitting_of(db, number, language, link=f"{url}/cases/{number}")
        if found:
            yield event_of(found)


def _polls(db: Db, language: str, url: str) -> Iterator[Event]:
    """Write the last day of each poll; one that was annulled is taken back."""
    for number, state, facts, seq, since in db.all(_POLLS):
        told: dict[str, Any] = json.loads(facts)
        status = poll_status(state)
        if status and told.get("closes_on"):
            yield day_event(
                f"{number}-{mark_of(db, number)}", date.fromisoformat(told["closes_on"]), since=instant(since), sequence=seq,
                summary=say("register.desk.calendar.poll_ends", language), description=_about(told.get("question", ""), number, url),
                link=f"{url}/cases/{number}", cancelled=status == CANCELLED,
            )  # fmt: skip


def _waiting(db: Db, person: str, *, at: datetime, book: Rulebook, language: str, url: str) -> Iterator[Event]:
    """Write what waits for somebody and has a last day; what is done is in the feed no more."""
    folders = inbox(db, person, at=at, book=book, language=language)
    for folder in ("overdue", "today", "week", "later"):
        for item in folders[folder]["items"]:
            due, last = db.all(_DUE, item["case"]), db.one(_LAST, item["case"])
            if (
                item["due"] and due and last and item["procedure"] != "poll"
            ):  # a poll stands in the feed with its last day
                _, ends, zone = due[0]
                yield day_event(
                    f"{item['case']}-{mark_of(db, item['case'])}-{item['acts'][0]}", last_day_of(instant(ends), zone),
                    since=instant(last[0]), sequence=last[1], summary=f"{item['case']}: {item['reason']}",
                    description=_about(name_of("procedure", item["procedure"], language), item["case"], url),
                    link=f"{url}/cases/{item['case']}",
                )  # fmt: skip


def _deadlines_of(db: Db, body: str, language: str, url: str) -> Iterator[Event]:
    for number, name, due, zone, seq, since, procedure in db.all(_DEADLINES, body, MOST):
        if procedure not in INVITED and procedure != "poll":
            yield day_event(
                f"{number}-{mark_of(db, number)}-{name}", last_day_of(instant(due), zone), since=instant(since), sequence=seq,
                summary=f"{number}: {name_of('deadline', f'{procedure}.{name}', language)}",
                description=_about(name_of("procedure", procedure, language), number, url), link=f"{url}/cases/{number}",
            )  # fmt: skip


def _about(text: str, number: str, url: str) -> str:
    return f"{text}\n\n{number}: {url}/cases/{number}"
