"""Candidacies from the Council to the Chairman's decision, inclusion by him, and withdrawal (items 13.1 and 14.2)."""

from datetime import date

import pytest

from machines.rulebook import Rulebook
from tests.assembly import (
    Assembly,
    admissible,
    association_nomination,
    considered,
    nominated,
    nomination,
    paper,
    submitted,
)

ORDER = {"order": paper("2006-06-02")}
CONFERENCE = {"conf": {"level": "regional", "region": "Kostanay", "highest_body": "conference"}}
BLOCKING = Rulebook(overrides=((date(2006, 4, 15), "candidacy.council_outcome", "blocking"),))
NOBODY = Rulebook(overrides=((date(2005, 1, 1), "deputies.joint_rule.if_none", "nobody"),))


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, associations=CONFERENCE)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, associations=CONFERENCE)
    yield desk
    desk.assert_replayable()


def dismiss(assembly, deputy, at):
    act = {"act": paper(at[:10], kind="decree")}
    return assembly.do("president", "deputy_appointment.dismiss", case=f"deputy_appointment:{deputy}", at=at, facts=act)


def enrol(assembly, person, at):
    facts = {"person": person, "act": paper(at[:10], kind="decree")}
    return assembly.do("wb", "deputy_appointment.enrol", at=at, facts=facts)


# -------------------------------------------------------------------------------------------------------------- the Council


@pytest.mark.parametrize("outcome", ["recommended", "not_recommended", "no_decision"])
def test_the_council_considers(desk, outcome):
    """Whatever the outcome, a considered candidacy is to be submitted within ten working days (14.2a, 14.2b, C05, C06)."""
    case = considered(desk, outcome=outcome)
    assert ("considered", outcome) == (case.state, desk.facts(case)["outcome"])
    assert {"for": 20, "against": 3, "abstain": 0, "present": 25, "total": 30} == desk.facts(case)["votes"]
    assert {"consideration": "closed", "submission": "2006-05-31 00:00"} == desk.deadlines(case)
    assert ["d1", "d2"] == desk.messages("candidacy.considered")


def test_the_submission_is_reminded_of(assembly):
    """Three days and one day before the last day, to the deputies who are missing; then the Chairman is told (C08)."""
    expected = [
        (3, "2006-05-27 09:00", "deputies_missing"),
        (1, "2006-05-29 09:00", "deputies_missing"),
        (0, "2006-05-31 00:00", "chairman"),
    ]
    assert expected == assembly.reminders(considered(assembly), "submission")


@pytest.mark.parametrize("actor", ["ch", "d1", "wb", "m1", "p:A", "president"])
def test_nobody_considers_alone(desk, actor):
    """The Council considers at a meeting only: the act comes about by its vote, nobody enters it (14.2a)."""
    case = admissible(desk)
    with desk.forbidden():
        desk.do(actor, "candidacy.consider", case=case, facts={"outcome": "recommended"})


def test_what_was_not_admitted_is_not_considered(assembly):
    """Only an admissible candidacy is considered (14.2a)."""
    for case in (nominated(assembly), considered(assembly, "p:B")):
        with assembly.refused("14.2a"):
            assembly.consider(case)


# ------------------------------------------------------------------------------------------------------ the deputies, jointly


def test_every_deputy_in_office_submits(assembly):
    """The first submission leaves the state, the last one makes the transition (14.2b, B01)."""
    case = considered(assembly)
    case = assembly.do("d1", "candidacy.submit", case=case, at="2006-05-18 10:00")
    assert ("considered", "2006-05-31 00:00") == (case.state, assembly.deadlines(case)["submission"])
    case = assembly.do("d2", "candidacy.submit", case=case, at="2006-05-18 11:00")
    assert ("submitted", "closed") == (case.state, assembly.deadlines(case)["submission"])
    assert ["nominate", "admit", "consider", "submit", "submit"] == assembly.acts(case)
    assert ["ch"] == assembly.messages("candidacy.submitted")


def test_the_same_deputy_does_not_submit_twice(assembly):
    """The same holder again while others are missing is refused with the act's norm (14.2b)."""
    case = assembly.do("d2", "candidacy.submit", case=considered(assembly))
    with assembly.refused("14.2b", codes=["joint.done_already"]):
        assembly.do("d2", "candidacy.submit", case=case)


