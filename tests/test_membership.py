"""Membership: enrolled, reported, left, exited by the clock, ended (items 13.1, 15 and 20.3)."""

from datetime import date

import pytest

from machines.refusal import Conflict, Forbidden
from machines.rulebook import Rulebook
from tests.assembly import Assembly, nominated, paper

CHANGE = {"ground": "office_changed", "date": "2006-05-12"}
NOW = {"statement_date": "2006-06-01"}
LATER = {"statement_date": "2006-06-01", "from_date": "2006-06-06"}
END = {"date": "2006-06-01"}


def automatic(since):
    return Rulebook(overrides=((since, "removal.ex_officio.automatic", True),))


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, council=4, starts="2006-05-12 12:00")
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, council=4, starts="2006-05-12 12:00")
    yield desk
    desk.assert_replayable()


def enrol(assembly, person="p:A", since="2006-05-12", actor="wb", **facts):
    told = {"person": person, "since": since, "category": "other_person", "order": paper("2006-05-12")} | facts
    return assembly.do(actor, "membership.enrol", facts=told)


def report(assembly, person="m3", at="2006-05-12 12:00", **facts):
    return assembly.do(
        "wb", "membership.report_office_change", case=f"membership:{person}", at=at, facts=CHANGE | facts
    )


def leave(assembly, person="m3", at="2006-06-01 09:00", facts=NOW, **more):
    return assembly.do(person, "membership.leave", case=f"membership:{person}", at=at, facts=facts, **more)


def submit_removal(assembly, person="m3", at="2006-05-15 11:00", by="d1"):
    facts = {"membership": f"membership:{person}", "ground": "office_changed"}
    return assembly.do(by, "removal.submit", at=at, facts=facts)


# ---------------------------------------------------------------------------------------------------------------- to begin


@pytest.mark.parametrize("category", ["state_body", "association", "other_person"])
def test_the_working_body_enrols_on_the_chairmans_order(desk, category):
    """The import of the register: the Chairman's order is the basis (13.1a)."""
    case = enrol(desk, category=category)
    assert ("active", {"member"}, 11) == (case.state, desk.mandates("p:A"), desk.members())


def test_nobody_is_enrolled_twice(assembly):
    """The person is a member already, or will be from a later day (13.1a)."""
    with assembly.refused("13.1a"):
        enrol(assembly, "m3")
    enrol(assembly, since="2006-06-01")
    with assembly.refused("13.1a"):
        enrol(assembly, since="2006-07-01")


def test_an_order_of_a_later_day_is_refused(assembly):
    """The order cannot be later than the day of the act (13.1a)."""
    with assembly.refused("13.1a"):
        enrol(assembly, order=paper("2006-05-13"))


def test_a_membership_counts_from_the_later_of_its_day_and_its_entry(assembly):
    """From a later day: from its midnight; from a day that has passed: from the entry (C11)."""
    enrol(assembly, "p:A", since="2006-06-01")
    enrol(assembly, "p:B", since="2006-01-01")
    assert (10, 11) == (assembly.members(at="2006-05-12 11:59"), assembly.members(at="2006-05-12 12:00"))
    assert (11, 12) == (assembly.members(at="2006-05-31 23:59"), assembly.members(at="2006-06-01 00:00"))


def test_officers_count_or_not_by_ruling(database):
    """The Chairman and his deputies count as members unless the ruling says otherwise (A07, A08)."""
    book = Rulebook(overrides=((date(2006, 5, 1), "members.officers_are_members", False),))
    assembly = Assembly(database, book=book)
    assert (10, 7) == (assembly.members(at="2006-04-30 23:59"), assembly.members(at="2006-05-01 00:00"))


