"""Joint acts: every holder of the office must do it; the last one makes the transition (B01)."""

from typing import Any

from machines.procedure import SAME, Branch, guard
from machines.refusal import Refusal
from machines.situation import Situation


def still_missing(s: Situation[Any]) -> list[str]:
    """Name the holders then in office who have not done the act, the present one aside."""
    done = {*s.joint.get(s.act, ()), s.holder}
    return [person for person in s.deputies() if person not in done]


@guard()
def everyone_has_done_it(s: Situation[Any]) -> Refusal | None:
    """The act is complete once every deputy then in office has done it."""
    missing = still_missing(s)
    if not missing:
        return None
    needed = len(s.deputies())
    numbers = {"done": needed - len(missing), "needed": needed, "missing": missing}
    return Refusal(s.norm, "joint.others_missing", numbers)


@guard()
def not_twice(s: Situation[Any]) -> Refusal | None:
    """The same holder does not do it again while others are missing."""
    missing = still_missing(s)
    if s.holder not in s.joint.get(s.act, ()) or not missing:
        return None
    return Refusal(s.norm, "joint.done_already", {"missing": missing})


def jointly(complete: Branch[Any]) -> tuple[Branch[Any], ...]:
    """Make the branches of a joint act: complete, or one entry more that leaves the state."""
    first = Branch(
        complete.to, (everyone_has_done_it, *complete.guards), complete.opens, complete.closes, complete.consequences,
        complete.closes_there, complete.notices, complete.grants, complete.ends, complete.writes,
    )  # fmt: skip
    return (first, Branch(SAME))
