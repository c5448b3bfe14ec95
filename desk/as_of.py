"""The Assembly as of an instant: its members, its offices in numbers, and the edition of the rules in force then.

What is in force at an instant is read from the mandates, which know from when until when: it is the law's answer, also where an
exit was recorded late. The answers about a case (desk/past.py) are what had been recorded.
"""

from datetime import date, datetime, timedelta
from typing import Any

from desk.shapes import name_of
from machines.editions import EDITIONS, edition_on
from machines.procedure import Office
from machines.register import total_members
from machines.rulebook import Rulebook
from machines.zones import end_of_day, local_day
from models.database import Db

MEMBER_COLUMNS = ("person_id", "name_kk", "name_ru", "name_en", "region", "category", "ex_officio", "since", "case")
_MEMBERS = """SELECT m.person_id, p.name_kk, p.name_ru, p.name_en, p.region, m.category, m.ex_officio, m.since, m.number FROM mandates m
 JOIN people p ON p.person_id = m.person_id WHERE m.office = 'member' AND m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?)
 ORDER BY p.sort_key, m.person_id"""
_HOLDERS = """SELECT m.office, count(DISTINCT m.person_id) FROM mandates m
 WHERE m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?) GROUP BY m.office ORDER BY m.office"""


def last_moment(day: date | None, *, now: datetime, zone: str) -> datetime:
    """Return the last moment of *day*, in which an office that ends with it is held still; without a day, now."""
    return end_of_day(day, zone=zone) - timedelta(microseconds=1) if day else now


def assembly_as_of(db: Db, at: datetime, *, book: Rulebook, language: str) -> dict[str, Any]:
    """Answer the members at an instant, with totals and rules of then."""
    members = [
        dict(zip(MEMBER_COLUMNS, (*row[:7], str(row[7]), row[8]), strict=True)) | {"name": name_of({row[0]: row[1:4]}, row[0], language)}
        for row in db.all(_MEMBERS, at, at)
    ]  # fmt: skip
    return standing_as_of(db, at, book=book, language=language) | {"items": members}


def standing_as_of(db: Db, at: datetime, *, book: Rulebook, language: str) -> dict[str, Any]:
    """Answer how many held which office, how many members counted and were needed, and by which edition and rulings."""
    day = local_day(at, book.zone)
    book = book.in_force(db)
    rulings, numbers, edition = book.rulings_on(day), book.numbers_for(None), edition_on(day)
    counting = total_members(db, at, rulings)
    council = dict(db.all(_HOLDERS, at, at)).get(Office.council_member.value, 0)
    return {
        "as_of": day.isoformat(),
        "edition": {
            "id": edition,
            "source": EDITIONS[edition].source(language),
            "rulings": rulings.differing(),
            "entered": list(numbers.entered_on(day)),
        },
        "offices": dict(db.all(_HOLDERS, at, at)),
        "totals": {
            "members": counting,
            "session_quorum": numbers.share("session.quorum", day).needed(counting) if counting else None,
            "council": council,
            "council_majority": numbers.share("council.majority", day).needed(council) if council else None,
        },
    }
