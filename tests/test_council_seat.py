"""Seats in the Council: who may sit there, and until when (item 9.1)."""

import pytest

from tests.assembly import Assembly, paper

ORDER = paper("2006-04-14")


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, council=4, small_assemblies=("Kostanay", "Almaty"))
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, council=4, small_assemblies=("Kostanay", "Almaty"))
    yield desk
    desk.assert_replayable()


def open_seat(assembly, person="m5", category="other_member", actor="ch", order=ORDER, **more):
    facts = {"person": person, "category": category, "order": order}
    return assembly.do(actor, "council_seat.open", facts=facts, **more)


def close(assembly, actor="ch", person="m3", facts=None, **more):
    return assembly.do(actor, "council_seat.close", case=f"council_seat:{person}", facts=facts or {}, **more)


# ------------------------------------------------------------------------------------------------------------------ to open


@pytest.mark.parametrize("category", ["state_body", "association", "other_member"])
def test_the_chairman_forms_the_council_of_members(desk, category):
    """The Chairman seats members of the Assembly in every category (9.1a, 9.1c, 9.1d)."""
    case = open_seat(desk, category=category)
    assert ("held", ()) == (case.state, case.warnings)
    assert ({"member", "council_member"}, 5) == (desk.mandates("m5"), len(desk.holding("council_member")))


def test_a_seat_counts_from_its_entry(assembly):
    """Also on an order of an earlier day nobody sits in the Council before it is entered."""
    open_seat(assembly, order=paper("2006-01-10"))
    assert {"member"} == assembly.mandates("m5", at="2006-04-14 09:59")
    assert {"member", "council_member"} == assembly.mandates("m5", at="2006-04-14 10:00")


@pytest.mark.parametrize("category", ["state_body", "association", "other_member"])
def test_nobody_sits_twice(desk, category):
    """Who sits in the Council already is not seated again (9.1a)."""
    with desk.refused("9.1a", codes=["council_seat.seated_already"]):
        open_seat(desk, "m3", category)


@pytest.mark.parametrize(
    ("category", "norm"), [("state_body", "9.1c"), ("association", "9.1c"), ("other_member", "9.1d")]
)
def test_who_is_no_member_is_not_seated(desk, category, norm):
    """The Council is formed of members: not a member is 9.1c, in the category of other members 9.1d."""
    with desk.refused(norm):
        open_seat(desk, "p:A", category)
    with desk.refused(norm):
        open_seat(desk, "a:Kostanay", category)


def test_who_will_be_a_member_later_is_none_yet(assembly):
    """A membership that begins on a later day gives no seat before it (9.1d)."""
    member = {"person": "p:A", "since": "2006-04-20", "category": "other_person", "order": ORDER}
    assembly.do("wb", "membership.enrol", facts=member)
    with assembly.refused("9.1d"):
        open_seat(assembly, "p:A", at="2006-04-19 23:59")
    assert "held" == open_seat(assembly, "p:A", at="2006-04-20 00:00").state


def test_a_head_of_a_small_assembly_who_is_no_member_is_a_warning(assembly):
    """Heads of small assemblies may sit in the Council without being members, with a warning (9.1c, B10)."""
    case = open_seat(assembly, "a:Kostanay", "small_assembly_head")
    assert ("held", ["9.1c"]) == (case.state, [warning.norm for warning in case.warnings])
    assert {"sa_chairman", "council_member"} == assembly.mandates("a:Kostanay")


def test_a_head_who_is_a_member_is_no_warning(assembly):
    """Who is both has nothing to be warned of (B10)."""
    member = {"person": "a:Kostanay", "since": "2006-04-14", "category": "state_body", "order": ORDER}
    assembly.do("wb", "membership.enrol", facts=member)
    assert () == open_seat(assembly, "a:Kostanay", "small_assembly_head").warnings


@pytest.mark.parametrize("person", ["p:A", "m5", "s:Kostanay", "ch"])
def test_who_heads_no_small_assembly_is_no_head(desk, person):
    """Head means chairman of a small assembly, not its secretariat, nor any member (9.1c, B10)."""
    with desk.refused("9.1c"):
        open_seat(desk, person, "small_assembly_head")


def test_an_order_of_a_later_day_is_refused(assembly):
    """The order cannot be later than the day of the act (9.1a); all reasons are told at once."""
    with assembly.refused("9.1a", "9.1d"):
        open_seat(assembly, "p:A", order=paper("2006-04-15"))


