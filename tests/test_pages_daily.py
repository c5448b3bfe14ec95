"""The daily work in the desk: inbox, case page, lists, acts that many must do; looking changes nothing."""

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from openpyxl import load_workbook

from desk.pages.tables_out import as_csv
from desk.pages.telling import facts_told, paper_told, with_names
from desk.titles import STEPS, STOPPED
from machines.council_meeting import the_meeting_is_cancelled
from machines.membership import became_a_member, member_left
from machines.procedures import PROCEDURES
from machines.session import the_session_is_cancelled
from machines.wording import LANGUAGES
from models import Database
from tests.api_client import NOMINATION, Desk
from tests.assembly import Assembly
from tests.browsing import Reader, Visit

TOGETHER = "/cases/together"


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office."""
    return Desk(Assembly(database, candidates=("A", "B", "C")))


@pytest.fixture
def three(desk: Desk) -> list[str]:
    """Lend three nominations, two of them checked already."""
    numbers = [desk.nominate(person=f"p:{letter}") for letter in "ABC"]
    for number in numbers[:2]:
        desk.act("wb", number, "admit")
    return numbers


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_state_has_its_step(name: str) -> None:
    """The steps are the table's states in people's words: each once, none besides."""
    stepped = [state for _, states in STEPS[name] for state in states] + list(STOPPED.get(name, ()))
    assert sorted(state.value for state in PROCEDURES[name].states) == sorted(stepped)
    assert 2 <= len(STEPS[name]) <= 6


@pytest.mark.parametrize(
    ("now", "heading"),
    [
        ("2006-05-28 10:00", "Later (1)"), ("2006-05-29 00:00", "This week, until Sunday 04.06.2006 (1)"),
        ("2006-06-01 23:59", "This week, until Sunday 04.06.2006 (1)"), ("2006-06-02 09:00", "Today (1)"),
    ],
)  # fmt: skip
def test_the_inbox_says_when_this_week_ends(desk: Desk, now: str, heading: str) -> None:
    """A week ends on its Sunday, which stands in the heading."""
    number = desk.nominate(person="p:A")
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at="2006-05-19 10:00")  # to be submitted by the end of Friday 2 June
    desk.at(now)
    assert heading in Visit(desk, "d1").read("/").text


@pytest.mark.parametrize("why", [became_a_member, member_left, the_meeting_is_cancelled, the_session_is_cancelled])
def test_what_the_program_writes_is_said_in_each_language(why: Callable[..., dict[str, str]]) -> None:
    """Reasons of acts that others have brought about, and what kinds of papers the import of the roster names."""
    said = {language: facts_told(why(None), language, {})[0]["value"] for language in LANGUAGES}
    assert why(None)["reason"] == said["en"]
    assert 3 == len({*said.values()})
    assert "Президенттің актісі" in paper_told(
        {"kind": "act of the President", "number": "4", "date": "2008-04-24"}, "kk"
    )
    assert "хат" in paper_told({"kind": "хат", "number": "4", "date": "2008-04-24"}, "en")


@pytest.mark.parametrize(
    "reason",
    [
        "2006-04-14 10:00: the head of the association had not signed",
        "2006-04-31",
        "2006-04-14T99:99",
        "name:office.nobody",
    ],
)
def test_a_case_is_shown_whatever_people_have_written(desk: Desk, reason: str) -> None:
    """A reason that begins like a moment, or is a day that there is not, stands on every page as it was written."""
    number = desk.nominate(person="p:A")
    visit = Visit(desk, "wb")
    receipt = visit.act(f"/cases/{number}/acts/return", reason=reason)
    pages = [visit.read(f"/cases/{number}{view}") for view in ("", "?view=journal")]
    assert all(reason in page.text for page in (receipt, *pages))


def test_the_inbox_leads_to_the_very_task(desk: Desk) -> None:
    """One act to do: its form; several: the case; done acts lead to their receipts."""
    number = desk.nominate()
    assert f"/cases/{number}" in Visit(desk, "wb").read("/").links
    desk.act("wb", number, "admit")
    assert f"/cases/{number}/receipts/2" in Visit(desk, "wb").read("/").links
    desk.assembly.consider(number, at="2006-05-15 10:00")
    assert f"/cases/{number}/acts/submit" in Visit(desk, "d1").read("/").links


def test_what_waits_for_the_opening_of_another_case_leads_to_its_form(desk: Desk, three: list[str]) -> None:
    """The question of the Council about a candidacy is filled in as far as it is known (14.2a)."""
    places = [link for link in Visit(desk, "wb").read("/").links if link.startswith("/open/council_question")]
    assert [f"/open/council_question/list?kind=candidacy&subject={number}" for number in three[:2]] == places
    assert three[0] in Visit(desk, "wb").read(places[0]).fields["subject"]


def test_the_case_page_says_why_not(desk: Desk) -> None:
    """An act that cannot be done now is greyed, in the order of the keyboard, with norm, sentence and remedy (14.2)."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at="2006-05-15 10:00")
    desk.act("d1", number, "submit")
    text = Visit(desk, "d1").get(f"/cases/{number}").text
    assert 'aria-disabled="true" tabindex="0" aria-describedby="why-submit"' in text
    assert re.search(r'id="why-submit".*?item 14\.2b', text, re.DOTALL)