@pytest.mark.parametrize("actor", ["ch", "d1", "m1", "p:A", "s:Kostanay", "president"])
def test_only_the_working_body_enrols_reports_and_ends(desk, actor):
    """The register is the working body's."""
    with desk.forbidden():
        enrol(desk, actor=actor)
    for act, facts in (("report_office_change", CHANGE), ("end", END)):
        with desk.forbidden():
            desk.do(actor, f"membership.{act}", case="membership:m3", facts=facts)


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        ("start", {"person": "p:A", "since": "2006-05-12", "category": "association"}),
        ("remove", {}),
        ("exit", {}),
    ],
)
@pytest.mark.parametrize("actor", ["wb", "ch", "m3"])
def test_consequences_and_the_clocks_act_are_nobodys(desk, act, facts, actor):
    """`start` and `remove` follow from the Chairman's decision, `exit` from the day named: nobody enters them."""
    with desk.forbidden():
        desk.do(actor, f"membership.{act}", case=None if act == "start" else "membership:m3", facts=facts)


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("person", {"person": "p:Z"}),
        ("since", {"since": None}),
        ("since", {"since": "soon"}),
        ("category", {"category": "small_assembly_head"}),
        ("ex_officio", {"ex_officio": ""}),
        ("ex_officio", {"ex_officio": True}),
        ("order", {"order": None}),
        ("order.date", {"order": {"number": "1", "date": "12.05.2006"}}),
        ("acting", {"acting": True}),
    ],
)
def test_wrong_facts_of_an_enrolment(desk, fact, facts):
    """Facts of another shape, unknown names and unknown people are errors (422)."""
    with desk.wrong_facts(fact):
        enrol(desk, **facts)


# ------------------------------------------------------------------------------------------------- a change of office, reported


@pytest.mark.parametrize("ground", ["office_changed", "elected_office_lost"])
def test_a_reported_change_removes_nobody(desk, ground):
    """The member stays and counts; the deputies have a task of ten working days (15.1, 15.2, C13)."""
    case = report(desk, ground=ground)
    assert ("active", {"removal_task": "2006-05-27 00:00"}) == (case.state, desk.deadlines(case))
    assert (10, {"member", "council_member"}) == (desk.members(), desk.mandates("m3"))
    assert ["d1", "d2"] == desk.messages("membership.office_changed")


def test_the_task_is_reminded_of_and_nothing_follows_from_it(assembly):
    """Three days before its last day, 26 May, and once it has passed, the deputies are told; nothing else happens."""
    case = report(assembly)
    assert [(3, "2006-05-23 09:00", "deputies"), (0, "2006-05-27 00:00", "deputies")] == assembly.reminders(
        case, "removal_task"
    )
    assert () == assembly.sweep("2006-12-01 00:00").done
    assert "active" == assembly.state(case)


def test_a_second_report_sets_the_task_anew(assembly):
    """The ten working days run from the last report; one task stands open (C13)."""
    report(assembly)
    case = report(assembly, at="2006-05-15 09:00", ground="elected_office_lost")
    states = assembly.ask("SELECT state FROM deadlines WHERE number = ? ORDER BY opened_seq", case.number)
    assert ([("closed",), ("open",)], "2006-05-30 00:00") == (states, assembly.deadlines(case)["removal_task"])


def test_a_submission_closes_the_task(assembly):
    """Once a removal is submitted the task is done (15.0b)."""
    case = report(assembly)
    submit_removal(assembly)
    assert {"removal_task": "closed"} == assembly.deadlines(case)


def test_a_leaving_member_is_not_reported(assembly):
    """An act in a state that does not know it is refused with all its norms (15.1, 15.2)."""
    leave(assembly, facts=LATER)
    with assembly.refused("15.1", "15.2"):
        report(assembly, at="2006-06-01 10:00")


def test_under_automatic_an_office_lost_removes_who_sat_for_it(database):
    """Under `removal.ex_officio.automatic` who sits ex officio is removed with the report (C13)."""
    assembly = Assembly(database, book=automatic(date(2005, 1, 1)), starts="2006-05-12 12:00")
    case = enrol(assembly, ex_officio="akim")
    seat = assembly.do(
        "ch", "council_seat.open", facts={"person": "p:A", "category": "state_body", "order": paper("2006-05-12")}
    )
    removal = submit_removal(assembly, "p:A", at="2006-05-12 12:00")
    report(assembly, "p:A")
    assert ["removed", "vacated", "moot"] == [assembly.state(one) for one in (case, seat, removal)]
    assert ({"removal_task": "closed"}, set()) == (assembly.deadlines(case), assembly.mandates("p:A"))
    assembly.assert_replayable()


def test_even_under_automatic_others_stay(database):
    """Who does not sit ex officio is not removed by a report (C13)."""
    assembly = Assembly(database, book=automatic(date(2005, 1, 1)), starts="2006-05-12 12:00")
    assert "active" == report(assembly, "m3").state == assembly.state("membership:m3")


