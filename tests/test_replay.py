"""Replay: the entries of a case alone give what its row says, through the table that decided them."""

import json

import pytest

from machines import replay as replaying
from machines.candidacy import CANDIDACY
from machines.procedures import PROCEDURES
from machines.replay import READ, columns, replay, replay_case
from models.database import Database
from models.entry import GENESIS, Record, digest, header
from tests.tampering import journal_of_acts, without_guards

APPROVED, RETURNED, ENTERED, HALF = "C-2006-0001", "C-2006-0002", "C-2006-0003", "C-2006-0004"


@pytest.fixture(scope="module")
def kept(tmp_path_factory, migrate):
    """Lend one journal to all tests: none changes it for good."""
    url = f"sqlite:///{tmp_path_factory.mktemp('replay') / 'kenes.db'}"
    migrate(url)
    database = Database(url)
    journal_of_acts(database)
    yield database
    database.dispose()


def rows_of(database, number):
    with database.transaction(write=False) as db:
        return db.all(f"SELECT {columns(db)} FROM entries WHERE number = ? ORDER BY seq", number)


def stored(database, number, column):
    with database.transaction(write=False) as db:
        return db.one(f"SELECT {column} FROM cases WHERE number = ?", number)[0]


def hashed_anew(rows, at, **changes):
    """Return the rows with one entry changed, and it and all after it given the hashes that they then have."""
    previous, anew = GENESIS, []
    for place, row in enumerate(rows):
        record = Record(**{name: value for name, value in zip(READ, row, strict=True) if name != "position"})
        record = record._replace(previous=previous, **(changes if place == at else {}))
        previous = digest(header(record))
        anew.append((*(getattr(record._replace(hash=previous), name) for name in READ[:-1]), row[-1]))
    return anew


def codes(faults):
    return [fault.code for fault in faults]


def found_after(database, *statements):
    """Return what a replay of everything finds once somebody has changed rows by SQL."""
    with database.transaction(keep=False) as db:
        without_guards(db)
        for statement in statements:
            db.run(statement)
        return [(fault.number, fault.code) for replayed in replay(db) for fault in replayed.faults]


def test_every_case_is_what_its_entries_give(database):
    """State, seq, head, facts, joint acts, definition, edition and opening follow from the entries, on both databases."""
    assembly = journal_of_acts(database)
    with database.transaction(write=False) as db:
        replayed = list(replay(db))
    assert [] == [str(fault) for one in replayed for fault in one.faults]
    assert [(len(replayed), sum(one.entries for one in replayed))] == assembly.ask(
        "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM entries)"
    )


def test_a_case_is_replayed_from_its_entries_alone(kept):
    """Nothing but the entries is needed to say how a case stands."""
    case = replay_case(APPROVED, rows_of(kept, APPROVED)).case
    assert ("approved", 6, True) == (case.state, case.seq, case.final)
    assert stored(kept, APPROVED, "facts") == case.facts
    case = replay_case(HALF, rows_of(kept, HALF)).case
    assert ("considered", {"submit": ["d1"]}) == (case.state, json.loads(case.joint))


def test_a_case_can_be_replayed_up_to_any_entry(kept):
    """The first entries give the case as it was after them."""
    states = [replay_case(APPROVED, rows_of(kept, APPROVED)[:upto]).case.state for upto in range(1, 7)]
    assert ["nominated", "admissible", "considered", "considered", "submitted", "approved"] == states


def test_pages_of_cases_make_no_difference(kept, monkeypatch):
    """However many cases are read at once, the same is found."""
    with kept.transaction(write=False) as db:
        whole = list(replay(db))
        for size in (1, 2, 7, len(whole)):
            monkeypatch.setattr(replaying, "CASES_AT_ONCE", size)
            assert whole == list(replay(db))


