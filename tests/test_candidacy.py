"""Candidacies until they are admissible: who nominates, by which decision, on which proposals (items 13.1 and 14.1)."""

import pytest

from tests.assembly import (
    Assembly,
    admissible,
    association_nomination,
    considered,
    nominated,
    nomination,
    paper,
    state_body_nomination,
)

CONFERENCE = {"level": "regional", "region": "Kostanay", "highest_body": "conference"}
ROSTER = {
    "small_assemblies": ("Kostanay", "Almaty"),
    "associations": {"conf": CONFERENCE, "town": {"level": "local", "highest_body": "general_meeting"}},
    "state_bodies": ("moj",),
    "candidates": ("A", "B", "C"),
}


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, **ROSTER)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, **ROSTER)
    yield desk
    desk.assert_replayable()


def decision(body="small_assembly_session", date="2006-04-13"):
    return {"body": body, "number": "7", "date": date}


def warned(done):
    return [(warning.norm, warning.code) for warning in done.warnings]


# -------------------------------------------------------------------------------------------------------------- to nominate


@pytest.mark.parametrize(
    ("actor", "facts"),
    [
        ("a:Kostanay", nomination()),
        ("s:Kostanay", nomination()),
        ("as:conf", association_nomination()),
        ("sb:moj", state_body_nomination()),
    ],
)
def test_small_assemblies_associations_and_state_bodies_nominate(desk, actor, facts):
    """Small assemblies nominate (14.1a), associations (14.1b), and state bodies by a letter of their head (C07)."""
    case = desk.do(actor, "candidacy.nominate", facts=facts)
    assert ("nominated", ()) == (case.state, case.warnings)
    assert ["wb"] == desk.messages("candidacy.nominated")
    assert "admissible" == desk.do("wb", "candidacy.admit", case=case).state


@pytest.mark.parametrize("actor", ["ch", "d1", "m4", "wb", "p:A", "nobody", "president"])
def test_others_do_not_nominate(desk, actor):
    """Who holds no office of a nominating body nominates nobody; not even oneself."""
    with desk.forbidden():
        desk.do(actor, "candidacy.nominate", facts=nomination())


@pytest.mark.parametrize(
    ("actor", "facts", "norm"),
    [
        ("s:Kostanay", nomination(decision=decision(date="2006-04-15")), "14.1a"),
        ("as:conf", association_nomination(decision=decision("conference", "2006-04-15")), "14.1b"),
    ],
)
def test_a_decision_of_a_later_day_is_refused(desk, actor, facts, norm):
    """A decision cannot be dated later than the day of the nomination; of that day it may be (the route's norm)."""
    with desk.refused(norm, codes=["paper.of_a_later_day"]):
        desk.do(actor, "candidacy.nominate", at="2006-04-14 23:59", facts=facts)
    desk.do(actor, "candidacy.nominate", at="2006-04-15 00:00", facts=facts)


def test_a_member_is_not_nominated(assembly):
    """The person is a member already (13.1a); the candidate's consent does not help."""
    with assembly.refused("13.1a"):
        assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("m4"))


def test_nor_who_will_be_a_member_from_a_later_day(assembly):
    """Who is enrolled from a later day is a member already for a nomination (13.1a)."""
    enrolled = {"person": "p:A", "since": "2006-06-01", "category": "other_person", "order": paper("2006-04-14")}
    assembly.do("wb", "membership.enrol", facts=enrolled)
    with assembly.refused("13.1a"):
        assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())


def test_a_leaving_member_is_one_until_he_has_left(assembly):
    """While he is leaving he is a member still (13.1a); afterwards he may be nominated again."""
    leave = {"statement_date": "2006-04-14", "from_date": "2006-04-20"}
    assembly.do("m4", "membership.leave", case="membership:m4", facts=leave)
    with assembly.refused("13.1a"):
        assembly.do("s:Kostanay", "candidacy.nominate", at="2006-04-19 23:59", facts=nomination("m4"))
    assembly.do("s:Kostanay", "candidacy.nominate", at="2006-04-20 00:00", facts=nomination("m4"))


@pytest.mark.parametrize(
    ("actor", "facts", "norm"),
    [
        ("s:Kostanay", nomination(consent=...), "14.1a"),
        ("s:Kostanay", nomination(consent=False), "14.1a"),
        ("as:conf", association_nomination(consent=...), "14.1b"),
    ],
)
def test_a_missing_consent_is_a_warning(desk, actor, facts, norm):
    """The candidate's consent is asked for; without it the nomination is done, with a warning (C16)."""
    case = desk.do(actor, "candidacy.nominate", facts=facts)
    assert [(norm, "candidacy.no_consent")] == warned(case)
    assert "candidacy.no_consent" in desk.entries(case)[0].findings


