"""A letter as it really goes out: what one must know of the case, the term with how it was counted, and the way to the act."""

import pytest

from flows.mail import Letter
from flows.sweeps import stage_reminders_now
from flows.writing import link_to, write_letter
from machines.outbox import claim_letters
from models import Database
from tests.assembly import Assembly, considered, nominated, submitted
from tests.sittings import announced_session, open_poll, registered_request, seats
from tests.test_flows import silent

DESK = "https://assembly.example"


@pytest.fixture
def assembly(sqlite_database: Database) -> Assembly:
    return Assembly(sqlite_database, council=3)


def letter(assembly: Assembly, template: str, person: str) -> Letter:
    """Write the letter of a template to somebody, in English."""
    with assembly.database.transaction(keep=False) as db:
        db.run("UPDATE people SET language = 'en'")
        waiting = claim_letters(db, assembly.at("2015-01-01 00:00"), limit=10_000)
        found = [each for each in waiting if (each.template, each.to) == (template, person)]
        return write_letter(db, found[-1], desk_url=DESK)


def test_a_letter_tells_what_the_case_says(assembly: Assembly):
    """Day, place and tentative agenda stand in the letter itself (8.1b)."""
    announced_session(assembly)
    body = letter(assembly, "session.announced", "m1").body
    assert "– Starts at: 20.06.2006 10:00 (UTC+6)" in body
    assert "– Agenda: " in body


@pytest.mark.parametrize(
    ("template", "person", "term"),
    [
        ("candidacy.considered", "d1", "– Length in working days: 10."),
        ("candidacy.submitted", "ch", "– Length in calendar days: 30."),
    ],
)
def test_whoever_is_to_act_is_told_until_when_and_how_that_was_counted(
    assembly: Assembly, template: str, person: str, term: str
):
    """At once, not only in the reminder (14.2b, 14.2c)."""
    submitted(assembly)
    body = letter(assembly, template, person).body
    assert "Term: until " in body
    assert term in body


def test_a_poll_says_until_when_it_is_open(assembly: Assembly):
    """And how that was counted (9.3b)."""
    open_poll(assembly)
    assert "How the term was counted:" in letter(assembly, "poll.opened", seats(assembly, 1)[0]).body


def test_a_term_of_another_act_is_not_told(assembly: Assembly):
    """Who nominated has nothing to keep."""
    nominated(assembly)
    assert "Term: until" not in letter(assembly, "candidacy.nominated", "wb").body


# ----------------------------------------------------------------------------------------------------------------- the link


def linked(assembly: Assembly, template: str, person: str) -> str:
    body = letter(assembly, template, person).body
    return next(line for line in body.splitlines() if line.startswith("Case ")).rpartition("/cases/")[2]


def test_a_link_leads_to_the_act_that_is_asked_for(assembly: Assembly):
    """The one that the case waits for, and waits for this reader (14.2b)."""
    case = considered(assembly).number
    assert f"{case}#act-submit" == linked(assembly, "candidacy.considered", "d1")


def test_whoever_has_acted_is_led_to_the_case(assembly: Assembly):
    """The joint act waits for the other deputy alone (14.2b)."""
    case = considered(assembly).number
    assembly.do("d1", "candidacy.submit", case=case, at="2006-05-16 10:00")
    assert case == linked(assembly, "candidacy.considered", "d1")
    assert f"{case}#act-submit" == linked(assembly, "candidacy.considered", "d2")


def test_whoever_has_answered_is_led_to_the_case(assembly: Assembly):
    """A poll waits for those who have not (9.3a)."""
    case = open_poll(assembly).number
    member, other = seats(assembly, 2)
    assembly.do(member, "poll.answer", case=case, at="2010-03-02 10:00", facts={"choice": "for"})
    assert [case, f"{case}#act-answer"] == [linked(assembly, "poll.opened", each) for each in (member, other)]


def test_a_task_leads_to_the_act_that_opens_the_other_case(assembly: Assembly):
    """A request waits for the Chairman to convene a session (8.2b)."""
    case = registered_request(assembly, len(assembly.holding("member"))).number
    assert f"{case}#act-session.convene" == linked(assembly, "session_request.registered", "ch")


def test_a_reminder_leads_to_the_act(assembly: Assembly):
    """The Chairman decides (14.2c)."""
    silent(assembly)
    case = submitted(assembly).number
    stage_reminders_now(assembly.database, assembly.at("2006-06-10 10:00"), assembly.book)
    assert f"{case}#act-approve" == linked(assembly, "reminder.candidacy.approval", "ch")


def test_a_closed_case_is_only_read(assembly: Assembly):
    """Nothing is asked of anybody."""
    case = nominated(assembly).number
    assembly.do("wb", "candidacy.withdraw", case=case, at="2006-04-20 10:00")
    assert case == linked(assembly, "candidacy.nominated", "wb")


def test_a_link_has_one_form():
    """Here, and nowhere else."""
    assert "https://a.example/cases/C-2006-0001#act-approve" == link_to("https://a.example/", "C-2006-0001", "approve")
