"""Votes at the same moment, with real threads on both databases: all are counted, none twice, none too late (8.2, 8.3, 9.2, 9.3)."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest

from machines.journal import verify
from machines.settle import act_settled, settle
from tests.assembly import Assembly, admissible, paper
from tests.sittings import (
    convened_meeting,
    convening,
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
    voting,
    voting_session,
)
from tests.test_races import at_once, together

CLOSING = "2010-03-11 00:00"
DONE = ("done",)


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine."""
    assembly = Assembly(database, members=12, council=9)
    yield assembly
    assembly.assert_replayable()


def assert_whole(assembly):
    """Assert that the record proves itself: every chain, every case as its entries leave it."""
    with assembly.database.transaction(write=False) as db:
        report = verify(db)
    assert report.whole, report


# ------------------------------------------------------------------------------------------------------------ many at once


@pytest.mark.slow
@pytest.mark.parametrize("method", ["roll_call", "secret"])
def test_350_members_vote_at_once(database, method):
    """All are counted, none is refused for lack of a lock, the journal is valid (8.3b, 8.3c)."""
    assembly = Assembly(database, members=350)
    session = open_session(assembly, assembly.people_in, method=method)
    case = voting_session(assembly, session)
    choices = dict(zip(assembly.people_in, itertools.cycle(("for", "for", "against", "for", "abstain")), strict=False))
    acts = [
        assembly.act(person, "resolution.vote", case=case, facts={"choice": choice}, seen=None)
        for person, choice in choices.items()
    ]
    assert {DONE: 350} == Counter(at_once(assembly, *acts))
    case = assembly.do("ch", "resolution.close_vote", case=case)
    assert ("adopted", count(210, 70, 70)) == (
        case.state,
        {name: shown(assembly, case)["counts"][name] for name in count(0)},
    )
    assert 350 == assembly.acts(case).count("vote")
    assert_whole(assembly)


@pytest.mark.slow
def test_200_answers_around_the_closing_instant(database):
    """Accepted and refused are all that were sent; a recount is the tally; nobody at or after the closing counts (9.3a)."""
    assembly = Assembly(database, members=203, council=200, starts="2010-03-01 08:00")
    case, closing = open_poll(assembly), assembly.at(CLOSING)
    moments = [closing + timedelta(milliseconds=place - 100) for place in range(200)]
    choices = itertools.cycle(("for", "for", "against", "abstain"))
    acts = [
        assembly.act(person, "poll.answer", case=case, at=moment, facts={"choice": choice}, seen=None)
        for person, moment, choice in zip(seats(assembly, 200), moments, choices, strict=False)
    ]
    outcomes = at_once(assembly, *acts)
    assert {DONE, ("refused", "9.3a")} >= set(outcomes)
    settle(database.transaction, closing, assembly.book)
    answered = [entry for entry in assembly.entries(case) if entry.act == "answer"]
    accepted = [act for act, outcome in zip(acts, outcomes, strict=True) if outcome == DONE]
    assert {act.actor for act in accepted} == {entry.actor for entry in answered}
    assert all(act.at < closing for act in accepted)
    recount = Counter(act.facts["choice"] for act in accepted)
    counts = shown(assembly, case)["counts"]
    assert {choice: recount[choice] for choice in count(0)} == {choice: counts[choice] for choice in count(0)}
    assert (len(accepted), 200) == (counts["answered"], counts["total"])
    assert ["close"] == [entry.act for entry in assembly.entries(case)][-1:]
    assert 1 == assembly.acts(case).count("close")
    assert_whole(assembly)


@pytest.mark.slow
def test_sweeps_and_answers_at_the_closing_instant(database):
    """Sweepers and members come at the same moment: closed once, and everybody who was told so is counted (9.3a; C7)."""
    assembly = Assembly(database, members=63, council=60, starts="2010-03-01 08:00")
    case, closing = open_poll(assembly), assembly.at(CLOSING)
    early = closing - timedelta(microseconds=1)
    acts = [
        assembly.act(person, "poll.answer", case=case, at=early, facts={"choice": "for"}, seen=None)
        for person in seats(assembly, 60)
    ]
    answers = [lambda act=act: act_settled(database.transaction, act, assembly.book) for act in acts]
    sweeps = [lambda: settle(database.transaction, closing, assembly.book)] * 6
    outcomes = together(*answers, *sweeps)[:60]
    done = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert shown(assembly, case)["counts"]["for"] == len(done) == assembly.acts(case).count("answer")
    assert 1 == assembly.acts(case).count("close")
    assert_whole(assembly)


