"""Who holds which office, from when until when (items 7.1 and 17)."""

import pytest

from tests.assembly import Assembly, nomination, paper


@pytest.fixture
def assembly(database):
    assembly = Assembly(database, small_assemblies=("Kostanay", "Almaty"), state_bodies=("moj",))
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend an Assembly on SQLite alone, where many facts or people are tried on one rule."""
    desk = Assembly(sqlite_database, small_assemblies=("Kostanay", "Almaty"), state_bodies=("moj",))
    yield desk
    desk.assert_replayable()


def assume(assembly, person, office, *, since="2006-04-14", actor="wb", at=None, **facts):
    told = {"person": person, "office": office, "since": since} | facts
    return assembly.do(actor, "office.assume", at=at, facts=told)


# ---------------------------------------------------------------------------------------------------------------- to assume


@pytest.mark.parametrize(
    ("office", "body"),
    [
        ("working_body", None),
        ("sa_secretariat", "Kostanay"),
        ("state_body", "moj"),
    ],
)
def test_the_working_body_enters_who_holds_an_office(desk, office, body):
    """Several may hold it: the new holder joins those in office (17.1)."""
    before = desk.holding(office)
    done = assume(desk, "p:A", office, **({"body": body} if body else {}))
    assert "held" == done.state
    assert [*before, "p:A"] == desk.holding(office)


def test_every_holder_of_the_register_has_a_case_with_one_entry(assembly):
    """The register's import goes through the same acts, so every holder has a case with one entry."""
    for case in ("office:ch", "office:wb", "office:a:Almaty", "deputy_appointment:d1", "membership:m7"):
        assert 1 == len(assembly.entries(case))


@pytest.mark.parametrize(
    ("office", "norm"), [("deputy_chairman", "7.2a"), ("member", "13.1a"), ("council_member", "9.1a")]
)
def test_an_office_with_a_procedure_of_its_own_is_refused(desk, office, norm):
    """Deputies, members and Council members come by procedures of their own (7.2a, 13.1a, 9.1a)."""
    with desk.refused(norm):
        assume(desk, "p:A", office)


def test_there_is_one_chairman(assembly):
    """A Chairman while there is one is refused (7.1a)."""
    with assembly.refused("7.1a"):
        assume(assembly, "p:A", "chairman")


def test_not_even_the_chairman_assumes_his_office_again(assembly):
    """He is the one Chairman already (7.1a), and nobody assumes twice what he holds (17.1)."""
    with assembly.refused("7.1a", "17.1"):
        assume(assembly, "ch", "chairman")


def test_a_chairman_follows_when_the_office_is_vacant(assembly):
    """Once the office was vacated another Chairman may assume it at the same instant (7.1a)."""
    assembly.do("wb", "office.vacate", case="office:ch", facts={"until": "2006-04-14"})
    assert [] == assembly.holding("chairman")
    assume(assembly, "p:A", "chairman")
    assert ["p:A"] == assembly.holding("chairman")


def test_no_second_chairman_while_the_first_has_a_day_left(assembly):
    """A Chairman who leaves at the end of a later day is Chairman until then: no other beside him (7.1a)."""
    assembly.do("wb", "office.vacate", case="office:ch", facts={"until": "2006-04-30"})
    with assembly.refused("7.1a"):
        assume(assembly, "p:A", "chairman")
    with assembly.refused("7.1a"):
        assume(assembly, "p:A", "chairman", since="2006-04-30")
    assume(assembly, "p:A", "chairman", since="2006-05-01")
    assert ["ch"] == assembly.holding("chairman", at="2006-04-30 23:59")
    assert ["p:A"] == assembly.holding("chairman", at="2006-05-01 00:00")


def test_a_vacant_office_of_the_chairman_stops_his_acts(assembly):
    """When the office is vacant nobody does the Chairman's acts in his place (7.1a, B12)."""
    assembly.do("wb", "office.vacate", case="office:ch", facts={"until": "2006-04-14"})
    include = {"person": "p:A", "category": "state_body", "order": paper("2006-04-14")}
    for actor in ("ch", "d1", "wb"):
        with assembly.forbidden():
            assembly.do(actor, "candidacy.include", facts=include)


def test_the_successors_assumption_ends_the_predecessors_office(assembly):
    """A small assembly has one chairman: the akim is it ex officio, the new one at once (17.1)."""
    done = assume(assembly, "p:A", "sa_chairman", body="Kostanay")
    assert ["a:Almaty", "p:A"] == sorted(assembly.holding("sa_chairman"))
    assert "ended" == assembly.state("office:a:Kostanay")
    assert [("office.vacate", done.number)] == [
        (f"{entry.procedure}.{entry.act}", entry.cause.partition("/")[0])
        for entry in assembly.entries("office:a:Kostanay")[1:]
    ]


