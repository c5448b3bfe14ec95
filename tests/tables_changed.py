"""Tables that are changed for a while, to see that somebody notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.guards import Removed, without
from machines import graph_walk
from machines.machine import machine_of
from machines.procedures import PROCEDURES


@contextmanager
def acts_are(procedure: str, acts: Any) -> Iterator[None]:
    """Let a procedure have other acts for a while."""
    before = PROCEDURES[procedure].acts
    try:
        _set(procedure, acts)
        yield
    finally:
        _set(procedure, before)


@contextmanager
def without_guard(name: str) -> Iterator[None]:
    """Take a guard out of its table for a while."""
    removed = Removed(*name.split("/"))
    acts = without(PROCEDURES[removed.procedure], removed).acts
    assert acts != PROCEDURES[removed.procedure].acts, f"there is no {removed}"
    with acts_are(removed.procedure, acts):
        yield


def _set(procedure: str, acts: Any) -> None:
    table = PROCEDURES[procedure]
    object.__setattr__(table, "acts", acts)
    table.__dict__.pop("rows", None)
    for kept in (machine_of, graph_walk.edges, graph_walk.terms, graph_walk.places):
        kept.cache_clear()
