"""Polls of the Council until they close: what may be polled, for how long, who answers and when (9.3, 9.2b, 14.2a)."""

from datetime import date, timedelta

import pytest

from machines.refusal import Refused
from machines.rulebook import Rulebook
from machines.sitting import list_digest
from tests.assembly import Assembly, paper
from tests.sittings import drafted_poll, open_poll, seats, sheet, shown, vote

STARTS = "2010-03-01 08:00"  # a Monday; the eighth of March is a holiday
CLOSING = "2010-03-11 00:00"
REASON = {"reason": "The question has been settled"}


@pytest.fixture
def assembly(database):
    """Lend an Assembly of 12 with a Council of nine: two thirds of it are six."""
    assembly = Assembly(database, members=12, council=9, starts=STARTS)
    yield assembly
    assembly.assert_replayable()


@pytest.fixture
def desk(sqlite_database):
    """Lend the same on SQLite, for what never reaches the database."""
    return Assembly(sqlite_database, members=12, council=9, starts=STARTS)


def ruled(database, **rulings):
    """Return an Assembly under other rulings."""
    overrides = [(date(2005, 1, 1), key.replace("__", "."), value) for key, value in rulings.items()]
    return Assembly(database, members=12, council=9, starts=STARTS, book=Rulebook(overrides=tuple(overrides)))


def seat(assembly, person, day="2010-03-05"):
    facts = {"person": person, "category": "other_member", "order": paper(day)}
    assembly.do("ch", "council_seat.open", at=f"{day} 12:00", facts=facts)


# ---------------------------------------------------------------------------------------------------------------- drafting


@pytest.mark.parametrize(("actor", "done"), [("d1", True), ("ch", True), ("wb", False), ("m1", False)])
def test_deputies_and_chairman_ask_for_a_poll(desk, actor, done):
    """A deputy or the Chairman starts a poll; the working body, which conducts it, is told (9.3a, B06)."""
    facts = {"kind": "other", "question": "To approve the appeal"}
    if not done:
        with desk.forbidden():
            desk.do(actor, "poll.draft", facts=facts)
        return
    case = desk.do(actor, "poll.draft", facts=facts)
    assert ("drafted", {}, ["wb"], {}) == (
        case.state,
        desk.deadlines(case),
        desk.messages("poll.drafted"),
        shown(desk, case),
    )


@pytest.mark.parametrize(
    ("kind", "norm"),
    [
        ("candidacy", "14.2a"),
        ("mazhilis_nomination", "9.2b"),
        ("programme_document", None),
        ("deputy_recommendation", None),
    ],
)
def test_what_is_not_decided_by_poll(desk, kind, norm):
    """Candidacies are considered at a meeting, candidates for the Mazhilis nominated there (B05; edge case C32)."""
    if norm is None:
        assert "drafted" == drafted_poll(desk, kind=kind, subject="m5").state
        return
    with desk.refused(norm, codes=["poll.kind_excluded"]):
        drafted_poll(desk, kind=kind, subject="C-2010-0001")


def test_a_recommendation_names_somebody(desk):
    """A poll about a deputy names a person of the register (7.2b)."""
    for subject in ({}, {"subject": "nobody"}):
        with desk.refused("7.2b", codes=["poll.names_nobody"]):
            drafted_poll(desk, kind="deputy_recommendation", **subject)


def test_a_poll_asks_something(desk):
    """Without a question there is nothing to answer, and unknown facts are errors."""
    with desk.wrong_facts("question"):
        desk.do("d1", "poll.draft", facts={"kind": "other"})
    with desk.wrong_facts("by_post", "colour"):
        drafted_poll(desk, by_post="yes", colour="red")