def test_sheets_and_electronic_answers_at_the_same_moment(database):
    """One counted ballot a member, the last received, whoever of the two was entered first (9.3a, B07; edge case C27)."""
    assembly = Assembly(database, members=12, council=9, starts="2010-03-01 08:00")
    case, people = open_poll(assembly), seats(assembly, 9)
    acts, expected = [], {}
    for place, person in enumerate(people):
        received = "2010-03-03 09:00" if place % 2 else "2010-03-05 09:00"
        document = paper(received[:10], kind="sheet")
        acts += [
            assembly.act(person, "poll.answer", case=case, at="2010-03-04 10:00", facts={"choice": "for"}, seen=None),
            assembly.act("wb", "poll.answer", case=case, at="2010-03-08 10:00", seen=None, on_behalf_of=person, document=document,
                         facts={"choice": "against", "received_at": received}),
        ]  # fmt: skip
        expected[person] = "for" if place % 2 else "against"
    assert {DONE: 18} == Counter(at_once(assembly, *acts))
    assert expected == dict(assembly.ask("SELECT person_id, choice FROM ballots"))
    assert (18, 9) == (assembly.acts(case).count("answer"), shown(assembly, case)["counts"]["answered"])
    assert_whole(assembly)


def test_one_member_votes_fifty_times_at_once(assembly):
    """One ballot, fifty entries; a secret vote is cast once, and forty-nine are told so (8.3b, 8.3c; edge case C2)."""
    session = open_session(assembly, assembly.people_in, method="roll_call")
    case = voting_session(assembly, session)
    act = assembly.act("m1", "resolution.vote", case=case, facts={"choice": "for"}, seen=None)
    assert {DONE: 50} == Counter(at_once(assembly, *[act] * 50))
    assert (1, 50) == (shown(assembly, case)["counts"]["for"], assembly.acts(case).count("vote"))
    assembly.do("ch", "resolution.close_vote", case=case)
    assembly.do("ch", "session.set_method", case=session, facts=count(12) | {"method": "secret"})
    case = voting_session(assembly, session)
    act = assembly.act("m1", "resolution.vote", case=case, facts={"choice": "for"}, seen=None)
    assert {DONE: 1, ("refused", "8.3c"): 49} == Counter(at_once(assembly, *[act] * 50))
    assembly.do("ch", "resolution.close_vote", case=case)
    assert 1 == shown(assembly, case)["counts"]["for"]


def test_voting_while_the_vote_is_closed(assembly):
    """Who was told that he has voted is counted, who came too late was refused: never lost (8.3b; edge case C18)."""
    case = voting_session(assembly, open_session(assembly, assembly.people_in, method="roll_call"))
    votes = [
        assembly.act(person, "resolution.vote", case=case, facts={"choice": "for"}, seen=None)
        for person in assembly.people_in
    ]

    def close():
        while True:
            outcome = at_once(assembly, assembly.act("ch", "resolution.close_vote", case=case.number))[0]
            if outcome == DONE:
                return outcome

    works = [lambda act=act: at_once(assembly, act)[0] for act in votes]
    *outcomes, closed = together(*works, close)
    assert DONE == closed
    assert {DONE, ("refused", "8.3b")} >= set(outcomes)
    assert outcomes.count(DONE) == shown(assembly, case)["counts"]["for"]


# ------------------------------------------------------------------------------------------------------ two at one moment


def test_a_request_signed_twice_at_once(assembly):
    """One signature, the other is refused (8.2b)."""
    case = request(assembly)
    for person in ("m1", "m2", "m3"):
        act = assembly.act(person, "session_request.sign", case=case, seen=None)
        assert {DONE: 1, ("refused", "8.2b"): 9} == Counter(at_once(assembly, *[act] * 10))
    assert 3 == shown(assembly, case)["counts"]["signatures"]


def test_all_sign_at_once(assembly):
    """Twelve members, twelve signatures (8.2b)."""
    case = request(assembly)
    acts = [assembly.act(person, "session_request.sign", case=case, seen=None) for person in assembly.people_in]
    assert {DONE: 12} == Counter(at_once(assembly, *acts))
    assert 12 == shown(assembly, case)["counts"]["signatures"]


def test_two_officials_close_the_same_vote(assembly):
    """One closes it, the other is told that somebody was first; the candidacy is considered once (9.2c, 14.2a)."""
    candidacy, meeting = admissible(assembly), open_meeting(assembly, seats(assembly, 9))
    case = voting(assembly, meeting, kind="candidacy", subject=candidacy.number)
    acts = [assembly.act(official, "council_question.close_vote", case=case) for official in ("d1", "d2", "ch")]
    assert [("conflict",), ("conflict",), DONE] == sorted(at_once(assembly, *acts))
    assert 1 == assembly.acts(candidacy).count("consider")


def test_presence_checked_in_twice_at_once(assembly):
    """Ten officials read out the same list: each member is present once (8.3a, 9.2c)."""
    meeting, session = convened_meeting(assembly), registering(assembly)
    acts = [
        assembly.act("wb", "council_meeting.check_in", case=meeting, facts={"members": seats(assembly, 9)}, seen=None)
    ] * 10
    acts += [
        assembly.act("wb", "session.check_in", case=session, facts={"members": assembly.people_in}, seen=None)
    ] * 10
    assert {DONE: 20} == Counter(at_once(assembly, *acts))
    assert (9, 12) == tuple(shown(assembly, case)["counts"]["present"] for case in (meeting, session))


