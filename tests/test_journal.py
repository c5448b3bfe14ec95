"""The journal as a whole: it verifies, it is exported and followed, and whatever is done to it is found."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from desk import check_export
from machines.journal import entries_after, entries_of, entry_as_data, export, verify, verify_export
from machines.register import add_person
from machines.seals import public_key
from machines.seals import seal as make_seal
from models.database import Database
from models.entry import digest, header
from tests.tampering import (
    KEY,
    changed_export,
    covered_up,
    faults_of,
    journal_of_acts,
    unseen_in_databases,
    unseen_in_exports,
    without_guards,
)

TRUSTED = (public_key(KEY),)
CHECKER = Path(check_export.__file__)

INVENTED = """INSERT INTO mandates (number, person_id, office, body, region, acting, slot, since, begins_at)
 SELECT c.number, 'm1', 'state_body', 'x', m.region, m.acting, 'x', m.since, m.begins_at
 FROM mandates m, cases c WHERE m.office = 'chairman' AND c.number = (SELECT max(number) FROM cases WHERE procedure = 'candidacy')"""


@pytest.fixture
def assembly(database):
    return journal_of_acts(database)


@pytest.fixture(scope="module")
def kept(tmp_path_factory, migrate):
    """Lend one journal to all tests that do not change it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('journal') / 'kenes.db'}"
    migrate(url)
    database = Database(url)
    journal_of_acts(database)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def lines(kept):
    with kept.transaction(write=False) as db:
        return list(export(db))


def verified(database, **keys):
    with database.transaction(write=False) as db:
        return verify(db, **keys or {"public_keys": TRUSTED})


# ------------------------------------------------------------------------------------------------------------------- whole


def test_a_journal_of_acts_is_whole(assembly):
    """Entries, chains, states, facts, seals: whatever acts have written verifies."""
    report = verified(assembly.database)
    assert ((), True) == (report.faults, report.whole)
    counted = assembly.ask(
        "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM cases), (SELECT max(size) FROM seals)"
    )
    assert counted == [(report.entries, report.cases, report.entries - report.unsealed)]
    assert (3, 0, TRUSTED) == (report.seals, report.erased, report.keys)
    assert report.unsealed > 0


def test_an_empty_journal_is_whole(database):
    """Nothing at all verifies, and its export too."""
    assert verified(database).whole
    with database.transaction(write=False) as db:
        written = list(export(db))
    assert ([], 2) == (faults_of(written), len(written))


def test_a_payload_emptied_without_an_order_is_found(assembly):
    """The database lets personal data go with its salt; chain and seals hold, and no order of erasure accounts for it (2.3)."""
    with assembly.database.transaction() as db:
        db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE act = 'nominate'")
    report = verified(assembly.database)
    emptied = {(fault.number, fault.seq, fault.code) for fault in report.faults}
    assert ({(f"C-2006-000{n}", 1, "payload") for n in (1, 2, 3, 4)}, 4) == (emptied, report.erased)
    with assembly.database.transaction(write=False) as db:
        written = list(export(db))
        (first, *_) = entries_of(db, "C-2006-0001")
    assert (
        4 == len([fault for fault in faults_of(written) if "no order of erasure" in fault]) == len(faults_of(written))
    )
    assert emptied == {
        (fault.number, fault.seq, fault.code) for fault in verify_export(written, public_keys=TRUSTED).faults
    }
    assert entry_as_data(first.record, "en")["facts"] is None


@pytest.mark.parametrize("facts", ["{", "[]", '{"office": [1]}', "{}"])
def test_facts_that_cannot_be_read_are_a_fault(assembly, facts):
    """Whatever somebody has put in their place: the check of offices and erasures goes on (17.1)."""
    with assembly.database.transaction() as db:
        db.run("UPDATE cases SET facts = ? WHERE procedure = 'office'", facts)
    found = verified(assembly.database).faults
    assert {"case.facts"} == {fault.code for fault in found}


@pytest.mark.parametrize("also", ['"X"', "[1, {}]", "{}", "null"])
def test_an_order_that_somebody_has_rewritten_accounts_for_nothing_more(assembly, also):
    """Its payload is not the one that was recorded, and what it names now is nobody's (2.3)."""
    with assembly.database.transaction() as db:
        add_person(db, "p:gone", names=dict.fromkeys(("kk", "ru", "en"), "Gone"))
    done = assembly.do("wb", "erasure.order", facts={"person": "p:gone", "ground": "own_request"})
    told = '{"facts": {"ground": "own_request", "person": "p:gone", "also": %s}}' % also  # noqa: UP031 - braces
    with assembly.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE entries SET payload = ? WHERE number = ?", told, done.number)
    assert (done.number, "payload") in {(fault.number, fault.code) for fault in verified(assembly.database).faults}


