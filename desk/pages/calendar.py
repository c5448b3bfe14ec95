"""The calendar: a month as a page, and feeds that calendar programs fetch by a secret link."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from icalendar import Calendar

from desk.access.calendar_links import end_link, link_made, make_link, reader_of
from desk.door import Door, holds_an_office, let_see, looking
from desk.editions import calendar_moves, moves_answer
from desk.intake import WrongStatus
from desk.pages.events import ONE_DAY, by_day, days_off, events_between, weeks_of
from desk.pages.feeds import feed_of_body, feed_of_person, feed_of_sitting
from desk.pages.page import moment, name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.query import link
from desk.pages.register_lists import ASSEMBLY, COUNCIL, Wanted, bodies_wanted, body_name
from desk.pages.telling import last_day_shown
from desk.pages.visiting import Visitor, Visits, go_to
from desk.problems import wrong
from desk.register import see_register
from desk.titles import titles_of
from machines.procedures import PROCEDURES, procedure_of_number
from machines.standing import standing
from machines.wording import say, shown
from machines.zones import local_day
from models.database import Db

router = APIRouter(include_in_schema=False)

FIRST_YEAR, LAST_YEAR = 1990, 2150
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@router.get("/calendar")
def calendar(request: Request, visitor: Visits, month: str = "", body: str = "") -> Response:
    """Show a month: sittings, polls, deadlines and days off; of everything, or of one body."""
    door: Door = request.app.state.door
    today = local_day(visitor.at, door.book.zone)
    year, number = _month(month, today)
    weeks = weeks_of(year, number)
    first, last = weeks[0][0], weeks[-1][-1]
    with looking(door) as db:
        found = events_between(
            db,
            first,
            last,
            person=visitor.person_id,
            at=visitor.at,
            book=door.book,
            language=visitor.language,
            body=body,
        )
        off = days_off(db, first, last, book=door.book, language=visitor.language)
        bodies = _bodies(db, visitor)
        made = link_made(db, visitor.person_id)
        named = body_name(db, body, visitor.language) if body and bodies else body
    on_days = by_day(found, first, last)
    t = speaker(visitor.language)
    return drawn(
        request, "calendar.html", visitor.language, visitor.at, here="/calendar", month=f"{year}-{number:02d}", body=body, named=named,
        title=t("calendar.month", month=t(f"calendar.month_{number}"), year=year), bodies=bodies, today=today,
        weeks=[[_day(day, number, on_days.get(day, []), off, visitor.language) for day in week] for week in weeks],
        weekdays=[(t(f"calendar.day_{n}"), t(f"calendar.short_{n}")) for n in range(1, 8)],
        before=_beside(year, number, -1, body), after=_beside(year, number, 1, body), this=link("/calendar", {"body": body}),
        made=moment(made, door.book.zone) if made else "", nothing=not any(date.month == number for date in (*on_days, *off)),
    )  # fmt: skip


@router.get("/calendar/moves")
def moves(request: Request, visitor: Visits) -> Response:
    """List the open deadlines that the calendar of now would move, each with the way to decide of it (H05)."""
    door: Door = request.app.state.door
    with looking(door) as db:
        see_register(db, visitor.person_id, visitor.at)
        found = [_move(one, visitor.language) for one in moves_answer(calendar_moves(db, door.book), visitor.language)]
        titles = titles_of(db, (one["case"] for one in found), visitor.language)
        held = standing(db, visitor.person_id, at=visitor.at, book=door.book)
    t, decisions = speaker(visitor.language), PROCEDURES["term_decision"]
    return drawn(
        request, "moves.html", visitor.language, visitor.at, here="/calendar", moves=found, titles=titles,
        crumbs=[("/calendar", t("calendar.title")), ("", t("moves.title"))],
        decisions=[row.name for row in decisions.acts if held.offices(decisions, row)],
    )  # fmt: skip


def _move(one: dict[str, Any], language: str) -> dict[str, Any]:
    known = {"case": one["case"], "deadline": one["name"], "version": one["version"]}
    procedure = procedure_of_number(one["case"])
    return one | {
        "named": name_of("deadline", f"{procedure.name if procedure else ''}.{one['name']}", language), "known": urlencode(known),
        "due": last_day_shown(one["due"]), "would_be": last_day_shown(one["would_be"]),
    }  # fmt: skip


@router.get("/calendar/link")
def show_link(request: Request, visitor: Visits) -> Response:
    """Say whether there is a link, and offer a new one or its end."""
    return _link_page(request, visitor, secret="")


@router.post("/calendar/link")
def renew_link(request: Request, visitor: Visits) -> Response:
    """Make a new link, which is shown on this page and on no other."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        secret = make_link(db, visitor.person_id, language=visitor.language, at=visitor.at)
    return _link_page(request, visitor, secret=secret)


