"""The standing duty of item 8.1c: at least one session a year, opened with a quorum."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from machines import terms
from machines.act import CLOCK, Act
from machines.facts import Facts
from machines.procedure import (
    Branch,
    ForbiddenPath,
    Identity,
    Notice,
    Office,
    Procedure,
    Rung,
    Term,
    Told,
    Transition,
)
from machines.situation import Situation
from machines.zones import local_day
from models.database import Db

OFFICIALS = "chairman deputies working_body"


class State(StrEnum):
    """The states of a year's duty."""

    due = "due"
    met = "met"
    breached = "breached"


class Begin(Facts):
    """Which year."""

    year: Annotated[int, Field(strict=True, ge=2002, le=9998)]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Nothing: the clock begins, a session meets."""


def circumstances(_: Db, __: Situation[None]) -> Circumstances:
    """Look at nothing."""
    return Circumstances()


def year_end(s: Situation[Circumstances]) -> terms.Count:
    """Count to 31 December, 24:00 (8.1c)."""
    return terms.on_day(date(s.given.year, 12, 31), zone=s.zone)


YEAR_END: Term[Circumstances] = Term(
    "year_end", "automatic", "8.1c", year_end, expires="breach",
    # 1 September, 30 November (the last day to announce an ordinary session of the year), 1 December
    rungs=(Rung(121, OFFICIALS), Rung(31, OFFICIALS), Rung(30, OFFICIALS)),
)  # fmt: skip


def identify(s: Situation[Circumstances]) -> Identity:
    """A duty is of its year."""
    return Identity(body=str(s.given.year))


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the year."""
    return facts | dict(told.facts)


ANNUAL_SESSION: Procedure[Circumstances] = Procedure(
    name="annual_session",
    letter="Y",
    chapter="8.1",
    states=State,
    final=("met", "breached"),
    circumstances=circumstances,
    identify=identify,
    forbidden_paths=(
        ForbiddenPath("met", without=("meet",), norm="8.1c"),
        ForbiddenPath("breached", without=("breach",), norm="8.1c"),
    ),
    acts=(
        Transition(
            name="begin", source=("new",), by=(Office.clock,), norms=("8.1c",), facts=Begin, keeps=keep,
            to=(Branch("due", opens=(YEAR_END,)),),
        ),
        Transition(
            name="meet", source=("due",), by=(Office.consequence,), norms=("8.1c",), to=(Branch("met", closes=("year_end",)),),
        ),
        Transition(
            name="breach", source=("due",), by=(Office.clock,), norms=("8.1c",),
            to=(Branch("breached", notices=(Notice("breached", OFFICIALS),)),),
        ),
    ),
)  # fmt: skip


FIRST_YEAR = 2003  # the first full year of the Decree (A06)


def year_to_begin(db: Db, at: datetime, zone: str) -> int | None:
    """Return the year whose duty the clock has to begin by *at*, or None.

    The first one begins when the service starts; each later one on 1 January.
    """
    row = db.one("SELECT max(body) FROM cases WHERE procedure = 'annual_session'")
    if row is None or row[0] is None or int(row[0]) >= local_day(at, zone).year:
        return None
    return int(row[0]) + 1


def beginning(year: int, zone: str) -> datetime:
    """Return when the duty of *year* begins: 1 January, 00:00."""
    return terms.local_midnight(date(year, 1, 1), zone)


def first_act(at: datetime, zone: str) -> Act | None:
    """Return the act by which the clock begins the current year's duty when a service starts, from 2003 on."""
    year = local_day(at, zone).year
    if year < FIRST_YEAR:
        return None
    return Act(procedure="annual_session", name="begin", actor=CLOCK, office=Office.clock, at=at, facts={"year": year})