def test_half_an_erasure_is_a_fault(kept):
    """A payload without its salt cannot be checked: it goes with it or not at all."""
    with kept.transaction(keep=False) as db:
        without_guards(db)
        db.run("UPDATE entries SET salt = NULL WHERE position = 3")
        assert ["payload"] == [fault.code for fault in verify(db).faults]


def test_a_fault_names_case_and_entry(kept):
    """A fault says which entry of which case, and what is wrong with it."""
    with kept.transaction(keep=False) as db:
        without_guards(db)
        db.run("UPDATE entries SET actor = 'd2' WHERE number = 'C-2006-0001' AND act = 'admit'")
        (fault,) = verify(db).faults
    assert "C-2006-0001/2 hash: the hash is not that of the entry" == str(fault)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE mandates SET person_id = 'm1' WHERE office = 'chairman'", {"mandate.person"}),
        (
            "UPDATE mandates SET office = 'association' WHERE office = 'working_body'",
            {"mandate.office"},
        ),
        ("UPDATE mandates SET office = 'working_body' WHERE office = 'council_member'", {"mandate.office"}),
        ("UPDATE mandates SET body = 'Elsewhere' WHERE office = 'member' AND person_id = 'm1'", {"mandate.body"}),
        ("UPDATE mandates SET ended_at = begins_at WHERE office = 'chairman'", {"mandate.ended"}),
        ("DELETE FROM mandates WHERE office = 'chairman'", {"mandate"}),
        (INVENTED, {"mandate"}),
    ],
)
def test_an_office_that_no_case_gives_is_a_fault(assembly, change, found):
    """Nobody becomes Chairman by a row that was changed: whoever holds an office holds it by a case."""
    with assembly.database.transaction(keep=False) as db:
        db.run(change)
        assert found == {fault.code for fault in verify(db).faults}


def test_an_untrusted_key_is_a_fault(kept):
    """Where keys are named, seals signed by others are faults."""
    assert {"seal.key"} == {fault.code for fault in verified(kept, public_keys=("00" * 32,)).faults}
    assert verified(kept, public_keys=()).whole


# ------------------------------------------------------------------------------------------------------------------ export


def test_an_export_is_whole(kept, lines):
    """An export holds every entry and seal, checks with Python alone, and verifies through the machines."""
    report = verified(kept)
    assert [] == faults_of(lines)
    assert report == verify_export(lines, public_keys=TRUSTED)
    assert report.entries + report.seals + 2 == len(lines)
    assert all(line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) for line in lines)


def test_an_export_holds_the_very_text_that_was_hashed(kept, lines):
    """Each line has the text whose SHA-256 is the entry's hash, and the payload whose digest the text names."""
    with kept.transaction(write=False) as db:
        recorded = {each.position: each.record for each in entries_after(db, 0, 1000)}
    entries = [json.loads(line) for line in lines if '"hashed"' in line]
    assert list(recorded) == [entry["position"] for entry in entries]
    for entry in entries:
        record = recorded[entry["position"]]
        assert (header(record), record.hash) == (entry["hashed"], digest(entry["hashed"]))
        assert digest(entry["salt"] + entry["payload"]) == json.loads(entry["hashed"])["payload"]