@pytest.mark.parametrize(
    ("excluded", "refused"),
    [
        ([], {}),
        (["candidacy"], {"candidacy": "14.2a"}),
        (["candidacy", "other"], {"candidacy": "14.2a", "other": "9.3a"}),
    ],
)
def test_what_is_excluded_is_a_ruling(sqlite_database, excluded, refused):
    """The list may be any list of kinds (B05); an excluded kind without a norm of its own cites 9.3a."""
    desk = ruled(sqlite_database, poll__excluded_kinds=excluded)
    for kind in ("candidacy", "mazhilis_nomination", "programme_document", "other"):
        if kind in refused:
            with desk.refused(refused[kind]):
                drafted_poll(desk, kind=kind)
        else:
            assert "drafted" == drafted_poll(desk, kind=kind).state


# ----------------------------------------------------------------------------------------------------------------- opening


def test_the_working_body_opens_it(assembly):
    """It is open until the end of the last day; the Council is told, and reminded while it has not answered (9.3b, H04)."""
    case = drafted_poll(assembly)
    with assembly.forbidden():
        assembly.do("d1", "poll.open", case=case, facts={})
    case = assembly.do("wb", "poll.open", case=case, facts={"closes_on": "2010-03-10"})
    assert ("open", {"closing": CLOSING}) == (case.state, assembly.deadlines(case))
    assert sorted(seats(assembly, 9)) == sorted(assembly.messages("poll.opened"))
    rungs = [(days, f"2010-03-{10 - days:02} 09:00", "unanswered") for days in (5, 2, 1)]
    assert rungs == assembly.reminders(case, "closing")


def test_ten_days_where_none_is_named(desk):
    """Ten days from the opening, days off or not: the twenty-first of March is a Sunday (9.3b, B06)."""
    assert {"closing": "2010-03-12 00:00"} == desk.deadlines(open_poll(desk, closes_on=None))
    assert {"closing": "2010-03-22 00:00"} == desk.deadlines(open_poll(desk, closes_on=None, at="2010-03-11 23:59"))


@pytest.mark.parametrize(
    ("at", "closes_on", "enough"),
    [
        ("2010-03-01 09:00", "2010-03-01", False),
        ("2010-03-01 09:00", "2010-02-26", False),
        ("2010-03-01 09:00", "2010-03-03", False),
        ("2010-03-01 09:00", "2010-03-04", True),
        ("2010-03-01 00:00", "2010-03-03", False),
        ("2010-03-04 09:00", "2010-03-09", False),  # Saturday, Sunday and the holiday of Monday do not count
        ("2010-03-04 09:00", "2010-03-10", True),
        ("2010-03-05 23:59", "2010-03-11", True),
    ],
)
def test_at_least_three_working_days(desk, at, closes_on, enough):
    """The day of the opening does not count, the last day does (9.3b, B06)."""
    if enough:
        assert "open" == open_poll(desk, at=at, closes_on=closes_on).state
        return
    case = drafted_poll(desk, at=at)
    with desk.refused("9.3b", codes=["poll.too_short"]):
        desk.do("wb", "poll.open", case=case, facts={"closes_on": closes_on})


def test_the_electorate_is_shown_at_the_opening(assembly):
    """The list of the Council is frozen, and its digest is told (B07)."""
    case = open_poll(assembly)
    council = assembly.holding("council_member")
    assert {"opening": {"total": 9, "digest": list_digest(council)}} == shown(assembly, case)["electorate"]
    rows = assembly.ask("SELECT person_id FROM electors WHERE number = ? AND moment = 'opening'", case.number)
    assert set(council) == {person for (person,) in rows}


# --------------------------------------------------------------------------------------------------------------- to answer


def test_members_of_the_council_answer(assembly):
    """Each member of the Council, no other, in an open poll (9.3a)."""
    case = drafted_poll(assembly)
    with assembly.refused("9.3a", codes=["state.comes_later"]):
        vote(assembly, case, ["m1"])
    case = assembly.do("wb", "poll.open", case=case, facts={"closes_on": "2010-03-10"})
    for other in ("d1", "p:A", "wb"):
        with assembly.forbidden():
            vote(assembly, case, [other])
    for wrong in ("yes", "", None, 1):
        with assembly.wrong_facts("choice"):
            assembly.do("m1", "poll.answer", case=case, facts={"choice": wrong})
    vote(assembly, case, ["m1"], "against", seen=None)
    expected = {"for": 0, "against": 1, "abstain": 0, "answered": 1, "total": 9, "needed": 6}
    assert expected == shown(assembly, case)["counts"]
    assert {"needed": 6, "missing": 6, "decided": False, "silent": 8} == shown(assembly, case)["proof"]


