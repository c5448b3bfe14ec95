"""People, bodies and cases chosen by whoever fills in a form: typed as one likes, found by the search keys, chosen if several fit.

It works in steps and without scripts: what fits exactly one is taken; what fits several comes back as a choice. Strangers choose
(*only*) themselves and the cases about themselves; whatever else they type is left as it stands, for the door to answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.pages.forms import Field, leaves
from desk.shapes import name_of, people_named
from desk.titles import titles_of
from machines.procedures import PROCEDURES
from models.database import Db
from models.names import search_key, sort_key_kk

MOST = 20  # of what fits; who finds more types more of the name
MOST_PEOPLE = 1_000  # lines of one field: each is looked for
FEW = 50  # cases that are offered in one list
CHOSEN = ".chosen"  # the name of the field that takes the choice, after the path

_IN_BRACKETS = re.compile(r"\(([\w:./-]{1,64})\)\s*$")
_NUMBER = re.compile(r"[A-Z]-\d{4}-\d{1,8}")
_LANGUAGES = ("kk", "ru", "en")


@dataclass(slots=True)
class Chosen:
    """What became of the choices of a form: the facts' own names, what to show in their place, and what fits where several do."""

    typed: dict[str, str]
    shown: dict[str, str] = field(default_factory=dict)
    fits: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    nobody: set[str] = field(default_factory=set)  # paths where nothing fits


def choose(
    db: Db, fields: Sequence[Field], typed: dict[str, str], language: str, *, only: str | None = None
) -> Chosen:  # fmt: skip
    """Put the names of people and the numbers of cases in the place of what was typed."""
    found = Chosen(dict(typed))
    for one in leaves(tuple(fields), typed):
        text = (typed.get(one.path + CHOSEN) or typed.get(one.path, "")).strip()
        if not text:
            continue
        if one.kind in ("person", "party", "case"):
            if only is None or _is_own(db, text, only):
                _choose(db, one, text, found, language)
        elif one.kind == "people" and only is None:
            _choose_people(db, one, text, found, language)
    return found


def _is_own(db: Db, text: str, person: str) -> bool:
    """Say whether a stranger has named himself or a case about himself."""
    named = (text, *(inside[1] for inside in _IN_BRACKETS.finditer(text)))
    number = _NUMBER.search(text)
    about = db.one("SELECT person_id FROM cases WHERE number = ?", number[0]) if number else None
    return person in named or (about is not None and about[0] == person)


def person_shown(db: Db, person: str, language: str) -> str:
    """Write somebody's name so that it is found again: with the name of the register in brackets."""
    name = name_of(people_named(db, [person]), person, language)
    return f"{name} ({person})" if name else person


def people_fitting(db: Db, text: str, language: str, *, most: int = MOST) -> list[tuple[str, str]]:
    """Find people of whose names every word of *text* is a part, in the order of the alphabet."""
    words = search_key(text).split()
    if not words:
        return []
    column = f"name_{_LANGUAGES[_LANGUAGES.index(language)]}"
    where = " AND ".join(["search_key LIKE ?"] * len(words))
    sql = f"SELECT person_id, {column} FROM people WHERE erased_at IS NULL AND {where} ORDER BY sort_key, person_id LIMIT ?"  # noqa: S608
    return [(person, name) for person, name in db.all(sql, *(f"%{word}%" for word in words), most)]


def cases_open(
    db: Db, procedures: Sequence[str], language: str, *, most: int = FEW, only: str | None = None
) -> list[tuple[str, str]]:  # fmt: skip
    """Name open cases of some procedures, the newest first."""
    marks = ", ".join("?" * len(procedures))
    own, mine = (" AND person_id = ?", [only]) if only else ("", [])
    sql = f"SELECT number FROM cases WHERE procedure IN ({marks}) AND NOT final{own} ORDER BY opened_at DESC, number DESC LIMIT ?"  # noqa: S608
    numbers = [number for (number,) in db.all(sql, *procedures, *mine, most)]
    titles = titles_of(db, numbers, language)
    return [(number, f"{number} · {titles[number]}") for number in numbers]


