"""Lawful dates at the doors: `kenes plan` and `/api/v1/plan`; acts that are tried, with what they would bring."""

import pytest

from machines.lawful_decision import deciding
from machines.refusal import Unknown
from tests.api_client import NOMINATION, Desk
from tests.assembly import Assembly
from tests.sittings import convened_meeting, open_meeting, open_poll, seats, vote


@pytest.fixture
def desk(sqlite_database):
    """Lend the API of an Assembly with a Council of nine."""
    return Desk(Assembly(sqlite_database, council=9))


@pytest.fixture
def assembly(database):
    """Lend the same on either database."""
    return Assembly(database, council=9)


def plan(assembly, case):
    with assembly.database.transaction(write=False) as db:
        return deciding(db, assembly.number(case), now=assembly.now, book=assembly.book)


def steps(found):
    return [(stage.act, stage.earliest and f"{stage.earliest:%m-%d}") for stage in found.stages]


def nominated(assembly):
    return assembly.do("a:Kostanay", "candidacy.nominate", at="2006-04-14 10:00", facts=NOMINATION)


# -------------------------------------------------------------------------------------------------------------- candidacy


def test_without_a_meeting_no_day_can_be_named(assembly):
    """Only a meeting of the Council considers a candidacy: none is convened (14.2a)."""
    found = plan(assembly, nominated(assembly))
    assert [("admit", "04-14"), ("consider", None), ("submit", None), ("approve", None)] == steps(found)
    assert found.earliest is None
    assert ["no_meeting"] == [reason.code for reason in found.stages[1].reasons]


def test_the_next_meeting_gives_the_day(assembly):
    """From the meeting on deputies and Chairman may act at once; their terms are counted from it (14.2b, 14.2c)."""
    case = nominated(assembly)
    convened_meeting(assembly)  # 16 May 2006, a Tuesday
    found = plan(assembly, case)
    assert [("admit", "05-10"), ("consider", "05-16"), ("submit", "05-16"), ("approve", "05-16")] == steps(found)
    dues = [assembly.local(stage.due) for stage in found.stages if stage.due]
    assert ["2006-05-31 00:00", "2006-06-16 00:00"] == dues  # ten working days, thirty days


def test_a_meeting_that_is_open_can_take_it_up(assembly):
    """While the Council sits, it can be considered today (14.2a)."""
    case = nominated(assembly)
    open_meeting(assembly, seats(assembly, 7))
    assert "05-16" == f"{plan(assembly, case).earliest:%m-%d}"


def test_what_stands_in_the_way_is_told(assembly):
    """A nomination without the associations' proposals cannot be admitted: no day can be named (14.1a)."""
    told = NOMINATION | {"proposals": []}
    case = assembly.do("a:Kostanay", "candidacy.nominate", at="2006-04-14 10:00", facts=told)
    first = plan(assembly, case).stages[0]
    assert (None, ["14.1a"]) == (first.earliest, [refusal.norm for refusal in first.refusals])


def test_considered_and_submitted_candidacies_are_decided_at_once(assembly):
    """The terms that run already are told as they were counted; a decided candidacy has no step left (14.2b, 14.2c)."""
    case = assembly.do("wb", "candidacy.admit", case=nominated(assembly))
    case = assembly.consider(case, at="2006-05-16 12:00")
    assert [("submit", "05-16"), ("approve", "05-16")] == steps(plan(assembly, case))
    for deputy in ("d1", "d2"):
        case = assembly.do(deputy, "candidacy.submit", case=case)
    assert [("approve", "05-16")] == steps(plan(assembly, case))
    assembly.now = assembly.at("2006-07-01 10:00")
    assert ["overdue"] == [reason.code for reason in plan(assembly, case).stages[0].reasons]
    case = assembly.do("ch", "candidacy.approve", case=case, facts={"order": {"number": "4", "date": "2006-06-30"}})
    assert ((), None) == (plan(assembly, case).stages, plan(assembly, case).earliest)


def test_there_must_be_such_a_candidacy(assembly):
    """A number that nothing has is unknown."""
    with pytest.raises(Unknown):
        plan(assembly, "C-2006-0099")


# ---------------------------------------------------------------------------------------------------------------- the API


