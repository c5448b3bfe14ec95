"""Meetings of the Council: convened by both deputies with the Chairman's consent, who is present, the record (9.3, 23.1)."""

from datetime import date

import pytest

from machines.rulebook import Rulebook
from tests.assembly import Assembly, admissible, paper
from tests.sittings import (
    MEETING,
    PLACE,
    convened_meeting,
    drafted_meeting,
    open_meeting,
    question,
    seats,
    shown,
    signed_meeting,
    vote,
    voting,
)

REASON = {"reason": "The hall is closed"}


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


def dismiss(assembly, deputy):
    assembly.do("president", "deputy_appointment.dismiss", case=f"deputy_appointment:{deputy}",
                facts={"act": paper(assembly.now.date().isoformat(), kind="decree")})  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- convening


@pytest.mark.parametrize("actor", ["d1", "d2", "wb"])
def test_a_deputy_or_the_working_body_drafts(desk, actor):
    """A meeting is prepared by a deputy or the working body; the deputies are told (9.3c, 9.3d)."""
    case = desk.do(actor, "council_meeting.draft", facts=PLACE)
    assert ("drafted", {}) == (case.state, desk.deadlines(case))
    assert ["d1", "d2"] == desk.messages("council_meeting.drafted")


@pytest.mark.parametrize("actor", ["ch", "m1", "p:A", "a:Kostanay"])
def test_others_draft_no_meeting(desk, actor):
    """Neither the Chairman nor a member prepares a meeting (9.3d)."""
    with desk.forbidden():
        desk.do(actor, "council_meeting.draft", facts=PLACE)


def test_the_deputies_convene_it_jointly(assembly):
    """The signature of one deputy leaves the draft; that of the last one signs it and asks the Chairman (9.3d, B01)."""
    case = assembly.do("d1", "council_meeting.sign", case=drafted_meeting(assembly))
    assert ("drafted", {}) == (case.state, assembly.deadlines(case))
    case = assembly.do("d2", "council_meeting.sign", case=case)
    assert ("signed", {"agreement": MEETING}) == (case.state, assembly.deadlines(case))
    assert ["ch"] == assembly.messages("council_meeting.signed")
    expected = [(3, "2006-05-13 09:00", "chairman"), (1, "2006-05-15 09:00", "chairman"), (0, MEETING, "deputies")]
    assert expected == assembly.reminders(case, "agreement")


def test_a_deputy_does_not_sign_for_both(desk):
    """The same deputy does not sign again while the other is missing (9.3d)."""
    case = desk.do("d1", "council_meeting.sign", case=drafted_meeting(desk))
    with desk.refused("9.3d", codes=["joint.done_already"]):
        desk.do("d1", "council_meeting.sign", case=case)


def test_the_chairman_does_not_convene_alone(desk):
    """The deputies convene; the Chairman agrees, and not before they have signed (9.3d, 9.3e)."""
    case = desk.do("d1", "council_meeting.sign", case=drafted_meeting(desk))
    with desk.forbidden():
        desk.do("ch", "council_meeting.sign", case=case)
    with desk.refused("9.3e"):
        desk.do("ch", "council_meeting.agree", case=case)
    with desk.refused("23.1"):
        desk.do("ch", "council_meeting.open", case=case, at=MEETING)


def test_a_deputy_dismissed_between_the_signatures(assembly):
    """If the last one missing leaves, who has signed completes the act by doing it again (9.3d, B01)."""
    case = assembly.do("d1", "council_meeting.sign", case=drafted_meeting(assembly))
    dismiss(assembly, "d2")
    assert "drafted" == assembly.state(case)
    assert "signed" == assembly.do("d1", "council_meeting.sign", case=case).state


def test_who_signed_and_was_dismissed_does_not_count(assembly):
    """The deputies then in office sign: who has signed and left is not missed, nor does his name sign for the other."""
    case = assembly.do("d1", "council_meeting.sign", case=drafted_meeting(assembly))
    dismiss(assembly, "d1")
    assert "drafted" == assembly.state(case)
    assert "signed" == assembly.do("d2", "council_meeting.sign", case=case).state


