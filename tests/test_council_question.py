"""Questions of a meeting of the Council: two thirds of all its members decide (9.2, 14.2a, 7.2b)."""

import pytest

from machines.sitting import list_digest
from tests.assembly import Assembly, admissible, paper
from tests.sittings import (
    MEETING,
    convened_meeting,
    count,
    drafted_meeting,
    open_meeting,
    question,
    seats,
    shown,
    vote,
    voting,
)

REASON = {"reason": "Not prepared"}


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine: two thirds of it are six."""
    assembly = Assembly(database, members=12, council=9)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=12, council=9)


def close(assembly, case, by="d1"):
    return assembly.do(by, "council_question.close_vote", case=case)


def candidacy_at(assembly, present, **facts):
    """Return a candidacy, its question that is listed, and the open meeting."""
    candidacy = admissible(assembly)
    meeting = open_meeting(assembly, seats(assembly, present))
    return candidacy, question(assembly, meeting, kind="candidacy", subject=candidacy.number, **facts), meeting


# ---------------------------------------------------------------------------------------------------------------- listing


@pytest.mark.parametrize(("actor", "done"), [("d1", True), ("wb", True), ("ch", False), ("m1", False)])
def test_deputies_and_working_body_put_questions(desk, actor, done):
    """The agenda of the Council is made by its deputies and the working body (9.2a)."""
    facts = {"meeting": drafted_meeting(desk).number, "kind": "other", "text": "Language policy"}
    if done:
        assert "listed" == desk.do(actor, "council_question.list", facts=facts).state
    else:
        with desk.forbidden():
            desk.do(actor, "council_question.list", facts=facts)


def test_a_question_is_put_to_a_meeting_ahead_or_open(desk):
    """Not to one that has been held, recorded or cancelled (9.2a)."""
    gone, held = drafted_meeting(desk), open_meeting(desk, ())
    assert "listed" == question(desk, held).state
    desk.do("d1", "council_meeting.cancel", case=gone, facts=REASON)
    desk.do("d1", "council_question.remove", case="K-2006-0001", facts=REASON)
    held = desk.do("d1", "council_meeting.close", case=held)
    for over in (
        gone,
        held,
        desk.do("d1", "council_meeting.record", case=held, facts={"minutes": paper("2006-05-16")}),
    ):
        with desk.refused("9.2a", codes=["council_question.meeting_over"]):
            question(desk, over)


def test_what_a_question_is_about(desk):
    """A candidacy is a case of the register of candidacies (14.2a), a recommendation names a person (7.2b)."""
    meeting = drafted_meeting(desk)
    for subject in ({}, {"subject": "C-2006-0099"}, {"subject": "p:A"}):
        with desk.refused("14.2a", codes=["council_question.no_candidacy"]):
            question(desk, meeting, kind="candidacy", **subject)
    for subject in ({}, {"subject": "nobody"}):
        with desk.refused("7.2b", codes=["council_question.names_nobody"]):
            question(desk, meeting, kind="deputy_recommendation", **subject)
    with desk.wrong_facts("meeting"):
        question(desk, "L-2006-0099")


def test_only_an_admissible_candidacy_is_listed_and_once(desk):
    """A candidacy is listed when it is admissible, and not twice, whichever the meeting (14.2a)."""
    case, meeting, other = admissible(desk), drafted_meeting(desk), drafted_meeting(desk)
    first = question(desk, meeting, kind="candidacy", subject=case.number)
    for again in (meeting, other):
        with desk.refused("14.2a", codes=["council_question.listed_already"]):
            question(desk, again, kind="candidacy", subject=case.number)
    desk.do("d1", "council_question.remove", case=first, facts=REASON)
    assert "listed" == question(desk, other, kind="candidacy", subject=case.number).state
    desk.do("p:A", "candidacy.withdraw", case=case)
    with desk.refused("14.2a", codes=["council_question.not_admissible"]):
        question(desk, meeting, kind="candidacy", subject=case.number)


def test_a_question_is_removed_before_its_vote(desk):
    """A deputy removes what is listed; what is voted on is decided (9.2a)."""
    meeting = open_meeting(desk, seats(desk, 9))
    case = question(desk, meeting)
    with desk.forbidden():
        desk.do("wb", "council_question.remove", case=case, facts=REASON)
    assert "removed" == desk.do("d2", "council_question.remove", case=case, facts=REASON).state
    case = voting(desk, meeting)
    with desk.refused("9.2a"):
        desk.do("d1", "council_question.remove", case=case, facts=REASON)


# ------------------------------------------------------------------------------------------------------ opening the vote


def test_the_council_votes_in_an_open_meeting(desk):
    """A vote is opened in a meeting that is open (9.2c), by who presides: a deputy or the Chairman."""
    case = question(desk, convened_meeting(desk))
    with desk.refused("9.2c", codes=["council_question.meeting_not_open"]):
        desk.do("d1", "council_question.open_vote", case=case)
    desk.do("d1", "council_meeting.open", case="L-2006-0001", at=MEETING)
    with desk.forbidden():
        desk.do("wb", "council_question.open_vote", case=case)
    assert "voting" == desk.do("ch", "council_question.open_vote", case=case).state


def test_one_vote_at_a_time(desk):
    """While a vote of the meeting is open no other one is opened (9.2c; edge case F9); of another meeting it may be."""
    meeting = open_meeting(desk, seats(desk, 9))
    first, second, other = voting(desk, meeting), question(desk, meeting), open_meeting(desk, ())
    with desk.refused("9.2c", codes=["council_question.another_vote"]):
        desk.do("d1", "council_question.open_vote", case=second)
    assert "voting" == voting(desk, other).state
    close(desk, first)
    assert "voting" == desk.do("d1", "council_question.open_vote", case=second).state


@pytest.mark.parametrize(("present", "opened"), [(5, False), (6, True)])
def test_a_candidacy_needs_two_thirds_present(desk, present, opened):
    """A meeting that could adopt nothing does not consider a candidacy (9.2c, C06); other questions it may discuss."""
    _, case, meeting = candidacy_at(desk, present)
    if opened:
        assert "voting" == desk.do("d1", "council_question.open_vote", case=case).state
        return
    with desk.refused("9.2c", codes=["council_question.too_few_present"]):
        desk.do("d1", "council_question.open_vote", case=case)
    assert "voting" == voting(desk, meeting).state


def test_a_candidacy_withdrawn_before_the_vote_is_not_voted_on(desk):
    """What is not admissible any more is not considered (14.2a); its question is removed."""
    candidacy, case, _ = candidacy_at(desk, 9)
    desk.do("p:A", "candidacy.withdraw", case=candidacy)
    with desk.refused("14.2a", codes=["council_question.not_admissible"]):
        desk.do("d1", "council_question.open_vote", case=case)
    assert "removed" == desk.do("d1", "council_question.remove", case=case, facts=REASON).state


# ------------------------------------------------------------------------------------------------------------- to vote


def test_who_may_vote(assembly):
    """Members of the Council who are present, in a vote that is open (9.2c)."""
    meeting = open_meeting(assembly, seats(assembly, 8))
    case = question(assembly, meeting)
    with assembly.refused("9.2c", codes=["state.comes_later"]):
        vote(assembly, case, ["m1"])
    case = assembly.do("d1", "council_question.open_vote", case=case)
    with assembly.forbidden():  # a member of the Assembly, not of the Council
        vote(assembly, case, ["d1"])
    with assembly.refused("9.2c", codes=["vote.not_present"]):
        vote(assembly, case, ["m9"])
    with assembly.wrong_facts("choice"):
        vote(assembly, case, ["m1"], "yes")
    vote(assembly, case, ["m1"], "abstain", seen=None)
    assembly.do("wb", "council_meeting.check_in", case=meeting, facts={"members": ["m9"]}, seen=None)
    vote(assembly, case, ["m9"])
    assembly.do("wb", "council_meeting.check_out", case=meeting, facts={"members": ["m9"]}, seen=None)
    with assembly.refused("9.2c", codes=["vote.not_present"]):
        vote(assembly, case, ["m9"], "against")
    assert {"for": 1, "abstain": 1, "against": 0}.items() <= shown(assembly, case)["counts"].items()


def test_the_last_vote_counts(desk):
    """One may change one's mind until the vote is closed: one ballot a member, all in the journal (edge case C16)."""
    case = voting(desk, open_meeting(desk, seats(desk, 9)))
    for choice in ("for", "against", "abstain", "for"):
        vote(desk, case, ["m1"], choice)
    assert (1, 0, 0) == tuple(shown(desk, case)["counts"][choice] for choice in ("for", "against", "abstain"))
    assert 4 == desk.acts(case).count("vote")
    assert [("m1", "for")] == desk.ask("SELECT person_id, choice FROM ballots WHERE number = ?", case.number)