def test_open_memberships_keep_their_ruling(database):
    """Who became a member before the ruling was switched stays under the old one (C13)."""
    assembly = Assembly(database, book=automatic(date(2006, 5, 13)), starts="2006-05-12 12:00")
    case = enrol(assembly, ex_officio="akim")
    report(assembly, "p:A", at="2006-05-15 10:00")
    assert "active" == assembly.state(case)


@pytest.mark.parametrize(
    "facts", [{}, {"ground": "other"}, {"date": None}, {"date": "2006-02-30"}, {"reason": "moved"}]
)
def test_wrong_facts_of_a_report(desk, facts):
    """The ground is one of two, the date a day of the calendar (422)."""
    facts = CHANGE | facts if facts else {}
    with desk.wrong_facts():
        desk.do("wb", "membership.report_office_change", case="membership:m3", facts=facts)


# ---------------------------------------------------------------------------------------------------------------- to leave


def test_a_member_leaves_at_once_without_approval(assembly):
    """Leaving needs nobody: effective when the statement is registered (20.3, C15)."""
    report(assembly)
    removal = submit_removal(assembly)
    case = leave(assembly)
    assert ("left", 9, set()) == (case.state, assembly.members(), assembly.mandates("m3"))
    assert ["vacated", "moot"] == [assembly.state("council_seat:m3"), assembly.state(removal)]
    assert {"removal_task": "closed"} == assembly.deadlines(case)
    assert ["wb"] == assembly.messages("membership.left")


@pytest.mark.parametrize("from_date", ["2006-06-01", "2006-05-20"])
def test_a_day_that_has_come_means_at_once(desk, from_date):
    """Only a later day makes him a leaving member (20.3, C15)."""
    assert "left" == leave(desk, facts=NOW | {"from_date": from_date}).state


def test_a_member_leaves_from_the_day_named(assembly):
    """Until the day named begins he is a member and counts (20.3, C15)."""
    case = leave(assembly, facts=LATER)
    assert ("leaving", {"exit": "2006-06-06 00:00"}) == (case.state, assembly.deadlines(case))
    assert (10, {"member", "council_member"}) == (assembly.members(), assembly.mandates("m3"))
    assert ["wb"] == assembly.messages("membership.leaving")


def test_what_stood_in_the_way_of_leaving_at_once_is_kept(assembly):
    """The entry keeps why the first branch was not taken."""
    case = leave(assembly, facts=LATER)
    assert '"passed_over":[{"code":"membership.leaves_later"' in assembly.entries(case)[-1].findings


def test_a_statement_of_a_later_day_is_refused(assembly):
    """The statement cannot be later than the day of the act (20.3)."""
    with assembly.refused("20.3"):
        leave(assembly, at="2006-05-31 23:59")
    assert "left" == leave(assembly, at="2006-06-01 00:00").state


def test_one_leaves_only_oneself(assembly):
    """Leaving is for one's own case, else Forbidden; also the Chairman removes nobody this way."""
    for actor in ("m1", "ch", "d1", "wb", "president"):
        with assembly.forbidden():
            assembly.do(actor, "membership.leave", case="membership:m3", at="2006-06-01 09:00", facts=NOW)
    document = paper("2006-06-01", kind="statement")
    with assembly.forbidden():
        assembly.do("wb", "membership.leave", case="membership:m3", facts=NOW, on_behalf_of="m1", document=document)


def test_a_statement_on_paper_is_entered_by_the_working_body(assembly):
    """On behalf of the member, the statement being the document (20.3)."""
    document = paper("2006-06-01", kind="statement")
    case = assembly.do(
        "wb",
        "membership.leave",
        case="membership:m3",
        at="2006-06-01 09:00",
        facts=NOW,
        on_behalf_of="m3",
        document=document,
    )
    entry = assembly.entries(case)[-1]
    assert ("left", "wb", "m3", "member") == (case.state, entry.actor, entry.holder, entry.office)


def test_who_has_left_does_not_leave_again(assembly):
    """He holds the office no more: Forbidden; entered by nobody else either."""
    leave(assembly)
    with assembly.forbidden():
        leave(assembly)


def test_leaving_is_revoked_until_the_day_begins(assembly):
    """Revocable until effective; afterwards the one who has left holds no office (20.3, C15)."""
    leave(assembly, facts=LATER)
    with assembly.forbidden():
        assembly.do("m1", "membership.revoke_leave", case="membership:m3")
    case = assembly.do("m3", "membership.revoke_leave", case="membership:m3", at="2006-06-05 23:59")
    assert ("active", {"exit": "closed"}) == (case.state, assembly.deadlines(case))
    assert () == assembly.sweep("2006-06-06 00:00").done
    assert "leaving" == leave(assembly, at="2006-06-06 09:00", facts=LATER | {"from_date": "2006-06-07"}).state


