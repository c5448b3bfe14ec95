"""Sessions of the Assembly until they are announced: who convenes, on which ground, when, and what moves (8.1, 8.2)."""

from datetime import date

import pytest

from machines.rulebook import Rulebook
from tests.assembly import Assembly, paper
from tests.sittings import (
    announced_session,
    convened_session,
    convening,
    extraordinary,
    registered_request,
    resolution,
)

MOVED = {"starts_at": "2006-06-27 11:00", "city": "Almaty", "place": "Theatre"}
REASON = {"reason": "The hall burned down"}


@pytest.fixture
def assembly(database):
    """Lend an Assembly of nine: two thirds of it are six, one third three."""
    assembly = Assembly(database, members=9)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=9)


def ruled(database, **rulings):
    """Return an Assembly under other rulings."""
    overrides = [(date(2005, 1, 1), key.replace("__", "."), value) for key, value in rulings.items()]
    return Assembly(database, members=9, book=Rulebook(overrides=tuple(overrides)))


def convene(assembly, facts, at=None):
    return assembly.do("ch", "session.convene", at=at, facts=facts)


def codes(done):
    return [warning.code for warning in done.warnings]


# -------------------------------------------------------------------------------------------------------------- convening


@pytest.mark.parametrize("actor", ["d1", "wb", "m1", "a:Kostanay"])
def test_only_the_chairman_convenes(desk, actor):
    """Deputies may not convene a session, nor anybody else (8.1a, A15)."""
    with desk.forbidden():
        desk.do(actor, "session.convene", facts=convening())


def test_without_a_chairman_nobody_convenes(sqlite_database):
    """No substitution: the act waits for a Chairman (8.1a, A15, B12)."""
    desk = Assembly(sqlite_database, chairman=False)
    for actor in ("d1", "d2", "wb"):
        with desk.forbidden():
            desk.do(actor, "session.convene", facts=convening())


def test_an_ordinary_session_is_convened(assembly):
    """The last day to announce is one month counted back; the working body is told and reminded (8.1a, 8.1b, A01)."""
    case = convened_session(assembly)
    assert ("convened", {"announcement": "2006-05-21 00:00"}) == (case.state, assembly.deadlines(case))
    assert ["wb"] == assembly.messages("session.convened")
    rungs = [(days, f"2006-05-{20 - days:02} 09:00", "working_body") for days in (14, 7, 3, 1)]
    assert [*rungs, (0, "2006-05-21 00:00", "chairman")] == assembly.reminders(case, "announcement")


@pytest.mark.parametrize("missing", ["kind", "ground", "order", "starts_at", "city", "place", "agenda"])
def test_what_a_session_needs(desk, missing):
    """Date, place and tentative agenda, the order and its ground (8.1b; edge case F11)."""
    with desk.wrong_facts(missing):
        convene(desk, convening(**{missing: ...}))


def test_an_agenda_names_something(desk):
    """An empty agenda is none (8.1b)."""
    with desk.wrong_facts("agenda"):
        convene(desk, convening(agenda=[]))
    with desk.wrong_facts("agenda", "agenda.0"):
        convene(desk, convening(agenda=["  "]))


def test_the_order_is_not_of_a_later_day(desk):
    """The convening act is of the day of the act or earlier (8.1a)."""
    with desk.refused("8.1a", codes=["paper.of_a_later_day"]):
        convene(desk, convening(order=paper("2006-04-15")))


def test_a_session_begins_in_the_future(desk):
    """An ordinary one cites 8.1b, an extraordinary one 8.2c."""
    with desk.refused("8.1b", codes=["session.begins_in_the_past"]):
        convene(desk, convening(starts_at="2006-04-14 10:00"))
    assert "convened" == convene(desk, convening(starts_at="2006-04-14 10:01")).state
    with desk.refused("8.2c", codes=["session.begins_in_the_past", "session.not_after_the_decision"]):
        convene(desk, extraordinary(starts_at="2006-04-14 09:00"))


def test_a_session_does_not_end_before_it_begins(desk):
    """The last day is the first or a later one (8.1b)."""
    with desk.refused("8.1b", codes=["session.ends_before_it_begins"]):
        convene(desk, convening(last_day="2006-06-19"))
    for last_day in ("2006-06-20", "2006-06-21"):
        assert "convened" == convene(desk, convening(last_day=last_day)).state


# ---------------------------------------------------------------------------------------------------------- extraordinary


