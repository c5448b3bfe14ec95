"""The lists of the register's pages: people, bodies and holders of offices as of an instant, filtered, in alphabetical order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from machines.procedure import GRANTED
from machines.wording import LANGUAGES, has, say
from models.database import Db
from models.names import search_key, sort_key_kk

KINDS = ("small_assembly", "association", "state_body")
ASSEMBLY, COUNCIL = "assembly", "council"  # what cases name as their body, though nobody nominates for them
OFFICES = tuple(office.value for office in GRANTED)

IN_FORCE = "m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?)"
_PEOPLE = "SELECT p.person_id, p.name_{language}, p.region FROM people p WHERE p.erased_at IS NULL"
_HOLDS = f" AND EXISTS (SELECT 1 FROM mandates m WHERE m.person_id = p.person_id AND m.office = ? AND {IN_FORCE})"  # noqa: S608
_HELD = f"""SELECT m.person_id, m.office, m.body, m.region, m.category, m.acting, m.since, m.number, p.name_kk, p.name_ru, p.name_en,
 p.sort_key FROM mandates m JOIN people p ON p.person_id = m.person_id WHERE {IN_FORCE}"""  # noqa: S608
_BODIES = "SELECT b.body_id, b.kind, b.name_kk, b.name_ru, b.name_en, b.region, b.level, b.highest_body, b.sort_key FROM bodies b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of a list are wanted; what is empty does not choose."""

    text: str = ""
    region: str = ""
    office: str = ""
    kind: str = ""
    body: str = ""


class Listed(NamedTuple):
    """A person in a list."""

    person_id: str
    name: str
    region: str


class Holding(NamedTuple):
    """An office that somebody holds."""

    person_id: str
    name: str
    office: str
    body: str
    region: str
    category: str | None
    acting: bool
    since: date
    number: str
    key: str


class ListedBody(NamedTuple):
    """A body in a list."""

    body_id: str
    kind: str
    name: str
    region: str
    level: str | None
    highest_body: str | None
    key: str


def people_wanted(db: Db, wanted: Wanted, *, at: datetime, language: str) -> list[Listed]:
    """List the people that are wanted, in the order of the reader's alphabet."""
    sql, values = _PEOPLE.format(language=language), list[Any]()
    for condition, given in (
        (" AND p.region = ?", [wanted.region] if wanted.region else None),
        (_HOLDS, [wanted.office, at, at] if wanted.office else None),
    ):
        if given:
            sql, values = sql + condition, [*values, *given]
    more, words = matching("p.search_key", wanted.text)
    order = " ORDER BY p.sort_key, p.person_id" if language == "kk" else ""
    found = [Listed._make(row) for row in db.all(f"{sql}{more}{order}", *values, *words)]
    return found if order else sorted(found, key=lambda one: (sort_key_kk(one.name), one.person_id))


def holdings(
    db: Db, wanted: Wanted, *, at: datetime, language: str, people: Sequence[str] | None = None
) -> list[Holding]:  # fmt: skip
    """List who holds which office, office by office in the order of the Decree, then by body and name."""
    sql, values = _HELD, list[Any]((at, at))
    for condition, given in (
        (" AND m.office = ?", wanted.office),
        (" AND m.body = ?", wanted.body),
        (" AND p.region = ?", wanted.region),
    ):
        if given:
            sql, values = sql + condition, [*values, given]
    if people is not None:
        sql, values = f"{sql} AND m.person_id IN ({', '.join('?' * len(people)) or 'NULL'})", [*values, *people]
    more, words = matching("p.search_key", wanted.text)
    rows = db.all(f"{sql}{more} ORDER BY m.body, p.sort_key, m.number", *values, *words)
    found = (
        Holding(
            row[0], row[8 + LANGUAGES.index(language)], row[1], row[2], row[3], row[4], bool(row[5]), as_day(row[6]), row[7],
            _key(row[8:11], row[11], language),
        )
        for row in rows
    )  # fmt: skip
    return sorted(found, key=lambda one: (OFFICES.index(one.office), one.body, one.key, one.number))


def bodies_wanted(db: Db, wanted: Wanted, *, language: str) -> list[ListedBody]:
    """List the bodies that nominate and are wanted: by kind, then in the order of the reader's alphabet."""
    sql, values = f"{_BODIES} WHERE 1 = 1", list[Any]()
    for condition, given in (
        (" AND b.kind = ?", wanted.kind),
        (" AND b.region = ?", wanted.region),
        (" AND b.body_id = ?", wanted.body),
    ):
        if given:
            sql, values = sql + condition, [*values, given]
    more, words = matching("b.search_key", wanted.text)
    rows = db.all(f"{sql}{more} ORDER BY b.sort_key, b.body_id", *values, *words)
    found = (
        ListedBody(
            row[0], row[1], row[2 + LANGUAGES.index(language)], row[5], row[6], row[7], _key(row[2:5], row[8], language)
        )
        for row in rows
    )
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.key, one.body_id))


def matching(column: str, text: str) -> tuple[str, list[str]]:
    """Write the condition that each word of *text* begins a word of the stored key, whatever letters it is typed with."""
    words = search_key(text).split()
    return f" AND ' ' || {column} LIKE ?" * len(words), [f"% {word}%" for word in words]


def body_name(db: Db, body: str, language: str) -> str:
    """Name a body; Assembly and Council are bodies too, and what is in no register is said as it stands."""
    if has(f"register.desk.body.{body}"):
        return say(f"register.desk.body.{body}", language)
    row = db.one("SELECT name_kk, name_ru, name_en FROM bodies WHERE body_id = ?", body)
    return row[LANGUAGES.index(language)] if row else body


def body_names(db: Db, language: str) -> dict[str, str]:
    """Name every body of the register."""
    rows = db.all("SELECT body_id, name_kk, name_ru, name_en FROM bodies")
    known = {row[0]: row[1 + LANGUAGES.index(language)] for row in rows}
    return known | {body: say(f"register.desk.body.{body}", language) for body in (ASSEMBLY, COUNCIL)}


def regions_known(db: Db, language: str) -> list[tuple[str, str]]:
    """List the regions that people and bodies come from, with their names, in the order of the reader's alphabet."""
    rows = db.all("SELECT region FROM people UNION SELECT region FROM bodies")
    named = [(region, region_name(region, language)) for (region,) in rows if region]
    return sorted(named, key=lambda one: sort_key_kk(one[1]))


def region_name(region: str, language: str) -> str:
    """Name a region; one that has no name of ours is said as the roster calls it."""
    return say(f"register.region.{region}", language) if has(f"register.region.{region}") else region.replace("_", " ")


def as_day(value: Any) -> date:
    """Read a day as either database gives it."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _key(names: Sequence[str], stored: str, language: str) -> str:
    """Return what a name is sorted by: in Kazakh the stored key."""
    return stored if language == "kk" else sort_key_kk(names[LANGUAGES.index(language)])
