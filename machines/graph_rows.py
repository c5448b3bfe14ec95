"""The check of each row of a table: its offices, norms, branches, facts and notices."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from machines.facts import Facts
from machines.finding import Finding
from machines.joint import everyone_has_done_it, not_twice
from machines.norms import NORMS
from machines.notices import addressees
from machines.procedure import SAME, Guard, Office, Procedure, Transition

OWN = {Office.member, Office.council_member, Office.candidate}  # offices that have a case of their own


def rows(procedure: Procedure[Any]) -> Iterator[Finding]:
    """Yield what is wrong with single rows."""
    checks = (_names, _offices, _norms, _branches, _joint, _told, _facts)
    for check in checks:
        yield from (Finding(procedure.name, code, detail) for code, detail in check(procedure))


Found = Iterator[tuple[str, str]]


def _names(procedure: Procedure[Any]) -> Found:
    for name, times in Counter(row.name for row in procedure.acts).items():
        if times > 1:
            yield "two_rows", f"{name} stands {times} times"
    for row in procedure.acts:
        if len({*row.source}) < len(row.source):
            yield "two_rows", f"{row.name} names a state twice"


def _offices(procedure: Procedure[Any]) -> Found:
    for row in procedure.acts:
        if not row.by:
            yield "no_office", row.name
        if len({*row.by}) < len(row.by):
            yield "two_offices", f"{row.name} names an office twice"
        if row.own and not OWN & {*row.by}:
            yield "own_of_nobody", f"{row.name} is for one's own case, but for no office that has one"
        if row.concurrent and row.targets != (SAME,):
            yield "concurrent_move", f"{row.name} moves the state, while many do it at once"


def _norms(procedure: Procedure[Any]) -> Found:
    for row in procedure.acts:
        if not row.norms:
            yield "no_norm", row.name
        yield from _unknown(row.norms, row.name)
        yield from _unknown((term.norm for branch in row.to for term in branch.opens), f"deadlines of {row.name}")
    yield from _unknown((path.norm for path in procedure.forbidden_paths), "forbidden paths")


def _unknown(norms: Iterable[str], where: str) -> Found:
    yield from (("unknown_norm", f"{norm} ({where})") for norm in norms if norm not in NORMS)


def _branches(procedure: Procedure[Any]) -> Found:
    """An act leads by its first branch that passes: what follows one that always passes is never taken."""
    for row in procedure.acts:
        if not row.to:
            yield "no_branch", row.name
        asked = [{guard.name for guard in branch.guards} for branch in row.to]
        for place, guards in enumerate(asked):
            if any(earlier <= guards for earlier in asked[:place]):
                yield "never_taken", f"{row.name}: branch {place + 1} ({row.to[place].to})"


def _joint(procedure: Procedure[Any]) -> Found:
    """A joint act is the deputies', complete with the last of them, an entry that leaves the state before (B01)."""
    for row in procedure.acts:
        if row.joint and (not _is_joint(row) or not_twice not in row.guards):
            yield "half_joint", f"{row.name} is joint, but its branches or guards are not"
        if not row.joint and everyone_has_done_it in _guards(row):
            yield "half_joint", f"{row.name} waits for everybody, but is not joint"


def _is_joint(row: Transition[Any]) -> bool:
    completed = [everyone_has_done_it in branch.guards for branch in row.to[:-1]]
    return row.by == (Office.deputy_chairman,) and any(completed) and all(completed) and row.to[-1].to == SAME


def _guards(row: Transition[Any]) -> list[Guard[Any]]:
    return [*row.guards, *row.warns, *(guard for branch in row.to for guard in branch.guards)]


def _told(procedure: Procedure[Any]) -> Found:
    """Notices and reminders go to audiences that there are."""
    for row in procedure.acts:
        for branch in row.to:
            told = [(notice.audience, f"notice {notice.name}") for notice in branch.notices]
            told += [(rung.audience, f"reminder of {term.name}") for term in branch.opens for rung in term.rungs]
            for audiences, where in told:
                for audience in audiences.split() or [""]:
                    if not _is_audience(audience):
                        yield "unknown_audience", f"{audience or 'nobody'} ({where} of {row.name})"
            for term in branch.opens:
                days = [rung.days for rung in term.rungs]
                if days != sorted({*days}, reverse=True):
                    yield "reminders_disordered", f"{term.name}: {days}"


@cache
def _is_audience(name: str) -> bool:
    """Ask the notices themselves: they refuse a name that they do not know before they look at anything."""
    nothing: Any = None
    try:
        addressees(nothing, name, nothing)
    except ValueError:
        return False
    except AttributeError:  # it knows the name, and would look
        return True
    return bool(name)


def _facts(procedure: Procedure[Any]) -> Found:
    for row in procedure.acts:
        for fault in _faults(row.facts):
            yield "unknown_type", f"{row.name}: {fault}"


@cache
def _faults(facts: type[Facts]) -> tuple[str, ...]:
    """Say which facts are none of the contract's types: limited text, a whole number, a day, yes or no, lists of these."""
    schema = facts.model_json_schema()
    shapes = {"": schema, **schema.get("$defs", {})}
    return tuple(
        f"{name}.{fact} is {shape.get('type', 'anything')}" if name else f"{fact} is {shape.get('type', 'anything')}"
        for name, whole in shapes.items()
        for fact, shape in whole.get("properties", {}).items()
        if not _is_known(shape)
    )


def _is_known(shape: dict[str, Any]) -> bool:
    if "anyOf" in shape:
        return all(_is_known(each) for each in shape["anyOf"])
    if shape.get("type") == "array":
        return _is_known(shape.get("items", {}))
    if shape.get("type") == "string":
        return bool({"maxLength", "pattern", "enum", "const", "format"} & shape.keys())
    return "$ref" in shape or shape.get("type") in ("integer", "boolean", "null")
