"""A session that is held: registration, quorum, the method of voting, its end and record; the yearly duty met (8.1c, 8.3)."""

from datetime import date

import pytest

from machines.refusal import Refused
from machines.rulebook import Rulebook
from tests.assembly import Assembly, paper
from tests.sittings import (
    SESSION,
    announced_session,
    count,
    open_session,
    registering,
    resolution,
    shown,
    voting_session,
)


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine: six are a quorum; `d2`, `d1` and `ch` are m7 to m9."""
    assembly = Assembly(database, members=9)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=9)


def members(assembly, number):
    """Return the first members of the Assembly."""
    return assembly.people_in[:number]


def check(assembly, case, act, people, **more):
    return assembly.do("wb", f"session.{act}", case=case, facts={"members": people}, seen=None, **more)


# ----------------------------------------------------------------------------------------------------------- registration


def test_only_members_are_checked_in(desk):
    """Guests and heads of small assemblies who are no members are not counted: the whole list is refused (8.3a)."""
    case = registering(desk)
    with desk.refused("8.3a", codes=["session.not_members"]):
        check(desk, case, "check_in", ["m1", "a:Kostanay", "p:A"])
    with desk.wrong_facts("members.1"):
        check(desk, case, "check_in", ["m1", "nobody"])
    with desk.forbidden():
        desk.do("m1", "session.check_in", case=case, facts={"members": ["m1"]})


def test_registration_is_during_the_session(desk):
    """Not before it begins, not after its end; while it is paused it goes on (8.3a)."""
    case = announced_session(desk)
    for act in ("check_in", "check_out"):
        with desk.refused("8.3a", codes=["state.comes_later"]):
            check(desk, case, act, ["m1"])
    case = open_session(desk, members(desk, 6))
    case = desk.do("ch", "session.pause", case=case)
    check(desk, case, "check_in", ["ch"])
    assert {"present": 7, "total": 9, "needed": 6} == shown(desk, case)["counts"]
    desk.do("ch", "session.close", case=case)
    with desk.refused("8.3a", codes=["state.too_late"]):
        check(desk, case, "check_in", ["d1"])


def test_nobody_is_present_twice(desk):
    """One person, one presence: twice in a list, twice checked in, out and in again (8.3a; edge case F2)."""
    case = registering(desk, ["m1", "m1", "m2"])
    check(desk, case, "check_in", ["m1", "m3"])
    assert 3 == shown(desk, case)["counts"]["present"]
    check(desk, case, "check_out", ["m1", "m2", "ch"])
    assert 1 == shown(desk, case)["counts"]["present"]
    check(desk, case, "check_in", ["m1"])
    assert 2 == shown(desk, case)["counts"]["present"]
    assert [("m1",)] * 2 == desk.ask("SELECT person_id FROM presences WHERE person_id = 'm1'")


def test_who_leaves_the_assembly_leaves_presence_and_total(assembly):
    """From the instant of leaving; who becomes a member counts at once (8.3a, A07; edge cases B4, B6)."""
    case = registering(assembly, members(assembly, 6))
    assembly.do("m1", "membership.leave", case="membership:m1", facts={"statement_date": "2006-06-20"})
    assert {"present": 5, "total": 8, "needed": 6} == shown(assembly, case)["counts"]
    enrolled = {"person": "p:A", "since": "2006-06-20", "category": "association", "order": paper("2006-06-20")}
    assembly.do("wb", "membership.enrol", facts=enrolled)
    check(assembly, case, "check_in", ["p:A"])
    assert {"present": 6, "total": 9, "needed": 6} == shown(assembly, case)["counts"]


# ----------------------------------------------------------------------------------------------------------------- quorum


@pytest.mark.parametrize(("present", "quorum"), [(0, False), (5, False), (6, True), (9, True)])
def test_two_thirds_of_all_are_a_quorum(desk, present, quorum):
    """Exactly two thirds suffice to open; with a quorum a session is not declared not competent (8.3a, A09)."""
    case = registering(desk, members(desk, present))
    first, second = ("open", "declare_not_competent") if quorum else ("declare_not_competent", "open")
    code = "session.there_is_a_quorum" if quorum else "session.no_quorum"
    with desk.refused("8.3a", codes=[code]):
        desk.do("ch", f"session.{second}", case=case)
    case = desk.do("ch", f"session.{first}", case=case)
    assert ("open" if quorum else "not_competent") == case.state
    assert {"present": present, "total": 9, "needed": 6} == desk.facts(case)["counts"] == shown(desk, case)["counts"]


@pytest.mark.parametrize("actor", ["d1", "wb", "m1"])
def test_only_the_chairman_opens(desk, actor):
    """Opening, pausing, closing a session is the Chairman's (8.1a, 8.3a)."""
    case = registering(desk, members(desk, 9))
    for act in ("open", "declare_not_competent"):
        with desk.forbidden():
            desk.do(actor, f"session.{act}", case=case)


