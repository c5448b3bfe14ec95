"""The check of situations and of linked paths is clean, and notices what is broken (machines/proof*.py, docs/proofs.md)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.guards import Removed, guards, the_check_notices, without
from machines.procedure import Consequence, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.proof import SITUATIONS, check, check_situations, is_guarded, rules_of
from machines.proof_path_rules import THE_WORST, check_paths, worlds
from machines.proof_paths import ONE, Walk, World
from machines.proof_step import Broken

Tables = Mapping[str, Procedure[Any]]


def change(procedure: str, act: str, make: Callable[[Transition[Any]], Transition[Any]]) -> Tables:
    """Return all tables, one row of one changed."""
    table = PROCEDURES[procedure]
    rows = tuple(make(row) if row.name == act else row for row in table.acts)
    return {**PROCEDURES, procedure: replace(table, acts=rows)}


def removed(name: str) -> Tables:
    """Return all tables, one without a guard."""
    guard = Removed(*name.split("/"))
    return {**PROCEDURES, guard.procedure: without(PROCEDURES[guard.procedure], guard)}


def sentences(found: list[Broken]) -> str:
    """Join the rules that are broken."""
    return "\n".join(f"{one.norm} {one.rule}" for one in found)


def test_no_rule_is_broken_in_a_small_assembly() -> None:
    """Whatever the tables allow in an Assembly and a Council of up to four keeps every rule."""
    report = check(up_to=4)
    assert "" == "\n".join(str(one) for one in report.broken)
    assert report.steps > 2000
    assert report.places > 1000


@pytest.mark.slow
def test_no_rule_is_broken_in_a_council_of_twelve() -> None:
    """The same in an Assembly and a Council of up to twelve."""
    assert "" == "\n".join(str(one) for one in check(up_to=12).broken)


@pytest.mark.slow
def test_no_path_breaks_a_rule_in_any_small_world() -> None:
    """One person in all offices or in none, none to two deputies, the Chairman there or not, rulings switched."""
    assert "" == "\n".join(str(one) for one in check_paths(among=worlds(3)))


def test_every_guarded_act_is_explored_and_has_a_rule() -> None:
    """Who adds a guard says in the Regulation's words what it is for, and in which situations it is looked at."""
    guarded = {f"{name}.{row.name}" for name, table in PROCEDURES.items() for row in table.acts if is_guarded(row)}
    assert set() == {act for act in guarded if not rules_of(act)}
    assert set() == {act for act in guarded if act.partition(".")[0] not in SITUATIONS}


@pytest.mark.slow
def test_every_guard_is_missed_when_it_is_removed() -> None:
    """Each guard of each row in turn: without it, some rule is broken in some small situation."""
    assert [] == [str(guard) for guard in guards() if the_check_notices(guard) is None]


def test_a_threshold_that_is_undercut_is_noticed() -> None:
    """Two thirds of all members of the Council (9.2c): the counterexample shows votes and Council."""
    found = check_situations(
        removed("council_question/close_vote/to.0/two_thirds_of_all_are_for"), only="council_question"
    )
    first = next(found)
    assert "9.2c" == first.norm
    assert "council_question.close_vote: voting → adopted" in first.trace[0]
    assert any(line.startswith("by_name: {'for': 0") for line in first.trace)


def test_an_act_that_became_impossible_is_noticed() -> None:
    """Guards that contradict each other leave a way that nobody can go, and cases that cannot end."""
    quorum = PROCEDURES["session"].rows["declare_not_competent"].guards
    found = check_situations(
        change("session", "open", lambda row: replace(row, guards=(*row.guards, *quorum))), only="session"
    )
    assert "open never leads to open" in {one.trace[0] for one in found}


def test_one_procedure_can_be_checked_alone() -> None:
    """Nothing of the others is explored, and no path is walked that it has no part in."""
    report = check(only="term_decision", up_to=1)
    assert ([], 0) == (report.broken, report.places)
    assert 0 < report.situations < 1000


def test_a_rule_is_kept_wherever_its_guard_stands() -> None:
    """A guard of the act and a guard of each way that it may take refuse alike."""
    moved = change(
        "erasure",
        "order",
        lambda row: replace(row, guards=(), to=tuple(replace(way, guards=row.guards) for way in row.to)),
    )
    assert [] == [*check_situations(moved, only="erasure", up_to=2)]


def test_a_case_that_nobody_can_end_is_noticed() -> None:
    """A seat in the Council that nothing closes: no way leads to an end, and it waits for nobody."""
    found = [
        *check_situations(change("council_seat", "close", lambda row: replace(row, source=())), only="council_seat")
    ]
    assert {("from held no act that is possible leads to an end",), ("held waits for nobody, and for no date",)} <= {
        one.trace for one in found
    }


def test_an_approval_that_became_impossible_is_noticed() -> None:
    """The way by the Council leads to an approval where there are people for it (14.2c)."""
    found = [*check_paths(change("candidacy", "approve", lambda row: replace(row, by=())))]
    assert "an approval by way of the Council is possible" in sentences(found)


def test_an_approval_without_the_council_is_noticed() -> None:
    """Nobody is approved whom no meeting has considered, but by the Chairman's own inclusion (14.2a, 14.2e)."""
    found = [*check_paths(change("candidacy", "approve", lambda row: replace(row, source=("admissible", "submitted"))))]
    assert "Nobody is approved whom a meeting of the Council has not considered" in sentences(found)
    assert "candidacy.approve by m1 ⇒ candidacy approved" in found[0].trace[-1]


def test_a_poll_that_moves_a_candidacy_is_noticed() -> None:
    """A candidacy is considered at a meeting, whatever may be polled (14.2a)."""
    considers: Consequence[Any] = Consequence(
        "candidacy", "consider", lambda _, __: ["C-2027-0001"], lambda _: {"outcome": "recommended"}
    )
    found = check_paths(
        change(
            "poll",
            "close",
            lambda row: replace(row, to=tuple(replace(way, consequences=(considers,)) for way in row.to)),
        )
    )
    assert "No poll moves a candidacy" in sentences([*found])


@pytest.mark.parametrize(
    ("guard", "rule"),
    [
        (
            "council_question/open_vote/guards/enough_are_present_for_a_candidacy",
            "Nobody carries a candidacy from nomination",
        ),
        ("council_meeting/close/guards/every_question_is_settled", "What is being voted on belongs to a meeting"),
        ("candidacy/submit/guards/recommended_where_the_ruling_asks", "Where the Council's outcome binds"),
    ],
)
def test_a_path_notices_what_is_missing_on_it(guard: str, rule: str) -> None:
    """Rules about whole paths depend on guards of several procedures."""
    assert rule in sentences([*check_paths(removed(guard))])


def test_a_candidacy_that_nobody_can_end_is_noticed() -> None:
    """Without the withdrawal, and with the Chairman's post vacant, a candidacy would wait for ever."""
    found = check_paths(change("candidacy", "withdraw", lambda row: replace(row, by=())), among=THE_WORST[-1:])
    assert "there is a way to its end" in sentences([*found])


def test_a_council_of_one_is_the_one_exception() -> None:
    """One member is two thirds of one: if he holds all offices, he carries a candidacy alone (9.2c). No norm forbids it."""
    alone = [
        at for at in Walk(World(1, (), ONE, ONE)).ways if at.candidacy == "approved" and at.alone and not at.included
    ]
    assert alone
    several = Walk(World(2, (), ONE, ONE)).ways
    assert not [at for at in several if at.candidacy == "approved" and at.alone and not at.included]
