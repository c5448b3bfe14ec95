"""The ways through a table: its edges, and every (state, open deadlines, mandate) that a case can be in."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from machines.procedure import ALL, NEW, SAME, Branch, Office, Procedure, Term, Transition

KEPT = 64  # tables at hand: the procedures, and the altered ones that the tests make


class Edge(NamedTuple):
    """One arrow: a branch of an act, from one state."""

    row: Transition[Any]
    branch: Branch[Any]
    source: str
    target: str
    final: bool  # the target is a final state, which closes every deadline

    def names(self, term: Term[Any]) -> bool:
        """Whether it is for this very deadline: closes it by name, sets it anew, or is its expiry."""
        anew = [opened.name for opened in self.branch.opens if opened.again]
        return term.name in (*self.branch.closes, *anew) or self.row.name == term.expires

    def closes(self, term: Term[Any]) -> bool:
        """Whether *term* is open no longer behind it."""
        return self.final or ALL in self.branch.closes or self.names(term)


class Place(NamedTuple):
    """Where a case can be."""

    state: str
    deadlines: frozenset[str]
    mandate: bool


@lru_cache(KEPT)
def edges(procedure: Procedure[Any]) -> tuple[Edge, ...]:
    """Return every arrow of the table."""
    return tuple(
        Edge(row, branch, source, target, target in procedure.final)
        for row in procedure.acts
        for source in row.source
        for branch in row.to
        for target in (source if branch.to == SAME else branch.to,)
    )


@lru_cache(KEPT)
def terms(procedure: Procedure[Any]) -> dict[str, Term[Any]]:
    """Return the deadlines of a procedure by name."""
    return {term.name: term for edge in edges(procedure) for term in edge.branch.opens}


def states_beyond(procedure: Procedure[Any], start: str, without: Collection[str] = ()) -> set[str]:
    """Return the states that can be reached from *start* by acts, those in *without* left out."""
    reached: set[str] = set()
    queue = [start]
    for here in queue:
        further = {edge.target for edge in edges(procedure) if edge.source == here and edge.row.name not in without}
        queue += sorted(further - reached)
        reached |= further
    return reached


@lru_cache(KEPT)
def places(procedure: Procedure[Any]) -> frozenset[Place]:
    """Return everywhere that a case can be."""
    queue = [Place(NEW, frozenset(), mandate=False)]
    found = set(queue)
    for here in queue:
        for edge in edges(procedure):
            if edge.source == here.state:
                further = set(_beyond(procedure, edge, here)) - found
                queue += further
                found |= further
    return frozenset(found)


def before(procedure: Procedure[Any], edge: Edge) -> Iterator[frozenset[str]]:
    """Yield the deadlines that may be open when *edge* closes its own: what expires by it has been closed already."""
    for here in places(procedure):
        if here.state == edge.source:
            yield from _before(procedure, edge, here)


def _before(procedure: Procedure[Any], edge: Edge, here: Place) -> Iterator[frozenset[str]]:
    if edge.row.by != (Office.clock,) or edge.source == NEW:
        yield here.deadlines
    if Office.clock in edge.row.by:
        expiring = {term.name for term in terms(procedure).values() if term.expires == edge.row.name}
        yield from (here.deadlines - {name} for name in here.deadlines & expiring)


def _beyond(procedure: Procedure[Any], edge: Edge, here: Place) -> Iterator[Place]:
    mandate = (here.mandate or edge.branch.grants is not None) and edge.branch.ends is None
    for deadlines in _before(procedure, edge, here):
        kept = frozenset[str]() if edge.final or ALL in edge.branch.closes else deadlines - {*edge.branch.closes}
        yield Place(edge.target, kept | {term.name for term in edge.branch.opens}, mandate)
