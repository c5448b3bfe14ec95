"""Where each norm is carried out: by an act, a deadline or a guard, found in the tables themselves."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from machines.norms import NORMS
from machines.procedure import Procedure, Transition
from machines.procedures import PROCEDURES

_NORM = re.compile(r"\b(?:S\.|D\.)?\d+(?:\.\d+)*[a-z]?\b")


class Place(NamedTuple):
    """One place where a norm is carried out."""

    kind: str  # act, deadline, guard
    name: str


def carried_out(procedures: Mapping[str, Procedure[Any]] = PROCEDURES) -> dict[str, list[Place]]:
    """Return of every norm the places where it is carried out, in the order of the Decree; of some there are none."""
    found: dict[str, dict[Place, None]] = {norm: {} for norm in NORMS}
    for procedure in procedures.values():
        for row in procedure.acts:
            for norm, place in _places(procedure, row):
                if norm in found:
                    found[norm][place] = None
    return {norm: list(places) for norm, places in found.items()}


def _places(procedure: Procedure[Any], row: Transition[Any]) -> Iterator[tuple[str, Place]]:
    for norm in row.norms:
        yield norm, Place("act", f"{procedure.name}.{row.name}")
    for branch in row.to:
        for term in branch.opens:
            yield term.norm, Place("deadline", f"{procedure.name}.{term.name}")
        for guard in (*row.guards, *row.warns, *branch.guards):
            for norm in _NORM.findall(guard.rule):
                yield norm, Place("guard", f"{procedure.name}.{guard.name}")