def test_an_opinion_may_be_added(desk):
    """An answer may carry an opinion; it stands in the entry (9.3a, B06)."""
    case = open_poll(desk)
    done = desk.do("m1", "poll.answer", case=case, facts={"choice": "for", "opinion": "With pleasure"})
    assert '"opinion":"With pleasure"' in done.record.payload


def test_the_last_answer_counts_and_all_are_kept(desk):
    """One may answer again until the closing: one ballot a member (9.3a, B07; edge case C16)."""
    case = open_poll(desk)
    for day, choice in (("02", "for"), ("03", "against"), ("04", "abstain"), ("05", "for")):
        vote(desk, case, ["m1"], choice, at=f"2010-03-{day} 10:00")
    assert {"for": 1, "answered": 1}.items() <= shown(desk, case)["counts"].items()
    assert 4 == desk.acts(case).count("answer")


def test_until_the_very_end(desk):
    """An answer counts if it is received before the closing instant, and not at it (9.3a, H04; edge case C1)."""
    case = open_poll(desk)
    vote(desk, case, ["m1"], at=desk.at(CLOSING) - timedelta(microseconds=1))
    assert "open" == desk.state(case)
    with pytest.raises(Refused):  # nobody has swept: the closing comes first all the same
        vote(desk, case, ["m2"], at=CLOSING)
    assert ("not_adopted", {"closing": "expired"}) == (desk.state(case), desk.deadlines(case))
    with desk.refused("9.3a", codes=["state.too_late"]):
        vote(desk, case, ["m2"])
    assert 1 == shown(desk, case)["counts"]["for"]


def test_who_joins_answers_and_who_has_left_does_not(assembly):
    """Who takes a seat during the poll gets a sheet; who has lost his answers no more (B07; edge cases B1 to B3)."""
    case = open_poll(assembly)
    vote(assembly, case, ["m1", "m2"])
    assembly.do("ch", "council_seat.close", case="council_seat:c1", at="2010-03-05 10:00", facts={})
    with assembly.forbidden():
        vote(assembly, case, ["m1"], "against")
    seat(assembly, "d1")
    vote(assembly, case, ["d1"])
    assert {"for": 2, "answered": 2, "total": 9}.items() <= shown(assembly, case)["counts"].items()


# ------------------------------------------------------------------------------------------------------------ paper sheets


def test_a_sheet_is_entered_by_the_working_body(desk):
    """On behalf of the member, the sheet being the document; both stand in the entry (9.3a)."""
    case = open_poll(desk)
    done = sheet(desk, case, "m1", "2010-03-02 10:00", at="2010-03-04 10:00")
    assert ("wb", "m1", "council_member") == (done.record.actor, done.record.holder, done.record.office)
    assert '"kind":"sheet"' in done.record.payload
    assert [("m1", "for", "2010-03-02 10:00")] == [
        (person, choice, desk.local(at))
        for person, choice, at in desk.ask("SELECT person_id, choice, received_at FROM ballots")
    ]


def test_nobody_else_says_when_a_sheet_was_received(desk):
    """A member does not date his own answer, nor does a deputy enter one (9.3a)."""
    case, told = open_poll(desk), {"choice": "for", "received_at": "2010-03-01 10:00"}
    with desk.refused("9.3a", codes=["poll.sheet_by_the_working_body"]):
        desk.do("m1", "poll.answer", case=case, at="2010-03-02 10:00", facts=told)
    with desk.forbidden():
        desk.do(
            "d1", "poll.answer", case=case, facts=told, on_behalf_of="m1", document=paper("2010-03-01", kind="sheet")
        )
    with desk.wrong_facts("document.kind", "document.number", "document.date"):
        desk.do("wb", "poll.answer", case=case, facts=told, on_behalf_of="m1")
    with desk.forbidden():
        sheet(desk, case, "p:A", "2010-03-01 10:00")


