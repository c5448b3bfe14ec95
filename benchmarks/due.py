"""What falls due: 1,000 among 1,000,000 open deadlines, beside the same acts performed on a small database."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from benchmarks.assembly import DAY_ONE, ORDER, found
from benchmarks.figures import Figure, at_least, at_most, median
from benchmarks.many import add_deadlines
from benchmarks.place import forgetful, place
from machines.act import Act
from machines.perform import perform
from machines.register import add_person
from machines.rulebook import ZONE, Rulebook
from machines.settle import anything_due, clock_act, due_deadlines, settle
from machines.zones import local_midnight
from models.database import Database

LAYERS = 10  # of 100,000 deadlines each
DUE = 1_000
ROUNDS = 5
LEAVES_ON = date(2026, 3, 20)
NOW = DAY_ONE + timedelta(days=60)


def figures(url: str) -> Iterator[Figure]:
    """Measure on the database of *url*, which has 100,000 cases, beside a small one."""
    with place("sqlite") as other:
        small = forgetful(other)
        found(small, 1)
        enrol_leaving(small, DUE)
        small.dispose()
        large = forgetful(url)
        enrol_leaving(large, DUE)
        there = add_deadlines(large, LAYERS)
        large.dispose()
        large, small = Database(url), Database(other)
        yield _found_again(large, small, there)
        yield _swept(large, small)
        large.dispose()
        small.dispose()


def _found_again(large: Database, small: Database, there: int) -> Figure:
    took: dict[str, list[float]] = {"large": [], "small": []}
    for _ in range(200):
        for name, database in (("large", large), ("small", small)):
            with database.transaction(write=False) as db:
                began = time.perf_counter()
                found_ = anything_due(db, NOW) and [*due_deadlines(db, NOW, 1)]
                took[name].append(time.perf_counter() - began)
            if not found_:
                raise SystemExit("a deadline that is due is not found")
    here = {name: median(seconds) * 1e6 for name, seconds in took.items()}
    return at_most(
        "finding what is due: 1,000,000 open over 1,000 open", here["large"] / here["small"], 1.5, "×",
        open=there, microseconds=here["large"], microseconds_of_1000=here["small"],
    )  # fmt: skip


def _swept(large: Database, small: Database) -> Figure:
    """Let the sweep of the large database and perform on the small one have their turns."""
    book, rates, ratios = Rulebook(), [], []
    acts = _clock_acts(small)
    for n in range(ROUNDS):
        share = DUE // ROUNDS
        some = acts[n * share : (n + 1) * share]
        plain = _rate(len(some), partial(_perform, small, some, book))
        swept = _rate(share, partial(_settle, large, book, share))
        rates.append(swept)
        ratios.append(swept / plain)
    _check(large)
    _check(small)
    return at_least(
        "1,000 due among 1,000,000 open deadlines", median(ratios), 0.4, "× perform's own acts",
        acts_per_s=median(rates),
    )  # fmt: skip


def _rate(acts: int, work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return acts / (time.perf_counter() - began)


def _settle(database: Database, book: Rulebook, limit: int) -> None:
    settled = settle(database.transaction, NOW, book, limit=limit)
    if settled.failed or len(settled.done) != limit:
        raise SystemExit(f"{len(settled.done)} of {limit} were performed: {settled.failed[:1]}")


def _perform(database: Database, acts: Sequence[Act], book: Rulebook) -> None:
    for act in acts:
        with database.transaction() as db:
            perform(db, act, book)


def _clock_acts(database: Database) -> list[Act]:
    with database.transaction(write=False) as db:
        return [clock_act(due, NOW) for due in due_deadlines(db, NOW, DUE)]


def _check(database: Database) -> None:
    with database.transaction(write=False) as db:
        left = db.one("SELECT count(*) FROM cases WHERE procedure = 'membership' AND state = 'left'")
        late = db.one("SELECT count(*) FROM entries WHERE act = 'exit' AND effective_at <> ?", _instant())
    if (left, late) != ((DUE,), (0,)):
        raise SystemExit(f"{left} have left, {late} of them at a wrong instant")


def _instant() -> datetime:
    return local_midnight(LEAVES_ON, ZONE)


def enrol_leaving(database: Database, people: int) -> None:
    """Enrol members who leave on a later day: each has an automatic deadline."""
    book = Rulebook()
    with database.transaction() as db:
        for n in range(people):
            add_person(db, f"x:{n}", names={"kk": f"Мүше {n}", "ru": f"Член {n}", "en": f"Member {n}"})
            enrolled = {"person": f"x:{n}", "since": "2026-03-01", "category": "association", "order": ORDER}
            enrol = Act(procedure="membership", name="enrol", actor="wb", at=DAY_ONE, facts=enrolled)
            number = perform(db, enrol, book).number
            leave = Act(
                procedure="membership", name="leave", actor=f"x:{n}", at=DAY_ONE, case=number, seen=1,
                facts={"statement_date": "2026-03-02", "from_date": LEAVES_ON.isoformat()},
            )  # fmt: skip
            perform(db, leave, book)
