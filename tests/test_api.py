"""The API: a whole candidacy by calls, and the answer to everything that is not done."""

import pytest

from models import Database
from tests.api_client import NOMINATION, ORDER, Desk, is_problem
from tests.assembly import Assembly
from tests.sittings import announced_session, convened_meeting


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly in office."""
    return Assembly(database)


@pytest.fixture
def desk(assembly: Assembly) -> Desk:
    """Lend its desk."""
    return Desk(assembly)


def test_a_candidacy_from_nomination_to_membership(desk: Desk) -> None:
    """Nominated, admitted, considered, submitted by both deputies, approved: a member (14.1, 14.2)."""
    opened = desk.open("s:Kostanay", "candidacy.nominate", NOMINATION)
    number = opened.json()["case"]["number"]
    assert (201, "C-2006-0001", f"/api/v1/cases/{number}") == (opened.status_code, number, opened.headers["location"])
    assert "admissible" == desk.act("wb", number, "admit").json()["case"]["state"]
    desk.assembly.consider(number, at="2006-05-15 10:00")
    assert "considered" == desk.act("d1", number, "submit").json()["case"]["state"]
    assert "submitted" == desk.act("d2", number, "submit").json()["case"]["state"]
    desk.at("2006-05-18 10:00")
    approved = desk.act("ch", number, "approve", ORDER).json()
    assert {"number": number, "procedure": "candidacy", "state": "approved", "seq": 6} == approved["case"]
    assert ("approve", "chairman", ["14.2c"]) == tuple(approved["entry"][name] for name in ("act", "office", "norms"))
    assert "member" in {
        office["office"] for office in desk.get("/offices").json()["items"] if office["person_id"] == "p:A"
    }
    assert "membership.start" in {f"membership.{entry}" for entry in desk.assembly.acts("membership:p:A")}
    desk.assembly.assert_replayable()


def test_the_case_as_the_contract_shows_it(desk: Desk) -> None:
    """State, seq, facts, open deadlines with derivation, parties; the ETag is the seq."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at="2006-05-15 10:00")
    answer = desk.get(f"/cases/{number}")
    case = answer.json()
    assert ('"3"', "considered", 3) == (answer.headers["etag"], case["state"], case["seq"])
    assert {
        "number",
        "procedure",
        "state",
        "seq",
        "opened_at",
        "body",
        "person",
        "facts",
        "deadlines",
        "parties",
    } <= set(case)
    (deadline,) = case["deadlines"]
    assert ("submission", "target", "14.2b", "open", number) == tuple(
        deadline[name] for name in ("name", "kind", "norm", "state", "case")
    )
    assert "2006-05-30T00:00:00+06:00" == deadline["due"]
    assert deadline["derivation"][-1].startswith("The last day is 29.05.2006")
    assert ("recommended", 20) == (case["outcome"], case["counts"]["for"])
    assert {"p:A", "s:Kostanay", "wb", "d1"} >= {party["person_id"] for party in case["parties"]} > {"p:A"}


def test_the_past_is_what_had_been_recorded_by_the_end_of_the_day(desk: Desk) -> None:
    """`as_of` gives state, facts and deadlines of that day; before the first entry there is no case."""
    number = desk.nominate()
    desk.at("2006-04-20 10:00")
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at="2006-05-15 10:00")
    for day, state, deadlines in (
        ("2006-04-14", "nominated", []),
        ("2006-04-20", "admissible", ["consideration"]),
        ("2006-05-15", "considered", ["submission"]),
    ):
        case = desk.get(f"/cases/{number}", as_of=day).json()
        assert (state, deadlines) == (case["state"], [each["name"] for each in case["deadlines"]]), day
    assert "outcome" not in desk.get(f"/cases/{number}", as_of="2006-05-14").json()
    is_problem(desk.get(f"/cases/{number}", as_of="2006-04-13"), 404, "unknown")


