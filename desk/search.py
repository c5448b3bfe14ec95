"""Search: what somebody may see and means by a few words, whatever letters they are typed with.

People and bodies by any part of their names (stored keys), cases by their number or by whom they are about, norms by their number
or their text. The same words find the same on both databases.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from desk.door import holds_an_office
from desk.pages.register_lists import matching
from machines.norms import NORMS
from machines.procedures import PROCEDURES
from machines.wording import LANGUAGES
from models.database import Db
from models.names import search_key

MOST = 20  # of each kind: who wants more writes more
LETTERS_MOST = 200
LETTERS = "".join(procedure.letter for procedure in PROCEDURES.values())

# What stands on the same key, or looks the same, on a Russian or Kazakh keyboard.
_LOOKALIKES = str.maketrans("асеокмрту", "aceokmpty")
_NUMBER = re.compile(r"([a-z])?\s?(\d{4})(?:\s?(\d{1,9}))?")
_GLUED = re.compile(r"([a-z])(\d{4})(\d{4,})")
_NORM = re.compile(r"[sd]?[\d.]+[a-z]?")

_PEOPLE = "SELECT person_id, name_kk, name_ru, name_en, region FROM people p WHERE p.erased_at IS NULL"
_BODIES = "SELECT body_id, kind, name_kk, name_ru, name_en FROM bodies b WHERE 1 = 1"
_CASES = "SELECT c.number, c.procedure, c.state, c.person_id FROM cases c"
# Digits and letters alone decide: every collation of either database finds the same.
_BETWEEN, _LAST = "c.number >= ? AND c.number <= ?", "9" * 9
_OWN = " AND c.person_id = ?"


class FoundCase(NamedTuple):
    """A case that was found."""

    number: str
    procedure: str
    state: str
    person: str | None


class Found(NamedTuple):
    """What a search has found, and whether each list goes on."""

    people: list[tuple[str, str, str]]  # person_id, name, region
    bodies: list[tuple[str, str, str]]  # body_id, name, kind
    cases: list[FoundCase]
    norms: list[str]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was found."""
        return not any(self)


def search(db: Db, words: str, *, person: str, at: datetime, language: str) -> Found:
    """Find what *words* mean among what *person* may see: strangers find norms, themselves and their own cases."""
    key = search_key(words[:LETTERS_MOST])
    if not key:
        return Found([], [], [], [])
    sees = holds_an_office(db, person, at)
    named = LANGUAGES.index(language)
    people = _people(db, key, None if sees else person)
    bodies = _bodies(db, key) if sees else []
    cases = _cases(db, words[:LETTERS_MOST], [row[0] for row in people], None if sees else person)
    return Found(
        [(row[0], row[1 + named], row[4]) for row in people], [(row[0], row[2 + named], row[1]) for row in bodies], cases,
        norms_found(words, language),
    )  # fmt: skip


def norms_found(words: str, language: str, *, most: int = MOST) -> list[str]:
    """Find norms: `14.2` and `п. 14.2a` name them, other words stand in their title, place or text."""
    typed = words.strip().lower()
    cited = [part.translate(_LOOKALIKES) for part in typed.split() if _NORM.fullmatch(part.translate(_LOOKALIKES))]
    if len(cited) == 1 and any(each.isdigit() for each in cited[0]):
        return [norm.id for norm in NORMS.values() if _is_cited(norm.id, norm.item, cited[0])][:most]
    wanted = search_key(words).split()
    found = [
        one for one, text in _norm_texts(language).items() if wanted and all(f" {word}" in text for word in wanted)
    ]
    return found[:most]


def numbers_meant(words: str) -> list[str]:
    """Write the numbers that are meant by `c-2026-14`, `С2026-0014`, `2026 14`; by `C-2026` and `2026` all that begin so."""
    typed = re.sub(r"[^0-9a-z]+", " ", words.lower().translate(_LOOKALIKES)).strip()
    glued = _GLUED.fullmatch(typed)
    found = glued or _NUMBER.fullmatch(typed)
    if not found or (found[1] and found[1].upper() not in LETTERS):
        return []
    letters = found[1].upper() if found[1] else LETTERS
    number = f"{int(found[3]):04d}" if found[3] else ""
    return [f"{letter}-{found[2]}-{number}" for letter in letters]


def _people(db: Db, key: str, only: str | None) -> list[tuple[Any, ...]]:
    condition, values = matching("p.search_key", key)
    own = (" AND p.person_id = ?", [only]) if only else ("", [])
    return db.all(f"{_PEOPLE}{condition}{own[0]} ORDER BY p.sort_key, p.person_id LIMIT ?", *values, *own[1], MOST)


def _bodies(db: Db, key: str) -> list[tuple[Any, ...]]:
    condition, values = matching("b.search_key", key)
    return db.all(f"{_BODIES}{condition} ORDER BY b.sort_key, b.body_id LIMIT ?", *values, MOST)


def _cases(db: Db, words: str, people: list[str], only: str | None) -> list[FoundCase]:
    """Find cases by number, then the open ones about the people found."""
    own, mine = (_OWN, [only]) if only else ("", [])
    found: list[tuple[Any, ...]] = []
    for number in numbers_meant(words):
        whole = not number.endswith("-")
        condition, values = ("c.number = ?", [number]) if whole else (_BETWEEN, [f"{number}0", f"{number}{_LAST}"])
        found += db.all(f"{_CASES} WHERE {condition}{own} ORDER BY c.number DESC LIMIT ?", *values, *mine, MOST)
    if people:
        marks = ", ".join("?" * len(people))
        about = f"{_CASES} WHERE c.person_id IN ({marks}) AND NOT c.final ORDER BY c.opened_at DESC, c.number LIMIT ?"
        found += db.all(about, *people, MOST)
    return [FoundCase(*row) for row in _first(found)]


def _first(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list({row[0]: row for row in rows}.values())[:MOST]


def _is_cited(id: str, item: str, cited: str) -> bool:
    """Whether a norm is the one cited, or stands in the item or the part cited."""
    names = (id.lower(), item.lower())
    return any(name == cited or name.startswith(f"{cited}.") for name in names) or (item.lower() == cited)


@cache
def _norm_texts(language: str) -> dict[str, str]:
    return {
        norm.id: " " + search_key(f"{norm.place[language]} {norm.title[language]} {norm.wording[language]}")
        for norm in NORMS.values()
    }  # fmt: skip
