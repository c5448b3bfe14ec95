"""The check of deadlines: each one that is opened is closed or expires on every way out."""

from collections.abc import Collection, Iterator
from typing import Any

from machines.finding import Finding
from machines.graph_walk import Edge, before, edges, places, states_beyond, terms
from machines.procedure import ALL, NEW, Office, Procedure, Term

KINDS = ("automatic", "limit", "target")


def deadlines(procedure: Procedure[Any], closed_elsewhere: Collection[str]) -> Iterator[Finding]:
    """Yield what is wrong with the deadlines; those *closed_elsewhere* are closed by acts of other cases."""
    yield from (Finding(procedure.name, code, detail) for code, detail in _kinds(procedure))
    yield from (Finding(procedure.name, code, detail) for code, detail in _acts(procedure))
    for state, name in sorted(_open_in(procedure)):
        if state not in procedure.final:
            found = _open_there(procedure, terms(procedure)[name], state, closed_elsewhere)
            yield from (Finding(procedure.name, code, detail) for code, detail in found)


Found = Iterator[tuple[str, str]]


def _open_in(procedure: Procedure[Any]) -> set[tuple[str, str]]:
    return {(place.state, name) for place in places(procedure) for name in place.deadlines}


def _kinds(procedure: Procedure[Any]) -> Found:
    for term in [term for edge in edges(procedure) for term in edge.branch.opens]:
        known = terms(procedure)[term.name]
        if (known.kind, known.expires) != (term.kind, term.expires):
            yield "two_terms", f"{term.name} means two things"
    for term in terms(procedure).values():
        if term.kind not in KINDS:
            yield "unknown_kind", f"{term.name} is {term.kind}"
        if (term.kind == "automatic") != bool(term.expires):
            yield "unfit_expiry", f"{term.name} is {term.kind}, on expiry: {term.expires or 'nothing'}"


def _acts(procedure: Procedure[Any]) -> Found:
    """What acts open and close is open or not open then; what the clock does, a deadline brings about."""
    expiring = {term.expires for term in terms(procedure).values()}
    for edge in edges(procedure):
        yield from _opened(procedure, edge)
    for row in procedure.acts:
        for name in sorted({name for branch in row.to for name in branch.closes} - {ALL}):
            if name not in terms(procedure):
                yield "unknown_deadline", f"{row.name} closes {name}"
            elif not {(state, name) for state in row.source} & _open_in(procedure):
                yield "never_open", f"{row.name} closes {name}, which is not open then"
        if Office.clock in row.by and NEW not in row.source and row.name not in expiring:
            yield "no_deadline_brings_it", row.name


def _opened(procedure: Procedure[Any], edge: Edge) -> Found:
    names = {term.name for term in edge.branch.opens}
    if edge.final and names:
        yield "open_in_final", f"{edge.row.name} opens {', '.join(sorted(names))} in {edge.target}"
    once = {term.name for term in edge.branch.opens if not term.again} - {*edge.branch.closes}
    stays = (
        edge.source == edge.target and edge.branch.guards
    )  # its guards say that it does not lead back to where it is
    if ALL not in edge.branch.closes and not edge.final and not stays:
        for name in sorted(once & {name for here in before(procedure, edge) for name in here}):
            yield "opened_twice", f"{edge.row.name} opens {name} in {edge.source}, where it may be open already"


def _open_there(procedure: Procedure[Any], term: Term[Any], state: str, closed_elsewhere: Collection[str]) -> Found:
    """In *state* the deadline may be open: something closes it there, and its expiry is possible."""
    if term.kind == "automatic":
        row = procedure.rows.get(term.expires)
        if row is None or Office.clock not in row.by:
            yield "nobody_expires_it", f"{term.name}: the clock does not perform {term.expires or 'anything'}"
        elif state not in row.source:
            yield "expiry_impossible", f"{term.name} may be open in {state}, which does not know {row.name}"
    if not any(edge.closes(term) for edge in edges(procedure) if edge.source == state):
        yield "left_open", f"{term.name} may be open in {state}, where no act closes it"
    elif _is_carried(procedure, term, state) and term.name not in closed_elsewhere:
        yield "carried_away", f"{term.name} may still be open in {state}, and no act that is meant for it is to come"


def _is_carried(procedure: Procedure[Any], term: Term[Any], state: str) -> bool:
    """Whether the deadline was opened for another state, and no act that names it is still to come."""
    if any(edge.target == state for edge in edges(procedure) if term in edge.branch.opens):
        return False
    ahead = states_beyond(procedure, state) | {state}
    return not any(edge.names(term) for edge in edges(procedure) if edge.source in ahead)
