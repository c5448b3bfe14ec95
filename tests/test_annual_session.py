"""The standing duty of one session a year: begun, warned of, met or breached by itself (8.1c, A06)."""

from datetime import date, timedelta

import pytest

from machines.annual_session import first_act
from machines.perform import perform
from machines.reminders import stage_reminders
from machines.rulebook import Rulebook
from machines.settle import begin_service
from tests.assembly import Assembly
from tests.sittings import open_session, registering


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine that serves since 14 April 2006."""
    assembly = serving(database)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite."""
    return serving(sqlite_database)


def serving(database, starts="2006-04-14 10:00", **rulings):
    """Return an Assembly whose service has started."""
    overrides = tuple((date(2005, 1, 1), key.replace("__", "."), value) for key, value in rulings.items())
    assembly = Assembly(database, members=9, book=Rulebook(overrides=overrides), starts=starts)
    with database.transaction() as db:
        perform(db, first_act(assembly.now, assembly.book.zone), assembly.book)
    return assembly


def duty(assembly, year):
    """Return the number of a year's duty, or None."""
    found = assembly.ask("SELECT number FROM cases WHERE procedure = 'annual_session' AND body = ?", str(year))
    return found[0][0] if found else None


def extraordinary_session(assembly):
    """Hold an extraordinary session on 15 May 2006."""
    return open_session(
        assembly, assembly.people_in[:6], kind="extraordinary", starts_at="2006-05-15 10:00", at="2006-04-14 10:00"
    )


# --------------------------------------------------------------------------------------------------------------- it begins


def test_the_duty_of_the_current_year_begins_with_the_service(assembly):
    """Its deadline is the end of the year; the clock is who began it (8.1c)."""
    case = duty(assembly, 2006)
    assert ("due", {"year_end": "2007-01-01 00:00"}) == (assembly.state(case), assembly.deadlines(case))
    assert ("clock", "clock") == (assembly.entries(case)[0].actor, assembly.entries(case)[0].office)


def test_before_2003_there_is_no_full_year(sqlite_database):
    """2002 counts from 26 April: the full duty is from 2003 on (A06)."""
    desk = Assembly(sqlite_database, members=3)
    assert first_act(desk.at("2002-12-31 23:59"), desk.book.zone) is None
    assert begin_service(desk.database.transaction, desk.at("2002-12-31 23:59"), desk.book) is None
    assert 2003 == first_act(desk.at("2003-01-01 00:00"), desk.book.zone).facts["year"]


def test_each_year_begins_by_itself(assembly):
    """On 1 January, 00:00, after the breach of the year before; years slept through are caught up in order (8.1c)."""
    done = assembly.sweep("2009-03-01 10:00").done
    years = [("breach", "2007-01-01 00:00"), ("begin", "2007-01-01 00:00"), ("breach", "2008-01-01 00:00"), ("begin", "2008-01-01 00:00"),
             ("breach", "2009-01-01 00:00"), ("begin", "2009-01-01 00:00")]  # fmt: skip
    assert years == [(one.record.act, assembly.local(one.record.effective_at)) for _, one in done]
    states = [assembly.state(duty(assembly, year)) for year in range(2006, 2010)]
    assert ["breached", "breached", "breached", "due"] == states


def test_nobody_begins_meets_or_breaches_it(desk):
    """It is the clock's and the sessions' alone (8.1c)."""
    with desk.forbidden():
        desk.do("ch", "annual_session.begin", facts={"year": 2007})
    for act, office in (("meet", None), ("meet", "consequence"), ("breach", None), ("breach", "clock")):
        for actor in ("ch", "wb", "d1"):
            with desk.forbidden():
                desk.do(actor, f"annual_session.{act}", case=duty(desk, 2006), office=office)


# ----------------------------------------------------------------------------------------------------------- it is warned of


def test_the_officials_are_warned_three_times(assembly):
    """On 1 September, on 30 November (the last day to announce an ordinary session of the year), on 1 December (8.1c)."""
    officials = "chairman deputies working_body"
    expected = [
        (121, "2006-09-01 09:00", officials),
        (31, "2006-11-30 09:00", officials),
        (30, "2006-12-01 09:00", officials),
    ]
    assert expected == assembly.reminders(duty(assembly, 2006), "year_end")
    with assembly.database.transaction() as db:
        stage_reminders(db, assembly.at("2006-09-01 09:00"), assembly.book)
    assert ["ch", "d1", "d2", "wb"] == sorted(assembly.messages("reminder.annual_session.year_end"))