def test_an_open_candidacy_of_the_same_person_is_a_warning(assembly):
    """Who has an open candidacy is better supported than nominated again; it is no refusal (14.1)."""
    first = nominated(assembly)
    second = assembly.do("as:conf", "candidacy.nominate", facts=association_nomination())
    assert [("14.1b", "candidacy.open_already")] == warned(second)
    assert [first.number] == second.warnings[0].numbers["cases"]


def test_after_a_candidacy_has_ended_there_is_no_warning(assembly):
    """A withdrawn candidacy does not stand in the way of another nomination (C10)."""
    assembly.do("p:A", "candidacy.withdraw", case=nominated(assembly))
    assert () == nominated(assembly).warnings


def test_the_working_body_enters_a_nomination_from_its_paper(assembly):
    """The working body may enter an act for the entitled office where a paper exists; both stand in the entry."""
    document = paper("2006-04-13", kind="letter")
    case = assembly.do(
        "wb", "candidacy.nominate", on_behalf_of="as:conf", document=document, facts=association_nomination()
    )
    (entry,) = assembly.entries(case)
    assert ("wb", "as:conf", "association", "conf") == (entry.actor, entry.holder, entry.office, entry.body)
    assert '"document":{"date":"2006-04-13","kind":"letter","number":"12"}' in entry.payload


def test_a_paper_on_behalf_of_a_later_day_is_refused(assembly):
    """The document cannot be later than the day of the act either (of a nomination: the norm of its route)."""
    document = paper("2006-04-15", kind="letter")
    with assembly.refused("14.1b"):
        assembly.do(
            "wb", "candidacy.nominate", on_behalf_of="as:conf", document=document, facts=association_nomination()
        )


@pytest.mark.parametrize(
    ("actor", "holder"),
    [("wb", "m4"), ("wb", "nobody"), ("ch", "s:Kostanay"), ("s:Kostanay", "as:conf"), ("wb", "president")],
)
def test_on_behalf_only_of_the_entitled_and_only_by_the_working_body(desk, actor, holder):
    """Nobody but the working body enters acts for others, and only for who holds the office."""
    document = None if holder == "president" else paper("2006-04-13", kind="letter")
    with desk.forbidden():
        desk.do(actor, "candidacy.nominate", on_behalf_of=holder, document=document, facts=nomination())


@pytest.mark.parametrize(
    ("fact", "document"),
    [
        ("document.kind", None),
        ("document.kind", paper("2006-04-13")),
        ("document.number", {"kind": "letter", "date": "2006-04-13", "number": 7}),
        pytest.param("document.date", {"kind": "letter", "number": "7", "date": "yesterday"}),
        ("document.date", {"kind": "letter", "number": "7", "date": 20060413}),
        pytest.param("document.facts", "letter 7"),
        ("document.title", paper("2006-04-13", kind="letter", title="To the Assembly")),
    ],
)
def test_on_behalf_needs_the_document(desk, fact, document):
    """`document {kind, number, date}` is required with `on_behalf_of` (422)."""
    with desk.wrong_facts(*(["document.kind", "document.number", "document.date"] if document is None else [fact])):
        desk.do("wb", "candidacy.nominate", on_behalf_of="s:Kostanay", document=document, facts=nomination())


