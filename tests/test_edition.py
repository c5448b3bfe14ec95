"""New editions of a rule: entered by two people before their day, the law of the cases opened from then on (D.4, 22.1, G01)."""

import json
import threading
from datetime import date
from typing import Any

import pytest

from machines.act import Done
from machines.dated_rules import LIMITS, read_value
from machines.journal import verify
from machines.numbers import Share, line
from machines.perform import explain, perform
from machines.refusal import Conflict, Refused
from machines.rulebook import BOOKS_KEPT, Rulebook
from machines.settle import act_settled
from models.database import Database
from tests.assembly import Assembly

SINCE = "2006-06-01"


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly with a Council of nine."""
    return Assembly(database, members=12, council=9)


def told(rule: str = "council.majority", value: Any = "3/4", norm: str = "9.2c", **more: Any) -> dict[str, Any]:
    """Return the facts of a proposal in order."""
    basis = {"number": "149", "date": "2006-04-13", "kind": "decree"}
    return {"rule": rule, "value": value, "since": SINCE, "norm": norm, "basis": basis} | more


def proposed(assembly: Assembly, **facts: Any) -> Done:
    """Propose an edition on 14 April 2006."""
    return assembly.do("wb", "edition.propose", at="2006-04-14 10:00", facts=told(**facts))


def confirmed(assembly: Assembly, *, by: str = "ch", at: str = "2006-04-20 10:00", **facts: Any) -> Done:
    """Propose an edition, and let somebody else confirm it."""
    return assembly.do(by, "edition.confirm", case=proposed(assembly, **facts), at=at)


def polled(assembly: Assembly, opens: str, answers: str, votes: int) -> str:
    """Poll the Council of nine: so many are for; return how it ended."""
    case = assembly.do("d1", "poll.draft", at=f"{opens} 09:00", facts={"kind": "other", "question": "The plan"})
    assembly.do("wb", "poll.open", case=case, at=f"{opens} 10:00")
    for voter in range(1, votes + 1):
        assembly.do(f"c{voter}", "poll.answer", case=case, at=f"{answers} 10:00", facts={"choice": "for"})
    for voter in range(votes + 1, 10):
        assembly.do(f"c{voter}", "poll.answer", case=case, at=f"{answers} 10:00", facts={"choice": "against"})
    assembly.sweep("2006-08-01 10:00")
    return assembly.state(case)


def test_it_is_proposed_confirmed_and_takes_effect_on_its_day(assembly: Assembly) -> None:
    """D.4, 22.1: the working body proposes, the Chairman confirms, the clock enters that its day has come."""
    case = proposed(assembly)
    assert ("proposed", {"confirmation": "2006-06-01 00:00"}) == (assembly.state(case), assembly.deadlines(case))
    assembly.do("ch", "edition.confirm", case=case, at="2006-04-20 10:00")
    assert {"confirmation": "closed", "beginning": "2006-06-01 00:00"} == assembly.deadlines(case)
    assembly.sweep("2006-06-01 09:00")
    assert ["propose", "confirm", "take_effect"] == assembly.acts(case)
    assert ("in_force", "council.majority") == (assembly.state(case), assembly.facts(case)["rule"])
    assert {"ch", "d1", "d2", "wb"} == set(assembly.messages("edition.in_force"))
    assembly.assert_replayable()


def test_a_proposal_that_nobody_confirms_lapses(assembly: Assembly) -> None:
    """22.1: one person changes nothing; on its day the proposal is gone."""
    case = proposed(assembly)
    assert [
        (7, "2006-05-25 09:00", "chairman deputies"),
        (1, "2006-05-31 09:00", "chairman deputies working_body"),
    ] == (assembly.reminders(case, "confirmation"))
    assert "adopted" == polled(assembly, "2006-06-02", "2006-06-05", 6)
    assert "lapsed" == assembly.state(case)


# ---------------------------------------------------------------------------------------------------------- what it is the law of


def test_a_case_opened_from_its_day_on_is_judged_by_it(assembly: Assembly) -> None:
    """9.2c: six of nine are two thirds, and no three quarters."""
    case = confirmed(assembly)
    assert "not_adopted" == polled(assembly, "2006-06-02", "2006-06-05", 6)
    last = assembly.entries("P-2006-0001")[-1]
    assert f"2005-04-23+{case.number}" == last.edition
    assembly.assert_replayable()


def test_before_its_day_nothing_changes(assembly: Assembly) -> None:
    """G01: what has been confirmed is not the law of a day before."""
    confirmed(assembly)
    assert "adopted" == polled(assembly, "2006-05-02", "2006-05-03", 6)
    assert "2005-04-23" == assembly.entries("P-2006-0001")[-1].edition


def test_an_open_case_keeps_its_rule(assembly: Assembly) -> None:
    """A poll opened the day before, with two thirds, is adopted with two thirds ten days later."""
    confirmed(assembly)
    assert "adopted" == polled(assembly, "2006-05-30", "2006-06-05", 6)


def test_an_open_case_follows_where_the_act_of_amendment_says_so(assembly: Assembly) -> None:
    """G01: the poll's threshold is then that of its closing day."""
    confirmed(assembly, open_cases="follow")
    assert "not_adopted" == polled(assembly, "2006-05-30", "2006-06-05", 6)