def test_when_the_missing_deputy_leaves_any_holder_completes(assembly):
    """A joint act is complete once every holder then in office has done it: he does it again (B01)."""
    case = assembly.do("d1", "candidacy.submit", case=considered(assembly), at="2006-05-18 10:00")
    dismiss(assembly, "d2", "2006-05-19 10:00")
    assert "considered" == assembly.state(case)
    assert "submitted" == assembly.do("d1", "candidacy.submit", case=case, at="2006-05-19 11:00").state


def test_a_new_deputy_must_submit_too(assembly):
    """Who is in office at the moment of the act counts, not who was when it began (B01)."""
    case = assembly.do("d1", "candidacy.submit", case=considered(assembly), at="2006-05-18 10:00")
    dismiss(assembly, "d2", "2006-05-19 10:00")
    enrol(assembly, "m5", "2006-05-19 11:00")
    with assembly.refused("14.2b"):
        assembly.do("d1", "candidacy.submit", case=case, at="2006-05-19 12:00")
    assert "submitted" == assembly.do("m5", "candidacy.submit", case=case, at="2006-05-19 12:00").state


def test_a_dismissed_deputy_does_not_count_any_more(assembly):
    """Of whom has submitted and left nothing is needed; who is in office completes alone (B01)."""
    case = assembly.do("d1", "candidacy.submit", case=considered(assembly), at="2006-05-18 10:00")
    dismiss(assembly, "d1", "2006-05-19 10:00")
    with assembly.forbidden():
        assembly.do("d1", "candidacy.submit", case=case, at="2006-05-19 11:00")
    assert "submitted" == assembly.do("d2", "candidacy.submit", case=case, at="2006-05-19 11:00").state


def test_with_no_deputy_the_chairman_submits(database):
    """With no deputy in office the Chairman performs the deputies' acts (B01, 22.1)."""
    assembly = Assembly(database, deputies=0)
    case = considered(assembly)
    assert ["ch"] == assembly.messages("candidacy.considered")
    assert "submitted" == assembly.do("ch", "candidacy.submit", case=case).state
    assert "chairman" == assembly.entries(case)[-1].office


def test_the_chairman_does_not_submit_beside_a_deputy(assembly):
    """While there is a deputy the Chairman does not act in his place (14.2b)."""
    case = considered(assembly)
    dismiss(assembly, "d2", "2006-05-18 10:00")
    with assembly.forbidden():
        assembly.do("ch", "candidacy.submit", case=case)


def test_under_the_ruling_nobody_the_candidacy_waits(database):
    """Under `deputies.joint_rule.if_none: nobody` the Chairman does not stand in; a deputy must be appointed (B01)."""
    assembly = Assembly(database, book=NOBODY, deputies=0)
    case = considered(assembly)
    with assembly.forbidden():
        assembly.do("ch", "candidacy.submit", case=case)
    enrol(assembly, "m5", "2006-05-18 10:00")
    assert "submitted" == assembly.do("m5", "candidacy.submit", case=case).state


def test_a_submission_on_behalf_of_a_deputy(assembly):
    """The working body may enter a deputy's submission from a paper; it counts as his (14.2b)."""
    document = paper("2006-05-17", kind="letter")
    case = assembly.do(
        "wb", "candidacy.submit", case=considered(assembly), at="2006-05-18 09:00", on_behalf_of="d1", document=document
    )
    with assembly.refused("14.2b"):
        assembly.do("d1", "candidacy.submit", case=case)
    assert "submitted" == assembly.do("d2", "candidacy.submit", case=case).state


@pytest.mark.parametrize("actor", ["ch", "wb", "m1", "s:Kostanay", "p:A"])
def test_others_do_not_submit(desk, actor):
    """The deputies submit, all of them, nobody else (14.2b)."""
    case = considered(desk)
    with desk.forbidden():
        desk.do(actor, "candidacy.submit", case=case)


def test_before_the_council_nothing_is_submitted(assembly):
    """Before the Council has considered it a candidacy is not submitted (14.2b)."""
    for case in (nominated(assembly), admissible(assembly, "p:B")):
        with assembly.refused("14.2b"):
            assembly.do("d1", "candidacy.submit", case=case)