def test_a_count_or_names_not_both(desk):
    """Who votes by name votes by name: a count is refused then, and names after a count, even one of nobody (9.2c)."""
    meeting = open_meeting(desk, seats(desk, 9))
    case = voting(desk, meeting)
    vote(desk, case, ["m1"])
    with desk.refused("9.2c", codes=["vote.by_name_already"]):
        desk.do("wb", "council_question.enter_count", case=case, facts=count(6))
    close(desk, case)
    case = desk.do("wb", "council_question.enter_count", case=voting(desk, meeting), facts=count(0))
    with desk.refused("9.2c", codes=["vote.count_entered"]):
        vote(desk, case, ["m1"])
    case = desk.do("wb", "council_question.enter_count", case=case, facts=count(6, 2, 1))
    assert {"for": 6, "against": 2, "abstain": 1}.items() <= shown(desk, case)["counts"].items()
    assert "adopted" == close(desk, case).state


def test_who_has_voted_and_left_has_voted_by_name(desk):
    """A count does not replace names because the only one who voted has left the Council (9.2c)."""
    case = voting(desk, open_meeting(desk, seats(desk, 9)))
    vote(desk, case, ["m1"])
    desk.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    with desk.refused("9.2c", codes=["vote.by_name_already"]):
        desk.do("wb", "council_question.enter_count", case=case, facts=count(8))