def test_a_deadline_of_the_past_has_its_date_of_then(desk: Desk) -> None:
    """A meeting convened later, another hour told later: neither changes what had been recorded before (14.2a, 8.1b)."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    convened_meeting(desk.assembly, at="2006-05-10 09:00", starts="2006-05-16 10:00")
    session = announced_session(desk.assembly, at="2006-05-11 10:00")
    hour = {"place": "Palace", "starts_at": "2006-06-20 15:00"}
    desk.assembly.do("wb", "session.change_hall", case=session, at="2006-05-12 10:00", facts=hour)
    desk.at("2006-05-13 10:00")

    def due(case: str, day: str) -> str | None:
        return desk.get(f"/cases/{case}", as_of=day).json()["deadlines"][0]["due"]

    assert [None, "2006-05-16T10:00:00+06:00"] == [due(number, day) for day in ("2006-05-09", "2006-05-12")]
    hours = [due(session.number, day) for day in ("2006-05-11", "2006-05-12")]
    assert ["2006-06-20T10:00:00+06:00", "2006-06-20T15:00:00+06:00"] == hours


@pytest.mark.parametrize("more", [{"office": "emperor"}, {"facts": []}, {}])
def test_an_unknown_case_is_said_before_what_is_wrong_with_the_request(desk: Desk, more: dict[str, object]) -> None:
    """404 before 422, whatever else the request has: an office that nobody has, facts that are none, a key of two words."""
    number = desk.nominate()
    key = None if more else "two words"
    for case, status, kind in ((number, 422, "facts"), ("C-2006-9999", 404, "unknown")):
        is_problem(desk.post(f"/cases/{case}/acts", "wb", {"act": "admit", **more}, key=key), status, kind)


def test_refused_with_every_reason(desk: Desk) -> None:
    """409: each norm with code, reason, numbers and remedy (14.2b before the Council has considered)."""
    number = desk.nominate()
    problem = is_problem(desk.act("d1", number, "submit"), 409, "refused")
    (refusal,) = problem["refusals"]
    assert ("14.2b", "state.comes_later") == (refusal["norm"], refusal["code"])
    assert {"norm", "code", "reason", "numbers", "remedy"} == set(refusal)


def test_conflict_tells_what_has_happened_since(desk: Desk) -> None:
    """412: the entries made since the one that was seen."""
    number = desk.nominate()
    desk.act("wb", number, "admit", seen=1)
    problem = is_problem(desk.act("wb", number, "return", {"reason": "Not in order"}, seen=1), 412, "conflict")
    assert [(2, "admit")] == [(entry["seq"], entry["act"]) for entry in problem["entries"]]


@pytest.mark.parametrize("header", [None, "", "*", "one", '"1", "2"', '"99999999999999"'])
def test_an_act_says_which_entry_was_seen(desk: Desk, header: str | None) -> None:
    """428 where `If-Match` is missing or names no entry."""
    number = desk.nominate()
    headers = desk.headers("wb") | ({"If-Match": header} if header is not None else {})
    answer = desk.client.post(f"/api/v1/cases/{number}/acts", json={"act": "admit"}, headers=headers)
    is_problem(answer, 428, "precondition")


def test_forbidden_shows_no_facts(desk: Desk) -> None:
    """403: another office, and who has one of them; a stranger sees nothing of a case that is not about him."""
    number = desk.nominate()
    problem = is_problem(desk.act("ch", number, "admit"), 403, "forbidden")
    assert ["working_body"] == problem["who_can"]
    for path in ("", "/acts", "/entries"):
        assert "German" not in desk.get(f"/cases/{number}{path}", "p:B").text
        is_problem(desk.get(f"/cases/{number}{path}", "p:B"), 403, "forbidden")
    assert 200 == desk.get(f"/cases/{number}", "p:A").status_code
    is_problem(desk.post(f"/cases/{number}/try", "p:B", {"acts": [{"act": "admit"}]}), 403, "forbidden")
    assert [] == desk.get("/cases", "p:B").json()["items"]
    assert [number] == [case["number"] for case in desk.get("/cases", "p:A", procedure="candidacy").json()["items"]]
    for path in ("/people", "/bodies", "/offices", "/journal"):
        is_problem(desk.get(path, "p:B"), 403, "forbidden")


def test_nobody_is_let_in_without_a_token(desk: Desk) -> None:
    """401 with the challenge, whatever is asked; the law, too, is read with a token."""
    for path in ("/cases", "/cases/C-2006-0001", "/inbox", "/procedures", "/norms", "/people", "/journal"):
        answer = desk.get(path, None)
        is_problem(answer, 401, "unauthorized")
        assert "Bearer" == answer.headers["www-authenticate"]
    is_problem(desk.post("/cases", None, {}), 401, "unauthorized")


def test_unknown_case_first(desk: Desk) -> None:
    """404 before everything else: an unknown case, whatever act and facts."""
    for number in ("C-2006-0099", "X-1", "C-2006-0001%00", "%F0%9F%98%80"):
        is_problem(desk.get(f"/cases/{number}"), 404, "unknown")
    for body in ({"act": "admit"}, {"act": "dance"}, {}, {"act": "admit", "wrong": 1}):
        is_problem(desk.post("/cases/C-2006-0099/acts", "ch", body), 404, "unknown")
    is_problem(desk.post("/cases/C-2006-0099/try", "ch", {"acts": [{"act": "admit"}]}), 404, "unknown")
    is_problem(desk.get("/nothing/here"), 404, "unknown")
    is_problem(desk.get("/norms/99.9"), 404, "unknown")
    is_problem(desk.get("/procedures/dance"), 404, "unknown")


def test_facts_of_the_wrong_shape(desk: Desk) -> None:
    """422 names each fact, says what is wrong in the reader's language, and what is known."""
    wrong = {**NOMINATION, "person": "nobody", "route": "road", "surprise": 1}
    problem = is_problem(desk.open("s:Kostanay", "candidacy.nominate", wrong), 422, "facts")
    assert {"route", "surprise"} <= {fault["fact"] for fault in problem["faults"]}
    problem = is_problem(desk.open("s:Kostanay", "dance.begin", {}), 422, "facts")
    assert "candidacy" in problem["faults"][0]["known"]
    number = desk.nominate()
    problem = is_problem(desk.act("wb", number, "dance"), 422, "facts")
    assert "admit" in problem["faults"][0]["known"]
    for office in ("clock", "consequence", "king"):
        body = {"act": "admit", "office": office}
        is_problem(desk.post(f"/cases/{number}/acts", "wb", body, seen=1), 422, "facts")


