"""Lists of the API: cases, deadlines, inbox, the register, the law, the journal; reading writes nothing."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.listing import rows_of_states
from desk.ordered import Cursor
from machines.refusal import WrongFacts
from models import Database
from tests.api_client import NOMINATION, ORDER, Desk, is_problem
from tests.assembly import Assembly
from tests.sittings import announced_session, convened_meeting, convened_session, question

SECOND_TERM = """INSERT INTO deadlines (number, opened_seq, name, kind, due_at, zone, norm, steps, calendar_version, act, rank, opened_at,
 state, closed_by, failures) SELECT number, opened_seq, 'second', kind, ?, zone, norm, steps, calendar_version, act, rank, opened_at, state,
 closed_by, failures FROM deadlines WHERE number = ? AND state = 'open' AND due_at IS NOT NULL"""
LEAVING = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office."""
    return Desk(Assembly(database, candidates=("A", "B", "C")))


def considered(desk: Desk, person: str, at: str) -> str:
    """Bring a candidacy to the deputies' submission."""
    number = desk.nominate(person=person)
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at=at)
    return number


def test_the_nearest_deadline_comes_first(desk: Desk) -> None:
    """Deadlines ascending, cases without one last; pages follow one another by the link."""
    late, early = considered(desk, "p:A", "2006-05-16 10:00"), considered(desk, "p:B", "2006-05-15 10:00")
    third = desk.nominate(person="p:C")
    first = desk.get("/cases", procedure="candidacy", limit=2)
    assert [early, late] == [case["number"] for case in first.json()["items"]]
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    second = desk.get(link[1 : link.index(">")])
    assert ([third], None) == ([case["number"] for case in second.json()["items"]], second.headers.get("link"))
    assert third not in desk.get("/cases", state="considered").text


def test_all_pages_together_are_the_list(desk: Desk) -> None:
    """However small the pages: every case once."""
    considered(desk, "p:A", "2006-05-15 10:00")
    desk.nominate(person="p:B")
    path, seen = "/api/v1/cases?limit=3", list[str]()
    while path:
        page = desk.get(path)
        seen += [case["number"] for case in page.json()["items"]]
        link = page.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert (len(seen), sorted(row[0] for row in desk.assembly.ask("SELECT number FROM cases"))) == (
        len(set(seen)),
        sorted(seen),
    )


def pages(desk: Desk, who: str, **asked: Any) -> list[str]:
    """Follow the pages of a list to its end."""
    page = desk.get("/cases", who, **asked)
    seen = [case["number"] for case in page.json()["items"]]
    while link := page.headers.get("link", ""):
        page = desk.get(link[1 : link.index(">")], who)
        seen += [case["number"] for case in page.json()["items"]]
    return seen


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_case_with_two_terms_is_listed_once(desk: Desk, limit: int) -> None:
    """By the nearer of them, however small the pages."""
    later, nearer = considered(desk, "p:A", "2006-05-16 10:00"), considered(desk, "p:B", "2006-05-15 10:00")
    for number in (later, nearer):
        with desk.assembly.database.transaction() as db:
            db.run(SECOND_TERM, datetime(2006, 9, 1, tzinfo=UTC), number)
    assert [nearer, later] == pages(desk, "wb", procedure="candidacy", limit=limit)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_what_waits_in_several_states(desk: Desk, limit: int) -> None:
    """Dated cases of all states that wait for an office come first, then the others by their numbers, page by page."""
    announced = announced_session(desk.assembly).number
    convened = convened_session(desk.assembly, at="2006-04-17 11:00").number
    first, second = desk.nominate(person="p:A"), desk.nominate(person="p:B")
    waiting = desk.get("/cases", "wb", waiting_on="me").json()["items"]
    assert {announced, convened, first, second} == {case["number"] for case in waiting}
    expected = sorted(waiting, key=lambda case: (case["due"] is None, case["due"] or "", case["number"]))
    assert [case["number"] for case in expected] == pages(desk, "wb", waiting_on="me", limit=limit)


