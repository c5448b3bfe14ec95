"""The deputy chairmen: recommended by the Council, appointed and dismissed by the President (item 7)."""

import pytest

from tests.assembly import Assembly, paper


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, deputies=1, starts="2006-06-05 00:00")
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, deputies=1, starts="2006-06-05 00:00")
    yield desk
    desk.assert_replayable()


def decree(day="2006-06-07", **more):
    return {"act": paper(day, kind="decree", **more)}


def appoint(assembly, case, at="2006-06-07 11:00", actor="president", facts=None, **more):
    return assembly.do(
        actor, "deputy_appointment.appoint", case=case, at=at, facts=decree() if facts is None else facts, **more
    )


def dismiss(assembly, person="d1", at="2006-06-07 11:00", facts=None, actor="president"):
    case = f"deputy_appointment:{person}"
    return assembly.do(
        actor, "deputy_appointment.dismiss", case=case, at=at, facts=decree() if facts is None else facts
    )


def enrol(assembly, person="m5", day="2006-06-05", actor="wb"):
    return assembly.do(actor, "deputy_appointment.enrol", facts={"person": person} | decree(day))


# ------------------------------------------------------------------------------------------------------------- to recommend


def test_the_council_recommends(assembly):
    """The recommendation opens the case; it gives no office and does not expire (7.2b, B14)."""
    case = assembly.recommend("m5", at="2006-06-05 00:00")
    assert ("recommended", {"member"}, ["wb"]) == (
        case.state, assembly.mandates("m5"), assembly.messages("deputy_appointment.recommended")
    )  # fmt: skip
    assert () == assembly.sweep("2016-06-05 00:00").done
    assert {} == assembly.deadlines(case)


def test_a_recommendation_that_stands_is_not_made_again(assembly):
    """Nothing happens when it stands already (7.2b, B14); several persons may be recommended."""
    assembly.recommend("m5")
    with assembly.refused("7.2b"):
        assembly.recommend("m5")
    assert "recommended" == assembly.recommend("m6").state


@pytest.mark.parametrize("actor", ["ch", "d1", "wb", "m1", "president"])
def test_nobody_recommends_alone(desk, actor):
    """The Council recommends, by its vote or its poll; nobody enters it (7.2b)."""
    with desk.forbidden():
        desk.do(actor, "deputy_appointment.recommend", facts={"person": "m5"})


# --------------------------------------------------------------------------------------------------------------- to appoint


def test_the_president_appoints_whom_the_council_recommended(assembly):
    """His act is entered by the working body; `facts.act` is the document (7.2a, 7.2b)."""
    case = appoint(assembly, assembly.recommend("m5"))
    entry = assembly.entries(case)[-1]
    assert ("appointed", "wb", "president", "president") == (case.state, entry.actor, entry.holder, entry.office)
    assert {"member", "deputy_chairman"} == assembly.mandates("m5")
    assert ["ch", "m5"] == assembly.messages("deputy_appointment.appointed")


def test_who_is_no_member_may_be_a_deputy(assembly):
    """No norm asks for a membership (7.1c)."""
    appoint(assembly, assembly.recommend("p:A"))
    assert {"deputy_chairman"} == assembly.mandates("p:A")


@pytest.mark.parametrize(
    ("day", "refused"), [("2006-06-03", True), ("2006-06-04", True), ("2006-06-05", False), ("2006-06-07", False)]
)
def test_the_act_is_not_earlier_than_the_recommendation(desk, day, refused):
    """A poll closed at 24:00 of 4 June recommends on 5 June: an act of that day will do, an earlier one not (7.2b)."""
    case = desk.recommend("m5", at="2006-06-05 00:00")
    if not refused:
        assert "appointed" == appoint(desk, case, facts=decree(day)).state
        return
    with desk.refused("7.2b", codes=["deputy_appointment.act_too_early"]):
        appoint(desk, case, facts=decree(day))


