"""Seals: signed Merkle roots (RFC 6962) over the journal in order of recording, each chained to the one before.

A leaf is the hash of an entry, as text. Whoever keeps one seal can prove what the journal was until then, and that an
entry was in it, with some twenty hashes for a million entries.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from machines.replay import Fault, instant_column
from models.database import Db, instant_text
from models.entry import GENESIS, digest

ENTRIES_AT_ONCE = 10_000

_COLUMNS = ("seal", "at", "through", "size", "root", "previous", "hash", "key", "signature")
_INSERT = f"INSERT INTO seals ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_SERIES = "seal"  # how many seals there are is counted beside them, so that the last one cannot be taken away unseen
_COUNT = """INSERT INTO counters (series, last) VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = excluded.last"""


class SealRecord(NamedTuple):
    """A seal as values, its instant already as text: what is written, hashed, signed, exported and verified."""

    seal: int
    at: str
    through: int
    size: int
    root: str
    previous: str
    hash: str
    key: str
    signature: str


class Tree:
    """A Merkle tree of which only the roots of whole subtrees are kept, so that it grows at its right edge alone."""

    __slots__ = ("_waiting", "size")

    def __init__(self) -> None:
        self.size = 0
        self._waiting: list[bytes | None] = []  # at each height the subtree that has no right neighbour yet

    def extend(self, leaves: Iterable[str]) -> None:
        """Append *leaves*."""
        row = [sha256(b"\0" + leaf.encode()).digest() for leaf in leaves]
        self.size += len(row)
        height = 0
        while row:
            if height == len(self._waiting):
                self._waiting.append(None)
            left = self._waiting[height]
            if left is not None:
                row.insert(0, left)
            self._waiting[height] = row.pop() if len(row) % 2 else None
            row = [sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
            height += 1

    def root(self) -> str:
        """Return the root in hexadecimal: the subtrees joined from the right."""
        root: bytes | None = None
        for subtree in self._waiting:
            if subtree is not None:
                root = subtree if root is None else _node(subtree, root)
        return (sha256().digest() if root is None else root).hex()


class Counted(NamedTuple):
    """A tree over the entries up to a position."""

    position: int
    tree: Tree


class SealsChecked(NamedTuple):
    """What a look at all seals gave: how many, over how many of how many entries, by which keys."""

    seals: int
    sealed: int
    entries: int
    keys: tuple[str, ...]
    faults: tuple[Fault, ...]


def header(s: Any) -> str:
    """Write what the hash and the signature of a seal cover: one line of JSON, its names in this order, no spaces."""
    return f'{{"seal":{s.seal},"at":"{s.at}","through":{s.through},"size":{s.size},"root":"{s.root}","previous":"{s.previous}"}}'


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public key of *key* in hexadecimal, as seals name it."""
    return key.public_key().public_bytes_raw().hex()


def seal(db: Db, key: Ed25519PrivateKey, at: datetime, *, counted: Counted | None = None) -> SealRecord | None:
    """Seal every entry that has none yet, or return None if there is nothing new.

    Without *counted* the whole journal is read while the transaction lasts; who has counted before (`count_entries`,
    in a transaction that only reads) holds nobody up. What he did not see is noticed, and then all is counted again.
    """
    if db.kind == "postgresql":
        db.run("LOCK TABLE seals IN EXCLUSIVE MODE")  # one at a time: the next one reads what this one wrote
    last = _last(db)
    given, counted = counted, count_entries(db, counted)
    if given and not _complete(db, counted):
        counted = count_entries(db)
    if counted.tree.size == (last.size if last else 0):
        return None
    number, text = (last.seal + 1 if last else 1), instant_text(at)
    drawn = SealRecord(
        number, text, counted.position, counted.tree.size, counted.tree.root(), last.hash if last else GENESIS, "", public_key(key), ""
    )  # fmt: skip
    record = drawn._replace(hash=digest(header(drawn)), signature=key.sign(header(drawn).encode()).hex())
    db.run(_INSERT, *record._replace(at=at) if db.kind == "postgresql" else record)  # type: ignore[arg-type]
    db.run(_COUNT, _SERIES, number)
    return record


def count_entries(db: Db, counted: Counted | None = None) -> Counted:
    """Grow the tree over every entry whose place is settled, from where *counted* stopped (it is used up)."""
    position, tree = counted or Counted(0, Tree())
    for page in hashes(db, position, through=settled_position(db)):
        tree.extend(leaf for _, leaf in page)
        position = page[-1][0]
    return Counted(position, tree)


def settled_position(db: Db) -> int:
    """Return the position up to which no entry can appear any more.

    PostgreSQL gives positions when rows are inserted, not when they are committed: an entry may come into sight after
    a later one. Whoever inserts holds the table's lock until he commits, so that SHARE is granted only when nobody is
    under way; what is read then is complete up to there. Rolling back to the savepoint gives the lock up at once:
    others wait for one query, not for our transaction. In a transaction that sees one state from its first query on
    (those that do not write) it must be that first query: an earlier view would lack who was under way then.
    """
    if db.kind != "postgresql":
        return _highest(db)  # SQLite has one writer at a time
    db.run("SAVEPOINT settled")
    db.run("LOCK TABLE entries IN SHARE MODE")
    position = _highest(db)
    db.run("ROLLBACK TO SAVEPOINT settled")
    db.run("RELEASE SAVEPOINT settled")
    return position


def hashes(db: Db, after: int = 0, *, through: int | None = None) -> Iterator[list[tuple[int, str]]]:
    """Yield (position, hash) of the entries in order of recording, many at a time."""
    until = "" if through is None else f" AND position <= {int(through)}"
    sql = f"SELECT position, hash FROM entries WHERE position > ?{until} ORDER BY position LIMIT ?"  # noqa: S608
    page: list[Any] = db.all(sql, after, ENTRIES_AT_ONCE)
    while page:
        yield page
        page = db.all(sql, page[-1][0], ENTRIES_AT_ONCE)


