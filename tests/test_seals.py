"""Seals: Merkle roots as RFC 6962 has them, grown at the right edge; proofs; nothing is missed that commits late."""

import contextlib
import hashlib
import random
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from machines.seals import (
    Tree,
    check_inclusion,
    check_seals,
    count_entries,
    header,
    inclusion_proof,
    public_key,
    seal,
    seals,
    settled_position,
    verify_seals,
)
from models.database import Database, Locked
from models.entry import GENESIS, INSERT, Record, digest
from tests.tampering import without_guards

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
LEAVES = [digest(str(number)) for number in range(301)]

# The leaves and roots by which implementations of RFC 6962 are commonly tested.
KNOWN_LEAVES = ["", "\x00", "\x10", " !", "01", "@ABC", "PQRSTUVW", "`abcdefghijklmno"]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_definition(leaves):
    """Return the root as RFC 6962, 2.1 defines it: split at the largest power of two below the number of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0].encode()).digest()
    split = max(1 << power for power in range(20) if 1 << power < len(leaves))
    return hashlib.sha256(b"\1" + root_by_definition(leaves[:split]) + root_by_definition(leaves[split:])).digest()


def root(leaves):
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def record(seq, *, number="C-2026-0001", previous=GENESIS):
    """Return an entry that seals know nothing of but its hash."""
    values = dict.fromkeys(Record._fields, "") | {"number": number, "seq": seq, "findings": "{}", "previous": previous}
    values |= {"effective_at": "2026-03-01T04:00:00.000000+00:00", "recorded_at": "2026-03-01T04:00:00.000000+00:00"}
    return Record(**values)._replace(hash=digest(f"{number}/{seq}"))


def insert(db, *seqs):
    for seq in seqs:
        db.run(INSERT, *record(seq))
    db.flush()


def sealed(database, key=KEY, **more):
    with database.transaction() as db:
        return seal(db, key, AT, **more)


def checked(database, *keys):
    with database.transaction(write=False) as db:
        return verify_seals(db, keys)


def impatient(database):
    """Open the database a second time, as somebody who does not wait."""
    return Database(database.url.render_as_string(hide_password=False), patience_s=0.05)


def codes(found):
    return sorted({fault.code for fault in found.faults})


# ---------------------------------------------------------------------------------------------------------------- the tree


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size):
    """The trees of none to eight leaves have the roots that others have computed."""
    assert KNOWN_ROOTS[size] == root(KNOWN_LEAVES[:size])


def test_a_tree_grown_leaf_by_leaf_has_the_root_by_definition():
    """A tree grown at its right edge has at each size the root that the definition gives."""
    tree = Tree()
    for size in range(301):
        assert root_by_definition(LEAVES[:size]).hex() == tree.root()
        assert size == tree.size
        tree.extend(LEAVES[size : size + 1])


def test_a_tree_grown_in_lumps_is_the_same():
    """It does not matter in which lumps the leaves come."""
    lumps = random.Random(6962)
    for size in range(301):
        tree = Tree()
        while tree.size < size:
            tree.extend(LEAVES[tree.size : min(size, tree.size + lumps.randint(0, 40))])
        assert root(LEAVES[:size]) == tree.root()


def test_every_leaf_can_be_proved():
    """A proof leads from a leaf to the root, and has no more hashes than the tree is high."""
    for size in range(1, 70):
        for index in range(size):
            proof = inclusion_proof(LEAVES[:size], index)
            assert check_inclusion(LEAVES[index], index, size=size, proof=proof, root=root(LEAVES[:size]))
            assert len(proof) <= (size - 1).bit_length()


def test_nothing_else_can_be_proved():
    """Another leaf, place, size, root or proof is refused."""
    size, index = 21, 13
    whole, proof = root(LEAVES[:size]), inclusion_proof(LEAVES[:size], index)
    said = {"size": size, "proof": proof, "root": whole}
    assert check_inclusion(LEAVES[index], index, **said)
    assert not check_inclusion(LEAVES[index + 1], index, **said)
    assert not any(check_inclusion(LEAVES[index], other, **said) for other in range(-2, 40) if other != index)
    assert not check_inclusion(LEAVES[index], index, **said | {"root": root(LEAVES[:20])})
    assert not check_inclusion(LEAVES[index], index, **said | {"proof": proof[:-1]})
    assert not check_inclusion(LEAVES[index], index, **said | {"proof": [*proof, whole]})
    assert not check_inclusion(LEAVES[index], index, **said | {"proof": proof[::-1]})


# --------------------------------------------------------------------------------------------------------------- the seals


def test_what_is_new_is_sealed_and_nothing_twice(database):
    """A seal covers every entry so far, names the one before, and is signed; without new entries there is none."""
    assert sealed(database) is None
    with database.transaction() as db:
        insert(db, 1, 2, 3)
    first = sealed(database)
    assert sealed(database) is None
    with database.transaction() as db:
        insert(db, 4, 5)
    second = sealed(database)
    assert (1, 3, GENESIS, public_key(KEY)) == (first.seal, first.size, first.previous, first.key)
    assert (2, 5, first.hash) == (second.seal, second.size, second.previous)
    assert root([record(seq).hash for seq in range(1, 6)]) == second.root
    KEY.public_key().verify(bytes.fromhex(second.signature), header(second).encode())
    with database.transaction(write=False) as db:
        assert [first, second] == seals(db)
    found = checked(database, public_key(KEY))
    assert (2, 5, 5, ()) == (found.seals, found.sealed, found.entries, found.faults)


def test_counting_may_come_before_sealing(database):
    """Who has counted in a transaction that only reads seals what came since as well."""
    with database.transaction() as db:
        insert(db, *range(1, 8))
    with database.transaction(write=False) as db:
        counted = count_entries(db)
    with database.transaction() as db:
        insert(db, 8)
    assert 7 == counted.tree.size
    assert 8 == sealed(database, counted=counted).size
    assert () == checked(database).faults


def test_a_change_of_keys_is_seen(database):
    """Only trusted keys may have signed, where they are named; all keys are told."""
    with database.transaction() as db:
        insert(db, 1)
    sealed(database)
    with database.transaction() as db:
        insert(db, 2)
    sealed(database, OTHER_KEY)
    assert ["seal.key"] == codes(checked(database, public_key(KEY)))
    assert () == checked(database, public_key(KEY), public_key(OTHER_KEY)).faults
    assert (public_key(KEY), public_key(OTHER_KEY)) == checked(database).keys


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"root": "0" * 64}, {"seal.root", "seal.hash", "seal.signature"}),
        ({"size": 2}, {"seal.root", "seal.through", "seal.hash", "seal.signature"}),
        ({"size": 9}, {"seal.size", "seal.hash", "seal.signature"}),
        ({"through": 2}, {"seal.through", "seal.hash", "seal.signature"}),
        ({"at": "2026-03-01T04:30:00.000001+00:00"}, {"seal.hash", "seal.signature"}),
        ({"previous": "1" * 64}, {"seal.previous", "seal.hash", "seal.signature"}),
        ({"seal": 2}, {"seal.number", "seal.hash", "seal.signature"}),
        ({"hash": "1" * 64}, {"seal.hash"}),
        ({"key": public_key(OTHER_KEY)}, {"seal.signature"}),
        ({"key": "no key"}, {"seal.signature"}),
        ({"signature": "00" * 64}, {"seal.signature"}),
        ({"signature": ""}, {"seal.signature"}),
    ],
)
def test_every_value_of_a_seal_is_checked(sqlite_database, change, found):
    """Each value of a seal is held by its hash, its signature or the entries."""
    with sqlite_database.transaction() as db:
        insert(db, 1, 2, 3)
    whole = sealed(sqlite_database)
    pages = [[(seq, record(seq).hash) for seq in (1, 2, 3)]]
    assert found == {fault.code for fault in check_seals([whole._replace(**change)], pages).faults}
    capital = whole._replace(signature=whole.signature.upper())
    assert ["seal.signature"] == codes(check_seals([capital], pages))


def test_the_last_seal_cannot_be_taken_away_unseen(database):
    """How many seals were made is known beside the seals."""
    with database.transaction() as db:
        insert(db, 1)
    sealed(database)
    with database.transaction() as db:
        without_guards(db)
        db.run("DELETE FROM seals")
    assert ["seals"] == codes(checked(database))


@pytest.mark.postgresql
def test_an_entry_that_commits_late_is_not_missed(postgresql_database):
    """A seal waits for who is inserting: his entry has the smaller position and comes into sight later."""
    hasty = impatient(postgresql_database)
    with postgresql_database.transaction() as late:
        insert(late, 1)
        with hasty.transaction() as db:
            insert(db, 2)
        with pytest.raises(Locked):
            sealed(hasty)
        with pytest.raises(Locked), hasty.transaction(write=False) as db:
            settled_position(db)
    assert 2 == sealed(hasty).size
    assert () == checked(hasty).faults
    hasty.dispose()


@pytest.mark.postgresql
def test_who_counted_too_early_is_corrected(postgresql_database):
    """A reader whose view is older than an entry that committed late has missed it: the seal has not."""
    hasty = impatient(postgresql_database)
    with contextlib.ExitStack() as reading:
        with postgresql_database.transaction() as late:
            insert(late, 1)
            with hasty.transaction() as db:
                insert(db, 2)
            early = reading.enter_context(hasty.transaction(write=False))
            assert [(2,)] == early.all("SELECT seq FROM entries")
        counted = count_entries(early)
    assert 1 == counted.tree.size
    assert 2 == sealed(hasty, counted=counted).size
    assert () == checked(hasty).faults
    hasty.dispose()


@pytest.mark.postgresql
def test_nobody_waits_for_a_seal(postgresql_database):
    """While a seal is being made others may go on recording."""
    with postgresql_database.transaction() as db:
        insert(db, 1)
    other = impatient(postgresql_database)
    with postgresql_database.transaction() as sealing:
        assert 1 == seal(sealing, KEY, AT).size
        with other.transaction() as db:
            insert(db, 2)
    assert 2 == sealed(other).size
    other.dispose()
