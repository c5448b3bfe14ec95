"""Random histories against the reference: `make histories`, or `python -m benchmarks.histories --examples N --db sqlite --db pg`.

Prints how often which act of which procedure came to what, and what was never reached. What differs is shrunk and written as a scenario.
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.guards import Removed, take_out
from tests.histories.filed import keep
from tests.histories.history import Covered, Failed
from tests.histories.machine import play
from tests.histories.reasons import NEVER_MET, NOTHING, codes, unreached
from tests.histories.stage import OnPostgresql, OnSqlite, Stage
from tests.postgresql import postgresql_server
from tests.reference import ACTS
from tests.reference.table import TABLES

NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}
OUTCOMES = ("done", "refused", "forbidden", "conflict", "clock")
BATCH = 10  # histories, between two looks at the clock


@contextlib.contextmanager
def stage_of(kind: str) -> Iterator[Stage]:
    """Lend a stage on a database of a kind."""
    if kind == "sqlite":
        stage = OnSqlite()
        yield stage
        stage.close()
        return
    with postgresql_server() as server:
        on_server = OnPostgresql(server)
        try:
            yield on_server
        finally:
            on_server.close()


def run(stage: Stage, *, examples: int, steps: int, minutes: float | None, seed: int) -> tuple[Covered, Failed | None]:
    """Play so many histories, or for so long, until something differs."""
    covered, wanted, ends = Covered(), NOTHING, time.monotonic() + 60 * (minutes or 0)
    batches = range(seed, seed + 10**6) if minutes else range(seed, seed + -(-examples // BATCH))
    for number in batches:
        _, failed = play(stage, examples=min(examples, BATCH), steps=steps, seed=number, covered=covered, wanted=wanted)
        wanted = unreached(covered)
        if failed or (minutes and time.monotonic() > ends):
            return covered, failed
    return covered, None


def table(covered: Covered) -> Iterator[str]:
    """Tell how often which act came to what."""
    yield f"{'act':40}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES)
    for name in sorted({*ACTS, *(act for act, _ in covered.outcomes)}):
        yield f"{name:40}" + "".join(f"{covered.outcomes[name, outcome] or '':>11}" for outcome in OUTCOMES)
    yield "Reasons and warnings met: " + ", ".join(f"{code} {count}" for code, count in sorted(covered.reasons.items()))


def reached(covered: Covered) -> Iterator[str]:
    """Tell how much of it all was reached, and what was not."""
    wanted, acts = unreached(covered), {name for name, row in ACTS.items() if row.by}
    out_of_reach = len(acts & NEVER_MET.keys()), len(codes() & NEVER_MET.keys())
    states = {(name, state) for name, table in TABLES.items() for state in table["states"].split()}
    came = {(name, state) for name, state in states if covered.states[name, state]}
    yield f"Acts done: {len(acts) - len(wanted.acts) - out_of_reach[0]} of {len(acts)}; never: {_named(wanted.acts)}"
    yield f"Rules that spoke: {len(codes()) - len(wanted.codes) - out_of_reach[1]} of {len(codes())}; never: {_named(wanted.codes)}"
    yield f"States: {len(came)} of {len(states)}; never: {_named(sorted('.'.join(each) for each in states - came))}"
    yield "Out of reach: " + "; ".join(f"{name} ({why})" for name, why in NEVER_MET.items())


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def main(arguments: Sequence[str], *, say: Callable[[str], None] = print) -> int:
    """Print what was covered; 1 if something differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.histories", description=__doc__)
    parser.add_argument("--examples", type=int, default=100, help="how many histories on each database")
    parser.add_argument(
        "--minutes", type=float, help="go on for so long on each database, instead of so many histories"
    )
    parser.add_argument("--steps", type=int, default=100, help="how many steps each has, at most")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other histories")
    parser.add_argument("--db", choices=[*NAMES], action="append", help="which database; both, if none is named")
    parser.add_argument(
        "--without",
        metavar="GUARD",
        help="take a guard out of the tables first (`poll/open/guards/enough_working_days`)",
    )
    parser.add_argument(
        "--to", type=Path, default=Path(".kenes-histories"), help="the folder for scenarios of what differs"
    )
    chosen = parser.parse_args(arguments)
    if chosen.without:
        take_out(Removed(*chosen.without.split("/")))
    well = True
    for kind in chosen.db or NAMES:
        began = time.monotonic()
        with stage_of(kind) as stage:
            covered, failed = run(
                stage, examples=chosen.examples, steps=chosen.steps, minutes=chosen.minutes, seed=chosen.seed
            )
        for line in table(covered):
            say(line)
        for line in reached(covered):
            say(line)
        tried = sum(count for (_, outcome), count in covered.outcomes.items() if outcome != "clock")
        told = f"{NAMES[kind]}: {covered.examples} histories, {tried} acts tried, {time.monotonic() - began:.0f} s"
        say(f"{told}: {'program and reference agree.' if failed is None else 'they differ.'}")
        if failed:
            well = False
            say(f"{failed.difference}\nkenes simulate {keep(chosen.to, failed.file())}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
