"""What is answered first: unknown case, office, shape, key, what was seen, Conflict, Refused; and that acts may be sent twice."""

from dataclasses import replace
from datetime import date

import pytest

from machines.act import Act
from machines.candidacy import CANDIDACY
from machines.perform import entry, explain, perform
from machines.refusal import Unanswerable, Unknown, WrongFacts
from tests.assembly import Assembly, association_nomination, considered, nominated, nomination, paper, submitted
from tests.tables_changed import acts_are

ORDER = {"order": paper("2006-04-14")}


@pytest.fixture
def assembly(database):
    assembly = Assembly(database)
    yield assembly
    assembly.assert_replayable()


# ----------------------------------------------------------------------------------------------------------------- the order


def test_an_unknown_case_or_act_comes_first(assembly):
    """404 before everything else, whoever asks and whatever he tells."""
    for number in ("C-2006-9999", "C-2006-9999999999999999999", "X-1", "", "C", "\0", "'; DROP TABLE cases; --"):
        with assembly.unknown():
            assembly.do("nobody", "candidacy.admit", case=number or "-", seen=7, facts={"wrong": 1})
    for name in ("candidacy.crown", "candidacy.", "coronation.begin", "candidacy.NOMINATE"):
        with assembly.unknown():
            assembly.do("wb", name)


@pytest.mark.parametrize("act", CANDIDACY.rows)
def test_a_case_that_is_not_there_is_unknown_to_every_act(assembly, act):
    """Also to those for which linked cases are locked first."""
    with assembly.unknown():
        assembly.do("wb", f"candidacy.{act}", case="C-2006-9999", facts={"wrong": 1})


def test_who_asks_about_what_is_not_there_is_told_so(assembly):
    """What may be done with a case, and what an entry says: Unknown, where there is none."""
    case = nominated(assembly)
    with assembly.database.transaction(write=False) as db:
        assert "nominate" == entry(db, assembly.number(case), 1).act
        with pytest.raises(Unknown):
            entry(db, assembly.number(case), 2)
        for number in ("C-2006-9999", "Ω-1"):
            with pytest.raises(Unknown):
                explain(db, number, "wb", at=assembly.now, book=assembly.book)


def test_the_number_of_a_case_says_its_procedure(assembly):
    """An act of another procedure than the case's is unknown, not done on the wrong table."""
    case = nominated(assembly)
    with assembly.unknown():
        assembly.do("wb", "membership.end", case=case, facts={"date": "2006-04-14"})


def test_the_office_comes_before_the_facts(assembly):
    """Who may not do an act learns nothing of its facts: Forbidden before 422."""
    case = nominated(assembly)
    with assembly.forbidden():
        assembly.do("m1", "candidacy.return", case=case, facts={"wrong": 1}, seen=99)


def test_the_facts_come_before_what_was_seen(assembly):
    """422 before 412 and 428."""
    case = nominated(assembly)
    for seen in (None, 0, 7):
        with assembly.wrong_facts("reason", "wrong"):
            assembly.do("wb", "candidacy.return", case=case, facts={"wrong": 1}, seen=seen)


def test_what_was_seen_comes_before_the_law(assembly):
    """428 without an entry seen, 412 with another than the last, then what the law says (409)."""
    case = submitted(assembly)
    with assembly.unseen():
        assembly.do("wb", "candidacy.admit", case=case, seen=None)
    for seen in (0, 1, 4, 6, -5, 10**20):
        with assembly.conflict():
            assembly.do("wb", "candidacy.admit", case=case, seen=seen)
    with assembly.refused("14.1a", "14.1b"):
        assembly.do("wb", "candidacy.admit", case=case, seen=5)


def test_an_act_that_can_take_no_way_is_refused_with_the_reasons_of_all(assembly):
    """A rule refuses alike whether it is one of the act or of each way that the act may take."""
    moved = tuple(
        replace(row, guards=(), to=tuple(replace(way, guards=row.guards) for way in row.to))
        if row.name == "nominate"
        else row
        for row in CANDIDACY.acts
    )
    with acts_are("candidacy", moved):
        with assembly.refused("13.1a"):
            assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("m1"))
        assert "nominated" == assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination()).state


@pytest.mark.parametrize("reason", ["Not\x00complete", "Not \x1b[31mcomplete", "Not complete \ud800"])
def test_a_text_that_no_database_keeps_is_a_wrong_fact(assembly, reason):
    """Control characters and halves of characters; lines and tabulators are texts."""
    case = nominated(assembly)
    with assembly.wrong_facts("reason"):
        assembly.do("wb", "candidacy.return", case=case, facts={"reason": reason})
    assert "inadmissible" == assembly.do("wb", "candidacy.return", case=case, facts={"reason": "Not\n\tcomplete"}).state


