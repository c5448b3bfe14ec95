"""Hypothesis' state machine: draws what is tried, asks the reference, plays it, and compares."""

import contextlib
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.histories.chance import around, later, next_acts
from tests.histories.history import Covered, Failed, History, lessened
from tests.histories.stage import SETTINGS, Difference, Setting, Stage
from tests.histories.wishes import nearest, wishes_after
from tests.reference import Attempt


class Histories(RuleBasedStateMachine):
    """One history: a setting, and steps until Hypothesis has enough or something differs."""

    stage: ClassVar[Stage]
    covered: ClassVar[Covered]
    failed: ClassVar[list[Failed]]  # the last one is the smallest

    def __init__(self) -> None:
        super().__init__()
        self.goal = self.wish = self.wished = ""
        self.history: History | None = None

    @initialize(setting=st.sampled_from(SETTINGS))
    def begin(self, setting: Setting) -> None:
        """Everybody is in office."""
        self.history = History(setting, self.stage, self.covered)

    @rule(data=st.data())
    def something_happens(self, data: Any) -> None:
        """Somebody tries something, or many do, or time passes; now and then the same is sent again."""
        assert self.history is not None
        try:
            self.move(self.history, data.draw)
        except Difference as difference:
            self.failed.append(self.history.failed(difference))
            raise

    def move(self, history: History, draw: Any) -> None:
        """Go on, mostly towards an act that is wished for, with the case that is nearest to it."""
        w = history.world
        if not self.wish or draw(st.integers(0, 24)) == 24:
            self.wish = draw(st.sampled_from(wishes_after(w, self.wished if draw(st.integers(0, 2)) else "")))
            case = nearest(w, self.wish, around(w, self.goal))[0:1]
            self.goal = case[0].name if case and case[0] else ""
        before = len(history.steps)
        for told in next_acts(w, draw, self.goal, self.wish):
            history.play(told)
            self.note(told, history.steps[-1].refused is None)
        if len(history.steps) == before or draw(st.integers(0, 19)) == 19:
            history.pass_to(later(w, draw, self.goal))
        elif history.steps[-1].refused is None and draw(st.integers(0, 7)) == 7:
            history.again()

    def note(self, told: Attempt, done: bool) -> None:
        """Stay with a case that the wish has opened; what was wished for and done needs another wish."""
        if done and told.act.partition(".")[0] == self.wish.partition(".")[0]:
            self.goal = told.case
        if done and told.act == self.wish:
            self.wished, self.wish = self.wish, ""

    def teardown(self) -> None:
        """Give the database back."""
        if self.history:
            self.history.close()


def play(
    stage: Stage,
    *,
    examples: int,
    steps: int,
    seed: int | None = None,
    shrink: bool = True,
    covered: Covered | None = None,
) -> tuple[Covered, Failed | None]:
    """Play histories; return what was covered, and the smallest that differs, if any does."""
    told = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, report_multiple_bugs=False, print_blob=False,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,), suppress_health_check=list(HealthCheck),
        derandomize=seed is None,
    )  # fmt: skip
    covered, failed = covered or Covered(), list[Failed]()
    machine: Any = type("Histories", (Histories,), {"stage": stage, "covered": covered, "failed": failed})
    with contextlib.suppress(Difference):
        run_state_machine_as_test(machine if seed is None else seeded(seed)(machine), settings=told)
    return covered, lessened(stage, failed[-1]) if failed else None
