"""Fail at the n-th statement or commit of the story, for every n until nothing fails: by an error, or by the process's end.

After each failure the rows are as the last commit, or the next one, of an undisturbed telling leaves them; the act is sent
again under its key, and in the end the story is the same.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.cycles import _context, instant_of_the_end
from benchmarks.faults import ENDED, Broken, Faults, FaultyDatabase, raises
from benchmarks.judge import Verdict, judged, told
from benchmarks.place import copied, place
from benchmarks.roles import tell
from benchmarks.story import STORY, found_assembly
from machines.refusal import Unanswerable
from machines.rulebook import Rulebook
from machines.settle import settle
from models.database import Database

LAST = len(STORY)  # after the acts comes the last sweep


@dataclass
class Points:
    """Every point that was struck, by its name, and what was found."""

    kind: str
    struck: Counter[str] = field(default_factory=Counter)
    torn: list[str] = field(default_factory=list)  # where rows were left that no commit leaves
    verdict: Verdict | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.torn and self.verdict is not None and self.verdict.well


class _Undisturbed:
    """A telling that nobody disturbs: the rows after each of its commits, by act."""

    def __init__(self, url: str) -> None:
        faults = Faults()
        database = FaultyDatabase(url, faults)
        self.states: list[list[str]] = []
        self.points: list[int] = []
        self._now: list[str] = []
        reach = faults.reach

        def note(point: str) -> None:
            reach(point)
            if point == "after COMMIT":
                self._now.append(digest_of(database))

        faults.reach = note  # type: ignore[method-assign]
        numbers: dict[str, str] = {}
        for n in range(LAST + 1):
            self._now = [digest_of(database)]
            faults.aim("")
            place_ = _do(database, n, numbers)
            self.states.append(self._now)
            self.points.append(len(faults.reached))
            if place_:
                numbers.setdefault(STORY[n].case, place_[0])
        with database.transaction(write=False) as db:
            self.told = told(db)
        database.dispose()


def fail_at_every_point(kind: str, *, how: str = "error", stride: int = 1) -> Points:
    """Strike at every point (of *stride* one) of the story, by an `error` or by the `end` of the process."""
    strike = _with_an_error if how == "error" else _with_the_end
    points, counter = Points(f"{kind}, {how}"), itertools.count()
    with place(kind) as template:
        database = Database(template)
        found_assembly(database)
        database.dispose()
        with copied(template) as url:
            undisturbed = _Undisturbed(url)
        with copied(template) as url:
            acknowledged = _tell(url, undisturbed, points, lambda: next(counter) % stride == 0, strike)
            database = Database(url)
            points.verdict = judged(database, acknowledged, undisturbed.told)
            database.dispose()
    return points


def _tell(
    url: str, undisturbed: _Undisturbed, points: Points, chosen: Callable[[], bool], strike: Callable[..., str]
) -> dict[int, tuple[str, int]]:
    acknowledged: dict[int, tuple[str, int]] = {}
    numbers: dict[str, str] = {}
    for n in range(LAST + 1):
        allowed, here = undisturbed.states[n], 0
        for nth in range(1, undisturbed.points[n] + 1):
            if not chosen():
                continue
            point = strike(url, n, numbers, nth)
            if not point:
                break  # what is left to do of this act has fewer points than the whole of it had
            points.struck[point] += 1
            found = _digest_at(url)
            if found not in allowed[here:]:
                points.torn.append(f"act {n} ({STORY[n].act if n < LAST else 'the last sweep'}), point {nth} ({point})")
                break
            here += allowed[here:].index(found)
        try:
            place_ = _do_at(url, n, numbers)
        except Unanswerable as error:  # the act had been done, and is not answered as it was
            points.torn.append(f"act {n} ({STORY[n].act}), sent again: {type(error).__name__}: {error}")
            place_ = _answered(url, n)
        if place_:
            acknowledged[n] = place_
            numbers.setdefault(STORY[n].case, place_[0])
    return acknowledged


def _do(database: Database, n: int, numbers: dict[str, str]) -> tuple[str, int] | None:
    """Do the *n*-th act; after the last one the sweep."""
    if n < LAST:
        return tell(database, n, numbers, Rulebook())
    while settle(database.transaction, instant_of_the_end(), Rulebook()).failed:
        pass
    return None


def _do_at(url: str, n: int, numbers: dict[str, str]) -> tuple[str, int] | None:
    database = Database(url)
    place_ = _do(database, n, numbers)
    database.dispose()
    return place_


def _answered(url: str, n: int) -> tuple[str, int] | None:
    database = Database(url)
    with database.transaction(write=False) as db:
        row = db.one("SELECT number, seq FROM answers WHERE key = ?", f"story-{n}")
    database.dispose()
    return (row[0], row[1]) if row else None


def _with_an_error(url: str, n: int, numbers: dict[str, str], nth: int) -> str:
    """Do the act with an error at the *nth* point; return the point's name, nothing if it was not reached."""
    faults = Faults(f"#{nth}", strike=raises)
    database = FaultyDatabase(url, faults)
    try:
        _do(database, n, numbers)
    except (Broken, Unanswerable):
        pass
    finally:
        database.dispose()
    return faults.struck


def _with_the_end(url: str, n: int, numbers: dict[str, str], nth: int) -> str:
    """Do the act in a process that ends at the *nth* point."""
    here, there = _context.Pipe()
    process = _context.Process(target=_die, args=(url, n, numbers, nth, there), daemon=True)
    process.start()
    there.close()
    process.join()
    if process.exitcode not in (0, ENDED):
        raise SystemExit(f"act {n} has failed with exit status {process.exitcode}")
    return str(here.recv()) if process.exitcode == ENDED else ""


def _die(url: str, n: int, numbers: dict[str, str], nth: int, pipe: Any) -> None:
    import os

    faults = Faults(f"#{nth}")

    def strike() -> None:
        pipe.send(faults.struck)
        os._exit(ENDED)

    faults._strike = strike
    _do(FaultyDatabase(url, faults), n, numbers)


def _digest_at(url: str) -> str:
    database = Database(url)
    digest = digest_of(database)
    database.dispose()
    return digest


def digest_of(database: Database) -> str:
    """Return a digest of every row that the story writes."""
    with database.transaction(write=False) as db:
        return hashlib.sha256(repr(told(db)).encode()).hexdigest()
