"""Calendars of those invited: what the case says when the letter is written, and never an older word over a newer one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar, Event

from flows.delivery import PostOffice, deliver_messages_now
from flows.mail import Letter
from flows.sweeps import stage_reminders_now
from flows.writing import write_letter
from machines.act import Done
from machines.invitations import INVITED
from machines.letters import audiences_of
from machines.outbox import Waiting
from machines.wording import LANGUAGES
from machines.zones import zone_info
from models import Database, Db
from tests.assembly import Assembly
from tests.receivers import Postbox, mail_server
from tests.sittings import announced_session, convened_meeting, convened_session, drafted_meeting, seats, signed_meeting
from tests.test_flows import KEY, silent

ALMATY = zone_info("Asia/Almaty")


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database, council=3)


@pytest.fixture
def post() -> Iterator[Postbox]:
    with mail_server() as postbox:
        yield postbox


def compose(db: Db, waiting: Waiting) -> Letter:
    return write_letter(db, waiting, desk_url="https://assembly.example")


def delivered(
    assembly: Assembly, post: Postbox, person: str = "m1", at: str = "2007-01-01 10:00"
) -> list[EmailMessage]:
    """Deliver what waits, and return the letters that one person got of it by mail."""
    with assembly.database.transaction() as db:
        db.run("UPDATE people SET email = ? WHERE person_id = ?", f"{person}@assembly.example", person)
    before = len(post.letters)
    where = PostOffice(compose, "https://assembly.example", post.url, key=KEY)
    deliver_messages_now(assembly.database, assembly.at(at), where)
    return [letter for letter in post.letters[before:] if f"{person}@assembly.example" in letter["to"]]


def invited(letter: EmailMessage) -> Event | None:
    """Return the event of a letter; both of its forms say the same, and it is read without any fault."""
    forms = [part for part in letter.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    if not forms:
        return None
    texts = {part.get_payload(decode=True).decode() for part in forms}
    assert (2, 1) == (len(forms), len(texts))
    calendar = Calendar.from_ical(texts.pop())
    assert [] == [error for component in calendar.walk() for error in component.errors]
    assert calendar["method"] == forms[0].get_param("method")
    return calendar.events[0]


def told(letter: EmailMessage) -> tuple[str, int, str]:
    """Return what a calendar is told: its status, its number, and when it begins."""
    event = invited(letter)
    assert event is not None
    return str(event["status"]), int(event["sequence"]), event.start.strftime("%Y-%m-%d %H:%M")


# ----------------------------------------------------------------------------------------------------------------- sessions


def test_a_letter_has_its_calendar_as_mail_programs_understand_it(assembly: Assembly, post: Postbox):
    """A text and a calendar as two forms of one letter, and the calendar as a file beside them (RFC 6047)."""
    announced_session(assembly)
    letter = next(each for each in delivered(assembly, post) if invited(each))
    assert "multipart/mixed" == letter.get_content_type()
    both, file = letter.iter_parts()
    assert "multipart/alternative" == both.get_content_type()
    plain, calendar = both.iter_parts()
    assert ("text/plain", "text/calendar") == (plain.get_content_type(), calendar.get_content_type())
    assert ("REQUEST", "utf-8") == (calendar.get_param("method"), calendar.get_param("charset"))
    assert ("application/ics", "invite.ics") == (file.get_content_type(), file.get_filename())
    raw = file.get_payload(decode=True)
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert 75 >= max(map(len, raw.split(b"\r\n")))


def test_a_calendar_says_when_where_and_for_whom(assembly: Assembly, post: Postbox):
    """With the zone described, the end of the last working day, and nobody else's address (8.1b)."""
    case = announced_session(assembly, last_day="2006-06-21").number
    calendar = next(
        Calendar.from_ical(part.get_payload(decode=True).decode())
        for letter in delivered(assembly, post) for part in letter.walk() if part.get_content_type() == "text/calendar"
    )  # fmt: skip
    event = calendar.events[0]
    assert (datetime(2006, 6, 20, 10, tzinfo=ALMATY), datetime(2006, 6, 21, 18, tzinfo=ALMATY)) == (
        event.start,
        event.end,
    )
    assert "Asia/Almaty" == event["dtstart"].params["TZID"] == calendar.timezones[0]["tzid"]
    assert timedelta(hours=6) == calendar.timezones[0].standard[0]["tzoffsetto"].td  # as it was in 2006
    assert ("mailto:m1@assembly.example", "FALSE") == (str(event["attendee"]), event["attendee"].params["RSVP"])
    assert "mailto:kenes@assembly.example" == str(event["organizer"])
    assert f"https://assembly.example/cases/{case}" == str(event["url"])
    assert str(event["url"]) in event["description"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_speaks_the_reader_s_language(assembly: Assembly, post: Postbox, language: str):
    """As the letter does."""
    with assembly.database.transaction() as db:
        db.run("UPDATE people SET language = ? WHERE person_id = 'm1'", language)
    announced_session(assembly)
    event = next(filter(None, map(invited, delivered(assembly, post))))
    title = {"kk": "Қазақстан халқы Ассамблеясының сессиясы", "ru": "Сессия Ассамблеи народа Казахстана",
             "en": "Session of the Assembly of the People of Kazakhstan"}  # fmt: skip
    assert title[language] == event["summary"]


def session_changed(assembly: Assembly, case: Done | str, act: str, at: str, **facts: Any) -> None:
    assembly.do("wb" if act == "change_hall" else "ch", f"session.{act}", case=case, at=at, facts=facts)


MOVED = {"starts_at": "2006-07-04 11:00", "city": "Almaty", "place": "Palace"}


def test_whatever_changes_is_a_newer_word_on_the_same_entry(assembly: Assembly, post: Postbox):
    """Announced, another hall, moved (not announced yet), announced again, cancelled (8.1a, 8.1b)."""
    case = announced_session(assembly)
    letters = delivered(assembly, post)
    session_changed(assembly, case, "change_hall", "2006-04-18 10:00", place="Hall 2", starts_at="2006-06-20 12:00")
    letters += delivered(assembly, post)
    session_changed(assembly, case, "move", "2006-04-19 10:00", **MOVED)
    letters += delivered(assembly, post)
    assembly.do("wb", "session.announce", case=case, at="2006-04-20 10:00", facts={"channel": "website"})
    letters += delivered(assembly, post)
    session_changed(assembly, case, "cancel", "2006-04-21 10:00", reason="Illness")
    letters += delivered(assembly, post)
    calendars = [letter for letter in letters if invited(letter)]
    assert [
        ("CONFIRMED", 2, "2006-06-20 10:00"), ("CONFIRMED", 3, "2006-06-20 12:00"), ("TENTATIVE", 4, "2006-07-04 11:00"),
        ("CONFIRMED", 5, "2006-07-04 11:00"), ("CANCELLED", 6, "2006-07-04 11:00"),
    ] == [told(letter) for letter in calendars]  # fmt: skip
    assert 1 == len({str(invited(letter)["uid"]) for letter in calendars})


def test_an_older_letter_that_is_written_late_says_nothing_older(assembly: Assembly, post: Postbox):
    """The mail server was away: announcement, move and cancellation go out together, and say the same."""
    case = announced_session(assembly)
    session_changed(assembly, case, "move", "2006-04-19 10:00", **MOVED)
    session_changed(assembly, case, "cancel", "2006-04-21 10:00", reason="Illness")
    calendars = [told(letter) for letter in delivered(assembly, post) if invited(letter)]
    assert [("CANCELLED", 4, "2006-07-04 11:00")] * 3 == calendars


def test_who_was_never_invited_gets_no_cancellation(assembly: Assembly, post: Postbox):
    """A session that is cancelled before it was announced stands in nobody's calendar (8.1a)."""
    case = convened_session(assembly)
    session_changed(assembly, case, "cancel", "2006-04-21 10:00", reason="Illness")
    assert [None] == [invited(letter) for letter in delivered(assembly, post) if case.number in letter["subject"]]


def test_a_reminder_invites_who_has_come_since(assembly: Assembly, post: Postbox):
    """A new member has no other letter about the session; for the others it is the entry that they have (8.1b)."""
    announced_session(assembly)
    delivered(assembly, post)
    stage_reminders_now(assembly.database, assembly.at("2006-06-17 09:00"), assembly.book)
    assert [("CONFIRMED", 2, "2006-06-20 10:00")] == [told(each) for each in delivered(assembly, post) if invited(each)]


# -------------------------------------------------------------------------------------------------- meetings of the Council


def test_a_meeting_that_is_postponed_leaves_the_calendars_until_it_is_convened_anew(assembly: Assembly, post: Postbox):
    """Without the Chairman's consent there is no meeting, and nobody is to come; what is taken back is the old hour (9.3d, 9.3e)."""
    member = seats(assembly, 1)[0]
    case = convened_meeting(assembly)
    letters = delivered(assembly, post, member)
    new = {"starts_at": "2006-05-18 15:00", "place": "Almaty"}
    assembly.do("d1", "council_meeting.postpone", case=case, at="2006-05-12 10:00", facts=new)
    letters += delivered(assembly, post, member)
    for deputy in assembly.holding("deputy_chairman"):
        assembly.do(deputy, "council_meeting.sign", case=case, at="2006-05-12 11:00")
    assembly.do("ch", "council_meeting.agree", case=case, at="2006-05-12 12:00")
    letters += delivered(assembly, post, member)
    found = [told(letter) for letter in letters if invited(letter)]
    assert [
        ("CONFIRMED", "2006-05-16 10:00"),
        ("CANCELLED", "2006-05-16 10:00"),
        ("CONFIRMED", "2006-05-18 15:00"),
    ] == [(status, begins) for status, _, begins in found]
    assert sorted({number for _, number, _ in found}) == [number for _, number, _ in found]


def test_a_meeting_that_was_never_convened_is_taken_from_no_calendar(assembly: Assembly, post: Postbox):
    """It was a draft, or signed (9.3d)."""
    member = seats(assembly, 1)[0]
    for case in (drafted_meeting(assembly), signed_meeting(assembly)):
        assembly.do("d1", "council_meeting.cancel", case=case, at="2006-05-12 10:00", facts={"reason": "No need"})
    letters = delivered(assembly, post, member)
    assert not [letter for letter in letters if invited(letter)]


def test_a_meeting_that_begins_late_is_shown_for_two_hours(assembly: Assembly, post: Postbox):
    """No act says when it ends."""
    member = seats(assembly, 1)[0]
    convened_meeting(assembly, starts="2006-05-16 19:00")
    event = next(filter(None, map(invited, delivered(assembly, post, member))))
    assert timedelta(hours=2) == event.end - event.start


def test_whoever_is_invited_is_told_of_every_change():
    """Invitation, change and cancellation go to one and the same audience."""
    for procedure, each in INVITED.items():
        audiences = {audiences_of(name) for name in each.letters}
        assert 1 == len(audiences), procedure


def test_what_waits_of_the_founding_invites_nobody(assembly: Assembly):
    """Other letters have no calendar."""
    silent(assembly)
    waiting = Waiting(
        "k", "wb", "session.convened", {}, str(convened_session(assembly).number), 1, 0, datetime.now(UTC)
    )
    with assembly.database.transaction(write=False) as db:
        assert None is compose(db, waiting).invitation