def test_an_act_of_a_later_day_is_refused(assembly):
    """The President's act cannot be later than the day on which it is entered (7.2a)."""
    case = assembly.recommend("m5")
    with assembly.refused("7.2a"):
        appoint(assembly, case, at="2006-06-06 23:59")
    assert "appointed" == appoint(assembly, case, at="2006-06-07 00:00").state


def test_two_deputies_at_most(assembly):
    """With two in office nobody is appointed or enrolled (7.1c); all reasons are told at once."""
    case = assembly.recommend("m6")
    enrol(assembly)
    with assembly.refused("7.1c"):
        appoint(assembly, case)
    with assembly.refused("7.1c", "7.2b"):
        appoint(assembly, case, facts=decree("2006-06-01"))
    with assembly.refused("7.1c"):
        enrol(assembly, "m7")


def test_a_post_is_free_at_the_instant_of_the_dismissal(assembly):
    """The interval is half-open: who is dismissed at an instant is not in office at it (7.1c)."""
    enrol(assembly)
    case = assembly.recommend("m6")
    dismiss(assembly, "d1")
    assert "appointed" == appoint(assembly, case).state
    assert ["m5", "m6"] == assembly.holding("deputy_chairman")


def test_nobody_is_a_deputy_twice(assembly):
    """The person is a deputy already, whether enrolled or recommended (7.1c)."""
    with assembly.refused("7.1c", codes=["deputy_appointment.deputy_already"]):
        enrol(assembly, "d1")
    case = assembly.recommend("d1")
    with assembly.refused("7.1c", codes=["deputy_appointment.deputy_already"]):
        appoint(assembly, case)


def test_only_who_was_recommended_is_appointed(assembly):
    """There is no other way to an appointment than the Council's recommendation (7.2a, 7.2b)."""
    with assembly.unknown():
        assembly.do("president", "deputy_appointment.appoint", case="D-2006-0007", facts=decree(), seen=1)
    case = enrol(assembly)
    with assembly.refused("7.2a", "7.2b"):
        appoint(assembly, case)


@pytest.mark.parametrize("actor", ["ch", "d1", "wb", "m5", "p:A"])
def test_nobody_appoints_or_dismisses_but_the_president(desk, actor):
    """The President appoints, and dismisses by an act of the same kind (7.2a, B13)."""
    case = desk.recommend("m5")
    with desk.forbidden():
        appoint(desk, case, actor=actor)
    with desk.forbidden():
        dismiss(desk, actor=actor)


def test_the_presidents_acts_come_through_the_working_body(assembly):
    """Only the working body enters them; nobody calls himself President."""
    case = assembly.recommend("m5")
    for actor in ("ch", "d1", "m1"):
        with assembly.forbidden():
            appoint(assembly, case, actor=actor, on_behalf_of="president")
    with assembly.forbidden():
        appoint(assembly, case, actor="wb", on_behalf_of="ch", document=paper("2006-06-07", kind="decree"))


def test_the_presidents_act_has_its_own_document(desk):
    """Beside `facts.act` another document is an error (422)."""
    case = desk.recommend("m5")
    with desk.wrong_facts("document"):
        appoint(desk, case, document=paper("2006-06-07", kind="decree"))


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("act", {}),
        ("act", {"act": "decree 111"}),
        ("act.kind", {"act": paper("2006-06-07")}),
        ("act.number", {"act": paper("2006-06-07", number="", kind="decree")}),
        ("act.date", {"act": {"kind": "decree", "number": "1"}}),
        ("person", decree() | {"person": "m5"}),
    ],
)
def test_wrong_facts_of_an_appointment(desk, fact, facts):
    """An act has its kind, number and date; the person is whom the case is about (422)."""
    case = desk.recommend("m5")
    with desk.wrong_facts(fact):
        appoint(desk, case, facts=facts)


# ----------------------------------------------------------------------------------------------------------------- to enrol