@pytest.mark.parametrize("limit", [1, 10])
def test_cases_without_a_term_stand_by_their_numbers(desk: Desk, limit: int) -> None:
    """Whatever state each is in, and in whatever order the states are named."""
    admissible, nominated = desk.nominate(person="p:A"), desk.nominate(person="p:B")
    desk.act("wb", admissible, "admit")
    states = [("candidacy", "nominated"), ("candidacy", "admissible")]
    with desk.assembly.database.transaction(write=False) as db:
        found = rows_of_states(db, states, limit=limit)
    assert [admissible, nominated][:limit] == [row.number for row in found]


def test_what_waits_on_me(desk: Desk) -> None:
    """Joint acts wait on each deputy who has not done them; then on the Chairman (14.2b, 14.2c)."""
    number = considered(desk, "p:A", "2006-05-15 10:00")

    def waiting() -> set[str]:
        return {who for who in ("wb", "d1", "d2", "ch") if number in desk.get("/cases", who, waiting_on="me").text}

    assert {"d1", "d2"} == waiting()
    desk.act("d1", number, "submit")
    assert {"d2"} == waiting()
    desk.act("d2", number, "submit")
    assert {"ch"} == waiting()
    desk.act("ch", number, "approve", {"order": {"number": "4", "date": "2006-05-15"}})
    assert set() == waiting()


def test_the_inbox_sorts_by_day(desk: Desk) -> None:
    """Overdue, today, this week, later; what the others have to do is in `waiting`."""
    number = considered(desk, "p:A", "2006-05-15 10:00")  # due at the end of Monday 29 May

    def folder(who: str) -> str | None:
        inbox = desk.get("/inbox", who).json()
        assert {"overdue", "today", "week", "later", "waiting"} == set(inbox)
        return next((name for name, each in inbox.items() if number in json.dumps(each)), None)

    for now, expected in (
        ("2006-05-15 11:00", "later"),
        ("2006-05-29 23:59", "today"),
        ("2006-05-30 00:00", "overdue"),
    ):
        desk.at(now)
        assert expected == folder("d1"), now
    (item,) = desk.get("/inbox", "d1").json()["overdue"]["items"]
    assert (number, "submit", "2006-05-30T00:00:00+06:00") == (item["case"], item["act"], item["due"])
    assert "29.05.2006" in item["reason"]
    assert ("waiting", None) == (folder("s:Kostanay"), folder("ch"))
    desk.act("d1", number, "submit")
    assert "waiting" == folder("d1")


