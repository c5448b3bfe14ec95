"""The plan of the near future: what falls due when, read from the rows; and what has to be done when it has moved."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from prefect.states import Failed, Pending

from flows.home import Home
from flows.plan_runs import told_of
from flows.planning import ASKED, NEAR, Waiting, ask_if_moved, differences, follow, tags_of, until_still
from machines.plan import _DEADLINES, _INSTANTS, CASES_NAMED, Plan, Planned, moved_since, plan_ahead
from models.settings import read_settings
from tests.assembly import Assembly, utc
from tests.sittings import announced_session, open_poll, vote

STARTS = "2010-03-01 08:00"
ZONE = "Asia/Almaty"
NOW = utc("2010-03-01 12:00")


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine."""
    return Assembly(database, members=12, council=9, starts=STARTS)


def planned(assembly, at="2010-03-01 10:00", **more):
    with assembly.database.transaction(write=False) as db:
        return plan_ahead(db, assembly.at(at), **more)


def titles(assembly, at="2010-03-01 10:00", **more):
    return [each.title(ZONE) for each in planned(assembly, at, **more).instants]


def moved(assembly, plan):
    with assembly.database.transaction(write=False) as db:
        return moved_since(db, plan.position, after=assembly.at(), until=plan.until)


# ------------------------------------------------------------------------------------------------------------ what is planned


def test_an_instant_is_named_for_what_falls_due(assembly):
    """In local time, with the case and the deadline's name where it is the only one."""
    case = assembly.number(open_poll(assembly))
    (poll,) = (each for each in planned(assembly).instants if case in each.cases)
    assert f"11 Mar 00:00 · {case} · Closing of the poll" == poll.title(ZONE)
    assert ((case,), ("9.3b",), 1) == (poll.cases, poll.norms, poll.deadlines)


def test_what_falls_due_at_one_instant_is_one_run(assembly):
    """A thousand deadlines in one second are one sweep; not all of their cases are named."""
    cases = sorted(assembly.number(open_poll(assembly)) for _ in range(CASES_NAMED + 2))
    (polls,) = (each for each in planned(assembly).instants if cases[0] in each.cases)
    assert f"11 Mar 00:00 · {CASES_NAMED + 2} deadlines" == polls.title(ZONE)
    assert tuple(cases[:CASES_NAMED]) == polls.cases


def test_thirty_days_are_planned_and_the_nearest_instants(assembly):
    """What lies further off is planned when it is nearer; what has passed is the sweep's."""
    for day in ("2010-03-10", "2010-03-11", "2010-03-12", "2010-04-09"):
        open_poll(assembly, closes_on=day)
    assert ["11 Mar", "12 Mar", "13 Mar"] == [title[:6] for title in titles(assembly)]
    assert ["12 Mar", "13 Mar"] == [
        title[:6] for title in titles(assembly, "2010-03-11 00:00", ahead=timedelta(days=3))
    ]
    cut = planned(assembly, most=2)
    assert (2, True, cut.instants[-1].at) == (len(cut.instants), cut.cut, cut.until)


def test_what_is_extended_or_done_leaves_its_instant(assembly):
    """Moves are followed because the rows are read, whoever moved them."""
    case = open_poll(assembly)
    assembly.do(
        "wb", "poll.extend", case=case, at="2010-03-02 10:00", facts={"closes_on": "2010-03-12", "reason": "Post"}
    )
    assert ["13 Mar"] == [title[:6] for title in titles(assembly)]
    for deputy in ("d1", "d2"):
        assembly.do(deputy, "poll.annul", case=case, at="2010-03-03 10:00", facts={"reason": "Wrong question"})
    assert [] == titles(assembly)


def test_the_plan_is_read_by_its_index(sqlite_database):
    """However many deadlines have been closed."""
    for sql, asked in ((_INSTANTS, ("a", "b", 1)), (_DEADLINES, ("a", "b"))):
        with sqlite_database.transaction(write=False) as db:
            plan = [row[-1] for row in db.all(f"EXPLAIN QUERY PLAN {sql}", *asked)]
        assert "deadlines_ahead" in plan[0]


# ---------------------------------------------------------------------------------------------------------------- what has moved


def test_an_act_that_moves_a_near_deadline_is_noticed(assembly):
    """Opened, closed, or beyond the time ahead: only what the plan shows counts."""
    case, plan = open_poll(assembly), planned(assembly)
    assert not moved(assembly, plan)
    vote(assembly, case, ["c1"], at="2010-03-02 10:00")
    assert not moved(assembly, plan)
    open_poll(assembly, closes_on="2010-06-01", at="2010-03-02 11:00")
    assert not moved(assembly, plan)
    assembly.do(
        "wb", "poll.extend", case=case, at="2010-03-02 12:00", facts={"closes_on": "2010-06-02", "reason": "Post"}
    )
    assert moved(assembly, plan)
    assert not moved(assembly, planned(assembly, "2010-03-02 12:00"))


