"""Say in words how a planned date was found: a sentence of the plan, then the steps of the count behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from machines.terms import Step
from machines.terms import explain as steps_in_words
from machines.wording import say


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a date is what it is: the code of a sentence (`plans.<code>`), what stands in it, and how it was counted."""

    code: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def explain(self, language: str) -> list[str]:
        """Tell it, one sentence each."""
        return [say(f"plans.{self.code}", language, **self.numbers), *steps_in_words(self.steps, language)]


def in_words(reasons: Iterable[Reason], language: str) -> list[str]:
    """Tell reasons one after the other."""
    return [sentence for reason in reasons for sentence in reason.explain(language)]
