"""How terms are counted (H01-H05, A01): dates known from the law, and every day of 25 years counted another way."""

from __future__ import annotations

import json
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machines import terms
from machines.calendar import built_in
from machines.terms import Count, Step
from machines.wording import LANGUAGES, keys, template
from tests.days import ALMATY, EVERY_DAY, ONE_DAY, ZONES, day

KAZAKHSTAN = built_in()

some_day = st.dates(date(2003, 1, 1), date(2027, 12, 31))


def local(count: Count) -> str:
    return f"{terms.local_time(count.due, count.zone):%Y-%m-%d %H:%M}"


def working(start: str, number: int) -> Count:
    return terms.working_days(day(start), number, calendar=KAZAKHSTAN, zone=ALMATY)


def month(start: str, *, number: int = 1, roll: str = terms.NEXT_WORKING_DAY) -> Count:
    return terms.months(day(start), number, zone=ALMATY, calendar=KAZAKHSTAN, roll=roll)


def codes(count: Count) -> list[str]:
    return [step.code for step in count.steps]


# Counted another way


@cache
def worked_days() -> list[date]:
    """All working days in order: a term in working days is a distance in this list."""
    return [date.fromordinal(n) for n in range(731000, 741500) if KAZAKHSTAN.is_working(date.fromordinal(n))]


def month_later(start: date, number: int) -> date:
    """Walk day by day into the right month, until the number is reached or the month ends."""
    found = start
    while (found.year - start.year) * 12 + found.month - start.month < number or (
        found.day < start.day and (found + ONE_DAY).month == found.month
    ):
        found += ONE_DAY
    return found


def month_earlier(start: date, number: int) -> date:
    """Walk back day by day until the month is right and the number not greater."""
    found = start
    while (start.year - found.year) * 12 + start.month - found.month < number or found.day > start.day:
        found -= ONE_DAY
    return found


# Months


@pytest.mark.parametrize(
    ("expected", "start", "number"),
    [
        ("2011-02-28", "2011-01-31", 1),
        ("2012-02-29", "2012-01-31", 1),
        ("2011-03-28", "2011-02-28", 1),  # not 31 March
        ("2011-03-31", "2011-01-31", 2),  # not chained
        ("2007-01-31", "2006-12-31", 1),
        ("2010-02-28", "2009-02-28", 12),
        ("2013-02-28", "2012-02-29", 12),
        ("2011-01-28", "2011-02-28", -1),
        ("2011-02-28", "2011-03-31", -1),
        ("2010-12-15", "2011-01-15", -1),
        ("2010-12-31", "2011-12-31", -12),
    ],
)
def test_months_keep_the_number_or_take_the_last_day(expected: str, start: str, number: int) -> None:
    """The same number of the month, else its last day (H02, Civil Code art. 174)."""
    assert day(expected) == terms.add_months(day(start), number)


def test_every_month_forward_counted_another_way() -> None:
    """Walking day by day gives the same last day, for 1, 2 and 12 months."""
    for each in EVERY_DAY:
        assert month_later(each, 1) == terms.add_months(each, 1)
    for each in EVERY_DAY[::7]:
        assert month_later(each, 2) == terms.add_months(each, 2)
        assert month_later(each, 12) == terms.add_months(each, 12)


def test_every_month_backward_counted_another_way() -> None:
    """Walking back day by day gives the same last day of notice."""
    for each in EVERY_DAY:
        assert month_earlier(each, 1) == terms.months_back(each, 1, zone=ALMATY).last_day


@given(some_day, st.integers(1, 36))
def test_the_backward_result_is_the_stricter(first_day: date, number: int) -> None:
    """Notice given on the day counted back also fulfils the month counted forward, not the other way round (H02)."""
    announced = terms.months_back(first_day, number, zone=ALMATY).last_day
    assert terms.add_months(announced, number) <= first_day


def test_forward_and_backward_are_not_inverse() -> None:
    """Announced on 31.01.2011 a month would end on 28.02.2011; counted back from it the last day is 28.01.2011."""
    assert day("2011-02-28") == month("2011-01-31").last_day
    assert day("2011-01-28") == terms.months_back(day("2011-02-28"), 1, zone=ALMATY).last_day


@pytest.mark.parametrize("session", ["2011-03-29", "2011-03-30", "2011-03-31"])
def test_sessions_at_the_end_of_march(session: str) -> None:
    """They must be announced by the last day of February (8.1b)."""
    count = terms.months_back(day(session), 1, zone=ALMATY)
    assert (day("2011-02-28"), "2011-03-01 00:00") == (count.last_day, local(count))
    assert ["back_from", "months_back", "no_such_day", "never_later", "until"] == codes(count)


