"""Figures with their aims, as text and as JSON."""

import json
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One line of the table."""

    name: str
    value: float
    unit: str
    aim: str
    holds: bool | None  # None: it has no aim of its own
    details: dict[str, Any]

    @property
    def shown(self) -> str:
        """The value as it is read."""
        return f"{_short(self.value)} {self.unit}"


def at_least(name: str, value: float, aim: float, unit: str, **details: Any) -> Figure:
    """Make a figure that is to be *aim* or more."""
    return Figure(name, value, unit, f"≥ {aim:g} {unit}", value >= aim, details)


def at_most(name: str, value: float, aim: float, unit: str, **details: Any) -> Figure:
    """Make a figure that is to be *aim* or less."""
    return Figure(name, value, unit, f"≤ {aim:g} {unit}", value <= aim, details)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which *share* of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


median = statistics.median


_WIDTHS = (62, 14, 16)  # of name, value and aim: a line is printed before the next is measured


def as_text(figure: Figure) -> str:
    """Write a line of the table; under it what it was made of."""
    said = {True: "holds", False: "DOES NOT HOLD", None: ""}[figure.holds]
    cells = zip((figure.name, figure.shown, figure.aim), _WIDTHS, strict=True)
    line = "  ".join(cell.ljust(width) for cell, width in cells) + f"  {said}".rstrip()
    made_of = ", ".join(f"{name} {_short(value)}" for name, value in figure.details.items())
    return f"{line}\n    {made_of}" if made_of else line


def as_json(figures: Sequence[Figure], **beside: Any) -> str:
    """Write the same for programs, on one line."""
    rounded = [
        figure._asdict()
        | {"value": _rounded(figure.value), "details": {k: _rounded(v) for k, v in figure.details.items()}}
        for figure in figures
    ]
    return json.dumps(beside | {"figures": rounded}, ensure_ascii=False)


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _short(value: Any) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"