def test_people_are_called_by_their_names_in_refusals(desk: Desk) -> None:
    """Nobody reads the register's names of others."""
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE people SET name_en = 'Aman Amanov' WHERE person_id = 'd2'")
        (one,) = with_names(db, [{"reason": "awaited: d2; d21 is not.", "numbers": {"missing": ["d2"]}}], "en")
    assert "awaited: Aman Amanov; d21 is not." == one["reason"]


def test_the_buttons_are_those_of_the_api(desk: Desk, three: list[str]) -> None:
    """What the API allows is a link, what it does not is none: for each office."""
    for who in ("wb", "ch", "d1", "s:Kostanay", "p:C", "m1"):
        acts = desk.get(f"/cases/{three[2]}/acts", who).json()["items"]
        links = Visit(desk, who).read(f"/cases/{three[2]}").links
        allowed = {f"/cases/{three[2]}/acts/{act['act']}" for act in acts if act["allowed"]}
        assert allowed == {link for link in links if "/acts/" in link and "behalf" not in link}


def test_the_past_is_read_by_the_day(desk: Desk) -> None:
    """As it had been recorded by the end of a day; a day that is none is said to be wrong."""
    number = desk.nominate()
    desk.at("2006-04-20 10:00")
    desk.act("wb", number, "admit")
    assert "as of 2006-04-14" in Visit(desk, "wb").read(f"/cases/{number}?as_of=2006-04-14").text
    assert "/acts/" not in " ".join(Visit(desk, "wb").read(f"/cases/{number}?as_of=2006-04-14").links)
    Visit(desk, "wb").get(f"/cases/{number}?as_of=yesterday", 422)


def test_the_journal_has_every_hash(desk: Desk, three: list[str]) -> None:
    """Each entry with its own and the one before; the file has the same."""
    visit = Visit(desk, "wb")
    hashes = [row[0] for row in desk.assembly.ask("SELECT hash FROM entries WHERE number = ? ORDER BY seq", three[0])]
    page = visit.read(f"/cases/{three[0]}?view=journal").text
    assert all(one in page for one in hashes)
    assert hashes == [entry["hash"] for entry in visit.get(f"/cases/{three[0]}/export").json()["entries"]]


def test_lists_are_filtered_by_their_address(desk: Desk, three: list[str]) -> None:
    """By procedure, state, who must act, number or words of a name; what is none is left out."""
    visit = Visit(desk, "wb")

    def found(query: str) -> list[str]:
        return sorted(
            {
                link.rpartition("/")[2]
                for link in visit.read(f"/cases?{query}").links
                if re.fullmatch(r"/cases/C-\d+-\d+", link)
            }
        )

    assert three[:2] == found("procedure=candidacy&state=admissible")
    assert three[2:] == found("procedure=candidacy&mine=1")
    assert three[1:2] == found(f"text={three[1]}")
    assert three == found("procedure=candidacy&state=nonsense&sort=newest&open=1")
    assert [] == found("text=nobody+of+this+name")


