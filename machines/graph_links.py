"""The check of what binds procedures together: consequences, and deadlines that an act closes in another case."""

from collections.abc import Iterator, Mapping
from typing import Any

from machines.finding import Finding
from machines.graph_walk import states_beyond, terms
from machines.procedure import NEW, Office, Procedure

# A successor's assumption ends the predecessor's office, an act that only people do otherwise (17.1).
SUCCESSIONS = frozenset({("office.assume", "office.vacate")})

Link = tuple[str, str]  # act and consequence: ("candidacy.approve", "membership.start")


def links(procedures: Mapping[str, Procedure[Any]]) -> Iterator[Finding]:
    """Yield what is wrong between the tables."""
    yield from _names(procedures)
    found = sorted(consequences(procedures))
    for act, brought in found:
        yield from (
            Finding(act.partition(".")[0], code, detail) for code, detail in _accepted(procedures, act, brought)
        )
    circle = _circle(found)
    if circle:
        yield Finding(circle[0].partition(".")[0], "circle", " ⇒ ".join(circle))
    yield from _closed_there(procedures)


def consequences(procedures: Mapping[str, Procedure[Any]]) -> set[Link]:
    """Return every act with what it brings about on linked cases."""
    return {
        (f"{procedure.name}.{row.name}", f"{consequence.procedure}.{consequence.act}")
        for procedure in procedures.values()
        for row in procedure.acts
        for branch in row.to
        for consequence in branch.consequences
    }


def closed_there(procedures: Mapping[str, Procedure[Any]]) -> set[Link]:
    """Return every act with the deadlines that it closes in linked cases."""
    return {
        (f"{procedure.name}.{row.name}", there.deadline)
        for procedure in procedures.values()
        for row in procedure.acts
        for branch in row.to
        for there in branch.closes_there
    }


def _names(procedures: Mapping[str, Procedure[Any]]) -> Iterator[Finding]:
    letters: dict[str, str] = {}
    for name, procedure in procedures.items():
        if name != procedure.name:
            yield Finding(procedure.name, "two_names", f"it is known as {name}")
        first = letters.setdefault(procedure.letter, name)
        if first != name:
            yield Finding(procedure.name, "two_letters", f"{procedure.letter} is the letter of {first}")


def _accepted(procedures: Mapping[str, Procedure[Any]], act: str, brought: str) -> Iterator[tuple[str, str]]:
    name, _, consequence = brought.partition(".")
    procedure = procedures.get(name)
    row = procedure.rows.get(consequence) if procedure else None
    if procedure is None or row is None:
        yield "unknown_consequence", f"{act} ⇒ {brought}"
        return
    if Office.consequence not in row.by and (act, brought) not in SUCCESSIONS:
        yield "unauthorised_consequence", f"{act} ⇒ {brought}, which is for people alone"
    if not {*row.source} & (states_beyond(procedure, NEW) | {NEW}):
        yield "never_accepted", f"{act} ⇒ {brought}, which no state knows"


def _circle(found: list[Link]) -> list[str]:
    """Return acts that bring each other about in a circle: two of them could wait for each other."""
    ways = [[act] for act in dict(found)]
    for way in ways:
        if way[-1] in way[:-1]:
            return way
        ways += [[*way, brought] for act, brought in found if act == way[-1]]
    return []


def _closed_there(procedures: Mapping[str, Procedure[Any]]) -> Iterator[Finding]:
    known = {name for procedure in procedures.values() for name in terms(procedure)}
    for act, deadline in sorted(closed_there(procedures)):
        if deadline not in known:
            yield Finding(act.partition(".")[0], "unknown_deadline", f"{act} closes {deadline} of a linked case")