def test_two_votes_are_not_opened_at_once(assembly):
    """In one sitting one vote is open at a time, also when two are opened at the same moment (8.3b, 9.2c; edge case F9)."""
    meeting = open_meeting(assembly, seats(assembly, 9))
    for _ in range(4):
        acts = [assembly.act("d1", "council_question.open_vote", case=question(assembly, meeting)) for _ in range(4)]
        assert {DONE: 1, ("refused", "9.2c"): 3} == Counter(at_once(assembly, *acts))
        for act in acts:
            close = "close_vote" if assembly.state(act.case) == "voting" else "remove"
            assembly.do(
                "d1", f"council_question.{close}", case=act.case, facts={"reason": "-"} if close == "remove" else {}
            )
    session = open_session(assembly, assembly.people_in, method="roll_call")
    acts = [assembly.act("ch", "resolution.open_vote", case=resolution(assembly, session)) for _ in range(4)]
    assert {DONE: 1, ("refused", "8.3b"): 3} == Counter(at_once(assembly, *acts))


def test_a_candidacy_is_not_listed_twice_at_once(assembly):
    """For whichever meetings (14.2a)."""
    meetings = [convened_meeting(assembly) for _ in range(2)]
    for person in ("p:A", "p:B"):
        candidacy = admissible(assembly, person)
        facts = [
            {"meeting": meeting.number, "kind": "candidacy", "subject": candidacy.number} for meeting in meetings * 3
        ]
        acts = [assembly.act("wb", "council_question.list", facts=told) for told in facts]
        assert {DONE: 1, ("refused", "14.2a"): 5} == Counter(at_once(assembly, *acts))


def test_listed_while_the_sitting_ends(assembly):
    """Whichever is first: nothing is left listed in a meeting that is over or a session that was cancelled (9.2a, 8.4.5)."""
    for _ in range(3):
        meeting, held = convened_meeting(assembly), open_meeting(assembly, ())
        session = assembly.do("ch", "session.convene", facts=convening(starts_at="2006-09-20 10:00"))
        acts = [assembly.act("d1", "council_meeting.cancel", case=meeting, facts={"reason": "-"}),
                assembly.act("d1", "council_meeting.close", case=held),
                assembly.act("ch", "session.cancel", case=session, facts={"reason": "-"})]  # fmt: skip
        text = {"kind": "other", "text": "Language"}
        acts += [
            assembly.act("wb", "council_question.list", facts=text | {"meeting": each.number})
            for each in (meeting, held) * 3
        ]
        acts += [assembly.act("wb", "resolution.list", facts=text | {"session": session.number})] * 3
        outcomes = at_once(assembly, *acts)
        assert {DONE, ("refused", "23.1"), ("refused", "9.2a"), ("refused", "8.4.5")} >= set(outcomes)
        left = assembly.ask(
            "SELECT q.number FROM cases q JOIN cases s ON s.number = q.parent WHERE q.state IN ('listed', 'voting')"
            " AND s.state IN ('cancelled', 'held', 'recorded', 'closed')"
        )
        assert [] == left


def test_one_request_is_not_satisfied_twice_at_once(assembly):
    """Two sessions on one request: one is convened (8.2b)."""
    asked = registered_request(assembly, 4)
    facts = extraordinary(ground="request", request=asked.number, agenda=["Language"])
    outcomes = Counter(at_once(assembly, *[assembly.act("ch", "session.convene", facts=facts)] * 4))
    assert {DONE: 1, ("refused", "8.2b"): 3} == outcomes
    assert ["open", *["sign"] * 4, "register", "satisfy"] == assembly.acts(asked)


def test_deputies_annul_and_the_clock_closes_at_the_same_moment(database):
    """Either annulled or closed, never both (9.2c, 9.3a)."""
    assembly = Assembly(database, members=12, council=9, starts="2010-03-01 08:00")
    closing = assembly.at(CLOSING)
    for _ in range(3):
        case = assembly.do("d1", "poll.annul", case=open_poll(assembly), facts={"reason": "-"})
        annul = assembly.act(
            "d2", "poll.annul", case=case, at=closing - timedelta(microseconds=1), facts={"reason": "-"}
        )
        works = [lambda annul=annul: act_settled(database.transaction, annul, assembly.book)]
        works += [lambda: settle(database.transaction, closing, assembly.book)] * 3
        together(*works)
        assert assembly.acts(case)[-1:] in (["annul"], ["close"])
        assert assembly.state(case) in ("annulled", "not_adopted")
        assert {"open"} & set(assembly.deadlines(case).values()) == set()
    assembly.assert_replayable()
