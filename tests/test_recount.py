"""The recount: whatever votes were counted from is held against the journal, and every change of it is found."""

import pytest

from machines.recount import recount
from tests.assembly import Assembly
from tests.sittings import count, open_poll, open_session, sheet, vote, voting_session
from tests.tampering import without_guards

STARTS = "2010-03-01 08:00"


def faults_of(assembly):
    with assembly.database.transaction(write=False) as db:
        return [(fault.number, fault.code) for fault in recount(db)]


def tampered(assembly, sql):
    """Change rows with all guards off, recount, and undo it; {c3} is the third of the Council."""
    sql = sql.format_map({name: assembly.person(name) for name in ("c3", "c9")})
    with assembly.database.transaction(keep=False) as db:
        without_guards(db)
        db.run(sql)
        return [(fault.number, fault.code) for fault in recount(db)]


@pytest.fixture
def polled(database):
    """Lend an Assembly with a poll by post that is closed, in which a sheet overtook an answer."""
    assembly = Assembly(database, members=12, council=9, starts=STARTS)
    case = open_poll(assembly, by_post=True)
    vote(assembly, case, ["c1", "c2", "c3", "c4", "c5", "c6"], at="2010-03-02 10:00")
    vote(assembly, case, ["c1"], "against", at="2010-03-03 10:00")
    sheet(assembly, case, "c7", "2010-03-09 12:00", at="2010-03-12 10:00")
    sheet(assembly, case, "c2", "2010-03-01 12:00", "against", at="2010-03-12 11:00")
    assembly.sweep("2010-03-20 00:00")
    return assembly, assembly.number(case)


def resolved(database, method):
    """Return an Assembly with a resolution that was voted on."""
    assembly = Assembly(database, members=9)
    session = open_session(assembly, assembly.people_in[:7], method=method)
    case = voting_session(assembly, session)
    if method == "show_of_hands":
        assembly.do("wb", "resolution.enter_count", case=case, facts=count(5, 1, 1))
    else:
        vote(assembly, case, ["m1", "m2", "m3", "m4"])
    return assembly, assembly.number(assembly.do("ch", "resolution.close_vote", case=case))


def test_what_was_voted_in_order_recounts(polled):
    """The last ballot received counts, of a sheet when it was received and not when it was entered (H04)."""
    assembly, case = polled
    assert assembly.state(case) in ("adopted", "not_adopted")
    assert [] == faults_of(assembly)


@pytest.mark.parametrize(
    ("sql", "codes"),
    [
        ("UPDATE ballots SET choice = 'abstain' WHERE person_id = '{c3}'", {"ballots", "counts"}),
        ("DELETE FROM ballots WHERE person_id = '{c3}'", {"ballots", "counts"}),
        ("UPDATE ballots SET person_id = 'nobody' WHERE person_id = '{c3}'", {"ballots", "counts"}),
        ("UPDATE ballots SET seq = seq - 1 WHERE person_id = '{c3}'", {"ballots"}),
        ("DELETE FROM electors WHERE person_id = '{c9}'", {"electors.opening", "electors.closing", "counts"}),
        ("UPDATE electors SET person_id = 'nobody' WHERE person_id = '{c9}'", {"electors.opening", "electors.closing"}),
        ("DELETE FROM electors", {"electors.opening", "electors.closing"}),
    ],
)
def test_a_changed_vote_by_name_is_found(polled, sql, codes):
    """With its case: who might vote, who has voted, and how (9.2c)."""
    assembly, case = polled
    assert {(case, code) for code in codes} == set(tampered(assembly, sql))


@pytest.mark.parametrize("method", ["roll_call", "secret", "show_of_hands"])
def test_resolutions_recount(database, method):
    """By name, secret or counted: what stands in the rows is what the entries say (8.3)."""
    assembly, _ = resolved(database, method)
    assert [] == faults_of(assembly)


@pytest.mark.parametrize(
    ("method", "sql", "codes"),
    [
        ("secret", "UPDATE tallies SET votes = votes + 1 WHERE choice = 'for'", {"tallies", "counts"}),
        ("secret", "DELETE FROM participations WHERE person_id = 'm1'", {"participations"}),
        ("secret", "UPDATE tallies SET votes = 2 WHERE choice IN ('for', 'against')", {"counts"}),
        ("show_of_hands", "UPDATE tallies SET votes = 6 WHERE choice = 'for'", {"tallies", "counts"}),
        ("secret", "DELETE FROM tallies WHERE choice = 'for'", {"tallies", "counts"}),
        ("secret", "DELETE FROM tallies WHERE choice = 'against'", {"tallies"}),
        ("secret", "UPDATE tallies SET choice = 'maybe' WHERE choice = 'for'", {"tallies", "counts"}),
        ("show_of_hands", "DELETE FROM tallies", {"tallies", "counts"}),
        ("show_of_hands", "DELETE FROM tallies WHERE choice = 'against'", {"tallies", "counts"}),
        ("roll_call", "DELETE FROM electors WHERE person_id = 'm4'", {"electors.opening", "counts"}),
        (
            "roll_call",
            "INSERT INTO tallies (number, choice, votes) SELECT number, 'for', 9 FROM cases WHERE procedure = 'resolution'",
            {"tallies", "counts"},
        ),
    ],
)
def test_a_changed_vote_of_a_session_is_found(database, method, sql, codes):
    """Sums of a secret vote can be held against who took part, and against what was announced (8.3c)."""
    assembly, case = resolved(database, method)
    assert {(case, code) for code in codes} == set(tampered(assembly, sql))


def test_erased_facts_leave_a_recount_possible(polled):
    """Who chose what may be erased from the journal: the sums are still those that were noted."""
    assembly, case = polled
    with assembly.database.transaction() as db:
        db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE number = ?", case)
    assert [] == faults_of(assembly)
    assert {(case, "counts")} == set(
        tampered(assembly, "UPDATE ballots SET choice = 'abstain' WHERE person_id = '{c3}'")
    )
