"""Keep the numbers of the law, dated, each with unit, norm and the ruling that fixed it where the law is silent.

When the law changes, a line is added with the day from which it holds; no line is ever edited. The number
that governs a fact is the one of the fact's own day (ruling G01). Lines come with a release, or are entered in an
installation by the procedure `edition` (machines/edition.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from machines.editions import FIRST_DAY


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a total, reached without any rounding: 2 of 3, or more than 1 of 2 where it is strict."""

    part: int
    whole: int
    strict: bool = False

    def reached(self, votes: int, total: int) -> bool:
        """Tell whether the votes reach the share; of a total of 0 nothing ever does."""
        if total <= 0:
            return False
        have, need = self.whole * votes, self.part * total
        return have > need if self.strict else have >= need

    def needed(self, total: int) -> int:
        """Count the least number of votes that reach the share; of a total of 0 it is 1, which nobody can cast."""
        if total <= 0:
            return 1
        if self.strict:
            return self.part * total // self.whole + 1
        return -(-self.part * total // self.whole)

    @property
    def rank(self) -> tuple[Fraction, bool]:
        """Return what shares are compared by: more than a half asks for more than a half."""
        return Fraction(self.part, self.whole), self.strict

    def __str__(self) -> str:
        """Write it as it is entered: 2/3, or >1/2 where it is strict."""
        return f"{'>' if self.strict else ''}{self.part}/{self.whole}"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the law and the day since when it holds."""

    key: str
    value: int | Share
    unit: str
    norm: str
    ruling: str | None = None
    since: date = FIRST_DAY
    entered: str = ""
    """The case of the edition by which it was entered; empty for what came with a release."""


LINES = (
    Number("deputies.maximum", 2, "people", "7.1c"),
    Number("session.notice_months", 1, "months", "8.1b"),
    Number("session.yearly_minimum", 1, "sessions", "8.1c"),
    Number("session.first_full_year", 2003, "year", "8.1c", "A06"),
    Number("session.quorum", Share(2, 3), "share of all members", "8.3a"),
    Number("session.majority", Share(1, 2, strict=True), "share of those present", "8.3b"),
    Number("extraordinary.within_months", 1, "months", "8.2c"),
    Number("extraordinary.announce_working_days", 1, "working days", "8.1b", "A02"),
    Number("extraordinary.minimum_notice_days", 10, "days", "8.1b", "A02"),
    Number("request.share", Share(1, 3), "share of all members", "8.2b"),
    Number("request.collection_months", 12, "months", "8.2b", "A05"),
    Number("request.convening_days", 30, "days", "8.2b", "A04"),
    Number("council.majority", Share(2, 3), "share of the Council", "9.2c"),
    Number("council.attendance", Share(2, 3), "share of the Council", "9.2c", "B04"),
    Number("poll.default_days", 10, "days", "9.3b", "B06"),
    Number("poll.minimum_working_days", 3, "working days", "9.3b", "B06"),
    Number("poll.tally_working_days", 3, "working days", "9.3a", "H04"),
    Number("candidacy.submission_working_days", 10, "working days", "14.2b", "C08"),
    Number("candidacy.approval_days", 30, "days", "14.2c", "C09"),
    Number("removal.decision_days", 30, "days", "15.0a", "C09"),
    Number("removal.task_working_days", 10, "working days", "15.1", "C13"),
    Number("removal.reason_min_length", 20, "characters", "15.3", "C14"),
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers by which a case is judged: those of the release, and those that were entered by editions."""

    entered: tuple[Number, ...] = ()

    def line(self, key: str, on: date) -> Number:
        """Give the line in force on a day; of one day, what was entered stands before what was shipped."""
        shipped = line(key, on)
        later = (each for each in self.entered if each.key == key and shipped.since <= each.since <= on)
        return max(later, key=lambda each: each.since, default=shipped)

    def number(self, key: str, on: date) -> int:
        """Give the whole number in force on a day."""
        return _whole(self.line(key, on)) if self.entered else number(key, on)

    def share(self, key: str, on: date) -> Share:
        """Give the share in force on a day."""
        return _share(self.line(key, on)) if self.entered else share(key, on)

    def entered_on(self, day: date) -> tuple[str, ...]:
        """Name the editions whose numbers are in force on a day, in the order of their cases."""
        if not self.entered:
            return ()
        lines = (self.line(each.key, day) for each in self.entered)
        return tuple(sorted({each.entered for each in lines if each.entered}))


SHIPPED = Numbers()


def line(key: str, on: date) -> Number:
    """Give the line in force on a day, with its unit, norm and ruling; before the first edition, the first line."""
    lines = _BY_KEY.get(key)
    if lines is None:
        raise KeyError(f"no number {key!r}: it is not in machines/numbers.py")
    return next((dated for dated in lines if dated.since <= on), lines[-1])


def number(key: str, on: date) -> int:
    """Give the whole number of the release in force on a day."""
    return _whole(line(key, on))


def share(key: str, on: date) -> Share:
    """Give the share of the release in force on a day."""
    return _share(line(key, on))


def _whole(dated: Number) -> int:
    if isinstance(dated.value, Share):
        raise KeyError(f"{dated.key!r} is a share: ask share() for it")
    return dated.value


def _share(dated: Number) -> Share:
    if not isinstance(dated.value, Share):
        raise KeyError(f"{dated.key!r} is no share: ask number() for it")
    return dated.value


def _newest_first() -> Mapping[str, tuple[Number, ...]]:
    by_key: dict[str, list[Number]] = {}
    for dated in sorted(LINES, key=lambda each: each.since, reverse=True):
        by_key.setdefault(dated.key, []).append(dated)
    return {key: tuple(lines) for key, lines in by_key.items()}


_BY_KEY = _newest_first()