def test_at_the_instant_itself_it_is_too_late_to_revoke(assembly):
    """What has fallen due comes first, at its own instant: at midnight he has left (20.3)."""
    case = leave(assembly, facts=LATER)
    with pytest.raises(Forbidden):
        assembly.do("m3", "membership.revoke_leave", case=case, at="2006-06-06 00:00")
    assert "left" == assembly.state(case)


def test_an_active_member_revokes_nothing(assembly):
    """Without a statement there is nothing to revoke (20.3)."""
    with assembly.refused("20.3"):
        assembly.do("m3", "membership.revoke_leave", case="membership:m3")


@pytest.mark.parametrize("person", ["m3", "ch", "d1"])
def test_anybody_may_leave_also_officials(desk, person):
    """Membership is voluntary; an office that he holds beside it is another case (20.3)."""
    offices = desk.mandates(person) - {"member", "council_member"}
    leave(desk, person)
    assert offices == desk.mandates(person)


@pytest.mark.parametrize(
    "facts",
    [{}, {"statement_date": None}, NOW | {"from_date": "tomorrow"}, NOW | {"from_date": 7}, NOW | {"reason": "tired"}],
)
def test_wrong_facts_of_leaving(desk, facts):
    """The statement's day is required, the day named is a date (422)."""
    with desk.wrong_facts():
        leave(desk, facts=facts)


# ------------------------------------------------------------------------------------------------------------- by the clock


def test_the_clock_carries_the_exit_out_at_midnight(assembly):
    """At the instant of the day named he has left; seat and removals follow in the same transaction (20.3)."""
    case, removal = leave(assembly, facts=LATER), submit_removal(assembly, at="2006-06-02 10:00")
    assert () == assembly.sweep("2006-06-05 23:59").done
    ((due, done),) = assembly.sweep("2006-06-06 00:00").done
    assert ("exit", case.number, "left") == (due.deadline, done.number, done.state)
    assert ["left", "vacated", "moot"] == [assembly.state(one) for one in (case, "council_seat:m3", removal)]
    assert {"exit": "expired"} == assembly.deadlines(case)


def test_a_late_sweep_changes_only_the_recorded_time(assembly):
    """The law is punctual: effective at midnight, recorded when the sweep came, with everything that follows."""
    case, removal = leave(assembly, facts=LATER), submit_removal(assembly, at="2006-06-02 10:00")
    assembly.sweep("2006-06-06 08:30")
    for one in (case, "council_seat:m3", removal):
        last = assembly.entries(one)[-1]
        assert ("2006-06-06 00:00", "2006-06-06 08:30") == (
            assembly.local(last.effective_at),
            assembly.local(last.recorded_at),
        )
    assert (10, 9) == (assembly.members(at="2006-06-05 23:59"), assembly.members(at="2006-06-06 00:00"))
    assert {"member", "council_member"} == assembly.mandates("m3", at="2006-06-05 23:59")
    assert set() == assembly.mandates("m3", at="2006-06-06 00:00")


def test_whoever_acts_first_settles_what_is_due(assembly):
    """A door settles before it acts: the Chairman is shown that the removal has lapsed at midnight (412, then 15.0a)."""
    removal = submit_removal(assembly, at="2006-06-01 10:00")
    leave(assembly, at="2006-06-01 11:00", facts=LATER)
    order = {"order": paper("2006-06-05")}
    with pytest.raises(Conflict):
        assembly.do("ch", "removal.grant", case=removal, at="2006-06-06 00:00", facts=order)
    assert ("moot", "left") == (assembly.state(removal), assembly.state("membership:m3"))
    with assembly.refused("15.0a"):
        assembly.do("ch", "removal.grant", case=removal, facts=order)


def test_exits_of_one_instant_are_performed_in_the_order_of_opening(assembly):
    """What falls due at one instant within one kind goes in the order of opening, earlier instants first."""
    for minute, person in enumerate(("m5", "m2", "m4")):
        leave(assembly, person, at=f"2006-06-01 09:0{minute}", facts=LATER)
    leave(assembly, "m6", at="2006-06-01 09:30", facts=LATER | {"from_date": "2006-06-05"})
    done = [assembly.entries(done.number)[-1].number for _, done in assembly.sweep("2006-06-07 00:00").done]
    assert [assembly.number(f"membership:{person}") for person in ("m6", "m5", "m2", "m4")] == done


