"""The register of people and bodies: who is known, and who counts."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from machines.procedure import NOMINATING_OFFICES, Office
from machines.rulings import Rulings
from models.database import Db
from models.entry import NAME
from models.names import search_key, sort_key_kk

SEES_REGISTER = (
    Office.chairman, Office.deputy_chairman, Office.council_member, Office.member, Office.working_body, *NOMINATING_OFFICES,
)  # fmt: skip
ADDS_PEOPLE = (Office.working_body, *NOMINATING_OFFICES)


def sees_addresses(offices: Collection[str], *, own: bool) -> bool:
    """Say whether somebody who holds these offices is shown a person's address: the working body is, and everybody his own."""
    return own or Office.working_body in offices


def add_person(
    db: Db,
    person_id: str,
    *,
    names: Mapping[str, str],
    email: str | None = None,
    language: str = "ru",
    region: str = "",
) -> None:
    """Enter somebody into the register; the same person_id twice raises the database's unique violation.

    ValueError for a person_id that cannot stand in the journal as it is.
    """
    _writable(person_id)
    db.run(
        "INSERT INTO people (person_id, name_kk, name_ru, name_en, email, language, region, sort_key, search_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        person_id, names["kk"], names["ru"], names["en"], email, language, region, sort_key_kk(names["kk"]), search_key(_spoken(names)),
    )  # fmt: skip


def add_body(db: Db, body_id: str, *, kind: str, names: Mapping[str, str], region: str = "", **charter: Any) -> None:
    """Enter a body that nominates: a small assembly, an association (with level and highest body), a state body.

    ValueError for a body_id that cannot stand in the journal as it is.
    """
    _writable(body_id)
    db.run(
        "INSERT INTO bodies (body_id, kind, name_kk, name_ru, name_en, region, level, highest_body, zone, sort_key, search_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        body_id, kind, names["kk"], names["ru"], names["en"], region, charter.get("level"), charter.get("highest_body"),
        charter.get("zone", "Asia/Almaty"), sort_key_kk(names["kk"]), search_key(_spoken(names)),
    )  # fmt: skip


def _spoken(names: Mapping[str, str]) -> str:
    return " ".join(names[each] for each in ("kk", "ru", "en"))


def _writable(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: letters, digits and : . _ / - are expected, at most 64")


def holders(db: Db, office: str, at: datetime) -> list[str]:
    """Name who holds *office* at an instant, in the order of their mandates."""
    rows = db.all(
        "SELECT person_id FROM mandates WHERE office = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"
        " ORDER BY begins_at, number",
        office, at, at,
    )  # fmt: skip
    return [row[0] for row in rows]


def total_members(db: Db, at: datetime, rulings: Rulings) -> int:
    """Count the members in office (A07); whether the Chairman and his deputies count is a ruling (A08)."""
    members = set(holders(db, "member", at))
    if not rulings["members.officers_are_members"]:
        members -= {*holders(db, "chairman", at), *holders(db, "deputy_chairman", at)}
    return len(members)
