"""Remove each guard of each row in turn, and say who notices: `make guards`.

First the check of small situations is asked (`machines/proof.py`, in this process); what it does not notice, the tests of the
procedure must: they run in a process of their own, with the guard taken out (`tests/without_guard.py`). The comparison with the
contract and the record of digests notice every edit of a table; they do not count here.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from machines import graph_walk
from machines.machine import machine_of
from machines.procedure import Procedure, Transition
from machines.procedures import PROCEDURES

ROOT = Path(__file__).parent.parent
VARIABLE = "KENES_TESTS_WITHOUT_GUARD"
QUICK = "not postgresql and not slow and not prefect"
MORE_TESTS = {"resolution": ("test_secret_vote.py",)}  # beside those that are called after the procedure
HIT = 1  # pytest's exit status when a test failed


class Removed(NamedTuple):
    """A guard of a row: among its guards, its warnings, or those of its n-th branch."""

    procedure: str
    act: str
    place: str
    guard: str

    def __str__(self) -> str:
        """Write it as the environment carries it."""
        return "/".join(self)


def guards() -> Iterator[Removed]:
    """Name every guard of every row."""
    for procedure in PROCEDURES.values():
        for row in procedure.acts:
            places = {"guards": row.guards, "warns": row.warns}
            places |= {f"to.{place}": branch.guards for place, branch in enumerate(row.to)}
            for place, found in places.items():
                yield from (Removed(procedure.name, row.name, place, guard.name) for guard in found)


def without(procedure: Procedure[Any], removed: Removed) -> Procedure[Any]:
    """Return the table without a guard."""
    acts = [_row_without(row, removed) if row.name == removed.act else row for row in procedure.acts]
    return replace(procedure, acts=tuple(acts))


def _row_without(row: Transition[Any], removed: Removed) -> Transition[Any]:
    if removed.place in ("guards", "warns"):
        kept = tuple(guard for guard in getattr(row, removed.place) if guard.name != removed.guard)
        return replace(row, **{removed.place: kept})
    place, branches = int(removed.place.removeprefix("to.")), list(row.to)
    kept = tuple(guard for guard in branches[place].guards if guard.name != removed.guard)
    branches[place] = replace(branches[place], guards=kept)
    return replace(row, to=tuple(branches))


def take_out(removed: Removed) -> None:
    """Take a guard out of the table itself, for the rest of this process: only ever in one that runs tests."""
    procedure = PROCEDURES[removed.procedure]
    acts = without(procedure, removed).acts
    assert acts != procedure.acts, f"there is no {removed}"
    object.__setattr__(procedure, "acts", acts)
    procedure.__dict__.pop("rows", None)
    for kept in (machine_of, graph_walk.edges, graph_walk.terms, graph_walk.places):
        kept.cache_clear()


def tests_of(procedure: str) -> list[str]:
    """Name the files of a procedure's tests."""
    named = sorted(path.name for path in (ROOT / "tests").glob(f"test_{procedure}*.py"))
    others = [other for other in PROCEDURES if other.startswith(procedure) and other != procedure]
    own = [name for name in named if not any(name.startswith(f"test_{other}") for other in others)]
    return [f"tests/{name}" for name in (*own, *MORE_TESTS.get(procedure, ()))]


def a_test_notices(removed: Removed) -> str | None:
    """Run the procedure's tests without the guard; return the first test that fails."""
    asked = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.without_guard",
        "-x",
        "-q",
        "--no-header",
        "--tb=no",
        "-m",
        QUICK,
    ]
    ran = subprocess.run(
        [*asked, "-p", "no:cacheprovider", *tests_of(removed.procedure)], cwd=ROOT, env={**os.environ, VARIABLE: str(removed)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode not in (0, HIT):
        raise RuntimeError(f"{removed}: pytest ended with {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    failed = (line for line in ran.stdout.splitlines() if line.startswith("FAILED"))
    return next((line.removeprefix("FAILED ").split(" - ")[0] for line in failed), None) if ran.returncode else None


def the_check_notices(removed: Removed) -> str | None:
    """Check small situations without the guard; return the first thing that is found."""
    from machines.proof import check_situations

    altered = without(PROCEDURES[removed.procedure], removed)
    found = next(iter(check_situations({**PROCEDURES, altered.name: altered}, only=altered.name)), None)
    return found and f"{found.norm} {found.rule}"


def main(asked: list[str]) -> int:
    """Remove each guard, or those whose name contains a word; 1 if one is missed by nobody."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guards", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only guards of rows that contain it")
    parser.add_argument("--tests", action="store_true", help="ask the tests alone")
    parser.add_argument("--check", action="store_true", help="ask the check of situations alone")
    told = parser.parse_args(asked)
    began, by_check, by_test, missed = time.monotonic(), 0, 0, []
    chosen = [removed for removed in guards() if told.word in str(removed)]
    for removed in chosen:
        found = None if told.tests else the_check_notices(removed)
        by_check += found is not None
        if found is None and not told.check:
            found = a_test_notices(removed)
            by_test += found is not None
        missed += [] if found else [removed]
        sys.stdout.write(f"{'noticed' if found else 'MISSED '}  {removed}  {found or ''}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"\nNoticed: {len(chosen) - len(missed)} of {len(chosen)} guards: {by_check} by the check of situations,"
        f" {by_test} by tests; {time.monotonic() - began:.0f} s.\n"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
