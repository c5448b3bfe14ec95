"""Resolutions of a session: more than half of those present when the vote was opened; dissent; force (8.3, 8.4, 3, 20.2)."""

import pytest

from machines.sitting import list_digest
from tests.assembly import Assembly, paper
from tests.sittings import (
    announced_session,
    convened_session,
    count,
    open_session,
    registering,
    resolution,
    shown,
    vote,
    voting_session,
)

REASON = {"reason": "Not prepared"}


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine: six are a quorum, and of six more than half are four."""
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


def in_session(assembly, method, present=6):
    """Return an open session with a method and a resolution whose vote is open."""
    session = open_session(assembly, members(assembly, present), method=method)
    return session, voting_session(assembly, session)


def close(assembly, case):
    return assembly.do("ch", "resolution.close_vote", case=case)


def check(assembly, session, act, people):
    assembly.do("wb", f"session.{act}", case=session, facts={"members": people}, seen=None)


# ---------------------------------------------------------------------------------------------------------------- listing


@pytest.mark.parametrize(("actor", "done"), [("ch", True), ("wb", True), ("d1", False), ("m1", False)])
def test_chairman_and_working_body_put_resolutions(desk, actor, done):
    """Whichever of its kinds, to a session that is ahead or open (8.4.5)."""
    session = convened_session(desk)
    for kind in ("mazhilis_election", "programme_document", "member_report", "regulation_amendment", "other"):
        facts = {"session": session.number, "kind": kind}
        if done:
            assert "listed" == desk.do(actor, "resolution.list", facts=facts).state
        else:
            with desk.forbidden():
                desk.do(actor, "resolution.list", facts=facts)


def test_a_resolution_is_put_to_a_session_ahead_or_open(desk):
    """While it registers, is open or paused, too; not to one that is over (8.4.5)."""
    session = registering(desk, members(desk, 6))
    steps = [("open", {}), ("pause", {}), ("resume", {})]
    for act, facts in steps:
        listed = resolution(desk, session)
        session = desk.do("ch", f"session.{act}", case=session, facts=facts)
        desk.do("ch", "resolution.remove", case=listed, facts=REASON)
    session = desk.do("ch", "session.close", case=session)
    for over in (session, desk.do("ch", "session.record", case=session, facts={"minutes": paper("2006-06-20")})):
        with desk.refused("8.4.5", codes=["resolution.session_over"]):
            resolution(desk, over)
    with desk.wrong_facts("session"):
        resolution(desk, "S-2006-0099")
    with desk.wrong_facts("kind"):
        resolution(desk, session, kind="candidacy")


def test_a_listed_resolution_is_removed_by_the_chairman(desk):
    """Before its vote; a vote that is open is closed (8.4.5)."""
    session, case = in_session(desk, "roll_call")
    with desk.refused("8.4.5", codes=["state.too_late"]):
        desk.do("ch", "resolution.remove", case=case, facts=REASON)
    listed = resolution(desk, session)
    with desk.forbidden():
        desk.do("wb", "resolution.remove", case=listed, facts=REASON)
    assert "removed" == desk.do("ch", "resolution.remove", case=listed, facts=REASON).state


# ------------------------------------------------------------------------------------------------------- opening the vote


def test_a_vote_needs_an_open_session_a_quorum_and_a_method(desk):
    """Everything that stands in the way is told at once (8.3a, 8.3c, A10; edge cases F1, F6)."""
    ahead = resolution(desk, announced_session(desk))
    with desk.refused(
        "8.3a", "8.3c", codes=["resolution.session_not_open", "session.no_quorum", "resolution.no_method"]
    ):
        desk.do("ch", "resolution.open_vote", case=ahead)
    session = open_session(desk, members(desk, 6))
    case = resolution(desk, session)
    with desk.refused("8.3c", codes=["resolution.no_method"]):
        desk.do("ch", "resolution.open_vote", case=case)
    desk.do("ch", "session.set_method", case=session, facts=count(6) | {"method": "roll_call"})
    check(desk, session, "check_out", ["m1"])
    with desk.refused("8.3a", codes=["session.no_quorum"]):
        desk.do("ch", "resolution.open_vote", case=case)
    check(desk, session, "check_in", ["m1"])
    with desk.forbidden():
        desk.do("d1", "resolution.open_vote", case=case)
    assert "voting" == desk.do("ch", "resolution.open_vote", case=case).state


def test_one_vote_at_a_time(desk):
    """Another vote of the session is open (8.3b; edge case F9)."""
    session, first = in_session(desk, "roll_call")
    second = resolution(desk, session)
    with desk.refused("8.3b", codes=["resolution.another_vote"]):
        desk.do("ch", "resolution.open_vote", case=second)
    close(desk, first)
    assert "voting" == desk.do("ch", "resolution.open_vote", case=second).state


def test_those_present_at_the_opening_are_frozen(assembly):
    """How many they are and the digest of the list are shown; who comes later is not on it (8.3b, A11)."""
    session, case = in_session(assembly, "roll_call", present=7)
    check(assembly, session, "check_in", ["d1", "ch"])
    expected = {"total": 7, "digest": list_digest(members(assembly, 7))}
    assert expected == shown(assembly, case)["electorate"] == assembly.facts(case)["electorate"]
    assert {"needed": 4, "present": 7, "for": 0, "against": 0, "abstain": 0} == shown(assembly, case)["counts"]


# ------------------------------------------------------------------------------------------------------------- roll call


def test_who_votes_in_a_roll_call(assembly):
    """Members who are present and were when the vote was opened (8.3b, A11); nobody else."""
    session, case = in_session(assembly, "roll_call")
    check(assembly, session, "check_in", ["d1"])
    with assembly.refused("8.3b", codes=["vote.came_after_the_opening"]):
        vote(assembly, case, ["d1"])
    with assembly.refused("8.3b", codes=["vote.not_in_the_hall"]):
        vote(assembly, case, ["ch"])
    for stranger in ("p:A", "wb", "a:Kostanay"):
        with assembly.forbidden():
            vote(assembly, case, [stranger])
    vote(assembly, case, ["m1"], seen=None)
    check(assembly, session, "check_out", ["m2"])
    with assembly.refused("8.3b", codes=["vote.not_in_the_hall"]):
        vote(assembly, case, ["m2"])
    check(assembly, session, "check_in", ["m2"])
    vote(assembly, case, ["m2"], "against")
    assert {"for": 1, "against": 1, "present": 6}.items() <= shown(assembly, case)["counts"].items()


@pytest.mark.parametrize(
    ("method", "actor", "act", "facts"),
    [
        ("roll_call", "m1", "vote", {"choice": "for"}),
        ("show_of_hands", "wb", "enter_count", count(4)),
        ("roll_call", "ch", "close_vote", {}),
    ],
)
def test_nobody_votes_in_a_pause(desk, method, actor, act, facts):
    """A paused session does not vote; what was open goes on when it goes on (8.3a)."""
    session, case = in_session(desk, method)
    desk.do("ch", "session.pause", case=session)
    with desk.refused("8.3a", codes=["resolution.session_not_open"]):
        desk.do(actor, f"resolution.{act}", case=case, facts=facts)
    desk.do("ch", "session.resume", case=session)
    desk.do(actor, f"resolution.{act}", case=case, facts=facts)


def test_by_name_the_last_vote_counts(desk):
    """Until the closing one may vote otherwise; one ballot a member (8.3b; edge case C16)."""
    _, case = in_session(desk, "roll_call")
    for choice in ("for", "abstain", "against"):
        vote(desk, case, ["m1"], choice)
    assert {"for": 0, "against": 1, "abstain": 0}.items() <= shown(desk, case)["counts"].items()
    assert {"needed": 4, "missing": 4, "decided": False, "silent": 5} == shown(desk, case)["proof"]


@pytest.mark.parametrize(
    ("present", "votes", "state"),
    [
        (6, (3, 3, 0), "not_adopted"),  # a tie: no casting vote
        (6, (3, 0, 3), "not_adopted"),  # abstentions stay in the denominator
        (6, (3, 0, 0), "not_adopted"),  # so do the silent
        (6, (4, 2, 0), "adopted"),
        (7, (4, 3, 0), "adopted"),
        (7, (3, 0, 0), "not_adopted"),
        (6, (0, 0, 0), "not_adopted"),
    ],
)
@pytest.mark.parametrize("method", ["roll_call", "secret", "show_of_hands"])
def test_more_than_half_of_those_present_decide(desk, method, present, votes, state):
    """Strictly more than half of those present at the opening, by every method (8.3b, A11; edge cases A5 to A9, A19)."""
    _, case = in_session(desk, method, present)
    people = iter(members(desk, present))
    if method == "show_of_hands":
        desk.do("wb", "resolution.enter_count", case=case, facts=count(*votes))
    else:
        for choice, number in zip(("for", "against", "abstain"), votes, strict=True):
            vote(desk, case, [next(people) for _ in range(number)], choice)
    assert state == close(desk, case).state
    needed = present // 2 + 1
    assert count(*votes) | {"present": present, "needed": needed} == shown(desk, case)["counts"]
    assert {"needed": needed, "missing": max(0, needed - votes[0]), "decided": True} == shown(desk, case)["proof"]


def test_who_leaves_the_hall_or_the_assembly_has_voted(assembly):
    """Those present at the opening stay in the denominator, and their votes count, even if they leave (8.3b, A11)."""
    session, case = in_session(assembly, "roll_call")
    vote(assembly, case, members(assembly, 4))
    check(assembly, session, "check_out", ["m1", "m5"])
    assembly.do("m2", "membership.leave", case="membership:m2", facts={"statement_date": "2006-06-20"})
    with assembly.forbidden():
        vote(assembly, case, ["m2"], "against")
    case = close(assembly, case)
    assert ("adopted", 4, 6) == (case.state, *(shown(assembly, case)["counts"][name] for name in ("for", "present")))


def test_a_vote_that_is_open_survives_the_quorum(desk):
    """The quorum is asked for when a vote is opened: who leaves during it does not undo it (8.3a, A10)."""
    session, case = in_session(desk, "roll_call")
    vote(desk, case, members(desk, 4))
    check(desk, session, "check_out", members(desk, 6))
    assert "adopted" == close(desk, case).state


def test_after_the_closing_nobody_votes(desk):
    """A vote is closed once, by the Chairman (8.3b)."""
    _, case = in_session(desk, "roll_call")
    for actor in ("d1", "wb", "m1"):
        with desk.forbidden():
            desk.do(actor, "resolution.close_vote", case=case)
    case = close(desk, case)
    for actor, act, facts in (
        ("m1", "vote", {"choice": "for"}),
        ("wb", "enter_count", count(4)),
        ("ch", "close_vote", {}),
    ):
        with desk.refused("8.3b", codes=["state.too_late"]):
            desk.do(actor, f"resolution.{act}", case=case, facts=facts)


# ----------------------------------------------------------------------------------------------------------- show of hands


def test_a_show_of_hands_is_counted(desk):
    """Votes are not cast one by one; the working body enters the count, and corrects it until the closing (8.3c)."""
    _, case = in_session(desk, "show_of_hands")
    with desk.refused("8.3c", codes=["resolution.by_show_of_hands"]):
        vote(desk, case, ["m1"])
    with desk.forbidden():
        desk.do("ch", "resolution.enter_count", case=case, facts=count(4))
    case = desk.do("wb", "resolution.enter_count", case=case, facts=count(6))
    case = desk.do("wb", "resolution.enter_count", case=case, facts=count(3, 3))
    assert {"needed": 4, "missing": 1, "decided": False, "silent": 0} == shown(desk, case)["proof"]
    assert "not_adopted" == close(desk, case).state


def test_a_count_does_not_exceed_those_present_at_the_opening(desk):
    """Who came later was not counted, who left was (8.3b, A11; edge case A18)."""
    session, case = in_session(desk, "show_of_hands")
    check(desk, session, "check_in", ["d1", "ch"])
    with desk.refused("8.3b", codes=["vote.more_than_present_in_the_hall"]):
        desk.do("wb", "resolution.enter_count", case=case, facts=count(4, 2, 1))
    check(desk, session, "check_out", ["m1", "m2"])
    assert "voting" == desk.do("wb", "resolution.enter_count", case=case, facts=count(4, 2)).state


@pytest.mark.parametrize("method", ["roll_call", "secret"])
def test_only_a_show_of_hands_is_entered_as_a_count(desk, method):
    """Nobody enters a count for a vote by name or a secret one (8.3c)."""
    _, case = in_session(desk, method)
    with desk.refused("8.3c", codes=["resolution.not_by_show_of_hands"]):
        desk.do("wb", "resolution.enter_count", case=case, facts=count(4))


# ------------------------------------------------------------------------------------------------------------ secret vote


def test_a_secret_vote_is_cast_once(assembly):
    """Nobody knows it, so nobody changes it (8.3c); before the end no sum is shown."""
    _, case = in_session(assembly, "secret")
    vote(assembly, case, ["m1", "m2"])
    with assembly.refused("8.3c", codes=["resolution.secret_vote_twice"]):
        vote(assembly, case, ["m1"], "against")
    assert {"present": 6, "needed": 4} == shown(assembly, case)["counts"]
    assert "proof" not in shown(assembly, case)
    vote(assembly, case, ["m3", "m4"], "against")
    close(assembly, case)
    assert count(2, 2) | {"present": 6, "needed": 4} == shown(assembly, case)["counts"]


def test_nobody_casts_a_secret_vote_for_another(desk):
    """The working body enters votes by name from a paper, a secret one never: neither for a member nor for itself (8.3c)."""
    session, case = in_session(desk, "roll_call")
    paper_vote = {"facts": {"choice": "for"}, "on_behalf_of": "m1", "document": paper("2006-06-20", kind="sheet")}
    desk.do("wb", "resolution.vote", case=case, **paper_vote)
    close(desk, case)
    desk.do("ch", "session.set_method", case=session, facts=count(6) | {"method": "secret"})
    case = voting_session(desk, session)
    with desk.refused("8.3c", codes=["resolution.secret_vote_for_another"]):
        desk.do("wb", "resolution.vote", case=case, **paper_vote)
    desk.do("wb", "office.assume", facts={"person": "m2", "office": "working_body", "since": "2006-06-20"})
    with desk.refused("8.3c", codes=["resolution.secret_vote_for_another"]):
        desk.do("m2", "resolution.vote", case=case, **paper_vote | {"on_behalf_of": "m2"})
    desk.do("m2", "resolution.vote", case=case, facts={"choice": "for"})


def test_a_refused_secret_vote_may_be_cast_afterwards(desk):
    """Who was refused has not taken part (edge case C3)."""
    session, case = in_session(desk, "secret")
    check(desk, session, "check_out", ["m1"])
    with desk.refused("8.3b", codes=["vote.not_in_the_hall"]):
        vote(desk, case, ["m1"])
    check(desk, session, "check_in", ["m1"])
    vote(desk, case, ["m1"])
    assert ["m1"] == [person for (person,) in desk.ask("SELECT person_id FROM participations")]


# --------------------------------------------------------------------------------------------------------- force, dissent


@pytest.mark.parametrize(
    ("kind", "force"),
    [
        ("mazhilis_election", "binding"),
        *(
            (kind, "recommendatory")
            for kind in ("programme_document", "member_report", "regulation_amendment", "other")
        ),
    ],
)
def test_the_force_of_a_decision(desk, kind, force):
    """Binding for the election to the Mazhilis, recommendatory otherwise; shown from the start (3.1, 3.2)."""
    session = open_session(desk, members(desk, 6), method="roll_call")
    case = resolution(desk, session, kind=kind)
    assert {"force": force} == shown(desk, case)
    case = desk.do("ch", "resolution.open_vote", case=case)
    assert force == shown(desk, case)["force"] == shown(desk, close(desk, case))["force"]


def test_a_dissenting_opinion_stands(assembly):
    """A member's opinion stands in the minutes of what was decided, and cannot be removed (20.2)."""
    _, case = in_session(assembly, "roll_call")
    with assembly.refused("20.2", codes=["state.comes_later"]):
        assembly.do("m1", "resolution.dissent", case=case, facts={"opinion": "Too early"})
    case = close(assembly, case)
    for person, opinion in (("m1", "Too late"), ("ch", "Not mine"), ("m1", "And too long")):
        case = assembly.do(person, "resolution.dissent", case=case, facts={"opinion": opinion})
    with assembly.forbidden():
        assembly.do("p:A", "resolution.dissent", case=case, facts={"opinion": "Nor mine"})
    with assembly.wrong_facts("opinion"):
        assembly.do("m1", "resolution.dissent", case=case, facts={"opinion": " "})
    expected = [
        {"by": "m1", "opinion": "Too late"},
        {"by": "ch", "opinion": "Not mine"},
        {"by": "m1", "opinion": "And too long"},
    ]
    assert expected == assembly.facts(case)["dissents"]
    assert ["wb"] * 3 == assembly.messages("resolution.dissented")
