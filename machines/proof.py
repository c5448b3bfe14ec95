"""The check of situations: whatever the tables allow, in every small situation, keeps the rules of the Regulation.

`kenes procedures --check` runs it, and the check of linked paths (`machines/proof_path_rules.py`). What is proven, and what is not, stands
in `docs/proofs.md`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from machines import (
    proof_appointments,
    proof_council,
    proof_editions,
    proof_erasure,
    proof_path_rules,
    proof_paths,
    proof_people,
    proof_polls,
    proof_resolutions,
    proof_sessions,
    proof_terms,
)
from machines.graph_walk import edges, places
from machines.procedure import NEW, NOBODY, Office, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.proof_step import RULES, Broken, Rule, told_of, tried
from machines.situation import Situation

COUNCIL_UP_TO = 9

SITUATIONS: dict[str, Callable[[int], Iterator[Situation[Any]]]] = {
    "office": proof_people.offices,
    "candidacy": proof_people.candidacies,
    "membership": proof_people.memberships,
    "removal": proof_people.removals,
    "council_seat": proof_appointments.seats,
    "council_meeting": proof_council.meetings,
    "council_question": proof_council.questions,
    "poll": proof_polls.polls,
    "deputy_appointment": proof_appointments.deputies,
    "session": proof_sessions.sessions,
    "resolution": proof_resolutions.resolutions,
    "session_request": proof_sessions.requests,
    "edition": proof_editions.editions,
    "term_decision": proof_terms.decisions,
    "erasure": proof_erasure.erasures,
}  # the duty of a year has no guards: nothing of it depends on a situation

POSSIBLE = "What the Regulation provides for is possible: every way of an act is taken in some situation."
NO_DEAD_END = "Every case can come to its end."
OWNED = "Nothing waits without somebody who can act, or a date."


@dataclass
class Report:
    """What was explored, and the first counterexample to each rule that is broken."""

    broken: list[Broken] = field(default_factory=list)
    situations: int = 0
    steps: int = 0
    places: int = 0

    def __str__(self) -> str:
        """Say it for people."""
        told = f"{self.situations} situations, {self.steps} acts that are allowed in them, {self.places} places on linked paths"
        return f"Rules of the Regulation checked: {len(RULES) + len(proof_path_rules.PATHS)} and 3 on every table, in {told}."


def check(
    procedures: Mapping[str, Procedure[Any]] = PROCEDURES, *, only: str | None = None, up_to: int = COUNCIL_UP_TO
) -> Report:
    """Check the situations of every procedure, or of one, with a Council and an Assembly of *up_to* members, and the linked paths."""
    report = Report()
    for name, procedure in procedures.items():
        if only in (None, name):
            report.broken += _check(procedure, SITUATIONS[name](up_to) if name in SITUATIONS else iter(()), report)
    if only in (None, *proof_paths.LINKED):
        report.broken += proof_path_rules.check_paths(procedures, report=report)
    return report


def check_situations(
    procedures: Mapping[str, Procedure[Any]] = PROCEDURES, *, only: str, up_to: int = COUNCIL_UP_TO
) -> Iterator[Broken]:
    """Yield the first counterexample to each rule that is broken in situations of one procedure."""
    yield from _check(procedures[only], SITUATIONS[only](up_to), Report())


def rules_of(act: str) -> list[Rule]:
    """Return the rules that steps of an act (`poll.close`) keep."""
    return [rule for rule in RULES if act in rule.acts]


def is_guarded(row: Transition[Any]) -> bool:
    """Say whether anything of an act depends on the situation."""
    return bool(row.guards or row.warns or any(branch.guards for branch in row.to))


def _check(procedure: Procedure[Any], situations: Iterator[Situation[Any]], report: Report) -> Iterator[Broken]:
    rules = {row.name: rules_of(f"{procedure.name}.{row.name}") for row in procedure.acts}
    broken, taken = set[str](), set[tuple[str, str]]()
    for s in situations:
        report.situations += 1
        step = tried(procedure, s)
        if step is None:
            continue
        report.steps += 1
        taken.add((s.act, step.branch.to))
        for rule in rules[s.act]:
            if rule.sentence not in broken and not rule.keeps(step):
                broken.add(rule.sentence)
                yield Broken(procedure.name, rule.norm, rule.sentence, told_of(step))
    yield from _ways(procedure, taken)


def _ways(procedure: Procedure[Any], taken: set[tuple[str, str]]) -> Iterator[Broken]:
    """What is possible at all, as far as guards allow it: each way of an act, an end from everywhere, and somebody or a date."""
    for row in procedure.acts:
        for branch in row.to if is_guarded(row) else ():
            if (row.name, branch.to) not in taken:
                yield Broken(procedure.name, row.norms[0], POSSIBLE, (f"{row.name} never leads to {branch.to}",))
    possible = [
        edge for edge in edges(procedure) if not is_guarded(edge.row) or (edge.row.name, edge.branch.to) in taken
    ]
    ending = {*procedure.final}
    while more := {edge.source for edge in possible if edge.target in ending} - ending:
        ending |= more
    for state in sorted({*procedure.states} - ending):
        yield Broken(
            procedure.name, procedure.chapter, NO_DEAD_END, (f"from {state} no act that is possible leads to an end",)
        )
    for state in sorted({*procedure.states} - {*procedure.final, NEW}):
        leaving = [edge.row for edge in possible if edge.source == state != edge.target]
        somebody = any({*row.by} - NOBODY or Office.clock in row.by for row in leaving)
        dated = all(place.deadlines for place in places(procedure) if place.state == state)
        if not somebody and not dated:
            yield Broken(procedure.name, procedure.chapter, OWNED, (f"{state} waits for nobody, and for no date",))
