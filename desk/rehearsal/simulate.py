"""Rehearse scenarios: play each file on an empty database, and say as data what every step came to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.rehearsal.nodes import WrongFileError
from desk.rehearsal.play import Play, Played
from desk.rehearsal.reader import read_scenario
from desk.rehearsal.scenario import Scenario, at_minute
from desk.rehearsal.stages import Stages


@dataclass(slots=True)
class Rehearsal:
    """One file, as it was played."""

    file: str
    scenario: Scenario | None = None
    steps: list[Played] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # of cases, by their numbers
    wrong: WrongFileError | None = None

    @property
    def ok(self) -> bool:
        """Whether everything was as expected."""
        return self.wrong is None and all(played.ok for played in self.steps)


def rehearse(file: str, stages: Stages) -> Rehearsal:
    """Play one file; what is wrong with it is kept in the answer."""
    rehearsal = Rehearsal(file)
    try:
        rehearsal.scenario = read_scenario(Path(file), file)
        with stages.fresh() as database:
            play = Play(rehearsal.scenario, database)
            for played in play.steps():
                rehearsal.steps.append(played)
                rehearsal.names = {number: name for name, number in play.cases.items()}
    except WrongFileError as wrong:
        rehearsal.wrong = wrong
    return rehearsal


def rehearsal_as_data(rehearsal: Rehearsal) -> dict[str, Any]:
    """Return a rehearsal as `--json` prints it; a wrong file says where, and why."""
    told: dict[str, Any] = {
        "file": rehearsal.file,
        "title": rehearsal.scenario.title if rehearsal.scenario else None,
        "ok": rehearsal.ok,
        "steps": [step_as_data(played) for played in rehearsal.steps],
    }
    if rehearsal.wrong is not None:
        told["error"] = {"line": rehearsal.wrong.line, "reason": rehearsal.wrong.reason}
    return told


def step_as_data(played: Played) -> dict[str, Any]:
    """Return a step as `--json` prints it: *norms* are those of the refusal, or those that the act was done under."""
    step = played.step
    told = {
        "at": at_minute(step.at),
        "who": step.who_written,
        "act": step.act,
        "case": step.case,
        "ok": played.ok,
        "outcome": played.outcome,
        "state": played.state,
        "norms": list(played.norms),
        "warned": sorted({one.norm for one in played.warned}),
        "deadlines": played.deadlines,
        "counts": played.counts,
    }
    return told if played.ok else told | {"differences": played.differences}
