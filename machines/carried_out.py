"""Where each norm is carried out, found in the tables themselves: acts, guards, deadlines, consequences, notices, records, duties.

What no table names stands in `machines/accounts.py`.
"""

import re
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, NamedTuple

from machines.norms import NORMS
from machines.procedure import NOBODY, Branch, Consequence, Guard, Procedure, Transition
from machines.procedures import PROCEDURES

KINDS = ("act", "guard", "deadline", "consequence", "notice", "record", "standing duty", "excluded way", "ruling")

_CITED = re.compile(r"(?<![\w.:])(?:(?:[SD]\.)?\d+(?:\.\d+)+[a-z]?|[SD]\.\d+)(?![\w:])")


class Place(NamedTuple):
    """One place where a norm is carried out."""

    kind: str
    name: str


def carried_out(procedures: Mapping[str, Procedure[Any]] = PROCEDURES) -> dict[str, list[Place]]:
    """Return of every norm the places that the tables name, by kind; of some there are none. A KeyError names a wrong citation."""
    found: dict[str, dict[Place, None]] = {norm: {} for norm in NORMS}
    for procedure in procedures.values():
        for norm, place in _places_of(procedure):
            found[norm][place] = None
    return {norm: sorted(places, key=_by_kind) for norm, places in found.items()}


def cited(text: str | None) -> Iterator[str]:
    """Name the norms that a text cites; an item cited as a whole (14.1) stands for its norms (14.1a, 14.1b)."""
    for name in _CITED.findall(text or ""):
        yield from [name] if name in NORMS else [norm.id for norm in NORMS.values() if norm.item == name] or [name]


def norms_of(guard: Guard[Any]) -> Iterator[str]:
    """Name the norms of a guard: those of its rule, and those that its refusals name."""
    yield from cited(guard.rule)
    yield from (text for text in _texts(guard.check.__code__) if text in NORMS)


def _places_of(procedure: Procedure[Any]) -> Iterator[tuple[str, Place]]:
    for row in procedure.acts:
        for guard in (*row.guards, *row.warns):
            yield from ((norm, Place("guard", f"{procedure.name}.{guard.name}")) for norm in norms_of(guard))
        for kind, name in _doing(row):
            yield from ((norm, Place(kind, f"{procedure.name}.{name}")) for norm in row.norms)
        for branch in row.to:
            yield from _places_of_branch(procedure.name, branch)
        if _is_a_duty(procedure):
            yield from ((norm, Place("standing duty", procedure.name)) for norm in row.norms)
    for path in procedure.forbidden_paths:
        ways = " or ".join(path.without)
        yield path.norm, Place("excluded way", f"{procedure.name}: {path.state} without {ways}")


def _doing(row: Transition[Any]) -> Iterator[tuple[str, str]]:
    """Name the act, whom it tells, and the rows that it writes beside its entry."""
    yield "act", row.name
    for branch in row.to:
        yield from (("notice", notice.name) for notice in branch.notices)
        yield from (("record", written.name) for written in branch.writes)
        yield from (("consequence", _consequence(row, each)) for each in branch.consequences)


def _places_of_branch(procedure: str, branch: Branch[Any]) -> Iterator[tuple[str, Place]]:
    yield from ((term.norm, Place("deadline", f"{procedure}.{term.name}")) for term in branch.opens)
    for guard in branch.guards:
        yield from ((norm, Place("guard", f"{procedure}.{guard.name}")) for norm in norms_of(guard))


def _consequence(row: Transition[Any], consequence: Consequence[Any]) -> str:
    return f"{row.name} ⇒ {consequence.procedure}.{consequence.act}"


def _is_a_duty(procedure: Procedure[Any]) -> bool:
    """Whether the clock alone begins it, and nobody performs it: it is met or breached."""
    return all(office in NOBODY for row in procedure.acts for office in row.by)


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _texts(constant)
        elif isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from (each for each in constant if isinstance(each, str))


def _by_kind(place: Place) -> int:
    return KINDS.index(place.kind)
