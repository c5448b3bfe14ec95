"""Where a place of the tables stands in the code: the file and the name in it."""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from machines.carried_out import Place
from machines.procedure import Procedure
from machines.procedures import PROCEDURES

ROOT = Path(__file__).parent.parent


class Located(NamedTuple):
    """A name in a file, as it is seen from the root of the repository."""

    file: str
    name: str


def located(place: Place) -> Located:
    """Find the code of a place. A table is where its acts, notices, consequences and excluded ways stand."""
    if place.name.startswith(("machines.", "models.")):
        return _of_dotted(place.name)
    if place.kind == "ruling":
        return Located("machines/rulings.py", place.name)
    procedure = PROCEDURES[place.name.partition(":")[0].partition(".")[0]]
    written = _written(procedure).get((place.kind, place.name.partition(".")[2]))
    return _definitions().get(id(written)) or _definitions()[id(procedure)]


@cache
def _written(procedure: Procedure[Any]) -> Mapping[tuple[str, str], Any]:
    """Find the guards, deadlines and writers of a table by their names."""
    found: dict[tuple[str, str], Any] = {}
    for row in procedure.acts:
        rules = (*row.guards, *row.warns, *(guard for branch in row.to for guard in branch.guards))
        found |= {("guard", guard.name): guard for guard in rules}
        found |= {("deadline", term.name): term for branch in row.to for term in branch.opens}
        found |= {("record", written.name): written for branch in row.to for written in branch.writes}
    return found


def _of_dotted(name: str) -> Located:
    module, _, attribute = name.rpartition(".")
    found = importlib.import_module(module)
    if not hasattr(found, attribute):
        raise KeyError(f"{module} has no {attribute}")
    return Located(_file(found), attribute)


@cache
def _definitions() -> Mapping[int, Located]:
    """Find what the modules define at their top, by identity: what is imported elsewhere is known by its own module."""
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("machines.")]
    return {id(vars(module)[name]): Located(_file(module), name) for module in modules for name in _defined(module)}


def _defined(module: ModuleType) -> Iterator[str]:
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for each in targets if isinstance(each, ast.Name) and _is_made(node.value))


def _is_made(value: ast.expr) -> bool:
    """Whether it is made here: a plain name, a number or a text may be the same object elsewhere."""
    return isinstance(value, ast.Call)


def _file(module: ModuleType) -> str:
    return Path(inspect.getfile(module)).relative_to(ROOT).as_posix()
