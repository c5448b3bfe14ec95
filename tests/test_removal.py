"""Removal of a member by the Chairman on a submission (item 15)."""

from datetime import date

import pytest

from machines.rulebook import Rulebook
from tests.assembly import Assembly, nominated, paper

ORDER = {"order": paper("2006-05-30")}
TWO = Rulebook(overrides=((date(2006, 5, 15), "removal.submission.min_submitters", 2),))
REASON = "Has not come to any session"
BY_OTHERS = pytest.mark.parametrize("actor", ["wb", "ch", "m1", "s:Kostanay", "as:conf", "p:A", "president"])
CONFERENCE = {"conf": {"level": "regional", "region": "Kostanay", "highest_body": "conference"}}


@pytest.fixture
def assembly(database):
    assembly = _assembly(database)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = _assembly(sqlite_database)
    yield desk
    desk.assert_replayable()


def _assembly(database, **more):
    return Assembly(
        database, council=4, small_assemblies=("Kostanay", "Almaty"), associations=CONFERENCE, starts="2006-05-15 11:00",
        regions={"m1": "Almaty"}, **more,
    )  # fmt: skip


def submit(assembly, person="m3", by="d1", at="2006-05-15 11:00", ground="office_changed", **facts):
    told = {"membership": f"membership:{person}", "ground": ground} | facts
    return assembly.do(by, "removal.submit", at=at, facts=told)


def grant(assembly, case, at="2006-05-30 10:00", by="ch", facts=ORDER, **more):
    return assembly.do(by, "removal.grant", case=case, at=at, facts=facts, **more)


# ---------------------------------------------------------------------------------------------------------------- to submit


@pytest.mark.parametrize("by", ["d1", "d2", "a:Kostanay"])
@pytest.mark.parametrize("ground", ["office_changed", "elected_office_lost"])
def test_one_deputy_or_one_chairman_of_a_small_assembly_submits(desk, by, ground):
    """Any one deputy, or any one chairman of a small assembly; no reason is asked for (15.0b, C12)."""
    case = submit(desk, by=by, ground=ground)
    assert ("submitted", ()) == (case.state, case.warnings)
    assert (["ch"], 10) == (desk.messages("removal.submitted"), desk.members())


def test_the_decision_has_thirty_days(assembly):
    """From 15 May the thirtieth day is 14 June; past it the Chairman and who submitted are told, nothing else."""
    case = submit(assembly)
    assert {"decision": "2006-06-15 00:00"} == assembly.deadlines(case)
    expected = [(7, "2006-06-07 09:00", "chairman"), (0, "2006-06-15 00:00", "chairman submitter")]
    assert expected == assembly.reminders(case, "decision")
    assert () == assembly.sweep("2007-01-01 00:00").done
    assert "granted" == grant(assembly, case).state


@BY_OTHERS
def test_others_do_not_submit(desk, actor):
    """Neither the Chairman of his own motion nor anybody else submits a removal (15.0b, C12)."""
    with desk.forbidden():
        submit(desk, by=actor)


def test_with_no_deputy_the_chairman_submits(database):
    """With no deputy in office the Chairman performs the deputies' acts (B01)."""
    assembly = _assembly(database, deputies=0)
    assert "submitted" == submit(assembly, by="ch").state


@pytest.mark.parametrize(("length", "refused"), [(0, True), (19, True), (20, False), (4000, False)])
def test_another_ground_needs_a_reason_of_twenty_characters(desk, length, refused):
    """Ground `other`: a reason of at least 20 characters, trimmed, so that it can be weighed (15.3, C14)."""
    reason = f"  {'x' * (length - 1)}ү  " if length else "x"
    if not refused:
        assert "submitted" == submit(desk, ground="other", reason=reason).state
        return
    with desk.refused("15.3"):
        submit(desk, ground="other", reason=reason)


@pytest.mark.parametrize("code", ["health", "duties", "discredit", "conviction", "other"])
def test_another_ground_may_have_a_code(desk, code):
    """The codes are hints only; the reason is what counts (C14)."""
    assert code == desk.facts(submit(desk, ground="other", reason=REASON, code=code))["code"]


@pytest.mark.parametrize("by", ["a:Kostanay", "a:Almaty"])
def test_a_chairman_of_another_region_is_warned(desk, by):
    """A chairman of another region than the member's may submit, with a warning (15.0b, C12)."""
    case = submit(desk, "m1", by=by)
    expected = [] if by == "a:Almaty" else ["15.0b"]
    assert expected == [warning.norm for warning in case.warnings]


