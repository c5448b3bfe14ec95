"""Check a scenario against itself before it is played: people, cases, states, deadlines and the shapes of facts."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from desk.rehearsal.facts import plain, translated
from desk.rehearsal.nodes import WrongFileError
from desk.rehearsal.play_roster import Names
from desk.rehearsal.scenario import Scenario, Step
from machines.act import PRESIDENT
from machines.facts import PaperOfKind, wrong_shape
from machines.procedure import Procedure
from machines.procedures import PROCEDURES

_ANY_NUMBER = "X-0000-0000"  # stands for a case that is not there yet: the shape of the facts is what is looked at


def check(scenario: Scenario) -> None:
    """Raise WrongFileError for the first thing in the steps that the scenario does not know."""
    known = _Known(scenario)
    for step in scenario.steps:
        known.check_people(step)
        known.check_case(step)
        known.check_facts(step)
        known.check_expectations(step)


class _Known:
    """What is known up to a step: people, and the names of cases with the procedures that they may be of."""

    def __init__(self, scenario: Scenario) -> None:
        self.file = scenario.file
        self.names = Names(scenario.roster)
        self.cases: dict[str, set[str]] = {}

    def check_people(self, step: Step) -> None:
        for person in step.who:
            if person != PRESIDENT:
                self.person(step, person, "who")
        if step.whom is not None:
            self.person(step, step.whom, "expect" if "as" not in step.lines else "as")
        if step.on_behalf_of not in (None, PRESIDENT):
            self.person(step, str(step.on_behalf_of), "on_behalf_of")
        for person in step.expect.get("offices", ()):
            self.person(step, person, "expect")

    def check_case(self, step: Step) -> None:
        """A case is named by the act that opens it, or stands (membership:m7); an act is of the case's procedure."""
        if step.case is None:
            return
        procedure, _, name = (step.act or "").partition(".")
        opens = step.act is not None and PROCEDURES[procedure].rows[name].opens_case
        if ":" in step.case:
            self.standing(step, step.case, "case")
        elif opens:
            self.cases.setdefault(step.case, set()).add(procedure)
        found = self.procedures(step, step.case, "case")
        if step.act is not None and procedure not in found:
            raise self.wrong(step, f"`{step.case}` is of {' or '.join(sorted(found))}, not of {procedure}", "case")

    def check_facts(self, step: Step) -> None:
        """Facts have the shape that the act asks for, whoever does it and whatever is answered."""
        if step.act is None:
            return
        procedure, _, name = step.act.partition(".")
        row = PROCEDURES[procedure].rows[name]
        try:
            told = translated(step.facts, person=self._fact(step, self.person), number=self._fact(step, self.number))
        except ValueError as error:  # a range that runs backwards
            raise self.wrong(step, str(error), "facts") from None
        self.shape(step, "facts", lambda: row.facts.model_validate(told))
        if step.document is not None:
            paper = plain(step.document)
            self.shape(step, "document", lambda: PaperOfKind.model_validate(paper))

    def check_expectations(self, step: Step) -> None:
        """States, deadlines and acts are those of the case's procedure."""
        if step.case is None:
            return
        procedures = [PROCEDURES[name] for name in sorted(self.procedures(step, step.case, "case"))]
        if "state" in step.expect:
            states = {state.value for procedure in procedures for state in procedure.states}
            self.one_of(step, [step.expect["state"]], states, "state")
        self.one_of(step, step.expect.get("deadlines", ()), _deadlines_of(procedures), "deadlines")
        acts = {act for procedure in procedures for act in procedure.rows}
        self.one_of(step, step.expect.get("can", ()), acts, "can")
        self.one_of(step, step.expect.get("cannot", ()), acts, "cannot")

    def one_of(self, step: Step, names: Any, known: set[str], key: str) -> None:
        for name in names:
            if name not in known:
                reason = f"`{step.case}` knows no `{name}`; it knows {', '.join(sorted(known)) or 'none'}"
                raise self.wrong(step, reason, "expect", key)

    def person(self, step: Step, name: str, *where: str) -> str:
        if name not in self.names.people:
            raise self.wrong(step, f"nobody is called `{name}` in this scenario", *where)
        return self.names.people[name]

    def number(self, step: Step, name: str, *where: str) -> str:
        self.procedures(step, name, *where)
        return _ANY_NUMBER

    def procedures(self, step: Step, name: str, *where: str) -> set[str]:
        """Return the procedures that a case of this name may be of."""
        if ":" in name:
            return {self.standing(step, name, *where)}
        if name not in self.cases:
            raise self.wrong(step, f"no case is called `{name}` yet", *where)
        return self.cases[name]

    def standing(self, step: Step, name: str, *where: str) -> str:
        """Return the procedure of a standing case: membership:m7, annual_session:2003."""
        procedure, _, whose = name.partition(":")
        if procedure not in PROCEDURES:
            raise self.wrong(step, f"no case can be called `{name}`: a colon is for such as membership:m7", *where)
        if procedure != "annual_session":
            self.person(step, whose, *where)
        elif not (whose.isascii() and whose.isdigit() and len(whose) == 4):
            raise self.wrong(step, f"`{name}`: of which year? as annual_session:2003", *where)
        return procedure

    def shape(self, step: Step, key: str, validate: Callable[[], object]) -> None:
        try:
            validate()
        except ValidationError as error:
            faults = wrong_shape(error)
            said = "; ".join(f"{fault['fact']}: {fault['reason']}" for fault in faults)
            where = str(faults[0]["fact"]).partition(".")[0]
            raise self.wrong(step, f"{step.act}: {said}", key, where) from None

    def wrong(self, step: Step, reason: str, *where: str) -> WrongFileError:
        return WrongFileError(self.file, step.line_of(*where), reason)

    def _fact(self, step: Step, ask: Callable[..., str]) -> Callable[[str, str], str]:
        return lambda key, name: ask(step, name, "facts", key)


def _deadlines_of(procedures: list[Procedure[Any]]) -> set[str]:
    rows = (row for procedure in procedures for row in procedure.acts)
    return {term.name for row in rows for branch in row.to for term in branch.opens}
