"""Small situations of deadlines that would move when the calendar has changed, and what is asked of the decision (H05)."""

from datetime import timedelta
from itertools import product

from machines import term_decision
from machines.counted_anew import Moving
from machines.procedure import NEW
from machines.proof_council import Situations
from machines.proof_step import NOW, ZONE, Seen, Step, facts, rule
from machines.terms import Count
from machines.zones import local_day

NEWEST = 1  # the calendar of the situations


def decisions(_: int) -> Situations:
    """Yield the situations of a decision: the deadline would move a day back or on, or not at all; decided before, or not."""
    seen = Seen("term_decision")
    for act, version, offset, decided in product(
        ("move", "leave"), (NEWEST - 1, NEWEST), (None, -1, 0, 1), (None, "V-2027-0001")
    ):
        told = {"case": "C-2027-0001", "deadline": "submission", "version": version, "reason": "Order 4"}
        known = term_decision.Circumstances(None if offset is None else _moving(offset), decided)
        yield seen.of(act, NEW, known, given=facts(term_decision.Decide, told), office="chairman")


def _moving(offset: int) -> Moving:
    due = NOW + timedelta(days=offset)
    count = Count(due, local_day(due, ZONE), ZONE, (), NEWEST)
    return Moving("C-2027-0001", "submission", "14.2b", "target", NOW + timedelta(days=9), ZONE, "[]", 0, 1, count)


@rule("22.1", "term_decision.move", "term_decision.leave")
def by_the_calendar_of_now(step: Step) -> bool:
    """What is decided was looked at by the calendar as it is."""
    return bool(step.told.version == NEWEST)


@rule("22.1", "term_decision.move", "term_decision.leave")
def what_would_move(step: Step) -> bool:
    """What stands anyway is not decided."""
    return step.seen.moving is not None


@rule("22.1", "term_decision.move", "term_decision.leave")
def decided_once(step: Step) -> bool:
    """One change of the calendar is decided once for each deadline."""
    return step.seen.decided is None


@rule("22.1", "term_decision.move")
def no_time_is_taken_back(step: Step) -> bool:
    """No deadline is moved to where it has passed already."""
    return bool(step.seen.moving.anew.due > NOW)