def test_submitted_is_submitted(assembly):
    """What lies with the Chairman is not submitted again (14.2b)."""
    case = submitted(assembly)
    with assembly.refused("14.2b"):
        assembly.do("d1", "candidacy.submit", case=case)


@pytest.mark.parametrize("outcome", ["not_recommended", "no_decision"])
def test_under_blocking_only_recommended_are_submitted(database, outcome):
    """Under `candidacy.council_outcome: blocking` what is not recommended is not submitted (14.2a, C05)."""
    assembly = Assembly(database, book=BLOCKING, starts="2006-04-15 09:00")
    facts = nomination()
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=facts)
    case = assembly.consider(assembly.do("wb", "candidacy.admit", case=case), outcome)
    with assembly.refused("14.2a"):
        assembly.do("d1", "candidacy.submit", case=case)
    assert "withdrawn" == assembly.do("p:A", "candidacy.withdraw", case=case).state


def test_open_cases_keep_their_rulings(database):
    """A candidacy opened the day before the ruling was switched stays under the old one (C05)."""
    assembly = Assembly(database, book=BLOCKING)
    case = submitted(assembly, outcome="not_recommended")
    assert "submitted" == case.state


def test_under_blocking_recommended_ones_go_their_way(database):
    """The ruling stops nothing that the Council has recommended (C05)."""
    assembly = Assembly(database, book=BLOCKING, starts="2006-04-15 09:00")
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    case = assembly.consider(assembly.do("wb", "candidacy.admit", case=case), "recommended")
    assert "considered" == assembly.do("d1", "candidacy.submit", case=case).state


# ------------------------------------------------------------------------------------------------------------- the Chairman


def test_the_approval_has_thirty_days_and_no_consequence_by_silence(assembly):
    """From 18 May the thirtieth day is 17 June; after it nothing happens but that people are told (14.2c, C09)."""
    case = submitted(assembly)
    assert "2006-06-18 00:00" == assembly.deadlines(case)["approval"]
    expected = [
        (7, "2006-06-10 09:00", "chairman"),
        (1, "2006-06-16 09:00", "chairman"),
        (0, "2006-06-18 00:00", "chairman working_body"),
    ]
    assert expected == assembly.reminders(case, "approval")
    assert () == assembly.sweep("2007-01-01 00:00").done
    assert "approved" == assembly.do("ch", "candidacy.approve", case=case, facts=ORDER).state


@pytest.mark.parametrize("outcome", ["recommended", "not_recommended", "no_decision"])
def test_approval_makes_a_member(desk, outcome):
    """The Chairman approves whatever the Council said; the membership starts in the same transaction (14.2c, 13.1a)."""
    case = submitted(desk, outcome=outcome)
    done = desk.do("ch", "candidacy.approve", case=case, at="2006-06-02 10:00", facts=ORDER)
    (started,) = done.consequences
    assert ("approved", "closed") == (done.state, desk.deadlines(case)["approval"])
    assert ("membership", "start", "active") == (started.record.procedure, started.record.act, started.state)
    assert (11, {"member"}) == (desk.members(), desk.mandates("p:A"))
    assert f"{done.number}/{done.seq}" == started.record.cause


def test_a_new_member_is_told(assembly):
    """Whose membership starts is told of it (13.1a)."""
    assembly.do("ch", "candidacy.approve", case=submitted(assembly), at="2006-06-02 10:00", facts=ORDER)
    assert ["p:A"] == assembly.messages("membership.started")


def test_a_membership_counts_from_its_entry_at_the_earliest(assembly):
    """An order of May entered in June makes a member since May, who counts from the entry on (C11)."""
    assembly.do(
        "ch", "candidacy.approve", case=submitted(assembly), at="2006-06-02 10:00", facts={"order": paper("2006-05-20")}
    )
    assert "2006-05-20" == assembly.facts("membership:p:A")["since"]
    assert (10, 11) == (assembly.members(at="2006-06-02 09:59"), assembly.members(at="2006-06-02 10:00"))