@pytest.mark.parametrize(
    ("received", "at", "codes"),
    [
        ("2010-03-01 08:59", "2010-03-02 10:00", ["poll.received_before_the_opening"]),
        ("2010-03-01 09:00", "2010-03-02 10:00", []),
        ("2010-03-02 10:00", "2010-03-02 10:00", []),
        ("2010-03-02 10:01", "2010-03-02 10:00", ["poll.received_in_the_future"]),
        ("2010-03-11 00:00", "2010-03-02 10:00", ["poll.received_in_the_future", "poll.received_too_late"]),
    ],
)
def test_when_a_sheet_was_received(desk, received, at, codes):
    """Not before the opening, not at or after the closing, not in the future (9.3a, H04)."""
    case = open_poll(desk)
    desk.now = desk.at(at)
    if not codes:
        sheet(desk, case, "m1", received)
        return
    with desk.refused("9.3a", codes=codes):
        desk.do("wb", "poll.answer", case=case, facts={"choice": "for", "received_at": received}, on_behalf_of="m1",
                document=paper("2010-03-01", kind="sheet"))  # fmt: skip


def test_a_sheet_of_a_later_day_is_refused(desk):
    """The document is not dated later than the day of the act (9.3a)."""
    case = open_poll(desk)
    with desk.refused("9.3a", codes=["paper.of_a_later_day"]):
        desk.do(
            "wb",
            "poll.answer",
            case=case,
            facts={"choice": "for"},
            on_behalf_of="m1",
            document=paper("2010-03-02", kind="sheet"),
        )


@pytest.mark.parametrize("first", ["sheet", "answer"])
@pytest.mark.parametrize("sheet_received", ["2010-03-02 10:00", "2010-03-04 10:00"])
def test_sheet_and_electronic_answer_in_every_order(desk, first, sheet_received):
    """The one received last counts, in whichever order they are entered; both are kept (9.3a, B07; edge cases C17, C27)."""
    case = open_poll(desk)
    if first == "sheet" and sheet_received < "2010-03-03":
        sheet(desk, case, "m1", sheet_received, "for", at="2010-03-02 11:00")
    vote(desk, case, ["m1"], "against", at="2010-03-03 10:00")
    if first == "answer" or sheet_received > "2010-03-03":
        sheet(desk, case, "m1", sheet_received, "for", at="2010-03-05 10:00")
    expected = "for" if sheet_received > "2010-03-03" else "against"
    assert [("m1", expected)] == desk.ask("SELECT person_id, choice FROM ballots")
    assert {expected: 1, "answered": 1}.items() <= shown(desk, case)["counts"].items()
    assert 2 == desk.acts(case).count("answer")


# -------------------------------------------------------------------------------------------------------------- extension


def test_an_extension_moves_closing_and_reminders(assembly):
    """Asked for in time and later than what stands, with a reason; the Council is told (9.3b; edge case C23)."""
    case = open_poll(assembly)
    later = {"closes_on": "2010-03-17", "reason": "Sheets are late"}
    case = assembly.do("wb", "poll.extend", case=case, at="2010-03-10 23:59", facts=later)
    assert ("open", {"closing": "2010-03-18 00:00"}) == (case.state, assembly.deadlines(case))
    assert sorted(seats(assembly, 9)) == sorted(assembly.messages("poll.extended"))
    assembly.sweep(CLOSING)
    vote(assembly, case, ["m1"], at="2010-03-17 23:59")
    assembly.sweep("2010-03-18 00:00")
    assert "not_adopted" == assembly.state(case)
    assert "2010-03-18 00:00" == assembly.local(assembly.facts(case)["closed_at"])