def test_a_count_does_not_exceed_those_present(desk):
    """More votes than are present are refused (9.2c; edge case A18); who checks in, counts."""
    meeting = open_meeting(desk, seats(desk, 8))
    case = voting(desk, meeting)
    with desk.refused("9.2c", codes=["vote.more_than_present"]):
        desk.do("wb", "council_question.enter_count", case=case, facts=count(6, 2, 1))
    with desk.wrong_facts("against"):
        desk.do("wb", "council_question.enter_count", case=case, facts=count(6, -1))
    with desk.forbidden():
        desk.do("d1", "council_question.enter_count", case=case, facts=count(6))
    desk.do("wb", "council_meeting.check_in", case=meeting, facts={"members": seats(desk, 9)}, seen=None)
    assert "voting" == desk.do("wb", "council_question.enter_count", case=case, facts=count(6, 2, 1)).state


# -------------------------------------------------------------------------------------------------------- closing the vote


@pytest.mark.parametrize(
    ("in_favour", "state", "missing"), [(5, "not_adopted", 1), (6, "adopted", 0), (9, "adopted", 0)]
)
def test_two_thirds_of_all_decide(desk, in_favour, state, missing):
    """Six of nine are two thirds of all; who is absent or silent is not for (9.2c, B03; edge cases A1, A9)."""
    case = voting(desk, open_meeting(desk, seats(desk, 9)))
    vote(desk, case, seats(desk, in_favour))
    assert {"needed": 6, "missing": missing, "decided": False, "silent": 9 - in_favour} == shown(desk, case)["proof"]
    case = close(desk, case, by="ch")
    assert state == case.state
    assert {"for": in_favour, "against": 0, "abstain": 0, "present": 9, "total": 9, "needed": 6} == shown(desk, case)[
        "counts"
    ]
    assert {"needed": 6, "missing": missing, "decided": True} == shown(desk, case)["proof"]


