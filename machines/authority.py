"""Who may act: the office that the actor, or the person on whose behalf he enters the act, holds at that moment."""

from typing import Any, NamedTuple

from machines.act import PRESIDENT, Act
from machines.procedure import NOBODY, NOMINATING_OFFICES, Office, Transition
from machines.situation import Held, Situation


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
        return Authority(act.office, act.actor) if act.office == "consequence" or Office.clock in row.by else None
    if act.founding and not s.mandates.holders(Office.working_body):
        return Authority(row.persons[0], act.actor)
    if act.on_behalf_of is not None and not s.mandates.holds(act.actor, Office.working_body):
        return None
    if act.on_behalf_of == PRESIDENT:
        return Authority(PRESIDENT, PRESIDENT) if Office.president in row.by else None
    offices = [office for office in row.persons if act.office in (None, office)]
    return next((found for office in offices if (found := held_as(row, office, s.holder, s))), None)


def held_as(row: Transition[Any], office: Office, person: str, s: Situation[Any]) -> Authority | None:
    """Return the authority of *person* to do *row* as *office*, or None."""
    if office is Office.candidate:
        return Authority(office, person) if person == s.person else None
    if office is Office.nominating_body:
        return _as_nominating_body(person, s)
    if office is Office.deputy_chairman:
        return _as_deputy(person, s)
    if row.own and office in (Office.member, Office.council_member) and person != s.person:
        return None
    return _of(next(s.mandates.of(person, office), None))


def _as_deputy(person: str, s: Situation[Any]) -> Authority | None:
    """With no deputy in office the Chairman performs the deputies' acts (B01)."""
    if person not in s.deputies():
        return None
    return Authority(
        Office.deputy_chairman if s.mandates.holds(person, Office.deputy_chairman) else Office.chairman, person
    )


def _as_nominating_body(person: str, s: Situation[Any]) -> Authority | None:
    bodies = {source["nominating_body"] for source in s.facts.get("sources", ())}
    held = (held for office in NOMINATING_OFFICES for held in s.mandates.of(person, office))
    return _of(next((one for one in held if nominating_body(one.office, one.body) in bodies), None))


def nominating_body(office: str, body: str) -> str:
    """Name the body that an office nominates for; the chairman and the secretariat of a region are one."""
    return f"small_assembly:{body}" if office in (Office.sa_chairman, Office.sa_secretariat) else f"{office}:{body}"


def _of(held: Held | None) -> Authority | None:
    return Authority(held.office, held.person, held.body, held.region) if held else None