def test_an_admitted_nomination_waits_for_others(desk: Desk) -> None:
    """Its body and the person nominated see for whom: until a question is listed, and for the vote once it is (14.2)."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    for who in ("s:Kostanay", "p:A"):
        (item,) = desk.get("/inbox", who).json()["waiting"]["items"]
        assert (number, ["council_question.list"]) == (item["case"], item["acts"])
        assert "Deputy chairman" in item["reason"]
    question(desk.assembly, convened_meeting(desk.assembly), kind="candidacy", subject=number, text=None)
    waiting = desk.get("/inbox", "s:Kostanay").json()["waiting"]["items"]
    assert [(number, ["council_question.open_vote"])] == [(item["case"], item["acts"]) for item in waiting]


def test_this_week_ends_on_sunday(desk: Desk) -> None:
    """What is due on Friday is due this week on Wednesday, and later on the Sunday before."""
    number = considered(desk, "p:A", "2006-05-19 10:00")  # due at the end of Friday 2 June
    for now, expected in (("2006-05-28 10:00", "later"), ("2006-05-31 10:00", "week")):
        desk.at(now)
        assert number in json.dumps(desk.get("/inbox", "d1").json()[expected]), now


def test_a_returned_nomination_waits_on_the_body_that_nominated(desk: Desk) -> None:
    """Only who nominated may cure (14.1); the other offices are not bothered."""
    number = desk.nominate()
    assert number in json.dumps(desk.get("/inbox", "wb").json()["later"])
    desk.act("wb", number, "return", {"reason": "The decision is missing"})
    assert number in json.dumps(desk.get("/inbox", "a:Kostanay").json()["later"])
    assert number not in json.dumps(desk.get("/inbox", "wb").json())


def test_deadlines_with_their_derivation(desk: Desk) -> None:
    """Open or not, until a day, the nearest first, in pages."""
    early, late = considered(desk, "p:A", "2006-05-15 10:00"), considered(desk, "p:B", "2006-05-16 10:00")
    assert [early, late] == [each["case"] for each in desk.get("/deadlines", open="true").json()["items"]]
    assert [early] == [each["case"] for each in desk.get("/deadlines", open="true", until="2006-05-29").json()["items"]]
    assert {"closed"} == {each["state"] for each in desk.get("/deadlines", open="false").json()["items"]}
    page = desk.get("/deadlines", limit=1)
    seen = page.json()["items"]
    while "link" in page.headers:
        page = desk.get(page.headers["link"].partition(">")[0][1:])
        seen += page.json()["items"]
    assert desk.get("/deadlines").json()["items"] == seen
    assert {"case", "name", "kind", "due", "norm", "state", "derivation", "overdue"} == set(seen[0])


def test_a_member_who_is_leaving_has_left_when_his_day_has_come(desk: Desk) -> None:
    """Reading shows what the next act will find (20.3), and writes nothing; the list shows what is stored, as overdue."""
    number = desk.assembly.number("membership:m3") or ""
    desk.act("m3", number, "leave", LEAVING)
    desk.token("wb")
    desk.at("2006-05-01 00:00")
    before = desk.assembly.rows()
    case = desk.get(f"/cases/{number}")
    assert ("left", '"3"') == (case.json()["state"], case.headers["etag"])
    assert [] == desk.get(f"/cases/{number}/acts").json()["items"]
    listed = next(each for each in desk.get("/cases", state="leaving").json()["items"] if each["number"] == number)
    assert (2, True) == (listed["seq"], listed["overdue"])
    assert "leaving" == desk.get(f"/cases/{number}", as_of="2006-04-30").json()["state"]
    assert before == desk.assembly.rows()


@pytest.mark.slow
def test_reading_writes_nothing(desk: Desk) -> None:
    """Every GET, as officials and strangers: not a row changes."""
    number = considered(desk, "p:A", "2006-05-15 10:00")
    people = ("wb", "d1", "p:A", "p:B")
    for person in people:
        desk.token(person)
    desk.at("2006-06-15 10:00")
    before = desk.assembly.rows()
    paths = [path.replace("{number}", number) for path in desk.app.openapi()["paths"]]
    for person in people:
        for path in paths:
            for one in (path.replace("{name}", "candidacy").replace("{id}", "14.1a"), path):
                desk.get(one, person)
    for page in ("/", "/mailbox", "/docs", "/openapi.json", "/nothing"):
        desk.client.get(page)
    assert before == desk.assembly.rows()


def test_the_register_as_of_a_day(desk: Desk) -> None:
    """Who holds which office at the end of a day; addresses only for the working body and oneself."""
    assert {"chairman", "deputy_chairman", "member", "working_body", "sa_chairman", "sa_secretariat"} == {
        each["office"] for each in desk.get("/offices").json()["items"]
    }
    assert [] == desk.get("/offices", at="2004-01-01").json()["items"]
    now, past = desk.get("/members").json(), desk.get("/members", at="2004-01-01").json()
    assert (10, 10, 7) == (len(now["items"]), now["totals"]["members"], now["totals"]["session_quorum"])
    assert ([], 0, None, "2002-04-26") == (
        past["items"],
        past["totals"]["members"],
        past["totals"]["session_quorum"],
        past["edition"]["id"],
    )
    assert ["ch"] == [each["person_id"] for each in desk.get("/offices", office="chairman").json()["items"]]
    people = {each["person_id"]: each for each in desk.get("/people", "m1").json()["items"]}
    assert (["member"], True, False) == (people["m1"]["offices"], "email" in people["m1"], "email" in people["m2"])
    assert all("email" in each for each in desk.get("/people").json()["items"])
    (body,) = desk.get("/bodies").json()["items"]
    assert ("Kostanay", {"a:Kostanay", "s:Kostanay"}) == (
        body["body_id"],
        {each["person_id"] for each in body["offices"]},
    )


def test_somebody_not_yet_known(desk: Desk) -> None:
    """Entered by the working body and the nominating offices, then nominated; the key makes it safe to send twice."""
    told = {"name_kk": "Айгүл Ким", "name_ru": "Айгуль Ким", "name_en": "Aigul Kim", "email": "kim@example.kz"}
    first = desk.post("/people", "s:Kostanay", told, key="k")
    again = desk.post("/people", "s:Kostanay", told, key="k")
    person = first.json()["person_id"]
    assert (201, first.content, "true") == (again.status_code, again.content, again.headers["idempotent-replay"])
    desk.nominate(person=person)
    assert person != desk.post("/people", "wb", told).json()["person_id"]
    is_problem(desk.post("/people", "s:Kostanay", told | {"language": "kk"}, key="k"), 422, "key-reused")
    problem = is_problem(desk.post("/people", "m1", told), 403, "forbidden")
    assert "working_body" in problem["who_can"]
    for wrong in (
        {"email": "nobody"},
        {"email": "a@b.kz\nBcc: x@y.kz"},
        {"language": "fr"},
        {"name_kk": " "},
        {"name_ru": "A\nB"},
        {"name_en": "A\u0085B"},
        {"role": "wb"},
    ):
        is_problem(desk.post("/people", "wb", told | wrong), 422, "facts")


def test_the_law_as_data(desk: Desk) -> None:
    """Procedures with their diagram, norms in three languages and where they are used, rulings with their reasons."""
    procedures = {each["name"]: each for each in desk.get("/procedures").json()["items"]}
    assert {"states", "final", "initial_acts", "digest", "acts"} <= set(procedures["candidacy"])
    assert procedures["removal"] == desk.get("/procedures/removal").json()
    diagram = desk.get("/procedures/candidacy", format="mermaid")
    assert diagram.text.startswith("stateDiagram-v2")
    assert 161 == len(desk.get("/norms").json()["items"])
    norm = desk.get("/norms/14.2c", language="kk").json()
    assert {"kk", "ru", "en"} == set(norm["wording"])
    assert {"kind": "act", "name": "candidacy.approve"} in norm["used_in"]
    assert {"file": "machines/candidacy.py", "name": "CANDIDACY"} in norm["code"]
    assert None is norm["why_not"]
    assert "secretariat_head" == desk.get("/norms/19.2a").json()["later"]
    rulings = {each["key"]: each for each in desk.get("/rulings").json()["items"]}
    assert ("advisory", "C05") == (
        rulings["candidacy.council_outcome"]["value"],
        rulings["candidacy.council_outcome"]["ruling"],
    )
    assert all(each["norm"] and each["reason"] for each in rulings.values())


def test_the_journal_goes_on_where_it_was_left(desk: Desk) -> None:
    """Every entry in order of recording, one a line; `after` takes it up again."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    answer = desk.get("/journal")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert ("application/x-ndjson", sorted(line["position"] for line in lines)) == (
        answer.headers["content-type"].partition(";")[0], [line["position"] for line in lines],
    )  # fmt: skip
    assert desk.assembly.ask("SELECT count(*) FROM entries")[0][0] == len(lines)
    rest: list[dict[str, Any]] = [
        json.loads(line) for line in desk.get("/journal", after=lines[-2]["position"]).text.splitlines()
    ]
    assert [(number, 2, "admit")] == [(line["case"], line["seq"], line["act"]) for line in rest]
    assert 3 == len(desk.get("/journal", limit=3).text.splitlines())


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/cases", {"procedure": "dance"}), ("/cases", {"state": "tired"}), ("/cases", {"waiting_on": "you"}), ("/cases", {"limit": "0"}),
        ("/cases", {"limit": "many"}), ("/cases", {"after": "x"}), ("/cases", {"after": "WyJhIl0"}), ("/cases", {"proceduer": "candidacy"}),
        ("/deadlines", {"open": "perhaps"}), ("/deadlines", {"until": "tomorrow"}), ("/deadlines", {"until": "0"}),
        ("/deadlines", {"after": "W251bGwsIkMtMjAwNi0wMDAxIl0"}), ("/journal", {"after": "-1"}), ("/journal", {"after": str(2**63)}),
        ("/offices", {"at": "2006-02-30"}), ("/offices", {"office": "king"}), ("/rulings", {"at": "1147000000"}), ("/norms", {"x": "1"}),
        ("/procedures/candidacy", {"format": "png"}), ("/cases", {"state": ["nominated", "rejected"]}), ("/cases", {"state": "a\0b"}),
    ],
)  # fmt: skip
def test_unknown_query_values(desk: Desk, path: str, query: dict[str, Any]) -> None:
    """422 names the value and what is expected."""
    problem = is_problem(desk.client.get("/api/v1" + path, params=query, headers=desk.headers("wb")), 422, "facts")
    assert problem["faults"][0]["reason"]