def test_a_session_without_a_quorum_decides_nothing(desk):
    """It is over: no resolution, no opening, no closing; all deadlines are closed (8.3a, A09; edge case F7)."""
    case = desk.do("ch", "session.declare_not_competent", case=registering(desk, members(desk, 5)))
    with desk.refused("8.4.5"):
        resolution(desk, case)
    check_in = {"members": members(desk, 9)}
    for actor, act, facts in (
        ("ch", "open", {}),
        ("wb", "check_in", check_in),
        ("ch", "set_method", count(6) | {"method": "secret"}),
    ):
        with desk.refused():
            desk.do(actor, f"session.{act}", case=case, facts=facts)
    assert "open" not in desk.deadlines(case).values()


@pytest.mark.parametrize(("at", "opened"), [("2006-06-20 23:59", True), ("2006-06-21 00:00", False)])
def test_it_is_opened_on_an_announced_day(desk, at, opened):
    """Not after the last of the announced days (8.1b, A09)."""
    case = registering(desk, members(desk, 6))
    if opened:
        assert "open" == desk.do("ch", "session.open", case=case, at=at).state
        return
    desk.now = desk.at(at)
    with desk.refused("8.1b", codes=["session.after_its_last_day"]):
        desk.do("ch", "session.open", case=case)


def test_on_the_next_announced_day_it_may_still_be_opened(desk):
    """Of several announced days each may see the quorum (A09); then it is too late."""
    case = registering(desk, members(desk, 6), last_day="2006-06-21")
    assert "open" == desk.do("ch", "session.open", case=case, at="2006-06-21 23:59").state


def test_whether_officers_count_is_a_ruling(sqlite_database):
    """Under the other ruling Chairman and deputies are neither in the total nor present (A08)."""
    book = Rulebook(overrides=((date(2005, 1, 1), "members.officers_are_members", False),))
    desk = Assembly(sqlite_database, members=9, book=book)
    case = registering(desk, ["m1", "m2", "m3", "ch", "d1", "d2"])
    assert {"present": 3, "total": 6, "needed": 4} == shown(desk, case)["counts"]
    with desk.refused("8.3a", codes=["session.no_quorum"]):
        desk.do("ch", "session.open", case=case)
    check(desk, case, "check_in", ["m4"])
    case = desk.do("ch", "session.open", case=case)
    desk.do("ch", "session.set_method", case=case, facts=count(4) | {"method": "roll_call"})
    case = voting_session(desk, case)
    with desk.refused("8.3b", codes=["vote.not_in_the_hall"]):
        desk.do("ch", "resolution.vote", case=case, facts={"choice": "for"})


def test_an_opened_extraordinary_session_was_held(desk):
    """The deadline of holding is closed by the opening (8.2c)."""
    case = registering(
        desk, members(desk, 6), at="2006-04-14 10:00", kind="extraordinary", starts_at="2006-05-15 10:00"
    )
    assert "2006-05-16 00:00" == desk.deadlines(case)["hold_by"]
    assert "closed" == desk.deadlines(desk.do("ch", "session.open", case=case))["hold_by"]


# ----------------------------------------------------------------------------------------------------------------- method


@pytest.mark.parametrize(
    ("votes", "codes"),
    [
        (count(3, 3), ["vote.not_more_than_half"]),
        (count(3, 0, 0), ["vote.not_more_than_half"]),
        (count(4, 2), []),
        (count(4, 2, 1), ["vote.more_than_present_in_the_hall"]),
        (count(7), ["vote.more_than_present_in_the_hall"]),
        (count(3, 2, 2), ["vote.more_than_present_in_the_hall", "vote.not_more_than_half"]),
        (count(0), ["vote.not_more_than_half"]),
    ],
)
def test_the_session_chooses_its_method_by_more_than_half(desk, votes, codes):
    """Of those present: three of six are not more than half; every reason is named (8.3b, 8.3c, A12; edge cases A5, A19)."""
    case, facts = open_session(desk, members(desk, 6)), votes | {"method": "secret"}
    if codes:
        with desk.refused("8.3b", codes=codes):
            desk.do("ch", "session.set_method", case=case, facts=facts)
        assert "method" not in desk.facts(case)
        return
    assert "secret" == desk.facts(desk.do("ch", "session.set_method", case=case, facts=facts))["method"]


