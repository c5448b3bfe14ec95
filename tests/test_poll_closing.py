"""The closing of a poll: at its instant, by post three working days later, early only when all have answered (9.2c, 9.3)."""

import itertools
from datetime import date

import pytest

from machines.reminders import stage_reminders
from machines.rulebook import Rulebook
from machines.sitting import list_digest
from tests.assembly import Assembly, paper
from tests.sittings import open_poll, seats, sheet, shown, vote

STARTS = "2010-03-01 08:00"
CLOSING, TALLY = "2010-03-11 00:00", "2010-03-16 00:00"
CHOICES = ("for", "against", "abstain")


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine: two thirds of it are six."""
    assembly = Assembly(database, members=12, council=9, starts=STARTS)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite."""
    return Assembly(sqlite_database, members=12, council=9, starts=STARTS)


def referring_to(database, moment):
    """Return an Assembly under another ruling of the reference moment."""
    book = Rulebook(overrides=((date(2005, 1, 1), "poll.reference_moment", moment),))
    return Assembly(database, members=12, council=9, starts=STARTS, book=book)


def unseat(assembly, *people, at="2010-03-05 10:00"):
    for person in people:
        assembly.do("ch", "council_seat.close", case=f"council_seat:{person}", at=at, facts={})


def seat(assembly, *people, at="2010-03-05 10:00"):
    for person in people:
        facts = {"person": person, "category": "other_member", "order": paper(at[:10])}
        assembly.do("ch", "council_seat.open", at=at, facts=facts)


def counts(assembly, case, *names):
    return tuple(shown(assembly, case)["counts"][name] for name in names)


# ------------------------------------------------------------------------------------------------------------ at its instant


@pytest.mark.parametrize(
    ("in_favour", "state", "missing"),
    [(0, "not_adopted", 6), (5, "not_adopted", 1), (6, "adopted", 0), (9, "adopted", 0)],
)
def test_the_clock_closes_it(assembly, in_favour, state, missing):
    """Two thirds of all for: silence is not for (9.2c, B03, B06; edge cases C6, C35)."""
    case = open_poll(assembly)
    vote(assembly, case, seats(assembly, in_favour))
    ((due, done),) = assembly.sweep("2010-03-12 15:00").done
    assert (state, CLOSING, "clock") == (done.state, assembly.local(due.due_at), done.record.office)
    assert CLOSING == assembly.local(done.record.effective_at)
    assert "2010-03-12 15:00" == assembly.local(done.record.recorded_at)
    assert (in_favour, 9, 6) == counts(assembly, case, "for", "total", "needed")
    assert {"needed": 6, "missing": missing, "decided": True} == shown(assembly, case)["proof"]
    assert {"closing": "expired"} == assembly.deadlines(case)
    told = {*seats(assembly, 9), "d1", "d2", "wb"}
    assert sorted(told) == sorted(assembly.messages("poll.closed"))


def test_nobody_closes_it_before_its_time(desk):
    """Not even a deputy or the Chairman; the clock's office is nobody's (9.2c, B06)."""
    case = open_poll(desk)
    for actor in ("d1", "ch", "m1"):
        with desk.forbidden():
            desk.do(actor, "poll.close", case=case)
    with desk.forbidden():
        desk.do("wb", "poll.close", case=case, office="clock")
    with desk.forbidden():
        desk.do("clock", "poll.close", case=case)


def test_the_working_body_closes_it_early_when_all_have_answered(assembly):
    """Not while one of nine is silent, whatever the outcome; the answers of the last change nothing (9.3b, B06)."""
    case = open_poll(assembly)
    vote(assembly, case, seats(assembly, 8))
    with assembly.refused("9.3b", codes=["poll.not_all_have_answered"]):
        assembly.do("wb", "poll.close", case=case)
    vote(assembly, case, seats(assembly, 1, first=9), "against", at="2010-03-02 10:00")
    case = assembly.do("wb", "poll.close", case=case, at="2010-03-02 11:00")
    assert ("adopted", {"closing": "closed"}) == (case.state, assembly.deadlines(case))
    assert "2010-03-02 11:00" == assembly.local(assembly.facts(case)["closed_at"])
    with assembly.refused("9.3a"):
        vote(assembly, case, ["m1"], "against")
    assert () == assembly.sweep(CLOSING).done


