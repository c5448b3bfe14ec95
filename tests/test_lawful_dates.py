"""Lawful dates (8.1b, 8.2c, 9.3b): every day of 25 years against plain date arithmetic, and against the acts themselves."""

from bisect import bisect_right
from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import pytest

from machines.calendar import built_in
from machines.lawful_dates import Law, announcing, closing, holding
from machines.reasons import in_words
from machines.rulebook import Rulebook
from machines.wording import LANGUAGES
from tests.assembly import Assembly, paper
from tests.sittings import convened_session, drafted_poll, extraordinary

ONE_DAY = timedelta(days=1)
FIRST, AFTER = date(2003, 1, 1), date(2028, 1, 1)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((AFTER - FIRST).days)]
YEARS = [[day for day in EVERY_DAY if first <= day.year < first + 5] for first in range(2003, 2028, 5)]
WEBSITE = {"channel": "website"}


def law(*overrides: tuple[date, str, object]) -> Law:
    return Law(Rulebook(overrides=overrides), built_in())


def always(key: str, value: object) -> Law:
    return law((date(2002, 4, 26), key, value))


def day(text: str) -> date:
    return date.fromisoformat(text)


# Counted another way: no term and no guard of ours


@cache
def worked() -> list[date]:
    """All working days in order, read off the table of days off."""
    days = (date(2002, 6, 1) + timedelta(days=n) for n in range(10_000))
    return [each for each in days if built_in().is_working(each)]


def month_away(start: date, step: int) -> date:
    """The same number of the neighbouring month, or its last day."""
    first = start.replace(day=1)
    other = (first + timedelta(days=31)).replace(day=1) if step > 0 else (first - ONE_DAY).replace(day=1)
    return other.replace(day=min(start.day, monthrange(other.year, other.month)[1]))


def first_worked_from(start: date) -> date:
    return worked()[bisect_right(worked(), start - ONE_DAY)]


def last_worked_until(start: date) -> date:
    return worked()[bisect_right(worked(), start) - 1]


def held(decided: date) -> tuple[date, list[date], list[date]]:
    """The last day, all days, and those that leave a month: walked through one by one."""
    last = first_worked_from(month_away(decided, 1))
    days = [decided + timedelta(days=n) for n in range(1, (last - decided).days + 1)]
    return last, days, [each for each in days if month_away(each, -1) >= decided]


# ------------------------------------------------------------------------------------------------- every day of 25 years


@pytest.mark.slow
def test_every_day_of_an_ordinary_session() -> None:
    """The same number of the month before, or its last day; advised is the working day on or before it (8.1b, A01, H01)."""
    ours = law()
    expected = [(month_away(on, -1), last_worked_until(month_away(on, -1))) for on in EVERY_DAY]
    plans = (announcing(ours, on) for on in EVERY_DAY)
    assert expected == [(plan.announce_by, plan.advise_by) for plan in plans]


@pytest.mark.slow
@pytest.mark.parametrize("days", YEARS, ids=lambda days: str(days[0].year))
def test_every_day_of_a_decision(days: list[date]) -> None:
    """From the next day to a month later or the working day after it; with notice, where a month back is not before it (8.2c, A02)."""
    ours = law()
    plans = [holding(ours, decided) for decided in days]
    found = [(plan.hold_by, [each.date for each in plan.days], [*plan.both]) for plan in plans]
    assert [held(decided) for decided in days] == found
    assert ["A02" if not held(decided)[2] else None for decided in days] == [plan.ruling for plan in plans]
    assert all(("8.2c" in each.satisfies) for plan in plans for each in plan.days)


@pytest.mark.slow
def test_every_day_of_a_poll() -> None:
    """From the third working day on; ten days if none is named (9.3b, B06)."""
    ours = law()
    expected = [(worked()[bisect_right(worked(), opened) + 2], opened + timedelta(days=10)) for opened in EVERY_DAY]
    plans = [closing(ours, opened) for opened in EVERY_DAY]
    assert expected == [(plan.earliest, plan.default) for plan in plans]
    assert all(plan.days == tuple(_span(plan.earliest, plan.default)) for plan in plans)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# ---------------------------------------------------------------------------------------------------------- golden dates