@pytest.mark.parametrize("since", ["2006-04-15", "2006-05-01"])
def test_a_successor_from_a_later_day_leaves_no_gap(desk, since):
    """The predecessor is in office until the successor's first day begins, and not a moment beside him (17.1)."""
    assume(desk, "p:A", "sa_chairman", body="Kostanay", since=since)
    assert {"sa_chairman"} == desk.mandates("a:Kostanay") == desk.mandates("a:Kostanay", at="2006-04-14 23:59")
    assert set() == desk.mandates("p:A")
    assert set() == desk.mandates("a:Kostanay", at=f"{since} 00:00")
    assert {"sa_chairman"} == desk.mandates("p:A", at=f"{since} 00:00")


def test_the_predecessor_can_submit_nothing_any_more(assembly):
    """Whoever has lost the office acts in it no more, from that instant (15.0b)."""
    submission = {"membership": "membership:m1", "ground": "office_changed"}
    assume(assembly, "p:A", "sa_chairman", body="Kostanay")
    with assembly.forbidden():
        assembly.do("a:Kostanay", "removal.submit", facts=submission)
    assembly.do("p:A", "removal.submit", facts=submission)


def test_two_secretaries_of_one_small_assembly(assembly):
    """Only chairman and small-assembly chairman have one holder; the secretariat may have several."""
    assume(assembly, "p:A", "sa_secretariat", body="Kostanay")
    assert ["p:A", "s:Kostanay"] == sorted(set(assembly.holding("sa_secretariat")) - {"s:Almaty"})


def test_an_acting_akim_holds_the_office_with_a_mark(assembly):
    """An acting akim recorded by an act is chairman with the mark "acting" (17.1, D03)."""
    assembly.do("wb", "office.vacate", case="office:a:Almaty", facts={"until": "2006-04-14"})
    basis = paper("2006-04-13", kind="order")
    done = assume(assembly, "p:A", "sa_chairman", body="Almaty", acting=True, basis=basis)
    assert [(1,)] == [
        (int(acting),) for (acting,) in assembly.ask("SELECT acting FROM mandates WHERE number = ?", done.number)
    ]
    assert basis == assembly.facts(done)["basis"]


def test_the_same_office_is_not_assumed_twice(assembly):
    """Nobody assumes an office that he holds already for the same body; for another body he may (17.1)."""
    with assembly.refused("17.1"):
        assume(assembly, "s:Kostanay", "sa_secretariat", body="Kostanay")
    assume(assembly, "s:Kostanay", "sa_secretariat", body="Almaty")
    assert {"sa_secretariat"} == assembly.mandates("s:Kostanay")


def test_nor_twice_from_a_later_day(assembly):
    """Who will hold an office from a later day does not assume it again (17.1)."""
    assume(assembly, "p:A", "working_body", since="2006-06-01")
    with assembly.refused("17.1"):
        assume(assembly, "p:A", "working_body", since="2006-07-01")


def test_an_unknown_body_or_one_of_another_kind_is_refused(assembly):
    """An office is held for a body of its kind that the register knows (17.1)."""
    for office, body in (
        ("sa_chairman", "Aqtau"),
        ("sa_chairman", "moj"),
        ("state_body", "Almaty"),
        ("association", "moj"),
    ):
        with assembly.refused("17.1"):
            assume(assembly, "p:A", office, body=body)


def test_a_basis_of_a_later_day_is_refused(assembly):
    """A paper cannot be dated later than the day of the act (17.1)."""
    with assembly.refused("17.1"):
        assume(assembly, "p:A", "working_body", basis=paper("2006-04-15", kind="order"))


def test_an_office_counts_from_the_later_of_its_day_and_its_entry(assembly):
    """An office from 1 May counts from the midnight on which the day begins; from last month, from the entry."""
    assume(assembly, "p:A", "working_body", since="2006-05-01")
    assume(assembly, "p:B", "working_body", since="2006-03-01", at="2006-04-14 11:00")
    assert set() == assembly.mandates("p:A", at="2006-04-30 23:59")
    assert {"working_body"} == assembly.mandates("p:A", at="2006-05-01 00:00")
    assert set() == assembly.mandates("p:B", at="2006-04-14 10:59")
    assert {"working_body"} == assembly.mandates("p:B", at="2006-04-14 11:00")


def test_who_assumes_an_office_later_does_not_act_before(assembly):
    """The office is asked for at the moment of the act."""
    assume(assembly, "p:A", "working_body", since="2006-05-01")
    with assembly.forbidden():
        assume(assembly, "p:B", "working_body", actor="p:A", at="2006-04-30 23:59")
    assume(assembly, "p:B", "working_body", actor="p:A", at="2006-05-01 00:00")