@router.get("/calendar/link/end")
def stop_link_again(_: Visits) -> Response:
    """Lead back whoever comes by an address that only a form is sent to: by the language switch, from signing in."""
    return go_to("/calendar/link")


@router.post("/calendar/link/end")
def stop_link(request: Request, visitor: Visits) -> Response:
    """End the link: whatever still fetches by it is told that there is nothing."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        end_link(db, visitor.person_id)
    return _link_page(request, visitor, secret="")


@router.get("/calendar/me/{secret}.ics")
def fetch_mine(request: Request, secret: str) -> Response:
    """Give a calendar program what concerns the person whose secret it has."""
    door: Door = request.app.state.door
    with looking(door) as db:
        reader = reader_of(db, secret)
        if reader is None:
            raise WrongStatus(404)
        found = feed_of_person(
            db, reader.person, at=door.clock(), book=door.book, language=reader.language, url=_url(request)
        )  # fmt: skip
    return _ics(found)


@router.get("/calendar/me/{secret}/{body}.ics")
def fetch_body(request: Request, secret: str, body: str) -> Response:
    """Give a calendar program what concerns a body, as long as the person whose secret it has holds an office."""
    door: Door = request.app.state.door
    with looking(door) as db:
        reader = reader_of(db, secret)
        if reader is None or not holds_an_office(db, reader.person, door.clock()):
            raise WrongStatus(404)
        return _ics(feed_of_body(db, body, language=reader.language, url=_url(request)))


@router.get("/calendar/bodies/{body}.ics")
def download_body(request: Request, visitor: Visits, body: str) -> Response:
    """Give what concerns a body as a file."""
    with looking(request.app.state.door) as db:
        see_register(db, visitor.person_id, visitor.at)
        return _ics(feed_of_body(db, body, language=visitor.language, url=_url(request)), file=body)


@router.get("/calendar/events/{number}.ics")
def download_sitting(request: Request, visitor: Visits, number: str) -> Response:
    """Give one session or meeting as a file."""
    with looking(request.app.state.door) as db:
        let_see(db, number, visitor.person_id, visitor.at)
        return _ics(feed_of_sitting(db, number, language=visitor.language, url=_url(request)), file=number)


def _link_page(request: Request, visitor: Visitor, *, secret: str) -> Response:
    door: Door = request.app.state.door
    with looking(door) as db:
        made, bodies = link_made(db, visitor.person_id), _bodies(db, visitor)
    t = speaker(visitor.language)
    return drawn(
        request, "calendar_link.html", visitor.language, visitor.at, here="/calendar",
        crumbs=[("/calendar", t("calendar.title")), ("", t("calendar.link"))], made=moment(made, door.book.zone) if made else "",
        address=f"{_url(request)}/calendar/me/{secret}" if secret else "", bodies=bodies,
    )  # fmt: skip


def _bodies(db: Db, visitor: Visitor) -> list[tuple[str, str]]:
    """Name the bodies by which an office holder may choose."""
    if not holds_an_office(db, visitor.person_id, visitor.at):
        return []
    republican = [(body, body_name(db, body, visitor.language)) for body in (ASSEMBLY, COUNCIL)]
    return republican + [(one.body_id, one.name) for one in bodies_wanted(db, Wanted(), language=visitor.language)]


def _day(day: date, month: int, events: list[Any], off: dict[date, str], language: str) -> dict[str, Any]:
    kinds = [
        "other" if day.month != month else "",
        "off" if day in off or day.weekday() > 4 else "",
        "" if events or day in off else "bare",
    ]
    return {
        "day": day, "iso": day.isoformat(), "said": shown(day), "weekday": say(f"register.desk.calendar.day_{day.isoweekday()}", language),
        "events": events, "off": off.get(day, ""), "kinds": " ".join(filter(None, kinds)),
    }  # fmt: skip


def _month(text: str, today: date) -> tuple[int, int]:
    if not text:
        return today.year, today.month
    found = _MONTH.fullmatch(text)
    if not found or not (FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= 12):
        raise wrong("month", "month_expected", f"{text!r}: expected a month such as 2027-04")
    return int(found[1]), int(found[2])


def _beside(year: int, month: int, step: int, body: str) -> str:
    """Return the address of the month before or after."""
    first = date(year, month, 1)
    other = first - ONE_DAY if step < 0 else date(year + month // 12, month % 12 + 1, 1)
    return link("/calendar", {"month": f"{other.year}-{other.month:02d}", "body": body})


def _url(request: Request) -> str:
    url: str = request.app.state.settings.url
    return url.rstrip("/")


def _ics(calendar: Calendar, file: str = "") -> Response:
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    if file:
        headers["Content-Disposition"] = f'attachment; filename="{re.sub(r"[^A-Za-z0-9_-]", "_", file)}.ics"'
    return Response(calendar.to_ical(), media_type="text/calendar; charset=utf-8", headers=headers)
