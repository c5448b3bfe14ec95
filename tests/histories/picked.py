"""What is picked from: the usual first, others after it."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from tests.reference import Case, World

Pick = Callable[[Sequence[Any]], Any]  # the first is the usual one
Facts = Callable[[World, Case | None, Pick], dict[str, Any] | None]

COUNTS = (("for", "against", "abstain"), ("against", "for", "abstain"), ("abstain", "for", "against"))


def turned(w: World, options: list[Any]) -> list[Any]:
    """Let another one be the usual one, as cases become more."""
    place = len(w.cases) % len(options)
    return options[place:] + options[:place]


def paper(w: World, pick: Pick, **more: Any) -> dict[str, Any]:
    """A paper of today, of a day before, or of one to come."""
    return {**more, "number": "7", "date": pick([w.today, w.today - timedelta(days=1), w.today + timedelta(days=1)])}


def hour(day: Any) -> str:
    """Ten o'clock."""
    return datetime.combine(day, time(10)).strftime("%Y-%m-%d %H:%M")


def people(w: World) -> list[str]:
    """Everybody, by the names of the roster."""
    return sorted(w.people)


def check_in(office: str) -> Callable[..., dict[str, Any]]:
    """Let all come, or two thirds of them, or others."""

    def told(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
        able = sorted(w.holders(office))
        most = able[: -(-2 * len(able) // 3)]
        return {
            "members": pick([able or ["ch"], most or ["ch"], able[:1] or ["ch"], people(w)[-1:], able[1:] or ["ch"]])
        }

    return told


def check_out(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
    """Let some leave."""
    assert c is not None
    there = sorted(c.present)
    return {"members": pick([there[:1] or ["ch"], there[1:] or ["ch"], there[: len(there) // 2] or ["ch"]])}


def count_of(hall: Callable[[World, Case], int]) -> Callable[..., dict[str, Any]]:
    """Make a count of so many as are in a hall."""

    def told(w: World, c: Case | None, pick: Pick) -> dict[str, Any]:
        assert c is not None
        here = hall(w, c)
        most, some, few = pick(COUNTS)
        split = pick(
            [(here, 0, 0), (here - here // 3, here // 3, 0), (here // 2, here - here // 2, 0), (here, 1, 0), (0, 0, 0)]
        )
        return dict(zip((most, some, few), split, strict=True))

    return told


def just(**told: Any) -> Callable[..., dict[str, Any]]:
    """Tell always the same."""
    return lambda *_: dict(told)


def a_paper(name: str, **more: Any) -> Callable[..., dict[str, Any]]:
    """Tell a paper."""
    return lambda w, _, pick: {name: paper(w, pick, **more)}


def a_day(name: str, *days: int, **more: Any) -> Callable[..., dict[str, Any]]:
    """Tell a day, so many from today."""
    return lambda w, _, pick: {name: w.today + timedelta(days=pick(days)), **more}
