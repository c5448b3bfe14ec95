"""Polls and ballots as pages: one question, check, receipt; what is told before the end, and to whom."""

import pytest

from machines.wording import LANGUAGES
from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.browsing import Reader, Visit
from tests.sittings import (
    convened_meeting,
    count,
    drafted_poll,
    open_meeting,
    open_poll,
    open_session,
    question,
    resolution,
    sheet,
    vote,
    voting,
    voting_session,
)


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly of twelve, of whom six sit in the Council."""
    return Assembly(database, members=12, council=6)


def cast(visit: Visit, number: str, choice: str, **more: str) -> Reader:
    """Vote as a member does: choose, check, confirm; return the receipt."""
    form = visit.read(f"/ballots/{number}")
    check = Reader(visit.post(f"/ballots/{number}", form.fields | {"choice": choice, "step": "check"} | more).text)
    done = visit.post(f"/ballots/{number}", check.fields | {"step": "do"}, 303)
    return visit.read(done.headers["location"])


def test_a_poll_is_answered_in_three_steps(assembly: Assembly) -> None:
    """Choose, check, confirm: the receipt has entry, time with its offset, and how the answer can be changed (9.3a)."""
    number = open_poll(assembly).number
    receipt = cast(Visit(Desk(assembly), "c1"), number, "against", opinion="Too early")
    assert f"Case {number}, entry No. 3" in receipt.text
    assert "01.03.2010 09:00 (UTC+6)" in receipt.text
    assert "Your answer: against." in receipt.text
    assert "the last answer counts" in receipt.text
    assert "10.03.2010 24:00" in receipt.text


def test_nothing_is_cast_before_it_is_confirmed(assembly: Assembly) -> None:
    """The check writes nothing, and what was typed is kept on the way back."""
    number = open_poll(assembly).number
    visit = Visit(Desk(assembly), "c1")
    check = Reader(visit.post(f"/ballots/{number}", {"choice": "for", "opinion": "Yes", "step": "check"}).text)
    back = Reader(visit.post(f"/ballots/{number}", check.fields | {"step": "form"}).text)
    assert ("for", "Yes") == (back.fields["choice"], back.fields["opinion"])
    assert 2 == assembly.seq(number)


def test_a_ballot_without_a_choice_is_asked_again(assembly: Assembly) -> None:
    """The error stands on top, and the opinion is not lost."""
    number = open_poll(assembly).number
    page = Reader(Visit(Desk(assembly), "c1").post(f"/ballots/{number}", {"opinion": "Hm"}, 422).text)
    assert "Something is to be put right" in page.text
    assert "Hm" == page.fields["opinion"]


def test_sent_twice_a_vote_is_cast_once(assembly: Assembly) -> None:
    """A second click leads to the same receipt."""
    number = open_poll(assembly).number
    visit = Visit(Desk(assembly), "c1")
    typed = {"choice": "for", "step": "do", "key": "one"}
    receipts = {visit.post(f"/ballots/{number}", typed, 303).headers["location"] for _ in range(2)}
    assert {f"/ballots/{number}/receipts/3"} == receipts


def test_a_later_answer_counts(assembly: Assembly) -> None:
    """The earlier receipt says that another answer counts now (9.3a)."""
    number = open_poll(assembly).number
    visit = Visit(Desk(assembly), "c1")
    cast(visit, number, "for")
    cast(visit, number, "against")
    assert "The later vote counts" in visit.read(f"/ballots/{number}/receipts/3").text
    assert "Your answer: against." in visit.read(f"/polls/{number}").text


def test_who_has_not_answered_is_named_to_the_working_body(assembly: Assembly) -> None:
    """It reminds them; others see how many have answered (9.3b)."""
    number = open_poll(assembly).number
    vote(assembly, number, ["c1", "c2"])
    desk = Desk(assembly)
    assert "Have not answered yet: 4" in Visit(desk, "wb").read(f"/polls/{number}").text
    member = Visit(desk, "c3").read(f"/polls/{number}").text
    assert "Have voted: 2 of 6" in member
    assert "Have not answered yet" not in member


def test_who_is_not_in_the_council_is_offered_no_ballot(assembly: Assembly) -> None:
    """The page says so, and nothing else can be sent (9.3a)."""
    number = open_poll(assembly).number
    visit = Visit(Desk(assembly), "wb")
    assert "not for your offices" in visit.read(f"/ballots/{number}").text
    visit.post(f"/ballots/{number}", {"choice": "for", "step": "do"}, 403)
    assert 2 == assembly.seq(number)


def test_a_poll_that_is_over_shows_its_outcome(assembly: Assembly) -> None:
    """Votes, votes needed, who has voted how, until when; no ballot any more (9.2c)."""
    number = open_poll(assembly).number
    vote(assembly, number, ["c1", "c2", "c3", "c4"])
    desk = Desk(assembly)
    desk.at("2010-03-11 10:00")
    visit = Visit(desk, "c1")
    page = visit.read(f"/polls/{number}").text
    assert "For 4" in page
    assert "The 4 votes needed are there." in page
    assert "How each has voted for (4)" in page
    assert "closed 10.03.2010 24:00" in visit.read("/polls").text
    assert "You took no part" not in visit.read(f"/ballots/{number}").text
    assert "You took no part" in Visit(visit.desk, "c5").read(f"/ballots/{number}").text


def test_a_late_answer_is_refused_with_its_norm(assembly: Assembly) -> None:
    """While sheets are awaited only sheets are taken (H04)."""
    number = open_poll(assembly, by_post=True).number
    desk = Desk(assembly)
    desk.at("2010-03-11 10:00")
    page = Reader(Visit(desk, "c1").post(f"/ballots/{number}", {"choice": "for", "step": "do"}, 409).text)
    assert "item 9.3a" in page.text
    sheet(assembly, number, "c2", "2010-03-09 10:00")
    assert "Have voted: 1 of 6" in Visit(Desk(assembly), "wb").read(f"/polls/{number}").text


def test_a_secret_vote_tells_no_choice(assembly: Assembly) -> None:
    """Neither progress nor receipt says what was chosen, and one votes once (8.3c)."""
    people = assembly.people_in[:9]
    case = voting_session(assembly, open_session(assembly, people, method="secret"))
    visit = Visit(Desk(assembly), people[0])
    receipt = cast(visit, case.number, "against").text
    assert "kept nowhere with your name" in receipt
    assert "against" not in receipt
    assert "cast once" in receipt or "8.3c" in receipt
    page = visit.read(f"/resolutions/{case.number}").text
    assert "Have voted: 1 of 9" in page
    assert "told after the end" in page
    assert "Against" not in page


def test_a_roll_call_names_who_voted_how_after_the_end(assembly: Assembly) -> None:
    """By choice, in the order of the alphabet (8.3b); then whoever dissents is named too (20.2)."""
    people = assembly.people_in[:9]
    case = voting_session(assembly, open_session(assembly, people, method="roll_call"))
    vote(assembly, case, people[:6])
    desk = Desk(assembly)
    assert "How each has voted" not in Visit(desk, "wb").read(f"/resolutions/{case.number}").text
    assembly.do("ch", "resolution.close_vote", case=case)
    assembly.do(people[8], "resolution.dissent", case=case, facts={"opinion": "Not so"})
    page = Visit(desk, "wb").read(f"/resolutions/{case.number}").text
    assert "for (6)" in page
    roll = Visit(desk, "wb").get(f"/ballots/{case.number}/roll.csv").content.decode("utf-8-sig").splitlines()
    assert ("Name;Number in the register;Answer;Received;Entry", 7) == (roll[0], len(roll))
    assert "Not so" in page


def test_a_question_of_the_council_is_voted_on_by_ballot(assembly: Assembly) -> None:
    """Whoever is present votes; who is not is told why not (9.2c)."""
    case = voting(assembly, open_meeting(assembly, [assembly.person(f"c{n}") for n in range(1, 6)]))
    desk = Desk(assembly)
    cast(Visit(desk, "c1"), case.number, "for")
    assert "item 9.2c" in Visit(desk, "c6").read(f"/ballots/{case.number}").text
    assert "Have voted: 1 of 6" in Visit(desk, "d1").read(f"/questions/{case.number}").text


def test_the_next_vote_is_named_on_the_receipt(assembly: Assembly) -> None:
    """Nobody has to look for the other polls that wait for him."""
    first = open_poll(assembly).number
    second = open_poll(assembly, question="To approve the plan").number
    receipt = cast(Visit(Desk(assembly), "c1"), first, "for")
    assert f"/ballots/{second}" in receipt.links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_votes_in_every_language(sqlite_database: Database, language: str) -> None:
    """Drafted, open, closed: none fails, whoever looks."""
    assembly = Assembly(sqlite_database, members=12, council=6)
    drafted = drafted_poll(assembly).number
    opened = open_poll(assembly).number
    question_ = question(assembly, convened_meeting(assembly, at="2010-03-01 09:00", starts="2010-03-09 10:00")).number
    resolution_ = resolution(assembly, open_session(assembly, assembly.people_in[:9])).number
    for who in ("wb", "ch", "c1"):
        visit = Visit(Desk(assembly), who, language)
        for path in ("/polls", f"/polls/{drafted}", f"/polls/{opened}", f"/ballots/{drafted}", f"/ballots/{opened}",
                     f"/questions/{question_}", f"/resolutions/{resolution_}", f"/ballots/{question_}"):  # fmt: skip
            visit.get(path)


@pytest.mark.parametrize("path", ["/polls/{}", "/questions/{}", "/resolutions/{}", "/meetings/{}", "/ballots/C-1-1"])
def test_a_case_of_another_kind_has_no_such_page(assembly: Assembly, path: str) -> None:
    """Nothing is guessed."""
    number = assembly.number("membership:m3")
    Visit(Desk(assembly), "wb").get(path.format(number), 404)


def test_strangers_are_shown_no_vote(assembly: Assembly) -> None:
    """Who holds no office sees neither question nor progress."""
    number = open_poll(assembly).number
    for path in (f"/polls/{number}", f"/ballots/{number}", f"/ballots/{number}/receipts/2"):
        assert "To approve the appeal" not in Visit(Desk(assembly), "p:A").get(path, 403).text
    assert number not in Visit(Desk(assembly), "p:A").read("/polls").text


def test_a_count_by_show_of_hands_is_entered_from_the_page(assembly: Assembly) -> None:
    """The working body's act stands on the page of the resolution (8.3b)."""
    case = voting_session(assembly, open_session(assembly, assembly.people_in[:9], method="show_of_hands"))
    visit = Visit(Desk(assembly), "wb")
    assert f"/cases/{case.number}/acts/enter_count" in visit.read(f"/resolutions/{case.number}").links
    assembly.do("wb", "resolution.enter_count", case=case, facts=count(7, 1))
    assembly.do("ch", "resolution.close_vote", case=case)
    assert "For 7" in visit.read(f"/resolutions/{case.number}").text