def test_an_opened_deadline_is_noticed(assembly):
    """A new case shows in the plan within a minute."""
    plan = planned(assembly)
    open_poll(assembly)
    assert moved(assembly, plan)


def test_what_dates_a_deadline_anew_is_noticed(database):
    """The hour of a session moves its opening, which an earlier entry has opened (8.1b)."""
    assembly = Assembly(database, members=9)
    case = announced_session(assembly)
    plan = planned(assembly, "2006-06-01 10:00")
    facts = {"starts_at": "2006-06-20 14:00", "place": "Palace of Peace"}
    assembly.do("wb", "session.change_hall", case=case, at="2006-06-01 11:00", facts=facts)
    assert moved(assembly, plan)
    assert plan.instants != planned(assembly, "2006-06-01 12:00").instants


# -------------------------------------------------------------------------------------------------------------- what is to be done

ONE = Planned(NOW + timedelta(days=1), 1, ("P-2010-0001",), ("9.3b",), "closing")
OTHER = Planned(NOW + timedelta(days=2), 2, ("P-2010-0001", "P-2010-0002"), ("9.3b",))


def plan_of(*instants, cut=False):
    return Plan(instants, 7, instants[-1].at if cut else NOW + timedelta(days=30), cut)


def run_of(instant, **otherwise):
    run = Waiting(uuid.uuid4(), instant.at, instant.title(ZONE), tags_of(instant))
    return run._replace(**otherwise)


def changes(plan, *waiting):
    return [(change.kind, change.at) for change in differences(plan, waiting, now=NOW, zone=ZONE)]


def test_only_differences_cause_calls():
    """A plan that stands is left alone; a new instant gets a run, an emptied one loses it, a changed one another name."""
    assert [] == changes(plan_of(ONE, OTHER), run_of(ONE), run_of(OTHER))
    assert [("planned", OTHER.at)] == changes(plan_of(ONE, OTHER), run_of(ONE))
    assert [("cancelled", OTHER.at)] == changes(plan_of(ONE), run_of(ONE), run_of(OTHER))
    assert [("renamed", ONE.at)] == changes(plan_of(ONE), run_of(ONE, name="otherwise"))
    assert [("renamed", ONE.at)] == changes(plan_of(ONE), run_of(ONE, tags=frozenset({"planned"})))


def test_a_run_too_many_is_cancelled():
    """Whoever made it: one run per instant."""
    assert [("cancelled", ONE.at)] == changes(plan_of(ONE), run_of(ONE), run_of(ONE))


def test_what_is_near_is_left_to_the_worker():
    """It may have been taken up already; it sweeps, and finds nothing due if there is nothing."""
    near = ONE._replace(at=NOW + NEAR)
    assert [] == changes(Plan((), 0, NOW, cut=False), run_of(near))


def test_a_cancelled_run_says_why():
    """Because nothing falls due any more, or because it lies beyond what is planned."""
    (moved_away,) = differences(plan_of(ONE), [run_of(ONE), run_of(OTHER)], now=NOW, zone=ZONE)
    assert "nothing falls due at this instant any more" in moved_away.why
    (beyond,) = differences(plan_of(ONE, cut=True), [run_of(ONE), run_of(OTHER)], now=NOW, zone=ZONE)
    assert "only the nearest 1 instants are planned" in beyond.why


def test_the_planner_says_what_it_did(assembly, tmp_path):
    """With links to the cases; a plan that stands is no news."""
    settings = read_settings({"KENES_HOME": str(tmp_path), "KENES_URL": "https://assembly.example"}, tmp_path)
    home = Home(settings, assembly.database, assembly.book)
    plan = plan_of(ONE, OTHER)
    done = list(differences(plan, [run_of(ONE, name="otherwise")], now=NOW, zone=ZONE))
    told = told_of(plan, done, home)
    assert ("Planned", "1 planned, 1 renamed; 2 instants ahead") == (told.name, told.title)
    link = "[P-2010-0001](https://assembly.example/cases/P-2010-0001)"
    assert ("02.03.2010 18:00", ONE.title(ZONE), "renamed", link, "9.3b") == told.rows[0]
    assert "Nothing moved" == told_of(plan, [], home).name


