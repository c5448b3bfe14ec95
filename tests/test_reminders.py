"""Reminders: to those who still have to act, once, whenever they go out."""

import json
from datetime import datetime

import pytest

from machines.reminders import Reminded, Unreminded, stage_reminders
from machines.rulebook import Rulebook
from models import Database
from tests.assembly import Assembly, nomination, paper


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


def considered(assembly: Assembly) -> str:
    """Bring a candidacy before the deputies: their submission is due on 29 May, ten working days after 15 May 2006."""
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    assembly.do("wb", "candidacy.admit", case=case, at="2006-04-17 10:00")
    return assembly.consider(case, at="2006-05-15 10:00").number


def remind(assembly: Assembly, at: str, *, book: Rulebook | None = None) -> list[Reminded | Unreminded]:
    with assembly.database.transaction() as db:
        return stage_reminders(db, assembly.at(at), book or assembly.book)


def reminded(assembly: Assembly) -> list[tuple[str, str]]:
    """Return who was reminded of what."""
    told = "template LIKE 'reminder.%' OR template LIKE 'passed.%'"
    rows = assembly.ask(f'SELECT template, "to" FROM messages WHERE {told} ORDER BY key')
    return [(template, to) for template, to in rows]


def outcomes(assembly: Assembly, case: str) -> dict[int, str]:
    return dict(assembly.ask("SELECT rung, outcome FROM reminders WHERE number = ? AND settled_at IS NOT NULL", case))


def test_nobody_is_reminded_before_the_rung_is_due(assembly: Assembly):
    """Three days before the last day, at nine in the morning (14.2b)."""
    considered(assembly)
    assert [] == remind(assembly, "2006-05-26 08:59")
    assert [] == reminded(assembly)


def test_those_are_reminded_who_still_have_to_act(assembly: Assembly):
    """The deputies submit jointly; who has done so is not reminded (14.2b)."""
    case = considered(assembly)
    assembly.do("d1", "candidacy.submit", case=case, at="2006-05-16 10:00")
    remind(assembly, "2006-05-26 09:00")
    assert [("reminder.candidacy.submission", "d2")] == reminded(assembly)


def test_a_reminder_says_how_long_there_is(assembly: Assembly):
    """The closing instant in local time, the days that are left, the norm, and how it was counted."""
    considered(assembly)
    remind(assembly, "2006-05-26 09:00")
    parameters = json.loads(
        assembly.ask("SELECT parameters FROM messages WHERE template = 'reminder.candidacy.submission'")[0][0]
    )
    assert parameters.pop("steps")
    assert {"due": "2006-05-30T00:00:00+06:00", "zone": "Asia/Almaty", "days": 3, "norm": "14.2b"} == parameters


def test_reminding_twice_tells_once(assembly: Assembly):
    """A second sweep at the same instant finds nothing."""
    considered(assembly)
    assert 1 == len(remind(assembly, "2006-05-26 09:00"))
    assert [] == remind(assembly, "2006-05-26 09:00")
    assert 2 == len(reminded(assembly))


def test_a_message_that_is_there_already_is_not_staged_again(assembly: Assembly):
    """Its key is that of the rung and the person, so that even a reminder that is due once more tells nobody twice."""
    case = considered(assembly)
    remind(assembly, "2006-05-26 09:00")
    with assembly.database.transaction() as db:
        db.run("UPDATE reminders SET settled_at = NULL WHERE number = ? AND rung = 3", case)
    remind(assembly, "2006-05-26 09:05")
    assert 2 == len(reminded(assembly))


def test_missed_rungs_become_one_message(assembly: Assembly):
    """After a stop over several rungs the nearest to the deadline speaks for all."""
    case = considered(assembly)
    remind(assembly, "2006-05-29 12:00")
    assert [("reminder.candidacy.submission", "d1"), ("reminder.candidacy.submission", "d2")] == reminded(assembly)
    assert {3: "merged", 1: "staged"} == outcomes(assembly, case)


def test_a_deadline_that_has_passed_is_told_once(assembly: Assembly):
    """The Chairman is told that the submission is late; nobody is reminded any more of what is past (14.2b)."""
    case = considered(assembly)
    remind(assembly, "2006-06-02 12:00")
    remind(assembly, "2006-06-03 12:00")
    assert [("passed.candidacy.submission", "ch")] == reminded(assembly)
    assert {3: "merged", 1: "merged", 0: "staged"} == outcomes(assembly, case)