def test_the_answer_of_who_has_left_does_not_close_it_early(desk):
    """All means all who sit in the Council now: who joined has to answer, who left is not waited for (B06, B07)."""
    case = open_poll(desk)
    vote(desk, case, seats(desk, 8))
    unseat(desk, "c9", "c1")
    seat(desk, "d1")
    with desk.refused("9.3b"):
        desk.do("wb", "poll.close", case=case)
    vote(desk, case, ["d1"], "abstain")
    assert "adopted" == desk.do("wb", "poll.close", case=case).state
    assert (7, 8, 8) == counts(desk, case, "for", "answered", "total")


def test_a_poll_of_nobody_is_not_adopted(sqlite_database):
    """The last seat is vacated: of a total of 0 nothing suffices, and nobody closes it early (9.2c)."""
    desk = Assembly(sqlite_database, members=5, council=1, starts=STARTS)
    case = open_poll(desk)
    vote(desk, case, ["m1"])
    unseat(desk, "c1")
    with desk.refused("9.3b"):
        desk.do("wb", "poll.close", case=case)
    assert {"needed": 1, "missing": 1, "decided": True, "silent": 0} == shown(desk, case)["proof"]
    desk.sweep(CLOSING)
    assert "not_adopted" == desk.state(case)


def test_a_deputy_is_recommended_at_the_closing_instant(assembly):
    """An adopted recommendation takes effect at the closing, whenever it is counted (7.2b, B14)."""
    case = open_poll(assembly, kind="deputy_recommendation", subject="m5")
    vote(assembly, case, seats(assembly, 6))
    assembly.sweep("2010-03-13 10:00")
    (opened,) = assembly.cases("deputy_appointment", "m5")
    assert ("recommended", CLOSING) == (
        assembly.state(opened),
        assembly.local(assembly.entries(opened)[0].effective_at),
    )
    with assembly.refused("7.1c", "7.2b"):  # two are in office, and the act is of the day before
        assembly.do(
            "president", "deputy_appointment.appoint", case=opened, facts={"act": paper("2010-03-10", kind="decree")}
        )


# --------------------------------------------------------------------------------------------------- the reference moment


def test_who_leaves_at_the_closing_instant_is_no_member_at_it(assembly):
    """At one instant exits come before closings: the total is eight then, and five are not enough of nine (B07)."""
    case = open_poll(assembly)
    vote(assembly, case, seats(assembly, 5))
    for person in ("m8", "m9"):
        leave = {"statement_date": "2010-03-05", "from_date": "2010-03-11"}
        assembly.do(person, "membership.leave", case=f"membership:{person}", at="2010-03-05 10:00", facts=leave)
    assembly.sweep(CLOSING)
    assert ("adopted", 5, 7, 5) == (assembly.state(case), *counts(assembly, case, "for", "total", "needed"))


@pytest.mark.parametrize(
    ("moment", "state", "numbers"),
    [("close", "adopted", (5, 5, 7)), ("open", "not_adopted", (5, 6, 9)), ("both", "not_adopted", (5, 5, 7))],
)
def test_the_ruling_decides_where_two_leave(database, moment, state, numbers):
    """Five for; two of the silent leave: five of seven are enough, five of nine are not (B07)."""
    desk = referring_to(database, moment)
    case = open_poll(desk)
    vote(desk, case, seats(desk, 5))
    unseat(desk, "c8", "c9")
    desk.sweep(CLOSING)
    assert (state, numbers) == (desk.state(case), counts(desk, case, "for", "needed", "total"))
    desk.assert_replayable()