def test_a_document_without_on_behalf_is_wrong(desk):
    """A document that nobody asked for is an error, not ignored (422)."""
    with desk.wrong_facts("document"):
        desk.do("s:Kostanay", "candidacy.nominate", document=paper("2006-04-13", kind="letter"), facts=nomination())


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("person", nomination("p:Z")),
        ("person", nomination(person=...)),
        ("person", nomination("")),
        ("route", nomination(route="president")),
        ("decision", nomination(decision=...)),
        ("decision.body", nomination(decision=decision("council_of_elders"))),
        ("decision.number", nomination(decision=decision() | {"number": 7})),
        ("decision.date", nomination(decision=decision(date="13.04.2006"))),
        ("decision.date", nomination(decision=decision(date=1144886400))),
        ("decision.sheet", nomination(decision=decision() | {"sheet": 1})),
        ("region", nomination(region="")),
        ("region", nomination(region=["Kostanay"])),
        ("proposals", nomination(proposals="German centre")),
        ("proposals.0.by", nomination(proposals=[{"by": " ", "date": "2006-04-03"}])),
        ("proposals.1.date", nomination(proposals=[{"by": "A", "date": "2006-04-03"}, {"by": "B"}])),
        ("association.level", association_nomination(association=CONFERENCE | {"name": "conf", "level": "national"})),
        ("association.region", association_nomination(association=CONFERENCE | {"name": "conf"})),
        ("consent", nomination(consent="yes")),
        ("consent", nomination(consent=1)),
        ("because", nomination(because="I say so")),
    ],
)
def test_wrong_facts_of_a_nomination(desk, fact, facts):
    """Facts of another shape, unknown names and people nobody knows are errors, not ignored (422)."""
    wrong = {fact, "association.region"} if fact == "association.level" else {fact}
    with desk.wrong_facts(*wrong):
        desk.do("s:Kostanay", "candidacy.nominate", facts=facts)


# --------------------------------------------------------------------------------------------------------------- to support


def test_several_bodies_stand_behind_one_candidacy(assembly):
    """Another body proposes the same person: one candidacy, several sources (14.1)."""
    case = nominated(assembly)
    assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination())
    case = assembly.do("sb:moj", "candidacy.support", case=case, facts=state_body_nomination(consent=...))
    assert ("nominated", [("14.1a", "candidacy.no_consent")]) == (case.state, warned(case))
    bodies = [source["nominating_body"] for source in assembly.facts(case)["sources"]]
    assert ["small_assembly:Kostanay", "association:conf", "state_body:moj"] == bodies


def test_an_admissible_candidacy_may_be_supported(assembly):
    """A candidacy is supported while it is nominated or admissible; the state stays (14.1)."""
    case = admissible(assembly)
    assert "admissible" == assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination()).state
    assert {"consideration": None} == assembly.deadlines(case)


def test_support_for_another_person_is_refused(assembly):
    """A candidacy is supported for whom it is about; refused with the norm of the supporter's route (14.1)."""
    case = nominated(assembly)
    with assembly.refused("14.1b", codes=["candidacy.another_person"]):
        assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination("p:B"))
    with assembly.refused("14.1a", codes=["candidacy.another_person"]):
        assembly.do("s:Almaty", "candidacy.support", case=case, facts=nomination("p:B"))


def test_support_by_a_decision_of_a_later_day_is_refused(assembly):
    """A paper cannot be dated later than the day of the act (14.1b)."""
    case = nominated(assembly)
    with assembly.refused("14.1b"):
        facts = association_nomination(decision=decision("conference", "2006-04-15"))
        assembly.do("as:conf", "candidacy.support", case=case, facts=facts)


def test_a_considered_candidacy_is_not_supported_any_more(assembly):
    """An act in a state that does not know it is refused with all norms of the act (14.1a, 14.1b)."""
    case = considered(assembly)
    with assembly.refused("14.1a", "14.1b"):
        assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination())


def test_others_do_not_support(assembly):
    """Who may support is who may nominate."""
    case = nominated(assembly)
    for actor in ("ch", "d1", "m4", "wb", "p:A"):
        with assembly.forbidden():
            assembly.do(actor, "candidacy.support", case=case, facts=nomination())


# ----------------------------------------------------------------------------------------------------------------- to admit


def test_a_candidacy_in_order_is_admitted(assembly):
    """The session decided, an association had proposed: the candidacy waits for the Council, undated (14.1a, 14.2a)."""
    case = nominated(assembly)
    assert "admissible" == assembly.do("wb", "candidacy.admit", case=case, at="2006-04-17 10:00").state
    assert {"consideration": None} == assembly.deadlines(case)
    assert ["s:Kostanay"] == assembly.messages("candidacy.admitted")


