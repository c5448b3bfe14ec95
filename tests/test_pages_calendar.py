"""The calendar: a month as a page, and feeds of what concerns one person, by a secret that can be ended."""

import re
from datetime import date

import pytest
from icalendar import Calendar

from desk.pages.events import weeks_of
from machines.calendar_versions import change
from models.database import Database
from tests.assembly import Assembly, admissible, considered
from tests.pages import Pages

SESSION = {
    "kind": "ordinary", "ground": "own_initiative", "city": "Astana", "place": "Palace", "starts_at": "2006-06-20T10:00",
    "agenda": ["Results"], "order": {"number": "9", "date": "2006-04-14"},
}  # fmt: skip


@pytest.fixture
def pages(database: Database) -> Pages:
    """Lend the pages of an Assembly in office that has a session ahead."""
    assembly = Assembly(database)
    assembly.do("ch", "session.convene", at="2006-04-14 11:00", facts=SESSION)
    return Pages(assembly)


def announced(pages: Pages) -> str:
    """Announce the session."""
    number = pages.assembly.ask("SELECT number FROM cases WHERE procedure = 'session'")[0][0]
    pages.assembly.do(
        "wb",
        "session.announce",
        case=number,
        at="2006-04-17 11:00",
        facts={"channel": "newspaper"},
    )
    return str(number)


def secret_of(pages: Pages, person: str) -> str:
    """Make a link as its reader does, and take it from the page that shows it once."""
    found = re.search(r'value="[^"]*/calendar/me/([\w-]+)\.ics"', pages.send("/calendar/link", person).text)
    assert found
    return found[1]


def events(answer) -> dict[str, dict[str, object]]:
    assert (200, "text/calendar; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    return {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_month_shows_sittings_deadlines_and_days_off(pages: Pages):
    """Each on its day; what ends at midnight ends with the day before."""
    announced(pages)
    page = pages.text("/calendar?month=2006-06")
    assert re.search(r"20.06.2006, Tuesday 10:00 Session", page)
    assert "Palace" in page
    may = pages.text("/calendar?month=2006-05")
    assert "Unity Day" in may or "01.05.2006" in may
    assert 422 == pages.see("/calendar?month=May").status_code
    assert 422 == pages.see("/calendar?month=2006-13").status_code


def test_a_day_off_by_decision_is_named_by_its_reason(pages: Pages):
    """The version of the calendar that made it says why (H05)."""
    with pages.assembly.database.transaction() as db:
        change(db, date(2006, 6, 14), "day_off_moved", actor="wb", at=pages.assembly.now, note="Repairs of the House")
    assert "Repairs of the House" in pages.text("/calendar?month=2006-06")


def test_a_body_has_a_calendar_of_its_own(pages: Pages):
    """Sessions are the Assembly's, cases their bodies'."""
    case = admissible(pages.assembly)
    announced(pages)
    assert "Session" in pages.text("/calendar?month=2006-06&body=assembly").split("Deadlines")[0]
    assert "Palace" not in pages.text("/calendar?month=2006-06&body=council")
    assert case.number not in pages.text("/calendar?month=2006-04&body=assembly")


def test_weeks_begin_on_monday():
    """A month stands in whole weeks."""
    weeks = weeks_of(2006, 5)
    assert (date(2006, 5, 1), date(2006, 6, 4), 5) == (weeks[0][0], weeks[-1][-1], len(weeks))
    assert date(2026, 12, 31) in weeks_of(2026, 12)[-1]


def test_a_link_gives_what_concerns_its_reader(pages: Pages):
    """A member the session, a stranger nothing; the zone is described in the file."""
    announced(pages)
    answer = pages.client.get(f"/calendar/me/{secret_of(pages, 'm1')}.ics")
    (session,) = events(answer).values()
    assert ("CONFIRMED", "2006-06-20T10:00:00") == (
        str(session["status"]),
        session["dtstart"].dt.replace(tzinfo=None).isoformat(),
    )
    assert b"BEGIN:VTIMEZONE" in answer.content
    assert b"ATTENDEE" not in answer.content
    assert {} == events(pages.client.get(f"/calendar/me/{secret_of(pages, 'p:A')}.ics"))


def test_what_waits_for_somebody_stands_in_his_feed_alone(pages: Pages):
    """With its last day; what is done is there no more."""
    case = considered(pages.assembly)
    feeds = {person: f"/calendar/me/{secret_of(pages, person)}.ics" for person in ("d1", "m1")}
    assert [True, False] == [case.number in pages.client.get(feeds[person]).text for person in ("d1", "m1")]
    pages.assembly.do("d1", "candidacy.submit", case=case, at="2006-05-18 11:00")
    assert case.number not in pages.client.get(feeds["d1"]).text


def test_a_session_that_is_called_off_is_called_off_in_calendars(pages: Pages):
    """The same event, newer, cancelled (RFC 5546)."""
    number = announced(pages)
    secret = secret_of(pages, "m1")
    (before,) = events(pages.client.get(f"/calendar/me/{secret}.ics")).values()
    pages.assembly.do(
        "ch",
        "session.cancel",
        case=number,
        at="2006-04-20 11:00",
        facts={"reason": "Illness"},
    )
    (after,) = events(pages.client.get(f"/calendar/me/{secret}.ics")).values()
    assert (before["uid"], "CANCELLED") == (after["uid"], str(after["status"]))
    assert after["sequence"] > before["sequence"]


def test_a_link_is_renewed_and_ended(pages: Pages):
    """The one before is good for nothing any more; only a hash is kept."""
    first, second = secret_of(pages, "m1"), secret_of(pages, "m1")
    assert [404, 200] == [pages.client.get(f"/calendar/me/{one}.ics").status_code for one in (first, second)]
    ((kept,),) = pages.assembly.ask("SELECT hash FROM calendar_links")
    assert second not in kept
    assert second not in pages.see("/calendar/link", "m1").text
    pages.send("/calendar/link/end", "m1")
    assert 404 == pages.client.get(f"/calendar/me/{second}.ics").status_code
    assert 200 == pages.send("/calendar/link/end", "m1").status_code


def test_bodies_and_single_sittings_are_files(pages: Pages):
    """For office holders, by the secret as well; not for strangers."""
    number = announced(pages)
    assert 1 == len(events(pages.see("/calendar/bodies/assembly.ics")))
    assert 1 == len(events(pages.see(f"/calendar/events/{number}.ics")))
    assert 1 == len(events(pages.client.get(f"/calendar/me/{secret_of(pages, 'm1')}/assembly.ics")))
    assert [403, 403] == [
        pages.see(path, "p:A").status_code
        for path in ("/calendar/bodies/assembly.ics", f"/calendar/events/{number}.ics")
    ]
    assert 404 == pages.client.get(f"/calendar/me/{secret_of(pages, 'p:A')}/assembly.ics").status_code
    assert 404 == pages.see("/calendar/bodies/nowhere.ics").status_code