def test_the_checker_needs_python_alone(lines, tmp_path):
    """The program beside an export runs where nothing is installed, and says by its exit status what it found."""
    imported = {
        alias.name
        for node in ast.walk(ast.parse(CHECKER.read_text()))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {node.module for node in ast.walk(ast.parse(CHECKER.read_text())) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
    beside = tmp_path / "check_export.py"
    beside.write_text(CHECKER.read_text())
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    whole.write_text("".join(line + "\n" for line in lines))
    broken.write_text("".join(line + "\n" for line in lines if '\\"act\\":\\"admit\\"' not in line))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-I", "-S", beside, *arguments], capture_output=True, text=True, check=False
        )

    assert (0, "WHOLE") == (run(whole).returncode, run(whole).stdout.partition(":")[0])
    found = run(broken)
    assert 1 == found.returncode
    assert "case C-2006-0001, entry 3: entry 2 is missing before it" in found.stdout
    assert "NOT WHOLE" in found.stdout
    assert 2 == run(tmp_path / "nothing.jsonl").returncode
    assert 2 == run().returncode


def test_the_checker_reads_what_is_no_export():
    """Anything may lie in a file: it is told, not raised."""
    for content in (
        [],
        [b""],
        [b"{}"],
        [b"\xff\xfe"],
        [b"[]"],
        [b'{"a":1,"a":2}'],
        [b'{"format":"kenes-journal","version":2,"covers":{}}'],
        [b"NaN"],
    ):
        check = check_export.Check()
        check.read(content)
        assert check.faults


# --------------------------------------------------------------------------------------------------------------- following


def test_the_journal_is_followed_without_gap_or_repetition(assembly):
    """Who reads on from the last position gets every entry once, in order of recording (GET /journal?after=)."""
    followed, position = [], 0
    while True:
        with assembly.database.transaction(write=False) as db:
            page = entries_after(db, position, 7)
        if not page:
            break
        assert 7 >= len(page)
        followed += page
        position = page[-1].position
    assert [(position,) for position, _, _ in followed] == assembly.ask(
        "SELECT position FROM entries ORDER BY position"
    )
    assert {"Asia/Almaty"} == {zone for _, _, zone in followed}
    assert all(digest(header(record)) == record.hash for _, record, _ in followed)


def test_an_entry_is_shown_as_the_api_answers_it(assembly):
    """Times have the offset of the case's zone, warnings are in words, what is empty and optional is left out."""
    with assembly.database.transaction(write=False) as db:
        ((_, entered, zone),) = entries_of(db, "C-2006-0003")
        started = entries_of(db, assembly.cases("membership", "p:A")[0])[0].record
    shown = entry_as_data(entered, "en", zone=zone)
    assert list(shown) == [
        "seq", "act", "at", "effective_at", "actor", "on_behalf_of", "office", "norms", "state", "facts", "document", "warnings",
        "hash", "previous",
    ]  # fmt: skip
    assert ("wb", "s:Kostanay", "2006-05-22T10:00:00+06:00") == (shown["actor"], shown["on_behalf_of"], shown["at"])
    assert {"kind": "letter", "number": "12", "date": "2006-05-21"} == shown["document"]
    assert ("p:C", "nominated", ["14.1a", "14.1b"]) == (shown["facts"]["person"], shown["state"], shown["norms"])
    (warning,) = shown["warnings"]
    assert ["norm", "code", "numbers", "reason", "remedy"] == list(warning)
    shown = entry_as_data(started, "kk")
    assert "C-2006-0001/6" == shown["cause"]
    assert not {"on_behalf_of", "document"} & set(shown)


# --------------------------------------------------------------------------------------------------------------- tampering


@pytest.mark.slow
def test_1000_changes_of_an_export_are_found(lines):
    """Bytes, values, entries lost, swapped, doubled, invented, hashed anew, a tail or a seal lost: 1,000 of 1,000 are found."""
    assert [] == unseen_in_exports(lines, 1000, changed_export, 1)


def test_200_changes_that_are_covered_up_are_found(lines):
    """Who makes the last line fit what he did to sealed entries is found by the seals."""
    assert [] == unseen_in_exports(lines, 200, covered_up, 2)


@pytest.mark.slow
def test_1000_changes_of_a_database_are_found(kept):
    """Rows changed by SQL with all guards off: 1,000 of 1,000 are found."""
    assert [] == unseen_in_databases(kept, 1000, 3)


@pytest.mark.postgresql
def test_changes_of_a_postgresql_database_are_found(postgresql_database):
    """On PostgreSQL the same is found."""
    journal_of_acts(postgresql_database)
    assert [] == unseen_in_databases(postgresql_database, 100, 4)


def test_what_comes_after_the_tampering_does_not_heal_it(sqlite_database):
    """A seal made after the deed does not make it whole: the earlier seals still tell."""
    assembly = journal_of_acts(sqlite_database)
    with sqlite_database.transaction() as db:
        without_guards(db)
        db.run("DELETE FROM entries WHERE position = 4")
    with sqlite_database.transaction() as db:
        assert make_seal(db, KEY, assembly.at())
    assert "seal.root" in {fault.code for fault in verified(sqlite_database).faults}