def test_without_a_region_of_the_member_nobody_is_warned(assembly):
    """Where the register knows no region of the member there is nothing to compare; deputies have no region."""
    assert [(), (), ()] == [
        submit(assembly, who, by=by).warnings for who, by in (("m3", "a:Almaty"), ("m2", "d1"), ("m1", "d1"))
    ]


@pytest.mark.parametrize("act", ["leave", "end", "remove"])
def test_who_is_no_member_any_more_is_not_submitted(desk, act):
    """Not a member (any more): 15.0a, with the other reasons beside it."""
    if act == "leave":
        desk.do("m3", "membership.leave", case="membership:m3", facts={"statement_date": "2006-05-15"})
    elif act == "end":
        desk.do("wb", "membership.end", case="membership:m3", facts={"date": "2006-05-15"})
    else:
        grant(desk, submit(desk), at="2006-05-15 11:00", facts={"order": paper("2006-05-15")})
    with desk.refused("15.0a"):
        submit(desk)
    with desk.refused("15.0a", "15.3"):
        submit(desk, ground="other", reason="because")


def test_a_leaving_member_may_be_submitted_and_removed(assembly):
    """Who is leaving is a member until the day that he has named (15.0a)."""
    leave = {"statement_date": "2006-05-15", "from_date": "2006-06-20"}
    assembly.do("m3", "membership.leave", case="membership:m3", facts=leave)
    grant(assembly, submit(assembly))
    assert ("removed", {"exit": "closed"}) == (assembly.state("membership:m3"), assembly.deadlines("membership:m3"))


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("membership", {"membership": "M-2006-9999"}),
        ("membership", {"membership": "m3"}),
        ("membership", {"membership": "office:ch"}),
        ("membership", {"membership": ""}),
        ("membership", {"membership": 7}),
        ("membership", {"membership": None}),
        ("ground", {"ground": "conviction"}),
        ("code", {"code": "age"}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "x" * 4001}),
        ("reason", {"reason": "\ud800" * 30}),
        ("facts", {"ground": "other"}),
        ("person", {"person": "m3"}),
    ],
)
def test_wrong_facts_of_a_submission(desk, fact, facts):
    """A membership that there is, a ground of three, texts of 1 to 4,000 characters (422)."""
    with desk.wrong_facts(fact):
        desk.do("d1", "removal.submit", facts={"membership": "membership:m3", "ground": "office_changed"} | facts)


def test_a_candidacy_is_no_membership(desk):
    """The case named must be of the right procedure (422)."""
    case = nominated(desk, at="2006-05-15 11:00")
    with desk.wrong_facts("membership"):
        desk.do("d1", "removal.submit", facts={"membership": case.number, "ground": "office_changed"})


# ----------------------------------------------------------------------------------------------------------------- to grant


def test_the_chairman_removes_a_member(assembly):
    """The membership ends in the same transaction, the seat with it, and other removals lapse (15.0a)."""
    case, other = submit(assembly), submit(assembly, by="a:Kostanay")
    done = grant(assembly, case)
    assert ["granted", "removed", "vacated", "moot"] == [
        assembly.state(one) for one in (done, "membership:m3", "council_seat:m3", other)
    ]
    assert (9, set()) == (assembly.members(), assembly.mandates("m3"))
    assert {"decision": "closed"} == assembly.deadlines(case) == assembly.deadlines(other)
    assert (["d1"], ["a:Kostanay"]) == (assembly.messages("removal.granted"), assembly.messages("removal.lapsed"))


def test_everything_of_a_removal_takes_effect_at_one_instant(assembly):
    """Removal, membership, seat and other removals: one transaction, one instant, each with its cause."""
    case, other = submit(assembly), submit(assembly, by="d2")
    grant(assembly, case)
    last = [assembly.entries(one)[-1] for one in (case, "membership:m3", "council_seat:m3", other)]
    assert {"2006-05-30 10:00"} == {assembly.local(entry.effective_at) for entry in last}
    removed = f"{last[1].number}/{last[1].seq}"
    assert ["", f"{case.number}/2", removed, removed] == [entry.cause for entry in last]


def test_the_chairman_removes_nobody_without_a_submission(assembly):
    """`membership.remove` is a consequence: the Chairman has no way to it but a submission (15.0a, C12)."""
    for actor in ("ch", "wb", "d1"):
        with assembly.forbidden():
            assembly.do(actor, "membership.remove", case="membership:m3")


def test_an_order_of_a_later_day_is_refused(assembly):
    """The order cannot be later than the day of the act (15.0a)."""
    case = submit(assembly)
    with assembly.refused("15.0a"):
        grant(assembly, case, at="2006-05-29 23:59")
    assert "granted" == grant(assembly, case, at="2006-05-30 00:00").state


