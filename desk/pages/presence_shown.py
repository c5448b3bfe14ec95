"""Who is in the hall: how many of how many, who since when, and whom a scanned or typed word means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desk.pages.choosing import people_fitting
from desk.pages.onlooker import Look
from desk.pages.quorum import arc_of
from machines.zones import local_time
from models.database import instant

LATEST = 8  # of who came last: seen while one registers
MOST_FITTING = 12
_HERE = """SELECT p.person_id, r.name_kk, r.name_ru, r.name_en, p.since FROM presences p JOIN people r ON r.person_id = p.person_id
 WHERE p.number = ? AND p.until IS NULL ORDER BY r.sort_key, p.person_id"""
_SINCE = "SELECT since FROM presences WHERE number = ? AND person_id = ? AND until IS NULL"
_OF_MEMBERSHIP = "SELECT person_id FROM cases WHERE number = ? AND procedure IN ('membership', 'council_seat')"
_IS_KNOWN = "SELECT 1 FROM people WHERE person_id = ?"
_NUMBER = re.compile(r"[A-Z]-\d{4}-\d{1,8}")
_IN_BRACKETS = re.compile(r"\(([\w:./-]{1,64})\)\s*$")


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a word may mean: one person, several of whom one is chosen, or nobody."""

    typed: str
    people: Sequence[tuple[str, str]]

    @property
    def one(self) -> str | None:
        """Return the person, if there is one only."""
        return self.people[0][0] if len(self.people) == 1 else None


def presence(look: Look, number: str) -> dict[str, Any]:
    """Return who is in the hall, and the counts as the case answers them."""
    place = {"kk": 1, "ru": 2, "en": 3}[look.language]
    here = [
        {"id": row[0], "name": row[place], "at": instant(row[4]), "since": _clock(look, row[4])}
        for row in look.db.all(_HERE, number)
    ]
    latest = sorted(here, key=lambda one: one["at"], reverse=True)[:LATEST]
    counts = look.case(number).get("counts")
    return {"here": here, "latest": latest, "counts": counts, "arc": arc_of(counts)}


def here_since(look: Look, number: str, person: str) -> str:
    """Say since when somebody is in the hall already; empty if he is not."""
    row = look.db.one(_SINCE, number, person)
    return _clock(look, row[0]) if row else ""


def meant(look: Look, typed: str) -> Meant:
    """Find whom a scanned or typed word means: a name of the register, the number of a membership or seat, or parts of a name."""
    text = " ".join(typed.split())
    if not text.isprintable():
        return Meant(typed, [])
    inside = _IN_BRACKETS.search(text)
    for person in (text, inside[1] if inside else ""):
        if person and look.db.one(_IS_KNOWN, person):
            return Meant(typed, [(person, look.names([person])[person])])
    if number := _NUMBER.fullmatch(text.upper()):
        row = look.db.one(_OF_MEMBERSHIP, number[0])
        return Meant(typed, [*look.names([row[0]]).items()] if row and row[0] else [])
    return Meant(typed, people_fitting(look.db, text, look.language, most=MOST_FITTING))


def _clock(look: Look, at: Any) -> str:
    return f"{local_time(instant(at), look.zone):%H:%M}"