def test_votes_of_who_has_left_the_council_do_not_count(assembly):
    """Of a Council's question those count who are still in the Council, and the total is that of the closing (A07)."""
    case = voting(assembly, open_meeting(assembly, seats(assembly, 9)))
    vote(assembly, case, seats(assembly, 6))
    assembly.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    assert {"for": 5, "total": 8, "needed": 6}.items() <= shown(assembly, case)["counts"].items()
    assert "not_adopted" == close(assembly, case).state


def test_who_leaves_the_hall_has_voted(desk):
    """Checked out after voting, one is not present, but one's vote counts: it is of all members of the Council."""
    meeting = open_meeting(desk, seats(desk, 6))
    case = voting(desk, meeting)
    vote(desk, case, seats(desk, 6))
    desk.do("wb", "council_meeting.check_out", case=meeting, facts={"members": seats(desk, 6)}, seen=None)
    case = close(desk, case)
    assert ("adopted", 0, 6) == (case.state, shown(desk, case)["counts"]["present"], shown(desk, case)["counts"]["for"])


def test_the_list_of_the_council_is_frozen_at_opening_and_closing(assembly):
    """Who made up the Council is shown as a digest at both moments, and the difference is told (A07)."""
    case = voting(assembly, open_meeting(assembly, seats(assembly, 9)))
    before = set(assembly.holding("council_member"))
    assert {"opening": {"total": 9, "digest": list_digest(before)}} == shown(assembly, case)["electorate"]
    assembly.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    facts = {"person": "d1", "category": "other_member", "order": paper("2006-05-16")}
    for person in ("d1", "d2"):
        assembly.do("ch", "council_seat.open", facts=facts | {"person": person})
    close(assembly, case)
    after = set(assembly.holding("council_member"))
    told = shown(assembly, case)["electorate"]
    assert {"total": 10, "digest": list_digest(after)} == told["closing"]
    assert (2, 1) == (told["joined"], told["left"])
    rows = assembly.ask("SELECT moment, person_id FROM electors WHERE number = ?", case.number)
    assert {"opening": before, "closing": after} == {
        moment: {person for each, person in rows if each == moment} for moment in ("opening", "closing")
    }


def test_the_last_seat_vacated_during_the_vote(sqlite_database):
    """Two thirds of nobody are never reached: of a total of 0 nothing suffices (edge case A7)."""
    desk = Assembly(sqlite_database, members=5, council=1)
    case = voting(desk, open_meeting(desk, ["m1"]))
    vote(desk, case, ["m1"])
    desk.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    assert {"needed": 1, "missing": 1, "decided": True, "silent": 0} == shown(desk, case)["proof"]
    assert "not_adopted" == close(desk, case).state


# -------------------------------------------------------------------------------------------------------- what follows