@pytest.mark.parametrize(
    ("on", "by"),
    [
        ("2006-06-20", "2006-05-20"),
        ("2007-03-31", "2007-02-28"),
        ("2008-03-30", "2008-02-29"),
        ("2023-04-27", "2023-03-27"),
    ],
)
def test_known_announcements(on: str, by: str) -> None:
    """Among them the session of April 2023, announced by the order of 27 March (A01)."""
    assert day(by) == announcing(law(), day(on)).announce_by


def test_decisions_that_leave_no_month() -> None:
    """Five days of 2007 and of 2008 and four of 2010 leave no day that satisfies both norms (A02)."""
    none = {
        2007: ["01-29", "01-30", "01-31", "03-31", "10-31"], 2008: ["01-30", "01-31", "03-31", "05-31", "08-31"],
        2010: ["03-31", "05-31", "08-31", "10-31"],
    }  # fmt: skip
    for year, expected in none.items():
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year == 2008 else 365)]
        plans = [holding(law(), decided) for decided in days]
        assert expected == [f"{plan.decided:%m-%d}" for plan in plans if not plan.both]
        assert {"A02"} == {plan.ruling for plan in plans if not plan.both}
        assert len([plan for plan in plans if len(plan.both) == 1]) in (245, 246)


def test_the_session_of_march_2016() -> None:
    """Decided on 19 February, held on 21 March: in time, because the 19th was a Saturday (H01)."""
    plan = holding(law(), day("2016-02-19"))
    assert day("2016-03-19") in plan.both
    assert day("2016-03-24") == plan.hold_by  # the first working day after Nauryz
    assert plan.ruling is None


# -------------------------------------------------------------------------------------------------------------- rulings


def test_the_extra_day_is_a_ruling() -> None:
    """A full month must lie between: one day earlier, and a decision leaves a month only by days off (A01, A02)."""
    extra = always("session.notice.extra_day", True)
    assert [month_away(on, -1) - ONE_DAY for on in EVERY_DAY[:200]] == [
        announcing(extra, on).announce_by for on in EVERY_DAY[:200]
    ]
    assert (None, "A02") == (holding(law(), day("2006-06-20")).ruling, holding(extra, day("2006-06-20")).ruling)


def test_days_off_may_not_move_the_month() -> None:
    """Under `none` the month ends on its own day, worked or not (H01)."""
    still = always("terms.roll.forward", "none")
    assert [month_away(each, 1) for each in EVERY_DAY[:400]] == [
        holding(still, each).hold_by for each in EVERY_DAY[:400]
    ]


def test_strict_leaves_the_days_that_satisfy_both() -> None:
    """Under `strict` only a session with a month of notice is lawful, and after some decisions none is (A02)."""
    strict = always("session.extraordinary.notice_mode", "strict")
    for decided in EVERY_DAY[1460:1520]:
        plan = holding(strict, decided)
        assert held(decided)[2] == [each.date for each in plan.days] == [*plan.both]
    assert () == holding(strict, day("2007-01-30")).days
    assert "cannot be held" in " ".join(in_words(holding(strict, day("2007-01-30")).reasons, "en"))


def test_exempt_asks_for_no_month() -> None:
    """Under `exempt` every day within the month is lawful, and the announcement has time until it begins (A02)."""
    plan = holding(always("session.extraordinary.notice_mode", "exempt"), day("2007-01-30"))
    assert held(day("2007-01-30"))[1] == [each.date for each in plan.days]
    assert "until it begins" in " ".join(in_words(plan.reasons, "en"))


def test_exactly_a_month_before() -> None:
    """Under `exactly` the working day before would be too early: none is advised (A01)."""
    plan = announcing(always("session.notice.mode", "exactly"), day("2006-06-20"))  # the 20th of May was a Saturday
    assert (day("2006-05-20"), day("2006-05-20")) == (plan.announce_by, plan.advise_by)
    assert day("2006-05-19") == announcing(law(), day("2006-06-20")).advise_by


