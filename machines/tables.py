"""The procedures as data, as diagrams and as tables: what the doors answer and what the documentation prints.

`python -m machines.tables > docs/procedures.md` writes the documentation again; a test fails while it differs.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from machines.digest import digest_of
from machines.graph_walk import places
from machines.joint import everyone_has_done_it
from machines.norms import NORMS
from machines.procedure import ALL, NEW, NOMINATING_OFFICES, SAME, Branch, Guard, Office, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.tables_facts import deadlines_list, facts_list

INTRODUCTION = """# The procedures

Made from the tables in `machines/` by `python -m machines.tables > docs/procedures.md`: not to be edited by hand.

How to read it: *new* opens a case, *=* leaves the state as it is. Where an act leads to several states, the first whose rules hold is
taken. An act that is *joint* is done by every holder of the office, and complete with the last. **!name** opens a deadline, **~name**
closes it, **~all** closes every one that is open; a final state does so by itself. **⇒** names an act that is done on a linked case in
the same transaction. A rule after *warns* does not refuse: it stands in the entry.

Under *Facts* stands what an act is told, with its shape; what is in italics may be left out, and an act that is not named there is told
nothing. An *id* names a person, a body or a region of the register. A deadline is *automatic* (the clock acts when it has passed), a
*limit* (what it bounds is refused afterwards) or a *target* (it is warned of and marked, and nothing else happens).
"""


def procedures_as_data(procedures: Iterable[Procedure[Any]] | None = None) -> dict[str, Any]:
    """Return all procedures as `kenes procedures --json` prints them."""
    return {"procedures": [procedure_as_data(procedure) for procedure in procedures or PROCEDURES.values()]}


def procedure_as_data(procedure: Procedure[Any] | str) -> dict[str, Any]:
    """Return one procedure: states, acts, offices, norms, deadlines, digest; a KeyError where there is none of the name."""
    if isinstance(procedure, str):
        procedure = PROCEDURES[procedure]
    return {
        "name": procedure.name,
        "states": [str(state) for state in procedure.states],
        "final": list(procedure.final),
        "initial_acts": [row.name for row in procedure.acts if row.opens_case],
        "digest": digest_of(procedure),
        "acts": [_act(row, moved(procedure, row)) for row in procedure.acts],
    }


def mermaid(procedure: Procedure[Any] | str, state: str | None = None) -> str:
    """Draw the states and acts as a stateDiagram-v2 of mermaid; *state* is highlighted."""
    if isinstance(procedure, str):
        procedure = PROCEDURES[procedure]
    lines = [f"  {_id(name)}: {name}" for name in procedure.states]
    lines += [line for row in procedure.acts for line in _arrows(row)]
    lines += [f"  {_id(name)} --> [*]" for name in procedure.final]
    if state is not None and state != NEW:
        name = procedure.states(state).value  # a ValueError where there is no such state
        lines += [
            "  classDef current fill:#ffe9a8,stroke:#7a5b00,stroke-width:3px,color:#000",
            f"  class {_id(name)} current",
        ]
    return "\n".join(["stateDiagram-v2", *lines, ""])


def table(procedure: Procedure[Any] | str) -> str:
    """Write the acts as a table in Markdown: from, act, to, who, rules, deadlines and consequences, norms."""
    if isinstance(procedure, str):
        procedure = PROCEDURES[procedure]
    head = ["from", "act", "to", "who", "rules", "deadlines, consequences", "norms"]
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in _cells(procedure, row)] for row in procedure.acts)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def documentation() -> str:
    """Write docs/procedures.md: each procedure with its states, its diagram, its table and the ways that it excludes."""
    return "\n".join([INTRODUCTION, *(_chapter(procedure) for procedure in PROCEDURES.values())])


def offices(row: Transition[Any]) -> list[str]:
    """Name the offices of an act; a nominating body is whoever nominates."""
    named = [
        each for office in row.by for each in (NOMINATING_OFFICES if office is Office.nominating_body else (office,))
    ]
    return [office.value for office in dict.fromkeys(named)]


def targets(row: Transition[Any]) -> list[str]:
    """Name the states that an act leads to; of a joint act, once it is complete."""
    leading = [branch for branch in row.to if not row.joint or everyone_has_done_it in branch.guards]
    return list(dict.fromkeys(branch.to for branch in leading))


def moved(procedure: Procedure[Any], row: Transition[Any]) -> set[str]:
    """Name the deadlines that an act sets anew where they are always open: it moves them, and opens none."""
    where = [place.deadlines for place in places(procedure) if place.state in row.source]
    if row.opens_case or not where or any(branch.to != SAME for branch in row.to):
        return set()
    return {term.name for branch in row.to for term in branch.opens} & frozenset.intersection(*where)


def _act(row: Transition[Any], moved: set[str]) -> dict[str, Any]:
    return {
        "name": row.name,
        "from": [] if row.opens_case else list(row.source),
        "to": targets(row),
        "by": offices(row),
        "joint": row.joint,
        "concurrent": row.concurrent,
        "norms": list(row.norms),
        "opens": list(dict.fromkeys(term.name for branch in row.to for term in branch.opens if term.name not in moved)),
        "closes": list(dict.fromkeys(name for branch in row.to for name in branch.closes)),
    }


# ------------------------------------------------------------------------------------------------------------- diagrams


def _id(state: str) -> str:
    """Return a name for the diagram alone: `end`, `state` and others mean something to mermaid itself."""
    return f"s_{state}"


def _arrows(row: Transition[Any]) -> Iterator[str]:
    for branch in row.to:
        for source in row.source:
            start = "[*]" if source == NEW else _id(source)
            target = _id(source if branch.to == SAME else branch.to)
            yield f"  {start} --> {target}: {_label(row, branch)}"


def _label(row: Transition[Any], branch: Branch[Any]) -> str:
    """Say: act [rules of the branch] / offices · norms / deadlines. No colon and no semicolon: mermaid would stop there."""
    rules = [guard.name.replace("_", " ") for guard in branch.guards]
    act = f"{row.name} [{', '.join(rules)}]" if rules else row.name
    who = f"{', '.join(offices(row))} · {' '.join(row.norms)}"
    return " / ".join([act, who, *filter(None, [_deadlines(branch)])])


def _deadlines(branch: Branch[Any]) -> str:
    closed = ["~all" if name == ALL else f"~{name}" for name in branch.closes]
    return " ".join([*closed, *(f"!{term.name}" for term in branch.opens)])


# --------------------------------------------------------------------------------------------------------------- tables


def _cells(procedure: Procedure[Any], row: Transition[Any]) -> Iterator[list[str]]:
    every = {*procedure.states} - {*procedure.final}
    yield ["any not final"] if len(every) > 2 and {*row.source} == every else [", ".join(row.source)]
    yield [f"**{row.name}**", *(["joint"] if row.joint else []), *(["concurrent"] if row.concurrent else [])]
    yield [*targets(row)]
    yield [", ".join(offices(row))]
    yield [*_rules(row)]
    yield [*dict.fromkeys(effect for branch in row.to for effect in _effects(branch))]
    yield [" ".join(row.norms)]


def _cell(lines: list[str]) -> str:
    return "<br>".join(line.replace("|", "\\|") for line in lines)


def _rules(row: Transition[Any]) -> Iterator[str]:
    yield from (_rule(guard) for guard in row.guards)
    for branch in row.to:
        yield from (f"→ {branch.to}: {_rule(guard)}" for guard in branch.guards)
    yield from (f"*warns:* {_rule(guard)}" for guard in row.warns)


def _rule(guard: Guard[Any]) -> str:
    return " ".join(guard.rule.split())


def _effects(branch: Branch[Any]) -> Iterator[str]:
    yield from filter(None, [_deadlines(branch)])
    yield from (f"~{there.deadline} of the linked case" for there in branch.closes_there)
    yield from (f"⇒ {consequence.procedure}.{consequence.act}" for consequence in branch.consequences)


def _chapter(procedure: Procedure[Any]) -> str:
    states = ", ".join(f"**{name}**" if name in procedure.final else name for name in procedure.states)
    parts = [
        f"## {procedure.name}\n",
        f"Item {procedure.chapter} of the Regulation; numbers {procedure.letter}-2026-0001. States: {states}.\n",
        f"```mermaid\n{mermaid(procedure)}```\n",
        table(procedure),
        *filter(None, [facts_list(procedure), deadlines_list(procedure)]),
    ]
    excluded = [f"- *{path.state}* without {' or '.join(path.without)}: {NORMS[path.norm].title['en']} ({path.norm})"
                for path in procedure.forbidden_paths]  # fmt: skip
    parts.append("Never reached:\n\n" + "\n".join(excluded) + "\n")
    return "\n".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(documentation())