def test_a_ruling_is_switched_for_new_cases(assembly: Assembly) -> None:
    """B07: the case stores the rulings of its opening, and an open one keeps them."""
    before = assembly.do("d1", "poll.draft", at="2006-04-14 09:00", facts={"kind": "other", "question": "A"})
    confirmed(assembly, rule="poll.reference_moment", value="open", norm="9.3a")
    after = assembly.do("d1", "poll.draft", at="2006-06-01 09:00", facts={"kind": "other", "question": "B"})
    rows = dict(assembly.ask("SELECT number, rulings FROM cases WHERE procedure = 'poll'"))
    assert ["{}", {"poll.reference_moment": "open"}] == [rows[before.number], json.loads(rows[after.number])]


def test_a_term_is_counted_by_the_new_number_and_an_open_one_stays(assembly: Assembly) -> None:
    """9.3b: ten days of a poll become twelve; what was counted is not counted again."""
    confirmed(assembly, rule="poll.default_days", value=12, norm="9.3b", open_cases="follow")
    cases = []
    for day in ("2006-05-30", "2006-06-02"):
        case = assembly.do("d1", "poll.draft", at=f"{day} 09:00", facts={"kind": "other", "question": "The plan"})
        assembly.do("wb", "poll.open", case=case, at=f"{day} 10:00")
        cases.append(assembly.deadlines(case)["closing"])
    assert ["2006-06-10 00:00", "2006-06-15 00:00"] == cases


def test_every_process_sees_it_without_being_told(assembly: Assembly) -> None:
    """A host that has acted before reads the change with the next case; a rulebook is never restarted."""
    other = Rulebook()
    with assembly.database.transaction(write=False) as db:
        assert other is other.in_force(db)
    case = confirmed(assembly)
    with assembly.database.transaction(write=False) as db:
        seen = other.in_force(db)
        assert [case.number] == [each.case for each in seen.editions]
        assert seen is other.in_force(db)
    assembly.do("ch", "edition.withdraw", case=case, at="2006-04-21 10:00", facts={"reason": "Not signed"})
    with assembly.database.transaction(write=False) as db:
        assert () == other.in_force(db).editions


def test_what_was_rolled_back_was_never_seen(assembly: Assembly) -> None:
    """A trial that confirms and is given up leaves no rule in the memory of the process."""
    case = proposed(assembly)
    act = assembly.act("ch", "edition.confirm", case=case, at="2006-04-20 10:00")
    with pytest.raises(ZeroDivisionError), assembly.database.transaction() as db:  # noqa: PT012 all of it is rolled back
        perform(db, act, assembly.book)
        assert 1 == len(assembly.book.in_force(db).editions)
        raise ZeroDivisionError
    with assembly.database.transaction(write=False) as db:
        assert () == assembly.book.in_force(db).editions


# -------------------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("edition.unknown_rule", {"rule": "council.colour"}),
        ("edition.other_norm", {"norm": "8.3a"}),
        ("edition.wrong_value", {"value": "1/2"}),
        ("edition.wrong_value", {"value": 20}),
        ("edition.wrong_value", {"rule": "poll.default_days", "norm": "9.3b", "value": 0}),
        ("edition.wrong_value", {"rule": "poll.reference_moment", "norm": "9.3a", "value": "later"}),
        (
            "edition.ruling_is_kept",
            {"rule": "poll.reference_moment", "norm": "9.3a", "value": "open", "open_cases": "follow"},
        ),
        ("edition.not_later", {"since": "2006-04-14"}),
        ("edition.nothing_new", {"value": "2/3"}),
        ("edition.nothing_new", {"rule": "poll.reference_moment", "norm": "9.3a", "value": "close"}),
        ("paper.of_a_later_day", {"basis": {"number": "1", "date": "2006-04-15", "kind": "decree"}}),
    ],
)
def test_what_is_not_in_order_is_refused(assembly: Assembly, code: str, facts: dict[str, Any]) -> None:
    """D.4: a known rule under its norm, a value within its limits that is new, from a later day."""
    with assembly.refused("D.4", codes=[code]):
        proposed(assembly, **facts)


