"""Who may act: the office that the actor, or the person on whose behalf he enters the act, holds at that moment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from machines.act import PRESIDENT, Act
from machines.procedure import NOBODY, NOMINATING_OFFICES, Office, Transition
from machines.situation import Held, Mandates, Situation

# As plain texts: every act asks.
_CHAIRMAN, _DEPUTY, _CANDIDATE = Office.chairman.value, Office.deputy_chairman.value, Office.candidate.value


class Authority(NamedTuple):
    """The office in which somebody acts, and the body that he acts for."""

    office: str
    holder: str
    body: str = ""
    region: str = ""


def authority(row: Transition[Any], act: Act, s: Situation[Any]) -> Authority | None:
    """Return in which office *act* is done, or None: the actor holds none that *row* is for.

    The working body may enter an act for the entitled office; acts of the President are always entered this way.
    """
    if act.office in NOBODY:
        return Authority(str(act.office), act.actor) if act.office == "consequence" or Office.clock in row.by else None
    if act.founding and not s.mandates.holders(Office.working_body):
        return Authority(row.persons[0].value, act.actor)
    if act.on_behalf_of is not None and not may_enter(act.actor, s.mandates):
        return None
    if act.on_behalf_of == PRESIDENT:
        return Authority(PRESIDENT, PRESIDENT) if Office.president in row.by else None
    for office in row.persons:
        for held in held_as(row, office, s.holder, s):
            if act.office is None or act.office in (office, held.office):
                return held
    return None


def offices_for(row: Transition[Any], s: Situation[Any]) -> tuple[str, ...]:
    """Name the offices in which whoever is entitled in *s* may do *row*; none: it belongs to others."""
    return tuple(dict.fromkeys(held.office for office in row.persons for held in held_as(row, office, s.holder, s)))


def may_enter(actor: str, mandates: Mandates) -> bool:
    """Say whether *actor* may enter acts for those who are entitled, each with its paper: the working body may."""
    return mandates.holds(actor, Office.working_body)


def entered_by(office: str) -> str:
    """Name the office whose holders enter the acts of *office*: its own; those of the President the working body enters."""
    return Office.working_body.value if office == Office.president else str(office)


def held_as(row: Transition[Any], office: Office, person: str, s: Situation[Any]) -> Sequence[Authority]:
    """Return in which offices *person* may do *row* as *office*: the table names a nominating body, he holds an office of it."""
    if office in _OF_ANOTHER_KIND:
        return _OF_ANOTHER_KIND[office](person, s)
    if row.own and office in (Office.member, Office.council_member) and person != s.person:
        return ()
    return [_of(held) for held in s.mandates.of(person, office)]


def _as_deputy(person: str, s: Situation[Any]) -> Sequence[Authority]:
    """With no deputy in office the Chairman performs the deputies' acts (B01)."""
    if person not in s.deputies():
        return ()
    return (Authority(_DEPUTY if s.mandates.holds(person, _DEPUTY) else _CHAIRMAN, person),)


def _as_nominating_body(person: str, s: Situation[Any]) -> Sequence[Authority]:
    bodies = {source["nominating_body"] for source in s.facts.get("sources", ())}
    held = (held for office in NOMINATING_OFFICES for held in s.mandates.of(person, office))
    return [_of(one) for one in held if nominating_body(one.office, one.body) in bodies]


def _as_candidate(person: str, s: Situation[Any]) -> Sequence[Authority]:
    return (Authority(_CANDIDATE, person),) if person == s.person else ()


# Offices that no mandate gives, or not it alone.
_OF_ANOTHER_KIND: Mapping[str, Callable[[str, Situation[Any]], Sequence[Authority]]] = {
    _CANDIDATE: _as_candidate,
    Office.nominating_body.value: _as_nominating_body,
    _DEPUTY: _as_deputy,
}


def nominating_body(office: str, body: str) -> str:
    """Name the body that an office nominates for; the chairman and the secretariat of a region are one."""
    return f"small_assembly:{body}" if office in (Office.sa_chairman, Office.sa_secretariat) else f"{office}:{body}"


def _of(held: Held) -> Authority:
    return Authority(held.office, held.person, held.body, held.region)
