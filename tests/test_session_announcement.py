"""The announcement of a session: one month counted back, and what is left of it for an extraordinary one (8.1b, A01, A02)."""

from datetime import date, timedelta

import pytest

from machines.refusal import Refused
from machines.rulebook import Rulebook
from tests.assembly import Assembly, paper
from tests.sittings import announced_session, convened_session, extraordinary

WEBSITE = {"channel": "website"}


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine."""
    assembly = Assembly(database, members=9)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=9)


def ruled(database, *overrides):
    """Return an Assembly under other rulings."""
    return Assembly(
        database, members=9, book=Rulebook(overrides=tuple((date(2005, 1, 1), key, value) for key, value in overrides))
    )


def convene(assembly, facts, at="2006-04-14 10:00"):
    return assembly.do("ch", "session.convene", at=at, facts=facts)


def announce(assembly, case, at):
    assembly.now = assembly.at(at)
    return assembly.do("wb", "session.announce", case=case, facts=WEBSITE)


def codes(done):
    return [warning.code for warning in done.warnings]


# --------------------------------------------------------------------------------------------------------------- ordinary


def test_the_working_body_announces(assembly):
    """Members are told; the day of opening is set, with reminders to them (8.1b, A14)."""
    case = convened_session(assembly)
    with assembly.forbidden():
        assembly.do("ch", "session.announce", case=case, facts=WEBSITE)
    with assembly.wrong_facts("channel"):
        assembly.do("wb", "session.announce", case=case, facts={"channel": "rumour"})
    case = assembly.do("wb", "session.announce", case=case, facts=WEBSITE)
    assert ("announced", {"announcement": "closed", "opening": "2006-06-20 10:00"}) == (
        case.state,
        assembly.deadlines(case),
    )
    assert sorted(assembly.holding("member")) == sorted(assembly.messages("session.announced"))
    rungs = [(days, f"2006-06-{20 - days:02} 09:00", "members") for days in (14, 3, 1)]
    assert [*rungs, (0, "2006-06-20 10:00", "chairman")] == assembly.reminders(case, "opening")
    with assembly.refused("8.1b", codes=["state.comes_later"]):  # a move would have to come first
        assembly.do("wb", "session.announce", case=case, facts=WEBSITE)


def test_the_last_moment_to_announce(desk):
    """The same-numbered day of the month before, until 24:00; not at it (8.1b, A01, H02)."""
    first, second = convened_session(desk), convened_session(desk)
    last = desk.at("2006-05-21 00:00") - timedelta(microseconds=1)
    assert "announced" == announce(desk, first, last).state
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        announce(desk, second, "2006-05-21 00:00")
    assert "2006-05-21 00:00" == desk.deadlines(second)["announcement"]  # a limit passes, and nothing is done by itself


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2007-03-31", "2007-02-28"), ("2008-03-31", "2008-02-29"), ("2008-03-30", "2008-02-29"), ("2007-03-28", "2007-02-28"),
        ("2006-12-31", "2006-11-30"), ("2007-01-15", "2006-12-15"), ("2006-07-31", "2006-06-30"), ("2006-10-31", "2006-09-30"),
    ],
)  # fmt: skip
def test_the_month_back_from_long_months(desk, first, last):
    """No such day in the month before: its last one; never moved for days off (8.1b, H01, H02; edge case D1)."""
    case = convened_session(desk, starts_at=f"{first} 10:00")
    day_after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    assert f"{day_after} 00:00" == desk.deadlines(case)["announcement"]
    with desk.refused("8.1b"):
        announce(desk, case, f"{day_after} 00:00")
    other = convened_session(desk, starts_at=f"{first} 10:00")
    assert "announced" == announce(desk, other, f"{last} 23:59").state


@pytest.mark.parametrize(("extra_day", "earliest"), [(False, date(2006, 6, 30)), (True, date(2006, 7, 1))])
def test_the_remedy_names_a_lawful_day(sqlite_database, extra_day, earliest):
    """A refusal says on which day a session announced today may begin: with the extra day one later (8.1b, A01)."""
    desk = ruled(sqlite_database, ("session.notice.extra_day", extra_day))
    case = convened_session(desk, starts_at="2006-06-15 10:00")
    desk.now = desk.at("2006-05-30 10:00")
    with desk.unanswered(Refused) as caught:
        desk.do("wb", "session.announce", case=case, facts=WEBSITE)
    assert earliest == caught[0].refusals[0].numbers["earliest"]
    moved = {"starts_at": f"{earliest} 10:00", "city": "Astana", "place": "Palace of Peace"}
    case = desk.do("ch", "session.move", case=case, facts=moved)
    assert "announced" == desk.do("wb", "session.announce", case=case, facts=WEBSITE).state


def test_the_extra_day_is_a_ruling(sqlite_database):
    """A full month must lie between: the nineteenth for the twentieth (8.1b, A01)."""
    desk = ruled(sqlite_database, ("session.notice.extra_day", True))
    case = convened_session(desk)
    assert "2006-05-20 00:00" == desk.deadlines(case)["announcement"]
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        announce(desk, case, "2006-05-20 00:00")


def test_exactly_a_month_is_a_ruling(sqlite_database):
    """Under `exactly` not before that very day, nor after it (8.1b, A01)."""
    desk = ruled(sqlite_database, ("session.notice.mode", "exactly"))
    first, second = convened_session(desk), convened_session(desk)
    with desk.refused("8.1b", codes=["session.announced_too_early"]):
        announce(desk, first, "2006-05-19 23:59")
    assert "announced" == announce(desk, first, "2006-05-20 00:00").state
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        announce(desk, second, "2006-05-21 00:00")


def test_a_session_keeps_the_ruling_under_which_it_was_convened(sqlite_database):
    """A ruling switched later is for sessions convened from that day on (A01)."""
    book = Rulebook(overrides=((date(2006, 4, 20), "session.notice.mode", "exactly"),))
    desk = Assembly(sqlite_database, members=9, book=book)
    before = convened_session(desk)
    after = convened_session(desk, at="2006-04-20 10:00")
    assert "announced" == announce(desk, before, "2006-04-21 10:00").state
    with desk.refused("8.1b"):
        announce(desk, after, "2006-04-21 10:00")


# --------------------------------------------------------------------------------------------------------------- agenda


def test_the_announced_agenda_is_kept_and_later_points_are_marked(assembly):
    """The agenda is tentative: it may change, what was announced stays on record (8.1b, A14; edge case F5)."""
    case = assembly.do(
        "wb", "session.change_agenda", case=convened_session(assembly), facts={"agenda": ["Language policy", "Budget"]}
    )
    assert [] == assembly.facts(case)["added"]
    case = assembly.do("wb", "session.announce", case=case, facts=WEBSITE)
    case = assembly.do("ch", "session.change_agenda", case=case, facts={"agenda": ["Awards", "Budget", "Culture"]})
    facts = assembly.facts(case)
    assert ["Awards", "Budget", "Culture"] == facts["agenda"]
    assert ["Language policy", "Budget"] == facts["announced"]["agenda"]
    assert ["Awards", "Culture"] == facts["added"]
    with assembly.forbidden():
        assembly.do("d1", "session.change_agenda", case=case, facts={"agenda": ["Awards"]})


# ---------------------------------------------------------------------------------------------------------- extraordinary


def test_a_month_that_can_be_kept_is_kept(desk):
    """Where the first day less a month is not before the decision, 8.1b is a limit as always (A02)."""
    case = convene(desk, extraordinary(starts_at="2006-05-15 10:00"))
    assert "2006-04-16 00:00" == desk.deadlines(case)["announcement"]
    other = convene(desk, extraordinary(starts_at="2006-05-15 10:00"))
    assert [] == codes(announce(desk, case, "2006-04-15 23:59"))
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        announce(desk, other, "2006-04-16 00:00")


def test_on_the_very_day_of_the_decision_there_is_a_month(desk):
    """The first day less a month is the day of the decision: a month is left, that day until 24:00 (A02)."""
    case = convene(desk, extraordinary(starts_at="2006-05-14 10:00"))
    assert "2006-04-15 00:00" == desk.deadlines(case)["announcement"]
    assert [] == codes(announce(desk, case, "2006-04-14 23:59"))


@pytest.mark.parametrize(
    ("first", "at", "warned"),
    [
        ("2006-05-13", "2006-04-14 10:00", ["session.less_than_a_month"]),
        ("2006-05-13", "2006-04-17 23:59", ["session.less_than_a_month"]),
        ("2006-04-27", "2006-04-17 10:00", ["session.less_than_a_month"]),
        ("2006-04-26", "2006-04-17 10:00", ["session.less_than_a_month", "session.few_days_of_notice"]),
        ("2006-04-20", "2006-04-17 10:00", ["session.less_than_a_month", "session.few_days_of_notice"]),
    ],
)
def test_without_a_month_it_is_announced_at_once(desk, first, at, warned):
    """Until the end of the working day after the decision, a Monday; less than ten days are warned of too (A02)."""
    case = convene(desk, extraordinary(starts_at=f"{first} 10:00"))
    assert "2006-04-18 00:00" == desk.deadlines(case)["announcement"]
    done = announce(desk, case, at)
    assert ("announced", warned) == (done.state, codes(done))
    assert {"8.1b"} == {warning.norm for warning in done.warnings}


def test_after_the_working_day_that_follows_it_is_too_late(desk):
    """Then 8.1b refuses; only a move or a new session helps (A02)."""
    case = convene(desk, extraordinary(starts_at="2006-05-13 10:00"))
    with desk.refused("8.1b", codes=["session.announced_too_late_extraordinary"]):
        announce(desk, case, "2006-04-18 00:00")


def test_after_a_move_the_announcement_runs_from_the_move(desk):
    """The working day after the day of the move (A02)."""
    case = convene(desk, extraordinary(starts_at="2006-05-10 10:00"))
    moved = {"starts_at": "2006-05-11 10:00", "city": "Almaty", "place": "Theatre"}
    case = desk.do("ch", "session.move", case=case, at="2006-04-19 10:00", facts=moved)
    assert "2006-04-21 00:00" == desk.deadlines(case)["announcement"]
    assert "announced" == announce(desk, case, "2006-04-20 23:59").state


@pytest.mark.parametrize("decided", ["2007-01-31", "2007-03-30", "2007-08-31"])
def test_at_the_end_of_long_months_no_month_is_left(desk, decided):
    """Whatever day is chosen, the month before it lies before the decision: it is announced at once (A02; edge case D2)."""
    day = date.fromisoformat(decided)
    for offset in range(1, 28):
        first = day + timedelta(days=offset)
        case = convene(desk, extraordinary(order=paper(decided), starts_at=f"{first} 10:00"), at=f"{decided} 10:00")
        assert "session.less_than_a_month" in codes(announce(desk, case, f"{decided} 10:00"))


def test_exempt_an_extraordinary_session_may_be_announced_until_it_begins(sqlite_database):
    """Under `exempt` the month of 8.1b does not concern extraordinary sessions (A02)."""
    desk = ruled(sqlite_database, ("session.extraordinary.notice_mode", "exempt"))
    case = convene(desk, extraordinary())
    assert "2006-05-15 10:00" == desk.deadlines(case)["announcement"]
    done = announce(desk, case, "2006-05-15 09:59")
    assert ("announced", []) == (done.state, codes(done))
    assert "2006-05-21 00:00" == desk.deadlines(convened_session(desk, at="2006-05-15 10:00"))["announcement"]


def test_strict_both_norms_are_limits(sqlite_database):
    """Under `strict` an extraordinary session without a month of notice cannot be announced (A02)."""
    desk = ruled(sqlite_database, ("session.extraordinary.notice_mode", "strict"))
    case = convene(desk, extraordinary(starts_at="2006-05-13 10:00"))
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        announce(desk, case, "2006-04-14 10:00")
    case = convene(desk, extraordinary(starts_at="2006-05-14 10:00"))
    assert [] == codes(announce(desk, case, "2006-04-14 10:01"))


# ------------------------------------------------------------------------------------------------- the first day has come


def test_registration_begins_on_the_first_day(desk):
    """Not before it; on the day, also before the hour (8.1b); by the working body."""
    case = announced_session(desk)
    with desk.refused("8.1b", codes=["session.before_its_day"]):
        desk.do("wb", "session.start_registration", case=case, at="2006-06-19 23:59")
    with desk.forbidden():
        desk.do("ch", "session.start_registration", case=case, at="2006-06-20 00:00")
    case = desk.do("wb", "session.start_registration", case=case, at="2006-06-20 00:00")
    assert ("registration", "closed") == (case.state, desk.deadlines(case)["opening"])


def test_what_was_not_announced_does_not_register(desk):
    """A session that was convened and not announced never begins (8.1b)."""
    case = convened_session(desk)
    with desk.refused("8.3a", codes=["state.comes_later"]):
        desk.do("wb", "session.start_registration", case=case, at="2006-06-20 10:00")
