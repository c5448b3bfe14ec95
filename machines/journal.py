"""The journal as a whole: verify it, export it, follow it, and show an entry."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from machines.erasures_checked import PROCEDURE, erasure_faults
from machines.offices_checked import office_faults
from machines.refusal import Refusal
from machines.replay import Emptied, Fault, Replayed, Row, columns, replay, replay_case
from machines.rulebook import ZONE
from machines.seals import (
    SealRecord,
    SealsChecked,
    Tree,
    check_seals,
    seals,
    settled_position,
    verify_seals,
)
from machines.seals import header as header_of_seal
from machines.zones import local_time
from models.database import Db, instant
from models.entry import COLUMNS, Record, header

FORMAT, VERSION = "kenes-journal", 1
ENTRIES_AT_ONCE = 5_000

_write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Report:
    """What verification looked at, and everything that does not hold."""

    entries: int
    cases: int
    seals: int
    unsealed: int  # entries that no seal covers yet
    erased: int  # entries whose payload has been erased
    keys: tuple[str, ...]  # by whose public keys the seals are signed
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


class Recorded(NamedTuple):
    """An entry with its place in the order of recording, and the zone of its case."""

    position: int
    record: Record
    zone: str


def verify(db: Db, *, public_keys: Collection[str] = ()) -> Report:
    """Replay every case, check every chain, seal and mandate; *public_keys* (hexadecimal) are those that may have signed.

    The transaction is one that does not write: it sees one state while others go on.
    """
    cases, replayed = 0, _Replayed()
    for one in replay(db):
        cases += 1 if one.entries else 0
        replayed.add(one)
    faults = [*replayed.found(), *office_faults(db)]
    return _report(cases, len(replayed.emptied), faults, verify_seals(db, public_keys))


def verify_export(lines: Iterable[str], *, public_keys: Collection[str] = ()) -> Report:
    """Replay an export through the machines and check the signatures of its seals.

    That it is complete, and what its last line says, the program beside it checks: it needs nothing of ours.
    """
    rows, sealed = _read_export(lines)
    by_case: dict[str, list[Row]] = {}
    for row in rows:
        by_case.setdefault(row[0], []).append(row)
    replayed = _Replayed()
    for number, entries in by_case.items():
        replayed.add(replay_case(number, entries))
    checked = check_seals(sealed, [[(row[-1], row[-2]) for row in rows]] if rows else [], public_keys)
    return _report(len(by_case), len(replayed.emptied), replayed.found(), checked)


def export(db: Db) -> Iterator[str]:
    """Write the journal as lines of JSON: a head, every entry and seal in order of recording, and what they add up to.

    A line holds the very text that was hashed. The last line has the Merkle root over all lines before it and the last
    entry of every case, so that nothing can be left out. The transaction is one that does not write.
    """
    tree, entries, sealed = Tree(), 0, seals(db)
    for line in _lines(db, sealed):
        tree.extend((line,))
        entries += line.startswith('{"position"')
        yield line
    yield _last_line(db, entries, len(sealed), tree)


def entries_after(db: Db, position: int, limit: int) -> list[Recorded]:
    """Return at most *limit* entries recorded after *position*, in order; none can appear among them later.

    It comes first in its transaction (see `settled_position`).
    """
    until = settled_position(db)
    return _recorded(db, "e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?", position, until, limit)


def entries_of(db: Db, number: str) -> list[Recorded]:
    """Return the entries of one case in order."""
    return _recorded(db, "e.number = ? ORDER BY e.seq", number)


def entry_as_data(record: Record, language: str, *, zone: str = ZONE) -> dict[str, Any]:
    """Return an entry as the API answers it: warnings in words, times with the offset of *zone*."""
    payload = json.loads(record.payload) if record.payload is not None else {"facts": None}
    findings = json.loads(record.findings)
    warnings = [Refusal.restored(one) for one in findings.get("warnings", ())]
    data: dict[str, Any] = {
        "seq": record.seq,
        "act": record.act,
        "at": _local(record.recorded_at, zone),
        "effective_at": _local(record.effective_at, zone),
        "actor": record.actor,
        "on_behalf_of": record.holder,
        "office": record.office,
        "norms": record.norms.split(),
        "state": record.target,
        "facts": payload["facts"],
        "document": payload.get("document"),
        "warnings": [warning.in_words(language) for warning in warnings],
        "cause": record.cause,
        "hash": record.hash,
        "previous": record.previous,
    }
    return {name: value for name, value in data.items() if value or name not in ("on_behalf_of", "document", "cause")}


def _local(value: Any, zone: str) -> str:
    return local_time(instant(value), zone).isoformat()


class _Replayed:
    """What all cases together gave."""

    def __init__(self) -> None:
        self.emptied: list[Emptied] = []
        self._faults: list[Fault] = []
        self._ordered: list[Replayed] = []

    def add(self, one: Replayed) -> None:
        """Note what one case gave."""
        self._faults += one.faults
        self.emptied += one.emptied
        if one.case.procedure == PROCEDURE:
            self._ordered.append(one)

    def found(self) -> list[Fault]:
        """Return what does not hold, emptied entries without an order among it."""
        return [*self._faults, *erasure_faults(self.emptied, self._ordered)]


def _report(cases: int, erased: int, faults: list[Fault], checked: SealsChecked) -> Report:
    unsealed = max(0, checked.entries - checked.sealed)
    return Report(checked.entries, cases, checked.seals, unsealed, erased, checked.keys, (*faults, *checked.faults))


def _recorded(db: Db, where: str, *parameters: Any) -> list[Recorded]:
    plain = (f"e.{name}" for name in (*COLUMNS, "position"))
    rows = db.all(
        f"SELECT {columns(db, plain)}, c.zone FROM entries e JOIN cases c ON c.number = e.number WHERE {where}",  # noqa: S608
        *parameters,
    )
    return [Recorded(row[-2], Record(*row[:-2]), row[-1]) for row in rows]


def _lines(db: Db, sealed: list[SealRecord]) -> Iterator[str]:
    """Write the head, and each seal after the last entry that it covers."""
    waiting = list(reversed(sealed))
    yield _write_json(
        {"format": FORMAT, "version": VERSION, "covers": _covered(db), "hash": "SHA-256", "tree": "RFC 6962"}
    )
    for position, record in _in_order_of_recording(db):
        while waiting and waiting[-1].through < position:
            yield _seal_line(waiting.pop())
        yield _entry_line(position, record)
    yield from (_seal_line(one) for one in reversed(waiting))


def _covered(db: Db) -> dict[str, Any]:
    row = db.one("SELECT count(*), min(position), max(position) FROM entries")
    count, first, last = row or (0, None, None)
    return {"entries": count, "first": first or 0, "last": last or 0}


def _in_order_of_recording(db: Db) -> Iterator[tuple[int, Record]]:
    sql = f"SELECT position, {columns(db, COLUMNS)} FROM entries WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
    page = db.all(sql, 0, ENTRIES_AT_ONCE)
    while page:
        yield from ((row[0], Record(*row[1:])) for row in page)
        page = db.all(sql, page[-1][0], ENTRIES_AT_ONCE)


def _entry_line(position: int, record: Record) -> str:
    return _write_json(
        {
            "position": position,
            "hashed": header(record),
            "payload": record.payload,
            "salt": record.salt,
            "hash": record.hash,
        }
    )


def _seal_line(one: SealRecord) -> str:
    return _write_json({"sealed": header_of_seal(one), "hash": one.hash, "key": one.key, "signature": one.signature})


def _last_line(db: Db, entries: int, sealed: int, tree: Tree) -> str:
    heads = {
        number: [seq, state, head]
        for number, seq, state, head in db.all("SELECT number, seq, state, head FROM cases ORDER BY number")
    }
    return _write_json(
        {"end": {"entries": entries, "seals": sealed, "cases": len(heads)}, "root": tree.root(), "heads": heads}
    )


def _read_export(lines: Iterable[str]) -> tuple[list[Row], list[SealRecord]]:
    rows: list[Row] = []
    sealed: list[SealRecord] = []
    for line in map(json.loads, lines):
        if "hashed" in line:
            rows.append(_row(line))
        elif "sealed" in line:
            told = json.loads(line["sealed"]) | {name: line[name] for name in ("hash", "key", "signature")}
            sealed.append(SealRecord(**told))
    return rows, sealed


def _row(line: dict[str, Any]) -> Row:
    """Return an exported entry as it is replayed: what its text says, written again."""
    told = json.loads(line["hashed"])
    told["findings"] = _write_json(told["findings"])
    return (*told.values(), line["payload"], line["salt"], line["hash"], line["position"])