@pytest.mark.parametrize("value", [None, 1.5, {"part": 3}, "", -1, [1]])
def test_a_value_of_no_kind_is_a_wrong_fact(assembly: Assembly, value: Any) -> None:
    """Whole numbers, texts, true or false, lists of texts."""
    with assembly.wrong_facts("value"):
        proposed(assembly, value=value)


def test_a_rule_has_one_edition_of_a_day(assembly: Assembly) -> None:
    """D.4: a second one is refused, proposed or confirmed; withdrawn it makes room."""
    case = proposed(assembly)
    with assembly.refused("D.4", codes=["edition.entered_already"]):
        proposed(assembly, value="4/5")
    with assembly.refused("D.4", codes=["edition.wrong_value", "edition.entered_already"]):
        proposed(assembly, value="1/200")
    assembly.do("wb", "edition.withdraw", case=case, at="2006-04-14 11:00", facts={"reason": "Another share"})
    assert "proposed" == assembly.state(
        assembly.do("wb", "edition.propose", at="2006-04-14 12:00", facts=told(value="4/5"))
    )


def test_nothing_new_counts_with_what_is_confirmed(assembly: Assembly) -> None:
    """D.4: a confirmed edition is what holds on the later day."""
    confirmed(assembly)
    with assembly.refused("D.4", codes=["edition.nothing_new"]):
        assembly.do("wb", "edition.propose", at="2006-04-21 10:00", facts=told(since="2006-07-01"))
    back = assembly.do("wb", "edition.propose", at="2006-04-21 10:00", facts=told(value="2/3", since="2006-07-01"))
    assert "proposed" == assembly.state(back)


def test_four_eyes(assembly: Assembly) -> None:
    """22.1: who entered the proposal does not confirm it, in whatever office, nor for the Chairman by a paper."""
    case = proposed(assembly)
    paper = {"number": "7", "date": "2006-04-14", "kind": "letter"}
    act = {"case": case, "at": "2006-04-14 11:00", "on_behalf_of": "ch", "document": paper}
    with assembly.refused("22.1", codes=["edition.same_person"]):
        assembly.do("wb", "edition.confirm", **act)
    assembly.do(
        "wb",
        "office.assume",
        at="2006-04-14 12:00",
        facts={"person": "d1", "office": "working_body", "since": "2006-04-14"},
    )
    own = assembly.do("d1", "edition.propose", at="2006-04-14 13:00", facts=told(value="4/5", since="2006-09-01"))
    with assembly.refused("22.1", codes=["edition.same_person"]):
        assembly.do("d1", "edition.confirm", case=own, at="2006-04-14 14:00")
    with assembly.forbidden():
        assembly.do("m1", "edition.confirm", case=own, at="2006-04-14 14:00")


def test_on_its_day_it_is_too_late(assembly: Assembly) -> None:
    """D.4: the law of a day is settled before it: neither confirmed nor withdrawn any more."""
    case, other = proposed(assembly), confirmed(assembly, rule="poll.default_days", value=12, norm="9.3b")
    assembly.sweep("2006-06-01 00:00")
    with assembly.refused("D.4", "22.1", codes=["state.too_late"] * 2):
        assembly.do("ch", "edition.confirm", case=case)
    with assembly.refused("D.4", codes=["state.too_late"]):
        assembly.do("ch", "edition.withdraw", case=other, facts={"reason": "Too late"})


def test_the_working_body_does_not_undo_what_two_have_made(assembly: Assembly) -> None:
    """22.1: a confirmed edition is withdrawn by those who may confirm."""
    case = confirmed(assembly)
    facts = {"reason": "The act was not signed"}
    with assembly.refused("22.1", codes=["edition.confirmed_already"]):
        assembly.do("wb", "edition.withdraw", case=case, at="2006-04-21 10:00", facts=facts)
    assembly.do("d1", "edition.withdraw", case=case, at="2006-04-21 10:00", facts=facts)
    assert {"confirmation": "closed", "beginning": "closed"} == assembly.deadlines(case)
    assert "adopted" == polled(assembly, "2006-06-02", "2006-06-05", 6)


