"""Say in the reader's language what is wrong with a fact."""

import re
from collections.abc import Mapping
from typing import Any

from machines.refusal import worded
from machines.wording import has, say


def fault_in_words(fault: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a fault of WrongFacts with its reason in *language*, by its code.

    Where the fault gives `numbers` (a limit, the allowed values), the reason tells them.
    """
    return {"fact": fault["fact"], "code": fault["code"], "reason": _reason(fault, language)}


def _reason(fault: Mapping[str, Any], language: str) -> str:
    code, numbers = fault["code"], fault.get("numbers")
    if numbers and has(f"problems.fact_with.{code}"):
        return say(f"problems.fact_with.{code}", language, **worded({**numbers, **_choices(numbers)}, language))
    return say(f"problems.fact.{code}" if has(f"problems.fact.{code}") else "problems.fact.other", language)


def _choices(numbers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Take apart what pydantic joins in English: 'session', 'council' or 'board'."""
    names = re.findall(r"'([^']*)'", str(numbers.get("expected", "")))
    return {"expected": names} if names and isinstance(numbers["expected"], str) else {}
