"""For whom a case waits: which acts a state waits for, and to whom they fall.

An act that somebody may do at any time (a withdrawal, leaving, vacating an office) waits for nobody and is not here. A test
holds the names to the tables.
"""

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple

from machines.authority import entered_by, nominating_body
from machines.procedure import NOMINATING_OFFICES, Office
from machines.procedures import PROCEDURES
from machines.situation import Held, Mandates

# A state that is not named waits for a day, for another case, or for nothing.
WAITS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "candidacy": {
        "nominated": ("admit", "return"),
        "inadmissible": ("cure",),
        "considered": ("submit",),
        "submitted": ("approve", "reject"),
    },
    "removal": {"submitted": ("grant", "decline")},
    "deputy_appointment": {"recommended": ("appoint",)},
    "council_meeting": {
        "drafted": ("sign",),
        "signed": ("agree", "refuse"),
        "convened": ("open",),
        "open": ("close",),
        "held": ("record",),
    },
    "council_question": {"listed": ("open_vote",), "voting": ("close_vote",)},
    "poll": {"drafted": ("open",), "open": ("answer",), "counting": ("answer", "close")},
    "session": {
        "convened": ("announce",),
        "announced": ("start_registration",),
        "registration": ("open",),
        "open": ("close",),
        "paused": ("resume",),
        "closed": ("record",),
    },
    "resolution": {"listed": ("open_vote",), "voting": ("close_vote",)},
    "session_request": {"collecting": ("register",)},
    "edition": {"proposed": ("confirm",)},
}

# Deadlines that wait for an act which opens another case, and for whom, until such a case is open.
TASKS: Mapping[str, tuple[str, tuple[Office, ...]]] = {
    "candidacy.consideration": ("council_question.list", (Office.deputy_chairman, Office.working_body)),
    "membership.removal_task": ("removal.submit", (Office.deputy_chairman,)),
    "session_request.convening": ("session.convene", (Office.chairman,)),
}


class Waiting(NamedTuple):
    """A case as far as one must know it to say for whom it waits."""

    number: str
    procedure: str
    state: str
    person: str | None
    joint: str  # JSON: who has done a joint act already
    facts: str  # JSON


def states_waiting(held: Mandates, *, deputies: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Return (procedure, state) of which cases may wait for somebody who holds these offices.

    *deputies* are those who act as deputies; where they are not known, the Chairman may be one.
    """
    offices = {one.office for one in held}
    if Office.chairman in offices and (deputies is None or any(one.person in deputies for one in held)):
        offices.add(Office.deputy_chairman)  # with no deputy in office the Chairman performs their acts (B01)
    return [
        (procedure, state)
        for procedure, states in WAITS.items()
        if procedure in PROCEDURES
        for state, acts in states.items()
        if any(offices & _offices(procedure, act) for act in acts)
    ]


def acts_waiting_for(
    person: str, held: Mandates, case: Waiting, *, deputies: tuple[str, ...], answered: Collection[str] = ()
) -> list[str]:
    """Return the acts by which *case* waits for *person*, who holds these offices.

    *deputies* act jointly (B01); *answered* are the polls that the person has answered.
    """
    return [
        act
        for act in acts_of_state(case.procedure, case.state)
        if _falls_to(person, held, case, act, deputies) and not (act == "answer" and case.number in answered)
    ]


def tasks_of(person: str, held: Mandates, *, deputies: tuple[str, ...]) -> dict[str, str]:
    """Return the deadlines (`membership.removal_task`) that wait for *person*, each with the act that is awaited."""
    return {
        deadline: act
        for deadline, (act, offices) in TASKS.items()
        if (Office.deputy_chairman in offices and person in deputies) or any(one.office in offices for one in held)
    }


def acts_of_state(procedure: str, state: str) -> tuple[str, ...]:
    """Return the acts that a state waits for, whoever does them."""
    return WAITS.get(procedure, {}).get(state, ())


def states_of_act(procedure: str, act: str) -> tuple[str, ...]:
    """Return the states that wait for an act."""
    return tuple(state for state, acts in WAITS[procedure].items() if act in acts)


def offices_of_state(procedure: str, state: str) -> list[str]:
    """Name the offices whose holders a state waits for."""
    return sorted(set().union(*(_offices(procedure, act) for act in acts_of_state(procedure, state))))


def is_nominated_by(held: Collection[Held], case: Waiting) -> bool:
    """Say whether somebody holds an office of the body that nominated first, which alone may cure its nomination."""
    return any(_nominated(one, case) for one in held)


def _falls_to(person: str, held: Mandates, case: Waiting, act: str, deputies: tuple[str, ...]) -> bool:
    row = PROCEDURES[case.procedure].rows[act]
    if row.joint and case.joint != "{}" and person in json.loads(case.joint).get(act, ()):
        return False
    if Office.deputy_chairman in row.by and person in deputies:
        return True
    offices = _offices(case.procedure, act)
    mine = [one for one in held if one.office in offices]
    return is_nominated_by(mine, case) if act == "cure" else bool(mine)


@cache
def _offices(procedure: str, act: str) -> frozenset[str]:
    """Name who may do *act*; the President's acts are entered by the working body."""
    offices = frozenset(office.value for office in PROCEDURES[procedure].rows[act].persons)
    return offices | {entered_by(office) for office in offices}


def _nominated(held: Held, case: Waiting) -> bool:
    sources: list[dict[str, Any]] = json.loads(case.facts).get("sources", [])
    mine = nominating_body(held.office, held.body)
    return held.office in NOMINATING_OFFICES and bool(sources) and sources[0]["nominating_body"] == mine
