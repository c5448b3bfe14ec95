"""The arc that shows how many are there and how many are needed; the numbers are the machines'."""

import math
from collections.abc import Mapping
from typing import Any

RADIUS, CENTRE_X, CENTRE_Y = 90, 100, 100


def arc(have: int, needed: int, total: int) -> dict[str, Any] | None:
    """Return what `sitting_parts.html` draws: how far the arc is filled, and where the mark of what is needed stands."""
    if total <= 0:
        return None
    mark = min(needed / total, 1)
    inner, outer = _point(mark, RADIUS - 14), _point(mark, RADIUS + 9)
    return {
        "have": have, "needed": needed, "total": total, "missing": max(0, needed - have),
        "filled": round(100 * min(have / total, 1), 2), "mark": (*inner, *outer), "reached": have >= needed,
    }  # fmt: skip


def arc_of(counts: Mapping[str, Any] | None, have: str = "present") -> dict[str, Any] | None:
    """Return the arc of what a case counts."""
    if not counts or not all(isinstance(counts.get(name), int) for name in (have, "needed", "total")):
        return None
    return arc(counts[have], counts["needed"], counts["total"])


def _point(share: float, radius: float) -> tuple[float, float]:
    angle = math.pi * (1 - share)
    return round(CENTRE_X + radius * math.cos(angle), 1), round(CENTRE_Y - radius * math.sin(angle), 1)