def test_thirty_november_is_the_last_day_to_announce(desk):
    """A session of 31 December may be announced on it, and not on the next day (8.1b, 8.1c)."""
    facts = {"starts_at": "2006-12-31 10:00"}
    case = registering(desk, desk.people_in[:6], at="2006-11-30 23:59", **facts)
    assert "open" == desk.do("ch", "session.open", case=case).state
    assert "met" == desk.state(duty(desk, 2006))


# ------------------------------------------------------------------------------------------------------------- met, breached


def test_a_session_with_a_quorum_meets_it(assembly):
    """Opened, not merely convened or announced; in the same transaction (8.1c, A06)."""
    case = registering(assembly, assembly.people_in[:6])
    assert "due" == assembly.state(duty(assembly, 2006))
    case = assembly.do("ch", "session.open", case=case)
    year = duty(assembly, 2006)
    assert ("met", {"year_end": "closed"}) == (assembly.state(year), assembly.deadlines(year))
    assert f"{case.number}/{case.seq}" == assembly.entries(year)[-1].cause
    assembly.sweep("2007-01-01 00:00")
    assert ("met", "due") == (assembly.state(year), assembly.state(duty(assembly, 2007)))


def test_a_session_without_a_quorum_does_not_meet_it(desk):
    """It was not competent (8.1c, A09)."""
    case = registering(desk, desk.people_in[:5])
    desk.do("ch", "session.declare_not_competent", case=case)
    assert "due" == desk.state(duty(desk, 2006))


def test_the_second_session_of_a_year_changes_nothing(desk):
    """The duty is met already: the consequence finds nothing (8.1c)."""
    for _ in range(2):
        open_session(desk, desk.people_in[:6])
    assert ["begin", "meet"] == desk.acts(duty(desk, 2006))


@pytest.mark.parametrize(("counts", "state"), [(True, "met"), (False, "due")])
def test_whether_an_extraordinary_session_counts_is_a_ruling(sqlite_database, counts, state):
    """By default it does (A06); an ordinary one always."""
    desk = serving(sqlite_database, session__annual__extraordinary_counts=counts)
    extraordinary_session(desk)
    assert state == desk.state(duty(desk, 2006))
    open_session(desk, desk.people_in[:6])
    assert "met" == desk.state(duty(desk, 2006))


def test_a_year_without_a_session_is_a_breach(assembly):
    """At the end of 31 December, by itself; the officials are told (8.1c; edge case D26)."""
    year = duty(assembly, 2006)
    assembly.sweep(assembly.at("2007-01-01 00:00") - timedelta(microseconds=1))
    assert "due" == assembly.state(year)
    assembly.sweep("2007-01-05 10:00")
    assert ("breached", {"year_end": "expired"}) == (assembly.state(year), assembly.deadlines(year))
    assert "2007-01-01 00:00" == assembly.local(assembly.entries(year)[-1].effective_at)
    assert ["ch", "d1", "d2", "wb"] == sorted(assembly.messages("annual_session.breached"))


def test_a_session_opened_next_year_meets_the_next_duty(desk):
    """A session announced for 31 December and opened after midnight is of the new year; the old duty stays breached (8.1c)."""
    case = registering(desk, desk.people_in[:6], starts_at="2006-12-31 10:00", last_day="2007-01-01")
    desk.do("ch", "session.open", case=case, at="2007-01-01 00:00")
    assert ("breached", "met") == (desk.state(duty(desk, 2006)), desk.state(duty(desk, 2007)))


def test_opened_in_the_last_moment_of_the_year(desk):
    """One microsecond before midnight it is met (8.1c)."""
    case = registering(desk, desk.people_in[:6], starts_at="2006-12-31 10:00")
    desk.do("ch", "session.open", case=case, at=desk.at("2007-01-01 00:00") - timedelta(microseconds=1))
    desk.sweep("2007-01-01 00:00")
    assert "met" == desk.state(duty(desk, 2006))