@pytest.mark.parametrize(("by", "facts", "category"), [
    ("s:Kostanay", nomination(), "association"), ("as:conf", association_nomination(), "association"),
])  # fmt: skip
def test_the_category_follows_the_route(desk, by, facts, category):
    """Who is nominated by associations, be it through a small assembly, is a member of theirs (13.1a)."""
    case = desk.do(by, "candidacy.nominate", facts=facts)
    case = desk.consider(desk.do("wb", "candidacy.admit", case=case))
    for deputy in ("d1", "d2"):
        desk.do(deputy, "candidacy.submit", case=case)
    desk.do("ch", "candidacy.approve", case=case, facts={"order": paper("2006-04-14")})
    assert category == desk.facts("membership:p:A")["category"]


def test_approval_ends_the_other_candidacies_of_the_person(assembly):
    """Who has become a member needs no other candidacy; those of others stay (13.1a)."""
    other, others = nominated(assembly), nominated(assembly, "p:B")
    assembly.do("ch", "candidacy.approve", case=submitted(assembly), at="2006-06-02 10:00", facts=ORDER)
    assert ("withdrawn", "nominated") == (assembly.state(other), assembly.state(others))
    assert assembly.cases("membership", "p:A")[0] in assembly.entries(other)[-1].cause


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_an_order_of_a_later_day_is_refused(desk, act):
    """The order cannot be later than the day of the act, by the zone's own midnight (14.2c, 14.2d)."""
    case, norm = submitted(desk), {"approve": "14.2c", "reject": "14.2d"}[act]
    with desk.refused(norm):
        desk.do("ch", f"candidacy.{act}", case=case, at="2006-06-01 23:59", facts=ORDER)
    desk.do("ch", f"candidacy.{act}", case=case, at="2006-06-02 00:00", facts=ORDER)


def test_who_became_a_member_meanwhile_is_not_approved(assembly):
    """The person is a member already (13.1a); he may be rejected or withdrawn."""
    case = submitted(assembly)
    member = {"person": "p:A", "since": "2006-05-20", "category": "other_person", "order": paper("2006-05-20")}
    assembly.do("wb", "membership.enrol", at="2006-05-20 10:00", facts=member)
    with assembly.refused("13.1a"):
        assembly.do("ch", "candidacy.approve", case=case, at="2006-06-02 10:00", facts=ORDER)
    assert "rejected" == assembly.do("ch", "candidacy.reject", case=case, facts=ORDER).state


def test_nor_who_will_be_a_member_from_a_later_day(assembly):
    """A membership that begins later stands in the way as well (13.1a)."""
    case = submitted(assembly)
    member = {"person": "p:A", "since": "2006-07-01", "category": "other_person", "order": paper("2006-05-20")}
    assembly.do("wb", "membership.enrol", at="2006-05-20 10:00", facts=member)
    with assembly.refused("13.1a"):
        assembly.do("ch", "candidacy.approve", case=case, at="2006-06-02 10:00", facts=ORDER)


def test_the_chairman_rejects_with_or_without_a_reason(assembly):
    """The Chairman may decline; the reason may be left out (14.2d)."""
    case = assembly.do("ch", "candidacy.reject", case=submitted(assembly), at="2006-06-02 10:00", facts=ORDER)
    assert ("rejected", "closed", 10) == (case.state, assembly.deadlines(case)["approval"], assembly.members())
    reason = ORDER | {"reason": "There is no vacancy"}
    assert (
        "rejected"
        == assembly.do(
            "ch", "candidacy.reject", case=submitted(assembly, "p:B"), at="2006-06-02 10:00", facts=reason
        ).state
    )


def test_after_a_rejection_the_person_may_be_nominated_at_once(assembly):
    """No norm bars another nomination; it is a new case that passes all stages (14.2d, C10)."""
    case = assembly.do("ch", "candidacy.reject", case=submitted(assembly), at="2006-06-02 10:00", facts=ORDER)
    again = nominated(assembly, at="2006-06-02 10:00")
    assert (True, (), "nominated") == (again.number != case.number, again.warnings, again.state)