def seals(db: Db) -> list[SealRecord]:
    """Read all seals in order."""
    rows = db.all(f"SELECT {_columns(db)} FROM seals ORDER BY seal")  # noqa: S608
    return [SealRecord(*row) for row in rows]


def verify_seals(db: Db, public_keys: Collection[str] = ()) -> SealsChecked:
    """Check every seal against the hashes that the entries have, in one pass over them."""
    found = seals(db)
    checked = check_seals(found, hashes(db), public_keys)
    row = db.one("SELECT last FROM counters WHERE series = ?", _SERIES)
    made = row[0] if row else 0
    if made == len(found):
        return checked
    lost = Fault("seal", made, "seals", f"{len(found)} seals where {made} were made")
    return checked._replace(faults=(*checked.faults, lost))


def check_seals(
    sealed: Sequence[SealRecord], pages: Iterable[Sequence[tuple[int, str]]], public_keys: Collection[str] = ()
) -> SealsChecked:
    """Check seals against *pages* of (position, hash): chain, signatures, and each root at its size.

    With *public_keys* only these may have signed; without, every seal is checked with the key that it names.
    """
    faults = [*_chain_faults(sealed), *(fault for one in sealed for fault in _signature_faults(one, public_keys))]
    tree, waiting, position = Tree(), deque(sealed), 0
    for page in pages:
        begin, leaves = 0, [leaf for _, leaf in page]
        while waiting and waiting[0].size <= tree.size + len(leaves) - begin:
            one = waiting.popleft()
            end = begin + max(0, one.size - tree.size)
            tree.extend(leaves[begin:end])
            position = page[end - 1][0] if end else position
            faults += _root_faults(one, tree, position)
            begin = end
        tree.extend(leaves[begin:])
        position = page[-1][0]
    faults += [Fault("seal", one.seal, "seal.size", f"{one.size} sealed, {tree.size} there") for one in waiting]
    keys = tuple(dict.fromkeys(one.key for one in sealed))
    return SealsChecked(len(sealed), sealed[-1].size if sealed else 0, tree.size, keys, tuple(faults))


def inclusion_proof(leaves: Sequence[str], index: int) -> list[str]:
    """Return the hashes that lead from the leaf at *index* (from 0) to the root (RFC 6962, 2.1.1)."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion_proof(leaves[:half], index), _root_of(leaves[half:])]
    return [*inclusion_proof(leaves[half:], index - half), _root_of(leaves[:half])]


def check_inclusion(leaf: str, index: int, *, size: int, proof: Sequence[str], root: str) -> bool:
    """Say whether *proof* shows that *leaf* stands at *index* of the tree of *size* leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, sha256(b"\0" + leaf.encode()).digest()
    for text in proof:
        if not last:
            return False
        neighbour = bytes.fromhex(text)
        if at % 2 or at == last:
            node = _node(neighbour, node)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            node = _node(node, neighbour)
        at, last = at // 2, last // 2
    return not last and node.hex() == root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _root_of(leaves: Iterable[str]) -> str:
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def _columns(db: Db) -> str:
    return ", ".join(instant_column(db, name) if name == "at" else name for name in _COLUMNS)


def _last(db: Db) -> SealRecord | None:
    row = db.one(f"SELECT {_columns(db)} FROM seals ORDER BY seal DESC LIMIT 1")  # noqa: S608
    return SealRecord(*row) if row else None


def _highest(db: Db) -> int:
    row = db.one("SELECT max(position) FROM entries")
    return row[0] or 0 if row else 0


def _complete(db: Db, counted: Counted) -> bool:
    """Say whether nothing came into sight below the position of *counted* after it was counted."""
    return db.one("SELECT count(*) FROM entries WHERE position <= ?", counted.position) == (counted.tree.size,)


def _chain_faults(sealed: Iterable[SealRecord]) -> Iterator[Fault]:
    number, previous, size = 1, GENESIS, 0
    for one in sealed:
        if one.seal != number:
            yield Fault("seal", one.seal, "seal.number", f"seal {one.seal} where {number} is expected")
        if one.hash != digest(header(one)):
            yield Fault("seal", one.seal, "seal.hash", "the hash is not that of the seal")
        if one.previous != previous:
            yield Fault("seal", one.seal, "seal.previous", f"{one.previous} where {previous} precedes it")
        if one.size <= size:
            yield Fault("seal", one.seal, "seal.size", f"{one.size} entries after {size}")
        number, previous, size = one.seal + 1, one.hash, one.size


def _signature_faults(one: SealRecord, public_keys: Collection[str]) -> Iterator[Fault]:
    if public_keys and one.key not in public_keys:
        yield Fault("seal", one.seal, "seal.key", f"signed with an unknown key {one.key}")
    try:
        key, signature = bytes.fromhex(one.key), bytes.fromhex(one.signature)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, header(one).encode())
        valid = (key.hex(), signature.hex()) == (one.key, one.signature)  # there is one way to write them
    except (ValueError, InvalidSignature):
        valid = False
    if not valid:
        yield Fault("seal", one.seal, "seal.signature", "the signature is not by the key that the seal names")


def _root_faults(one: SealRecord, tree: Tree, position: int) -> Iterator[Fault]:
    if tree.size != one.size:
        return  # smaller than the one before: said already
    if tree.root() != one.root:
        yield Fault("seal", one.seal, "seal.root", f"the first {one.size} entries are not those that were sealed")
    if position != one.through:
        yield Fault("seal", one.seal, "seal.through", f"entry {one.size} was recorded at {position}, not {one.through}")
