"""Requests of members for an extraordinary session: one third of all, both counted at the registration (8.2b, A04, A05)."""

from datetime import date, timedelta

import pytest

from machines.rulebook import Rulebook
from tests.assembly import Assembly, paper
from tests.sittings import registered_request, request, shown

COLLECTED = "2007-04-15 00:00"


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine: one third of it are three."""
    assembly = Assembly(database, members=9)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=9)


def register(assembly, case):
    return assembly.do("wb", "session_request.register", case=case)


# --------------------------------------------------------------------------------------------------------------- opening


def test_a_member_opens_a_request(assembly):
    """Twelve months to collect, not moved for days off; opening it is not signing it (8.2b, A05, H01)."""
    with assembly.forbidden():
        assembly.do("p:A", "session_request.open", facts={"questions": ["Language"]})
    with assembly.wrong_facts("questions"):
        assembly.do("m1", "session_request.open", facts={"questions": []})
    case = request(assembly)
    assert ("collecting", {"collection": COLLECTED}) == (case.state, assembly.deadlines(case))
    assert {"signatures": 0, "total": 9, "needed": 3} == shown(assembly, case)["counts"]
    rungs = [(30, "2007-03-15 09:00", "opener"), (7, "2007-04-07 09:00", "opener"), (0, COLLECTED, "opener")]
    assert rungs == assembly.reminders(case, "collection")


def test_collection_is_not_moved(desk):
    """The last day of twelve months may be a Sunday (8.2b, H01)."""
    assert "2007-04-16 00:00" == desk.deadlines(request(desk, at="2006-04-15 10:00"))["collection"]
    assert "2009-03-01 00:00" == desk.deadlines(request(desk, at="2008-02-29 10:00"))["collection"]


# --------------------------------------------------------------------------------------------------------------- signing


def test_each_member_signs_once(desk):
    """Twice is refused; withdrawn, one may sign again (8.2b, A05; edge case A14)."""
    case = request(desk, 1)
    with desk.refused("8.2b", codes=["session_request.signed_already"]):
        desk.do("m1", "session_request.sign", case=case)
    with desk.refused("8.2b", codes=["session_request.not_signed"]):
        desk.do("m2", "session_request.unsign", case=case)
    desk.do("m1", "session_request.unsign", case=case, seen=None)
    assert 0 == shown(desk, case)["counts"]["signatures"]
    with desk.refused("8.2b", codes=["session_request.not_signed"]):
        desk.do("m1", "session_request.unsign", case=case)
    desk.do("m1", "session_request.sign", case=case, seen=None)
    assert 1 == shown(desk, case)["counts"]["signatures"]


def test_only_members_sign(desk):
    """Nobody else, and not for others without a paper (8.2b)."""
    case = request(desk)
    for stranger in ("p:A", "wb", "a:Kostanay"):
        with desk.forbidden():
            desk.do(stranger, "session_request.sign", case=case)
    with desk.forbidden():
        desk.do("m1", "session_request.sign", case=case, on_behalf_of="m2", document=paper("2006-04-14", kind="sheet"))
    done = desk.do(
        "wb", "session_request.sign", case=case, on_behalf_of="m2", document=paper("2006-04-14", kind="sheet")
    )
    assert ("wb", "m2") == (done.record.actor, done.record.holder)


def test_after_the_registration_nobody_signs(desk):
    """Neither signs nor withdraws: one reference moment (8.2b, A05)."""
    case = registered_request(desk, 3)
    for act in ("sign", "unsign"):
        with desk.refused("8.2b", codes=["state.too_late"]):
            desk.do("m1", f"session_request.{act}", case=case)


# ----------------------------------------------------------------------------------------------------------- registration


@pytest.mark.parametrize(
    ("signatures", "state"), [(0, "returned"), (2, "returned"), (3, "registered"), (9, "registered")]
)
def test_one_third_of_all(assembly, signatures, state):
    """Exactly one third suffices; fewer are returned, with the numbers (8.2b, A05; edge case A13)."""
    case = request(assembly, min(signatures, 6))
    for person in ("ch", "d1", "d2")[: max(0, signatures - 6)]:
        assembly.do(person, "session_request.sign", case=case)
    with assembly.forbidden():
        assembly.do("m1", "session_request.register", case=case)
    case = register(assembly, case)
    assert state == case.state
    assert (
        {"signatures": signatures, "total": 9, "needed": 3}
        == assembly.facts(case)["counts"]
        == shown(assembly, case)["counts"]
    )
    expected = {"collection": "closed"} | ({"convening": "2006-05-15 00:00"} if state == "registered" else {})
    assert expected == assembly.deadlines(case)
    assert (["ch", "m1"], []) == tuple(
        assembly.messages(f"session_request.{each}") for each in ("registered", "returned")
    ) or (([], ["m1"]) == tuple(assembly.messages(f"session_request.{each}") for each in ("registered", "returned")))


def test_both_are_counted_at_the_registration(assembly):
    """Who has left is no signatory any more; members who have joined raise the third (8.2b, A05; edge case A14)."""
    first, second = request(assembly, 3), request(assembly, 3)
    assembly.do("m1", "membership.leave", case="membership:m1", facts={"statement_date": "2006-04-14"})
    assert {"signatures": 2, "total": 8, "needed": 3} == shown(assembly, first)["counts"]
    assert "returned" == register(assembly, first).state
    assembly.do("m4", "session_request.sign", case=second, seen=None)
    enrolled = {"since": "2006-04-14", "category": "association", "order": paper("2006-04-14")}
    for person in ("p:A", "p:B"):
        assembly.do("wb", "membership.enrol", facts=enrolled | {"person": person})
    assert {"signatures": 3, "total": 10, "needed": 4} == shown(assembly, second)["counts"]
    assert "returned" == register(assembly, second).state


def test_signatures_of_officers_under_the_other_ruling(sqlite_database):
    """Where Chairman and deputies are no members, their signatures do not count (A08)."""
    book = Rulebook(overrides=((date(2005, 1, 1), "members.officers_are_members", False),))
    desk = Assembly(sqlite_database, members=9, book=book)
    case = request(desk, 1)
    desk.do("ch", "session_request.sign", case=case)
    assert {"signatures": 1, "total": 6, "needed": 2} == shown(desk, case)["counts"]
    assert "returned" == register(desk, case).state


def test_the_counts_of_the_registration_stay(desk):
    """Who leaves later changes nothing of what was registered (A05)."""
    case = registered_request(desk, 3)
    desk.do("m1", "membership.leave", case="membership:m1", facts={"statement_date": "2006-04-14"})
    assert {"signatures": 3, "total": 9, "needed": 3} == shown(desk, case)["counts"]


def test_nothing_is_convened_by_silence(desk):
    """Thirty days to convene, with reminders to the Chairman; then he and the working body are told, no more (A04)."""
    case = registered_request(desk, 3)
    rungs = [(15, "2006-04-29 09:00", "chairman"), (0, "2006-05-15 00:00", "chairman working_body")]
    assert rungs == desk.reminders(case, "convening")
    desk.sweep("2007-01-01 10:00")
    assert ("registered", "2006-05-15 00:00") == (desk.state(case), desk.deadlines(case)["convening"])
    assert 0 == desk.ask("SELECT count(*) FROM cases WHERE procedure = 'session'")[0][0]


# ------------------------------------------------------------------------------------------------------------------ lapse


def test_after_twelve_months_it_lapses(assembly):
    """By the clock, at the end of the last day; until then one signs and registers (8.2b, A05)."""
    case = request(assembly, 2)
    assembly.do("m3", "session_request.sign", case=case, at=assembly.at(COLLECTED) - timedelta(microseconds=1))
    assert "collecting" == assembly.state(case)
    ((due, done),) = assembly.sweep("2007-05-01 10:00").done
    assert ("lapsed", "lapse", COLLECTED) == (done.state, due.act, assembly.local(done.record.effective_at))
    assert {"collection": "expired"} == assembly.deadlines(case)
    for actor, act in (("m4", "sign"), ("m1", "unsign"), ("wb", "register")):
        with assembly.refused("8.2b", codes=["state.too_late"]):
            assembly.do(actor, f"session_request.{act}", case=case)


def test_at_the_very_instant_it_has_lapsed(desk):
    """Nobody has swept: the lapse comes first all the same (8.2b)."""
    case = request(desk, 3)
    desk.sweep(COLLECTED)
    with desk.refused("8.2b"):
        register(desk, case)
    assert "lapsed" == desk.state(case)


def test_nobody_lapses_or_satisfies_it(desk):
    """The clock lapses, a session satisfies: no person does (8.2b)."""
    case = registered_request(desk, 3)
    for act, office in (("satisfy", None), ("satisfy", "consequence"), ("lapse", "clock")):
        for actor in ("ch", "wb", "m1"):
            with desk.forbidden():
                desk.do(actor, f"session_request.{act}", case=case, office=office)
