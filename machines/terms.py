"""Count terms: from which day, how many days or months, until which instant, and the steps in words.

The Decree has no rules for counting; Civil Code arts. 172-176 are applied by analogy, as the rulings H01-H05 say: the
day of the event is not counted (173), a month ends on the same number or on the last day of the month (174), a last day
that is not worked moves forward (175), the last day runs until 24:00 (176). Every function is pure.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final

import orjson

from machines.calendar import DAY_WORKED, WEEKEND, Calendar
from machines.wording import say
from machines.zones import end_of_day, instant, local_day, local_midnight, local_time, zone_info

__all__ = [
    "NEXT_WORKING_DAY",
    "NO_CALENDAR",
    "NO_ROLL",
    "Count",
    "Step",
    "add_months",
    "advise_by",
    "at",
    "days",
    "end_of_day",
    "explain",
    "from_day",
    "instant",
    "local_day",
    "local_midnight",
    "local_time",
    "months",
    "months_back",
    "on_day",
    "steps_from_json",
    "steps_to_json",
    "working_days",
    "working_days_between",
    "zone_info",
]

NEXT_WORKING_DAY: Final = "next_working_day"
NO_ROLL: Final = "none"
NO_CALENDAR: Final = 0  # the version that a Count names whose days do not depend on days off

KEPT = 4096  # counts: the acts of a day ask for the same few again and again

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a count: the code of its words (`terms.<code>`) and what stands in them; days are ISO text."""

    code: str
    numbers: Mapping[str, str | int]


@dataclass(frozen=True)
class Count:
    """A counted term (H04). It has run out when `now >= due`: `due` is the first UTC instant that is too late."""

    due: datetime
    last_day: date
    zone: str
    steps: tuple[Step, ...]
    calendar_version: int

    @cached_property
    def derivation(self) -> str:
        """Its steps as the deadline keeps them."""
        return steps_to_json(self.steps)

    def explain(self, language: str) -> list[str]:
        """Tell in words how it was counted."""
        return explain(self.steps, language)


# Counting


