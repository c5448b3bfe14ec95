"""Who holds a case, and since when: the offices that its state waits for, with names where few hold them."""

import json
from typing import Any

from desk.pages.page import moment, name_of, speaker
from desk.shapes import name_of as name_in
from desk.shapes import people_named
from machines.authority import entered_by
from machines.procedures import PROCEDURES
from machines.waiting import acts_of_state
from models.database import Db

_FEW = ("chairman", "deputy_chairman")  # offices whose holders are named
_SINCE = "SELECT max(effective_at) FROM entries WHERE number = ? AND source <> target"
_HOLDERS = "SELECT DISTINCT office, person_id FROM mandates WHERE office IN ('chairman', 'deputy_chairman') AND ended_at IS NULL"


def who_holds(db: Db, number: str, language: str) -> dict[str, Any] | None:
    """Say for whom a case waits, for which acts, since when; None if it waits for a day or for nothing."""
    row = db.one("SELECT procedure, state, zone, joint FROM cases WHERE number = ?", number)
    if row is None:
        return None
    procedure, state, zone, joint = row
    acts = acts_of_state(procedure, state)
    if not acts:
        return None
    since = db.one(_SINCE, number)
    done = [person for act in acts for person in json.loads(joint).get(act, ())]
    return {
        "who": _who(db, procedure, acts, done, language), "acts": [name_of("act", f"{procedure}.{act}", language) for act in acts],
        "since": moment(since[0], zone) if since and since[0] else "",
    }  # fmt: skip


def _who(db: Db, procedure: str, acts: tuple[str, ...], done: list[str], language: str) -> list[str]:
    """Name the offices, and who of few holders is still to act; the President's acts are entered by the working body."""
    offices = dict.fromkeys(office.value for act in acts for office in PROCEDURES[procedure].rows[act].persons)
    holders: dict[str, list[str]] = {}
    for office, person in db.all(_HOLDERS):
        if office in offices and person not in done:
            holders.setdefault(office, []).append(person)
    names = people_named(db, [person for people in holders.values() for person in people])
    said = []
    for office in offices:
        shown = name_of("office", office, language)
        if entered_by(office) != office:
            shown = speaker(language)("case.entered_by_working_body", office=shown)
        people = [name_in(names, person, language) or person for person in sorted(holders.get(office, ()))]
        still = office in _FEW and done and not people
        said += [] if still else [f"{shown} ({', '.join(people)})" if people else shown]
    return said
