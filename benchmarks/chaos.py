"""Kill it, fail it, race it, and see that nothing is lost and nothing doubled: `make chaos CYCLES=300`.

`python -m benchmarks.chaos --cycles N --db sqlite --db pg --stride N --seed N --part kills --part points --part races --part mutations
--part service`
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.cycles import Cycles, kill_cycles
from benchmarks.matrix import matrix
from benchmarks.mutations import mutations
from benchmarks.named import Named, end_at_every_named_point
from benchmarks.nth import Points, fail_at_every_point
from benchmarks.races import races

NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}
PARTS = ("kills", "points", "races", "mutations", "service")
ENDS_STRIDE = 6  # a process for every sixth point: the error has been at every one


class Line(NamedTuple):
    """One line of the summary."""

    what: str
    outcome: str
    well: bool


def of_cycles(cycles: Cycles, kind: str) -> Iterator[Line]:
    """Say what the kill cycles came to."""
    verdicts = cycles.verdicts
    lost, doubled = sum(each.lost for each in verdicts), sum(each.doubled for each in verdicts)
    others = [fault for each in verdicts for fault in (*each.faults, *each.different)]
    undelivered, again = sum(each.undelivered for each in verdicts), sum(each.again for each in verdicts)
    outcome = (
        f"{cycles.acknowledged:,} acts acknowledged in {cycles.tellings} tellings: {lost} lost, {doubled} doubled, "
    )
    outcome += (
        f"{len(others)} rows or entries wrong; {undelivered} not delivered, {again} delivered again under the same id"
    )
    yield Line(f"kill cycles, {NAMES[kind]}: {cycles.count}", outcome, all(each.well for each in verdicts))
    yield Line("  of which", ", ".join(f"{who} {count}" for who, count in sorted(cycles.kills.items())), well=True)
    yield from (Line("  wrong", fault, well=False) for fault in others[:10])


def of_named(named: Named, kind: str) -> Iterator[Line]:
    """Say what ending at every named point came to."""
    wrong = [fault for each in named.verdicts for fault in (*each.faults, *each.different)]
    lost, doubled = (sum(getattr(each, name) for each in named.verdicts) for name in ("lost", "doubled"))
    outcome = (
        f"{len(named.struck)} of {len(named.struck) + len(named.unreached)} reached: {lost} lost, {doubled} doubled, "
    )
    outcome += f"{len(wrong)} rows or entries wrong"
    yield Line(f"every named point, {NAMES[kind]}", outcome, named.well)
    yield from (Line("  not reached", point, well=False) for point in named.unreached)
    yield from (Line("  wrong", fault, well=False) for fault in wrong[:10])


def of_points(points: Points, how: str, kind: str) -> Iterator[Line]:
    """Say what failing at the n-th point came to."""
    verdict = points.verdict
    assert verdict is not None
    outcome = (
        f"N = {points.struck.total():,} ({len(points.struck)} kinds): {len(points.torn)} torn, {verdict.lost} lost, "
    )
    outcome += f"{verdict.doubled} doubled, {len(verdict.different) + len(verdict.faults)} rows or entries wrong"
    yield Line(f"fail at n by {how}, {NAMES[kind]}", outcome, points.well)
    wrong = (*points.torn, *verdict.different, *verdict.faults)
    yield from (Line("  wrong", fault, well=False) for fault in wrong[:10])


def lines(kinds: Sequence[str], cycles: int, *, parts: Sequence[str], stride: int, seed: int) -> Iterator[Line]:
    """Do what is chosen, and yield what it came to as soon as it is known."""
    for place, kind in enumerate(kinds):
        share = cycles // len(kinds) + (place < cycles % len(kinds))
        if share and "kills" in parts:
            yield from of_cycles(kill_cycles(kind, share, seed=seed), kind)
        if "points" in parts:
            yield from of_named(end_at_every_named_point(kind, stride=stride), kind)
            for how, step in (("error", stride), ("end", stride * ENDS_STRIDE)):
                yield from of_points(fail_at_every_point(kind, how=how, stride=step), how, kind)
        if "races" in parts:
            yield from (Line(f"{race.name}, {NAMES[kind]}", race.outcome, race.well) for race in races(kind))
        if "mutations" in parts:
            for each in mutations(kind, seed=seed):
                found = f"{each.times - each.unseen:,} of {each.times:,} found"
                yield Line(f"{each.what}, {NAMES[kind]}", found, not each.unseen)
        if "service" in parts:  # with a real Prefect, every flow under every fault
            yield from (
                Line(f"{each.what}, {NAMES[kind]}", each.outcome, each.well) for each in matrix(kind, seed=seed)
            )


def main(arguments: Sequence[str], *, say: Callable[[str], None] = print) -> int:
    """Print the summary; 1 if anything was lost, doubled, torn or otherwise wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument(
        "--cycles", type=int, default=300, help="how often somebody is killed, on all databases together"
    )
    parser.add_argument("--db", choices=[*NAMES], action="append", help="which database; both, if none is named")
    parser.add_argument("--part", choices=PARTS, action="append", help="what is done; all of it, if nothing is named")
    parser.add_argument("--stride", type=int, default=1, help="fail at every so many-th point only")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another order of deaths")
    chosen = parser.parse_args(arguments)
    began, well = time.monotonic(), True
    parts = chosen.part or PARTS
    for line in lines(chosen.db or [*NAMES], chosen.cycles, parts=parts, stride=chosen.stride, seed=chosen.seed):
        well &= line.well
        say(f"{'ok   ' if line.well else 'WRONG'}  {line.what:44}  {line.outcome}")
    say(f"{'Nothing lost, nothing doubled.' if well else 'Something is wrong.'} {time.monotonic() - began:.0f} s")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