def add_months(day: date, months: int) -> date:
    """Go to the same number of another month, or to its last day (H02, Civil Code art. 174).

    Never chain it: 31 January and two months is 31 March, not 28 March.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def at(moment: datetime, *, zone: str) -> Count:
    """Take an instant that is given, such as the start of a meeting, as the deadline."""
    local = local_time(moment, zone)
    step = Step("at_moment", {"moment": local.replace(tzinfo=None).isoformat(), "zone": zone, "offset": _offset(local)})
    return Count(moment.astimezone(UTC), local.date(), zone, (step,), NO_CALENDAR)


def on_day(day: date, *, zone: str) -> Count:
    """Take the end of a day that is named as the deadline (H04)."""
    return _ending(_plain(day), (Step("named_day", {"day": day.isoformat()}),), zone)


def from_day(day: date, zone: str) -> Count:
    """Take the beginning of a day that is named as the deadline: what happens on that day happens at 00:00."""
    due = local_midnight(_plain(day), zone)
    step = Step("from_day", {"day": day.isoformat(), "zone": zone, "offset": _offset(local_time(due, zone))})
    return Count(due, day, zone, (step,), NO_CALENDAR)


@lru_cache(maxsize=KEPT)
def days(start: date, number: int, *, zone: str) -> Count:
    """Count calendar days; the day of the event is not counted, days off do not matter (Civil Code art. 173)."""
    last = _plain(start) + timedelta(days=_positive(number))
    return _ending(last, (_start(start), _length("days", number)), zone)


@lru_cache(maxsize=KEPT)
def working_days(start: date, number: int, *, calendar: Calendar, zone: str) -> Count:
    """Count working days (H05); the day of the event is not counted, whether worked or not (Civil Code art. 173)."""
    day, left = _plain(start), _positive(number)
    unusual: dict[str, list[date]] = {}
    while left:
        day += _ONE_DAY
        why = calendar.why(day)
        if why is None or why == DAY_WORKED:
            left -= 1
        if why is not None:
            unusual.setdefault(why, []).append(day)
    steps = [_start(start), _length("working_days", number)]
    steps += [_unusual(why, which) for why, which in unusual.items()]
    steps += _beyond(day, calendar)
    return _ending(day, tuple(steps), zone, calendar.version)


def months(start: date, number: int, *, zone: str, calendar: Calendar, roll: str) -> Count:
    """Count months forward; a last day that is not worked moves to the next working day, or not (H01, H02)."""
    if roll not in (NEXT_WORKING_DAY, NO_ROLL):
        raise ValueError(f"no way {roll!r} to treat a last day that is not worked: next_working_day or none")
    last = add_months(_plain(start), _positive(number))
    steps = [_start(start), _length("months", number), *_clamped(start, last)]
    if roll == NEXT_WORKING_DAY:
        moved = calendar.next_working_day(last)
        steps += [*_rolled(last, moved, calendar), *_beyond(moved, calendar)]
        return _ending(moved, tuple(steps), zone, calendar.version)
    if not calendar.is_working(last):
        steps.append(Step("not_rolled", {"day": last.isoformat()}))
    return _ending(last, tuple(steps), zone)


def months_back(day: date, number: int, *, zone: str, extra_day: bool = False) -> Count:
    """Count months back from a day: the last day on which a thing may still be done (A01, H01, H02).

    Never moved later, which would shorten the notice. `extra_day` asks for full months between the two days.
    """
    last = add_months(_plain(day), -_positive(number))
    steps = [Step("back_from", {"day": day.isoformat()}), _length("months_back", number), *_clamped(day, last)]
    if extra_day:
        last -= _ONE_DAY
        steps.append(Step("extra_day", {"day": last.isoformat()}))
    return _ending(last, (*steps, Step("never_later", {})), zone)


def advise_by(count: Count, calendar: Calendar) -> date:
    """Advise the working day on or before the last day, to be on the safe side (H01)."""
    return calendar.previous_working_day(count.last_day)


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """Count the working days after `first` up to and including `last`, as a term from `first` would (B06)."""
    between = (_plain(last) - _plain(first)).days
    return sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, between + 1))


# Steps in words and as JSON


def explain(steps: Iterable[Step], language: str) -> list[str]:
    """Tell the steps in words, one sentence each."""
    return [say(f"terms.{step.code}", language, **_spoken(step.numbers, language)) for step in steps]


def steps_to_json(steps: Iterable[Step]) -> str:
    """Write steps as canonical JSON: `[["start",{"day":"2006-05-12"}],…]`, keys sorted, no spaces."""
    written = [(step.code, dict(step.numbers)) for step in steps]
    return orjson.dumps(written, option=orjson.OPT_SORT_KEYS).decode()


def steps_from_json(text: str) -> tuple[Step, ...]:
    """Read what `steps_to_json` wrote."""
    return tuple(Step(code, numbers) for code, numbers in json.loads(text))


def due_of(steps: Iterable[Step]) -> datetime | None:
    """Read from a derivation when the term has run out: the end of its last day, its moment, or the beginning of its day."""
    told = {step.code: step.numbers for step in steps}
    if "until" in told:
        return end_of_day(date.fromisoformat(str(told["until"]["day"])), zone=str(told["until"]["zone"]))
    if "at_moment" in told:
        moment = told["at_moment"]  # with its offset, which tells the two hours of a clock that is put back apart
        return datetime.fromisoformat(f"{moment['moment']}{str(moment['offset'])[len('UTC') :]}").astimezone(UTC)
    if "from_day" in told:
        return local_midnight(date.fromisoformat(str(told["from_day"]["day"])), str(told["from_day"]["zone"]))
    return None


_READ: dict[str, Callable[[str], object]] = {
    "day": date.fromisoformat,
    "next_day": date.fromisoformat,
    "days": lambda text: [date.fromisoformat(day) for day in text.split(",")],
    "month": lambda text: "{1}.{0}".format(*text.split("-")),
    "moment": datetime.fromisoformat,
}


def _spoken(numbers: Mapping[str, str | int], language: str) -> dict[str, object]:
    spoken: dict[str, object] = {}
    for name, value in numbers.items():
        spoken[name] = _READ[name](value) if isinstance(value, str) and name in _READ else value
        if isinstance(day := spoken[name], date) and not isinstance(day, datetime):
            spoken[f"{name}_weekday"] = say(f"terms.weekday_{day.isoweekday()}", language)
    return spoken


# What the counts have in common


def _ending(last: date, steps: tuple[Step, ...], zone: str, version: int = NO_CALENDAR) -> Count:
    due, until = _until(last, zone)
    return Count(due, last, zone, (*steps, until), version)


@lru_cache(maxsize=16384)
def _until(last: date, zone: str) -> tuple[datetime, Step]:
    due = end_of_day(last, zone=zone)
    return due, Step("until", {"day": last.isoformat(), "zone": zone, "offset": _offset(local_time(due, zone))})


@lru_cache(maxsize=16384)
def _start(day: date) -> Step:
    return Step("start", {"day": day.isoformat()})


@lru_cache(maxsize=1024)
def _length(code: str, number: int) -> Step:
    return Step(code, {"number": number})


def _unusual(why: str, which: list[date]) -> Step:
    if why == WEEKEND:
        return _length("skipped_weekend", len(which))
    code = "counted_day_worked" if why == DAY_WORKED else f"skipped_{why}"
    return Step(code, {"number": len(which), "days": ",".join(map(date.isoformat, which))})


def _clamped(wanted: date, last: date) -> tuple[Step, ...]:
    if wanted.day == last.day:
        return ()
    return (Step("no_such_day", {"number": wanted.day, "month": last.isoformat()[:7], "day": last.isoformat()}),)


def _rolled(last: date, moved: date, calendar: Calendar) -> tuple[Step, ...]:
    if last == moved:
        return ()
    return (Step(f"rolled_{calendar.why(last)}", {"day": last.isoformat(), "next_day": moved.isoformat()}),)


def _beyond(last: date, calendar: Calendar) -> tuple[Step, ...]:
    return (Step("beyond_calendar", {"number": last.year}),) if last.year > calendar.last_year else ()


def _offset(local: datetime) -> str:
    return f"UTC{local.isoformat(timespec='minutes')[16:]}"


def _plain(day: date) -> date:
    """Refuse a datetime, which Python takes for a date: it would miss every day off of the calendar."""
    if isinstance(day, datetime):
        raise TypeError(f"a term is counted from a local day, not from the moment {day.isoformat()}")
    return day


def _positive(number: int) -> int:
    if number < 1:
        raise ValueError(f"a term is at least 1 long, not {number}")
    return number