@pytest.mark.parametrize(
    ("proposal", "in_favour", "state", "outcome"),
    [
        ("positive", 6, "adopted", "recommended"),
        ("negative", 6, "adopted", "not_recommended"),
        ("positive", 5, "not_adopted", "no_decision"),
        ("negative", 5, "not_adopted", "no_decision"),
    ],
)
def test_the_candidacy_is_considered_in_the_same_transaction(assembly, proposal, in_favour, state, outcome):
    """Adopted and positive, adopted and negative, or no decision; with the numbers (14.2a, C05)."""
    candidacy, case, _ = candidacy_at(assembly, 7, proposal=proposal)
    case = assembly.do("d1", "council_question.open_vote", case=case)
    vote(assembly, case, seats(assembly, in_favour))
    vote(assembly, case, seats(assembly, 1, first=7), "against")
    case = close(assembly, case)
    assert (state, "considered") == (case.state, assembly.state(candidacy))
    votes = {"for": in_favour, "against": 1, "abstain": 0, "present": 7, "total": 9}
    assert {"outcome": outcome, "votes": votes} == {
        name: assembly.facts(candidacy)[name] for name in ("outcome", "votes")
    }
    assert f"{case.number}/{case.seq}" == assembly.entries(candidacy)[-1].cause
    assert "closed" == assembly.deadlines(candidacy)["consideration"]


def test_a_candidacy_is_postponed_when_too_few_are_left(assembly):
    """If fewer than two thirds are present at the closing and it is not adopted, it goes to another meeting (C06)."""
    candidacy, case, meeting = candidacy_at(assembly, 6)
    case = assembly.do("d1", "council_question.open_vote", case=case)
    vote(assembly, case, seats(assembly, 5))
    assembly.do("wb", "council_meeting.check_out", case=meeting, facts={"members": ["m6"]}, seen=None)
    case = close(assembly, case)
    assert ("postponed", "admissible") == (case.state, assembly.state(candidacy))
    assert "held" == assembly.do("d1", "council_meeting.close", case=meeting).state
    again = question(assembly, convened_meeting(assembly, at=MEETING, starts="2006-05-30 10:00"),
                     kind="candidacy", subject=candidacy.number)  # fmt: skip
    assert "listed" == again.state


def test_another_question_is_not_postponed(desk):
    """Only candidacies are postponed; another question without two thirds present is not adopted (9.2c, C06)."""
    case = voting(desk, open_meeting(desk, seats(desk, 5)))
    vote(desk, case, seats(desk, 5))
    assert "not_adopted" == close(desk, case).state


def test_a_candidacy_withdrawn_during_the_vote_stays_withdrawn(assembly):
    """The question is closed as it was voted; the consequence is skipped, and the entry says so (14.2a)."""
    candidacy, case, _ = candidacy_at(assembly, 9)
    case = assembly.do("d1", "council_question.open_vote", case=case)
    vote(assembly, case, seats(assembly, 9))
    assembly.do("p:A", "candidacy.withdraw", case=candidacy)
    case = close(assembly, case)
    assert ("adopted", "withdrawn") == (case.state, assembly.state(candidacy))
    assert '"skipped"' in case.record.findings


@pytest.mark.parametrize(
    ("proposal", "in_favour", "opened"), [("positive", 6, 1), ("negative", 9, 0), ("positive", 5, 0)]
)
def test_a_deputy_is_recommended(assembly, proposal, in_favour, opened):
    """An adopted positive recommendation opens the appointment of the person named (7.2b, B14)."""
    case = voting(
        assembly,
        open_meeting(assembly, seats(assembly, 9)),
        kind="deputy_recommendation",
        subject="m3",
        proposal=proposal,
    )
    vote(assembly, case, seats(assembly, in_favour))
    close(assembly, case)
    cases = assembly.cases("deputy_appointment", "m3")
    assert [("recommended", ["recommend"])] * opened == [(assembly.state(each), assembly.acts(each)) for each in cases]


def test_a_vote_is_closed_once(desk):
    """After the closing nobody votes, counts or closes again (9.2c)."""
    case = close(desk, voting(desk, open_meeting(desk, seats(desk, 9))))
    for actor, act, facts in (
        ("m1", "vote", {"choice": "for"}),
        ("wb", "enter_count", count(6)),
        ("ch", "close_vote", {}),
    ):
        with desk.refused("9.2c", codes=["state.too_late"]):
            desk.do(actor, f"council_question.{act}", case=case, facts=facts)
