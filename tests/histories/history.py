"""One history: steps that are played by the program and by the reference, and everything compared after each."""

import contextlib
import dataclasses
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from desk.rehearsal.play import Played
from desk.rehearsal.scenario import Step
from tests.histories.filed import file_of
from tests.histories.stage import (
    Changed,
    Difference,
    Real,
    Setting,
    Stage,
    compare,
    compare_all,
    compare_counts,
    step_of,
)
from tests.reference import Answer, Attempt, Case, World


class Covered:
    """How often which act came to what, and which rules refused or warned."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[str] = Counter()
        self.states: Counter[tuple[str, str]] = Counter()
        self.examples = 0

    def add(self, w: World, told: Attempt, answer: Answer) -> None:
        """Note what was reached."""
        self.outcomes[told.act, answer.outcome] += 1
        self.reasons.update(code for _, code in {*answer.reasons, *answer.warned})
        if answer.outcome == "done" and (c := w.case(told.case)):
            self.states[c.procedure, c.state] += 1


class Tried(NamedTuple):
    """What was tried when; nothing: time passes. *again*: it was sent once more, with its key."""

    at: datetime
    told: Attempt | Changed | None
    again: bool = False


class Failed(NamedTuple):
    """A history at the end of which something differs."""

    setting: Setting
    tried: list[Tried]
    steps: list[Step]
    world: World
    difference: Difference
    had: dict[Case, set[str]]

    def file(self) -> str:
        """Write it as a scenario."""
        return file_of(self.setting, self.steps, self.world, self.difference, self.had)


class History:
    """A history under way."""

    def __init__(self, setting: Setting, stage: Stage, covered: Covered | None = None) -> None:
        self.setting, self.world, self.covered = setting, setting.world(), covered or Covered()
        self.stack = contextlib.ExitStack()
        self.real = Real(setting, self.stack.enter_context(stage.lent(setting)))
        self.tried: list[Tried] = []
        self.steps: list[Step] = []
        self.had: dict[Case, set[str]] = {}  # deadlines that were seen open
        self.covered.examples += 1

    def pass_to(self, then: datetime) -> None:
        """What falls due is carried out by both."""
        self.world.pass_to(then)
        self.covered.outcomes.update((name, "clock") for name in self.world.by_clock)
        self.world.by_clock.clear()
        self.play(None)

    def change(self, told: Changed) -> None:
        """The calendar becomes another one for both."""
        self.world.decide(*told)
        self.tried.append(Tried(self.world.now, told))
        self.steps.append(Step(lines={"": 1}, at=self.world.now, calendar={told.kind: (told.day,)}))
        self.played(self.steps[-1])
        compare_all(self.real, self.world)

    def play(self, told: Attempt | None) -> None:
        """Play a step on both; Difference if they do not agree."""
        w = self.world
        answer = w.answer(told) if told else None
        step = step_of(w, told, answer, w.now)
        self.tried.append(Tried(w.now, told))
        self.steps.append(step)
        played = self.played(step)
        if told and answer:
            w.do(told)
            if answer.outcome == "done" and (c := w.case(told.case)):
                expect = {"state": c.state, "warned": sorted({norm for norm, _ in answer.warned})}
                self.steps[-1] = dataclasses.replace(step, expect=expect)
            compare(played, answer)
            self.covered.add(w, told, answer)
            compare_counts(played, w)
        for c in w.cases:
            self.had.setdefault(c, set()).update(c.open)
        compare_all(self.real, w)

    def played(self, step: Step) -> Played:
        """Play a step; that the program fails is a difference too, but not that a case was left out which it names."""
        try:
            played = self.real.play(step)
        except Exception as error:
            raise Difference(f"{step.act}: the program failed: {error!r}") from error
        if any(one.startswith("there is no case") for one in played.differences):
            raise KeyError(step.case)
        return played

    def again(self) -> None:
        """Send what was just done once more, with the same key."""
        self.tried[-1] = self.tried[-1]._replace(again=True)
        self.real.again()

    def failed(self, difference: Difference) -> Failed:
        """Keep what differs."""
        return Failed(self.setting, list(self.tried), list(self.steps), self.world, difference, self.had)

    def close(self) -> None:
        """Note where everything stands at the end, and give the database back."""
        self.covered.states.update((c.procedure, c.state) for c in self.world.cases)
        self.stack.close()


def replayed(stage: Stage, setting: Setting, tried: list[Tried]) -> Failed | None:
    """Play a history again; None if nothing differs, or if it cannot be played so."""
    history = History(setting, stage)
    try:
        for at, told, again in tried:
            if at > history.world.now:
                history.pass_to(at)
            if isinstance(told, Changed):
                history.change(told)
            elif told:
                history.play(told)
            if again and history.steps[-1].refused is None:
                history.again()
    except Difference as difference:
        return history.failed(difference)
    except (AssertionError, KeyError, IndexError, TypeError, AttributeError):  # what it needed was left out
        return None
    finally:
        history.close()
    return None


def lessened(stage: Stage, failed: Failed) -> Failed:
    """Leave out every step without which it still differs: Hypothesis leaves some that others were drawn from."""
    place = len(failed.tried) - 2
    while place >= 0:
        fewer = [*failed.tried[:place], *failed.tried[place + 1 :]]
        found = replayed(stage, failed.setting, fewer)
        if found is not None and found.difference.kind == failed.difference.kind:
            failed = found
        place = min(place, len(failed.tried) - 1) - 1
    return failed