@pytest.mark.parametrize(
    ("moment", "state", "numbers"),
    [("close", "not_adopted", (4, 5, 7)), ("open", "adopted", (6, 6, 9)), ("both", "not_adopted", (4, 5, 7))],
)
def test_the_ruling_decides_where_two_who_were_for_leave(database, moment, state, numbers):
    """The answers of who has left are void under `close` and stay under `open` (B07; edge case B1)."""
    desk = referring_to(database, moment)
    case = open_poll(desk)
    vote(desk, case, seats(desk, 6))
    unseat(desk, "c1", "c2")
    desk.sweep(CLOSING)
    assert (state, numbers) == (desk.state(case), counts(desk, case, "for", "needed", "total"))


@pytest.mark.parametrize(
    ("moment", "state", "total"), [("close", "adopted", 11), ("open", "not_adopted", 9), ("both", "not_adopted", 11)]
)
def test_the_ruling_decides_where_two_join(database, moment, state, total):
    """Six and two who joined are eight of eleven; at the opening there were six of nine less one (B07; edge case B3)."""
    desk = referring_to(database, moment)
    case = open_poll(desk)
    vote(desk, case, seats(desk, 5))
    vote(desk, case, seats(desk, 1, first=6), "against")
    seat(desk, "d1", "d2")
    for person in ("d1", "d2"):
        if moment == "open":
            with desk.refused("9.3a", codes=["poll.not_in_the_council_at_the_opening"]):
                vote(desk, case, [person])
        else:
            vote(desk, case, [person])
    vote(desk, case, seats(desk, 1, first=7)) if moment == "close" else None
    desk.sweep(CLOSING)
    assert (state, total) == (desk.state(case), *counts(desk, case, "total"))


def test_an_open_poll_keeps_its_ruling(sqlite_database):
    """A ruling switched while a poll is open changes nothing in it: it holds for polls drafted from that day on (B07)."""
    book = Rulebook(overrides=((date(2010, 3, 3), "poll.reference_moment", "open"),))
    desk = Assembly(sqlite_database, members=12, council=9, starts=STARTS, book=book)
    before = open_poll(desk)
    after = open_poll(desk, at="2010-03-03 09:00")
    vote(desk, before, seats(desk, 5))
    vote(desk, after, seats(desk, 5))
    unseat(desk, "c8", "c9")
    desk.sweep(CLOSING)
    assert ("adopted", "not_adopted") == (desk.state(before), desk.state(after))


@pytest.mark.parametrize("moment", ["close", "open", "both"])
def test_the_electorate_at_both_moments_is_shown_and_explained(database, moment):
    """Both lists are frozen with their digests whatever the ruling; how many joined and left is told (B07)."""
    desk = referring_to(database, moment)
    case = open_poll(desk)
    before = desk.holding("council_member")
    unseat(desk, "c1", "c2", "c3")
    seat(desk, "d1")
    after = desk.holding("council_member")
    desk.sweep(CLOSING)
    expected = {
        "opening": {"total": 9, "digest": list_digest(before)}, "closing": {"total": 7, "digest": list_digest(after)},
        "joined": 1, "left": 3,
    }  # fmt: skip
    assert expected == shown(desk, case)["electorate"]
    rows = desk.ask("SELECT moment, person_id FROM electors WHERE number = ? ORDER BY person_id", case.number)
    for name, people in (("opening", before), ("closing", after)):
        assert sorted(people) == sorted(person for moment_, person in rows if moment_ == name)


# -------------------------------------------------------------------------------------------------------------- by post


def test_sheets_are_awaited_for_three_working_days(assembly):
    """A poll by post in which somebody is silent is counted later, with effect from the closing (H04; edge case C28)."""
    case = open_poll(assembly, by_post=True)
    vote(assembly, case, seats(assembly, 5))
    assembly.sweep(CLOSING)
    assert ("counting", {"closing": "expired", "tally": TALLY}) == (assembly.state(case), assembly.deadlines(case))
    assert [(1, "2010-03-14 09:00", "working_body")] == assembly.reminders(case, "tally")
    assert {"needed": 6, "missing": 1, "decided": False, "silent": 4} == shown(assembly, case)["proof"]
    sheet(assembly, case, "m6", "2010-03-10 18:00", at="2010-03-15 10:00")
    assembly.sweep("2010-03-15 23:59")
    assert "counting" == assembly.state(case)
    ((due, done),) = assembly.sweep("2010-03-17 10:00").done
    assert ("adopted", TALLY, CLOSING) == (
        done.state,
        assembly.local(due.due_at),
        assembly.local(done.record.effective_at),
    )
    assert (6, 6, 9) == counts(assembly, case, "for", "answered", "total")


