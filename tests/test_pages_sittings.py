"""Meetings, sessions and requests as pages: agenda, presence, registration by scanning, the hall, lawful dates beside a form."""

import re

import pytest

from machines.annual_session import first_act
from machines.perform import perform
from machines.wording import LANGUAGES
from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.browsing import Reader, Visit
from tests.sittings import (
    SESSION,
    announced_session,
    convened_meeting,
    convened_session,
    drafted_meeting,
    open_meeting,
    open_session,
    question,
    registered_request,
    registering,
    request,
    resolution,
    vote,
    voting_session,
)

PART = {"HX-Request": "true"}


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly of twelve, of whom six sit in the Council."""
    return Assembly(database, members=12, council=6)


def present(assembly: Assembly, number: str) -> set[str]:
    """Return who is in the hall."""
    rows = assembly.ask("SELECT person_id FROM presences WHERE number = ? AND until IS NULL", number)
    return {row[0] for row in rows}


def test_the_page_of_a_session_says_until_when_it_is_announced(assembly: Assembly) -> None:
    """With how the day was counted, and for whom it waits (8.1b)."""
    number = convened_session(assembly).number
    page = Visit(Desk(assembly), "m1").read(f"/sessions/{number}").text
    assert "To be announced by: 20.05.2006 24:00" in page
    assert "Waits for: Working body (announce the session)" in page
    assert "How it was counted" in page


def test_an_agenda_that_grew_is_marked(assembly: Assembly) -> None:
    """What the announced agenda did not have is named (A14)."""
    case = announced_session(assembly)
    assembly.do("wb", "session.change_agenda", case=case, facts={"agenda": ["Language policy", "Budget"]})
    page = Visit(Desk(assembly), "m1").read(f"/sessions/{case.number}").text
    assert "Budget added after the announcement" in page
    assert "The agenda as announced" in page


def test_registration_takes_a_number_a_membership_or_a_name(assembly: Assembly) -> None:
    """Scanned or typed, each registers that person at once; the field is empty again (8.3a)."""
    number = registering(assembly).number
    visit = Visit(Desk(assembly), "wb")
    for who in ("m1", assembly.number("membership:m2") or "", "m3"):
        done = visit.post(f"/sessions/{number}/registration", {"who": f" {who} "}, 303)
    page = visit.read(done.headers["location"])
    assert {"m1", "m2", "m3"} == present(assembly, number)
    assert "" == page.fields["who"]
    assert "is registered" in page.text


def test_who_is_there_already_is_not_registered_again(assembly: Assembly) -> None:
    """A badge that is read twice leaves one entry."""
    number = registering(assembly, ["m1"]).number
    seq = assembly.seq(number)
    Visit(Desk(assembly), "wb").post(f"/sessions/{number}/registration", {"who": "m1"}, 303)
    assert seq == assembly.seq(number)


def test_a_name_that_fits_several_is_chosen(assembly: Assembly) -> None:
    """Without scripts too: each is a button; what was typed stays."""
    number = registering(assembly).number
    visit = Visit(Desk(assembly), "wb")
    page = Reader(visit.post(f"/sessions/{number}/registration", {"who": "m"}, 422).text)
    assert "who is it?" in page.text
    assert "m" == page.fields["who"]
    visit.post(f"/sessions/{number}/registration", {"person": "m2"}, 303)
    assert {"m2"} == present(assembly, number)


def test_a_word_that_means_nobody_is_said(assembly: Assembly) -> None:
    """And nothing is entered."""
    number = registering(assembly).number
    seq = assembly.seq(number)
    page = Visit(Desk(assembly), "wb").post(f"/sessions/{number}/registration", {"who": "zzz"}, 422).text
    assert "nobody of this number or name" in page
    assert seq == assembly.seq(number)


def test_who_is_no_member_is_refused_with_the_norm(assembly: Assembly) -> None:
    """The law says it, not the page (8.3a)."""
    number = registering(assembly).number
    page = Visit(Desk(assembly), "wb").post(f"/sessions/{number}/registration", {"who": "p:A"}, 409).text
    assert "8.3a" in page
    assert set() == present(assembly, number)


def test_who_was_registered_by_mistake_is_taken_off(assembly: Assembly) -> None:
    """Where the law has it: in a session at once, in a meeting once it is open (8.3a, 9.2c)."""
    session = registering(assembly, ["m1", "m2"]).number
    meeting = convened_meeting(assembly, at="2006-06-20 11:00", starts="2006-06-21 10:00")
    assembly.do("wb", "council_meeting.check_in", case=meeting, facts={"members": ["m1"]})
    visit = Visit(Desk(assembly), "wb")
    visit.post(f"/sessions/{session}/registration", {"person": "m1", "act": "check_out"}, 303)
    assert {"m2"} == present(assembly, session)
    page = visit.read(f"/meetings/{meeting.number}/registration").text
    assert "cannot be taken off yet" in page
    visit.post(f"/meetings/{meeting.number}/registration", {"person": "m1", "act": "check_out"}, 409)


def test_a_script_gets_the_part_that_changed(assembly: Assembly) -> None:
    """The same forms, answered without the page around."""
    number = registering(assembly).number
    visit = Visit(Desk(assembly), "wb")
    headers = {"Cookie": visit.cookie, "Accept": "text/html"} | PART
    answer = visit.client.post(f"/sessions/{number}/registration", data={"who": "m1"}, headers=headers)
    assert (200, True, False) == (answer.status_code, 'id="registered"' in answer.text, "<html" in answer.text)
    hall = visit.client.get(f"/sessions/{number}/hall", headers=headers)
    assert (200, True, False) == (hall.status_code, 'id="hall"' in hall.text, "<html" in hall.text)


def test_only_the_working_body_registers(assembly: Assembly) -> None:
    """Others see who is there and are told who registers."""
    number = registering(assembly, ["m1"]).number
    visit = Visit(Desk(assembly), "m1")
    page = visit.read(f"/sessions/{number}/registration")
    assert "who" not in page.fields
    assert "Working body" in page.text
    visit.post(f"/sessions/{number}/registration", {"who": "m2"}, 403)
    assert {"m1"} == present(assembly, number)


def test_the_hall_shows_the_quorum_and_no_result_before_the_end(assembly: Assembly) -> None:
    """Present of all, what is needed, the vote that is open, results once it is closed (8.3a, 8.3b)."""
    people = assembly.people_in[:9]
    session = open_session(assembly, people, method="roll_call")
    case = voting_session(assembly, session)
    vote(assembly, case, people[:6])
    visit = Visit(Desk(assembly), people[7])
    hall = visit.read(f"/sessions/{session.number}/hall")
    assert "of 12 Needed: 8" in hall.text
    assert "Have voted: 6 of 9" in hall.text
    assert "For 6" not in hall.text
    assert f"/ballots/{case.number}" in hall.links
    assembly.do("ch", "resolution.close_vote", case=case)
    assert "For 6" in visit.read(f"/sessions/{session.number}/hall?big=1").text


@pytest.mark.parametrize("method", ["roll_call", "secret"])
def test_the_hall_is_drawn_anew_when_something_has_happened(assembly: Assembly, method: str) -> None:
    """A vote, in secret too, somebody who leaves, a closing; else a page that has seen the hall is told so, without it."""
    people = assembly.people_in[:9]
    session = open_session(assembly, people, method=method)
    case = voting_session(assembly, session)
    visit = Visit(Desk(assembly), people[7])
    headers = {"Cookie": visit.cookie, "Accept": "text/html"} | PART

    def polled(seen: str) -> tuple[int, str]:
        answer = visit.client.get(
            f"/sessions/{session.number}/hall", params={"big": "1", "seen": seen}, headers=headers
        )
        found = re.search(r"seen=(\w*)", answer.text)
        return answer.status_code, found[1] if found else seen

    _, mark = polled("")
    for happens in (
        lambda: vote(assembly, case, people[:1]),
        lambda: assembly.do("wb", "session.check_out", case=session, facts={"members": [people[8]]}),
        lambda: assembly.do("ch", "resolution.close_vote", case=case),
    ):
        assert (204, mark) == polled(mark)
        happens()
        status, now = polled(mark)
        assert (200, True) == (status, now != mark)
        mark = now
    assert 200 == visit.client.get(f"/sessions/{session.number}/hall?seen={mark}").status_code


def test_the_hall_is_drawn_anew_for_whoever_looks(assembly: Assembly) -> None:
    """Another signs in where the hall stood open: how the first has voted does not stay in sight, though nothing has happened."""
    people = assembly.people_in[:9]
    session = open_session(assembly, people, method="roll_call")
    vote(assembly, voting_session(assembly, session), people[7:8])
    first, second = (Visit(Desk(assembly), person) for person in people[7:])
    hall = f"/sessions/{session.number}/hall"
    drawn = first.client.get(hall, headers={"Cookie": first.cookie} | PART).text
    mark = re.search(r"seen=(\w+)", drawn)[1]
    assert ("You have voted" in drawn, 204) == (
        True, first.client.get(f"{hall}?seen={mark}", headers={"Cookie": first.cookie} | PART).status_code,
    )  # fmt: skip
    anew = second.client.get(f"{hall}?seen={mark}", headers={"Cookie": second.cookie} | PART)
    assert (200, False) == (anew.status_code, "You have voted" in anew.text)


def test_whoever_presides_finds_the_acts_in_the_hall(assembly: Assembly) -> None:
    """Close the vote that is open, and why the session cannot be closed yet."""
    session = open_session(assembly, assembly.people_in[:9], method="roll_call")
    case = voting_session(assembly, session)
    hall = Visit(Desk(assembly), "ch").read(f"/sessions/{session.number}/hall")
    assert f"/cases/{case.number}/acts/close_vote" in hall.links
    assert f"/cases/{session.number}/acts/close" not in hall.links
    assert "item 8.3b" in hall.text


def test_the_hall_says_why_the_next_question_cannot_be_put_to_the_vote(assembly: Assembly) -> None:
    """The session has not chosen yet how it votes (8.3c)."""
    session = open_session(assembly, assembly.people_in[:9])
    case = resolution(assembly, session)
    hall = Visit(Desk(assembly), "ch").read(f"/sessions/{session.number}/hall")
    assert f"/cases/{case.number}/acts/open_vote" not in hall.links
    assert "item 8.3c" in hall.text


def test_the_hall_offers_votes_in_the_order_of_the_agenda(assembly: Assembly) -> None:
    """First what the meeting waits for; that a question is taken off the agenda is rare, and stands last."""
    meeting = open_meeting(assembly, [f"m{n}" for n in range(1, 6)])
    numbers = [question(assembly, meeting, text=text).number for text in ("The plan", "The report")]
    hall = Visit(Desk(assembly), "d1").read(f"/meetings/{meeting.number}/hall")
    acts = [link for link in hall.links if "/acts/" in link]
    opened, removed = ([f"/cases/{number}/acts/{act}" for number in numbers] for act in ("open_vote", "remove"))
    assert [*opened, *removed] == [link for link in acts if link in (*opened, *removed)]


def test_votes_counted_in_the_hall_are_votes(assembly: Assembly) -> None:
    """There are no ballots; what the working body has entered says how many have voted."""
    meeting = open_meeting(assembly, [f"m{n}" for n in range(1, 6)])
    case = question(assembly, meeting, text="The plan")
    desk = Desk(assembly)
    Visit(desk, "d1").act(f"/cases/{case.number}/acts/open_vote")
    Visit(desk, "wb").act(f"/cases/{case.number}/acts/enter_count", **{"for": "4", "against": "1", "abstain": "0"})
    assert "Have voted: 5 of 6" in Visit(desk, "m1").read(f"/meetings/{meeting.number}/hall").text


def test_a_meeting_shows_its_agenda_and_who_signed(assembly: Assembly) -> None:
    """And its hall counts the Council (9.2c, 9.3d)."""
    case = assembly.do("d1", "council_meeting.sign", case=drafted_meeting(assembly))
    question(assembly, case)
    page = Visit(Desk(assembly), "ch").read(f"/meetings/{case.number}").text
    assert "Language policy" in page
    assert "Already done by Sign" in page
    opened = open_meeting(assembly, ["m1"], at="2006-05-11 09:00", starts="2006-05-17 10:00")
    assert "of 6 Needed: 4" in Visit(Desk(assembly), "m12").read(f"/meetings/{opened.number}/hall").text


def test_a_request_counts_its_signatures(assembly: Assembly) -> None:
    """A third of all members; who has signed may withdraw the signature (8.2b)."""
    case = request(assembly, 2)
    desk = Desk(assembly)
    page = Visit(desk, "m1").read(f"/requests/{case.number}")
    assert "Needed: 4 Missing: 2" in page.text
    assert f"/cases/{case.number}/acts/unsign" in page.links
    assert f"/cases/{case.number}/acts/sign" in Visit(desk, "m9").read(f"/requests/{case.number}").links


def test_the_session_that_was_asked_for_is_convened_from_the_request(assembly: Assembly) -> None:
    """The form knows kind, ground, request and questions (8.2b)."""
    case = registered_request(assembly, 4)
    visit = Visit(Desk(assembly), "ch")
    (link,) = [
        link for link in visit.read(f"/requests/{case.number}").links if link.startswith("/open/session/convene")
    ]
    form = visit.read(link)
    assert ("extraordinary", "request", case.number) == tuple(
        form.fields[name] for name in ("kind", "ground", "request")
    )
    assert "Language" == form.fields["agenda"]


def test_the_form_shows_lawful_dates_without_scripts(assembly: Assembly) -> None:
    """A button shows them; the answer keeps what was typed and writes nothing (8.1b)."""
    visit = Visit(Desk(assembly), "ch")
    typed = {"kind": "ordinary", "starts_at": "2006-06-20T10:00", "city": "Astana", "step": "form"}
    page = Reader(visit.post("/open/session/convene", typed).text)
    assert "A session on 20.06.2006 must be announced by 20.05.2006. On the safe side: by 19.05.2006" in page.text
    assert "Astana" == page.fields["city"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=ordinary", "Announced today, an ordinary session may begin on 14.05.2006 or later."),
        ("kind=ordinary&starts_at=2006-05-01T10:00", "had to be announced by 01.04.2006"),
        ("kind=ordinary&starts_at=2006-0", "may begin on"),
        ("kind=extraordinary", "Type the date of the order"),
        ("kind=extraordinary&order.date=2006-04-14", "the session is held from 15.04.2006 to 15.05.2006"),
        ("kind=extraordinary&order.date=2006-04-14&starts_at=2006-05-15T10:00", "15.05.2006 is lawful"),
        ("kind=extraordinary&order.date=2006-04-14&starts_at=2006-05-16T10:00", "16.05.2006 is not lawful"),
        ("kind=extraordinary&order.date=0001-01-01", "Type the date of the order"),
        ("", "Choose the kind"),
    ],
)
def test_lawful_dates_while_one_types(assembly: Assembly, query: str, said: str) -> None:
    """Whatever is typed so far: the same days that `kenes plan` names (8.1b, 8.2c)."""
    assert said in Visit(Desk(assembly), "ch").read(f"/lawful-dates/session/convene?{query}").text


def test_lawful_closings_of_a_poll(assembly: Assembly) -> None:
    """Beside the form that opens it (9.3b)."""
    case = assembly.do("d1", "poll.draft", facts={"kind": "other", "question": "To approve the appeal"})
    page = Visit(Desk(assembly), "wb").read(f"/cases/{case.number}/acts/open").text
    assert "The poll closes on 19.04.2006 at the earliest; if no day is named, on 24.04.2006." in page
    Visit(Desk(assembly), "wb").get("/lawful-dates/session/announce", 404)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_sittings_in_every_language(sqlite_database: Database, language: str) -> None:
    """Convened, announced, under way, over: none fails, whoever looks."""
    assembly = Assembly(sqlite_database, members=12, council=6)
    asked = request(assembly, 3).number
    meeting = convened_meeting(assembly).number
    convened = convened_session(assembly, starts_at="2006-07-20 10:00", last_day="2006-07-21").number
    session = open_session(assembly, assembly.people_in[:9], method="secret")
    resolution(assembly, session)
    paths = ["/sessions", "/meetings", f"/requests/{asked}", f"/sessions/{convened}", f"/sessions/{convened}/hall"]
    paths += [f"/{place}/{number}{more}" for place, number in (("sessions", session.number), ("meetings", meeting))
              for more in ("", "/hall", "/hall?big=1", "/registration")]  # fmt: skip
    for who in ("wb", "ch", "m1"):
        for path in paths:
            Visit(Desk(assembly), who, language).get(path)


def test_the_duty_of_the_year(assembly: Assembly) -> None:
    """Until when a session is opened, and announced at the latest (8.1c, 8.1b)."""
    begin = first_act(assembly.at("2006-04-14 10:00"), assembly.book.zone)
    assert begin is not None
    with assembly.database.transaction() as db:
        number = perform(db, begin, assembly.book).number
    convened_session(assembly)
    page = Visit(Desk(assembly), "ch").read(f"/years/{number}").text
    assert "31.12.2006 24:00" in page
    assert "announced by 30.11.2006" in page
    assert SESSION[:4] in page
    assert "A session in 2006" in Visit(Desk(assembly), "ch").read("/sessions").text