@pytest.mark.parametrize(
    ("actor", "facts", "norm", "codes"),
    [
        ("a:Kostanay", nomination(decision=decision("akim_letter")), "14.1a", ["not_the_session"]),
        ("a:Kostanay", nomination(decision=decision("small_assembly_council")), "14.1a", ["not_the_session"]),
        ("s:Kostanay", nomination(decision=decision("conference")), "14.1a", ["not_the_session"]),
        ("s:Kostanay", nomination(proposals=...), "14.1a", ["no_proposal"]),
        ("s:Kostanay", nomination(proposals=[]), "14.1a", ["no_proposal"]),
        ("s:Kostanay", nomination(proposals=[{"by": "Late", "date": "2006-04-14"}]), "14.1a", ["proposal_too_late"]),
        (
            "s:Kostanay",
            nomination(proposals=..., decision=decision("other")),
            "14.1a",
            ["no_proposal", "not_the_session"],
        ),
        ("as:conf", association_nomination(association=...), "14.1b", ["association_not_named"]),
        ("as:conf", association_nomination(decision=decision("board")), "14.1b", ["not_the_highest_body"]),
        ("as:conf", association_nomination(decision=decision("congress")), "14.1b", ["not_the_highest_body"]),
        (
            "as:town",
            association_nomination(association={"name": "town", "level": "local", "highest_body": "conference"}),
            "14.1b",
            ["local_association"],
        ),
        ("sb:moj", state_body_nomination(decision=decision("other")), "14.2a", ["no_letter_of_the_head"]),
    ],
)
def test_no_source_is_in_order(desk, actor, facts, norm, codes):
    """The right body decided, not before the proposals; level regional or republican (14.1a, 14.1b, C02 to C04, C07)."""
    case = desk.do(actor, "candidacy.nominate", facts=facts)
    with desk.refused(norm, codes=[f"candidacy.{code}" for code in codes]):
        desk.do("wb", "candidacy.admit", case=case)


def test_a_proposal_of_the_day_of_the_decision_is_in_time(assembly):
    """The proposal is not later than the decision: of the same day it may be (14.1a)."""
    facts = nomination(proposals=[{"by": "German cultural centre", "date": "2006-04-13"}])
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=facts)
    assert "admissible" == assembly.do("wb", "candidacy.admit", case=case).state


@pytest.mark.parametrize(("level", "highest"), [("republican", "congress"), ("regional", "general_meeting")])
def test_the_highest_body_is_what_the_charter_says(desk, level, highest):
    """Republican and regional associations nominate by the highest body of their charter (14.1b, C03)."""
    association = {"name": "conf", "level": level, "highest_body": highest}
    facts = association_nomination(association=association, decision=decision(highest))
    case = desk.do("as:conf", "candidacy.nominate", facts=facts)
    assert "admissible" == desk.do("wb", "candidacy.admit", case=case).state


def test_one_source_in_order_is_enough(assembly):
    """A wrong nomination does not spoil the right one beside it (14.1)."""
    case = assembly.do("a:Kostanay", "candidacy.nominate", facts=nomination(decision=decision("akim_letter")))
    assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination())
    assert "admissible" == assembly.do("wb", "candidacy.admit", case=case).state


def test_every_fault_of_every_source_is_told_at_once(assembly):
    """If no source is in order the refusal lists all reasons with their norms."""
    case = assembly.do("a:Kostanay", "candidacy.nominate", facts=nomination(decision=decision("akim_letter")))
    assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination(decision=decision("board")))
    assembly.do("sb:moj", "candidacy.support", case=case, facts=state_body_nomination(decision=decision("board")))
    with assembly.refused("14.1a", "14.1b", "14.2a"):
        assembly.do("wb", "candidacy.admit", case=case)


def test_only_the_working_body_admits_and_returns(assembly):
    """Admitting and returning are the working body's."""
    case = nominated(assembly)
    for actor in ("ch", "d1", "s:Kostanay", "p:A", "president"):
        with assembly.forbidden():
            assembly.do(actor, "candidacy.admit", case=case)
        with assembly.forbidden():
            assembly.do(actor, "candidacy.return", case=case, facts={"reason": "No session has decided"})


def test_admitting_twice_is_refused(assembly):
    """An admissible candidacy is not admitted again (14.1a, 14.1b)."""
    case = admissible(assembly)
    with assembly.refused("14.1a", "14.1b"):
        assembly.do("wb", "candidacy.admit", case=case)


# ---------------------------------------------------------------------------------------------------------- return and cure


def returned(assembly, actor="a:Kostanay", facts=None):
    facts = facts or nomination(decision=decision("akim_letter"))
    case = assembly.do(actor, "candidacy.nominate", facts=facts)
    return assembly.do("wb", "candidacy.return", case=case, facts={"reason": "The session has to decide"})