def test_forbidden_comes_before_the_facts(desk: Desk) -> None:
    """The order of answers: 404, 403, 422, replay, 428, 412, 409."""
    number = desk.nominate()
    is_problem(desk.act("ch", number, "return", {"wrong": 1}, seen=None), 403, "forbidden")
    is_problem(desk.act("wb", number, "return", {"wrong": 1}, seen=None), 422, "facts")
    is_problem(desk.act("d1", number, "submit", seen=None), 428, "precondition")
    is_problem(desk.act("d1", number, "submit", seen=0), 412, "conflict")
    is_problem(desk.act("d1", number, "submit", seen=1), 409, "refused")


def test_the_same_key_is_answered_twice_and_done_once(desk: Desk) -> None:
    """The very same answer, marked; another body under the key is 422."""
    first = desk.open("s:Kostanay", "candidacy.nominate", NOMINATION, key="k1")
    desk.act("wb", first.json()["case"]["number"], "admit")
    again = desk.open("s:Kostanay", "candidacy.nominate", NOMINATION, key="k1")
    assert (201, "true", first.content) == (again.status_code, again.headers["idempotent-replay"], again.content)
    assert "idempotent-replay" not in first.headers
    assert 1 == len(desk.assembly.cases("candidacy", "p:A"))
    other = desk.open("s:Kostanay", "candidacy.nominate", NOMINATION | {"person": "p:B"}, key="k1")
    is_problem(other, 422, "key-reused")
    for key in ("", "k" * 201):
        is_problem(desk.open("s:Kostanay", "candidacy.nominate", NOMINATION, key=key), 422, "facts")


def test_a_replay_comes_before_the_question_what_was_seen(desk: Desk) -> None:
    """An act that moved the case is answered again, though what it had seen is long past."""
    number = desk.nominate()
    first = desk.act("wb", number, "admit", seen=1, key="k2")
    again = desk.act("wb", number, "admit", seen=1, key="k2")
    assert (first.content, 2) == (again.content, desk.assembly.seq(number))


