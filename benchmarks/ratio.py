"""Durable acts of perform beside the bare statements: the same acts, by turns, so that both meet the same noise."""

import contextlib
import multiprocessing
import resource
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from benchmarks.acts import check
from benchmarks.assembly import STEPS, found, step
from benchmarks.bare import Acts, Bare, needed
from benchmarks.figures import Figure, at_least, at_most, median
from benchmarks.place import copied, forgetful, place
from machines.act import Act
from machines.perform import perform
from machines.rulebook import Rulebook
from machines.settle import again_if_raced
from models.database import Database

ROUNDS = 7  # beside a first one, which only warms up
CASES = {"sqlite": 32, "pg": 32}  # a round and process: five acts each
NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}
AIMS = {"sqlite": 0.5, "pg": 0.75}
CPU_AIMS = {
    "sqlite": 0.5 / 0.17,
    "pg": 0.9 / 0.44,
}  # milliseconds an act may take, where the bare statements take so many


class Turn(NamedTuple):
    """What one process measured of one turn."""

    began: float
    ended: float
    cpu: float
    acts: int


class Compared(NamedTuple):
    """What all turns together say."""

    kenes: list[float]  # acts a second, by rounds
    bare: list[float]
    kenes_cpu_ms: float
    bare_cpu_ms: float
    statements: float  # that a bare act sends

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(kenes / bare for kenes, bare in zip(self.kenes, self.bare, strict=True))


def figures(kind: str, procs: int) -> Iterator[Figure]:
    """Measure and compare."""
    compared = compare(kind, procs)
    processes = f"{procs} process{'es' if procs > 1 else ''}"
    yield at_least(
        f"acts of perform, {NAMES[kind]}, {processes}", compared.ratio, AIMS[kind], "× bare",
        kenes_acts_per_s=median(compared.kenes), bare_acts_per_s=median(compared.bare),
        bare_statements_per_act=compared.statements,
    )  # fmt: skip
    if procs == 1:
        times = compared.kenes_cpu_ms / compared.bare_cpu_ms
        yield at_most(
            f"CPU of an act, {NAMES[kind]}", times, round(CPU_AIMS[kind], 2), "× bare",
            kenes_ms=compared.kenes_cpu_ms, bare_ms=compared.bare_cpu_ms,
        )  # fmt: skip


def compare(kind: str, procs: int, *, cases: int | None = None, rounds: int = ROUNDS) -> Compared:
    """Lead cases by perform, and by the bare statements on a copy, round by round; check the rows of both afterwards."""
    cases = procs * (cases or CASES[kind])
    with place(kind) as url:
        numbers = _found(url, cases * (rounds + 1))
        by_round = [numbers[n * cases : (n + 1) * cases] for n in range(rounds + 1)]
        with place("sqlite") as scratch, copied(url) as other:
            _found(scratch, len(numbers))
            acts = needed(scratch, by_round)
            with _processes(url, other, by_round, acts, procs) as turn:
                turns = [_round(n, turn) for n in range(rounds + 1)]
            check(url, numbers)
            _check_same(url, other)
    return _compared(turns[1:], acts)


def _round(n: int, turn: Any) -> dict[str, list[Turn]]:
    """Let both have their turn, each as often first as second."""
    order = ("kenes", "bare") if n % 2 else ("bare", "kenes")
    return {who: turn(who, n) for who in order}


def _compared(turns: Sequence[dict[str, list[Turn]]], acts: Sequence[Acts]) -> Compared:
    sent = [len(statements) for some in acts for statements in some.values()]
    cpu = {
        who: [1000 * sum(t.cpu for t in one[who]) / sum(t.acts for t in one[who]) for one in turns]
        for who in ("kenes", "bare")
    }
    rates = {who: [_rate(one[who]) for one in turns] for who in ("kenes", "bare")}
    return Compared(rates["kenes"], rates["bare"], median(cpu["kenes"]), median(cpu["bare"]), sum(sent) / len(sent))


def _rate(turns: Sequence[Turn]) -> float:
    return sum(t.acts for t in turns) / (max(t.ended for t in turns) - min(t.began for t in turns))


def _found(url: str, cases: int) -> list[str]:
    database = forgetful(url) if url.startswith("sqlite") else Database(url)
    numbers = found(database, cases)
    database.dispose()
    return numbers


def _check_same(url: str, other: str) -> None:
    """See that the bare statements have left as many rows as perform, in every table."""
    counted = []
    for each in (url, other):
        database = Database(each)
        with database.transaction(write=False) as db:
            counted.append({name: db.one(f"SELECT count(*) FROM {name}") for name in SQLModel.metadata.tables})
        database.dispose()
    if counted[0] != counted[1]:
        raise SystemExit(f"the rows are not the same: perform left {counted[0]}, the bare statements {counted[1]}")


# -------------------------------------------------------------------------------------------------------------- processes


@contextlib.contextmanager
def _processes(
    url: str, other: str, by_round: Sequence[Sequence[str]], acts: Sequence[Acts], procs: int
) -> Iterator[Any]:
    """Yield what lets every process lead its share of a round's cases, all beginning at the same moment."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(procs)
    pipes, children = [], []
    for place_ in range(procs):
        shares = [numbers[place_::procs] for numbers in by_round]
        own = [{act: some[act] for act in some if act[0] in {*share}} for some, share in zip(acts, shares, strict=True)]
        here, there = context.Pipe()
        child = context.Process(target=_work, args=(url, other, shares, own, barrier, there))
        child.start()
        pipes.append(here)
        children.append(child)

    def turn(who: str, n: int) -> list[Turn]:
        for pipe in pipes:
            pipe.send((who, n))
        return [pipe.recv() for pipe in pipes]

    try:
        yield turn
        for pipe in pipes:
            pipe.send(None)
    except BaseException:
        for child in children:
            child.kill()
        raise
    finally:
        for child in children:
            child.join()


def _work(
    url: str, other: str, shares: Sequence[Sequence[str]], acts: Sequence[Acts], barrier: Any, pipe: Connection
) -> None:
    database, book, bare = Database(url), Rulebook(), Bare(other)
    # What either is asked for is written down beforehand.
    ready = [bare.ready(some) for some in acts]
    asked = [{(number, n): step(number, n) for number, n in some} for some in acts]
    for who, n in iter(pipe.recv, None):
        barrier.wait()
        cpu, began = _cpu(), time.perf_counter()
        for number, place_ in _breadth_first(shares[n]):
            if who == "bare":
                bare.send(ready[n][number, place_])
            else:
                _perform(database, book, asked[n][number, place_])
        pipe.send(Turn(began, time.perf_counter(), _cpu() - cpu, len(shares[n]) * len(STEPS)))
    database.dispose()
    bare.close()


def _breadth_first(numbers: Sequence[str]) -> Iterator[tuple[str, int]]:
    return chain.from_iterable(((number, n) for number in numbers) for n in range(len(STEPS)))


def _perform(database: Database, book: Rulebook, act: Act) -> None:
    def attempt() -> None:
        with database.transaction() as db:
            perform(db, act, book)

    again_if_raced(attempt)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