def test_nothing_is_awaited_when_all_have_answered(desk):
    """A poll by post that all have answered is counted at its closing; one not by post in any case (H04)."""
    post, other = open_poll(desk, by_post=True), open_poll(desk)
    vote(desk, post, seats(desk, 9))
    desk.sweep(CLOSING)
    assert ("adopted", "not_adopted") == (desk.state(post), desk.state(other))


def test_only_sheets_that_were_received_in_time_are_entered_while_it_counts(desk):
    """No electronic answer, no sheet without its day or received at the closing or later (9.3a, H04)."""
    case = open_poll(desk, by_post=True)
    desk.sweep(CLOSING)
    desk.now = desk.at("2010-03-12 10:00")
    with desk.refused("9.3a", codes=["poll.closed"]):
        vote(desk, case, ["m1"])
    document = paper("2010-03-10", kind="sheet")
    with desk.refused("9.3a", codes=["poll.closed"]):
        desk.do("wb", "poll.answer", case=case, facts={"choice": "for"}, on_behalf_of="m1", document=document)
    with desk.refused("9.3a", codes=["poll.received_too_late"]):
        sheet(desk, case, "m1", "2010-03-11 00:00")
    with desk.refused("9.3a", codes=["poll.sheet_by_the_working_body"]):
        desk.do("m1", "poll.answer", case=case, facts={"choice": "for", "received_at": "2010-03-10 10:00"})
    sheet(desk, case, "m1", "2010-03-10 23:59")
    assert (1, 1) == counts(desk, case, "for", "answered")


def test_a_sheet_received_before_an_electronic_answer_does_not_replace_it(desk):
    """Also while it counts the last one received stands, not the last one entered (B07; edge case C17)."""
    case = open_poll(desk, by_post=True)
    vote(desk, case, ["m1"], "against", at="2010-03-05 10:00")
    desk.sweep(CLOSING)
    sheet(desk, case, "m1", "2010-03-04 10:00", "for", at="2010-03-12 10:00")
    assert (0, 1) == counts(desk, case, "for", "against")
    sheet(desk, case, "m1", "2010-03-08 10:00", "abstain")
    assert (0, 0, 1) == counts(desk, case, *CHOICES)


def test_who_sat_at_the_closing_counts_though_he_has_left_since(assembly):
    """The electorate stands as of the closing: leaving later changes nothing, a sheet may still be entered (H04, B07)."""
    case = open_poll(assembly, by_post=True)
    vote(assembly, case, seats(assembly, 5))
    assembly.sweep(CLOSING)
    unseat(assembly, "c1", "c6", at="2010-03-11 10:00")
    seat(assembly, "d1", at="2010-03-11 11:00")
    sheet(assembly, case, "m6", "2010-03-09 10:00", at="2010-03-12 10:00")
    with assembly.refused("9.3a"):
        vote(assembly, case, ["d1"])
    case = assembly.do("wb", "poll.close", case=case)
    assert ("adopted", 6, 9) == (case.state, *counts(assembly, case, "for", "total"))


def test_a_sheet_of_who_was_no_member_at_the_closing_is_not_entered(desk):
    """Who left before the closing has no sheet in this poll; who joined after it counts nowhere (B07)."""
    case = open_poll(desk, by_post=True)
    unseat(desk, "c1")
    desk.sweep(CLOSING)
    desk.now = desk.at("2010-03-12 10:00")
    with desk.forbidden():
        sheet(desk, case, "m1", "2010-03-04 10:00")
    seat(desk, "d1", at="2010-03-12 11:00")
    sheet(desk, case, "d1", "2010-03-10 10:00")
    assert (0, 0, 8) == counts(desk, case, "for", "answered", "total")