def test_the_register_enrols_on_the_presidents_act(assembly):
    """Import of the register: the President's act is the basis, no recommendation is asked for (7.2a)."""
    case = enrol(assembly, day="2001-03-02")
    assert ("appointed", ["d1", "m5"]) == (case.state, assembly.holding("deputy_chairman"))
    assert ["enrol"] == assembly.acts(case)


def test_an_enrolment_by_an_act_of_a_later_day_is_refused(assembly):
    """The act cannot be later than the day of the entry (7.2a)."""
    with assembly.refused("7.2a"):
        enrol(assembly, day="2006-06-06")


def test_others_do_not_enrol_and_unknown_people_are_not_enrolled(assembly):
    """The register is the working body's (403); a person must be in it (422)."""
    for actor in ("ch", "d1", "m5", "president"):
        with assembly.forbidden():
            enrol(assembly, actor=actor)
    with assembly.wrong_facts("person"):
        enrol(assembly, "p:Z")


# --------------------------------------------------------------------------------------------------------- dismiss and lapse


def test_the_president_dismisses_without_a_recommendation(assembly):
    """Dismissal by an act of the President; the membership stays (7.2a, B13)."""
    case = dismiss(assembly)
    assert ("dismissed", {"member"}, []) == (case.state, assembly.mandates("d1"), assembly.holding("deputy_chairman"))
    assert ["ch", "d1"] == assembly.messages("deputy_appointment.dismissed")


def test_a_dismissed_deputy_acts_no_more_and_may_come_back(assembly):
    """The office is asked for at the moment of the act; another recommendation opens another case (7.2b)."""
    submission = {"membership": "membership:m3", "ground": "office_changed"}
    first = dismiss(assembly).number
    with assembly.forbidden():
        assembly.do("d1", "removal.submit", facts=submission)
    with assembly.refused("7.2a"):
        dismiss(assembly)
    again = appoint(assembly, assembly.recommend("d1"))
    assert (True, ["d1"]) == (first != again.number, assembly.holding("deputy_chairman"))


def test_a_dismissal_of_a_later_day_is_refused(assembly):
    """The act cannot be later than the day on which it is entered (7.2a)."""
    with assembly.refused("7.2a"):
        dismiss(assembly, at="2006-06-06 23:59")


def test_a_recommendation_lapses_by_the_working_body(assembly):
    """With its reason, when the person declines; a new recommendation may follow (7.2b)."""
    case = assembly.recommend("m5")
    with assembly.wrong_facts("reason"):
        assembly.do("wb", "deputy_appointment.lapse", case=case)
    for actor in ("ch", "d1", "m5", "president"):
        with assembly.forbidden():
            assembly.do(actor, "deputy_appointment.lapse", case=case, facts={"reason": "The person declines"})
    case = assembly.do("wb", "deputy_appointment.lapse", case=case, facts={"reason": "The person declines"})
    assert "lapsed" == case.state
    assert "recommended" == assembly.recommend("m5").state


def test_what_has_lapsed_is_not_appointed_and_who_is_appointed_does_not_lapse(assembly):
    """An act in a state that does not know it is refused with all its norms (7.2a, 7.2b)."""
    lapsed = assembly.do("wb", "deputy_appointment.lapse", case=assembly.recommend("m5"), facts={"reason": "Declines"})
    with assembly.refused("7.2a", "7.2b"):
        appoint(assembly, lapsed)
    with assembly.refused("7.2b"):
        assembly.do("wb", "deputy_appointment.lapse", case="deputy_appointment:d1", facts={"reason": "Declines"})


def test_a_deputy_who_leaves_the_assembly_stays_deputy(assembly):
    """The office of a deputy ends by the President's act, not by leaving the Assembly (7.2a, 20.3)."""
    assembly.do("d1", "membership.leave", case="membership:d1", facts={"statement_date": "2006-06-05"})
    assert {"deputy_chairman"} == assembly.mandates("d1")
