"""The calendar of working days (H05): the frozen table against the law, against its seed and against `holidays`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import holidays
import pytest

from machines import calendar_seed
from machines.calendar import KINDS, TABLE, Calendar, built_in, built_in_entries
from machines.wording import LANGUAGES, has, say

KAZAKHSTAN = built_in()
ONE_DAY = timedelta(days=1)

KURBAN_AIT = ["2006-01-10", "2007-12-20", "2008-12-08", "2009-11-27", "2010-11-16", "2011-11-06", "2020-07-31"]
KURBAN_AIT += ["2021-07-20", "2022-07-09", "2023-06-28", "2024-06-16", "2025-06-06", "2026-05-27", "2027-05-16"]

# Days off moved by decision, from and to, five-day week: 2002-2011 and 2020-2027.
MOVED = """
2002-05-12 2002-05-10  2003-05-04 2003-05-02  2003-12-13 2003-12-15  2005-03-05 2005-03-07  2005-03-19 2005-03-21
2005-08-27 2005-08-29  2005-10-22 2005-10-24  2006-01-14 2006-01-11  2006-05-06 2006-05-08  2007-03-11 2007-03-09
2007-03-25 2007-03-23  2007-09-02 2007-08-31  2007-10-28 2007-10-26  2007-12-29 2007-12-31  2008-05-04 2008-05-02
2009-12-20 2009-12-18  2010-01-10 2010-01-08  2010-07-03 2010-07-05  2011-03-05 2011-03-07  2011-08-27 2011-08-29
2020-01-05 2020-01-03  2020-05-11 2020-05-08  2020-12-20 2020-12-18  2021-07-03 2021-07-05  2022-03-05 2022-03-07
2022-08-27 2022-08-29  2022-10-22 2022-10-24  2023-07-01 2023-07-07  2024-05-04 2024-05-08  2025-01-05 2025-01-03
"""
CHECKED_YEARS = [*range(2002, 2012), *range(2020, 2028)]


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n) for n in range(366) if (date(year, 1, 1) + timedelta(days=n)).year == year
    ]


def holidays_by_law(year: int) -> set[date]:
    """Law 267-II and its editions, written down independently of the package."""
    numbers = [(1, 1), (1, 2), (3, 8), (3, 22), (5, 1), (5, 9), (12, 16)]
    numbers += [(3, 21), (3, 23)] if year >= 2010 else []
    numbers += [(5, 7)] if year >= 2013 else []
    numbers += [(7, 6)] if year >= 2009 else []
    numbers += [(8, 30)] if year <= 2025 else []
    numbers += [(3, 15)] if year >= 2027 else []
    numbers += [(10, 25)] if year <= 2008 or year >= 2022 else []
    numbers += [(12, 1)] if 2012 <= year <= 2021 else []
    numbers += [(12, 17)] if year <= 2021 else []
    return {date(year, month, day) for month, day in numbers}


def not_worked_by_law(year: int) -> set[date]:
    """Weekends, holidays, a weekday for each holiday on a weekend, days off never moved, days moved by decision."""
    off = {day for day in days_of(year) if day.isoweekday() in (6, 7)} | holidays_by_law(year)
    for holiday in sorted(holidays_by_law(year)):
        if holiday.isoweekday() in (6, 7):
            off.add(next(day for day in days_of(year) if day > holiday and day not in off))
    decided = [date.fromisoformat(day) for day in MOVED.split()]
    moved = list(zip(decided[::2], decided[1::2], strict=True))
    off = off - {origin for origin, _ in moved} | {day for _, day in moved if day.year == year}
    off |= {date(year, 1, 7)} if year >= 2006 else set()
    return off | {day for day in map(date.fromisoformat, KURBAN_AIT) if day.year == year}


@pytest.mark.parametrize("year", CHECKED_YEARS)
def test_table_says_what_the_law_says(year: int) -> None:
    """Every day of the years that were checked is worked or not as the statutes and the decisions have it."""
    assert sorted(not_worked_by_law(year)) == [day for day in days_of(year) if not KAZAKHSTAN.is_working(day)]


@pytest.mark.parametrize("year", range(2002, 2031))
def test_table_agrees_with_the_package(year: int) -> None:
    """Where the package is right the table is the same: everywhere but for the day of 2013 that it names every year."""
    listed = holidays.country_holidays("KZ", years=year)
    expected = [day for day in days_of(year) if listed.is_working_day(day)]
    assert expected == [day for day in days_of(year) if KAZAKHSTAN.is_working(day)]


def test_table_is_what_the_seed_makes() -> None:
    """The frozen table can be made again, letter by letter."""
    assert calendar_seed.table() == TABLE.read_text(encoding="utf-8")


def test_table_is_ordered_and_complete() -> None:
    """One line a day, in order, of a known kind, with a source."""
    entries = built_in_entries()
    assert all(a.day < b.day for a, b in pairwise(entries))
    assert set(KINDS) == {entry.kind for entry in entries}
    assert all(entry.source for entry in entries)
    assert (2002, 2030) == (entries[0].day.year, entries[-1].day.year)
    assert 2030 == KAZAKHSTAN.last_year


def test_days_worked_are_those_that_another_day_replaced() -> None:
    """Each day worked by decision has its day off and the other way round; 28.12.2013 belongs to 2014 only."""
    moved = {e.day.isoformat(): e.name for e in built_in_entries() if e.name[:1].isdigit()}
    assert {origin: day for day, origin in moved.items()} == moved
    assert "2014-01-03" == moved["2013-12-28"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_has_a_name(language: str) -> None:
    """Names and kinds are said in three languages, whatever the package knows."""
    names = {entry.name for entry in built_in_entries() if not entry.name[0].isdigit()}
    assert all(say(f"calendar.name.{name}", language) for name in names)
    assert all(say(f"calendar.kind.{kind}", language) for kind in (*KINDS, "weekend"))
    assert set(calendar_seed.NAMES.values()) == {name for name in names if has(f"calendar.name.{name}")}


@pytest.mark.parametrize(
    ("why", "day"),
    [
        ("holiday", "2010-03-22"),
        ("holiday", "2016-12-17"),  # a Saturday, a holiday all the same
        ("day_off", "2007-01-07"),
        ("day_off", "2011-11-06"),
        ("day_off_moved", "2006-05-08"),
        ("day_off_moved", "2010-03-24"),
        ("day_worked", "2006-05-06"),
        ("day_worked", "2020-05-11"),  # a Monday off by law, which a decision moved to Friday
        ("weekend", "2006-05-13"),
        (None, "2006-05-12"),
        (None, "2008-07-07"),  # open in the law of 2008: taken for an ordinary day
        (None, "2009-10-26"),  # no Republic Day from 2009 to 2021
    ],
)
def test_calendar_says_why(why: str | None, day: str) -> None:
    """A day is explained by its kind."""
    assert why == KAZAKHSTAN.why(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2006-01-07", "2011-11-06", "2022-07-09", "2024-06-16", "2012-01-07"])
def test_christmas_and_kurban_ait_on_a_weekend_are_not_moved(day: str) -> None:
    """They are days off, no holidays (Labour Code): the Monday after is worked."""
    fallen = date.fromisoformat(day)
    monday = fallen + timedelta(days=8 - fallen.isoweekday())
    assert fallen.isoweekday() in (6, 7)
    assert KAZAKHSTAN.is_working(monday)


def test_before_2006_they_were_ordinary_days() -> None:
    """7 January and Kurban Ait became days off by the Law of 30.12.2005."""
    assert KAZAKHSTAN.is_working(date(2005, 1, 7))
    assert KAZAKHSTAN.is_working(date(2005, 1, 21))


def test_next_and_previous_working_day_around_nauryz() -> None:
    """Saturday 19 to Wednesday 23 March 2016 were not worked."""
    assert date(2016, 3, 24) == KAZAKHSTAN.next_working_day(date(2016, 3, 19))
    assert date(2016, 3, 18) == KAZAKHSTAN.previous_working_day(date(2016, 3, 23))
    assert date(2016, 3, 24) == KAZAKHSTAN.next_working_day(date(2016, 3, 24))
    assert date(2016, 3, 24) == KAZAKHSTAN.previous_working_day(date(2016, 3, 24))


def test_every_day_lies_between_two_working_days() -> None:
    """Nothing that is worked lies between a day and the working days before and after it."""
    day = date(2003, 1, 1)
    while day < date(2028, 1, 1):
        before, after = KAZAKHSTAN.previous_working_day(day), KAZAKHSTAN.next_working_day(day)
        assert (before == day == after) if KAZAKHSTAN.is_working(day) else (before < day < after)
        assert not any(KAZAKHSTAN.is_working(before + n * ONE_DAY) for n in range(1, (after - before).days))
        day += ONE_DAY


def test_decisions_make_a_new_version() -> None:
    """A day off and a day worked by decision; the old calendar stays as it was."""
    changed = KAZAKHSTAN.with_days(days_off=[date(2010, 3, 9)], days_worked=[date(2010, 3, 13), date(2010, 3, 22)])
    assert (2, 1) == (changed.version, KAZAKHSTAN.version)
    assert ("day_off_moved", "day_worked") == (changed.why(date(2010, 3, 9)), changed.why(date(2010, 3, 13)))
    assert changed.is_working(date(2010, 3, 22))
    assert KAZAKHSTAN.is_working(date(2010, 3, 9))
    assert 9 == KAZAKHSTAN.with_days(version=9).version


def test_a_day_is_not_both_off_and_worked() -> None:
    """A decision that contradicts itself is refused."""
    with pytest.raises(ValueError, match="2010-03-09"):
        KAZAKHSTAN.with_days(days_off=[date(2010, 3, 9)], days_worked=[date(2010, 3, 9)])


def test_a_calendar_without_days_is_the_plain_week() -> None:
    """Monday to Friday are worked."""
    plain = Calendar(0, {})
    assert [True] * 5 + [False] * 2 == [plain.is_working(date(2010, 3, 1) + n * ONE_DAY) for n in range(7)]
    assert 0 == plain.last_year