def test_who_leaves_at_the_closing_instant_of_a_poll_is_no_council_member_at_it(assembly):
    """What falls due at one instant: exits before closings, though the poll was opened first (20.3, 9.2c, B07)."""
    poll = assembly.do("d1", "poll.draft", facts={"kind": "other", "question": "Approve the appeal"})
    assembly.do("wb", "poll.open", case=poll, facts={"closes_on": "2006-06-05"})
    for person in ("m1", "m2"):
        assembly.do(person, "poll.answer", case=poll, at="2006-06-01 08:00", facts={"choice": "for"})
    leave(assembly, facts=LATER)
    done = assembly.sweep("2006-06-06 09:00").done
    assert ["exit", "closing"] == [due.deadline for due, _ in done]
    assert ("adopted", 3) == (assembly.state(poll), len(assembly.holding("council_member")))


def test_a_sweep_does_at_most_what_it_is_asked(assembly):
    """A limited sweep leaves the rest for the next; nothing is done twice."""
    for person in ("m1", "m2", "m3"):
        leave(assembly, person, facts=LATER)
    assert [2, 1, 0] == [len(assembly.sweep("2006-06-06 00:00", limit=2).done) for _ in range(3)]
    assert 7 == assembly.members()


# ------------------------------------------------------------------------------------------------------------------ to end


@pytest.mark.parametrize("first", [NOW | {"from_date": "2006-06-20"}, None])
def test_the_working_body_ends_a_membership(desk, first):
    """Death and the like: closed on a certificate, also of who is leaving (20.3, C15)."""
    removal = submit_removal(desk)
    if first:
        leave(desk, facts=first)
    facts = {"date": "2006-05-30", "certificate": paper("2006-06-01", kind="certificate")}
    case = desk.do("wb", "membership.end", case="membership:m3", at="2006-06-02 10:00", facts=facts)
    assert ["ended", "vacated", "moot"] == [desk.state(one) for one in (case, "council_seat:m3", removal)]
    assert 9 == desk.members()
    assert () == desk.sweep("2006-06-20 00:00").done


def test_an_end_of_a_later_day_is_refused(assembly):
    """Neither the end nor its certificate is later than the day of the act (20.3)."""
    with assembly.refused("20.3"):
        assembly.do("wb", "membership.end", case="membership:m3", at="2006-05-31 23:59", facts=END)
    with assembly.refused("20.3", codes=["paper.of_a_later_day"]):
        facts = {"date": "2006-05-31", "certificate": paper("2006-06-01", kind="certificate")}
        assembly.do("wb", "membership.end", case="membership:m3", at="2006-05-31 23:59", facts=facts)
    assert "ended" == assembly.do("wb", "membership.end", case="membership:m3", at="2006-06-01 00:00", facts=END).state


def test_a_final_membership_knows_no_act(assembly):
    """Who has left is not reported, ended or removed (the act's norms), but may become a member again."""
    leave(assembly)
    with assembly.refused("20.3"):
        assembly.do("wb", "membership.end", case="membership:m3", facts=END)
    with assembly.refused("15.1", "15.2"):
        assembly.do("wb", "membership.report_office_change", case="membership:m3", facts=CHANGE)
    first = assembly.number("membership:m3")
    again = enrol(assembly, "m3", since="2006-06-01")
    assert (True, 10) == (again.number != first, assembly.members())


@pytest.mark.parametrize(
    "facts", [{}, {"date": "1 June"}, END | {"certificate": paper("2006-06-01")}, END | {"reason": "died"}]
)
def test_wrong_facts_of_an_end(desk, facts):
    """A day, and a certificate with its kind or none (422)."""
    with desk.wrong_facts():
        desk.do("wb", "membership.end", case="membership:m3", facts=facts)


def test_an_enrolment_leaves_candidacies_open(assembly):
    """Only the start after the Chairman's decision ends them (membership.start); the register's import does not."""
    case = assembly.do("wb", "candidacy.admit", case=nominated(assembly, at="2006-05-12 12:00"))
    enrol(assembly)
    assert ("admissible", {"consideration": None}) == (assembly.state(case), assembly.deadlines(case))
