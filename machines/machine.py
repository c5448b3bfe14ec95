"""Procedures compiled to flat machines of `transitions`: states, events and branches, never a model attached."""

from functools import cache
from typing import Any

from transitions import EventData, Machine
from transitions import Transition as Edge
from transitions.core import Condition

from machines.procedure import NEW, Branch, Guard, Procedure, Transition
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


def _call(event_data: EventData) -> Call:
    (call,) = event_data.args
    assert isinstance(call, Call)
    return call


class AllGuards(Condition):
    """The one condition of a branch: asks every guard of it and keeps every refusal."""

    def __init__(self, guards: tuple[Guard[Any], ...]) -> None:
        super().__init__(func="all_guards")
        self.guards = guards

    def check(self, event_data: EventData) -> bool:
        """Say whether the branch may be taken."""
        call: Call = _call(event_data)
        refusals = [refusal for guard in self.guards for refusal in guard.refusals(call.situation)]
        call.passed_over += refusals
        return not refusals


class BranchEdge(Edge):
    """An edge that knows which branch of the table it is."""

    def __init__(self, *args: Any, branch: Branch[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = branch
        self.conditions = [AllGuards(branch.guards)]

    def execute(self, event_data: EventData) -> bool:
        """Take the branch if its guards hold."""
        if not super().execute(event_data):
            return False
        _call(event_data).branch = self.branch
        return True


class TableMachine(Machine):
    """A machine made from a procedure's table; read-only and shared by all threads."""

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