def test_a_new_deputy_must_sign_too(assembly):
    """Who is appointed while a signature is missing signs as well (9.3d, B01; edge case B20)."""
    case = assembly.do("d1", "council_meeting.sign", case=drafted_meeting(assembly))
    dismiss(assembly, "d2")
    assembly.do("wb", "deputy_appointment.enrol", facts={"person": "m1", "act": paper("2006-05-10", kind="decree")})
    with assembly.refused("9.3d"):
        assembly.do("d1", "council_meeting.sign", case=case)
    assert "signed" == assembly.do("m1", "council_meeting.sign", case=case).state


def test_without_a_deputy_the_chairman_signs(sqlite_database):
    """With no deputy in office the Chairman performs the deputies' acts (B01)."""
    desk = Assembly(sqlite_database, deputies=0, council=3)
    case = drafted_meeting(desk)
    assert "signed" == desk.do("ch", "council_meeting.sign", case=case).state
    assert "chairman" == desk.entries(case)[-1].office


def test_without_a_deputy_nobody_signs_under_the_other_ruling(sqlite_database):
    """Then the Council cannot meet during a vacancy (B01)."""
    book = Rulebook(overrides=((date(2005, 1, 1), "deputies.joint_rule.if_none", "nobody"),))
    desk = Assembly(sqlite_database, deputies=0, council=3, book=book)
    case = drafted_meeting(desk)
    with desk.forbidden():
        desk.do("ch", "council_meeting.sign", case=case)


def test_the_chairman_agrees_before_the_start(desk):
    """Consent is explicit and given before the meeting starts; at the start it is too late (9.3e, B02)."""
    first, second = signed_meeting(desk), signed_meeting(desk)
    assert "convened" == desk.do("ch", "council_meeting.agree", case=first, at="2006-05-16 09:59").state
    with desk.refused("9.3e", codes=["council_meeting.consent_too_late"]):
        desk.do("ch", "council_meeting.agree", case=second, at=MEETING)


def test_silence_is_never_consent(desk):
    """Nothing convenes a meeting that the Chairman has not answered: the deputies are told at its start (B02)."""
    case = signed_meeting(desk)
    desk.sweep("2006-05-17 10:00")
    assert ("signed", MEETING) == (desk.state(case), desk.deadlines(case)["agreement"])


def test_the_council_is_told_of_its_meeting(assembly):
    """Consent convenes the Council and sets the deadline of the meeting, with reminders to the Council (9.3e)."""
    case = convened_meeting(assembly)
    assert {"agreement": "closed", "meeting": MEETING} == assembly.deadlines(case)
    assert sorted(seats(assembly, 9)) == sorted(assembly.messages("council_meeting.convened"))
    rungs = [(7, "2006-05-09 09:00", "council"), (3, "2006-05-13 09:00", "council"), (1, "2006-05-15 09:00", "council"),
             (0, MEETING, "deputies")]  # fmt: skip
    assert rungs[1:] == assembly.reminders(case, "meeting")  # the seventh day before had passed


def test_a_refusal_begins_anew(desk):
    """The Chairman refuses with a reason; the draft begins anew, and both deputies sign again (9.3e, B02)."""
    case = desk.do("ch", "council_meeting.refuse", case=signed_meeting(desk), facts=REASON)
    assert ("drafted", {"agreement": "closed"}) == (case.state, desk.deadlines(case))
    assert ["d1", "d2"] == desk.messages("council_meeting.refused")
    assert "drafted" == desk.do("d1", "council_meeting.sign", case=case).state
    assert "signed" == desk.do("d2", "council_meeting.sign", case=case).state


def test_a_postponed_meeting_is_convened_anew(assembly):
    """Another time needs new signatures and a new consent; all deadlines are closed (9.3d)."""
    case, later = convened_meeting(assembly), {"starts_at": "2006-05-23 15:00", "place": "Almaty"}
    case = assembly.do("d2", "council_meeting.postpone", case=case, facts=later)
    assert ("drafted", {"agreement": "closed", "meeting": "closed"}) == (case.state, assembly.deadlines(case))
    assert sorted(seats(assembly, 9)) == sorted(assembly.messages("council_meeting.postponed"))
    for deputy in ("d1", "d2"):
        case = assembly.do(deputy, "council_meeting.sign", case=case)
    assert "2006-05-23 15:00" == assembly.deadlines(case)["agreement"]