def test_everything_that_stands_in_the_way_is_told_at_once(assembly):
    """A refusal is complete: a member, a decision of a later day, in one answer."""
    facts = nomination("m1", decision={"body": "small_assembly_session", "number": "1", "date": "2006-04-15"})
    with assembly.refused("13.1a", "14.1a"):
        assembly.do("s:Kostanay", "candidacy.nominate", facts=facts)


# ------------------------------------------------------------------------------------------------------------ sent twice


def test_an_act_sent_twice_is_answered_twice_and_done_once(assembly):
    """The same key: the same entry, even when the case has gone on meanwhile."""
    first = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assembly.do("wb", "candidacy.admit", case=first)
    before = assembly.rows()
    again = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assert (True, first.number, 1, "nominated") == (again.replay, again.number, again.seq, again.state)
    assert before == assembly.rows()


def test_a_key_does_not_save_a_second_look(assembly):
    """A repeated act with the `seen` of then is answered with its entry, not with a conflict."""
    case = considered(assembly)
    first = assembly.do("d1", "candidacy.submit", case=case, seen=3, key="mine")
    again = assembly.do("d1", "candidacy.submit", case=case, seen=3, key="mine")
    assert (False, True, first.seq) == (first.replay, again.replay, again.seq)


@pytest.mark.parametrize(
    "other",
    [
        {"facts": nomination("p:B")},
        {"facts": nomination(consent=False)},
        {"facts": nomination(), "office": "sa_secretariat"},
    ],
)
def test_a_key_used_for_something_else(assembly, other):
    """Another request under the same key is an error, never somebody else's answer."""
    assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    with assembly.key_reused():
        assembly.do("s:Kostanay", "candidacy.nominate", key="k1", **other)


def test_a_request_is_recognised_however_its_days_are_given(assembly):
    """A day and its text are the same request."""
    decision = nomination()["decision"]
    given = nomination(decision=decision | {"date": date.fromisoformat(decision["date"])})
    first = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=given)
    again = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assert (True, first.record) == (again.replay, again.record)


@pytest.mark.parametrize("person", [2**70, -(2**70), "\ud800", {1: "p:A"}])
def test_whatever_is_sent_under_a_used_key_is_answered(assembly, person):
    """Facts of no shape are wrong facts, however little of them can be written down."""
    assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    with assembly.wrong_facts("person"):
        assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination() | {"person": person})


def test_a_key_belongs_to_who_used_it(assembly):
    """Two people may use the same key for different things."""
    first = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assert first.number != assembly.do("a:Kostanay", "candidacy.nominate", key="k1", facts=nomination("p:B")).number


def test_a_refused_act_does_not_use_its_key_up(assembly):
    """What was refused wrote nothing: with the same key it may be done once the way is free."""
    case = nominated(assembly)
    with assembly.refused("14.2b"):
        assembly.do("d1", "candidacy.submit", case=case, key="k")
    case = assembly.consider(assembly.do("wb", "candidacy.admit", case=case))
    assert not assembly.do("d1", "candidacy.submit", case=case, key="k").replay


def test_who_has_lost_the_office_gets_no_replay(assembly):
    """The office comes before the key: an answer is given to who may act now."""
    submission = {"membership": "membership:m3", "ground": "office_changed"}
    assembly.do("a:Kostanay", "removal.submit", key="k", facts=submission)
    assembly.do("wb", "office.vacate", case="office:a:Kostanay", facts={"until": "2006-04-14"})
    with assembly.forbidden():
        assembly.do("a:Kostanay", "removal.submit", key="k", facts=submission)


# --------------------------------------------------------------------------------------------------------- by every door


def test_nobody_calls_himself_clock(assembly):
    """An act of the clock is done by nobody else, whatever name or office he gives."""
    leave = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m3", "membership.leave", case="membership:m3", facts=leave)
    for actor in ("m3", "wb", "ch", "clock", "consequence"):
        with assembly.forbidden():
            assembly.do(actor, "membership.exit", case=case)


@pytest.mark.parametrize(("office", "name", "facts"), [
    ("clock", "membership.exit", {}), ("consequence", "membership.remove", {}), ("consequence", "membership.end", {"date": "2006-04-14"}),
])  # fmt: skip
def test_a_door_does_not_act_in_the_offices_of_nobody(assembly, office, name, facts):
    """Clock and consequence are no offices of people: the kernel's door refuses them too, not only the API."""
    leave = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m3", "membership.leave", case="membership:m3", facts=leave)
    with assembly.forbidden():
        assembly.do("m1", name, case=case, office=office, facts=facts)