@pytest.mark.parametrize("closes_on", ["2010-03-10", "2010-03-09"])
def test_an_extension_is_later_than_what_stands(desk, closes_on):
    """The closing is never brought forward (9.3b), also where it was not named at the opening."""
    for case, last in ((open_poll(desk), closes_on), (open_poll(desk, closes_on=None), "2010-03-11")):
        with desk.refused("9.3b", codes=["poll.no_later_closing"]):
            desk.do("wb", "poll.extend", case=case, facts={"closes_on": last, "reason": "Sheets are late"})


def test_an_extension_after_the_closing_is_too_late(desk):
    """At the closing instant it is too late (9.3b; edge case C22), also while sheets are awaited."""
    cases, later = (open_poll(desk), open_poll(desk, by_post=True)), {"closes_on": "2010-03-17", "reason": "Late"}
    desk.sweep(CLOSING)
    for case in cases:
        with desk.refused("9.3b", codes=["state.too_late"]):
            desk.do("wb", "poll.extend", case=case, facts=later)


# -------------------------------------------------------------------------------------------------------------- annulment


def test_the_deputies_annul_jointly(assembly):
    """One deputy's act leaves the poll open; the last one's annuls it; the answers are kept (9.3a, B01; edge case C20)."""
    case = open_poll(assembly)
    vote(assembly, case, ["m1", "m2"])
    case = assembly.do("d1", "poll.annul", case=case, facts=REASON)
    assert ("open", CLOSING) == (case.state, assembly.deadlines(case)["closing"])
    assert "annulled" not in assembly.facts(case)
    with assembly.refused("9.3a", codes=["joint.done_already"]):
        assembly.do("d1", "poll.annul", case=case, facts=REASON)
    with assembly.forbidden():
        assembly.do("ch", "poll.annul", case=case, facts=REASON)
    vote(assembly, case, ["m3"])
    case = assembly.do("d2", "poll.annul", case=case, facts=REASON)
    assert ("annulled", {"closing": "closed"}) == (case.state, assembly.deadlines(case))
    assert REASON == assembly.facts(case)["annulled"]
    assert 3 == len(assembly.ask("SELECT 1 FROM ballots"))
    assert {"for": 3, "answered": 3, "total": 9}.items() <= shown(assembly, case)["counts"].items()
    assert sorted(seats(assembly, 9)) == sorted(assembly.messages("poll.annulled"))


def test_a_poll_half_annulled_is_closed_all_the_same(desk):
    """What one of two deputies has asked for does not stop the clock, and the poll does not say that it was annulled."""
    case = desk.do("d1", "poll.annul", case=open_poll(desk), facts=REASON)
    vote(desk, case, seats(desk, 6))
    desk.sweep(CLOSING)
    assert ("adopted", False) == (desk.state(case), "annulled" in desk.facts(case))
    with desk.refused("9.3a", codes=["state.too_late"]):
        desk.do("d2", "poll.annul", case=case, facts=REASON)


def test_the_counts_of_an_annulled_poll_stand_still(desk):
    """Who leaves the Council later changes nothing of what the annulled poll shows."""
    case = open_poll(desk)
    vote(desk, case, ["m1"])
    for deputy in ("d1", "d2"):
        case = desk.do(deputy, "poll.annul", case=case, facts=REASON)
    before = shown(desk, case)
    desk.do("ch", "council_seat.close", case="council_seat:c1", facts={})
    assert before == shown(desk, case, at="2010-04-01 10:00")


def test_a_draft_is_not_annulled(desk):
    """What was never opened is not annulled; nor answered, extended or closed (9.3a, 9.3b, 9.2c)."""
    case = drafted_poll(desk)
    later = {"closes_on": "2010-03-17", "reason": "Late"}
    for actor, act, facts, norm in (
        ("d1", "annul", REASON, "9.3a"),
        ("wb", "extend", later, "9.3b"),
        ("wb", "close", {}, "9.2c"),
    ):
        with desk.refused(norm, codes=["state.comes_later"]):
            desk.do(actor, f"poll.{act}", case=case, facts=facts)
