"""Decide what the Decree leaves open: the rulings that can be switched, and their values on a day.

A ruling is switched by a dated override. A case is opened under the rulings of its day and keeps them: it stores what
differs from the defaults. Therefore a default, once published, is never changed; a new opinion is a dated override.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from machines.wording import say

Value = str | bool | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """One open question of the Decree with the answers that may be given; the default comes first."""

    key: str
    values: tuple[Value, ...]
    ruling: str
    norms: tuple[str, ...]
    members: tuple[str, ...] = ()
    """What the list may hold, where the value is a list."""

    @property
    def default(self) -> Value:
        """Give the answer taken if nobody decides otherwise."""
        return self.values[0]

    def question(self, language: str) -> str:
        """Ask what the text leaves open."""
        return say(f"rulings.{self.key}.question", language)

    def meaning(self, language: str) -> str:
        """Say what the default means."""
        return say(f"rulings.{self.key}.default", language)

    def reason(self, language: str) -> str:
        """Say why the default was chosen."""
        return say(f"rulings.{self.key}.reason", language)

    def alternatives(self, language: str) -> str:
        """Say what the other values mean."""
        return say(f"rulings.{self.key}.alternatives", language)

    def accepts(self, value: Value) -> bool:
        """Tell whether the value is one of the answers; 1 is not true, and a list names each thing once."""
        if self.members:
            return isinstance(value, tuple) and len(set(value)) == len(value) and set(value) <= set(self.members)
        return any(value == allowed and type(value) is type(allowed) for allowed in self.values)

    def expected(self) -> str:
        """Name the answers for a message."""
        if self.members:
            return f"a list out of {', '.join(self.members)}"
        return "one of " + ", ".join(map(_written, self.values))


QUESTION_KINDS = ("candidacy", "deputy_recommendation", "mazhilis_nomination", "programme_document", "other")

_ALL = (
    Ruling("session.notice.mode", ("at_least", "exactly"), "A01", ("8.1b",)),
    Ruling("session.notice.extra_day", (False, True), "A01", ("8.1b",)),
    Ruling("session.extraordinary.notice_mode", ("prefer_both", "exempt", "strict"), "A02", ("8.1b", "8.2c")),
    Ruling("session.annual.extraordinary_counts", (True, False), "A06", ("8.1c",)),
    Ruling("members.officers_are_members", (True, False), "A08", ("7.1a", "8.3a", "8.3b")),
    Ruling("deputies.joint_rule.if_none", ("chairman", "nobody"), "B01", ("7.1c", "9.3d", "14.2b", "22.1")),
    Ruling(
        "poll.excluded_kinds", (("candidacy", "mazhilis_nomination"),), "B05", ("14.2a", "9.2b", "9.3a"), QUESTION_KINDS
    ),
    Ruling("poll.reference_moment", ("close", "open", "both"), "B07", ("9.2c", "9.3a")),
    Ruling("candidacy.council_outcome", ("advisory", "blocking"), "C05", ("14.2a", "14.2b", "14.2e")),
    Ruling("removal.submission.min_submitters", (1, 2), "C12", ("15.0b",)),
    Ruling("removal.ex_officio.automatic", (False, True), "C13", ("15.0a", "15.1", "15.2")),
    Ruling("terms.roll.forward", ("next_working_day", "none"), "H01", ("8.2c",)),
)

RULINGS: dict[str, Ruling] = {ruling.key: ruling for ruling in _ALL}

_DEFAULTS: dict[str, Value] = {ruling.key: ruling.default for ruling in _ALL}


class Rulings(Mapping[str, Any]):
    """The rulings in force on a day, by key. Immutable; the same rulings are the same object.

    A value is text, a truth value, a whole number or a tuple of texts, as its ruling says.
    """

    __slots__ = ("_hash", "_other", "_values")

    def __init__(self, other: tuple[tuple[str, Value], ...] = ()) -> None:
        """Take what differs from the defaults, checked; use `on` or `restored` instead."""
        self._other = other
        self._values: dict[str, Any] = {**_DEFAULTS, **dict(other)}
        self._hash = hash(other)

    @staticmethod
    def on(day: date, overrides: Iterable[tuple[date, str, object]] = ()) -> Rulings:
        """Resolve the rulings of a day: the latest override not after it, of one day the last one given."""
        past = sorted((each for each in overrides if each[0] <= day), key=lambda each: each[0])
        return Rulings.restored({key: value for _, key, value in past}) if past else DEFAULTS

    @staticmethod
    def restored(differing: Mapping[str, object]) -> Rulings:
        """Read what a case has stored; the inverse of `differing`."""
        if not differing:
            return DEFAULTS
        checked = ((key, check_value(key, value)) for key, value in differing.items())
        return _cached(tuple(sorted((key, value) for key, value in checked if value != _DEFAULTS[key])))

    def differing(self) -> dict[str, object]:
        """Give what differs from the defaults, in the types of JSON, sorted by key."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in self._other}

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Rulings) and self._other == other._other)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Rulings({self.differing()})"


DEFAULTS = Rulings()


def check_value(key: str, value: object) -> Value:
    """Give the value as it is kept (a list becomes a tuple), or raise a ValueError that says what was expected."""
    ruling = RULINGS.get(key)
    if ruling is None:
        raise ValueError(f"{key}: no such ruling; expected one of {', '.join(RULINGS)}")
    kept = _kept(value)
    if kept is None or not ruling.accepts(kept):
        raise ValueError(f"{key}: expected {ruling.expected()}, got {_written(value)}")
    return kept


def _kept(value: object) -> Value | None:
    if isinstance(value, list | tuple):
        return tuple(sorted(value)) if all(isinstance(each, str) for each in value) else None
    return value if isinstance(value, str | bool | int) else None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else repr(value)


@lru_cache(maxsize=1024)
def _cached(other: tuple[tuple[str, Value], ...]) -> Rulings:
    return Rulings(other) if other else DEFAULTS