@pytest.mark.parametrize("actor", ["d1", "wb", "m1", "s:Kostanay", "p:A", "president"])
def test_nobody_approves_or_rejects_but_the_chairman(desk, actor):
    """The decision is the Chairman's (14.2c, 14.2d)."""
    case = submitted(desk)
    for act in ("approve", "reject"):
        with desk.forbidden():
            desk.do(actor, f"candidacy.{act}", case=case, at="2006-06-02 10:00", facts=ORDER)


def test_an_approval_entered_from_the_chairmans_order(assembly):
    """The working body may enter the Chairman's decision from his order; both stand in the entry."""
    case = assembly.do("wb", "candidacy.approve", case=submitted(assembly), at="2006-06-02 10:00", on_behalf_of="ch",
                       document=paper("2006-06-02", kind="order"), facts=ORDER)  # fmt: skip
    entry = assembly.entries(case)[-1]
    assert ("approved", "wb", "ch", "chairman") == (case.state, entry.actor, entry.holder, entry.office)


def test_the_chairman_skips_no_stage(assembly):
    """Without Council and deputies nothing is approved or rejected (14.2c, 14.2d)."""
    for case in (nominated(assembly), considered(assembly, "p:B")):
        for act, norm in (("approve", "14.2c"), ("reject", "14.2d")):
            with assembly.refused(norm):
                assembly.do("ch", f"candidacy.{act}", case=case, at="2006-06-02 10:00", facts=ORDER)


def test_a_final_state_knows_no_act(assembly):
    """What is approved, rejected or withdrawn stays so; the refusal names all norms of the act."""
    case = assembly.do("ch", "candidacy.approve", case=submitted(assembly), at="2006-06-02 10:00", facts=ORDER)
    for actor, act, facts, norms in (
        ("ch", "approve", ORDER, ["14.2c"]),
        ("ch", "reject", ORDER, ["14.2d"]),
        ("d1", "submit", {}, ["14.2b"]),
        ("wb", "admit", {}, ["14.1a", "14.1b"]),
        ("wb", "withdraw", {}, ["14.1a", "14.1b"]),
    ):
        with assembly.refused(*norms):
            assembly.do(actor, f"candidacy.{act}", case=case, facts=facts)


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("order", {}),
        ("order", {"order": None}),
        ("order", {"order": "order 12"}),
        ("order.date", {"order": {"number": "12"}}),
        ("order.number", {"order": {"number": True, "date": "2006-06-02"}}),
        ("order.kind", {"order": paper("2006-06-02", kind="order")}),
        ("reason", ORDER | {"reason": "Because"}),
    ],
)
def test_wrong_facts_of_an_approval(desk, fact, facts):
    """An approval names its order, number and date as text, and nothing else (422)."""
    case = submitted(desk)
    with desk.wrong_facts(fact):
        desk.do("ch", "candidacy.approve", case=case, at="2006-06-02 10:00", facts=facts)


def test_an_unknown_candidacy_is_not_approved(desk):
    """An unknown case is answered first, 404."""
    with desk.unknown():
        desk.do("ch", "candidacy.approve", case="C-2006-9999", seen=1, facts=ORDER)


# --------------------------------------------------------------------------------------------------------------- to include


@pytest.mark.parametrize("category", ["state_body", "association", "other_person"])
def test_the_chairman_includes_others_himself(desk, category):
    """At any time, without a rejection before it; recorded as its own way into the Assembly (14.2e, 13.1a, C07)."""
    facts = {
        "person": "p:A",
        "category": category,
        "justification": "Well known in society",
        "order": paper("2006-04-14"),
    }
    case = desk.do("ch", "candidacy.include", facts=facts)
    assert ("approved", {"member"}, 11) == (case.state, desk.mandates("p:A"), desk.members())
    assert category == desk.facts("membership:p:A")["category"]
    assert ["include"] == desk.acts(case)


def test_another_person_needs_a_justification(assembly):
    """Other persons are included with regard to their authority: the reason is written (13.1b, C01)."""
    facts = {"person": "p:A", "category": "other_person", "order": paper("2006-04-14")}
    with assembly.refused("13.1b"):
        assembly.do("ch", "candidacy.include", facts=facts)
    assembly.do("ch", "candidacy.include", facts=facts | {"category": "association"})


