"""Ten thousand ballots on one poll: none may be slow, and the tally must not grow with the entries read."""

import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, at_most, median
from benchmarks.place import forgetful, place
from machines.journal import verify
from machines.perform import perform
from machines.settle import act_settled
from tests.assembly import Assembly

BALLOTS = 10_000
COUNCIL = 30  # who answer again and again: the last answer counts
CHOICES = ("for", "against", "abstain")
SHARE = BALLOTS // 10


def figures() -> Iterator[Figure]:
    """Measure ballot after ballot, and the count after the first tenth and after all of them."""
    with place("sqlite") as url:
        database = forgetful(url)
        assembly = Assembly(database, members=COUNCIL, council=COUNCIL, starts="2010-03-01 08:30")
        draft = assembly.do("d1", "poll.draft", facts={"kind": "other", "question": "To approve the appeal"})
        assembly.do("wb", "poll.open", case=draft, facts={"closes_on": "2010-03-10"})
        took, counts = [], []
        for n in range(BALLOTS):
            took.append(_answer(assembly, draft.number, n))
            if n + 1 in (SHARE, BALLOTS):
                counts.append(_tally(assembly, draft.number))
        closed = assembly.sweep("2010-03-11 00:00").done[0][1]
        _check(assembly, draft.number, closed.state)
        database.dispose()
    cpu, wall = ([each[place_] for each in took] for place_ in (0, 1))
    yield at_most(
        "10,000 ballots on one poll: slowest over median, CPU", max(cpu) / median(cpu), 20, "×",
        median_ms=median(cpu) * 1000, slowest_ms=max(cpu) * 1000,
        slowest_over_median_wall=max(wall) / median(wall), last_thousand_over_first=median(cpu[-SHARE:]) / median(cpu[:SHARE]),
    )  # fmt: skip
    yield at_most(
        "tally after 10,000 ballots over after 1,000", counts[1] / counts[0], 1.5, "×", milliseconds=counts[1] * 1000
    )


def _answer(assembly: Assembly, number: str, n: int) -> tuple[float, float]:
    """Return the CPU and the wall time of one ballot: only the first is the same whoever else uses the machine."""
    act = assembly.act(f"c{n % COUNCIL + 1}", "poll.answer", facts={"choice": CHOICES[n % 3]}, seen=None)
    act = _on(act, number)
    cpu, began = time.thread_time(), time.perf_counter()
    act_settled(assembly.database.transaction, act, assembly.book)
    return time.thread_time() - cpu, time.perf_counter() - began


def _on(act: Any, number: str) -> Any:
    return act._replace(case=number)


def _tally(assembly: Assembly, number: str) -> float:
    """Close the poll as the clock would, and take it back: how long does counting take."""
    act = assembly.act("clock", "poll.close", at="2010-03-11 00:00", office="clock", seen=None, expired="closing")
    took = []
    for _ in range(15):
        with assembly.database.transaction(keep=False) as db:
            began = time.perf_counter()
            perform(db, _on(act, number), assembly.book)
            took.append(time.perf_counter() - began)
    return median(took)


def _check(assembly: Assembly, number: str, state: str) -> None:
    with assembly.database.transaction(write=False) as db:
        entries = db.one("SELECT count(*) FROM entries WHERE number = ? AND act = 'answer'", number)
        ballots = db.one("SELECT count(*) FROM ballots WHERE number = ?", number)
        faults = verify(db).faults
    if (entries, ballots, state) != ((BALLOTS,), (COUNCIL,), "not_adopted") or faults:
        raise SystemExit(f"the rows are wrong: {entries} {ballots} {state} {faults[:3]}")