def test_session_of_2023_was_announced_in_time() -> None:
    """The order of 27.03.2023 for the session of 26.04.2023 is one day late by the month, in time for 27.04 (A01)."""
    assert day("2023-03-26") == terms.months_back(day("2023-04-26"), 1, zone=ALMATY).last_day
    assert day("2023-03-27") == terms.months_back(day("2023-04-27"), 1, zone=ALMATY).last_day


def test_full_months_between_announcement_and_session() -> None:
    """With the extra day the two days may not bear the same number (A01)."""
    count = terms.months_back(day("2010-10-20"), 1, zone=ALMATY, extra_day=True)
    assert (day("2010-09-19"), "2010-09-20 00:00") == (count.last_day, local(count))
    assert "extra_day" in codes(count)


def test_a_term_counted_back_is_never_moved() -> None:
    """Its last day may be a Sunday; the working day before is advised (H01)."""
    count = terms.months_back(day("2010-04-21"), 1, zone=ALMATY)
    assert day("2010-03-21") == count.last_day  # Sunday, Nauryz
    assert day("2010-03-19") == terms.advise_by(count, KAZAKHSTAN)
    assert terms.NO_CALENDAR == count.calendar_version


def test_extraordinary_session_of_2016() -> None:
    """Act of 19.02.2016: the month ends on Saturday, 21 to 23 March are Nauryz, the last day is 24.03.2016 (8.2c)."""
    count = month("2016-02-19")
    assert (day("2016-03-24"), "2016-03-25 00:00") == (count.last_day, local(count))
    assert Step("rolled_weekend", {"day": "2016-03-19", "next_day": "2016-03-24"}) in count.steps
    assert KAZAKHSTAN.version == count.calendar_version


def test_session_of_2021() -> None:
    """Act of 10.12.2020: the month ends on Sunday, the last day is 11.01.2021 (8.2c)."""
    assert day("2021-01-11") == month("2020-12-10").last_day


def test_without_rolling_the_last_day_stays() -> None:
    """The ruling H01 can be switched off."""
    count = month("2016-02-19", roll=terms.NO_ROLL)
    assert (day("2016-03-19"), terms.NO_CALENDAR) == (count.last_day, count.calendar_version)
    assert ["start", "months", "not_rolled", "until"] == codes(count)
    assert ["start", "months", "until"] == codes(month("2016-04-19", roll=terms.NO_ROLL))


@pytest.mark.parametrize(
    ("code", "start"),
    [
        ("rolled_weekend", "2010-02-13"),
        ("rolled_holiday", "2010-02-08"),
        ("rolled_day_off", "2009-12-07"),
        ("rolled_day_off_moved", "2010-02-24"),
    ],
)
def test_rolling_says_why(code: str, start: str) -> None:
    """A weekend, a holiday, 7 January and a day moved are told apart; all move the last day."""
    assert code in codes(month(start))


def test_every_month_rolled_counted_another_way() -> None:
    """The first working day not before the same number."""
    for each in EVERY_DAY[:-40]:
        count = terms.months(each, 1, zone=ALMATY, calendar=KAZAKHSTAN, roll=terms.NEXT_WORKING_DAY)
        before = bisect_right(worked_days(), month_later(each, 1) - ONE_DAY)
        assert worked_days()[before] == count.last_day


def test_a_term_of_twelve_months() -> None:
    """The collection of signatures: 12 months, not moved (A05)."""
    assert "2009-03-01 00:00" == local(month("2008-02-29", number=12, roll=terms.NO_ROLL))


# Days and working days


@pytest.mark.parametrize(
    ("due", "start"),
    [
        ("2006-05-27 00:00", "2006-05-12"),
        ("2010-03-26 00:00", "2010-03-07"),  # 8, 22-24 March; from a Sunday
        ("2020-02-05 00:00", "2020-01-21"),
        ("2005-12-27 00:00", "2005-12-08"),
        ("2007-11-08 00:00", "2007-10-23"),  # 25 and 26 October off, Sunday 28 worked
        ("2003-12-10 00:00", "2003-11-25"),
    ],
)
def test_ten_working_days(due: str, start: str) -> None:
    """candidacy.submission and membership.removal_task: the day of the event is not counted (Civil Code art. 173)."""
    assert due == local(working(start, 10))


