"""What an erasure empties: names, addresses and free words about one person; ids, numbers, days, votes and hashes stay.

What becomes of each column of the store stands in machines/personal.py. Everything happens in the transaction of the order.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from machines.facts import Facts, PaperOfKind
from machines.wording import LANGUAGES, say
from models.database import Db
from models.names import search_key, sort_key_kk

OWN_ACTS = ("member", "council_member", "candidate")  # in these offices one speaks for oneself
BOUND = {"pattern", "format", "enum", "const"}  # a text that has one of these is no free one
SHORTEST = 3  # a shorter name would be found everywhere

_write_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_HELD = "SELECT office, number FROM mandates WHERE person_id = ? AND (ended_at IS NULL OR ended_at > ?) ORDER BY number"
_OF_HIM = "SELECT number FROM cases WHERE person_id = ? AND procedure <> 'erasure'"
_CONCERNED = f"""SELECT c.number FROM cases c WHERE NOT c.final AND (c.person_id = ?
 OR c.facts LIKE ? ESCAPE '!' OR c.joint LIKE ? ESCAPE '!' OR c.number IN (
 SELECT number FROM ballots WHERE person_id = ? UNION SELECT number FROM participations WHERE person_id = ?
 UNION SELECT number FROM electors WHERE person_id = ? UNION SELECT number FROM signatures WHERE person_id = ?
 UNION SELECT number FROM presences WHERE person_id = ? UNION SELECT number FROM entries
 WHERE (actor = ? OR holder = ?) AND office IN ({", ".join("?" * len(OWN_ACTS))}))) ORDER BY c.number"""  # noqa: S608
_OWN = f"""SELECT e.number, e.seq FROM entries e WHERE e.procedure <> 'erasure' AND (e.number IN ({_OF_HIM})
 OR (CASE WHEN e.holder = '' THEN e.actor ELSE e.holder END) = ? AND e.office IN ({", ".join("?" * len(OWN_ACTS))}))
 AND e.payload IS NOT NULL ORDER BY e.position"""  # noqa: S608
_NAMES = "SELECT name_kk, name_ru, name_en, email FROM people WHERE person_id = ?"
_ANONYMOUS = """UPDATE people SET name_kk = ?, name_ru = ?, name_en = ?, email = NULL, language = 'ru', region = '', sort_key = ?,
 search_key = ?, erased_at = ? WHERE person_id = ?"""
_WITHDRAWN = """UPDATE messages SET sent_at = ?, sent_by = 'erased' WHERE channel = 'person' AND "to" = ?
 AND sent_at IS NULL AND dead_at IS NULL"""
_CLEARED = "UPDATE messages SET subject = '', body = '', failure = '', parameters = '{}' WHERE channel = 'person' AND "


def in_office(db: Db, person: str, at: datetime) -> tuple[tuple[str, str], ...]:
    """Name the offices that somebody holds or will hold, each with its case."""
    return tuple((office, number) for office, number in db.all(_HELD, person, at))


def open_cases(db: Db, person: str) -> tuple[str, ...]:
    """Name the open cases that are about somebody, name somebody, or in which somebody voted, signed or was present."""
    quoted = _like(f'"{person}"')
    return tuple(row[0] for row in db.all(_CONCERNED, person, quoted, quoted, *[person] * 7, *OWN_ACTS))


def not_to_be_erased(db: Db, entries: Iterable[str]) -> tuple[str, ...]:
    """Name those of *entries* that are not there, belong to an open case or are an order of erasure."""
    return tuple(entry for entry in entries if not _erasable(db, *_split(entry)))


def names_of(db: Db, person: str) -> tuple[str, ...]:
    """Return the names and the address under which somebody is known, each once; none once they are erased."""
    row = db.one(f"{_NAMES} AND erased_at IS NULL", person)
    return tuple(dict.fromkeys(name for name in row or () if name and len(name) >= SHORTEST))


def named_elsewhere(db: Db, names: Sequence[str]) -> dict[str, list[str]]:
    """Find where free words name somebody still: entries that can be erased too, what is hashed, notes.

    Asked for are the words as a whole, and the family name, which stands first.
    """
    families = {name.split()[0] for name in names if "@" not in name and len(name.split()[0]) > SHORTEST}
    found: dict[str, list[str]] = {"entries": [], "cases": [], "hashed": [], "notes": []}
    for name in dict.fromkeys([*names, *sorted(families)]):
        like, in_json = _like(name), _like_in_json(name)
        found["entries"] += [f"{row[0]}/{row[1]}" for row in db.all(_IN_PAYLOADS, in_json)]
        found["hashed"] += [f"{row[0]}/{row[1]}" for row in db.all(_IN_FINDINGS, in_json)]
        found["notes"] += [f"calendar {row[0]}" for row in db.all(_IN_NOTES, like)]
        found["notes"] += [f"token {row[0]}" for row in db.all(_IN_TOKENS, like)]
        found["cases"] += [row[0] for row in db.all(_IN_FACTS, in_json)]
        found["notes"] += [f"body {row[0]}" for row in db.all(_IN_BODIES, like, like, like)]
    return {place: list(dict.fromkeys(there)) for place, there in found.items()}


_IN_PAYLOADS = "SELECT number, seq FROM entries WHERE payload LIKE ? ESCAPE '!' ORDER BY position"
_IN_FINDINGS = "SELECT number, seq FROM entries WHERE findings LIKE ? ESCAPE '!' ORDER BY position"
_IN_NOTES = "SELECT version FROM calendar_versions WHERE note LIKE ? ESCAPE '!' ORDER BY version"
_IN_TOKENS = "SELECT token_id FROM tokens WHERE note LIKE ? ESCAPE '!' ORDER BY token_id"
_IN_FACTS = "SELECT number FROM cases WHERE facts LIKE ? ESCAPE '!' ORDER BY number"
_IN_BODIES = """SELECT body_id FROM bodies WHERE name_kk LIKE ? ESCAPE '!' OR name_ru LIKE ? ESCAPE '!' OR name_en LIKE ? ESCAPE '!'
 ORDER BY body_id"""


def erase(db: Db, person: str, *, at: datetime, also: Iterable[str] = ()) -> None:
    """Erase what is known of *person* but the id, and the entries named in *also*.

    Said twice it changes nothing. Whether it may be done was asked before.
    """
    names = names_of(db, person)
    of_him = {row[0] for row in db.all(_OF_HIM, person)}
    entries = {*_own_entries(db, person, of_him), *map(_split, also)}
    for number in sorted({number for number, _ in entries}):
        _empty(db, number, {seq for each, seq in entries if each == number})
    for number in sorted(of_him):
        _clear_letters(db, "number = ?", number)
    _clear_letters(db, '"to" = ?', person)
    for name in names:
        like = _like(name)
        _clear_letters(db, "(subject LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", like, like)
    db.run(_WITHDRAWN, at, person)
    db.run("UPDATE answers SET request = '' WHERE actor = ? OR seq = 0 AND number = ?", person, person)
    db.run("UPDATE tokens SET note = '', revoked_at = coalesce(revoked_at, ?) WHERE person_id = ?", at, person)
    db.run("UPDATE mandates SET ex_officio = NULL WHERE person_id = ?", person)
    for table in ("passkeys", "invitations", "web_sessions", "accounts", "calendar_links"):
        db.run(f"DELETE FROM {table} WHERE person_id = ?", person)  # noqa: S608
    words = [say("erasure.name", language) for language in LANGUAGES]
    db.run(_ANONYMOUS, *words, sort_key_kk(words[0]), search_key(" ".join(words)), at, person)


def _own_entries(db: Db, person: str, of_him: set[str]) -> Iterator[tuple[str, int]]:
    """Yield the entries of the cases about somebody, and those in which somebody spoke in free words for himself."""
    for number, seq in db.all(_OWN, person, person, *OWN_ACTS):
        if number in of_him or next(_free_words(db, number, seq), None) is not None:
            yield number, seq


def _empty(db: Db, number: str, entries: set[int]) -> None:
    """Empty entries of one case; its facts keep ids, numbers, days and choices, and none of their free words."""
    words = {word for seq in entries for word in _free_words(db, number, seq)}
    row = db.one("SELECT facts FROM cases WHERE number = ?", number)
    assert row is not None
    db.run("UPDATE cases SET facts = ? WHERE number = ?", _write_json(_without(json.loads(row[0]), words)), number)
    for word in sorted(words):
        if len(word) > SHORTEST:
            _clear_letters(
                db, "number = ? AND (subject LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", number, *[_like(word)] * 2
            )
    for seq in sorted(entries):
        db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE number = ? AND seq = ?", number, seq)
        db.run("UPDATE answers SET request = '' WHERE number = ? AND seq = ?", number, seq)


def _without(value: Any, words: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, words) for one in value]
    return "" if isinstance(value, str) and value in words else value


def _free_words(db: Db, number: str, seq: int) -> Iterator[str]:
    """Yield the texts of an entry that are neither an id nor a day nor one of a list of choices, and those of its paper."""
    from machines.procedures import PROCEDURES

    row = db.one("SELECT procedure, act, payload FROM entries WHERE number = ? AND seq = ?", number, seq)
    if row is None or row[2] is None:
        return
    procedure, act, payload = row
    told = json.loads(payload)
    schema = _schema(PROCEDURES[procedure].rows[act].facts)
    yield from _words(told["facts"], schema, schema)
    yield from _words(told.get("document", {}), _schema(PaperOfKind), schema)


@cache
def _schema(facts: type[Facts]) -> dict[str, Any]:
    return facts.model_json_schema(by_alias=True)


def _words(value: Any, described: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Walk through facts along their schema; a shape that is not described there counts as free words."""
    if "$ref" in described:
        described = schema["$defs"][described["$ref"].rpartition("/")[2]]
    if "anyOf" in described:
        described = next(one for one in described["anyOf"] if one.get("type") != "null")
        yield from _words(value, described, schema)
    elif isinstance(value, Mapping):
        fields = described.get("properties", {})
        yield from (word for name, one in value.items() for word in _words(one, fields.get(name, {}), schema))
    elif isinstance(value, list):
        yield from (word for one in value for word in _words(one, described.get("items", {}), schema))
    elif isinstance(value, str) and not BOUND & described.keys():
        yield value


def _clear_letters(db: Db, where: str, *parameters: Any) -> None:
    """Empty letters, as they were sent or would have been; that they were sent, when and to whom stays."""
    db.run(_CLEARED + where, *parameters)


def _erasable(db: Db, number: str, seq: int) -> bool:
    row = db.one(
        "SELECT c.final, c.procedure FROM entries e JOIN cases c ON c.number = e.number WHERE e.number = ? AND e.seq = ?",
        number, seq,
    )  # fmt: skip
    return row is not None and bool(row[0]) and row[1] != "erasure"


def _split(entry: str) -> tuple[str, int]:
    number, _, seq = entry.partition("/")
    return number, int(seq)


def _like(text: str) -> str:
    """Write what LIKE ... ESCAPE '!' finds *text* with, wherever it stands."""
    return f"%{text.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"


def _like_in_json(text: str) -> str:
    return _like(json.dumps(text, ensure_ascii=False)[1:-1])
