"""What is installed: locked, hashed, without addresses, and each with a reason."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ["uv", "run", "dev"]


def direct(name: str) -> list[str]:
    """Read the lines of an `.in` file that name a package."""
    lines = (line.partition("#")[0].strip() for line in (REQUIREMENTS / f"{name}.in").read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def package(requirement: str) -> str:
    return re.split(r"[\[<>=]", requirement)[0]


def pins(name: str) -> list[str]:
    """Split a lock into its pins, each with the lines that belong to it."""
    return re.split(r"\n(?=[a-z0-9])", (REQUIREMENTS / f"{name}.txt").read_text().strip())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_versions_and_hashes_and_no_place(lock: str):
    """Whoever has a mirror of the packages can install kenes, and gets the same files."""
    assert [] == [pin for pin in pins(lock) if not re.search(r"==.*--hash=sha256:", pin, re.DOTALL) or "://" in pin]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_asked_for(lock: str):
    """The locks were made again after the last change of what they are made from."""
    locked = {package(pin.split()[0]) for pin in pins(lock)}
    assert set() == {package(line) for line in direct(lock)} - locked


def test_the_tests_run_on_what_is_delivered():
    """Every pin of the run lock stands in the development lock, unchanged."""
    assert set() == {pin.split()[0] for pin in pins("run")} - {pin.split()[0] for pin in pins("dev")}


def test_the_package_asks_for_what_the_lock_is_made_from():
    """An installation without the lock obeys the same limits; the builder itself is only in the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert sorted(project["dependencies"] + ["hatchling"]) == sorted(direct("run"))


@pytest.mark.parametrize("name", LOCKS)
def test_each_direct_dependency_has_a_reason(name: str):
    """One line why, in docs/dependencies.md."""
    table = "".join(line for line in (ROOT / "docs/dependencies.md").read_text().splitlines() if line.startswith("|"))
    named = set(re.findall(r"[\w.-]+", table))
    assert set() == {package(line) for line in direct(name)} - named