@pytest.mark.parametrize(
    ("first", "refused"),
    [
        ("2006-04-14 18:00", "session.not_after_the_decision"),
        ("2006-04-15 10:00", None),
        ("2006-05-14 10:00", None),
        ("2006-05-15 23:59", None),  # the fourteenth is a Sunday: the month moves to Monday
        ("2006-05-16 00:00", "session.after_the_month"),
    ],
)
def test_an_extraordinary_session_begins_within_a_month(desk, first, refused):
    """After the decision, within a month of it, moved to the next working day (8.2c, A03, H01)."""
    if refused:
        with desk.refused("8.2c", codes=[refused]):
            convene(desk, extraordinary(starts_at=first))
        return
    case = convene(desk, extraordinary(starts_at=first))
    assert "2006-05-16 00:00" == desk.deadlines(case)["hold_by"]
    rungs = [(days, f"2006-05-{15 - days:02} 09:00", "chairman working_body") for days in (7, 3, 1)]
    assert [*rungs, (0, "2006-05-16 00:00", "chairman")] == desk.reminders(case, "hold_by")


def test_the_month_runs_from_the_order_not_from_its_entry(desk):
    """The decision is the order; an order of ten days ago leaves ten days less (8.2c, A03)."""
    with desk.refused("8.2c", codes=["session.after_the_month"]):
        convene(desk, extraordinary(order=paper("2006-04-04"), starts_at="2006-05-05 10:00"))
    case = convene(desk, extraordinary(order=paper("2006-04-04"), starts_at="2006-05-04 10:00"))
    assert "2006-05-05 00:00" == desk.deadlines(case)["hold_by"]


def test_whether_the_month_moves_is_a_ruling(sqlite_database):
    """Without the move the month ends on the Sunday (8.2c, H01)."""
    desk = ruled(sqlite_database, terms__roll__forward="none")
    with desk.refused("8.2c", codes=["session.after_the_month"]):
        convene(desk, extraordinary(starts_at="2006-05-15 10:00"))
    assert "2006-05-15 00:00" == desk.deadlines(convene(desk, extraordinary(starts_at="2006-05-14 10:00")))["hold_by"]


@pytest.mark.parametrize(
    ("decided", "last"), [("2007-01-31", "2007-02-28"), ("2008-01-30", "2008-02-29"), ("2006-08-31", "2006-10-02")]
)
def test_the_month_of_short_months(desk, decided, last):
    """No such day in the next month: its last one; the thirtieth of September 2006 is a Saturday (8.2c, H02)."""
    case = convene(desk, extraordinary(order=paper(decided), starts_at=f"{last} 10:00"), at=f"{decided} 10:00")
    assert f"{last} 23:59" < desk.deadlines(case)["hold_by"]
    day_after = desk.deadlines(case)["hold_by"]
    with desk.refused("8.2c", codes=["session.after_the_month"]):
        convene(desk, extraordinary(order=paper(decided), starts_at=day_after))


def test_it_may_end_after_the_month_with_a_warning(desk):
    """It must begin within the month; a later last day is warned of (8.2c, A16)."""
    assert [] == codes(convene(desk, extraordinary(starts_at="2006-05-14 10:00", last_day="2006-05-15")))
    case = convene(desk, extraordinary(last_day="2006-05-16"))
    assert [("8.2c", "session.ends_after_the_month")] == [(each.norm, each.code) for each in case.warnings]


def test_an_ordinary_session_has_no_month(desk):
    """Ordinary sessions are convened as far ahead as wanted, and hold no deadline of holding (8.1)."""
    case = convene(desk, convening(starts_at="2007-02-20 10:00"))
    assert {"announcement": "2007-01-21 00:00"} == desk.deadlines(case)


# -------------------------------------------------------------------------------------------------------------- on request


def test_a_session_on_request_satisfies_it(assembly):
    """The request of one third is satisfied in the same transaction; its convening is closed (8.2b, A04)."""
    asked = registered_request(assembly, 3)
    case = convene(assembly, extraordinary(ground="request", request=asked.number, agenda=["Language", "Budget"]))
    assert ("satisfied", "closed") == (assembly.state(asked), assembly.deadlines(asked)["convening"])
    assert f"{case.number}/1" == assembly.entries(asked)[-1].cause
    assert ["m1"] == assembly.messages("session_request.satisfied")


