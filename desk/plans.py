"""Lawful dates as they are answered: what `kenes plan` and the API's `/plan` say, with the derivation in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from desk.problems import wrong
from machines.editions import FIRST_DAY
from machines.lawful_dates import Law, announcing, closing, holding
from machines.lawful_decision import Deciding, Stage, deciding
from machines.procedures import procedure_of_number
from machines.reasons import in_words
from machines.rulebook import Rulebook
from machines.zones import local_time
from models.database import Db

LAST_DAY = date(2199, 12, 31)  # as of every day that may be asked for
NORMS_OF_A_DECISION = ("14.2a", "14.2b", "14.2c")

Plan = dict[str, Any]


def law_of(db: Db, book: Rulebook) -> Law:
    """Return the law by which dates are counted now: the rulebook, and the newest calendar that the database knows."""
    row = db.one("SELECT max(version) FROM calendar_versions")
    return Law(book.in_force(db), book.calendar_of(db, row[0] if row else None))


def planned_announcement(law: Law, on: date, language: str) -> Plan:
    """Answer until when an ordinary session that begins *on* a day is announced (8.1b)."""
    plan = announcing(law, on)
    return {
        "on": on.isoformat(), "announce_by": plan.announce_by.isoformat(), "advise_by": plan.advise_by.isoformat(),
        "norms": ["8.1b"], "derivation": in_words(plan.reasons, language),
    }  # fmt: skip


def planned_extraordinary(law: Law, decided: date, language: str) -> Plan:
    """Answer on which days an extraordinary session *decided* on a day may be held (8.1b, 8.2c)."""
    plan = holding(law, decided)
    return {
        "decided": decided.isoformat(), "hold_by": plan.hold_by.isoformat(),
        "days": [{"date": day.date.isoformat(), "satisfies": list(day.satisfies)} for day in plan.days],
        "both": [day.isoformat() for day in plan.both], "ruling": plan.ruling,
        "norms": ["8.1b", "8.2c"], "derivation": in_words(plan.reasons, language),
    }  # fmt: skip


def planned_poll(law: Law, opened: date, language: str) -> Plan:
    """Answer on which days a poll *opened* on a day may close (9.3b)."""
    plan = closing(law, opened)
    return {
        "opened": opened.isoformat(), "earliest": plan.earliest.isoformat(),
        "default": plan.default.isoformat() if plan.default else None, "days": [day.isoformat() for day in plan.days],
        "ruling": "B06", "norms": ["9.3b"], "derivation": in_words(plan.reasons, language),
    }  # fmt: skip


def planned_candidacy(db: Db, number: str, *, now: datetime, book: Rulebook, language: str) -> Plan:
    """Answer when a candidacy can be decided at the earliest, and each step that is left (14.2)."""
    procedure = procedure_of_number(number)
    if procedure is not None and procedure.name != "candidacy" and _is_there(db, number):
        raise wrong("number", "unknown_case", f"{number!r} is no candidacy", name=number, procedures=["candidacy"])
    plan = deciding(db, number, now=now, book=book)
    return {
        "case": plan.case, "state": plan.state, "earliest": _day(plan.earliest), "norms": list(NORMS_OF_A_DECISION),
        "steps": [_step(stage, plan, language) for stage in plan.stages], "derivation": in_words(plan.reasons, language),
    }  # fmt: skip


def over(days: str | None, name: str, plan: Callable[[date], Plan], *, most: int | None = None) -> Plan | list[Plan]:
    """Plan one day or, of a range such as 2027-01-01..2027-01-31, each of its days; WrongFacts for what is neither."""
    first, dots, last = (days or "").strip().partition("..")
    begin, end = read_planned(first, name), read_planned(last if dots else first, name)
    if not dots:
        return plan(begin)
    if end < begin:
        raise wrong(name, "range_backwards", f"{days!r}: the first day is after the last")
    if most and (end - begin).days >= most:
        raise wrong(name, "range_too_long", f"{days!r}: at most {most} days at once", most=most)
    return [plan(day) for day in _each(begin, end)]


def read_planned(text: str, name: str) -> date:
    """Read a day for which something can be planned: since the Regulation is in force."""
    from desk.roster.file import read_date

    try:
        day = read_date(text.strip())
    except ValueError:
        raise wrong(name, "date_expected", f"{text!r}: expected a day such as 2027-04-26") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise wrong(
            name,
            "day_out_of_range",
            f"{text!r}: expected a day from {FIRST_DAY} to {LAST_DAY}",
            first=FIRST_DAY,
            last=LAST_DAY,
        )
    return day


def _step(stage: Stage, plan: Deciding, language: str) -> Plan:
    return {
        "act": stage.act, "by": list(stage.by), "earliest": _day(stage.earliest),
        "due": local_time(stage.due, plan.zone).isoformat() if stage.due else None, "norms": list(stage.norms),
        "refusals": [refusal.in_words(language) for refusal in stage.refusals],
        "derivation": in_words(stage.reasons, language),
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _is_there(db: Db, number: str) -> bool:
    return db.one("SELECT 1 FROM cases WHERE number = ?", number) is not None