def test_no_method_without_a_quorum(desk):
    """Without a quorum nothing is decided, not even how to decide (8.3a, A10)."""
    case = open_session(desk, members(desk, 6))
    check(desk, case, "check_out", ["m1"])
    with desk.refused("8.3a", codes=["session.no_quorum"]):
        desk.do("ch", "session.set_method", case=case, facts=count(5) | {"method": "secret"})
    with desk.wrong_facts("method"):
        desk.do("ch", "session.set_method", case=case, facts=count(5) | {"method": "by_acclamation"})


def test_another_method_is_for_the_next_vote(desk):
    """The session may choose again; a vote that is open goes on as it was opened (8.3c; edge case B18)."""
    session = open_session(desk, members(desk, 6), method="roll_call")
    first = voting_session(desk, session)
    desk.do("ch", "session.set_method", case=session, facts=count(6) | {"method": "secret"})
    desk.do("m1", "resolution.vote", case=first, facts={"choice": "for"})
    assert ["m1"] == [person for (person,) in desk.ask("SELECT person_id FROM ballots")]
    desk.do("ch", "resolution.close_vote", case=first)
    second = voting_session(desk, session)
    assert ("roll_call", "secret") == (desk.facts(first)["method"], desk.facts(second)["method"])


# ------------------------------------------------------------------------------------------------------- pause, close, record


def test_a_paused_session_does_not_decide(desk):
    """It neither opens nor casts nor closes votes until it is resumed (8.3a)."""
    session = open_session(desk, members(desk, 6), method="roll_call")
    first, second = voting_session(desk, session), resolution(desk, session)
    desk.do("ch", "session.pause", case=session)
    tries = (("m1", "vote", {"choice": "for"}, first), ("ch", "close_vote", {}, first), ("ch", "open_vote", {}, second))
    for actor, act, facts, case in tries:
        with desk.unanswered(Refused) as caught:
            desk.do(actor, f"resolution.{act}", case=case, facts=facts)
        assert "resolution.session_not_open" in {refusal.code for refusal in caught[0].refusals}
    with desk.refused("8.3c", codes=["state.comes_later"]):
        desk.do("ch", "session.set_method", case=session, facts=count(6) | {"method": "secret"})
    desk.do("ch", "session.resume", case=session)
    desk.do("m1", "resolution.vote", case=first, facts={"choice": "for"})


def test_every_resolution_is_settled_before_the_end(assembly):
    """A session is not closed while a resolution is listed or voting (8.3b); nothing is listed afterwards (8.4.5)."""
    session = open_session(assembly, members(assembly, 6), method="roll_call")
    first, second = voting_session(assembly, session), resolution(assembly, session)
    with assembly.refused("8.3b", codes=["session.resolutions_open"]):
        assembly.do("ch", "session.close", case=session)
    assembly.do("ch", "resolution.close_vote", case=first)
    with assembly.refused("8.3b"):
        assembly.do("ch", "session.close", case=session)
    assembly.do("ch", "resolution.remove", case=second, facts={"reason": "Not prepared"})
    session = assembly.do("ch", "session.close", case=assembly.do("ch", "session.pause", case=session))
    with assembly.refused("8.4.5", codes=["resolution.session_over"]):
        resolution(assembly, session)
    with assembly.refused("8.3b", codes=["paper.of_a_later_day"]):
        assembly.do("ch", "session.record", case=session, facts={"minutes": paper("2006-06-21")})
    with assembly.forbidden():
        assembly.do("d1", "session.record", case=session, facts={"minutes": paper("2006-06-20")})
    session = assembly.do("ch", "session.record", case=session, facts={"minutes": paper("2006-06-20")})
    assert ("recorded", "2006-06-20") == (session.state, assembly.facts(session)["minutes"]["date"])


def test_the_counts_of_the_opening_stay_on_record(desk):
    """Who leaves the Assembly later changes nothing of what the session shows (edge case B12)."""
    session = desk.do("ch", "session.close", case=open_session(desk, members(desk, 7)))
    desk.do("m1", "membership.leave", case="membership:m1", facts={"statement_date": SESSION[:10]})
    assert {"present": 7, "total": 9, "needed": 6} == shown(desk, session, at="2007-01-01 10:00")["counts"]