@pytest.mark.parametrize("sort", ["", "newest"])
def test_all_pages_of_a_list_are_the_list(desk: Desk, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    """However small the pages: every case once."""
    monkeypatch.setattr("desk.pages.lists.AT_ONCE", 5)
    path, seen, visit = f"/cases?sort={sort}", list[str](), Visit(desk, "wb")
    while path:
        text = visit.get(path).text
        seen += [link for link in Reader(text).links if re.fullmatch(r"/cases/\w-\d+-\d+", link)]
        path = unescape("".join(re.findall(r'rel="next" href="([^"]+)"', text)))
    assert sorted(f"/cases/{row[0]}" for row in desk.assembly.ask("SELECT number FROM cases")) == sorted(seen)


def test_lists_are_saved_as_files(desk: Desk, three: list[str]) -> None:
    """CSV as Excel reads it, and XLSX; the same rows."""
    visit = Visit(desk, "wb", "ru")
    raw = visit.get("/cases.csv?procedure=candidacy").content
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").splitlines()
    assert ("Номер;Дело;Процедура;Состояние;Кого ждёт;Срок;Открыто", 4) == (lines[0], len(lines))
    sheet = load_workbook(io.BytesIO(visit.get("/cases.xlsx?procedure=candidacy").content)).active
    assert three == sorted(row[0].value for row in list(sheet.rows)[1:])


def test_no_cell_is_a_formula() -> None:
    """Whatever somebody is called."""
    assert b"'=1+1;'@x;plain" in bytes(as_csv("x", ["a", "b", "c"], [["=1+1", "@x", "plain"]]).body)


def test_many_are_done_in_one_go(desk: Desk, three: list[str]) -> None:
    """Those that can, each under its own key; those that cannot are named with why not; said twice it is done once."""
    visit = Visit(desk, "wb")
    asked = {"procedure": "candidacy", "act": "admit", "number": three, "back": "/cases"}
    answer = visit.post(TOGETHER, asked)
    check = Reader(answer.text)
    assert "Can be done: 1. Cannot be done: 2" in check.text
    sent = check.fields | {"step": "do", "number": [three[2]]}
    for _ in range(2):
        assert "Done: 1." in Reader(visit.post(TOGETHER, sent).text).text
    assert (3, "admissible") == (
        len(desk.assembly.ask("SELECT 1 FROM entries WHERE act = 'admit'")),
        desk.assembly.state(three[2]),
    )


def test_what_many_are_told_is_asked_once(desk: Desk, three: list[str]) -> None:
    """The facts hold for all; what is wrong with them is said in the form; somebody else's act in between stops only its case."""
    visit = Visit(desk, "wb")
    asked = {"procedure": "candidacy", "act": "withdraw", "number": three, "back": "/cases"}
    form = Reader(visit.post(TOGETHER, asked | {"act": "withdraw"}).text)
    assert "reason" in form.fields
    owner = Visit(desk, "s:Kostanay")
    check = Reader(
        owner.post(TOGETHER, form.fields | {"number": three, "reason": "We nominate others", "step": "check"}).text
    )
    desk.act("p:A", three[0], "withdraw")
    done = Reader(owner.post(TOGETHER, check.fields | {"number": three, "step": "do"}).text)
    assert "Done: 2. Not done: 1." in done.text


def test_nothing_chosen_and_nonsense_lose_nothing(desk: Desk) -> None:
    """Said in words; nothing is written."""
    visit = Visit(desk, "wb")
    assert "No case was chosen" in visit.post(TOGETHER, {"procedure": "candidacy", "act": "admit"}).text
    visit.post(TOGETHER, {"procedure": "candidacy", "act": "fly"}, 422)
    visit.post(TOGETHER, {}, 422)


def test_looking_changes_no_row(desk: Desk, three: list[str]) -> None:
    """Every page, for every office: what is stored stays as it was; only when a session was seen last is noted."""
    paths = ["/", "/cases", "/open", "/cases.csv", f"/cases/{three[0]}", f"/cases/{three[0]}?view=journal", f"/cases/{three[0]}/receipts/1",
             f"/cases/{three[2]}/acts/admit", f"/cases/{three[2]}/acts/return", "/open/session/convene"]  # fmt: skip
    visits = [Visit(desk, who, language) for who, language in (("wb", "kk"), ("ch", "ru"), ("s:Kostanay", "en"))]
    desk.at("2006-09-01 10:00")  # terms have passed: a page shows them settled, and settles nothing
    before = desk.assembly.rows()
    for visit in visits:
        for path in paths:
            assert 500 > visit.client.get(path, headers=visit._headers(), follow_redirects=False).status_code
    after = desk.assembly.rows()
    assert {name: rows for name, rows in before.items() if name != "web_sessions"} == {
        name: rows for name, rows in after.items() if name != "web_sessions"
    }


def test_strangers_are_told_nothing(desk: Desk, three: list[str]) -> None:
    """Who holds no office sees the cases about himself, and nothing of others."""
    visit = Visit(desk, "p:C")
    assert three[0] not in visit.get("/cases").text
    for path in ("", "?view=journal", "/export", "/receipts/1"):
        answer = visit.get(f"/cases/{three[0]}{path}", 403).text
        assert ("p:A" in answer, NOMINATION["decision"]["number"] + " of" in answer) == (False, False)
    assert visit.get(f"/cases/{three[2]}")


@pytest.mark.parametrize(
    "path", ["/cases", "/open", "/cases/C-2006-0001", "/cases/C-2006-0001/acts/admit", "/cases.csv"]
)
def test_guests_are_sent_to_sign_in(desk: Desk, path: str) -> None:
    """And back afterwards."""
    answer = desk.client.get(path, follow_redirects=False)
    assert (303, True) == (answer.status_code, answer.headers["location"].startswith("/sign-in?next=%2F"))
