"""What arrives at the desk: tokens, bodies, methods; and the pages that need none."""

from pathlib import Path
from typing import Any

import pytest

from desk.access.tokens import create_token, identify, list_tokens, revoke_token
from desk.problems import problem
from machines.refusal import Unknown
from models import Database
from models.database import Locked
from tests.api_client import Desk, is_problem
from tests.assembly import Assembly
from tests.browsers import let_in
from tests.sittings import open_session


@pytest.fixture
def assembly(sqlite_database: Database) -> Assembly:
    """Lend an Assembly in office."""
    return Assembly(sqlite_database)


@pytest.fixture
def desk(assembly: Assembly) -> Desk:
    """Lend its desk."""
    return Desk(assembly)


def test_only_the_hash_of_a_token_is_kept(assembly: Assembly) -> None:
    """160 bits are shown once; nothing in the database gives them back."""
    with assembly.database.transaction() as db:
        token = create_token(db, "wb", at=assembly.now, days=30, note="for tests")
        prefix, token_id, secret = token.split("_")
        assert ("kenes", 8, 32) == (prefix, len(token_id), len(secret))
        assert secret not in repr(db.all("SELECT * FROM tokens"))
        (known,) = list_tokens(db, "wb")
        assert (token_id, "act", "for tests") == (known["token_id"], known["scope"], known["note"])
        assert [] == list_tokens(db, "ch")
        with pytest.raises(Unknown):
            create_token(db, "nobody", at=assembly.now)
        with pytest.raises(Unknown):
            revoke_token(db, "nothing", at=assembly.now)
        with pytest.raises(ValueError, match="expected one of act, read"):
            create_token(db, "wb", at=assembly.now, scope="everything")


def test_a_token_ends(assembly: Assembly) -> None:
    """By its day or by revocation; another's secret, or half of it, was never one."""
    with assembly.database.transaction() as db:
        token = create_token(db, "wb", at=assembly.now, days=30)
        other = create_token(db, "ch", at=assembly.now)
        assert "wb" == identify(db, token, at=assembly.now).person  # type: ignore[union-attr]
        assert identify(db, token, at=assembly.at("2006-05-14 10:00")) is None
        mixed = "_".join([*other.split("_")[:2], token.split("_")[2]])
        for wrong in (mixed, token[:-1], token.upper(), "kenes__", "", "é"):
            assert identify(db, wrong, at=assembly.now) is None
        revoke_token(db, other.split("_")[1], at=assembly.now)
        revoke_token(db, other.split("_")[1], at=assembly.now)
        assert identify(db, other, at=assembly.now) is None


def test_a_token_for_reading_does_not_act(desk: Desk) -> None:
    """Reading and trying, nothing else (403)."""
    number = desk.nominate()
    desk.token("wb", scope="read")
    assert 200 == desk.get(f"/cases/{number}").status_code
    assert 200 == desk.post(f"/cases/{number}/try", "wb", {"acts": [{"act": "admit"}]}).status_code
    is_problem(desk.act("wb", number, "admit"), 403, "forbidden")
    is_problem(desk.post("/people", "wb", {}), 403, "forbidden")


def test_who_hammers_is_told_to_wait(desk: Desk) -> None:
    """429 after twenty wrong tokens within a minute; a good token is let in all the same."""
    wrong = {"Authorization": "Bearer kenes_aaaaaaaa_" + "a" * 32}
    for _ in range(20):
        is_problem(desk.client.get("/api/v1/inbox", headers=wrong), 401, "unauthorized")
    answer = desk.client.get("/api/v1/inbox", headers=wrong)
    is_problem(answer, 429, "too-many")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert 200 == desk.get("/inbox").status_code
    desk.at("2006-04-14 10:02")
    is_problem(desk.client.get("/api/v1/inbox", headers=wrong), 401, "unauthorized")


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[", b"nonsense", b'{"act": NaN}', b'{"act": "a", "act": "b"}', b'{"act": "\\ud800"}', b'{"act": "\\u0000"}', b"\xff\xfe",
        b"1" * 5000, b"[" * 100_000, b'{"acts": [{"act": "admit", "facts": {"\\u0000": 1}}]}',
    ],
)  # fmt: skip
def test_bodies_that_are_no_json(desk: Desk, body: bytes) -> None:
    """422 `facts`, after the token has been looked at; nothing half-read comes through."""
    for path in ("/cases", "/people"):
        headers = desk.headers("wb", **{"Content-Type": "application/json"})
        is_problem(desk.client.post("/api/v1" + path, content=body, headers=headers), 422, "facts")
        is_problem(
            desk.client.post("/api/v1" + path, content=body, headers={"Content-Type": "application/json"}),
            401,
            "unauthorized",
        )


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        1,
        {},
        {"act": 1},
        {"act": "admit", "facts": []},
        {"act": "x" * 65},
        {"act": "admit", "more": 1},
    ],
)
def test_bodies_of_the_wrong_shape(desk: Desk, body: Any) -> None:
    """422 `facts`, and every fault is named."""
    number = desk.nominate()
    problem = is_problem(desk.post(f"/cases/{number}/acts", "wb", body, seen=1), 422, "facts")
    assert all(fault["fact"] and fault["reason"] and fault["hint"] for fault in problem["faults"])


