"""Hypothesis' state machine: draws what is tried, asks the reference, plays it, and compares."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.histories.chance import around, changes, later, next_acts
from tests.histories.history import Covered, Failed, History, lessened
from tests.histories.reasons import NOTHING, Wanted, looked_for, met
from tests.histories.scenes import SCENES
from tests.histories.stage import SETTINGS, Changed, Difference, Stage
from tests.histories.wishes import nearest, wishes_after
from tests.reference import Attempt


class Histories(RuleBasedStateMachine):
    """One history: a setting, and steps until Hypothesis has enough or something differs."""

    stage: ClassVar[Stage]
    covered: ClassVar[Covered]
    failed: ClassVar[list[Failed]]  # the last one is the smallest
    wanted: ClassVar[Wanted]
    turn: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.goal = self.wish = self.wished = ""
        self.history: History | None = None

    @initialize(setting=st.integers(0, len(SETTINGS) - 1), scene=st.integers(0, len(SCENES) - 1))
    def begin(self, setting: int, scene: int) -> None:
        """Everybody is in office, and perhaps something is under way; which is the simplest goes by the seed."""
        history = History(SETTINGS[(setting + self.turn) % len(SETTINGS)], self.stage, self.covered)
        self.history = history
        with self.noted(history):
            for told in SCENES[(scene + self.turn) % len(SCENES)](history.world):
                if isinstance(told, datetime):
                    history.pass_to(told)
                elif isinstance(told, Changed):
                    history.change(told)
                else:
                    history.play(told)
                    self.goal, self.wished = told.case, told.act

    @rule(data=st.data())
    def something_happens(self, data: Any) -> None:
        """Somebody tries something, or many do, or time passes; now and then the same is sent again."""
        assert self.history is not None
        with self.noted(self.history):
            self.move(self.history, data.draw)

    @contextlib.contextmanager
    def noted(self, history: History) -> Iterator[None]:
        """Keep the history in which something differs."""
        try:
            yield
        except Difference as difference:
            self.failed.append(history.failed(difference))
            raise

    def move(self, history: History, draw: Any) -> None:
        """Go on, mostly towards an act that is wished for, with the case that is nearest to it."""
        w = history.world
        if not self.wish or draw(st.integers(0, 24)) == 24:
            wishes = wishes_after(w, self.wished if draw(st.integers(0, 2)) else "")
            self.wish = draw(st.sampled_from(self.wanted.acts or wishes if draw(st.booleans()) else wishes))
            case = nearest(w, self.wish, around(w, self.goal))[0:1]
            self.goal = case[0].name if case and case[0] else ""
        if draw(st.integers(0, 39)) >= (30 if self.wish.startswith("term_decision.") else 39):
            history.change(draw(st.sampled_from(changes(w))))
        before = len(history.steps)
        if draw(st.integers(0, 3)) >= (2 if self.wanted.codes else 3):
            code = draw(st.sampled_from(looked_for(w, self.wanted.codes)))
            acts = met(w, code, draw(st.integers(0, 999)), wanted=code in self.wanted.codes)
        else:
            acts = next_acts(w, draw, self.goal, self.wish)
        for told in acts:
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
    wanted: Wanted = NOTHING,
) -> tuple[Covered, Failed | None]:
    """Play histories; return what was covered, and the smallest that differs, if any does.

    *wanted*: acts and reasons that are tried and looked for before others.
    """
    told = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, report_multiple_bugs=False, print_blob=False,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,), suppress_health_check=list(HealthCheck),
        derandomize=seed is None,
    )  # fmt: skip
    covered, failed = covered or Covered(), list[Failed]()
    told_to_it = {"stage": stage, "covered": covered, "failed": failed, "wanted": wanted, "turn": seed or 0}
    machine: Any = type("Histories", (Histories,), told_to_it)
    with contextlib.suppress(Difference):
        run_state_machine_as_test(machine if seed is None else seeded(seed)(machine), settings=told)
    return covered, lessened(stage, failed[-1]) if failed else None