def test_founding_is_over_once_somebody_is_in_office(assembly):
    """The first working body enters itself; afterwards nobody does (17.1)."""
    facts = {"person": "p:A", "office": "working_body", "since": "2006-04-14"}
    with assembly.forbidden():
        assembly.do("p:A", "office.assume", founding=True, facts=facts)


def test_an_office_that_one_does_not_hold_is_not_named(assembly):
    """Naming an office does not give it."""
    case = submitted(assembly)
    for actor, office in (("d1", "chairman"), ("m1", "chairman"), ("wb", "president"), ("ch", "working_body")):
        with assembly.forbidden():
            assembly.do(actor, "candidacy.approve", case=case, office=office, at="2006-06-01 10:00", facts=ORDER)


@pytest.mark.parametrize("office", [None, "nominating_body", "sa_secretariat"])
def test_a_nominating_body_is_named_by_the_office_held(assembly, office):
    """The table says nominating body, the offices of the contract are those of such a body: either may be named (14.1)."""
    done = assembly.do("s:Kostanay", "candidacy.withdraw", case=nominated(assembly), office=office)
    assert ("withdrawn", "sa_secretariat") == (done.state, done.record.office)


@pytest.mark.parametrize("office", [None, "deputy_chairman", "chairman"])
def test_the_chairman_names_his_own_office_where_he_stands_in(database, office):
    """With no deputy in office the Chairman does what they do, as Chairman (B01)."""
    assembly = Assembly(database, deputies=0)
    facts = {"starts_at": "2006-05-16 10:00", "place": "Astana"}
    done = assembly.do("ch", "council_meeting.draft", facts=facts, office=office)
    assert ("drafted", "chairman") == (done.state, done.record.office)


