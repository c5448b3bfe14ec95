"""What fails in the middle leaves nothing: every statement of the acts of sittings fails once, at its turn (8, 9)."""

import json

import pytest

from benchmarks.faults import before_every_statement
from machines.perform import perform
from machines.refusal import Refused
from machines.settle import act_settled, clock_act, due_deadlines, settle
from tests.assembly import Assembly, admissible
from tests.sittings import (
    convened_meeting,
    count,
    extraordinary,
    open_meeting,
    open_poll,
    open_session,
    question,
    registered_request,
    registering,
    request,
    resolution,
    seats,
    shown,
    vote,
    voting,
    voting_session,
)
from tests.test_annual_session import serving


class PowerCut(Exception):
    """What happens in the middle."""


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine."""
    assembly = Assembly(database, members=12, council=9)
    yield assembly
    assembly.assert_replayable()


def fail_at_every_statement(assembly, do):
    """Let *do* fail at its first statement, its second, and so on; nothing may be written until it is done once."""
    before, done = assembly.rows(), None
    for turn in range(1, 500):
        try:
            with assembly.database.transaction() as db:
                cut_at(db, turn)
                done = do(db)
            break
        except PowerCut:
            assert before == assembly.rows(), turn
    assert turn > 5
    assert done is not None
    return done


def cut_at(db, turn):
    """Cut the power at one statement of a transaction."""
    left = [turn]

    def look(sql):
        left[0] -= 1
        if left[0] == 0:
            raise PowerCut(sql)

    before_every_statement(db, look)


def acting(assembly, *told, **more):
    act = assembly.act(*told, **more)
    return lambda db: perform(db, act, assembly.book)


def test_a_question_and_its_candidacy_move_together(assembly):
    """The closing of a vote and the consideration of the candidacy are one transaction (9.2c, 14.2a)."""
    candidacy, meeting = admissible(assembly), open_meeting(assembly, seats(assembly, 9))
    case = voting(assembly, meeting, kind="candidacy", subject=candidacy.number)
    vote(assembly, case, seats(assembly, 6))
    fail_at_every_statement(assembly, acting(assembly, "d1", "council_question.close_vote", case=case))
    assert ("adopted", "considered") == (assembly.state(case), assembly.state(candidacy))


def test_a_secret_vote_is_cast_wholly_or_not_at_all(assembly):
    """Who took part and the sums are written together: a vote that failed may be cast again (8.3c; edge case C3)."""
    case = voting_session(assembly, open_session(assembly, assembly.people_in, method="secret"))
    fail_at_every_statement(
        assembly, acting(assembly, "m1", "resolution.vote", case=case, facts={"choice": "for"}, key="k")
    )
    again = assembly.act("m1", "resolution.vote", case=case, facts={"choice": "against"}, key="k", seen=None)
    assert act_settled(assembly.database.transaction, again, assembly.book).replay
    assembly.do("ch", "resolution.close_vote", case=case)
    assert count(1).items() <= shown(assembly, case)["counts"].items()


def test_the_clock_closes_a_poll_wholly(assembly):
    """The outcome, the frozen list and the recommendation (9.2c, 7.2b)."""
    case = open_poll(assembly, kind="deputy_recommendation", subject="m5")
    vote(assembly, case, seats(assembly, 6))
    closing = assembly.at("2010-03-11 00:00")

    def close(db):
        due = next(due_deadlines(db, closing, 1))
        return perform(db, clock_act(due, closing), assembly.book)

    fail_at_every_statement(assembly, close)
    assert ("adopted", 1) == (assembly.state(case), len(assembly.cases("deputy_appointment", "m5")))
    assert () == settle(assembly.database.transaction, closing, assembly.book).done


def test_a_session_and_the_yearly_duty_move_together(database):
    """The opening with a quorum meets the duty of the year (8.1c)."""
    assembly = serving(database)
    case = registering(assembly, assembly.people_in[:6])
    fail_at_every_statement(assembly, acting(assembly, "ch", "session.open", case=case))
    assert "met" == assembly.ask("SELECT state FROM cases WHERE procedure = 'annual_session'")[0][0]
    assembly.assert_replayable()


def test_a_session_and_its_request_move_together(assembly):
    """Convening satisfies the request (8.2b)."""
    asked = registered_request(assembly, 4)
    facts = extraordinary(ground="request", request=asked.number, agenda=["Language"])
    fail_at_every_statement(assembly, acting(assembly, "ch", "session.convene", facts=facts))
    assert "satisfied" == assembly.state(asked)


def test_a_sitting_and_its_questions_are_cancelled_together(assembly):
    """All that is listed is removed, or nothing is cancelled (9.3d, 8.1a)."""
    meeting, session = (
        convened_meeting(assembly),
        assembly.do("ch", "session.convene", facts=extraordinary(), at="2006-05-10 10:00"),
    )
    listed = [
        question(assembly, meeting),
        question(assembly, meeting),
        resolution(assembly, session),
        resolution(assembly, session),
    ]
    reason = {"reason": "The hall is closed"}
    fail_at_every_statement(assembly, acting(assembly, "d1", "council_meeting.cancel", case=meeting, facts=reason))
    fail_at_every_statement(assembly, acting(assembly, "ch", "session.cancel", case=session, facts=reason))
    assert {"removed"} == set(map(assembly.state, listed))


def test_presence_and_signatures_are_written_with_their_entries(assembly):
    """Neither a presence nor a signature without an entry, nor an entry without it (8.2b, 8.3a)."""
    session, asked = registering(assembly), request(assembly)
    facts = {"members": assembly.people_in}
    fail_at_every_statement(assembly, acting(assembly, "wb", "session.check_in", case=session, facts=facts))
    fail_at_every_statement(assembly, acting(assembly, "m2", "session_request.sign", case=asked))
    fail_at_every_statement(assembly, acting(assembly, "m2", "session_request.unsign", case=asked))
    assert (12, 0) == (shown(assembly, session)["counts"]["present"], shown(assembly, asked)["counts"]["signatures"])


# -------------------------------------------------------------------------------------------------------------- other doors


def test_a_key_of_another_vote_is_not_taken(assembly):
    """The same key for another choice by name is an error; of a secret vote it is the first answer again (8.3c)."""
    session = open_session(assembly, assembly.people_in, method="roll_call")
    case = voting_session(assembly, session)
    assembly.do("m1", "resolution.vote", case=case, facts={"choice": "for"}, key="k")
    with assembly.key_reused():
        assembly.do("m1", "resolution.vote", case=case, facts={"choice": "against"}, key="k")
    assembly.do("ch", "resolution.close_vote", case=case)
    assembly.do("ch", "session.set_method", case=session, facts=count(12) | {"method": "secret"})
    other = voting_session(assembly, session)
    with assembly.key_reused():
        assembly.do("m1", "resolution.vote", case=other, facts={"choice": "for"}, key="k")


@pytest.mark.parametrize("act", ["poll.answer", "council_question.vote", "resolution.vote"])
@pytest.mark.parametrize("choice", ["FOR", "за", "for ", "", " ", 1, True, None, ["for"], {"for": 1}, "for" * 2000])
def test_what_is_no_choice_is_no_vote(sqlite_database, act, choice):
    """One of three words; nothing is guessed, and of a secret vote nothing is repeated (9.3a, 8.3b; edge case C34)."""
    desk = Assembly(sqlite_database, members=12, council=9)
    case = {
        "poll.answer": lambda: open_poll(desk),
        "council_question.vote": lambda: voting(desk, open_meeting(desk, seats(desk, 9))),
        "resolution.vote": lambda: voting_session(desk, open_session(desk, desk.people_in, method="secret")),
    }[act]()
    with desk.wrong_facts("choice"):
        desk.do("m1", act, case=case, facts={"choice": choice})
    with desk.wrong_facts("choice", "weight"):
        desk.do("m1", act, case=case, facts={"weight": 2})


def test_the_president_and_papers_cast_no_votes(assembly):
    """The President is no member; a deputy's, a stranger's or an undated paper enters nothing (8.3b, 9.2c)."""
    case = voting(assembly, open_meeting(assembly, seats(assembly, 9)))
    with assembly.forbidden():
        assembly.do("president", "council_question.vote", case=case, facts={"choice": "for"})
    sheet = {"kind": "sheet", "number": "1", "date": "2006-05-16"}
    for actor, behalf in (("d1", "m1"), ("m2", "m1"), ("wb", "d1"), ("wb", "p:A")):
        with assembly.forbidden():
            assembly.do(
                actor, "council_question.vote", case=case, facts={"choice": "for"}, on_behalf_of=behalf, document=sheet
            )
    with assembly.wrong_facts("document.date"):
        assembly.do(
            "wb",
            "council_question.vote",
            case=case,
            facts={"choice": "for"},
            on_behalf_of="m1",
            document=sheet | {"date": "soon"},
        )
    with assembly.refused("9.2c", codes=["paper.of_a_later_day"]):
        assembly.do(
            "wb",
            "council_question.vote",
            case=case,
            facts={"choice": "for"},
            on_behalf_of="m1",
            document=sheet | {"date": "2006-05-17"},
        )
    assert {"for": 0, "against": 0, "abstain": 0}.items() <= shown(assembly, case)["counts"].items()


def test_an_official_who_looked_at_an_older_state_is_told(assembly):
    """Opening, closing, entering a count, choosing a method need what was seen; votes, presence and signatures do not."""
    session = open_session(assembly, assembly.people_in, method="roll_call")
    case = voting_session(assembly, session)
    vote(assembly, case, ["m1"], seen=1)
    with assembly.conflict():
        assembly.do("ch", "resolution.close_vote", case=case, seen=2)
    with assembly.unseen():
        assembly.do("ch", "resolution.close_vote", case=case, seen=None)
    assembly.do("wb", "session.check_out", case=session, facts={"members": ["m2"]}, seen=1)
    with assembly.conflict():
        assembly.do("ch", "session.pause", case=session, seen=1)


def test_a_vote_at_an_instant_before_the_opening_counts_when_it_is_received(assembly):
    """A door's clock that goes back does not bring back a vote that has been closed (8.3b; edge case C8)."""
    case = voting_session(assembly, open_session(assembly, assembly.people_in, method="roll_call"))
    assembly.do("ch", "resolution.close_vote", case=case, at="2006-06-20 12:00")
    with pytest.raises(Refused):
        assembly.do("m1", "resolution.vote", case=case, at="2006-06-20 11:00", facts={"choice": "for"})


def test_no_choice_stands_in_what_the_case_keeps(assembly):
    """Neither the facts of a case nor messages tell how anybody has voted, by name or not (edge case C38)."""
    case = voting_session(assembly, open_session(assembly, assembly.people_in, method="roll_call"))
    vote(assembly, case, ["m1"], "against")
    assert "against" not in json.dumps(assembly.facts(case))
    assert [] == assembly.ask("SELECT key FROM messages WHERE number = ?", case.number)