def test_who_leaves_the_same_day_has_left(assembly):
    """The exit prevails by time: the removal is moot, granting it is refused (15.0a, 20.3)."""
    case = submit(assembly)
    assembly.do(
        "m3", "membership.leave", case="membership:m3", at="2006-05-30 09:59", facts={"statement_date": "2006-05-30"}
    )
    assert ("moot", "closed") == (assembly.state(case), assembly.deadlines(case)["decision"])
    with assembly.refused("15.0a"):
        grant(assembly, case)
    with assembly.refused("15.0a"):
        assembly.do("ch", "removal.decline", case=case)


@BY_OTHERS
def test_nobody_decides_but_the_chairman(desk, actor):
    """The Chairman removes, or does not (15.0a)."""
    case = submit(desk)
    if actor == "ch":
        actor = "d1"
    with desk.forbidden():
        grant(desk, case, by=actor)
    with desk.forbidden():
        desk.do(actor, "removal.decline", case=case)
    with desk.forbidden():
        desk.do(actor, "removal.lapse", case=case)


def test_the_chairman_does_not_let_a_removal_lapse(assembly):
    """It lapses when the member has left, and by nobody's act (20.3)."""
    case = submit(assembly)
    with assembly.forbidden():
        assembly.do("ch", "removal.lapse", case=case)


def test_two_submitters_where_the_ruling_asks_for_two(database):
    """Under `removal.submission.min_submitters: 2` two holders must have submitted; the same one twice is one (C12)."""
    assembly = _assembly(database, book=TWO)
    case = submit(assembly)
    submit(assembly, by="d1", at="2006-05-15 12:00")
    with assembly.refused("15.0b"):
        grant(assembly, case)
    submit(assembly, by="a:Kostanay", at="2006-05-30 11:00")
    assert "granted" == grant(assembly, case, at="2006-05-30 12:00").state
    assert "removed" == assembly.state("membership:m3")


def test_submissions_about_others_and_declined_ones_do_not_count(database):
    """Two submissions are needed that stand, about the same membership (15.0b, C12)."""
    assembly = _assembly(database, book=TWO)
    case = submit(assembly)
    submit(assembly, "m2", by="d2")
    assembly.do("ch", "removal.decline", case=submit(assembly, by="d2"))
    with assembly.refused("15.0b"):
        grant(assembly, case)


def test_open_removals_keep_their_ruling(database):
    """A removal submitted the day before the ruling was switched needs one submitter (C12)."""
    assembly = _assembly(database, book=TWO)
    assembly.now = assembly.at("2006-05-14 10:00")
    case = submit(assembly, at="2006-05-14 23:59")
    assert "granted" == grant(assembly, case).state


def test_a_grant_entered_from_the_chairmans_order(assembly):
    """On behalf of the Chairman, with his order as the document; both stand in the entry (15.0a)."""
    case = grant(assembly, submit(assembly), by="wb", on_behalf_of="ch", document=paper("2006-05-30", kind="order"))
    entry = assembly.entries(case)[-1]
    assert ("granted", "wb", "ch", "chairman") == (case.state, entry.actor, entry.holder, entry.office)


@pytest.mark.parametrize("facts", [{}, {"order": {}}, {"order": paper("30.05.2006")}, ORDER | {"reason": "no"}])
def test_wrong_facts_of_a_grant(desk, facts):
    """A grant names its order and nothing else (422)."""
    case = submit(desk)
    with desk.wrong_facts():
        grant(desk, case, facts=facts)


# --------------------------------------------------------------------------------------------------------------- to decline


@pytest.mark.parametrize("facts", [{}, {"reason": "The member has explained himself"}])
def test_the_chairman_declines(desk, facts):
    """He may remove, he need not (15.0a); the member stays, another submission is possible."""
    case = desk.do("ch", "removal.decline", case=submit(desk), facts=facts)
    assert ("declined", "closed", 10) == (case.state, desk.deadlines(case)["decision"], desk.members())
    assert ["d1"] == desk.messages("removal.declined")
    assert "submitted" == submit(desk).state


def test_a_decided_removal_is_final(assembly):
    """What was declined is not granted, what was granted not declined (15.0a)."""
    declined = assembly.do("ch", "removal.decline", case=submit(assembly))
    granted = grant(assembly, submit(assembly))
    for case, act, facts in ((declined, "grant", ORDER), (granted, "decline", {}), (granted, "grant", ORDER)):
        with assembly.refused("15.0a"):
            assembly.do("ch", f"removal.{act}", case=case, facts=facts)