def test_the_api_answers_a_day_or_a_range(desk):
    """One plan, or a list of them; each with norms and derivation in the reader's language."""
    one = desk.get("/plan/session", on="2006-06-20").json()
    assert ("2006-06-20", "2006-05-20", "2006-05-19", ["8.1b"]) == tuple(
        one[name] for name in ("on", "announce_by", "advise_by", "norms")
    )
    assert one["derivation"] != desk.get("/plan/session", language="kk", on="2006-06-20").json()["derivation"]
    many = desk.get("/plan/session", decided="2007-01-28..2007-01-31").json()["items"]
    assert [None, "A02", "A02", "A02"] == [each["ruling"] for each in many]
    assert {"date": "2007-01-29", "satisfies": ["8.2c"]} == many[0]["days"][0]
    assert (["2007-02-28"], "2007-02-28") == (many[0]["both"], many[0]["hold_by"])
    assert "2026-03-27" == desk.get("/plan/poll", opened="2026-03-19").json()["earliest"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("session", {}), ("session", {"on": "2006-06-20", "decided": "2006-06-20"}), ("session", {"on": "tomorrow"}),
        ("session", {"on": "2006-06-20..2006-06-01"}), ("session", {"on": "2001-01-01"}), ("session", {"on": "2006-01-01..2007-06-01"}),
        ("poll", {}), ("poll", {"opened": "2006-02-30"}), ("poll", {"day": "2006-02-20"}), ("session", {"decided": "2006-06-20.."}),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_said(desk, path, query):
    """A missing, wrong or far day is a clear error of the request."""
    answer = desk.get(f"/plan/{path}", **query)
    assert (422, "/problems/facts") == (answer.status_code, answer.json()["type"])
    assert all(fault["reason"] for fault in answer.json()["faults"])


def test_a_candidacy_is_planned_for_those_who_may_see_it(desk):
    """Strangers are told nothing; a case of another procedure is no candidacy."""
    number = desk.nominate()
    told = desk.get(f"/plan/candidacy/{number}").json()
    assert (number, None, "admit") == (told["case"], told["earliest"], told["steps"][0]["act"])
    assert 403 == desk.get(f"/plan/candidacy/{number}", "p:B").status_code
    assert 404 == desk.get("/plan/candidacy/C-2006-0099").status_code
    poll = open_poll(desk.assembly, at="2006-05-01 09:00", closes_on=None)
    assert 422 == desk.get(f"/plan/candidacy/{poll.number}").status_code


# ------------------------------------------------------------------------------------------------------- acts that are tried


def test_a_trial_tells_the_deadlines_that_would_open(desk):
    """Each with its norm and derivation; nothing is written."""
    number, _ = desk.nominate(), desk.token("wb")
    convened_meeting(desk.assembly)
    before = desk.assembly.rows()
    (played,) = desk.post(f"/cases/{number}/try", "wb", {"acts": [{"act": "admit"}]}).json()["items"]
    (deadline,) = played["opens"]
    assert ("consideration", "14.2a", "2006-05-16T10:00:00+06:00") == tuple(
        deadline[name] for name in ("name", "norm", "due")
    )
    assert deadline["derivation"]
    assert before == desk.assembly.rows()


def test_what_if_the_poll_closed_now(desk):
    """The clock's act is tried in its name: the outcome, with counts; the poll stays open (9.2c)."""
    case = open_poll(desk.assembly, at="2006-05-01 09:00", closes_on=None)
    desk.token("d1")
    acts = [{"act": "close", "office": "clock"}]
    for voters, outcome in ((5, "not_adopted"), (6, "adopted")):
        vote(desk.assembly, case, seats(desk.assembly, voters))
        before = desk.assembly.rows()
        (played,) = desk.post(f"/cases/{case.number}/try", "d1", {"acts": acts}).json()["items"]
        assert (True, outcome, voters) == (played["done"], played["case"]["state"], played["case"]["counts"]["for"])
        assert before == desk.assembly.rows()


def test_the_clock_does_no_act_of_people(desk):
    """What only people do is not tried in the clock's name, and no act is done so."""
    number = desk.nominate()
    (played,) = desk.post(f"/cases/{number}/try", "wb", {"acts": [{"act": "admit", "office": "clock"}]}).json()["items"]
    assert (False, "/problems/forbidden") == (played["done"], played["problem"]["type"])
    assert 422 == desk.post(f"/cases/{number}/acts", "wb", {"act": "admit", "office": "clock"}, seen=1).status_code
