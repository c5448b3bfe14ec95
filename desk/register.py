"""The register as of a day: people, bodies and who holds which office, and the entry of somebody not yet known."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.door import Door, let_act
from desk.problems import Closed
from desk.shapes import name_of
from machines.refusal import Forbidden, KeyReused
from machines.register import ADDS_PEOPLE, SEES_REGISTER, add_person, sees_addresses
from machines.settle import again_if_raced
from models.database import Db

_IN_FORCE = "m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?)"
_OFFICES = f"""SELECT m.office, m.person_id, m.body, m.region, m.category, m.ex_officio, m.acting, m.since, m.number,
 p.name_kk, p.name_ru, p.name_en FROM mandates m JOIN people p ON p.person_id = m.person_id
 WHERE {_IN_FORCE} AND m.office = coalesce(?, m.office) ORDER BY m.office, m.body, p.sort_key, m.number"""  # noqa: S608
_OF_BODIES = f"""SELECT m.person_id, m.office, m.body FROM mandates m WHERE {_IN_FORCE} AND m.body <> ''
 ORDER BY m.body, m.office, m.number"""  # noqa: S608
_PEOPLE = """SELECT person_id, name_kk, name_ru, name_en, email, language, region FROM people
 WHERE erased_at IS NULL ORDER BY sort_key, person_id"""
_BODIES = (
    "SELECT body_id, kind, name_kk, name_ru, name_en, region, level, highest_body FROM bodies ORDER BY kind, body_id"
)
_NEXT = """INSERT INTO counters (series, last) VALUES ('person', 1)
 ON CONFLICT (series) DO UPDATE SET last = counters.last + 1 RETURNING last"""


def offices_held(db: Db, *, at: datetime, language: str, office: str | None = None) -> list[dict[str, Any]]:
    """List who holds which office at an instant."""
    return [
        {
            "office": row[0], "person_id": row[1], "name": name_of({row[1]: row[9:]}, row[1], language), "body": row[2] or None,
            "region": row[3] or None, "category": row[4], "ex_officio": row[5], "acting": bool(row[6]), "since": str(row[7]),
            "case": row[8],
        }
        for row in db.all(_OFFICES, at, at, office)
    ]  # fmt: skip


def people_known(db: Db, *, at: datetime, now: datetime, language: str, reader: str) -> list[dict[str, Any]]:
    """List everybody the register knows, by the Kazakh alphabet; addresses only to the working body of *now* and to themselves."""
    offices = _offices_of(db, at)
    held = _offices_of(db, now, reader).get(reader, ())
    return [
        {
            "person_id": row[0], "name": name_of({row[0]: row[1:4]}, row[0], language),
            "name_kk": row[1], "name_ru": row[2], "name_en": row[3], "language": row[5], "region": row[6] or None,
            "offices": offices.get(row[0], []),
        } | ({"email": row[4]} if sees_addresses(held, own=row[0] == reader) else {})
        for row in db.all(_PEOPLE)
    ]  # fmt: skip


def bodies_known(db: Db, *, at: datetime, language: str) -> list[dict[str, Any]]:
    """List the bodies that nominate, and who holds their offices."""
    held: dict[str, list[dict[str, str]]] = {}
    for person, office, body in db.all(_OF_BODIES, at, at):
        held.setdefault(body, []).append({"office": office, "person_id": person})
    return [
        {
            "body_id": row[0], "kind": row[1], "name": name_of({row[0]: row[2:5]}, row[0], language),
            "name_kk": row[2], "name_ru": row[3], "name_en": row[4], "region": row[5] or None, "level": row[6], "highest_body": row[7],
            "offices": held.get(row[0], []),
        }
        for row in db.all(_BODIES)
    ]  # fmt: skip


def see_register(db: Db, person: str, at: datetime) -> None:
    """Let office holders see the register; Closed for strangers."""
    if not _offices_of(db, at, person):
        raise Closed("register", SEES_REGISTER)


def enter_person(door: Door, told: Mapping[str, Any], *, actor: str, at: datetime, key: str | None) -> tuple[str, bool]:
    """Enter somebody not yet known and return the new person_id, and whether it is the answer to a key used before.

    By the working body and the nominating offices, else Forbidden.
    """
    let_act(door)

    def enter() -> tuple[str, bool]:
        with door.database.transaction() as db:
            if not {*ADDS_PEOPLE} & {*_offices_of(db, at, actor).get(actor, ())}:
                raise Forbidden("people.add", ADDS_PEOPLE)
            request = hashlib.sha256(json.dumps(["people.add", dict(told)], sort_keys=True).encode()).hexdigest()
            known = _answered(db, actor, key, request)
            if known:
                return known, True
            person = _new_person(db, told)
            if key:
                db.run(
                    "INSERT INTO answers (actor, key, request, number, seq, at) VALUES (?, ?, ?, ?, 0, ?)",
                    actor, key, request, person, at,
                )  # fmt: skip
            return person, False

    return again_if_raced(enter)


def _answered(db: Db, actor: str, key: str | None, request: str) -> str | None:
    if not key:
        return None
    row = db.one("SELECT request, number FROM answers WHERE actor = ? AND key = ?", actor, key)
    if row and row[0] != request:
        raise KeyReused(key)
    return row[1] if row else None


def _new_person(db: Db, told: Mapping[str, Any]) -> str:
    """Number the person; a number that the roster has given already is passed over."""
    while True:
        row = db.one(_NEXT)
        assert row is not None
        person = f"p{row[0]:05d}"
        if db.one("SELECT 1 FROM people WHERE person_id = ?", person) is None:
            break
    names = {language: told[f"name_{language}"] for language in ("kk", "ru", "en")}
    add_person(db, person, names=names, email=told.get("email"), language=told["language"])
    return person


def _offices_of(db: Db, at: datetime, person: str | None = None) -> dict[str, list[str]]:
    rows = db.all(
        f"SELECT m.person_id, m.office FROM mandates m WHERE {_IN_FORCE} AND m.person_id = coalesce(?, m.person_id)"  # noqa: S608
        " ORDER BY m.begins_at, m.number", at, at, person
    )  # fmt: skip
    held: dict[str, list[str]] = {}
    for who, office in rows:
        if office not in held.setdefault(who, []):
            held[who].append(office)
    return held
