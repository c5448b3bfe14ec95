"""What a scenario is: a procedure written down with dates and numbers, to be played and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from machines.calendar import DAY_OFF_MOVED, DAY_WORKED
from machines.calendar_versions import ORDINARY

# Facts that name people and cases by the scenario's names; `subject` does so as its `kind` says.
PEOPLE = ("person", "member", "members")
LINKS = ("meeting", "session", "request", "membership", "case")

# What a day can become by a decision, in the words of the calendar.
DAYS = {"days_off": DAY_OFF_MOVED, "days_worked": DAY_WORKED, "ordinary_days": ORDINARY}

COUNTS = ("for", "against", "abstain", "answered", "signatures", "present", "total", "needed")  # what is counted


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in office when a scenario starts."""

    chairman: bool = False
    deputies: int = 0
    members: int | None = None  # as many as the others need, if left out
    council: int = 0
    working_body: int = 0
    small_assemblies: tuple[str, ...] = ()
    associations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    state_bodies: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scenario: who does what when, and what is expected."""

    lines: Mapping[str, int]  # of the step ("") and of each of its keys: "facts", "facts.person"
    at: datetime  # local time
    who: tuple[str, ...] = ()
    who_written: str | list[str] | None = None  # with ranges, as the file has it
    act: str | None = None
    case: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    whom: str | None = None  # `as`: for whom `can` and `cannot` are asked
    refused: Any = None  # True, a tuple of norms, {"conflict": True}, {"office": True}; None: it must be done
    as_of: date | None = None
    seen: int | None = None
    on_behalf_of: str | None = None
    document: Mapping[str, Any] | None = None
    calendar: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # which days become what, by a decision

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.lines[""]

    def line_of(self, *keys: str) -> int:
        """Return the line of a key, else of the nearest that is known around it."""
        for number in range(len(keys), -1, -1):
            if (found := self.lines.get(".".join(keys[:number]))) is not None:
                return found
        return self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as it was written down."""

    file: str
    title: str
    norms: tuple[str, ...]
    starts: datetime  # local time of the zone
    zone: str
    rulings: Mapping[str, Any]
    days_off: tuple[date, ...]
    days_worked: tuple[date, ...]
    roster: Roster
    steps: tuple[Step, ...]


def at_minute(local: datetime) -> str:
    """Write a local time as scenarios do: with seconds only where there are any."""
    return local.strftime("%Y-%m-%d %H:%M" + (":%S" if local.second else ""))