def test_a_member_is_not_included(assembly):
    """The person is a member already (13.1a); all reasons are told at once."""
    facts = {"person": "m4", "category": "other_person", "order": paper("2006-04-15")}
    with assembly.refused("13.1a", "13.1b", "14.2e"):
        assembly.do("ch", "candidacy.include", facts=facts)


def test_inclusion_ends_open_candidacies(assembly):
    """Who is included has no open candidacy any more (13.1a)."""
    case = admissible(assembly)
    facts = {"person": "p:A", "category": "association", "order": paper("2006-04-14")}
    assembly.do("ch", "candidacy.include", facts=facts)
    assert ("withdrawn", "closed") == (assembly.state(case), assembly.deadlines(case)["consideration"])


@pytest.mark.parametrize("actor", ["d1", "wb", "m1", "s:Kostanay", "p:A", "president"])
def test_nobody_includes_but_the_chairman(desk, actor):
    """To include other persons is the Chairman's own right (14.2e)."""
    facts = {"person": "p:A", "category": "association", "order": paper("2006-04-14")}
    with desk.forbidden():
        desk.do(actor, "candidacy.include", facts=facts)


INCLUSION = {"person": "p:A", "category": "association", "order": paper("2006-04-14")}


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("person", INCLUSION | {"person": "p:Z"}),
        ("person", {"category": "association", "order": paper("2006-04-14")}),
        ("order", {"person": "p:A", "category": "association"}),
        ("category", INCLUSION | {"category": "friend"}),
        ("category", INCLUSION | {"category": "small_assembly_head"}),
        ("justification", INCLUSION | {"justification": ""}),
        ("consent", INCLUSION | {"consent": True}),
    ],
)
def test_wrong_facts_of_an_inclusion(desk, fact, facts):
    """Facts of another shape, unknown names and unknown people are errors (422)."""
    with desk.wrong_facts(fact):
        desk.do("ch", "candidacy.include", facts=facts)


# -------------------------------------------------------------------------------------------------------------- to withdraw


STAGES = {"nominated": nominated, "admissible": admissible, "considered": considered, "submitted": submitted}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("actor", ["p:A", "a:Kostanay", "wb"])
def test_a_candidacy_is_withdrawn_at_any_stage(desk, stage, actor):
    """Candidate, nominating body or working body withdraw any that is not final; every deadline closes (14.1)."""
    case = STAGES[stage](desk)
    done = desk.do(actor, "candidacy.withdraw", case=case, facts={"reason": "Personal reasons"})
    assert "withdrawn" == done.state
    assert {"closed"} >= set(desk.deadlines(case).values())


def test_a_returned_candidacy_is_withdrawn_too(assembly):
    """Inadmissible is not final: it may be withdrawn, a reason may be left out (14.1)."""
    case = assembly.do("wb", "candidacy.return", case=nominated(assembly), facts={"reason": "No session decided"})
    assert "withdrawn" == assembly.do("p:A", "candidacy.withdraw", case=case).state


def test_who_supports_may_withdraw_too(assembly):
    """Nominating body means whoever holds an office of a body that nominated or supported."""
    case = nominated(assembly)
    with assembly.forbidden():
        assembly.do("as:conf", "candidacy.withdraw", case=case)
    case = assembly.do("as:conf", "candidacy.support", case=case, facts=association_nomination())
    assert "withdrawn" == assembly.do("as:conf", "candidacy.withdraw", case=case).state
    assert "association" == assembly.entries(case)[-1].office


@pytest.mark.parametrize("actor", ["p:B", "m4", "ch", "d1", "nobody", "president"])
def test_nobody_withdraws_the_candidacy_of_another(desk, actor):
    """The candidate's act is for one's own case; others hold no office for it."""
    case = nominated(desk)
    with desk.forbidden():
        desk.do(actor, "candidacy.withdraw", case=case)


def test_a_withdrawal_entered_from_the_candidates_letter(assembly):
    """The working body may enter it on behalf of the candidate, the letter being the document."""
    document = paper("2006-04-14", kind="letter")
    case = assembly.do("wb", "candidacy.withdraw", case=nominated(assembly), on_behalf_of="p:A", document=document)
    entry = assembly.entries(case)[-1]
    assert ("withdrawn", "p:A", "candidate") == (case.state, entry.holder, entry.office)
