"""The check of the tables is clean, and notices whatever may be broken in one (machines/graph*.py)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from machines.candidacy import CANDIDACY
from machines.council_seat import COUNCIL_SEAT
from machines.facts import Facts
from machines.finding import Finding
from machines.graph import check_all
from machines.membership import MEMBERSHIP
from machines.office import OFFICE
from machines.procedure import (
    SAME,
    Branch,
    ClosesThere,
    Consequence,
    ForbiddenPath,
    Notice,
    Office,
    Procedure,
    Rung,
    Transition,
)
from machines.procedures import PROCEDURES
from tests.contract.reading import differences

Mutant = tuple[str, Procedure[Any]]


def test_every_table_is_in_order() -> None:
    """Reachable, closed, deterministic, cited, without circles: nothing to find."""
    assert "" == "\n".join(str(finding) for finding in check_all())


def test_every_procedure_excludes_some_way() -> None:
    """Each table names the states that must not be reached without an act, and the norm."""
    assert [] == [name for name, procedure in PROCEDURES.items() if not procedure.forbidden_paths]


def test_a_finding_says_where_and_what() -> None:
    """One line for people: procedure, what kind, where."""
    assert "poll: left_open: closing" == str(Finding("poll", "left_open", "closing"))


# ------------------------------------------------------------------------------------------- each kind of defect by name


def change(procedure: Procedure[Any], act: str, **told: Any) -> Procedure[Any]:
    """Return the table with one row changed."""
    return replace(procedure, acts=tuple(replace(row, **told) if row.name == act else row for row in procedure.acts))


def rebranch(procedure: Procedure[Any], act: str, *, place: int = 0, **told: Any) -> Procedure[Any]:
    """Return the table with one branch of a row changed."""
    branches = list(procedure.rows[act].to)
    branches[place] = replace(branches[place], **told)
    return change(procedure, act, to=tuple(branches))


def without(procedure: Procedure[Any], *acts: str) -> Procedure[Any]:
    """Return the table without some rows."""
    return replace(procedure, acts=tuple(row for row in procedure.acts if row.name not in acts))


def codes(*changed: Procedure[Any]) -> set[str]:
    """Return the codes of what is found when tables are changed."""
    return {finding.code for finding in check_all({**PROCEDURES, **{each.name: each for each in changed}})}


def nobody(*_: Any) -> Sequence[str]:
    return ()


class Weight(Facts):
    """Facts of types that the contract does not know."""

    kilograms: float
    remark: str


EXIT = MEMBERSHIP.rows["leave"].to[1].opens[0]
CONSIDERATION = CANDIDACY.rows["admit"].to[0].opens[0]
SUBMIT = CANDIDACY.rows["submit"]


def consequence(procedure: str, act: str) -> tuple[Consequence[Any], ...]:
    return (Consequence(procedure, act, nobody),)


DEFECTS: dict[str, Callable[[], Procedure[Any]]] = {
    "unreachable": lambda: without(CANDIDACY, "return"),
    "waits_for_nobody": lambda: without(CANDIDACY, "cure", "withdraw"),
    "no_way_out": lambda: without(CANDIDACY, "approve", "reject", "withdraw", "include", "submit"),
    "leaves_final": lambda: change(CANDIDACY, "withdraw", source=("approved", "nominated")),
    "unknown_state": lambda: rebranch(CANDIDACY, "admit", to="blessed"),
    "half_open": lambda: change(CANDIDACY, "nominate", source=("new", "nominated")),
    "two_rows": lambda: replace(CANDIDACY, acts=(*CANDIDACY.acts, CANDIDACY.rows["admit"])),
    "no_office": lambda: change(CANDIDACY, "admit", by=()),
    "two_offices": lambda: change(CANDIDACY, "admit", by=(Office.working_body,) * 2),
    "own_of_nobody": lambda: change(CANDIDACY, "admit", own=True),
    "concurrent_move": lambda: change(CANDIDACY, "admit", concurrent=True),
    "no_norm": lambda: change(CANDIDACY, "admit", norms=()),
    "unknown_norm": lambda: change(CANDIDACY, "admit", norms=("14.1z",)),
    "no_branch": lambda: change(CANDIDACY, "admit", to=()),
    "never_taken": lambda: change(MEMBERSHIP, "leave", to=(Branch("left"), *MEMBERSHIP.rows["leave"].to)),
    "half_joint": lambda: change(CANDIDACY, "submit", joint=False),
    "unknown_audience": lambda: rebranch(CANDIDACY, "admit", notices=(Notice("admitted", "neighbours"),)),
    "reminders_disordered": lambda: reminded(CANDIDACY, "admit", Rung(1, "deputies"), Rung(3, "deputies")),
    "unknown_type": lambda: change(CANDIDACY, "admit", facts=Weight),
    "forbidden_path": lambda: change(CANDIDACY, "submit", source=("admissible", "considered")),
    "unknown_act": lambda: replace(CANDIDACY, forbidden_paths=(ForbiddenPath("approved", ("bless",), "14.2a"),)),
    "unknown_kind": lambda: reopened(CANDIDACY, "admit", replace(CONSIDERATION, kind="wish")),
    "unfit_expiry": lambda: reopened(CANDIDACY, "admit", replace(CONSIDERATION, expires="withdraw")),
    "two_terms": lambda: reopened(CANDIDACY, "nominate", replace(CONSIDERATION, kind="limit")),
    "opened_twice": lambda: reopened(CANDIDACY, "support", replace(CONSIDERATION, again=False)),
    "open_in_final": lambda: reopened(CANDIDACY, "include", CONSIDERATION),
    "unknown_deadline": lambda: rebranch(CANDIDACY, "approve", closes=("applause",)),
    "never_open": lambda: rebranch(CANDIDACY, "approve", closes=("consideration",)),
    "no_deadline_brings_it": lambda: change(CANDIDACY, "withdraw", by=(Office.working_body, Office.clock)),
    "nobody_expires_it": lambda: change(MEMBERSHIP, "exit", by=(Office.working_body,)),
    "expiry_impossible": lambda: rebranch(MEMBERSHIP, "revoke_leave", closes=()),
    "left_open": lambda: without(rebranch(CANDIDACY, "nominate", opens=(CONSIDERATION,)), "withdraw"),
    "carried_away": lambda: rebranch(CANDIDACY, "submit", closes=()),
    "mandate_outlives": lambda: rebranch(OFFICE, "vacate", ends=None),
    "mandate_twice": lambda: rebranch(COUNCIL_SEAT, "close", grants=COUNCIL_SEAT.rows["open"].to[0].grants),
    "mandate_missing": lambda: rebranch(COUNCIL_SEAT, "open", grants=None),
    "two_letters": lambda: replace(OFFICE, letter="C"),
    "unknown_consequence": lambda: rebranch(CANDIDACY, "admit", consequences=consequence("membership", "bless")),
    "unauthorised_consequence": lambda: rebranch(CANDIDACY, "admit", consequences=consequence("membership", "leave")),
    "circle": lambda: rebranch(CANDIDACY, "withdraw", consequences=consequence("membership", "start")),
    "never_accepted": lambda: change(MEMBERSHIP, "remove", source=()),
}


def reopened(procedure: Procedure[Any], act: str, *terms: Any) -> Procedure[Any]:
    """Return the table where an act opens other deadlines."""
    return rebranch(procedure, act, opens=terms)


def reminded(procedure: Procedure[Any], act: str, *rungs: Rung) -> Procedure[Any]:
    """Return the table where the deadline that an act opens has other reminders."""
    return reopened(procedure, act, replace(procedure.rows[act].to[0].opens[0], rungs=rungs))


@pytest.mark.parametrize("code", DEFECTS)
def test_a_defect_is_named(code: str) -> None:
    """Every kind of finding is made where it should be."""
    assert code in codes(DEFECTS[code]())


def test_a_row_that_names_a_state_twice_is_named() -> None:
    """It would be two rows for one act."""
    assert "two_rows" in codes(change(CANDIDACY, "admit", source=("nominated", "nominated")))


def test_a_notice_to_nobody_is_named() -> None:
    """A notice has an audience."""
    assert "unknown_audience" in codes(rebranch(CANDIDACY, "admit", notices=(Notice("admitted", ""),)))


def test_a_forbidden_path_to_nowhere_is_named() -> None:
    """A forbidden path speaks of a state that there is."""
    assert {"unknown_state"} <= codes(replace(CANDIDACY, forbidden_paths=(ForbiddenPath("blessed", (), "14.2a"),)))


def test_a_deadline_that_no_case_has_is_not_closed_there() -> None:
    """A deadline of a linked case is one that some procedure opens."""
    there = (ClosesThere("applause", nobody),)
    assert {"unknown_deadline"} == codes(rebranch(CANDIDACY, "admit", closes_there=there))


def test_a_final_state_that_is_none_is_named() -> None:
    """The final states are states, and an act starts from states."""
    assert {"unknown_state"} <= codes(replace(CANDIDACY, final=("approved", "buried")))
    assert {"unknown_state"} <= codes(change(CANDIDACY, "admit", source=("buried",)))


def test_a_procedure_has_one_name() -> None:
    """It is listed under its own."""
    assert {"two_names"} == {finding.code for finding in check_all({"papacy": OFFICE})} - {"unknown_consequence"}


def test_everybody_is_waited_for_in_joint_acts_alone() -> None:
    """Neither a joint act of other offices, nor one that does not ask for the others, nor one without its first entry."""
    assert "half_joint" in codes(change(CANDIDACY, "submit", by=(Office.chairman,)))
    assert "half_joint" in codes(change(CANDIDACY, "submit", to=SUBMIT.to[:1]))
    assert "half_joint" in codes(change(CANDIDACY, "submit", guards=()))
    assert "half_joint" in codes(rebranch(CANDIDACY, "submit", guards=()))


# ------------------------------------------------------------------------------- everything that can be taken from a row


def mutants(procedure: Procedure[Any]) -> Iterator[Mutant]:
    """Yield the table with one thing changed, for everything that a table says."""
    for row in procedure.acts:
        yield f"drop {row.name}", without(procedure, row.name)
        for told in _rows(procedure, row):
            yield f"{row.name}: {told[0]}", change(procedure, row.name, **told[1])
        for place, branch in enumerate(row.to):
            for name, altered in _branches(procedure, branch):
                yield f"{row.name}, branch {place + 1}: {name}", rebranch(procedure, row.name, place=place, **altered)
    for state in procedure.final:
        yield (
            f"{state} is not final",
            replace(procedure, final=tuple(each for each in procedure.final if each != state)),
        )
    yield "one state more", replace(procedure, states=StrEnum("State", [*procedure.states, "limbo"]))


def _rows(procedure: Procedure[Any], row: Transition[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for office in row.by:
        yield f"not by {office}", {"by": tuple(each for each in row.by if each != office)}
    for office in Office:
        if office not in {*row.by, Office.nominating_body}:
            yield f"by {office} too", {"by": (*row.by, office)}
    for norm in row.norms:
        yield f"not under {norm}", {"norms": tuple(each for each in row.norms if each != norm)}
    for state in row.source:
        yield f"not from {state}", {"source": tuple(each for each in row.source if each != state)}
    for state in {*procedure.states} - {*row.source}:
        yield f"from {state} too", {"source": (*row.source, state)}
    for fact in row.facts.model_fields:
        yield f"asks no {fact}", {"facts": Facts}
    yield "joint turned", {"joint": not row.joint}
    yield "concurrent turned", {"concurrent": not row.concurrent}
    if len(row.to) > 1:
        yield "branches turned", {"to": row.to[::-1]}


def _branches(procedure: Procedure[Any], branch: Branch[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for state in [*procedure.states, SAME]:
        if state != branch.to:
            yield f"to {state}", {"to": str(state)}
    for name in branch.closes:
        if branch.to not in procedure.final:  # a final state closes them by itself
            yield f"does not close {name}", {"closes": tuple(each for each in branch.closes if each != name)}
    for term in branch.opens:
        yield f"does not open {term.name}", {"opens": tuple(each for each in branch.opens if each is not term)}
        for kind in {"automatic", "limit", "target"} - {term.kind}:
            yield f"{term.name} is {kind}", {"opens": (replace(term, kind=kind),)}
        if term.expires:
            yield f"{term.name} brings nothing", {"opens": (replace(term, expires=""),)}
        for rung in term.rungs:
            if rung.days:
                rungs = tuple(each for each in term.rungs if each is not rung)
                yield f"{term.name} does not remind {rung.days}", {"opens": (replace(term, rungs=rungs),)}
    for what in branch.consequences:
        kept = tuple(each for each in branch.consequences if each is not what)
        yield f"does not bring {what.procedure}.{what.act}", {"consequences": kept}
    for there in branch.closes_there:
        yield f"does not close {there.deadline} there", {"closes_there": ()}
    if branch.grants or branch.ends:
        yield "no mandate given or ended", {"grants": None, "ends": None}


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_mutant_is_noticed(name: str) -> None:
    """Whatever is changed in a table, the check or the contract says so."""
    procedure = PROCEDURES[name]
    before = differences(procedure)
    found = [*mutants(procedure)]
    assert len(found) > 10 * len(procedure.acts)
    missed = [told for told, mutant in found if differences(mutant) == before and not codes(mutant)]
    assert [] == missed