NASTY = [
    None, True, 0, -1, 10**30, 1.5, "", " ", "x", "9999-12-31", "0001-01-01", "86400", "2006-04-14T00:00:00", "C-2006-0001",
    "nobody", "p:A", [], [[]], ["x"], {}, {"x": 1}, {"number": "1", "date": "2006-04-14"}, {"number": None, "date": None}, "x" * 5000,
]  # fmt: skip
LEAVE = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
DECREE = {"act": paper("2006-04-14", kind="decree")}
BASIS = {"basis": paper("2006-04-14", kind="order")}
PERSON = {"person": "p:A", "since": "2006-04-14"}
OTHER = {"ground": "other", "reason": "Has discredited the Assembly", "code": "other"}
VALID = [
    ("wb", "office.assume", None, PERSON | {"office": "sa_secretariat", "body": "Kostanay", "acting": True}),
    ("wb", "office.assume", None, PERSON | BASIS | {"office": "chairman"}),
    ("wb", "office.vacate", "office:ch", BASIS | {"until": "2006-04-14"}),
    ("s:Kostanay", "candidacy.nominate", None, nomination()),
    ("s:Kostanay", "candidacy.nominate", None, association_nomination()),
    ("s:Kostanay", "candidacy.support", "C-2006-0001", nomination()),
    ("wb", "candidacy.return", "C-2006-0001", {"reason": "No session has decided"}),
    ("s:Kostanay", "candidacy.cure", "C-2006-0003", {"decision": nomination()["decision"] | {"date": "2006-04-14"}}),
    ("ch", "candidacy.approve", "C-2006-0002", ORDER),
    ("ch", "candidacy.reject", "C-2006-0002", ORDER | {"reason": "No"}),
    (
        "ch",
        "candidacy.include",
        None,
        ORDER | {"person": "p:A", "category": "other_person", "justification": "Well known"},
    ),
    ("wb", "candidacy.withdraw", "C-2006-0001", {"reason": "No"}),
    ("wb", "membership.enrol", None, ORDER | PERSON | {"category": "association", "ex_officio": "akim"}),
    ("wb", "membership.report_office_change", "membership:m3", {"ground": "office_changed", "date": "2006-04-14"}),
    ("m3", "membership.leave", "membership:m3", LEAVE),
    ("m4", "membership.revoke_leave", "membership:m4", {}),
    (
        "wb",
        "membership.end",
        "membership:m3",
        {"date": "2006-04-14", "certificate": paper("2006-04-14", kind="certificate")},
    ),
    ("d1", "removal.submit", None, OTHER | {"membership": "membership:m3"}),
    ("ch", "removal.grant", "R-2006-0001", ORDER),
    ("ch", "removal.decline", "R-2006-0001", {"reason": "No"}),
    ("ch", "council_seat.open", None, ORDER | {"person": "m5", "category": "other_member"}),
    ("ch", "council_seat.close", "council_seat:m3", {"reason": "No"}),
    ("wb", "deputy_appointment.enrol", None, DECREE | {"person": "m5"}),
    ("president", "deputy_appointment.appoint", "D-2006-0001", DECREE),
    ("president", "deputy_appointment.dismiss", "deputy_appointment:d1", DECREE),
    ("wb", "deputy_appointment.lapse", "D-2006-0001", {"reason": "No"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("actor", "name", "case", "facts"), VALID)
def test_nothing_told_breaks_a_door(database, actor, name, case, facts):
    """Whatever stands in whichever fact, the answer is one of the kinds, never a bug."""
    assembly = Assembly(database, council=4, starts="2006-04-14 09:00")
    nominated(assembly)
    submitted(assembly, "p:B")
    assembly.now = assembly.at("2006-05-18 11:00")
    assembly.do(
        "wb",
        "candidacy.return",
        case=nominated(assembly, at="2006-05-18 11:00"),
        facts={"reason": "No session decided"},
    )
    assembly.do("m4", "membership.leave", case="membership:m4", facts=LEAVE | {"from_date": "2006-06-01"})
    assembly.do("d1", "removal.submit", facts={"membership": "membership:m6", "ground": "office_changed"})
    assembly.recommend("m6")
    for told in [facts, *_spoilt(facts)]:
        _answers(assembly, actor, name, case, told)


@pytest.mark.parametrize("person", ["\ud800", "p:\ud800", "\0", "p:\0"])
def test_what_no_database_takes_is_nobody(assembly, person):
    """A text that no database can be asked for is an error of the shape (422)."""
    with assembly.wrong_facts("person"):
        assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination(person))


@pytest.mark.parametrize("number", ["M-2006-\0", "M-2006-\ud800"])
def test_what_no_database_takes_is_no_case(assembly, number):
    """Nor is it a case: unknown where it is acted on (404), wrong where it is named (422)."""
    with assembly.unknown():
        assembly.do("wb", "membership.end", case=number, facts={"date": "2006-04-14"}, seen=1)
    with assembly.wrong_facts("membership"):
        assembly.do("d1", "removal.submit", facts={"membership": number, "ground": "office_changed"})


def _spoilt(facts):
    """Yield *facts* with every value, in whatever depth, replaced by every nasty one, or left out."""
    for fact, value in facts.items():
        yield {name: each for name, each in facts.items() if name != fact}
        deeper = list(_spoilt(value)) if isinstance(value, dict) else []
        yield from (facts | {fact: each} for each in [*NASTY, *deeper])


def _answers(assembly, actor, name, case, facts):
    """Try on a copy, so that what the law allows leaves no trace."""
    with assembly.database.transaction(keep=False) as db:
        try:
            perform(db, assembly.act(actor, name, case=case, facts=facts), assembly.book)
        except Unanswerable:
            return
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            pytest.fail(f"{name} {facts!r:.80}: {error!r:.200}")


# ------------------------------------------------------------------------------------------------------- what could be done


@pytest.mark.parametrize("person", ["ch", "d1", "d2", "m1", "wb", "s:Kostanay", "p:A", "nobody"])
def test_what_could_be_done_is_what_may_be_done(assembly, person):
    """The same guards answer that refuse: acts said to be allowed are not refused for the office or the state."""
    for case in (nominated(assembly), considered(assembly, "p:B")):
        with assembly.database.transaction(write=False) as db:
            answers = explain(db, case.number, person, at=assembly.now, book=assembly.book)
        for answer in answers:
            act = Act(
                procedure="candidacy", name=answer.act, actor=person, case=case.number, seen=case.seq, at=assembly.now
            )
            assert answer.allowed == _possible(assembly, act), answer.act


def _possible(assembly, act):
    """Say whether only the facts of the act are missing, or nothing."""
    with assembly.database.transaction(keep=False) as db:
        try:
            perform(db, act, assembly.book)
        except WrongFacts:
            return True
        except Unanswerable:
            return False
    return True


def test_the_act_that_ends_an_office_is_answered_twice(assembly):
    """A lost answer is asked for again with the same key, whatever the actor holds by now (20.3)."""
    leave = {"statement_date": "2006-04-14"}
    first = assembly.do("m3", "membership.leave", case="membership:m3", key="once", facts=leave)
    again = assembly.do("m3", "membership.leave", case="membership:m3", key="once", seen=1, facts=leave)
    assert (True, first.record) == (again.replay, again.record)
    with assembly.forbidden():
        assembly.do("m3", "membership.leave", case="membership:m3", key="another", seen=2, facts=leave)