@pytest.mark.parametrize("actor", ["d1", "wb", "m5", "m3", "a:Kostanay", "president"])
def test_nobody_forms_the_council_but_the_chairman(desk, actor):
    """The Council is formed by the Chairman (9.1a)."""
    with desk.forbidden():
        open_seat(desk, actor=actor)


def test_a_seat_of_the_register_is_entered_on_behalf_of_the_chairman(assembly):
    """The register's import enters seats on behalf of the Chairman with his order."""
    case = open_seat(assembly, actor="wb", on_behalf_of="ch", document=ORDER | {"kind": "order"})
    (entry,) = assembly.entries(case)
    assert ("wb", "ch", "chairman") == (entry.actor, entry.holder, entry.office)


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("person", {"person": "p:Z"}),
        ("person", {"person": ["m5"]}),
        ("category", {"category": "other_person"}),
        ("order", {"order": None}),
        ("order.date", {"order": {"number": "1", "date": True}}),
        ("region", {"region": "Kostanay"}),
    ],
)
def test_wrong_facts_of_a_seat(desk, fact, facts):
    """A person of the register, a category of a seat, an order (422)."""
    with desk.wrong_facts(fact):
        desk.do("ch", "council_seat.open", facts={"person": "m5", "category": "other_member", "order": ORDER} | facts)


# ----------------------------------------------------------------------------------------------------------------- to close


@pytest.mark.parametrize(("actor", "office"), [("ch", "chairman"), ("m3", "council_member")])
@pytest.mark.parametrize("facts", [{}, {"reason": "Own wish"}])
def test_the_chairman_or_who_sits_there_vacates_a_seat(desk, actor, office, facts):
    """By decision of the Chairman or on the member's own statement; a reason may be left out (B11)."""
    case = close(desk, actor, facts=facts)
    assert ("vacated", office) == (case.state, desk.entries(case)[-1].office)
    assert ({"member"}, 3) == (desk.mandates("m3"), len(desk.holding("council_member")))


@pytest.mark.parametrize("actor", ["m1", "wb", "d1", "m5", "p:A", "president"])
def test_nobody_vacates_the_seat_of_another(desk, actor):
    """A Council member closes his own seat, else Forbidden; the working body closes none of its own motion (B11)."""
    with desk.forbidden():
        close(desk, actor)


def test_the_chairman_vacates_his_own_seat_too(database):
    """Who is both Chairman and Council member may do it in either office."""
    assembly = Assembly(database, members=4, council=4)
    assert "vacated" == close(assembly, person="ch", office="council_member").state
    assert {"chairman", "member"} == assembly.mandates("ch")


def test_a_vacated_seat_is_final_and_may_be_given_again(assembly):
    """It is not vacated twice (9.1a); the person may be seated again, in a case of its own."""
    first = close(assembly).number
    with assembly.refused("9.1a"):
        close(assembly)
    assert first != open_seat(assembly, "m3").number
    assert 4 == len(assembly.holding("council_member"))


def test_a_statement_on_paper_vacates_the_seat(assembly):
    """Entered by the working body on behalf of who sits there, the statement being the document (B11)."""
    document = paper("2006-04-14", kind="statement")
    assert "vacated" == close(assembly, "wb", on_behalf_of="m3", document=document).state
    with assembly.forbidden():
        close(assembly, "wb", person="m2", on_behalf_of="m1", document=document)


def test_a_head_who_is_no_member_keeps_his_seat_when_others_leave(assembly):
    """A seat is vacated with the membership of who sits in it, not with another's (B11)."""
    seat = open_seat(assembly, "a:Kostanay", "small_assembly_head")
    assembly.do("m3", "membership.leave", case="membership:m3", facts={"statement_date": "2006-04-14"})
    assert ("held", "vacated") == (assembly.state(seat), assembly.state("council_seat:m3"))


@pytest.mark.parametrize("facts", [{"reason": ""}, {"reason": 7}, {"reason": "x" * 4001}, {"date": "2006-04-14"}])
def test_wrong_facts_of_a_vacation(desk, facts):
    """A reason of 1 to 4,000 characters or none (422)."""
    with desk.wrong_facts():
        close(desk, facts=facts)