def test_a_nomination_by_a_wrong_body_is_returned_and_cured(assembly):
    """It goes back with the reason and is cured by a proper decision of a later day (C04)."""
    case = returned(assembly)
    assert "inadmissible" == case.state
    assert ["a:Kostanay"] == assembly.messages("candidacy.returned")
    case = assembly.do("a:Kostanay", "candidacy.cure", case=case, facts={"decision": decision(date="2006-04-14")})
    assert "nominated" == case.state
    assert "admissible" == assembly.do("wb", "candidacy.admit", case=case).state


def test_chairman_and_secretariat_of_a_region_are_one(assembly):
    """What the akim nominated the secretariat of the same small assembly may cure (C04)."""
    case = returned(assembly, "a:Kostanay")
    case = assembly.do("s:Kostanay", "candidacy.cure", case=case, facts={"decision": decision(date="2006-04-14")})
    assert "nominated" == case.state


@pytest.mark.parametrize("actor", ["s:Almaty", "as:conf", "sb:moj"])
def test_another_body_does_not_cure(desk, actor):
    """Only the body that nominated cures, not even one that supports (14.1)."""
    case = desk.do("a:Kostanay", "candidacy.nominate", facts=nomination(decision=decision("akim_letter")))
    desk.do("as:conf", "candidacy.support", case=case, facts=association_nomination(decision=decision("board")))
    desk.do("wb", "candidacy.return", case=case, facts={"reason": "The session has to decide"})
    with desk.refused("14.1a", codes=["candidacy.another_body"]):
        desk.do(actor, "candidacy.cure", case=case, facts={"decision": decision(date="2006-04-14")})


@pytest.mark.parametrize("date", ["2006-04-12", "2006-04-13"])
def test_the_new_decision_is_later_than_the_returned_one(desk, date):
    """A decision of the same day, or an earlier one, cures nothing (C04)."""
    case = returned(desk)
    with desk.refused("14.1a", codes=["candidacy.no_later_decision"]):
        desk.do("a:Kostanay", "candidacy.cure", case=case, facts={"decision": decision(date=date)})


def test_a_cure_is_refused_with_the_norm_of_its_route(assembly):
    """An association's cure is refused with 14.1b, by another body and by no later decision together."""
    case = returned(assembly, "as:conf", association_nomination(decision=decision("board")))
    with assembly.refused("14.1b", codes=["candidacy.another_body", "candidacy.no_later_decision"]):
        assembly.do("s:Almaty", "candidacy.cure", case=case, facts={"decision": decision()})
    with assembly.refused("14.1b", codes=["paper.of_a_later_day"]):
        assembly.do("as:conf", "candidacy.cure", case=case, facts={"decision": decision("conference", "2006-04-15")})


def test_a_cure_by_a_wrong_body_again_is_not_admitted(assembly):
    """The cure is looked at as the nomination was: by the board of an association it is not in order (14.1b)."""
    case = returned(assembly, "as:conf", association_nomination(decision=decision("board")))
    assembly.do("as:conf", "candidacy.cure", case=case, facts={"decision": decision("board", "2006-04-14")})
    with assembly.refused("14.1b"):
        assembly.do("wb", "candidacy.admit", case=case)


def test_others_do_not_cure(assembly):
    """Who holds no nominating office at all is not asked for the decision."""
    case = returned(assembly)
    for actor in ("ch", "d1", "wb", "p:A", "m4"):
        with assembly.forbidden():
            assembly.do(actor, "candidacy.cure", case=case, facts={"decision": decision(date="2006-04-14")})


def test_what_was_not_returned_is_not_cured(assembly):
    """An act in a state that does not know it is refused with all its norms (14.1a, 14.1b)."""
    for case in (nominated(assembly), admissible(assembly, "p:B")):
        with assembly.refused("14.1a", "14.1b"):
            assembly.do("s:Kostanay", "candidacy.cure", case=case, facts={"decision": decision(date="2006-04-14")})


@pytest.mark.parametrize("reason", [None, "", "   ", 7, "x" * 4001])
def test_a_return_needs_its_reason(desk, reason):
    """Every text is of 1 to 4,000 characters, trimmed, not empty (422)."""
    case = nominated(desk)
    with desk.wrong_facts("reason"):
        desk.do("wb", "candidacy.return", case=case, facts={} if reason is None else {"reason": reason})


def test_a_text_is_kept_trimmed_up_to_4000_characters(desk):
    """Spaces around a text are no part of it and do not count."""
    desk.do("wb", "candidacy.return", case=(case := nominated(desk)), facts={"reason": f"  {'ә' * 4000}\n"})
    assert "ә" * 4000 == desk.facts(case)["returned"]["reason"]