def test_who_was_registered_early_is_not_present_at_a_postponed_meeting(desk):
    """Registration before a meeting that is then postponed says nothing about the other day (9.2c)."""
    case = convened_meeting(desk)
    desk.do("wb", "council_meeting.check_in", case=case, facts={"members": seats(desk, 9)})
    later = {"starts_at": "2006-05-23 15:00", "place": "Almaty"}
    case = desk.do("d1", "council_meeting.postpone", case=case, facts=later)
    for actor, act in (("d1", "sign"), ("d2", "sign"), ("ch", "agree")):
        case = desk.do(actor, f"council_meeting.{act}", case=case)
    case = desk.do("d1", "council_meeting.open", case=case, at="2006-05-23 15:00")
    assert ["council_meeting.too_few_to_adopt"] == [warning.code for warning in case.warnings]
    desk.do("wb", "council_meeting.check_in", case=case, facts={"members": seats(desk, 9)})
    assert 9 == shown(desk, case)["counts"]["present"]


@pytest.mark.parametrize("make", [drafted_meeting, signed_meeting, convened_meeting])
def test_a_meeting_ahead_may_be_cancelled(desk, make):
    """A deputy cancels a meeting ahead, with a reason; its listed questions are removed, the Council is told (9.3d)."""
    case = make(desk)
    listed = question(desk, case)
    case = desk.do("d1", "council_meeting.cancel", case=case, facts=REASON)
    assert ("cancelled", "removed") == (case.state, desk.state(listed))
    assert sorted(seats(desk, 9)) == sorted(desk.messages("council_meeting.cancelled"))
    assert "open" not in desk.deadlines(case).values()


def test_a_candidacy_of_a_cancelled_meeting_is_listed_again(assembly):
    """The candidacy stays admissible, waits undated again, and goes to another meeting (14.2a)."""
    case, meeting = admissible(assembly), convened_meeting(assembly)
    assert MEETING == assembly.deadlines(case)["consideration"]
    question(assembly, meeting, kind="candidacy", subject=case.number)
    assembly.do("d1", "council_meeting.cancel", case=meeting, facts=REASON)
    assert ("admissible", {"consideration": None}) == (assembly.state(case), assembly.deadlines(case))
    again = convened_meeting(assembly, starts="2006-05-30 10:00")
    assert "2006-05-30 10:00" == assembly.deadlines(case)["consideration"]
    assert "listed" == question(assembly, again, kind="candidacy", subject=case.number).state


def test_an_open_meeting_is_neither_cancelled_nor_postponed(desk):
    """Once it is open, also during a vote, a meeting can only be held to its end (9.3d)."""
    case = open_meeting(desk, seats(desk, 9))
    item = voting(desk, case)
    for act, facts in (("cancel", REASON), ("postpone", PLACE)):
        with desk.refused("9.3d", codes=["state.too_late"]):
            desk.do("d1", f"council_meeting.{act}", case=case, facts=facts)
    assert "voting" == desk.state(item)


# --------------------------------------------------------------------------------------------------------------- opening


@pytest.mark.parametrize("actor", ["d1", "d2", "ch"])
def test_a_deputy_or_the_chairman_presides(desk, actor):
    """A deputy opens the meeting, or the Chairman where he is present (23.1, B09)."""
    case = convened_meeting(desk)
    assert "open" == desk.do(actor, "council_meeting.open", case=case, at=MEETING).state
    assert "closed" == desk.deadlines(case)["meeting"]


def test_a_meeting_is_not_opened_before_its_day(desk):
    """Refused until the day of its start has come; on that day, also before the hour, it may be opened (9.3d)."""
    case = convened_meeting(desk)
    with desk.refused("9.3d", codes=["council_meeting.before_its_day"]):
        desk.do("d1", "council_meeting.open", case=case, at="2006-05-15 23:59")
    assert "open" == desk.do("d1", "council_meeting.open", case=case, at="2006-05-16 00:00").state


@pytest.mark.parametrize(("present", "warned"), [(0, True), (5, True), (6, False), (9, False)])
def test_with_fewer_than_two_thirds_nothing_can_be_adopted(desk, present, warned):
    """A warning, not a refusal: the meeting may discuss (9.2c, B04)."""
    case = open_meeting(desk, seats(desk, present))
    assert [("9.2c", {"present": present, "total": 9, "needed": 6})] * warned == [
        (warning.norm, dict(warning.numbers)) for warning in case.warnings
    ]
    assert {"present": present, "total": 9, "needed": 6} == shown(desk, case)["counts"]