def bodies(db: Db, language: str, *, kind: str | None = None) -> list[tuple[str, str]]:
    """Name the bodies of the register, or those of one kind, in the order of the reader's alphabet."""
    column = f"name_{_LANGUAGES[_LANGUAGES.index(language)]}"
    where, values = ("WHERE kind = ?", [kind]) if kind else ("", [])
    rows = db.all(f"SELECT kind, body_id, {column} FROM bodies {where}", *values)  # noqa: S608
    return [(body, name) for _, body, name in sorted(rows, key=lambda one: (one[0], sort_key_kk(one[2]), one[1]))]


def _choose(db: Db, one: Field, text: str, found: Chosen, language: str) -> None:
    fits = _fitting(db, one, text, language)
    if len(fits) == 1:
        ((name, shown),) = fits
        found.typed[one.path], found.shown[one.path] = name, shown if one.kind == "case" else f"{shown} ({name})"
    elif fits:
        found.fits[one.path] = fits
    else:
        found.nobody.add(one.path)


def _choose_people(db: Db, one: Field, text: str, found: Chosen, language: str) -> None:
    """Choose one person a line; a line that fits several or nobody is left as it stands."""
    chosen, lines = [], []
    typed = list(filter(None, map(str.strip, text.splitlines())))
    if len(typed) > MOST_PEOPLE:
        return  # the facts say how many may be named
    for line in typed:
        fits = _people(db, line, language)
        chosen.append(fits[0][0] if len(fits) == 1 else line)
        lines.append(f"{fits[0][1]} ({fits[0][0]})" if len(fits) == 1 else line)
        if len(fits) != 1:
            found.nobody.add(one.path)
    found.typed[one.path], found.shown[one.path] = "\n".join(chosen), "\n".join(lines)


def _fitting(db: Db, one: Field, text: str, language: str) -> list[tuple[str, str]]:
    people = _people(db, text, language) if one.kind != "case" else []
    cases = _cases(db, one.procedures or tuple(PROCEDURES), text, language) if one.kind != "person" else []
    return [*people, *cases]


def _people(db: Db, text: str, language: str) -> list[tuple[str, str]]:
    """Find who is meant: by the name of the register alone or in brackets, else by words of the name."""
    inside = _IN_BRACKETS.search(text)
    for person in (text, inside[1] if inside else text):
        if name := name_of(people_named(db, [person]), person, language):
            return [(person, name)]
    return people_fitting(db, text, language)


def _cases(db: Db, procedures: Sequence[str], text: str, language: str) -> list[tuple[str, str]]:
    number = _NUMBER.search(text)
    marks = ", ".join("?" * len(procedures))
    if number:
        rows = db.all(f"SELECT number FROM cases WHERE number = ? AND procedure IN ({marks})", number[0], *procedures)  # noqa: S608
    else:
        words = search_key(text).split()
        where = " AND ".join(["p.search_key LIKE ?"] * len(words)) or "1 = 0"
        sql = (
            f"SELECT c.number FROM cases c JOIN people p ON p.person_id = c.person_id"  # noqa: S608
            f" WHERE {where} AND NOT c.final AND c.procedure IN ({marks}) ORDER BY c.number LIMIT ?"
        )
        rows = db.all(sql, *(f"%{word}%" for word in words), *procedures, MOST)
    titles = titles_of(db, [row[0] for row in rows], language)
    return [(one, f"{one} · {title}") for one, title in titles.items()]


def body_named(db: Db, body: str, language: str) -> Any:
    """Name a body of the register; what has no name there stands as it is."""
    row = db.one("SELECT name_kk, name_ru, name_en FROM bodies WHERE body_id = ?", body)
    return row[_LANGUAGES.index(language)] if row else body