def test_ten_working_days_step_by_step() -> None:
    """What was left out and what was counted all the same is said, with days."""
    until = Step("until", {"day": "2007-11-07", "zone": ALMATY, "offset": "UTC+06:00"})
    expected = (
        Step("start", {"day": "2007-10-23"}),
        Step("working_days", {"number": 10}),
        Step("skipped_holiday", {"number": 1, "days": "2007-10-25"}),
        Step("skipped_day_off_moved", {"number": 1, "days": "2007-10-26"}),
        Step("skipped_weekend", {"number": 3}),
        Step("counted_day_worked", {"number": 1, "days": "2007-10-28"}),
        until,
    )
    assert expected == working("2007-10-23", 10).steps


@pytest.mark.parametrize("number", [1, 3, 10])
def test_every_working_day_counted_another_way(number: int) -> None:
    """A distance in the list of working days; between the two days lie as many."""
    for each in EVERY_DAY[:-40]:
        count = terms.working_days(each, number, calendar=KAZAKHSTAN, zone=ALMATY)
        assert worked_days()[bisect_right(worked_days(), each) + number - 1] == count.last_day
        assert number == terms.working_days_between(each, count.last_day, KAZAKHSTAN)


@given(some_day, some_day)
def test_working_days_between(first: date, last: date) -> None:
    """The first day is not counted, the last one is; backwards there are none."""
    expected = bisect_right(worked_days(), last) - bisect_right(worked_days(), first)
    assert max(0, expected) == terms.working_days_between(first, last, KAZAKHSTAN)


def test_every_thirty_days_counted_another_way() -> None:
    """Calendar days, whatever they are; due when the last one is over."""
    for each in EVERY_DAY:
        count = terms.days(each, 30, zone=ALMATY)
        assert each.toordinal() + 30 == count.last_day.toordinal()
        assert count.last_day == terms.local_day(count.due - timedelta(seconds=1), ALMATY)


def test_a_poll_of_ten_days() -> None:
    """Opened on 1 March 2010 it closes when 11 March ends (B06)."""
    assert "2010-03-12 00:00" == local(terms.days(day("2010-03-01"), 10, zone=ALMATY))


@given(some_day, st.integers(1, 60), st.sampled_from(ZONES))
def test_a_later_start_is_never_due_earlier(start: date, number: int, zone: str) -> None:
    """Counting keeps the order of events."""
    first = terms.working_days(start, number, calendar=KAZAKHSTAN, zone=zone)
    second = terms.working_days(start + ONE_DAY, number, calendar=KAZAKHSTAN, zone=zone)
    assert first.due <= second.due
    assert KAZAKHSTAN.is_working(first.last_day)


def test_a_decision_on_days_off_moves_a_term() -> None:
    """The same term by another version of the calendar names that version (H05)."""
    changed = KAZAKHSTAN.with_days(days_off=[day("2006-05-15")])
    count = terms.working_days(day("2006-05-12"), 10, calendar=changed, zone=ALMATY)
    assert (day("2006-05-29"), 2) == (count.last_day, count.calendar_version)


def test_every_calendar_has_counts_of_its_own() -> None:
    """Calendars of one version with other days, as rehearsals have them in one process, are never taken for each other."""
    start = day("2006-05-12")
    offs = [start + n * ONE_DAY for n in range(1, 15)]
    calendars = [KAZAKHSTAN.with_days(days_off=[off], version=2) for off in offs]
    for changed, off in [*zip(calendars, offs, strict=True)] * 2:
        worked = [one for one in offs if KAZAKHSTAN.is_working(one) and one != off]
        assert worked[8] == terms.working_days(start, 9, calendar=changed, zone=ALMATY).last_day
    assert len(calendars) == len({*map(hash, calendars)}), "to compare their days takes longer than a count"


def test_days_off_of_years_to_come_are_not_known() -> None:
    """A term that ends beyond the table says so."""
    assert "beyond_calendar" in codes(working("2030-12-30", 10))
    assert "beyond_calendar" in codes(month("2030-12-15"))
    assert "beyond_calendar" not in codes(working("2029-12-30", 10))


@pytest.mark.parametrize("number", [0, -1])
def test_a_term_has_a_length(number: int) -> None:
    """No term is shorter than one day or month."""
    with pytest.raises(ValueError, match="at least 1"):
        terms.days(day("2010-03-01"), number, zone=ALMATY)
    with pytest.raises(ValueError, match="at least 1"):
        working("2010-03-01", number)
    with pytest.raises(ValueError, match="at least 1"):
        month("2010-03-01", number=number)
    with pytest.raises(ValueError, match="at least 1"):
        terms.months_back(day("2010-03-01"), number, zone=ALMATY)


def test_a_moment_is_no_day() -> None:
    """A datetime is a date to Python, but would miss every day off."""
    with pytest.raises(TypeError, match="local day"):
        terms.working_days(datetime(2010, 3, 1), 10, calendar=KAZAKHSTAN, zone=ALMATY)