@pytest.mark.parametrize(
    ("at", "changes", "found"),
    [
        (2, {"act": "approve"}, ["edge"]),
        (2, {"act": "nothing_known"}, ["edge"]),
        (5, {"target": "submitted"}, ["edge"]),
        (2, {"source": "nominated"}, ["source", "edge"]),
        (1, {"norms": "14.2c"}, ["norms"]),
        (1, {"definition": "0123456789abcdef"}, ["definition"]),
        (1, {"procedure": "removal"}, ["procedure"]),
        (1, {"procedure": "nothing_known"}, ["procedure"]),
        (1, {"seq": 3}, ["seq", "seq"]),
    ],
)
def test_hashes_do_not_help_against_the_table(kept, at, changes, found):
    """An entry that the procedure's table does not let be is a fault, however well it is hashed."""
    assert found == codes(replay_case(APPROVED, hashed_anew(rows_of(kept, APPROVED), at, **changes)).faults)


def test_a_payload_that_tells_nothing_is_a_fault(kept):
    """Facts that cannot be folded are a fault, and the facts of the case are then unknown."""
    for payload in ("[]", "{}", '{"facts":1}', "no JSON"):
        (row, *_) = rows_of(kept, APPROVED)
        salt = row[READ.index("salt")]
        changed = hashed_anew([row], 0, payload=payload, payload_hash=digest(salt + payload))
        replayed = replay_case(APPROVED, changed)
        assert (["facts"], "") == (codes(replayed.faults), replayed.case.facts)


def test_an_earlier_table_is_believed(kept, monkeypatch):
    """Entries decided under a released table that has been replaced since stand."""
    rows = hashed_anew(rows_of(kept, APPROVED), 5, definition="0123456789abcdef")
    monkeypatch.setattr(replaying, "known_definitions", lambda: frozenset({"0123456789abcdef"}))
    replaying._step.cache_clear()
    assert [] == codes(replay_case(APPROVED, rows).faults)
    replaying._step.cache_clear()


def test_order_of_recording_is_that_of_the_entries(kept):
    """Positions of a case's entries rise."""
    first, second, *_ = rows_of(kept, APPROVED)
    assert ["position"] == codes(replay_case(APPROVED, [(*first[:-1], second[-1]), (*second[:-1], first[-1])]).faults)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE cases SET state = 'rejected'", "case.state"),
        ("UPDATE cases SET seq = 7", "case.seq"),
        ("UPDATE cases SET head = previous FROM entries e WHERE e.number = cases.number", "case.head"),
        ("UPDATE cases SET final = NOT final", "case.final"),
        ("UPDATE cases SET facts = '{}'", "case.facts"),
        ('UPDATE cases SET joint = \'{"submit":["d2"]}\'', "case.joint"),
        ("UPDATE cases SET edition = '2001-01-01'", "case.edition"),
        ("UPDATE cases SET definition = '0'", "case.definition"),
        ("UPDATE cases SET opened_at = '2006-01-01T00:00:00.000000+00:00'", "case.opened_at"),
        ("UPDATE cases SET procedure = 'removal'", "case.procedure"),
    ],
)
def test_the_row_of_a_case_is_compared(kept, statement, found):
    """What the row of a case says and its entries do not give is a fault."""
    where = f" AND cases.number = '{HALF}'" if "WHERE" in statement else f" WHERE number = '{HALF}'"
    assert [(HALF, found)] == found_after(kept, statement + where)


def test_cases_without_entries_and_entries_without_cases(kept):
    """Neither stands without the other; and numbers have no gaps."""
    lost = f"DELETE FROM entries WHERE number = '{RETURNED}'"
    assert [(RETURNED, "entries")] == found_after(kept, lost)
    gone = f"DELETE FROM cases WHERE number = '{RETURNED}'"
    assert [(RETURNED, "case"), ("C-2006", "cases")] == found_after(kept, gone)
    assert [("C-2006", "cases")] == found_after(kept, gone, lost)
    assert ("C-2006", "cases") in found_after(kept, "DELETE FROM counters")


def test_every_edge_of_every_table_can_be_replayed():
    """The ways that a replay accepts are those of the tables: from every source, along every branch."""
    for procedure in PROCEDURES.values():
        expected = {
            ("" if source == "new" else source, row.name, source if branch.to == "=" else branch.to)
            for row in procedure.acts
            for source in row.source
            for branch in row.to
        }
        assert expected == set(replaying._edges(procedure))
    assert ("considered", "submit", "considered") in replaying._edges(CANDIDACY)
