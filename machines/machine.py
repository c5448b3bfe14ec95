"""Procedures compiled to flat machines of `transitions`: states, events and branches, never a model attached."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from transitions import Event, Machine, MachineError
from transitions import Transition as Edge

from machines.procedure import NEW, Branch, Procedure, Transition, asked
from machines.refusal import Refusal
from machines.situation import Situation


class Subject:
    """What a machine moves: a throw-away with a state, so that no row is ever touched by it."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Call:
    """One event under way: what the branches look at, which one was taken, and what stood in the way of the others."""

    __slots__ = ("branch", "passed_over", "situation")

    def __init__(self, situation: Situation[Any]) -> None:
        self.situation = situation
        self.branch: Branch[Any] | None = None
        self.passed_over: list[Refusal] = []


class BranchEdge(Edge):
    """An edge that knows which branch of the table it is."""

    def __init__(self, *args: Any, branch: Branch[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = branch


class Row(Event):
    """An event of a table: what decides between its edges are the guards of their branches, all of which are asked.

    A table has no callbacks, queues or conditions beside its guards, so that nothing else of an event's life takes place.
    """

    def trigger(self, model: Any, *args: Any, **_: Any) -> bool:
        """Take the first branch whose guards have no objection and keep the refusals of those before; False if all refuse.

        *model* is a Subject, the one argument a Call.
        """
        (call,) = args
        known: Mapping[str, list[Any]] = self.transitions
        if model.state not in known:
            raise MachineError(f"{self.name} is no act of the state {model.state}")
        for edge in known[model.state]:
            refusals = asked(edge.branch.guards, call.situation)
            if not refusals:
                call.branch, model.state = edge.branch, edge.dest
                return True
            call.passed_over += refusals
        return False


class TableMachine(Machine):
    """A machine made from a procedure's table; read-only and shared by all threads."""

    event_cls = Row
    transition_cls = BranchEdge

    def add_model(self, *_: Any, **__: Any) -> None:
        """Refuse: attaching a model resets its state, leaks, and is compared by value."""
        raise TypeError("models are never attached to a machine: trigger an event on a Subject")


@cache
def machine_of(procedure: Procedure[Any]) -> TableMachine:
    """Compile a procedure's table."""
    machine = TableMachine(
        model=None, states=[NEW, *procedure.states], initial=None, auto_transitions=False, queued=False, send_event=True
    )
    for row in procedure.acts:
        for branch in row.to:
            machine.add_transition(row.name, list(row.source), branch.to, branch=branch)
    return machine


def knows(procedure: Procedure[Any], state: str, act: str) -> bool:
    """Say whether *state* knows *act*."""
    return state in machine_of(procedure).events[act].transitions


def take_branch(procedure: Procedure[Any], row: Transition[Any], situation: Situation[Any]) -> tuple[str, Call]:
    """Fire *row* and return the new state with the branch taken (none if every branch refused)."""
    subject, call = Subject(situation.state), Call(situation)
    machine_of(procedure).events[row.name].trigger(subject, call)
    return subject.state, call
