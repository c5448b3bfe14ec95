"""Who is told: audiences of notices and reminders, as people."""

from typing import Any

from machines.joint import still_missing
from machines.sitting import frozen, in_office
from machines.situation import Situation
from models.database import Db

OF_AN_OFFICE = {"council": "council_member", "members": "member"}


def addressees(db: Db, audiences: str, s: Situation[Any]) -> list[str]:
    """Return the people of *audiences* (separated by spaces), each once, in the order of the audiences."""
    return list(dict.fromkeys(person for audience in audiences.split() for person in _people(db, audience, s)))


def _unanswered(db: Db, s: Situation[Any]) -> list[str]:
    """Name who may still answer a poll: of the Council now, under the ruling `open` of the list of the opening (B07)."""
    answered = {row[0] for row in db.all("SELECT person_id FROM ballots WHERE number = ?", s.number)}
    may_answer = in_office(db, "council_member", s.at)
    if s.rulings["poll.reference_moment"] == "open":
        may_answer &= frozen(db, s.number, "opening")
    return sorted(may_answer - answered)


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
        person = s.person or getattr(s.given, "person", None)
        return [person] if person else []
    if audience == "opener":
        return [s.facts["opened_by"]] if "opened_by" in s.facts else []
    if audience == "unanswered":
        return _unanswered(db, s)
    if audience in OF_AN_OFFICE:
        return sorted(in_office(db, OF_AN_OFFICE[audience], s.at))
    raise ValueError(f"no such audience: {audience}")