def test_another_way_to_roll_is_refused() -> None:
    """H01 knows two ways."""
    with pytest.raises(ValueError, match="'back'"):
        month("2010-03-01", roll="back")


# Moments and days that are named


def test_at_a_moment() -> None:
    """The start of a meeting is its deadline, wherever the instant was written."""
    moment = datetime(2010, 3, 10, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    count = terms.at(moment, zone=ALMATY)
    assert ("2010-03-10 15:00", day("2010-03-10"), UTC) == (local(count), count.last_day, count.due.tzinfo)
    assert (Step("at_moment", {"moment": "2010-03-10T15:00:00", "zone": ALMATY, "offset": "UTC+06:00"}),) == count.steps


def test_from_the_day_named() -> None:
    """Who leaves from 1 May leaves at its first instant (20.3, membership.exit)."""
    count = terms.from_day(day("2010-05-01"), ALMATY)
    assert ("2010-05-01 00:00", day("2010-05-01")) == (local(count), count.last_day)


def test_on_the_day_named() -> None:
    """The year ends on 31 December at 24:00 (8.1c)."""
    count = terms.on_day(day("2010-12-31"), zone=ALMATY)
    assert ("2011-01-01 00:00", day("2010-12-31")) == (local(count), count.last_day)


def test_a_term_across_the_change_of_the_clock_keeps_the_legal_hour() -> None:
    """Opened before 01.03.2024, due after it: 24:00 by the new clock, which the last step shows."""
    count = terms.days(day("2024-02-25"), 10, zone=ALMATY)
    assert datetime(2024, 3, 6, 19, tzinfo=UTC) == count.due
    assert "UTC+05:00" == count.steps[-1].numbers["offset"]


# Words


def every_step() -> dict[str, Step]:
    """One step of each code."""
    counts = [working("2007-10-23", 10), working("2006-01-01", 10), working("2030-12-30", 10)]
    counts += [month(start) for start in ("2010-02-13", "2010-02-08", "2009-12-07", "2010-02-24", "2010-01-31")]
    counts += [month("2016-02-19", roll=terms.NO_ROLL), terms.days(day("2010-03-01"), 30, zone=ALMATY)]
    counts += [terms.months_back(day("2010-03-31"), 1, zone=ALMATY, extra_day=True)]
    counts += [terms.at(datetime(2010, 3, 10, tzinfo=UTC), zone=ALMATY), terms.from_day(day("2010-05-01"), ALMATY)]
    counts += [terms.on_day(day("2010-05-01"), zone=ALMATY)]
    return {step.code: step for count in counts for step in count.steps}


def test_every_text_has_a_step() -> None:
    """No text is left over, none is missing."""
    texts = {key.removeprefix("terms.") for key in keys("en") if key.startswith("terms.")}
    assert {text for text in texts if not text.startswith("weekday_")} == set(every_step())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_said_with_its_numbers(language: str) -> None:
    """Each number of a step stands in its sentence; nothing stays unfilled."""
    for step in every_step().values():
        (sentence,) = terms.explain([step], language)
        fields = {name for _, name, _, _ in Formatter().parse(template(f"terms.{step.code}", language)) if name}
        assert set(step.numbers) <= fields
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_in_words() -> None:
    """The report of Friday 12 May 2006."""
    expected = [
        "Counted from the day of the event, 12.05.2006 (Friday), which is not counted itself.",
        "Length in working days: 10.",
        "Saturdays and Sundays not counted: 4.",
        "The last day is 26.05.2006 (Friday), until 24:00, time zone Asia/Almaty (UTC+06:00).",
    ]
    assert expected == working("2006-05-12", 10).explain("en")


def test_in_words_with_days_off_and_months() -> None:
    """Days are written as an official would."""
    text = " ".join(working("2007-10-23", 10).explain("ru"))
    assert "25.10.2007" in text
    assert "28.10.2007" in text
    assert "02.2011" in " ".join(terms.months_back(day("2011-03-31"), 1, zone=ALMATY).explain("kk"))
    assert "10.03.2010 15:00" in terms.at(datetime(2010, 3, 10, 9, tzinfo=UTC), zone=ALMATY).explain("ru")[0]


def test_steps_survive_json() -> None:
    """What is stored is canonical, compact and reads back the same."""
    steps = tuple(every_step().values())
    text = terms.steps_to_json(steps)
    assert steps == terms.steps_from_json(text)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert '[["named_day",{"day":"2010-05-01"}]' in terms.steps_to_json(
        terms.on_day(day("2010-05-01"), zone=ALMATY).steps
    )
    assert terms.explain(steps, "ru") == terms.explain(terms.steps_from_json(text), "ru")