def test_large_bodies_and_other_formats(desk: Desk) -> None:
    """413 and 415, as problems too."""
    headers = desk.headers("wb")
    answer = desk.client.post(
        "/api/v1/cases",
        content=b'{"act": "' + b"a" * 1_000_001 + b'"}',
        headers=headers | {"Content-Type": "application/json"},
    )
    is_problem(answer, 413, "about:blank")
    is_problem(desk.client.post("/api/v1/cases", data={"act": "admit"}, headers=headers), 415, "about:blank")


def test_other_methods_say_which_are_known(desk: Desk) -> None:
    """405 with all methods of the address."""
    for path, allowed in (
        ("/cases", "GET, POST"),
        ("/cases/C-2006-0001", "GET"),
        ("/people", "GET, POST"),
        ("/health", "GET"),
    ):
        answer = desk.client.request("DELETE", "/api/v1" + path, headers=desk.headers("wb"))
        is_problem(answer, 405, "about:blank")
        assert allowed == answer.headers["allow"]
        assert "DELETE" in answer.json()["detail"]


def test_a_bug_says_nothing_of_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500 with a number for the administrator; the log has the rest."""
    desk.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("desk.api.deadlines.inbox", broken)
    problem = is_problem(desk.get("/inbox"), 500, "bug")
    assert "secret" not in str(problem)
    assert any(
        record.args and record.args[0] in problem["detail"]
        for record in caplog.records
        if isinstance(record.args, tuple)
    )


def test_who_waits_too_long_is_told_to_send_again() -> None:
    """409 `in-flight`, with a pause: somebody else held the row or the file for longer than one waits."""
    problems = [problem(Locked("database is locked"), language) for language in ("kk", "ru", "en")]
    assert {("/problems/in-flight", 409)} == {(each["type"], each["status"]) for each in problems}
    assert 3 == len({each["detail"] for each in problems})


def test_health_says_when_time_was_last_brought(desk: Desk) -> None:
    """Live at once, ready once deadlines have been swept within four minutes."""
    health = desk.get("/health", None).json()
    assert (True, False, None) == (health["live"], health["ready"], health["time"]["last_sweep"])
    with desk.assembly.database.transaction() as db:
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('perform_deadlines', ?, '')", desk.assembly.now)
    desk.at("2006-04-14 10:04")
    health = desk.get("/health", None).json()
    assert (True, "2006-04-14T10:00:00+06:00", 240) == (
        health["ready"],
        health["time"]["last_sweep"],
        health["time"]["age_s"],
    )
    desk.at("2006-04-14 10:05")
    assert desk.get("/health", None).json()["ready"] is False


def test_figures_for_prometheus(desk: Desk) -> None:
    """Counts and ages; no names."""
    number = desk.nominate()
    answer = desk.get("/metrics", None)
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'kenes_cases_open{procedure="candidacy",state="nominated"} 1.0' in answer.text
    assert number not in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "Кіру"), ("ru", "Войти"), ("en", "Sign in"), ("fr, kk;q=0.5", "Кіру")],
)
def test_guests_are_told_where_to_sign_in(desk: Desk, language: str, words: str) -> None:
    """In three languages, with nothing from elsewhere and nothing of any case."""
    number = desk.nominate()
    page = desk.client.get("/", headers={"Accept-Language": language})
    assert 200 == page.status_code
    assert words in page.text
    assert number not in page.text
    assert "://" not in page.text
    assert "p:A" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_operators_page_leads_to_prefect(assembly: Assembly, tmp_path: Path) -> None:
    """Where `kenes up` has left the addresses; an address that is none of the web is not linked."""
    (tmp_path / "up.json").write_text('{"desk": "http://127.0.0.1:8420", "prefect": "http://127.0.0.1:4210", "pid": 1}')
    desk = Desk(assembly, home=tmp_path)
    let_in(desk.client, assembly.database, "wb", at=assembly.now, operator=True)
    assert 'href="/prefect' in desk.client.get("/operations").text
    for wrong in ('{"prefect": "javascript:alert(1)"}', "[]", "no json"):
        (tmp_path / "up.json").write_text(wrong)
        assert 'href="/prefect' not in desk.client.get("/operations").text


def test_a_number_too_long_to_be_written_is_a_wrong_fact(assembly: Assembly, desk: Desk) -> None:
    """Thousands of digits are no count: 422, not a bug when their sum is to be shown in an answer."""
    session = open_session(assembly, assembly.people_in[:8])
    told = {"method": "secret", **dict.fromkeys(("for", "against", "abstain"), 10**4_300 - 1)}
    faults = is_problem(desk.act("ch", session.number, "set_method", told), 422, "facts")["faults"]
    assert ["for", "against", "abstain"] == [fault["fact"] for fault in faults]


def test_the_mailbox_is_there_without_a_mail_server(assembly: Assembly) -> None:
    """What was delivered to the mailbox, escaped, for operators; with a mail server, or for others, there is none."""
    with assembly.database.transaction() as db:
        db.run(
            'INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_at,'
            " sent_by, failure, subject, body)"
            " VALUES ('k', 'person', 'ch', 't', '{}', 'C-1', 1, ?, ?, 1, ?, 'mailbox', '', 'Subject <b>', 'Text & text')",
            assembly.now, assembly.now, assembly.now,
        )  # fmt: skip
    desk = Desk(assembly)
    page = let_in(desk.client, assembly.database, "m1", at=assembly.now, operator=True).get("/mailbox").text
    assert "Subject &lt;b&gt;" in page
    assert " (ch)." in page  # by the name, with the id behind it
    assert "Text &amp; text" in page
    mailed = Desk(assembly, smtp_url="smtp://mail.example")
    is_problem(
        let_in(mailed.client, assembly.database, "m1", at=assembly.now, operator=True).get("/mailbox"), 404, "unknown"
    )
    is_problem(let_in(desk.client, assembly.database, "ch", at=assembly.now).get("/mailbox"), 404, "unknown")
    is_problem(Desk(assembly).client.get("/mailbox"), 404, "unknown")


def test_the_documentation_comes_from_here(desk: Desk) -> None:
    """Page, script and style are files of this installation."""
    page = desk.client.get("/docs")
    assert "://" not in page.text
    for path in (
        "/swagger/swagger-ui-bundle.js",
        "/swagger/swagger-ui.css",
        "/static/docs.js",
        "/static/desk.css",
        "/static/kenes.svg",
    ):
        assert 200 == desk.client.get(path).status_code, path
    document = desk.client.get("/openapi.json").json()
    assert "HTTPValidationError" not in str(document)
    assert "Problem" in document["components"]["schemas"]


def test_the_application_reads_its_own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings those of the environment are read."""
    from desk.app import make_app

    monkeypatch.setenv("KENES_HOME", str(tmp_path))
    monkeypatch.setenv("KENES_LANGUAGES", "kk,en")
    monkeypatch.delenv("KENES_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    app = make_app()
    assert (("kk", "en"), tmp_path) == (app.state.languages, app.state.settings.home)
    app.state.door.database.dispose()


@pytest.fixture(autouse=True)
def _still(caplog: pytest.LogCaptureFixture) -> None:
    """Keep the test client's own log of requests out of the reports."""
    caplog.set_level("WARNING", logger="httpx")


def test_a_database_that_is_replaced_is_told(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls are answered with 503, in the reader's language, and the probe says why; a file of somebody else is not written."""
    monkeypatch.setattr("models.sqlite.LOOK_EVERY_S", 0.0)
    desk = Desk(Assembly(sqlite_database, members=4))
    file = Path(sqlite_database.url.database or "")
    assert 200 == desk.get("/cases", "wb").status_code
    file.rename(tmp_path / "elsewhere")
    found = desk.get("/cases", "wb")
    assert (503, "The database is not where it was") == (found.status_code, found.json()["title"])
    health = desk.get("/health", None).json()
    assert (True, False, "database replaced") == (health["live"], health["ready"], health["reason"])
    (tmp_path / "elsewhere").rename(file)
    assert 200 == desk.get("/cases", "wb").status_code


def test_each_call_is_called_by_what_it_does(desk: Desk) -> None:
    """Whoever looks through the description reads a sentence, not the name of a function."""
    document = desk.client.get("/openapi.json").json()
    told = {call["operationId"]: call["summary"] for address in document["paths"].values() for call in address.values()}
    assert "Perform an act" in told.values()
    for operation, summary in told.items():
        assert not operation.startswith(summary.lower().replace(" ", "_"))