def test_on_behalf_of_the_entitled_office(desk: Desk) -> None:
    """The working body enters an act where a paper exists; both stand in the entry, and without the paper it is 422."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    desk.assembly.consider(number, at="2006-05-15 10:00")
    body = {"act": "submit", "on_behalf_of": "d1"}
    is_problem(desk.post(f"/cases/{number}/acts", "wb", body, seen=3), 422, "facts")
    paper = {"document": {"kind": "letter", "number": "9", "date": "2006-05-15"}}
    entry = desk.post(f"/cases/{number}/acts", "wb", body | paper, seen=3).json()["entry"]
    assert ("wb", "d1", "deputy_chairman", paper["document"]) == (
        entry["actor"], entry["on_behalf_of"], entry["office"], entry["document"],
    )  # fmt: skip


def test_what_may_i_do_now(desk: Desk) -> None:
    """Every act of the state with allowed, reasons, who can, and the schema of its facts."""
    number = desk.nominate()
    acts = {each["act"]: each for each in desk.get(f"/cases/{number}/acts", "wb").json()["items"]}
    assert {"support", "admit", "return", "withdraw"} == set(acts)
    assert (True, ["working_body"]) == (acts["admit"]["allowed"], acts["admit"]["who_can"])
    assert "reason" in acts["return"]["facts_schema"]["properties"]
    assert not {each["act"] for each in desk.get(f"/cases/{number}/acts", "ch").json()["items"] if each["allowed"]}


def test_who_may_enter_for_others_is_answered(desk: Desk) -> None:
    """The working body enters the acts of those who are entitled; nobody else does. All of one's own offices are named."""
    number = desk.nominate()
    for who, offices in (("wb", ["working_body"]), ("ch", []), ("a:Kostanay", [])):
        acts = {each["act"]: each for each in desk.get(f"/cases/{number}/acts", who).json()["items"]}
        assert {who == "wb"} == {each["may_enter"] for each in acts.values()}
        assert offices == acts["admit"]["offices"]


def test_trying_plays_on_a_copy(desk: Desk) -> None:
    """Several acts in order; each is answered with what it would give, and not a row changes."""
    number = desk.nominate()
    token = desk.token("wb")
    before = desk.assembly.rows()
    tried = {
        "acts": [
            {"act": "admit"},
            {"act": "admit"},
            {"act": "withdraw", "facts": {"reason": "asked to"}},
            {"act": "submit"},
        ]
    }
    played = desk.post(f"/cases/{number}/try", "wb", tried, key="k").json()["items"]
    assert token
    assert before == desk.assembly.rows()
    assert [True, False, True, False] == [one["done"] for one in played]
    assert ("admissible", 2) == (played[0]["case"]["state"], played[0]["case"]["seq"])
    assert ("/problems/refused", "withdrawn") == (played[1]["problem"]["type"], played[2]["case"]["state"])
    assert "/problems/forbidden" == played[3]["problem"]["type"]


def test_the_journal_of_a_case_is_a_chain(desk: Desk) -> None:
    """Every entry with its hash and the one before it."""
    number = desk.nominate()
    desk.act("wb", number, "admit")
    first, second = desk.get(f"/cases/{number}/entries").json()["items"]
    assert (1, 2, first["hash"]) == (first["seq"], second["seq"], second["previous"])
    assert "2006-04-14T10:00:00+06:00" == first["at"]


def test_texts_in_the_readers_language(desk: Desk) -> None:
    """Title, detail and reasons in kk, ru, en by Accept-Language; the language is named in the answer."""
    number = desk.nominate()
    titles = set()
    for language in ("kk", "ru", "en"):
        answer = desk.act("d1", number, "submit", language=language)
        assert language == answer.headers["content-language"]
        titles.add((answer.json()["title"], answer.json()["refusals"][0]["reason"]))
    assert 3 == len(titles)


@pytest.mark.parametrize("number", ["2006-04-31", "2006-04-30", "name:office.nobody", "name:"])
def test_a_number_that_looks_like_something_else(desk: Desk, number: str) -> None:
    """What somebody asks for is said back to him as he wrote it, and never read as a name of ours."""
    is_problem(desk.get(f"/cases/{number}"), 404, "unknown")
    told = {"rule": number, "value": 1, "since": "2006-04-20", "norm": "9.3b"}
    told |= {"basis": {"kind": "act", "number": "1", "date": "2006-04-10"}}
    problem = is_problem(desk.open("wb", "edition.propose", told), 409, "refused")
    assert number in {str(one["numbers"].get("rule")) for one in problem["refusals"]}