def test_the_working_body_ends_the_count_at_any_time(desk):
    """While sheets are awaited it may close at any time; the outcome is of the closing instant (9.2c, H04)."""
    case = open_poll(desk, by_post=True)
    vote(desk, case, seats(desk, 6))
    desk.sweep(CLOSING)
    case = desk.do("wb", "poll.close", case=case, at="2010-03-11 08:00")
    assert ("adopted", {"closing": "expired", "tally": "closed"}) == (case.state, desk.deadlines(case))
    assert CLOSING == desk.local(case.record.effective_at) == desk.local(desk.facts(case)["closed_at"])
    assert () == desk.sweep(TALLY).done


def test_the_deputies_annul_a_poll_that_is_counted(desk):
    """Also while sheets are awaited; the tally is closed and nothing falls due any more (9.3a)."""
    case = open_poll(desk, by_post=True)
    desk.sweep(CLOSING)
    for deputy in ("d1", "d2"):
        case = desk.do(deputy, "poll.annul", case=case, facts={"reason": "Forged sheets"})
    assert ("annulled", "closed") == (case.state, desk.deadlines(case)["tally"])
    assert () == desk.sweep(TALLY).done


ARRIVALS = [
    ("electronic", "03-02 10:00", "for"),
    ("sheet", "03-03 10:00", "against"),
    ("sheet", "03-04 10:00", "abstain"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_every_order_of_arrival_counts_the_last_received(desk, order):
    """Sheets may be entered in any order, before or after the electronic answer: one counted, the last received (B07)."""
    case, entered = open_poll(desk, by_post=True), []
    last_seen = "2010-03-01 09:00"
    for place in order:
        way, received, choice = ARRIVALS[place]
        received = f"2010-{received}"
        last_seen = max(last_seen, received)
        if way == "electronic":
            received = last_seen  # an electronic answer is received when it is given
            vote(desk, case, ["m1"], choice, at=received)
        else:
            sheet(desk, case, "m1", received, choice, at=last_seen)
        entered.append((received, len(entered), choice))
        expected = max(entered)[2]
        assert [("m1", expected)] == desk.ask("SELECT person_id, choice FROM ballots")
    assert 3 == desk.acts(case).count("answer")


# ------------------------------------------------------------------------------------------------------------- reminders


def test_reminders_go_to_who_has_not_answered(assembly):
    """Five, two and one days before, to those who sit in the Council then and have not answered (9.3b; edge case E8)."""
    case = open_poll(assembly)
    vote(assembly, case, seats(assembly, 7), at="2010-03-04 10:00")
    assert ["m8", "m9"] == reminded(assembly, "2010-03-05 09:00")
    unseat(assembly, "c8")
    seat(assembly, "d1")
    assert ["d1", "m9"] == reminded(assembly, "2010-03-08 09:00")
    vote(assembly, case, ["d1"], at="2010-03-08 12:00")
    assert ["m9"] == reminded(assembly, "2010-03-09 09:00")
    assembly.sweep(CLOSING)
    assert [] == reminded(assembly, "2010-03-12 09:00")


def reminded(assembly, at):
    """Send the reminders that are due, and return to whom."""
    with assembly.database.transaction() as db:
        stage_reminders(db, assembly.at(at), assembly.book)
    rows = assembly.ask(
        "SELECT \"to\" FROM messages WHERE template = 'reminder.poll.closing' AND created_at = ?", assembly.at(at)
    )
    return sorted(person for (person,) in rows)


def test_under_the_ruling_open_who_joined_later_is_not_reminded(sqlite_database):
    """Who may not answer is not asked to (9.3a, B07)."""
    desk = referring_to(sqlite_database, "open")
    case = open_poll(desk)
    vote(desk, case, seats(desk, 9))
    seat(desk, "d1")
    assert [] == reminded(desk, "2010-03-08 09:00")