@pytest.mark.parametrize("due", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2006-05-15T00:00:00"])
def test_cursors_of_impossible_instants(desk: Desk, due: str) -> None:
    """A cursor that somebody has made himself is a wrong value, whatever instant it names."""
    after = base64.urlsafe_b64encode(json.dumps([due, "C-2006-0001 submission 3"]).encode()).decode()
    for path in ("/cases", "/deadlines"):
        is_problem(desk.get(path, after=after), 422, "facts")


def test_a_cursor_nested_too_deeply() -> None:
    """An address of a page takes more letters than the API: whatever they say, it is a wrong value."""
    with pytest.raises(WrongFacts):
        Cursor.read(base64.urlsafe_b64encode(b"[" * 20_000).decode())


def test_addresses_are_not_shown_to_who_was_the_working_body(desk: Desk) -> None:
    """The list as of a day names the offices of that day; who may see the addresses is asked today."""
    basis = {"person": "s:Kostanay", "office": "working_body", "since": "2006-04-01"}
    office = desk.open("wb", "office.assume", basis).json()["case"]["number"]
    day = desk.assembly.now.date().isoformat()
    assert all("email" in each for each in desk.get("/people", "s:Kostanay").json()["items"])
    desk.at("2006-06-15 10:00")
    desk.act("wb", office, "vacate", {"until": "2006-06-15"})
    desk.at("2006-06-16 10:00")
    shown = [each["person_id"] for each in desk.get("/people", "s:Kostanay", at=day).json()["items"] if "email" in each]
    assert shown == ["s:Kostanay"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_beyond_every_calendar(desk: Desk, day: str) -> None:
    """Before everything there is nothing, after everything all of it; no day is too far to ask for."""
    number = desk.nominate()
    answers = [desk.get(path, at=day) for path in ("/offices", "/people", "/bodies", "/rulings")]
    assert {200} == {answer.status_code for answer in (*answers, desk.get("/deadlines", until=day))}
    assert (day > "2006") == (desk.get(f"/cases/{number}", as_of=day).status_code == 200)


def test_the_order_is_told_from_the_documents(desk: Desk) -> None:
    """Facts may be given as the documentation's examples show them: the shape is right, though nobody is called so."""
    assert ORDER["order"]["date"] == "2006-05-18"
    document = desk.client.get("/openapi.json").json()
    examples = document["paths"]["/api/v1/cases"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert {"candidacy.nominate", "office.assume", "membership.enrol"} <= set(examples)
    assert (
        NOMINATION.keys() >= {"person", "route", "decision"} <= examples["candidacy.nominate"]["value"]["facts"].keys()
    )