def test_open_cases_are_told_before_it_is_confirmed(assembly: Assembly) -> None:
    """G01: how many are concerned, and what becomes of them, is a warning of proposal and confirmation."""
    assembly.do("d1", "poll.draft", at="2006-04-13 09:00", facts={"kind": "other", "question": "The plan"})
    case = proposed(assembly)
    assert [("edition.open_cases_keep", 1)] == [(each.code, each.numbers["count"]) for each in case.warnings]
    follow = proposed(assembly, since="2006-07-01", open_cases="follow")
    assert ["edition.open_cases_follow"] == [each.code for each in follow.warnings]
    assert ["edition.open_cases_keep"] == [
        each.code for each in assembly.do("ch", "edition.confirm", case=case).warnings
    ]


def test_why_not_is_said_before_anybody_tries(assembly: Assembly) -> None:
    """The proposer sees that somebody else confirms; the Chairman that he may."""
    case = proposed(assembly)
    assembly.do(
        "wb",
        "office.assume",
        at="2006-04-14 12:00",
        facts={"person": "d1", "office": "working_body", "since": "2006-04-14"},
    )
    with assembly.database.transaction(write=False) as db:
        found = {who: explain(db, case.number, who, at=assembly.now, book=assembly.book) for who in ("wb", "ch")}
    assert [{"edition.same_person"}, set()] == [{each.code for each in found[who][0].refusals} for who in ("wb", "ch")]
    assert found["ch"][0].allowed


# ------------------------------------------------------------------------------------------------------------------------ races


def test_two_who_confirm_at_once_confirm_once(assembly: Assembly) -> None:
    """Whoever comes second has seen an entry that is not the last one any more."""
    case, ends = proposed(assembly), list[Any]()
    acts = [assembly.act(who, "edition.confirm", case=case, at="2006-04-20 10:00") for who in ("ch", "d1")]

    def confirm(act: Any) -> None:
        try:
            ends.append(act_settled(assembly.database.transaction, act, assembly.book))
        except Conflict as conflict:
            ends.append(conflict)

    threads = [threading.Thread(target=confirm, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Conflict, Done] == sorted(map(type, ends), key=lambda kind: kind.__name__)
    assert ["propose", "confirm"] == assembly.acts(case)


def test_two_who_propose_at_once_propose_once(assembly: Assembly) -> None:
    """D.4: one edition of a rule and day, whoever else is proposing at the moment."""
    ends = list[str]()

    def propose(value: str) -> None:
        act = assembly.act("wb", "edition.propose", at="2006-04-14 10:00", facts=told(value=value))
        try:
            act_settled(assembly.database.transaction, act, assembly.book)
            ends.append("done")
        except Refused as refused:
            ends.append(refused.refusals[0].code)

    threads = [threading.Thread(target=propose, args=(value,)) for value in ("3/4", "4/5", "5/6")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["done", "edition.entered_already", "edition.entered_already"] == sorted(ends)


def test_the_journal_holds_with_editions_in_it(assembly: Assembly) -> None:
    """Chains, states, facts: the law that was entered is proven as every case is."""
    confirmed(assembly)
    polled(assembly, "2006-06-02", "2006-06-05", 6)
    with assembly.database.transaction(write=False) as db:
        assert [] == list(verify(db).faults)
    with assembly.database.transaction() as db:
        db.run("UPDATE cases SET facts = replace(facts, '3/4', '2/3') WHERE procedure = 'edition'")
    with assembly.database.transaction(write=False) as db:
        assert ["case.facts"] == [fault.code for fault in verify(db).faults]


def test_limits_hold_what_is_in_force() -> None:
    """No number of the release lies outside of the limits of its rule."""
    assert [] == [key for key, limits in LIMITS.items() if not limits.hold(line(key, date(2026, 1, 1)).value)]


def test_a_share_is_no_number_and_a_number_no_share() -> None:
    """Limits hold values of their own kind alone."""
    assert not LIMITS["council.majority"].hold(1)
    with pytest.raises(ValueError, match="poll.default_days: expected 1 … 365, got 2/3"):
        read_value("poll.default_days", Share(2, 3))


def test_of_many_editions_the_last_books_are_kept(assembly: Assembly) -> None:
    """A service that runs for years keeps few; one that it has let go of is made again, and says the same."""
    confirmed(assembly)
    book = Rulebook()
    with assembly.database.transaction(write=False) as db:
        first = book.as_entered(db, "0")
        assert first is book.as_entered(db, "0")
        for newest in range(1, BOOKS_KEPT + 1):
            book.as_entered(db, str(newest))
        again = book.as_entered(db, "0")
    assert first is not again
    assert first.editions == again.editions != ()