# -------------------------------------------------------------------------------------------------------------- presence


def test_only_the_council_is_checked_in(desk):
    """Members of the Assembly outside the Council do not count: all of the list is refused (9.2c)."""
    case = convened_meeting(desk)
    with desk.refused("9.2c", codes=["council_meeting.not_in_the_council"]):
        desk.do("wb", "council_meeting.check_in", case=case, facts={"members": [*seats(desk, 2), "p:A"]})
    with desk.wrong_facts("members.0"):
        desk.do("wb", "council_meeting.check_in", case=case, facts={"members": ["nobody"]})
    with desk.wrong_facts("members"):
        desk.do("wb", "council_meeting.check_in", case=case, facts={"members": []})


def test_nobody_is_present_twice(desk):
    """Checked in again, or twice in one list, one is present once; checked out and in again too (9.2c)."""
    case = open_meeting(desk, seats(desk, 3))
    desk.do("wb", "council_meeting.check_in", case=case, facts={"members": seats(desk, 4) * 2}, seen=None)
    assert 4 == shown(desk, case)["counts"]["present"]
    desk.do("wb", "council_meeting.check_out", case=case, facts={"members": seats(desk, 2)}, seen=None)
    assert 2 == shown(desk, case)["counts"]["present"]
    desk.do("wb", "council_meeting.check_in", case=case, facts={"members": seats(desk, 1)}, seen=None)
    assert 3 == shown(desk, case)["counts"]["present"]


def test_check_out_needs_an_open_meeting(desk):
    """One leaves a meeting that is open; before there is nothing to leave (9.2c)."""
    case = convened_meeting(desk)
    with desk.refused("9.2c"):
        desk.do("wb", "council_meeting.check_out", case=case, facts={"members": seats(desk, 1)})


def test_who_leaves_the_council_is_not_present_any_more(assembly):
    """A seat that is vacated during the meeting leaves presence and total at that instant (9.2c, A07)."""
    case = open_meeting(assembly, seats(assembly, 9))
    assembly.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    assert {"present": 8, "total": 8, "needed": 6} == shown(assembly, case)["counts"]
    leave = {"statement_date": "2006-05-16"}
    assembly.do("m2", "membership.leave", case="membership:m2", facts=leave)
    assert {"present": 7, "total": 7, "needed": 5} == shown(assembly, case)["counts"]


# ------------------------------------------------------------------------------------------------------------- its end


def test_every_question_is_settled_before_the_end(assembly):
    """A meeting is not closed while a question is listed or voting; they are named (23.1)."""
    case = open_meeting(assembly, seats(assembly, 9))
    first, second = voting(assembly, case), question(assembly, case)
    with assembly.refused("23.1", codes=["council_meeting.questions_open"]):
        assembly.do("ch", "council_meeting.close", case=case)
    vote(assembly, first, seats(assembly, 6))
    assembly.do("d1", "council_question.close_vote", case=first)
    with assembly.refused("23.1"):
        assembly.do("d1", "council_meeting.close", case=case)
    assembly.do("d1", "council_question.remove", case=second, facts={"reason": "Not prepared"})
    assert "held" == assembly.do("d1", "council_meeting.close", case=case).state


def test_the_minutes_are_not_of_a_later_day(desk):
    """The record is made by a deputy from minutes of the day or earlier (23.1)."""
    case = desk.do("d1", "council_meeting.close", case=open_meeting(desk, ()))
    with desk.refused("23.1", codes=["paper.of_a_later_day"]):
        desk.do("d2", "council_meeting.record", case=case, facts={"minutes": paper("2006-05-17")})
    with desk.forbidden():
        desk.do("ch", "council_meeting.record", case=case, facts={"minutes": paper("2006-05-16")})
    case = desk.do("d2", "council_meeting.record", case=case, facts={"minutes": paper("2006-05-16")})
    assert ("recorded", {"number": "12", "date": "2006-05-16"}) == (case.state, desk.facts(case)["minutes"])


def test_a_meeting_that_is_over_takes_nobody_in(desk):
    """Presence is of an open meeting, or of one ahead (9.2c)."""
    case = desk.do("d1", "council_meeting.close", case=open_meeting(desk, ()))
    for act in ("check_in", "check_out"):
        with desk.refused("9.2c"):
            desk.do("wb", f"council_meeting.{act}", case=case, facts={"members": seats(desk, 1)})