def test_a_session_on_request_needs_a_registered_one(desk):
    """Not one that is collecting, returned or satisfied already, nor none (8.2b)."""
    returned, registered = registered_request(desk, 2), registered_request(desk, 3)
    facts = extraordinary(ground="request", agenda=["Language"])
    for request in ({}, {"request": returned.number}):
        with desk.refused("8.2b", codes=["session.no_registered_request"]):
            convene(desk, facts | request)
    with desk.wrong_facts("request"):
        convene(desk, facts | {"request": "E-2006-0099"})
    convene(desk, facts | {"request": registered.number})
    with desk.refused("8.2b", codes=["session.no_registered_request"]):
        convene(desk, facts | {"request": registered.number})


def test_requested_questions_are_on_the_agenda(desk):
    """All of them, word for word; others may be added (8.2b, A17)."""
    asked = registered_request(desk, 3, questions=["Language", "Budget"])
    facts = extraordinary(ground="request", request=asked.number)
    with desk.refused("8.2b", codes=["session.requested_question_missing"]):
        convene(desk, facts | {"agenda": ["Language", "Awards"]})
    assert "convened" == convene(desk, facts | {"agenda": ["Awards", "Budget", "Language"]}).state


def test_a_requested_question_taken_off_the_agenda_is_warned_of(desk):
    """The agenda is tentative until the session adopts it: a warning, no refusal (8.2b, A14, A17)."""
    asked = registered_request(desk, 3, questions=["Language", "Budget"])
    case = convene(desk, extraordinary(ground="request", request=asked.number, agenda=["Budget", "Language"]))
    case = desk.do("wb", "session.change_agenda", case=case, facts={"agenda": ["Language", "Awards"]})
    assert [("8.2b", ["Budget"])] == [(each.norm, each.numbers["questions"]) for each in case.warnings]
    assert () == desk.do("wb", "session.change_agenda", case=case, facts={"agenda": ["Language", "Budget"]}).warnings
    other = convened_session(desk)
    assert () == desk.do("ch", "session.change_agenda", case=other, facts={"agenda": ["Awards"]}).warnings


def test_an_ordinary_session_is_not_on_request(desk):
    """The members ask for an extraordinary session (8.2b)."""
    asked = registered_request(desk, 3)
    with desk.refused("8.2b", codes=["session.request_asks_for_extraordinary"]):
        convene(desk, convening(ground="request", request=asked.number, agenda=["Language"]))


def test_on_his_own_initiative_a_request_binds_no_agenda(desk):
    """A session on the Chairman's own initiative satisfies no request, whichever one he mentions (8.2a)."""
    asked = registered_request(desk, 3)
    assert "convened" == convene(desk, extraordinary(request=asked.number, agenda=["Awards"])).state
    assert "registered" == desk.state(asked)


# ------------------------------------------------------------------------------------------------- moving, hall, cancelling


def test_a_move_needs_a_new_announcement(assembly):
    """A new day or city begins anew: all deadlines closed, the announcement due a month before the new day (8.1b, A14)."""
    case = announced_session(assembly)
    case = assembly.do("ch", "session.move", case=case, at="2006-05-02 10:00", facts=MOVED)
    assert ("convened", {"announcement": "2006-05-28 00:00", "opening": "closed"}) == (
        case.state,
        assembly.deadlines(case),
    )
    assert sorted(assembly.holding("member")) == sorted(assembly.messages("session.moved"))
    with assembly.refused("8.3a", codes=["state.comes_later"]):
        assembly.do("wb", "session.start_registration", case=case, at="2006-06-27 11:00")


def test_another_city_restarts_too(desk):
    """The same day in another city is a move: too late for a month of notice, it cannot be announced (8.1b, A14)."""
    case = announced_session(desk)
    facts = MOVED | {"starts_at": "2006-06-20 10:00"}
    case = desk.do("ch", "session.move", case=case, at="2006-05-21 00:00", facts=facts)
    with desk.refused("8.1b", codes=["session.announced_too_late"]):
        desk.do("wb", "session.announce", case=case, facts={"channel": "website"})


def test_after_a_move_it_has_as_many_days(desk):
    """The number of days stays (8.1b)."""
    case = convened_session(desk, last_day="2006-06-22")
    case = desk.do("ch", "session.move", case=case, facts=MOVED)
    assert "2006-06-29" == desk.facts(case)["last_day"]
    assert "last_day" not in desk.facts(desk.do("ch", "session.move", case=convened_session(desk), facts=MOVED))


