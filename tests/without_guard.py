"""A plugin of pytest that takes one guard out of a table before any test runs (`benchmarks/guards.py`, `make guards`)."""

import os

from benchmarks.guards import VARIABLE, Removed, take_out


def pytest_configure() -> None:
    """Take out the guard that the environment names; fail if there is none."""
    take_out(Removed(*os.environ[VARIABLE].split("/")))
