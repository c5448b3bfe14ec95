"""Check what is missing in the record against the orders of erasure: nothing else empties an entry (2.3).

The database lets a payload go together with its salt, as the law on personal data asks for it. Done behind the machines it
would take the facts of an act away without a trace: each emptied entry must be one that an order accounts for.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from machines.erasing import OWN_ACTS
from machines.replay import Emptied, Fault, Replayed

PROCEDURE = "erasure"


class _Orders(NamedTuple):
    """Until which place in the order of recording the orders account for people, and for entries that they name."""

    people: dict[str, int]
    entries: dict[str, int]


def erasure_faults(emptied: Iterable[Emptied], ordered: Iterable[Replayed]) -> Iterator[Fault]:
    """Yield every emptied entry for which none of the orders accounts; *ordered* are the cases of erasures."""
    orders = _orders(ordered)
    for one in emptied:
        if not _accounted_for(one, orders):
            yield Fault(one.number, one.seq, "payload", "emptied, and no order of erasure accounts for it")


def _orders(ordered: Iterable[Replayed]) -> _Orders:
    people: dict[str, int] = {}
    entries: dict[str, int] = {}
    for order in ordered:
        also = json.loads(order.case.facts).get("also") if order.case.facts else None
        person = _name(order.case.person_id)
        if person:
            people[person] = max(order.recorded, people.get(person, 0))
        for name in map(_name, also if isinstance(also, list) else ()):
            entries[name] = max(order.recorded, entries.get(name, 0))
    return _Orders(people, entries)


def _name(told: Any) -> str:
    """Give a name as it was told; what somebody has put in its place is nobody's."""
    return told if isinstance(told, str) else ""


def _accounted_for(one: Emptied, orders: _Orders) -> bool:
    """Say whether an order of later concerns whom the case is about, who spoke for himself, or names the entry."""
    if one.procedure == PROCEDURE:
        return False
    until = [orders.people.get(_name(one.person), 0), orders.entries.get(f"{one.number}/{one.seq}", 0)]
    if one.office in OWN_ACTS:
        until.append(orders.people.get(_name(one.speaker), 0))
    return one.position < max(until)
