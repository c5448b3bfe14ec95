"""Every refusal of the machines says in three languages why, with its numbers, and what can be done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from machines.refusal import Refusal
from machines.wording import LANGUAGES, has, keys, template

MACHINES = Path(__file__).parent.parent / "machines"
PARTS = ("reason", "remedy")


class Site(NamedTuple):
    """A place where a refusal is made: its code and the names of its numbers (None: only known when it runs)."""

    code: str
    numbers: frozenset[str] | None
    place: str


def sites() -> Iterator[Site]:
    """Read every call of Refusal in the source of the machines."""
    for path in sorted(MACHINES.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                if isinstance(call.func, ast.Name) and call.func.id == "Refusal":
                    yield from _sites(call, function, f"{path.name}:{call.lineno}")


def _sites(call: ast.Call, function: ast.FunctionDef, place: str) -> Iterator[Site]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    code = call.args[1] if len(call.args) > 1 else named["code"]
    numbers = call.args[2] if len(call.args) > 2 else named.get("numbers")
    for constant in _constants(code, function, call.lineno):
        yield Site(constant, _names(numbers, function, call.lineno), place)


def _constants(node: ast.expr | None, function: ast.FunctionDef, line: int) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _constants(node.body, function, line) + _constants(node.orelse, function, line)
    if isinstance(node, ast.Name):
        return _constants(_assigned(node.id, function, line), function, line)
    if isinstance(node, ast.Subscript):
        return []  # a refusal that an entry or a message has kept
    raise AssertionError(f"line {line}: write the code of a refusal as plain text, so that its texts can be found")


def _names(node: ast.expr | None, function: ast.FunctionDef, line: int) -> frozenset[str] | None:
    if node is None:
        return frozenset()
    if isinstance(node, ast.Dict):
        return frozenset(key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
    if isinstance(node, ast.Name) and (value := _assigned(node.id, function, line)) is not None:
        return _names(value, function, line)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _names(node.left, function, line), _names(node.right, function, line)
        return None if left is None or right is None else left | right
    return None


def _assigned(name: str, function: ast.FunctionDef, line: int) -> ast.expr | None:
    """Find what *name* was last given before *line*."""
    found = [(at, value) for target, value, at in _assignments(function) if target == name and at < line]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _assignments(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr, int]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from ((name, node.value, node.lineno) for name in names)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value, node.lineno


SITES = tuple(sites())
UNSAID = {"state.too_late": {"first"}}  # there is none


def fields(key: str, language: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template(key, language)) if name is not None}


def test_the_source_is_read() -> None:
    """Codes that are chosen in a branch are found as well as plain ones."""
    codes = {site.code for site in SITES}
    assert {"state.comes_later", "state.too_late", "candidacy.no_later_decision", "joint.others_missing"} <= codes


@pytest.mark.parametrize("part", PARTS)
def test_every_refusal_has_its_texts(part: str) -> None:
    """Whoever is refused reads why, and what can be done."""
    assert [] == [f"{site.place} {site.code}.{part}" for site in SITES if not has(f"refusals.{site.code}.{part}")]


def test_no_text_is_left_without_a_refusal() -> None:
    """A text that nothing says any more is taken out."""
    wanted = {f"refusals.{site.code}.{part}" for site in SITES for part in PARTS}
    assert [] == [key for key in keys("en") if key.startswith("refusals.") and key not in wanted]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.place}-{site.code}")
def test_a_refusal_renders_with_the_numbers_of_its_guard(site: Site, language: str) -> None:
    """A text asks for no number that the guard does not give."""
    asked = {name for part in PARTS for name in fields(f"refusals.{site.code}.{part}", language)}
    assert site.numbers is None or asked <= site.numbers | {"norm"}
    refusal = Refusal("14.1a", site.code, dict.fromkeys(asked if site.numbers is None else site.numbers, "7"))
    assert refusal.reason(language).endswith(".")
    assert refusal.remedy(language).endswith(".")


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.place}-{site.code}")
def test_numbers_that_a_guard_gives_are_told(site: Site) -> None:
    """Reason and remedy together say every number: nobody has to guess the threshold."""
    told = {name for part in PARTS for name in fields(f"refusals.{site.code}.{part}", "en")}
    assert (site.numbers or set()) - UNSAID.get(site.code, set()) <= told


def test_names_and_days_are_worded() -> None:
    """A state is called by its name, a day is written as an official would."""
    refusal = Refusal("14.2b", "deputy_appointment.act_too_early", {"date": "2006-04-03", "recommended": "2006-04-04"})
    assert "03.04.2006" in refusal.reason("kk")
    state = {
        "act": "name:act.candidacy.submit",
        "state": "name:state.candidacy.nominated",
        "first": ["name:act.candidacy.admit"],
    }
    assert "«Представить на утверждение»" in Refusal("14.2b", "state.comes_later", state).reason("ru")
    assert Refusal("14.2b", "state.comes_later", state).remedy("en").endswith("Admit.")