# --------------------------------------------------------------------------------------------------------- several planners at once


class Runs:
    """The runs that wait at a server: one for each instant, as Prefect's keys have it."""

    def __init__(self):
        self.at = {}

    def follow(self, plan, *, meanwhile=lambda: None):
        """Find the differences, let somebody else work, then make them: what is cancelled is gone, whoever made it."""
        changes = list(differences(plan, list(self.at.values()), now=NOW, zone=ZONE))
        meanwhile()
        for change in changes:
            if change.kind == "cancelled":
                self.at.pop(change.at, None)
            else:
                told = tags_of(change.planned)
                self.at[change.at] = Waiting(uuid.uuid4(), change.at, change.name, told)
        return changes


def test_a_planner_that_knew_less_leaves_no_instant_without_a_run(assembly):
    """It read before a poll was extended to this instant, and cancels what the other has found right; then it reads again."""
    case = open_poll(assembly)
    runs, old = Runs(), planned(assembly)
    runs.follow(old)
    assembly.do(
        "wb", "poll.extend", case=case, at="2010-03-02 10:00", facts={"closes_on": "2010-03-12", "reason": "Post"}
    )
    new = planned(assembly)
    runs.follow(new)
    reads = iter([old, new, new])
    plan, changes = until_still(lambda: next(reads), runs.follow)
    assert {each.at for each in new.instants} == {*runs.at}
    assert (new, ["planned", "cancelled", "planned", "cancelled"]) == (plan, [change.kind for change in changes])


def test_two_planners_between_each_others_steps(assembly):
    """One works while the other stands between finding and making its differences: the last to change anything mends all."""
    case = open_poll(assembly)
    runs, old = Runs(), planned(assembly)
    assembly.do(
        "wb", "poll.extend", case=case, at="2010-03-02 10:00", facts={"closes_on": "2010-03-12", "reason": "Post"}
    )
    new = planned(assembly)
    reads, others = iter([old, new, new, new]), iter([lambda: until_still(lambda: new, runs.follow)])
    until_still(lambda: next(reads), lambda plan: runs.follow(plan, meanwhile=next(others, lambda: None)))
    assert {each.at for each in new.instants} == {*runs.at}


def test_nothing_to_do_is_read_once(assembly):
    """A plan that stands costs one reading."""
    open_poll(assembly)
    runs, plan = Runs(), planned(assembly)
    runs.follow(plan)
    reads = iter([plan])
    assert (plan, []) == until_still(lambda: next(reads), runs.follow)


class Asked:
    """Stands for Prefect's client: no plan is remembered, and of each key there is one run, which the test lets end."""

    def __init__(self):
        self.runs = {}

    def read_variable_by_name(self, name):
        return None

    def read_deployment_by_name(self, name):
        return SimpleNamespace(id=uuid.UUID(int=1))

    def create_flow_run_from_deployment(self, deployment, *, idempotency_key):
        return self.runs.setdefault(idempotency_key, SimpleNamespace(state=Pending()))


def test_a_planner_that_ends_without_a_plan_is_asked_for_again(assembly):
    """Prefect's server may have been too busy for it: not once for all, and not while one is about to plan, nor for ever."""
    asked = Asked()
    for _ in range(2):
        assert ask_if_moved(asked, assembly.database, NOW)
        assert 1 == len(asked.runs)
    for count in (*range(2, ASKED + 1), ASKED):
        for run in asked.runs.values():
            run.state = Failed()
        ask_if_moved(asked, assembly.database, NOW)
        assert count == len(asked.runs)


class Busy:
    """Stands for Prefect's client, whose server has no runs and answers the note of a plan with a status."""

    def __init__(self, status):
        request = httpx.Request("PATCH", "http://prefect/api/variables/name/kenes_plan")
        self.refusal = httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, request=request))

    def read_deployment_by_name(self, name):
        return SimpleNamespace(id=uuid.UUID(int=1), tags=[])

    def read_flow_runs(self, **asked):
        return []

    def read_variable_by_name(self, name):
        return SimpleNamespace(value="of an older plan")

    def update_variable(self, variable):
        raise self.refusal


def test_a_plan_stands_whose_note_a_busy_server_does_not_take():
    """The next sweep misses the note, and asks for another plan; whatever else the server says ends the planner."""
    plan = Plan((), position=0, until=NOW, cut=False)
    assert [] == follow(Busy(503), plan, now=NOW, zone=ZONE)
    with pytest.raises(httpx.HTTPStatusError):
        follow(Busy(500), plan, now=NOW, zone=ZONE)