def test_rulings_are_those_of_the_day_on_which_it_is_convened() -> None:
    """A ruling that is switched between the last day to announce and the session makes no difference; one switched on it does."""
    for since, by in (("2006-05-21", "2006-05-20"), ("2006-05-20", "2006-05-19"), ("2006-05-01", "2006-05-19")):
        switched = law((day(since), "session.notice.extra_day", True))
        assert day(by) == announcing(switched, day("2006-06-20")).announce_by


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_tells_how_it_was_found(language: str) -> None:
    """In the reader's language, under every ruling, with the norm and the day."""
    for mode in ("prefer_both", "exempt", "strict"):
        ours = always("session.extraordinary.notice_mode", mode)
        for decided in ("2007-01-30", "2006-12-30"):
            assert "8.2c" in in_words(holding(ours, day(decided)).reasons, language)[0]
    assert "20.05.2006" in in_words(announcing(law(), day("2006-06-20")).reasons, language)[0]
    assert "9.3b" in in_words(closing(law(), day("2026-03-19")).reasons, language)[0]


def test_where_the_default_of_a_poll_is_too_early_there_is_none():
    """With so many days off in a row five days hold no three working days: the day is to be named (9.3b, B06)."""
    off = [day("2026-03-18") + timedelta(days=n) for n in range(14)]
    plan = closing(Law(Rulebook(), built_in().with_days(days_off=off)), day("2026-03-17"))
    assert plan.default is None
    assert (plan.earliest,) == plan.days
    assert plan.earliest > max(off)
    assert ["poll_earliest", "poll_later"] == [reason.code for reason in plan.reasons]


# ------------------------------------------------------------------------------------- the acts say what the plan has said


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly of nine with a Council."""
    return Assembly(sqlite_database, members=9, council=3)


@pytest.mark.parametrize("on", ["2006-06-20", "2007-03-31", "2008-03-30", "2010-07-15"])
def test_a_session_is_announced_on_the_planned_day_and_not_later(desk, on):
    """On the last day the announcement is accepted, on the next it is refused (8.1b)."""
    by = announcing(law(), day(on)).announce_by
    desk.now = desk.at(f"{by} 00:00")
    starts = {"at": f"{by} 10:00", "order": paper(f"{by}"), "starts_at": f"{on} 10:00"}
    first, second = convened_session(desk, **starts), convened_session(desk, **starts)
    desk.now = desk.at(f"{by} 23:59")
    assert "announced" == desk.do("wb", "session.announce", case=first, facts=WEBSITE).state
    desk.now = desk.at(f"{by + ONE_DAY} 00:00")
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        desk.do("wb", "session.announce", case=second, facts=WEBSITE)


@pytest.mark.parametrize("decided", ["2006-04-14", "2007-01-30", "2006-12-30", "2010-03-31"])
def test_an_extraordinary_session_is_held_on_the_planned_days(desk, decided):
    """The first and the last day are accepted, those beside them refused; a shorter notice is warned of (8.2c, A02)."""
    plan = holding(law(), day(decided))
    for wrong in (plan.days[0].date - ONE_DAY, plan.hold_by + ONE_DAY):
        with desk.refused("8.2c"):
            _convene(desk, decided, wrong)
    for each in (plan.days[0], plan.days[-1], *(one for one in plan.days if one.date in plan.both)):
        case = _convene(desk, decided, each.date)
        done = desk.do("wb", "session.announce", case=case, facts=WEBSITE)
        assert ("8.1b" in each.satisfies) == ("session.less_than_a_month" not in [one.code for one in done.warnings])


def _convene(desk, decided, first):
    told = extraordinary(order=paper(decided), starts_at=f"{first} 23:00")
    return desk.do("ch", "session.convene", at=f"{decided} 00:00", facts=told)


@pytest.mark.parametrize("opened", ["2010-03-01", "2026-03-19", "2026-12-30"])
def test_a_poll_closes_on_the_planned_days(desk, opened):
    """The earliest day is accepted, the day before refused; without a day the default stands (9.3b, B06)."""
    plan = closing(law(), day(opened))
    case = drafted_poll(desk, at=f"{opened} 09:00")
    with desk.refused("9.3b", codes=["poll.too_short"]):
        desk.do("wb", "poll.open", case=case, facts={"closes_on": str(plan.earliest - ONE_DAY)})
    assert "open" == desk.do("wb", "poll.open", case=case, facts={"closes_on": str(plan.earliest)}).state
    other = desk.do("wb", "poll.open", case=drafted_poll(desk, at=f"{opened} 09:00"))
    assert f"{plan.default + ONE_DAY} 00:00" == desk.deadlines(other)["closing"]