def test_a_session_is_not_moved_into_the_past(desk):
    """Nor is it moved by anybody but the Chairman (8.1b; extraordinary 8.2c)."""
    case = convened_session(desk)
    with desk.refused("8.1b", codes=["session.begins_in_the_past"]):
        desk.do("ch", "session.move", case=case, facts=MOVED | {"starts_at": "2006-04-14 10:00"})
    with desk.forbidden():
        desk.do("wb", "session.move", case=case, facts=MOVED)


def test_an_extraordinary_session_is_moved_within_its_first_month(desk):
    """The month runs from the first decision, also after a move (8.2c, A02)."""
    case = convene(desk, extraordinary(starts_at="2006-05-10 10:00"))
    with desk.refused("8.2c", codes=["session.after_the_month"]):
        desk.do("ch", "session.move", case=case, at="2006-04-28 10:00", facts=MOVED | {"starts_at": "2006-05-16 10:00"})
    case = desk.do("ch", "session.move", case=case, facts=MOVED | {"starts_at": "2006-05-15 10:00"})
    assert ("convened", "2006-05-16 00:00") == (case.state, desk.deadlines(case)["hold_by"])
    assert (
        "2006-05-03 00:00" == desk.deadlines(case)["announcement"]
    )  # the working day after the move, a Friday before 1 May


def test_a_move_that_ends_after_the_month_is_warned_of(desk):
    """It has as many days as before: the last of them may lie beyond the month (8.2c, A16)."""
    case = convene(desk, extraordinary(starts_at="2006-05-10 10:00", last_day="2006-05-12"))
    assert [] == codes(desk.do("ch", "session.move", case=case, facts=MOVED | {"starts_at": "2006-05-11 10:00"}))
    case = desk.do("ch", "session.move", case=case, facts=MOVED | {"starts_at": "2006-05-15 10:00"})
    assert ["session.ends_after_the_month"] == codes(case)


def test_a_session_that_registers_is_neither_moved_nor_cancelled(desk):
    """Once registration has begun the session is held or declared not competent (8.1a, 8.1b)."""
    case = announced_session(desk)
    case = desk.do("wb", "session.start_registration", case=case, at="2006-06-20 09:00")
    with desk.refused("8.1b", codes=["state.too_late"]):
        desk.do("ch", "session.move", case=case, facts=MOVED)
    with desk.refused("8.1a", codes=["state.too_late"]):
        desk.do("ch", "session.cancel", case=case, facts=REASON)
    for actor, act, facts in (
        ("wb", "change_hall", {"place": "Theatre"}),
        ("ch", "change_agenda", {"agenda": ["Budget"]}),
    ):
        with desk.refused("8.1b", codes=["state.too_late"]):
            desk.do(actor, f"session.{act}", case=case, facts=facts)


def test_another_hall_or_hour_of_the_same_day(assembly):
    """The working body changes hall and hour; everyone is told, the announcement stands (8.1b, A14)."""
    case = announced_session(assembly)
    hall = {"place": "Theatre", "starts_at": "2006-06-20 15:00"}
    case = assembly.do("wb", "session.change_hall", case=case, facts=hall)
    assert ("announced", "2006-06-20 15:00") == (case.state, assembly.deadlines(case)["opening"])
    assert (0, "2006-06-20 15:00", "chairman") == assembly.reminders(case, "opening")[-1]
    assert {"place": "Theatre", "starts_at": "2006-06-20T15:00:00"}.items() <= assembly.facts(case).items()
    assert sorted(assembly.holding("member")) == sorted(assembly.messages("session.hall_changed"))
    with assembly.refused("8.1b", codes=["session.another_day"]):
        assembly.do("wb", "session.change_hall", case=case, facts=hall | {"starts_at": "2006-06-21 10:00"})
    with assembly.forbidden():
        assembly.do("d1", "session.change_hall", case=case, facts=hall)


def test_a_cancelled_session_removes_its_resolutions(assembly):
    """Everyone is told; what is listed is removed; all deadlines are closed (8.1a)."""
    case = announced_session(assembly)
    listed = [resolution(assembly, case) for _ in range(2)]
    with assembly.forbidden():
        assembly.do("d1", "session.cancel", case=case, facts=REASON)
    case = assembly.do("ch", "session.cancel", case=case, facts=REASON)
    assert ["cancelled", "removed", "removed"] == [case.state, *map(assembly.state, listed)]
    assert {"announcement": "closed", "opening": "closed"} == assembly.deadlines(case)
    assert sorted(assembly.holding("member")) == sorted(assembly.messages("session.cancelled"))
    with assembly.refused("8.4.5", codes=["resolution.session_over"]):
        resolution(assembly, case)
