"""The thresholds against brute force: every total from 0 to 400 and every number of votes, through the guards (8.2b, 8.3, 9.2c).

What is asked is the guard that the act asks; the expected answer is found by counting, without shares: so many votes
that three of them for every two members, and so on.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from machines import (
    council_meeting,
    council_question_guards,
    poll_guards,
    resolution_guards,
    session_guards,
    session_request,
)
from machines.council_question_votes import counts_of as council_counts
from machines.numbers import SHIPPED
from machines.poll_votes import counts_of as poll_counts
from machines.procedure import Guard
from machines.resolution_votes import counts_of as resolution_counts
from machines.rulings import DEFAULTS
from machines.session_facts import SetMethod
from machines.sitting import proof

TOTALS = range(401)
PEOPLE = [f"m{n}" for n in range(max(TOTALS))]
FIRST = [frozenset(PEOPLE[:n]) for n in range(len(PEOPLE) + 1)]  # the first n people


def situation(circumstances: Any, given: Any = None, **facts: Any) -> Any:
    """Return what a guard of a threshold looks at."""
    today = date(2006, 5, 16)
    return SimpleNamespace(
        circumstances=circumstances, given=given, facts=facts, today=today, rulings=DEFAULTS,
        share=lambda key: SHIPPED.share(key, today),
    )  # fmt: skip


def reached(guard: Guard[Any], seen: Any) -> bool:
    """Say whether the guard has no objection."""
    return not guard.refusals(seen)


def council(votes: int, total: int, present: int = 0) -> Any:
    """Return a question of the Council with votes for and people present."""
    counts = {"for": votes, "against": 0, "abstain": 0}
    return situation(SimpleNamespace(council=FIRST[total], present=FIRST[present], counts=counts), kind="candidacy")


def poll(votes: int, total: int) -> Any:
    """Return a poll with answers for."""
    counts = {"for": votes, "against": 0, "abstain": 0}
    seen = SimpleNamespace(
        electorate=FIRST[total], answered=FIRST[votes], counts=counts, counts_at_opening=counts, at_opening=FIRST[total]
    )
    return situation(seen)


def hall(votes: int, present: int) -> Any:
    """Return a resolution with votes for."""
    counts = {"for": votes, "against": 0, "abstain": 0}
    return situation(SimpleNamespace(at_opening=FIRST[present], counts=counts))


def two_thirds(part: int, total: int) -> bool:
    """Find by counting whether *part* is at least two thirds: thirds are taken one by one."""
    return total > 0 and part in range(total + 1) and part + part + part >= total + total


def test_two_thirds_of_the_council() -> None:
    """Votes for, of all its members, at a meeting and by poll (9.2c, B03)."""
    for total in TOTALS:
        for votes in range(total + 1):
            expected = two_thirds(votes, total)
            assert expected == reached(council_question_guards.two_thirds_of_all_are_for, council(votes, total)), (
                votes,
                total,
            )
            assert expected == reached(poll_guards.two_thirds_are_for, poll(votes, total)), (votes, total)


@pytest.mark.slow
def test_two_thirds_present() -> None:
    """Quorum of a session (8.3a), attendance of a meeting (B04), and of one that considers a candidacy (C06)."""
    for total in TOTALS:
        for present in range(total + 1):
            expected = two_thirds(present, total)
            seen = situation(SimpleNamespace(present=present, total=total))
            assert expected == session_guards.has_quorum(seen) == reached(session_guards.a_quorum, seen), (
                present,
                total,
            )
            assert expected != reached(session_guards.no_quorum, seen), (present, total)
            assert expected == reached(council_meeting.enough_to_adopt, seen), (present, total)
            asked = council(0, total, present)
            assert expected == reached(council_question_guards.enough_are_present_for_a_candidacy, asked), (
                present,
                total,
            )
            assert expected != reached(council_question_guards.a_candidacy_that_could_not_be_decided, asked), (
                present,
                total,
            )
            moment = situation(SimpleNamespace(present=FIRST[present], total=total))
            assert expected == reached(resolution_guards.a_quorum_at_this_moment, moment), (present, total)


def test_more_than_half_of_those_present() -> None:
    """Strictly more for than all the others together (8.3b, A11), also for the method of voting (A12)."""
    for present in TOTALS:
        for votes in range(present + 1):
            expected = votes > present - votes
            assert expected == reached(resolution_guards.more_than_half_are_for, hall(votes, present)), (votes, present)
            told = SetMethod.model_construct(for_=votes, against=present - votes, abstain=0, method="secret")
            seen = situation(SimpleNamespace(present=present), told)
            assert expected == reached(session_guards.more_than_half_want_the_method, seen), (votes, present)


def test_one_third_of_all_members() -> None:
    """Signatures of a request (8.2b): three of them for every member."""
    for total in TOTALS:
        for signatures in range(total + 1):
            expected = total > 0 and signatures + signatures + signatures >= total
            seen = situation(session_request.Circumstances(FIRST[signatures], FIRST[total]))
            assert expected == reached(session_request.a_third_has_signed, seen), (signatures, total)


def least(guard: Guard[Any], make: Any, total: int) -> int | None:
    """Find the least number that the guard accepts, trying one after the other."""
    return next((votes for votes in range(total + 1) if reached(guard, make(votes, total))), None)


@pytest.mark.parametrize(
    ("guard", "make", "counts_of", "norm"),
    [
        (council_question_guards.two_thirds_of_all_are_for, council, council_counts, "9.2c"),
        (poll_guards.two_thirds_are_for, poll, poll_counts, "9.2c"),
        (resolution_guards.more_than_half_are_for, hall, resolution_counts, "8.3b"),
    ],
)
def test_what_is_said_to_be_needed_is_what_suffices(guard, make, counts_of, norm) -> None:
    """`needed` is the least number that the guard accepts, in counts, refusal and proof alike (edge case A15)."""
    for total in TOTALS:
        needed = least(guard, make, total) or 1
        counts = counts_of(make(0, total))
        assert needed == counts["needed"], total
        (refusal,) = guard.refusals(make(0, total))
        assert (norm, needed) == (refusal.norm, refusal.numbers["needed"]), total


def test_of_a_total_of_none_nothing_suffices() -> None:
    """However many votes there should be (edge case A7)."""
    for votes in range(10):
        for guard, make in (
            (council_question_guards.two_thirds_of_all_are_for, council), (poll_guards.two_thirds_are_for, poll),
            (resolution_guards.more_than_half_are_for, hall),
        ):  # fmt: skip
            assert not reached(guard, make(votes, 0))


def test_an_outcome_that_can_still_change_is_not_decided() -> None:
    """Until the closing each may still vote, or vote otherwise: brute force over what they could do (edge cases C12, C37)."""
    from machines.numbers import share

    majority = share("council.majority", date(2006, 5, 16))
    for total in range(13):
        for votes in range(total + 1):
            counts = {"for": votes, "against": 0, "abstain": 0}
            outcomes = {majority.reached(then, total) for then in range(total + 1)}
            stands = proof(majority, counts, total, closed=False)
            assert (len(outcomes) == 1) == stands["decided"], (votes, total)
            assert total - votes == stands["silent"]
            more = next((more for more in range(total + 2) if majority.reached(votes + more, total)), None)
            assert stands["missing"] == (more if more is not None else 1 - votes)


def test_the_switch_to_both_moments() -> None:
    """Under `both` two thirds are reached at the opening and at the closing, each of its own total (B07)."""
    rulings = {**DEFAULTS, "poll.reference_moment": "both"}
    for opening in range(25):
        for closing in range(25):
            for votes in range(min(opening, closing) + 1):
                counts = {"for": votes}
                seen = situation(
                    SimpleNamespace(
                        electorate=FIRST[closing], at_opening=FIRST[opening], counts=counts, counts_at_opening=counts
                    )
                )
                seen.rulings = rulings
                expected = two_thirds(votes, opening) and two_thirds(votes, closing)
                assert expected == reached(poll_guards.two_thirds_are_for, seen), (votes, opening, closing)


def test_no_float_comes_near_a_threshold() -> None:
    """Shares are whole numbers: neither a division with a point, nor `round`, nor a float in the files of thresholds (A21)."""
    import ast
    import inspect

    from machines import council_question_votes, numbers, poll_votes, resolution_votes, sitting

    modules = (
        numbers, sitting, council_meeting, council_question_guards, council_question_votes, poll_guards, poll_votes, resolution_guards,
        resolution_votes, session_guards, session_request,
    )  # fmt: skip
    for module in modules:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            assert not isinstance(node, ast.Div), module
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), module
            assert not (isinstance(node, ast.Name) and node.id in ("float", "round", "Decimal")), module
