"""Check who holds an office against the record: each mandate is the one that its case gives, as long as the case stands.

A row of `mandates` says who may act; changed behind the machines, it would make somebody Chairman without an entry.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from machines.procedure import Office, Procedure
from machines.procedures import PROCEDURES
from machines.replay import Fault
from models.database import Db

OFFICES: Mapping[str, str] = MappingProxyType({
    "membership": Office.member.value, "council_seat": Office.council_member.value,
    "deputy_appointment": Office.deputy_chairman.value,
})  # fmt: skip
OFFICE = "office"  # whose cases say themselves which office they give

_GIVEN = """SELECT c.number, c.seq, c.final, c.person_id, c.body, c.facts, m.person_id, m.body, m.office, m.ended_at IS NOT NULL
 FROM cases c LEFT JOIN mandates m ON m.number = c.number WHERE c.procedure = ? AND c.state IN ({states})"""
_DIFFERING = """ AND (m.number IS NULL OR m.office <> ? OR m.person_id <> c.person_id OR m.body <> c.body
 OR (m.ended_at IS NOT NULL) <> c.final)"""
_STRANGE = """SELECT m.number FROM mandates m LEFT JOIN cases c ON c.number = m.number
 WHERE c.number IS NULL OR NOT ({given}) ORDER BY m.number"""


def office_faults(db: Db) -> Iterator[Fault]:
    """Yield what a mandate says otherwise than its case; where nothing is wrong only the cases of offices are read."""
    states = {name: _states_with_a_mandate(PROCEDURES[name]) for name in (OFFICE, *OFFICES)}
    for name, office in OFFICES.items():
        given = _GIVEN.format(states=_places(states[name])) + _DIFFERING
        for row in db.all(given, name, *states[name], office):
            yield from _compared(row, office)
    for row in db.all(_GIVEN.format(states=_places(states[OFFICE])), OFFICE, *states[OFFICE]):
        yield from _compared(row, _office_told(row[5]))
    known = " OR ".join(f"c.procedure = ? AND c.state IN ({_places(each)})" for each in states.values())
    parameters = [value for name, each in states.items() for value in (name, *each)]
    for (number,) in db.all(_STRANGE.format(given=known), *parameters):
        yield Fault(number, 0, "mandate", "no case gives this mandate")


def _compared(row: tuple[Any, ...], office: str | None) -> Iterator[Fault]:
    number, seq, final, person, body, _, holder, of_body, held, ended = row
    if held is None:
        yield Fault(number, seq, "mandate", "the mandate that the case gives is missing")
        return
    compared = (("person", holder, person), ("body", of_body, body), ("office", held, office or held))
    for name, says, gives in (*compared, ("ended", bool(ended), bool(final))):
        if says != gives:
            yield Fault(number, seq, f"mandate.{name}", f"{says!r} where the case gives {gives!r}")


def _office_told(facts: str) -> str | None:
    """Read which office a case says itself that it gives; of facts that cannot be read replay tells."""
    try:
        told = json.loads(facts)["office"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return told if isinstance(told, str) else None


@cache
def _states_with_a_mandate(procedure: Procedure[Any]) -> tuple[str, ...]:
    """Name the states from the act that gives the mandate on."""
    found = {branch.to for act in procedure.acts for branch in act.to if branch.grants}
    while more := {each for act in procedure.acts if found & {*act.source} for each in act.targets} - found:
        found |= more
    return tuple(sorted(found))


def _places(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))
