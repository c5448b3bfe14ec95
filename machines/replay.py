"""Replay cases from their entries: the record alone must give what the rows of the cases say.

What one case's entries prove by themselves stands here; seals and the journal as a whole in seals.py and journal.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, cast

import orjson

from machines.digest import digest_of, known_definitions
from machines.machine import machine_of
from machines.procedure import NEW, Procedure, Told, Transition
from machines.procedures import PROCEDURES, procedure_of_number
from machines.stage import joint_after
from models.database import Db
from models.entry import GENESIS, HASHED, LINE

CASES_AT_ONCE = 1_000
SALT_DIGITS = 32  # a fixed length: otherwise what stands between salt and payload could be moved from one to the other

# What is read of an entry: first what its hash covers, in that order. Rows stay plain tuples, for a million of them.
READ = (*HASHED, "payload", "salt", "hash", "position")
Row = tuple[Any, ...]

_COVERED = len(HASHED)
(
    _SEQ,
    _PROCEDURE,
    _ACT,
    _SOURCE,
    _TARGET,
    _ACTOR,
    _HOLDER,
    _OFFICE,
    _BODY,
    _NORMS,
    _EDITION,
    _DEFINITION,
    _EFFECTIVE_AT,
) = (*range(1, 14),)
_FINDINGS, _PAYLOAD_HASH, _PREVIOUS, _PAYLOAD, _SALT, _HASH, _POSITION = range(16, 23)

_read_json = orjson.loads

_MAY_BE_UNKNOWN = ("facts", "opened_at")
_NO_CASE = ("", "", 0, "", False, "", "", "", "", "", "", "", None, "", "", None, None)


class Fault(NamedTuple):
    """One thing that does not hold, and where: a case and its entry, or `seal` and its number."""

    number: str
    seq: int
    code: str
    detail: str

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.number}/{self.seq} {self.code}: {self.detail}"


class StoredCase(NamedTuple):
    """What the row of a case says and its entries must give."""

    number: str
    procedure: str
    state: str
    seq: int
    head: str
    final: bool
    definition: str
    edition: str
    opened_at: str
    facts: str
    joint: str
    zone: str
    rulings: str
    person_id: str | None
    body: str
    region: str
    parent: str | None
    about: str | None


class Emptied(NamedTuple):
    """An entry whose payload is gone: whom its case is about, and who spoke in which office."""

    number: str
    seq: int
    position: int
    procedure: str
    person: str | None
    speaker: str
    office: str


class Replayed(NamedTuple):
    """One case as its entries give it; what they do not tell (facts, once a payload is erased) is empty."""

    case: StoredCase
    entries: int
    emptied: Sequence[Emptied]
    faults: Sequence[Fault]
    recorded: int = 0  # the place of its first entry in the order of recording


class _Standing(NamedTuple):
    """As much of a situation as joint acts look at."""

    joint: dict[str, list[str]]
    holder: str


def columns(db: Db, names: Iterable[str] = READ) -> str:
    """Write the columns of entries for a SELECT, instants as the text that was hashed."""
    return ", ".join(instant_column(db, name) if name.endswith("_at") else name for name in names)


def instant_column(db: Db, name: str) -> str:
    """Write a column of instants so that both databases return the text of `instant_text`."""
    if db.kind == "sqlite":
        return name
    return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"


def replay(db: Db) -> Iterator[Replayed]:
    """Replay every case, and compare each with its row. On PostgreSQL the transaction must see one state."""
    seen: Counter[str] = Counter()
    for cases, entries in _pages(db):
        seen.update(number.rpartition("-")[0] for number in cases)
        for number, rows in groupby(entries, itemgetter(0)):
            yield _compared(replay_case(number, list(rows)), cases.pop(number, None))
        for case in cases.values():
            yield Replayed(case, 0, (), [Fault(case.number, 0, "entries", "a case without entries")])
    for fault in _series_faults(db, seen):
        yield Replayed(StoredCase(fault.number, *_NO_CASE), 0, (), [fault])


def replay_case(number: str, rows: Sequence[Row]) -> Replayed:
    """Replay one case from its entries in order of seq: hashes, chain, states, edges of the table, facts."""
    faults = chain_faults(rows)
    facts, joint = _walk(rows, faults)
    first, last, procedure = rows[0], rows[-1], PROCEDURES.get(rows[-1][_PROCEDURE])
    opening = procedure.rows.get(first[_ACT]) if procedure else None
    case = StoredCase(
        number, first[_PROCEDURE], last[_TARGET], last[_SEQ], last[_HASH], procedure is not None and last[_TARGET] in procedure.final,
        first[_DEFINITION], first[_EDITION], "" if opening and opening.effective else first[_EFFECTIVE_AT],
        "" if facts is None else _write_json(facts), "{}" if not joint else _write_json(joint), *_opened(first, faults),
    )  # fmt: skip
    emptied = [_emptied(row, case.person_id) for row in rows if row[_PAYLOAD] is None] if facts is None else ()
    return Replayed(case, len(rows), emptied, faults, first[_POSITION])


def _emptied(row: Row, person: str | None) -> Emptied:
    speaker = row[_HOLDER] or row[_ACTOR]
    return Emptied(row[0], row[_SEQ], row[_POSITION], row[_PROCEDURE], person, speaker, row[_OFFICE])


def _opened(first: Row, faults: list[Fault]) -> tuple[str, str, str | None, str, str, str | None, str | None]:
    """Read from the entry that opened a case under which rules it runs and what it is about."""
    try:
        told = _read_json(first[_FINDINGS])["opened"]
        rulings = _write_json(told["rulings"])
        return told["zone"], rulings, told["person"], told["body"], told["region"], told["parent"], told["about"]
    except (KeyError, TypeError, ValueError):
        faults.append(Fault(first[0], first[_SEQ], "opened", "the entry does not say what it opened"))
        return "", "", None, "", "", None, None


def chain_faults(rows: Iterable[Row]) -> list[Fault]:
    """Find what breaks the chain of one case: hashes, links, numbering, payloads; order of recording is that of seq."""
    faults: list[Fault] = []
    expected, previous, position = 1, GENESIS, 0
    for row in rows:
        seq, own, payload, salt = row[_SEQ], row[_HASH], row[_PAYLOAD], row[_SALT]
        if sha256((LINE % row[:_COVERED]).encode()).hexdigest() != own:
            faults.append(Fault(row[0], seq, "hash", "the hash is not that of the entry"))
        if row[_PREVIOUS] != previous:
            faults.append(Fault(row[0], seq, "previous", f"{row[_PREVIOUS]} where {previous} precedes it"))
        if seq != expected:
            faults.append(Fault(row[0], seq, "seq", f"entry {seq} where {expected} is expected"))
        if row[_POSITION] <= position:
            faults.append(Fault(row[0], seq, "position", f"{row[_POSITION]} after {position}"))
        if payload is None or salt is None:
            if payload is not salt:
                faults.append(Fault(row[0], seq, "payload", "the payload is erased in part"))
        elif len(salt) != SALT_DIGITS or sha256((salt + payload).encode()).hexdigest() != row[_PAYLOAD_HASH]:
            faults.append(Fault(row[0], seq, "payload", "the digest is not that of the payload"))
        expected, previous, position = seq + 1, own, row[_POSITION]
    return faults


def _walk(rows: Iterable[Row], faults: list[Fault]) -> tuple[dict[str, Any] | None, dict[str, list[str]]]:
    """Follow the entries through the table, adding to *faults*; return facts (none once one is emptied) and joint acts."""
    state = ""
    facts: dict[str, Any] | None = {}
    joint: dict[str, list[str]] = {}
    for row in rows:
        step = _step(row[0][:2], *row[_PROCEDURE:_ACTOR], row[_NORMS], row[_DEFINITION])
        if row[_SOURCE] != state:
            detail = f"from {row[_SOURCE]!r} where the case stood in {state!r}"
            faults.append(Fault(row[0], row[_SEQ], "source", detail))
        state = row[_TARGET]
        if step.fault:
            faults.append(Fault(row[0], row[_SEQ], *step.fault))
        if step.row is None or row[_PAYLOAD] is None:
            facts = None
        elif facts is not None and step.row.tells:
            facts = _kept(step.row, row, facts, faults)
        if step.row is not None and (joint or step.row.joint):
            joint = _joint(step, row, joint)
    return facts, joint


class _Step(NamedTuple):
    """What the table says of a way from one state to another: its row, or why there is none."""

    procedure: Procedure[Any] | None
    row: Transition[Any] | None
    fault: tuple[str, str] | None


@lru_cache(maxsize=4096)  # a million entries take a few hundred ways
def _step(letter: str, name: str, act: str, source: str, target: str, norms: str, definition: str) -> _Step:
    """Look a way up in the table; one of an earlier table is believed."""
    procedure = PROCEDURES.get(name)
    if procedure is None or procedure_of_number(letter) is not procedure:
        return _Step(procedure, None, ("procedure", f"{name!r} in a case {letter}"))
    row = procedure.rows.get(act)
    if definition != digest_of(procedure):
        known = definition in known_definitions()
        return _Step(procedure, row, None if known else ("definition", f"no table of {name} has {definition}"))
    if row is None or (source, act, target) not in _edges(procedure):
        return _Step(procedure, row, ("edge", f"{act} does not lead from {source!r} to {target!r}"))
    expected = " ".join(row.norms)
    return _Step(procedure, row, None if norms == expected else ("norms", f"{norms} where {expected} are the act's"))


@cache
def _edges(procedure: Procedure[Any]) -> frozenset[tuple[str, str, str]]:
    """Return (state, act, target) of the compiled table; the state of a new case is empty."""
    return frozenset(
        ("" if source == NEW else source, name, edge.dest or source)
        for name, event in machine_of(procedure).events.items()
        for source, edges in event.transitions.items()
        for edge in edges
    )


def _write_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _kept(step: Transition[Any], row: Row, facts: dict[str, Any], faults: list[Fault]) -> dict[str, Any] | None:
    """Fold what an entry tells into the case's facts."""
    try:
        given = _read_json(row[_PAYLOAD])["facts"]
        noted = _read_json(row[_FINDINGS])["noted"] if step.notes else {}
        holder = row[_HOLDER] or row[_ACTOR]
        return step.keeps(
            facts, Told(row[_ACT], given, holder, row[_OFFICE], row[_BODY], row[_EFFECTIVE_AT], row[_SEQ], noted)
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        faults.append(Fault(row[0], row[_SEQ], "facts", f"the payload cannot be read: {error!r}"))
        return None


def _joint(step: _Step, row: Row, joint: dict[str, list[str]]) -> dict[str, list[str]]:
    """Fold who has done a joint act; the one that moves the case completes it."""
    standing = cast("Any", _Standing(joint, row[_HOLDER] or row[_ACTOR]))
    complete = row[_SOURCE] != row[_TARGET]
    assert step.procedure is not None
    return joint_after(standing, step.procedure, step.row, row[_TARGET], complete=complete)


def _compared(replayed: Replayed, stored: StoredCase | None) -> Replayed:
    """Add what the row of the case says otherwise than its entries."""
    given = replayed.case
    if stored == given:
        return replayed
    if stored is None:
        return replayed._replace(
            faults=[*replayed.faults, Fault(given.number, given.seq, "case", "there is no such case")]
        )
    differing = (
        Fault(given.number, given.seq, f"case.{name}", f"{says!r} where the entries give {gives!r}")
        for name, says, gives in zip(StoredCase._fields, stored, given, strict=True)
        if says != gives and not (name in _MAY_BE_UNKNOWN and not gives)
    )
    return replayed._replace(faults=[*replayed.faults, *differing])


def _pages(db: Db) -> Iterator[tuple[dict[str, StoredCase], Iterable[Row]]]:
    """Read cases and their entries side by side; the database compares numbers, whatever its collation."""
    entries = f"SELECT {columns(db)} FROM entries WHERE number > ?"  # noqa: S608
    page = f"SELECT {columns(db, StoredCase._fields)} FROM cases WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608
    after, rows = "", db.all(page, "", CASES_AT_ONCE)
    while len(rows) == CASES_AT_ONCE:
        last = rows[-1][0]
        yield _by_number(rows), _stream(db, entries + " AND number <= ? ORDER BY number, seq", after, last)
        after, rows = last, db.all(page, last, CASES_AT_ONCE)
    yield _by_number(rows), _stream(db, entries + " ORDER BY number, seq", after)


def _stream(db: Db, sql: str, *parameters: Any) -> Iterable[Row]:
    """Read rows one by one where the database is in this process: keeping them all first takes as long again."""
    if db.kind == "sqlite":
        return db.connection.connection.cursor().execute(sql, parameters)  # type: ignore[no-any-return]
    return db.all(sql, *parameters)


def _by_number(rows: Iterable[Row]) -> dict[str, StoredCase]:
    return {row[0]: StoredCase(*row) for row in rows}


def _series_faults(db: Db, seen: Counter[str]) -> Iterator[Fault]:
    """Compare how many cases there are with the last number given: numbers have no gaps."""
    given = {series: last for series, last in db.all("SELECT series, last FROM counters") if "-" in series}
    for series in sorted(given.keys() | seen.keys()):
        if given.get(series, 0) != seen[series]:
            yield Fault(series, 0, "cases", f"{seen[series]} cases where {given.get(series, 0)} numbers were given")
