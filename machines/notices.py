"""Who is told: audiences of notices and reminders, as people."""

from typing import Any

from machines.joint import still_missing
from machines.situation import Situation
from models.database import Db


def addressees(db: Db, audiences: str, s: Situation[Any]) -> list[str]:
    """Return the people of *audiences* (separated by spaces), each once, in the order of the audiences."""
    return list(dict.fromkeys(person for audience in audiences.split() for person in _people(db, audience, s)))


def _people(db: Db, audience: str, s: Situation[Any]) -> list[str]:
    if audience in ("chairman", "working_body"):
        return list(s.mandates.holders(audience))
    if audience == "deputies":
        return list(s.deputies())
    if audience == "deputies_missing":
        return [person for person in s.deputies() if person in still_missing(s)]
    if audience == "nominators":
        return [source["holder"] for source in s.facts.get("sources", ())]
    if audience == "submitter":
        return [s.facts["submitted_by"]] if "submitted_by" in s.facts else []
    if audience == "person":
        return [s.person] if s.person else []
    raise ValueError(f"no such audience: {audience}")