def test_a_deadline_that_is_met_reminds_nobody(assembly: Assembly):
    """What was submitted needs no reminder; its own rungs are withdrawn (14.2b)."""
    case = considered(assembly)
    for deputy in ("d1", "d2"):
        assembly.do(deputy, "candidacy.submit", case=case, at="2006-05-16 10:00")
    remind(assembly, "2006-05-30 12:00")
    assert [] == reminded(assembly)
    assert {3: "withdrawn", 1: "withdrawn", 0: "withdrawn"} == outcomes(assembly, case)


def test_an_automatic_deadline_that_has_passed_reminds_nobody(assembly: Assembly):
    """A rung before a deadline has nothing to say once it has passed, even if the clock has not acted yet."""
    case = considered(assembly)
    with assembly.database.transaction() as db:
        db.run("DELETE FROM reminders WHERE number = ? AND rung = 0", case)
    remind(assembly, "2006-06-02 12:00")
    assert [] == reminded(assembly)


def test_one_bad_case_never_stops_the_others(assembly: Assembly):
    """A reminder that raises stays due; the others go out."""
    bad = considered(assembly)
    other = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("p:B"), at="2006-05-15 10:00")
    assembly.do("wb", "candidacy.admit", case=other, at="2006-05-15 10:00")
    assembly.consider(other, at="2006-05-15 10:00")
    with assembly.database.transaction() as db:
        db.run("UPDATE reminders SET audience = 'nobody_knows' WHERE number = ?", bad)
    done = remind(assembly, "2006-05-26 09:00")
    assert [Unreminded, Reminded] == [type(each) for each in done]
    assert 2 == len(reminded(assembly))
    assert {} == outcomes(assembly, bad)


def test_reminders_are_taken_in_batches(assembly: Assembly):
    """A limit takes the oldest; what is left alone does not fill the batch."""
    first = considered(assembly)
    second = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("p:B"), at="2006-05-15 10:00")
    assembly.do("wb", "candidacy.admit", case=second, at="2006-05-15 10:00")
    assembly.consider(second, at="2006-05-15 10:00")
    now = assembly.at("2006-05-26 09:00")
    with assembly.database.transaction() as db:
        place = stage_reminders(db, now, assembly.book, limit=1)[0].reminder.place
    assert first == place[0]
    with assembly.database.transaction(keep=False) as db:
        assert [second.number] == [each.reminder.number for each in stage_reminders(db, now, assembly.book, limit=1)]
    with assembly.database.transaction(keep=False) as db:
        skipped = [each.reminder.number for each in stage_reminders(db, now, assembly.book, limit=1, skip={place})]
        assert [second.number] == skipped


@pytest.mark.postgresql
def test_two_workers_share_the_reminders(postgresql_database: Database):
    """What one has taken the other skips, without waiting."""
    assembly = Assembly(postgresql_database)
    considered(assembly)
    now: datetime = assembly.at("2006-05-29 12:00")
    with assembly.database.transaction() as one:
        assert 1 == len(stage_reminders(one, now, assembly.book))
        with assembly.database.transaction() as another:
            assert [] == stage_reminders(another, now, assembly.book)
    assert 2 == len(reminded(assembly))


def test_approval_is_told_to_the_chairman_again_and_to_the_working_body(assembly: Assembly):
    """Thirty days for the Chairman; past them he is told again, never a decision by silence (14.2c, C09)."""
    case = considered(assembly)
    for deputy in ("d1", "d2"):
        assembly.do(deputy, "candidacy.submit", case=case, at="2006-05-16 10:00")
    remind(assembly, "2006-06-16 09:00")
    assert [("passed.candidacy.approval", "ch"), ("passed.candidacy.approval", "wb")] == reminded(assembly)
    assert "submitted" == assembly.state(case)
    assembly.do("ch", "candidacy.approve", case=case, at="2006-06-16 10:00", facts={"order": paper("2006-06-16")})


def test_a_request_that_lapses_is_told_to_whoever_opened_it(assembly: Assembly):
    """Who opened a request is told once its twelve months have passed without a third (8.2b, A05)."""
    opened = {"questions": ["Language policy"]}
    assembly.do("m1", "session_request.open", at="2006-04-02 09:00", facts=opened)
    assembly.sweep("2007-04-03 06:00")
    remind(assembly, "2007-04-03 06:00")
    remind(assembly, "2007-04-03 06:01")
    assert [("passed.session_request.collection", "m1")] == reminded(assembly)
