"""The record of the rules as they are: the digest of every definition, and a fingerprint of every rule's code.

A case keeps the digest of the definition that it runs under, and the digest covers names and revisions of the rules, not
their code. So a rule whose code has changed must have a new `revision`; a test fails until it has:

    python -m tests.contract.digests               records what has changed, if every changed rule has a new revision
    python -m tests.contract.digests --same-rule   records code that was only written otherwise: the rule is the same
"""

import ast
import hashlib
import inspect
import json
import sys
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from machines.digest import DEFINITIONS, digest_of
from machines.procedure import Guard, Procedure
from machines.procedures import PROCEDURES

FILE = Path(__file__).with_name("digests.json")
PLAIN = (str, int, bool, float, tuple, frozenset, dict, type(None))

Record = dict[str, dict[str, Any]]


def recorded() -> Record:
    """Read the record."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def as_it_is(procedures: Mapping[str, Procedure[Any]] = PROCEDURES) -> Record:
    """Make the record of the procedures as they are now."""
    return {name: {"digest": digest_of(each), "rules": dict(sorted(rules(each)))} for name, each in procedures.items()}


def rules(procedure: Procedure[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every guard and every deadline's count with its revision and the fingerprint of its code."""
    for row in procedure.acts:
        for guard in (*row.guards, *row.warns, *(guard for branch in row.to for guard in branch.guards)):
            yield f"guard {guard.name}", {"revision": guard.revision, "code": fingerprint(guard.check)}
        for term in (term for branch in row.to for term in branch.opens):
            yield f"deadline {term.name}", {"revision": term.revision, "code": fingerprint(term.count)}


def fingerprint(rule: Callable[..., Any]) -> str:
    """Return a digest of what a rule does: its code and what it uses of its own file; words and spaces do not count."""
    return hashlib.sha256("\n".join(sorted(_code(rule, set()))).encode()).hexdigest()[:16]


def _code(rule: Callable[..., Any], seen: set[str]) -> Iterator[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.decorator_list = []
    if ast.get_docstring(tree):
        del tree.body[0]
    seen.add(rule.__qualname__)
    yield ast.unparse(tree)  # the same in every version of Python, which ast.dump is not
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & rule.__globals__.keys()
    for name in sorted(used - seen):
        value = rule.__globals__[name]
        if isinstance(value, Guard):
            value = value.check
        if isinstance(value, types.FunctionType) and value.__module__ == rule.__module__:
            yield from _code(value, seen)
        elif isinstance(value, PLAIN):
            yield f"{name} = {sorted(value) if isinstance(value, frozenset) else value!r}"


def unraised(before: Record, now: Record) -> list[str]:
    """Name the rules whose code has changed while their revision has not."""
    return [
        f"{procedure}: {rule}"
        for procedure, told in now.items()
        for rule, has in told["rules"].items()
        for had in [before.get(procedure, {}).get("rules", {}).get(rule)]
        if had is not None and had["code"] != has["code"] and had["revision"] == has["revision"]
    ]


def main(arguments: list[str]) -> int:
    """Record the rules as they are, unless one has changed under its old revision."""
    now = as_it_is()
    changed = unraised(recorded(), now)
    if changed and "--same-rule" not in arguments:
        sys.stderr.write("\n".join(["Changed without a new revision:", *changed, ""]))
        return 1
    FILE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    add_definitions()
    return 0


def add_definitions() -> None:
    """Add the tables as they are to those that there have been: a journal begun under an earlier one stays whole."""
    known = json.loads(DEFINITIONS.read_text(encoding="ascii")) if DEFINITIONS.exists() else {}
    for procedure in PROCEDURES.values():
        before = known.setdefault(procedure.name, [])
        if digest_of(procedure) not in before:
            before.append(digest_of(procedure))
    DEFINITIONS.write_text(json.dumps(known, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
