"""The check of every procedure's graph: what must hold of a table before any case runs under it.

What a table says is compared with the contract elsewhere (`tests/contract`); here stands what no table may do. Ways are
explored over (state, open deadlines, mandate held), sets so small that all procedures take milliseconds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from machines.finding import Finding
from machines.graph_deadlines import deadlines
from machines.graph_links import closed_there, links
from machines.graph_rows import rows
from machines.graph_walk import edges, places, states_beyond
from machines.procedure import NEW, SAME, ForbiddenPath, Procedure
from machines.procedures import PROCEDURES


def check_all(procedures: Mapping[str, Procedure[Any]] = PROCEDURES) -> list[Finding]:
    """Return everything that is wrong with the tables; an empty list is the aim."""
    elsewhere = frozenset(deadline for _, deadline in closed_there(procedures))
    found = [finding for procedure in procedures.values() for finding in check(procedure, elsewhere)]
    return list(dict.fromkeys([*found, *links(procedures)]))


def check(procedure: Procedure[Any], closed_elsewhere: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield what is wrong with one table, its links to others aside."""
    unknown = list(_names_of_states(procedure))
    if unknown:  # nothing can be explored before every name stands for a state
        yield from unknown
        return
    yield from rows(procedure)
    yield from _states(procedure)
    yield from (finding for path in procedure.forbidden_paths for finding in _path(procedure, path))
    yield from deadlines(procedure, closed_elsewhere)
    yield from _mandates(procedure)


def _names_of_states(procedure: Procedure[Any]) -> Iterator[Finding]:
    states = {*procedure.states}
    for name in sorted({*procedure.final} - states):
        yield Finding(procedure.name, "unknown_state", f"{name}, a final state")
    for row in procedure.acts:
        for name in sorted({*row.source} - states - {NEW}):
            yield Finding(procedure.name, "unknown_state", f"{name}, from which {row.name} starts")
        for name in sorted({*row.targets} - states - {SAME}):
            yield Finding(procedure.name, "unknown_state", f"{name}, to which {row.name} leads")
        if NEW in row.source and (len(row.source) > 1 or SAME in row.targets):
            yield Finding(procedure.name, "half_open", f"{row.name} opens a case, or does not")


def _states(procedure: Procedure[Any]) -> Iterator[Finding]:
    """Every state is reached, something leads on from it and at last to a final state, and nothing leaves that."""
    reached = states_beyond(procedure, NEW)
    for state in procedure.states:
        if state not in reached:
            yield Finding(procedure.name, "unreachable", state)
        leaving = [edge for edge in edges(procedure) if edge.source == state and edge.target != state]
        if state in procedure.final:
            yield from (Finding(procedure.name, "leaves_final", f"{edge.row.name} from {state}") for edge in leaving)
        elif not any(edge.row.by for edge in leaving):
            yield Finding(procedure.name, "waits_for_nobody", state)
        elif not {*procedure.final} & states_beyond(procedure, state):
            yield Finding(procedure.name, "no_way_out", state)


def _path(procedure: Procedure[Any], path: ForbiddenPath) -> Iterator[Finding]:
    """The state is not reached without one of the acts, and both exist."""
    if path.state not in {*procedure.states}:
        yield Finding(procedure.name, "unknown_state", f"{path.state}, of a forbidden path")
    for name in path.without:
        if name not in procedure.rows:
            yield Finding(procedure.name, "unknown_act", f"{name}, of the forbidden path to {path.state}")
    if path.state in states_beyond(procedure, NEW, without=path.without):
        yield Finding(
            procedure.name, "forbidden_path", f"{path.state} without {' or '.join(path.without)} ({path.norm})"
        )


def _mandates(procedure: Procedure[Any]) -> Iterator[Finding]:
    """A mandate that a case gives is given once, and ends with the case."""
    found = places(procedure)
    for state in sorted({place.state for place in found if place.mandate} & {*procedure.final}):
        yield Finding(procedure.name, "mandate_outlives", f"the case is {state}, its mandate still held")
    for edge in edges(procedure):
        held = {place.mandate for place in found if place.state == edge.source}
        if edge.branch.grants and True in held:
            yield Finding(procedure.name, "mandate_twice", f"{edge.row.name} gives what is held already")
        if edge.branch.ends and False in held:
            yield Finding(procedure.name, "mandate_missing", f"{edge.row.name} ends what may not be held")
