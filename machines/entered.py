"""Read the editions that were entered and are confirmed: dated values of rules, each with the case that entered it.

They are read from the cases of the procedure `edition`, which the journal proves like all others; there is no second list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from machines.dated_rules import entered_number, read_value
from machines.numbers import Number
from machines.rulings import RULINGS
from models.database import Db

# What open cases do: keep the rule they were opened under, or follow the new one.
KEEP: Final = "keep"
FOLLOW: Final = "follow"

# The hash of the newest entry of an edition: whatever changes the law changes it, and no other hash is equal to it.
NEWEST = "(SELECT hash FROM entries WHERE procedure = 'edition' ORDER BY position DESC LIMIT 1)"
_CONFIRMED = (
    "SELECT number, facts FROM cases WHERE procedure = 'edition' AND state IN ('confirmed', 'in_force') ORDER BY number"
)


@dataclass(frozen=True, slots=True)
class Entered:
    """A value that a rule has from a day on, and the case of the edition."""

    case: str
    rule: str
    value: Any  # as it is counted with
    since: date
    open_cases: str

    def governs(self, opened: date | None) -> bool:
        """Say whether a case opened on a day is judged by it: one opened before keeps its rule, unless it is to follow."""
        return opened is None or self.open_cases == FOLLOW or self.since <= opened

    def as_number(self) -> Number:
        """Return it as a line of the numbers."""
        return entered_number(self.rule, self.value, since=self.since, entered=self.case)


def entered(db: Db) -> tuple[Entered, ...]:
    """Return every confirmed edition, in the order in which they take effect."""
    return in_order(from_facts(number, json.loads(facts)) for number, facts in db.all(_CONFIRMED))


def in_order(editions: Iterable[Entered]) -> tuple[Entered, ...]:
    """Put editions in the order in which they take effect."""
    return tuple(sorted(editions, key=lambda each: (each.since, each.case)))


def from_facts(case: str, facts: dict[str, Any]) -> Entered:
    """Read an edition from the facts of its case."""
    value = read_value(facts["rule"], facts["value"])
    return Entered(case, facts["rule"], value, date.fromisoformat(facts["since"]), facts["open_cases"])


def value_on(editions: Iterable[Entered], rule: str, day: date, otherwise: Any) -> Any:
    """Return what a rule is on a day for a case opened then, by these editions in their order, or *otherwise*."""
    values = [each.value for each in editions if each.rule == rule and each.since <= day]
    return values[-1] if values else otherwise


def is_number(each: Entered) -> bool:
    """Say whether the edition changes a number of the law; otherwise it switches a ruling."""
    return each.rule not in RULINGS
