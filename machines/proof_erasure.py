"""Small situations of an erasure, and what must be true of whoever is erased (2.3)."""

from itertools import product

from machines import erasure
from machines.procedure import NEW
from machines.proof_council import Situations
from machines.proof_step import Seen, Step, day, facts, rule


def erasures(_: int) -> Situations:
    """Yield the situations of an erasure: in office or not, concerned by open cases or not, every ground, with and without a paper."""
    offices = ((), (("member", "M-1"),), (("working_body", "O-1"), ("council_member", "T-1")))
    wrong: tuple[tuple[str, ...], ...] = ((), ("C-2027-0001/1",))
    paper = {"kind": "statement", "number": "1", "date": day(0)}
    for held, cases, not_these, ground, basis in product(
        offices, ((), ("C-1",)), wrong, ("own_request", "death"), (None, paper)
    ):
        told = facts(
            erasure.Order, {"person": "p", "ground": ground, "basis": basis, "also": ["C-2027-0001/1"] if not_these else None}
        )  # fmt: skip
        yield Seen("erasure").of("order", NEW, erasure.Circumstances(held, cases, not_these), given=told)


@rule("13.1a", "erasure.order")
def nobody_in_office_is_erased(step: Step) -> bool:
    """Who is a member, a deputy or holds any other office is known by name."""
    return not step.seen.offices


@rule("2.3", "erasure.order")
def nothing_under_way_is_erased(step: Step) -> bool:
    """What is still to be decided is decided with its facts at hand."""
    return not step.seen.open_cases and not step.seen.not_to_be_erased


@rule("2.3", "erasure.order")
def an_erasure_says_what_it_rests_on(step: Step) -> bool:
    """It names its paper, or is warned of."""
    return step.told.basis is not None or "erasure.no_paper" in step.warnings
