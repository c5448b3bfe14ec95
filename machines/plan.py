"""The plan of the near future: what falls due when, instant by instant, and whether an act has moved it.

A function of the rows alone. Whoever shows the plan to people decides how; nothing is performed by it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from machines.procedures import PROCEDURES, procedure_of_number
from machines.seals import settled_position
from machines.wording import has, say
from machines.zones import local_time
from models.database import Db, instant

AHEAD = timedelta(days=30)
MOST = 500  # the nearest instants; what comes after them is planned when it is nearer
CASES_NAMED = 20  # of one instant

_INSTANTS = """SELECT DISTINCT due_at FROM deadlines WHERE state = 'open' AND due_at > ? AND due_at <= ? ORDER BY due_at LIMIT ?"""
_DEADLINES = """SELECT due_at, number, name, norm FROM deadlines WHERE state = 'open' AND due_at > ? AND due_at <= ?
 ORDER BY due_at, number, name"""
# An entry moves a deadline by opening or closing one: it is looked up by its case. A few acts date those of other cases anew.
_MOVED = """SELECT 1 FROM entries e WHERE e.position > ? AND (e.procedure || '.' || e.act IN ({acts}) OR EXISTS (
 SELECT 1 FROM deadlines d WHERE d.number = e.number AND d.due_at > ? AND d.due_at <= ?
 AND (d.opened_seq = e.seq OR d.closed_by = e.number || '/' || CAST(e.seq AS TEXT)))) LIMIT 1"""
_DATES_ANEW = ("sets_considerations", "moves_the_opening")  # what is written into deadlines that stand open


class Planned(NamedTuple):
    """One instant at which something falls due: how much, of which cases (the first ones), under which norms."""

    at: datetime
    deadlines: int
    cases: tuple[str, ...]
    norms: tuple[str, ...]
    only: str = ""  # the name of the deadline, where it is the only one

    def title(self, zone: str) -> str:
        """Name the instant for people: 24 Nov 00:00 · P-2026-0014 · Closing of the poll."""
        when = f"{local_time(self.at, zone):%d %b %H:%M}"
        if self.only:
            return f"{when} · {self.cases[0]} · {_name_of(self.cases[0], self.only)}"
        return f"{when} · {self.deadlines} deadlines"


class Plan(NamedTuple):
    """What falls due until when, as it stood after an entry of the journal."""

    instants: tuple[Planned, ...]
    position: int  # of the last entry that was there
    until: datetime  # the end of what is planned
    cut: bool  # whether more instants follow within the time ahead


def plan_ahead(db: Db, now: datetime, *, ahead: timedelta = AHEAD, most: int = MOST) -> Plan:
    """Return what falls due after *now*: of any kind, dated and open, the nearest instants.

    It comes first in its transaction, which is one that does not write (see `settled_position`).
    """
    position = settled_position(db)
    nearest = [instant(at) for (at,) in db.all(_INSTANTS, now, now + ahead, most + 1)]
    cut = len(nearest) > most
    until = nearest[most - 1] if cut else now + ahead
    rows = db.all(_DEADLINES, now, until) if nearest else []
    return Plan(tuple(_grouped(rows)), position, until, cut)


def moved_since(db: Db, position: int, *, after: datetime, until: datetime) -> bool:
    """Say whether an entry recorded after *position* moved, opened or closed a deadline of that time."""
    acts = _acts_that_date_anew()
    sql = _MOVED.format(acts=", ".join("?" * len(acts)))
    return db.one(sql, position, *acts, after, until) is not None


def _grouped(rows: list[tuple[Any, ...]]) -> Iterator[Planned]:
    for at, group in groupby(rows, lambda row: row[0]):
        each = list(group)
        cases = list(dict.fromkeys(number for _, number, _, _ in each))
        norms = sorted({norm for *_, norm in each})
        only = each[0][2] if len(each) == 1 else ""
        yield Planned(instant(at), len(each), tuple(cases[:CASES_NAMED]), tuple(norms), only)


def _name_of(number: str, deadline: str) -> str:
    procedure = procedure_of_number(number)
    key = f"names.deadline.{procedure.name if procedure else ''}.{deadline}"
    return say(key, "en") if has(key) else deadline


@cache
def _acts_that_date_anew() -> tuple[str, ...]:
    """Name the acts that move deadlines which other entries have opened."""
    return tuple(
        f"{procedure.name}.{row.name}"
        for procedure in PROCEDURES.values()
        for row in procedure.acts
        if any(written.name in _DATES_ANEW for branch in row.to for written in branch.writes)
    )