@pytest.mark.parametrize("actor", ["ch", "d1", "m1", "a:Kostanay", "p:A", "nobody"])
def test_only_the_working_body_enters_offices(desk, actor):
    """Assuming and vacating are entered by the working body."""
    with desk.forbidden():
        assume(desk, "p:B", "working_body", actor=actor)
    with desk.forbidden():
        desk.do(actor, "office.vacate", case="office:wb", facts={"until": "2006-04-14"})


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("person", {"person": "nobody"}),
        ("person", {"person": "a b"}),
        ("person", {"person": 7}),
        ("person", {"person": None}),
        ("office", {"office": "king"}),
        ("office", {"office": "president"}),
        ("since", {"since": "14.04.2006"}),
        ("since", {"since": 20060414}),
        ("since", {"since": None}),
        ("acting", {"acting": 1}),
        ("acting", {"acting": "true"}),
        ("basis.kind", {"basis": paper("2006-04-13")}),
        pytest.param("basis.number", {"basis": paper("2006-04-13", number="  ", kind="order")}),
        pytest.param("since", {"since": "2006-04-14T00:00:00"}),
        pytest.param("since", {"since": "86400"}),
        ("since", {"since": "0001-01-01"}),
        ("since", {"since": "9999-12-31"}),
        ("body", {"office": "sa_chairman", "body": "Kos\0tanay"}),
        ("basis", {"basis": "order 7"}),
        ("title", {"title": "akim"}),
        ("facts", {"body": "Kostanay"}),
        ("facts", {"office": "sa_chairman"}),
    ],
)
def test_wrong_facts_of_an_assumption(desk, fact, facts):
    """Facts of another shape, unknown names and unknown people are errors, not ignored (422)."""
    told = {"person": "p:A", "office": "working_body", "since": "2006-04-14"}
    with desk.wrong_facts(fact):
        desk.do("wb", "office.assume", facts=told | facts)


# ---------------------------------------------------------------------------------------------------------------- to vacate


def test_a_vacated_office_ends_with_the_act(assembly):
    """An office held until today, or until a day that has passed, ends at once (17.1)."""
    for office, until in (("office:s:Almaty", "2006-04-14"), ("office:s:Kostanay", "2006-01-31")):
        assert "ended" == assembly.do("wb", "office.vacate", case=office, facts={"until": until}).state
    assert [] == assembly.holding("sa_secretariat")


def test_an_office_held_until_a_later_day_ends_with_that_day(assembly):
    """Until 30 April means to 24:00 of 30 April, local time (17.1)."""
    assembly.do("wb", "office.vacate", case="office:s:Almaty", facts={"until": "2006-04-30"})
    assert {"sa_secretariat"} == assembly.mandates("s:Almaty", at="2006-04-30 23:59")
    assert set() == assembly.mandates("s:Almaty", at="2006-05-01 00:00")


def test_an_ended_office_is_final(assembly):
    """An act in a state that does not know it is refused with all norms of the act (17.1)."""
    assembly.do("wb", "office.vacate", case="office:s:Almaty", facts={"until": "2006-04-14"})
    with assembly.refused("17.1"):
        assembly.do("wb", "office.vacate", case="office:s:Almaty", facts={"until": "2006-04-14"})


def test_the_last_official_of_the_working_body_may_be_vacated_and_then_enters_nothing(assembly):
    """The office is asked for at the moment of the act, also of who has just left it."""
    assembly.do("wb", "office.vacate", case="office:wb", facts={"until": "2006-04-14"})
    with assembly.forbidden():
        assume(assembly, "wb", "working_body")


@pytest.mark.parametrize("facts", [{}, {"until": None}, {"until": "never"}, {"until": "2006-04-14", "reason": "tired"}])
def test_wrong_facts_of_a_vacation(desk, facts):
    """`until` is a date; a name that the act does not know is an error."""
    with desk.wrong_facts():
        desk.do("wb", "office.vacate", case="office:s:Kostanay", facts=facts)


def test_who_holds_the_same_office_of_two_bodies_acts_for_the_one_held_longest(assembly):
    """The request names the office and no body (17.1): the first held counts, the other one once it is the only one."""
    assume(assembly, "s:Kostanay", "sa_secretariat", body="Almaty")
    both = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    assert "Kostanay" == assembly.entries(both)[-1].body
    assembly.do("s:Kostanay", "candidacy.withdraw", case=both, facts={"reason": "By the other one"})
    (first, _) = assembly.cases("office", "s:Kostanay")
    assembly.do("wb", "office.vacate", case=first, facts={"until": "2006-04-13"})
    alone = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination(region="Almaty"))
    assert "Almaty" == assembly.entries(alone)[-1].body
