"""The command line: what the API does, on the home's own database, with an exit status that scripts can rely on."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from desk.cli.console import Surroundings
from desk.cli.main import main
from examples import make_roster
from machines.act import Act
from machines.perform import perform
from machines.rulebook import Rulebook
from machines.wording import LANGUAGES, say
from models.database import Database

EXAMPLE = Path(make_roster.__file__).with_name("roster.csv")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DECISION = "decision={body: small_assembly_session, number: '7', date: 2026-11-20}"
PROPOSALS = "proposals=[{by: German centre, date: 2026-11-02}]"
NOMINATION = (
    "--fact", "person=p:A", "--fact", "route=small_assembly", "--fact", "region=Kostanay", "--fact", DECISION,
    "--fact", PROPOSALS, "--fact", "consent=true",
)  # fmt: skip

Run = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of the commands: a home of their own."""
    return {"KENES_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `kenes` in this process, at a time that stands still (`later` moves it)."""
    runner = CliRunner()

    def kenes(*arguments: str, status: int = 0, later: timedelta = timedelta(), **more: Any) -> Result:
        surroundings = Surroundings(environment, tmp_path, lambda: NOW + later)
        result = runner.invoke(main, arguments, obj=surroundings, catch_exceptions=False, **more)
        assert status == result.exit_code, result.output
        assert "Traceback" not in result.output
        return result

    return kenes


@pytest.fixture
def home(run: Run) -> Run:
    """A home with the example's register."""
    run("init")
    run("roster", "import", str(EXAMPLE))
    return run


def told(run: Run, *arguments: str, **more: Any) -> Any:
    """Return what a command prints as JSON."""
    return json.loads(run(*arguments, "--json", **more).stdout)


def consider(environment: dict[str, str], number: str, at: datetime) -> None:
    """Do what the Council's vote brings about."""
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    with database.transaction() as db:
        act = Act(
            procedure="candidacy", name="consider", actor="d1", at=at, case=number, office="consequence", facts={"outcome": "recommended"}
        )  # fmt: skip
        perform(db, act, Rulebook())
    database.dispose()


# ---- a candidacy, from the nomination to the membership


def test_a_candidacy_by_command_line(home: Run, environment: dict[str, str]) -> None:
    """Nominated, admitted, considered, submitted by both deputies, approved: a member (13.1a, 14.1, 14.2)."""
    opened = told(home, "case", "open", "candidacy.nominate", "--as", "s:Kostanay", *NOMINATION)
    number = opened["case"]["number"]
    assert ("C-2026-0001", "nominated", 1) == (number, opened["case"]["state"], opened["case"]["seq"])
    assert "admissible" in home("case", "act", number, "admit", "--as", "wb", "--seen", "1").stdout
    consider(environment, number, NOW)
    home("case", "act", number, "submit", "--as", "d1")
    home("case", "act", number, "submit", "--as", "d2")
    order = "order={number: '12', date: 2026-11-24}"
    approved = told(home, "case", "act", number, "approve", "--as", "ch", "--fact", order)
    assert ("approved", "14.2c") == (approved["case"]["state"], approved["entry"]["norms"][0])
    assert "p:A" in {row["person_id"] for row in told(home, "members")["items"]}
    past = told(home, "members", "--as-of", "2026-11-23")
    assert "p:A" not in {row["person_id"] for row in past["items"]}
    assert ("2026-11-23", "2008-04-24", len(past["items"])) == (
        past["as_of"],
        past["edition"]["id"],
        past["totals"]["members"],
    )
    assert "p:A" not in home("offices", "member", "--as-of", "2026-11-23").stdout
    today = told(home, "members")
    assert today["offices"]["member"] == len(told(home, "offices", "member")["items"]) == len(today["items"])
    assert "Kostanay" in home("bodies", "--as-of", "2026-11-23").stdout
    assert "There is no office 'king'" in home("offices", "king", status=2).stderr
    assert 6 == len(told(home, "case", "show", number, "--entries")["items"])
    assert "Everything holds" in home("verify").stdout


def test_facts_come_from_a_file_or_from_stdin(home: Run, tmp_path: Path) -> None:
    """YAML and JSON are read alike; a --fact beside them goes before the file."""
    facts = tmp_path / "facts.yaml"
    facts.write_text(
        "person: p:A\nroute: small_assembly\nregion: Akmola\nconsent: true\nproposals: [{by: Centre, date: 2026-11-02}]\n"
        "decision: {body: small_assembly_session, number: '7', date: 2026-11-20}\n", encoding="utf-8"
    )  # fmt: skip
    arguments = ("case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "region=Kostanay", "--facts")
    assert "Kostanay" == told(home, *arguments, str(facts))["entry"]["facts"]["region"]
    home(*arguments, "-", input=facts.read_text())


def test_the_working_body_enters_what_a_paper_says(home: Run) -> None:
    """On behalf of the Chairman, with his order as the document (14.2e)."""
    include = (
        "--fact",
        "person=p:B",
        "--fact",
        "category=association",
        "--fact",
        "order={number: '5', date: 2026-11-23}",
    )
    paper = ("--on-behalf-of", "ch", "--document", "{kind: order, number: '5', date: 2026-11-23}")
    entry = told(home, "case", "open", "candidacy.include", "--as", "wb", *include, *paper)["entry"]
    assert ("wb", "ch", "chairman") == (entry["actor"], entry["on_behalf_of"], entry["office"])


@pytest.mark.postgresql
def test_the_same_on_postgresql(run: Run, environment: dict[str, str], postgresql_url: str) -> None:
    """One setting, the same commands."""
    environment["KENES_DATABASE_URL"] = postgresql_url
    assert "demonstration is loaded" in run("init", "--demo").stdout
    number = told(run, "case", "list", "--procedure", "candidacy", "--state", "nominated")["items"][0]["number"]
    seq = told(run, "case", "show", number)["seq"]
    run("case", "act", number, "admit", "--as", "wb", "--seen", str(seq))
    run("case", "act", number, "return", "--as", "wb", "--seen", str(seq), "--fact", "reason=Late", status=5)
    assert {"admit"} < {entry["act"] for entry in told(run, "case", "show", number, "--entries")["items"]}
    assert told(run, "case", "show", number, "--as-of", "2026-11-23")["state"] == "nominated"
    run("calendar", "add", "2026-11-27", "--note", "Order 4", "--as", "wb")
    assert "2026-11-27" in run("calendar").stdout
    for command in (("members",), ("deadlines",), ("person", "list"), ("calendar", "changes"), ("token", "list")):
        told(run, *command)
    assert "Everything holds" in run("verify").stdout


# ---- exit statuses


@pytest.fixture
def number(home: Run) -> str:
    """A candidacy that has been nominated."""
    return told(home, "case", "open", "candidacy.nominate", "--as", "s:Kostanay", *NOMINATION)["case"]["number"]


def test_refused_says_every_reason(home: Run, number: str) -> None:
    """Status 3: the law says no, with norm, reason and remedy (14.2c)."""
    order = "order={number: '12', date: 2026-12-24}"
    arguments = ("case", "act", number, "approve", "--as", "ch", "--fact", order)
    assert re.search(r"^  14\.2c  .+\n +→ .+", home(*arguments, status=3).stderr, re.MULTILINE)
    problem = told(home, *arguments, status=3)
    assert ("/problems/refused", "14.2c") == (problem["type"], problem["refusals"][0]["norm"])
    assert "14.2c" in home("--language", "ru", *arguments, status=3).stderr


def test_forbidden_says_whose_office_it_is(home: Run, number: str) -> None:
    """Status 3: not the office."""
    assert "Working body" in home("case", "act", number, "admit", "--as", "ch", status=3).stderr


def test_unknown_cases_are_not_found(home: Run) -> None:
    """Status 4: there is no such case."""
    assert "C-2026-9999" in home("case", "show", "C-2026-9999", status=4).stderr
    assert "C-2026-9999" in home("case", "act", "C-2026-9999", "admit", "--as", "wb", status=4).stderr
    home("case", "show", "nonsense", status=4)
    home("token", "create", "nobody", status=4)


def test_unknown_acts_and_wrong_facts_say_what_is_known(home: Run, number: str) -> None:
    """Status 2: the shape of what was asked is wrong, and nothing is written."""
    assert "admit" in home("case", "act", number, "dance", "--as", "wb", status=2).stderr
    assert "candidacy" in home("case", "open", "dance.begin", "--as", "wb", status=2).stderr
    assert "order" in home("case", "act", number, "approve", "--as", "ch", status=2).stderr
    assert "colour" in home("case", "act", number, "admit", "--as", "wb", "--fact", "colour=red", status=2).stderr
    home("case", "act", number, "admit", "--as", "wb", "--office", "astronaut", status=2)
    assert 1 == told(home, "case", "show", number)["seq"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "open", "nominate", "--as", "wb"),
        ("case", "open", "candidacy.nominate", "--as", "wb", "--fact", "person"),
        ("case", "open", "candidacy.nominate", "--as", "wb", "--fact", "decision={body: [}"),
        ("case", "open", "candidacy.nominate", "--as", "wb", "--facts", "missing.yaml"),
        ("case", "open", "candidacy.nominate", "--as", "wb", "--document", "paper"),
        ("case", "open", "candidacy.nominate"),
        ("case", "try", "C-2026-0001", "--as", "wb"),
        ("members", "--as-of", "yesterday"),
        ("--language", "de", "members"),
        ("dance",),
    ],
)
def test_usage_is_explained(home: Run, arguments: tuple[str, ...]) -> None:
    """Status 2: the command says what it expected."""
    assert home(*arguments, status=2).stderr.strip()


def test_a_stale_entry_is_a_conflict(home: Run, number: str) -> None:
    """Status 5: somebody acted first, and what happened since is shown."""
    home("case", "act", number, "admit", "--as", "wb")
    reason = ("--fact", "reason=Late")
    assert "admit" in home("case", "act", number, "return", "--as", "wb", "--seen", "1", *reason, status=5).stderr
    problem = told(home, "case", "act", number, "return", "--as", "wb", "--seen", "1", *reason, status=5)
    assert ["admit"] == [entry["act"] for entry in problem["entries"]]


def test_the_same_key_is_done_once(home: Run, number: str) -> None:
    """The same act sent twice is answered twice; another act under the key is a wrong request."""
    arguments = ("case", "act", number, "admit", "--as", "wb", "--seen", "1", "--key", "k1")
    first = told(home, *arguments)
    assert first == told(home, *arguments)
    assert "nothing was done now" in home(*arguments).stderr
    home("case", "act", number, "return", "--as", "wb", "--key", "k1", "--fact", "reason=Other", status=2)


def test_a_bug_is_kept_in_a_file(home: Run, environment: dict[str, str]) -> None:
    """Status 1: what is no answer of ours is a bug; the whole account is in the home."""
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    with database.transaction() as db:
        db.run("UPDATE cases SET facts = '{' WHERE number = 'O-2026-0001'")
    database.dispose()
    said = home("case", "show", "O-2026-0001", status=1).stderr
    file = next(Path(environment["KENES_HOME"]).glob("bug-*.txt"))
    assert str(file) in said
    assert "Traceback" in file.read_text()


# ---- why, try, list, show


def test_why_says_what_stands_in_the_way(home: Run, number: str) -> None:
    """Every act of the state, with what the API answers."""
    acts = {act["act"]: act for act in told(home, "case", "why", number, "--as", "wb")["items"]}
    assert acts["admit"]["allowed"]
    assert not acts["cure"]["allowed"] if "cure" in acts else True
    assert "admit: yes" in home("case", "why", number, "--as", "wb").stdout


def test_try_plays_and_writes_nothing(home: Run, number: str, tmp_path: Path) -> None:
    """An act, or several from a file, on a copy of the case."""
    assert "admissible" in home("case", "try", number, "admit", "--as", "wb").stdout
    acts = tmp_path / "acts.yaml"
    acts.write_text("- {act: admit}\n- {act: admit}\n- {act: return, facts: {reason: Late}}\n")
    played = told(home, "case", "try", number, "--as", "wb", "--acts", str(acts))["items"]
    assert [True, False, False] == [one["done"] for one in played]
    assert "14.1a" in home("case", "try", number, "--as", "wb", "--acts", str(acts)).stdout
    assert ("nominated", 1) == tuple(told(home, "case", "show", number)[name] for name in ("state", "seq"))


def test_cases_are_listed_and_filtered(home: Run, number: str) -> None:
    """All cases for whoever has the database; those that wait on somebody."""
    assert [number] == [one["number"] for one in told(home, "case", "list", "--procedure", "candidacy")["items"]]
    assert number in home("case", "list", "--waiting-on", "wb").stdout
    first = home("case", "list", "--limit", "2")
    cursor = first.stderr.split()[-1]
    assert "--after" in first.stderr
    assert 2 == len(told(home, "case", "list", "--limit", "2", "--after", cursor)["items"])


def test_show_reads_the_past(home: Run, number: str) -> None:
    """The case as it had been recorded by the end of a day."""
    home("case", "act", number, "admit", "--as", "wb", later=timedelta(days=2))
    assert "nominated" == told(home, "case", "show", number, "--as-of", "2026-11-25")["state"]
    assert "admissible" == told(home, "case", "show", number, later=timedelta(days=3))["state"]
    home("case", "show", number, "--as-of", "2026-11-23", status=4)


# ---- what is said where there is nothing, nobody, or more than was asked for


def test_a_filter_that_names_nothing_is_refused(home: Run, number: str) -> None:
    """Status 2: an unknown procedure or state is no empty list; what is known is named, as by the API."""
    assert "candidacy" in home("case", "list", "--procedure", "foo", status=2).stderr
    assert "nominated" in home("case", "list", "--state", "foo", status=2).stderr
    assert "met" not in home("case", "list", "--procedure", "candidacy", "--state", "met", status=2).stdout
    assert "literal_error" == told(home, "case", "list", "--state", "foo", status=2)["faults"][0]["code"]
    home("case", "list", "--waiting-on", "nobody", status=4)


def test_who_is_not_in_the_register_is_told_so(home: Run, number: str) -> None:
    """Status 4: a mistyped name is not an office that somebody lacks."""
    for asked in (
        ("why", number), ("act", number, "admit"), ("try", number, "admit"), ("open", "candidacy.nominate", *NOMINATION)
    ):  # fmt: skip
        assert "nobody called “who”" in home("case", *asked, "--as", "who", status=4).stderr, asked


def test_an_act_says_who_is_missing_and_what_it_moved(home: Run, number: str, environment: dict[str, str]) -> None:
    """The other deputy is awaited; the approval begins a membership (14.1, 14.2c). JSON stays what the API answers."""
    home("case", "act", number, "admit", "--as", "wb")
    consider(environment, number, NOW)
    assert "d2" in home("case", "act", number, "submit", "--as", "d1").stdout
    assert "d1" not in home("case", "act", number, "submit", "--as", "d2").stdout
    order = ("--fact", "order={number: '12', date: 2026-11-24}")
    approved = home("case", "act", number, "approve", "--as", "ch", *order, "--key", "k").stdout
    assert re.search(r"^  M-2026-\d+ active, by this act$", approved, re.MULTILINE)
    assert approved == home("case", "act", number, "approve", "--as", "ch", *order, "--seen", "5", "--key", "k").stdout


def test_a_list_with_nothing_in_it_says_so(run: Run) -> None:
    """One line, in the reader's language; JSON has no items."""
    run("init")
    assert "Nothing falls due." in run("deadlines").stdout
    assert "Сроков впереди нет." in run("--language", "ru", "deadlines").stdout
    for command in (("case", "list"), ("members",), ("person", "list"), ("token", "list"), ("calendar", "changes")):
        assert "There is nothing to list." in run(*command).stderr, command


def test_a_case_not_yet_opened_says_when_it_was(home: Run, number: str) -> None:
    """Status 4, with the day on which it was opened."""
    assert "only on 24.11.2026" in home("case", "show", number, "--as-of", "2026-11-23", status=4).stderr
    assert "C-2026-9999" in home("case", "show", "C-2026-9999", "--as-of", "2026-11-23", status=4).stderr


def test_why_is_said_in_words(home: Run, number: str) -> None:
    """In the reader's language, offices by their names."""
    assert "admit: yes (for Working body)" in home("case", "why", number, "--as", "wb").stdout
    said = home("--language", "ru", "case", "why", number, "--as", "wb").stdout
    assert "admit: да (совершают: Рабочий орган" in said
    assert "working_body" not in said
    assert "admit: сіздің лауазымыңызда емес" in home("--language", "kk", "case", "why", number, "--as", "ch").stdout


def test_an_export_is_for_who_made_it(home: Run, tmp_path: Path) -> None:
    """Facts about people: nobody else may read the file, whatever the shell's mask."""
    home("export", str(tmp_path / "journal.jsonl"))
    assert 0o600 == (tmp_path / "journal.jsonl").stat().st_mode & 0o777


def test_a_token_that_is_not_there_is_named(home: Run) -> None:
    """Status 4."""
    assert "There is no token “none”." in home("token", "revoke", "none", status=4).stderr


def test_a_conflict_tells_local_times_to_the_minute(home: Run, number: str) -> None:
    """Without microseconds and offset."""
    home("case", "act", number, "admit", "--as", "wb")
    said = home("case", "act", number, "return", "--as", "wb", "--seen", "1", "--fact", "reason=Late", status=5).stderr
    assert re.search(r"2\. admit — wb, 2026-11-24 11:00 UTC\+05:00$", said, re.MULTILINE)


def test_a_wrong_scenario_is_told_once(run: Run, tmp_path: Path) -> None:
    """As JSON, or beside the timeline."""
    (tmp_path / "wrong.yaml").write_text("dance: true\n")
    arguments = ("simulate", str(tmp_path / "wrong.yaml"))
    assert run(*arguments, status=2).stderr
    assert not run(*arguments, "--json", status=2).stderr


# ---- register, law, record, tokens


def test_a_person_is_added_once(home: Run) -> None:
    """Somebody not yet known, who is to be nominated."""
    named = ("--kk", "Әлия", "--ru", "Алия", "--en", "Aliya")
    home("person", "add", "x1", *named, "--email", "aliya@example.org")
    assert ["x1"] == [
        one["person_id"] for one in told(home, "person", "list", "алия")["items"] if one["person_id"] == "x1"
    ]
    assert "already" in home("person", "add", "x1", *named, status=2).stderr
    assert "person_id" in home("person", "add", "x 1", *named, "--email", "nowhere", status=2).stderr


def test_a_broken_roster_lists_every_error(run: Run, tmp_path: Path) -> None:
    """Three different errors, each with its line, and nothing written."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace("2016-05-12", "12.13.2016")
    lines[9] = lines[9].replace(",association,", ",friend,", 1).replace(",state_body,", ",friend,", 1)
    lines[20] = lines[20].replace("@", " at ")
    broken = tmp_path / "broken.csv"
    broken.write_text("".join(lines), encoding="utf-8")
    run("init")
    said = run("roster", "import", str(broken), status=2).stderr
    assert {"5", "10", "21"} <= set(re.findall(r"^line (\d+),", said, re.MULTILINE))
    assert "Nothing was written" in said
    assert [] == told(run, "person", "list")["items"]


def test_a_roster_can_be_tried_and_imported_twice(run: Run) -> None:
    """A dry run writes nothing; a second import finds everybody there."""
    run("init")
    assert "nothing was written" in run("roster", "import", str(EXAMPLE), "--dry-run").stdout
    assert "people: 408 (there already: 0)" in run("roster", "import", str(EXAMPLE)).stdout
    assert "offices there already: 429" in run("roster", "import", str(EXAMPLE)).stdout
    assert "missing.csv" in run("roster", "import", "missing.csv", status=2).stderr


def test_norms_rulings_and_procedures(home: Run) -> None:
    """Every norm, every ruling, every table, in the reader's language."""
    norms = {norm["id"]: norm for norm in told(home, "norms")["norms"]}
    assert 161 == len(norms)
    assert {"kind": "act", "name": "candidacy.approve"} in norms["14.2c"]["carried_out_by"]
    assert all((norm["carried_out_by"] == []) == bool(norm["why_not"]) for norm in norms.values())
    assert {"id", "title", "carried_out_by", "why_not"} == {*norms["D.0"]}
    (norm,) = told(home, "norms", "8.3a")["norms"]
    assert {"file": "machines/session_guards.py", "name": "a_quorum"} in norm["code"]
    assert "guard: session.a_quorum" in home("norms", "8.3a").stdout
    assert "161 norms: " in home("norms").stderr
    assert "8.9z" in home("norms", "8.9z", status=4).stderr
    assert {"advisory"} == {
        one["value"] for one in told(home, "rulings")["items"] if one["key"] == "candidacy.council_outcome"
    }
    assert "candidacy" in {one["name"] for one in told(home, "procedures")["procedures"]}
    assert ["removal"] == [one["name"] for one in told(home, "procedures", "removal")["procedures"]]
    assert "stateDiagram" in home("procedures", "candidacy", "--mermaid").stdout
    home("procedures", "dance", status=4)


@pytest.mark.slow
def test_the_tables_are_checked(home: Run) -> None:
    """Status 6 if a table is wrong; none is."""
    home("procedures", "--check")


def test_the_calendar_is_changed_by_a_version(home: Run, number: str, environment: dict[str, str]) -> None:
    """Who changed what, and which open deadlines were counted over the day: nothing moves by itself (H05)."""
    home("case", "act", number, "admit", "--as", "wb")
    consider(environment, number, NOW)
    due = told(home, "deadlines")["items"][0]["due"]
    added = home("calendar", "add", "2026-11-27", "--note", "Order 4", "--as", "wb")
    assert f"{number} submission" in added.stdout
    assert "2026-11-27" in home("calendar", "--year", "2026").stdout
    assert due == told(home, "deadlines")["items"][0]["due"]
    change = told(home, "calendar", "changes")["items"][0]
    assert ("wb", "2026-11-27", "Order 4") == (change["actor"], change["day"], change["note"])
    home("calendar", "remove", "2026-11-27", "--note", "Withdrawn", "--as", "wb")
    assert "2026-11-27" not in home("calendar", "--year", "2026").stdout
    home("calendar", "work", "2026-11-28", "--note", "Order 5", "--as", "nobody", status=4)


def test_deadlines_have_norm_and_derivation(home: Run, number: str, environment: dict[str, str]) -> None:
    """What falls due, until a day if one is named (14.2b)."""
    home("case", "act", number, "admit", "--as", "wb")
    consider(environment, number, NOW)
    assert "submission (14.2b, target)" in home("deadlines").stdout
    assert [] == told(home, "deadlines", "--until", "2026-11-25")["items"]


def test_export_and_verify(home: Run, tmp_path: Path) -> None:
    """An export is checked by Python alone and by verify; a changed one is found (status 6)."""
    export = tmp_path / "journal.jsonl"
    home("export", str(export))
    assert "there already" in home("export", str(export), status=2).stderr
    checker = [sys.executable, str(tmp_path / "check_export.py"), str(export)]
    assert 0 == subprocess.run(checker, capture_output=True, check=False).returncode
    assert "Everything holds" in home("verify", str(export)).stdout
    export.write_text(export.read_text(encoding="utf-8").replace("chairman", "chairmaN", 1), encoding="utf-8")
    assert "NOT whole" in home("verify", str(export), status=6).stderr


def test_a_token_is_printed_alone_and_revoked(home: Run) -> None:
    """`create` prints the token and nothing else; a list never shows its secret."""
    token = home("token", "create", "wb", "--for", "30").stdout.strip()
    assert re.fullmatch(r"kenes_\w+", token)
    listed = told(home, "token", "list", "wb")["items"]
    assert token not in json.dumps(listed)
    home("token", "revoke", listed[0]["token_id"])
    assert told(home, "token", "list")["items"][0]["revoked_at"]
    home("token", "revoke", "none", status=4)


# ---- the home


def test_init_is_repeatable_and_loads_the_demo_once(run: Run) -> None:
    """What is there stays."""
    assert "demonstration is loaded" in run("init", "--demo").stdout
    assert "There are cases here already" in run("init", "--demo").stdout
    assert 23 == len(told(run, "case", "list", "--procedure", "candidacy")["items"])


def test_without_a_home_init_is_named(run: Run) -> None:
    """Nothing is made by looking: `kenes init` makes the home."""
    assert "kenes init" in run("case", "list", status=2).stderr


def test_an_empty_file_is_no_home(run: Run, environment: dict[str, str]) -> None:
    """A database without tables is told from a bug."""
    home = Path(environment["KENES_HOME"])
    home.mkdir()
    (home / "kenes.sqlite3").touch()
    assert "kenes init" in run("members", status=2).stderr


def test_a_wrong_setting_stops_with_one_line(run: Run, environment: dict[str, str]) -> None:
    """Which setting, what was expected, where it came from."""
    environment["KENES_ZONE"] = "Asia/Nowhere"
    said = run("init", status=2).stderr
    assert 1 == len(said.strip().splitlines())
    assert "KENES_ZONE" in said


def test_the_language_of_the_terminal(home: Run, environment: dict[str, str]) -> None:
    """--language, KENES_LANGUAGE, LANG, in this order; English else."""
    environment["LANG"] = "ru_RU.UTF-8"
    assert "Не найдено" in home("case", "show", "C-2026-9999", status=4).stderr
    environment["KENES_LANGUAGE"] = "en"
    assert "Not found" in home("case", "show", "C-2026-9999", status=4).stderr


@pytest.mark.parametrize("command", ["init", "desk", "up"])
def test_a_wrong_ruling_stops_before_anything_starts(
    run: Run, environment: dict[str, str], tmp_path: Path, command: str
) -> None:
    """One line, status 2, and no home is made."""
    (tmp_path / "kenes.toml").write_text('[rulings.2027-01-01]\n"poll.reference_moment" = "never"\n')
    said = run(command, status=2).stderr
    assert 1 == len(said.strip().splitlines())
    assert "poll.reference_moment" in said
    assert not Path(environment["KENES_HOME"]).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_told(run: Run, tmp_path: Path) -> None:
    """A folder that cannot be written stops `init` with a line that says so."""
    tmp_path.chmod(0o500)
    try:
        assert str(tmp_path) in run("init", status=2).stderr
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder in which nobody, not even root, makes anything")
def test_a_home_in_a_read_only_place_is_told(run: Run, environment: dict[str, str]) -> None:
    """Whoever runs it: a folder that cannot be made stops `init` with a line that says so."""
    environment["KENES_HOME"] = "/proc/kenes"
    assert "/proc/kenes" in run("init", status=2).stderr


def test_a_home_that_cannot_be_made_is_told(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """A file stands where the home should be."""
    (tmp_path / "home").write_text("a file")
    assert str(tmp_path / "home") in run("init", status=2).stderr


def test_doctor_says_how_to_mend(run: Run, environment: dict[str, str]) -> None:
    """Status 6 as long as something is wrong, each with what mends it."""
    before = {check["name"]: check for check in told(run, "doctor", status=6)["checks"]}
    assert "kenes init" in before["database"]["mend"]
    assert before["sqlalchemy"]["well"]
    run("init")
    after = {check["name"]: check for check in told(run, "doctor", status=6)["checks"]}
    assert after["database"]["well"]
    assert after["zone data"]["well"]
    assert after["calendar"]["well"]
    assert "kenes up" in after["prefect"]["mend"]
    environment["KENES_ZONE"] = "Nowhere"
    assert "KENES_ZONE" in run("doctor", status=6).stdout


def test_doctor_gives_a_service_the_time_to_begin(run: Run, environment: dict[str, str]) -> None:
    """In the first minutes of a desk nothing has swept yet, which is no fault; later it is one."""

    def sweep(later: timedelta = timedelta()) -> Any:
        checks = told(run, "doctor", status=6, later=later)["checks"]
        return next(check for check in checks if check["name"] == "sweep")

    run("init")
    assert not sweep()["well"]
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    with database.transaction() as db:
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('desk', ?, ?)", NOW, f"since {NOW.isoformat()}")
    database.dispose()
    assert (True, "none yet: the desk has run for 5 s, a sweep comes every minute") == (
        sweep(timedelta(seconds=5))["well"], sweep(timedelta(seconds=5))["found"]
    )  # fmt: skip
    assert not sweep(timedelta(minutes=10))["well"]


def test_doctor_masks_secrets(run: Run, environment: dict[str, str]) -> None:
    """No password is shown."""
    environment["KENES_SMTP_URL"] = "smtp://user:hush-hush@example.org:587"
    assert "hush-hush" not in run("doctor", status=6).output


def test_the_clock_must_not_stand_before_the_record(home: Run) -> None:
    """Entries of the future are a clock that goes wrong."""
    checks = {check["name"]: check for check in told(home, "doctor", status=6, later=timedelta(days=-30))["checks"]}
    assert not checks["clock"]["well"]


def test_a_used_port_is_told(run: Run, environment: dict[str, str]) -> None:
    """The desk names the port that something listens on already, and does not start."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment["KENES_URL"] = f"http://127.0.0.1:{port}"
        assert f"expected a free port of this machine; got 127.0.0.1:{port}" in run("desk", status=2).stderr


def test_a_worker_needs_to_know_its_server(run: Run) -> None:
    """Without PREFECT_API_URL there is nothing to work for."""
    assert "PREFECT_API_URL" in run("worker", status=2).output


def test_the_benchmarks_get_their_own_options(run: Run) -> None:
    """What follows `kenes bench` is theirs."""
    assert "--procs" in run("bench", "acts", "--help").stdout


def test_of_a_closed_case_it_is_said_that_nothing_leads_on(home: Run, number: str) -> None:
    """An empty answer would look like a fault of the program."""
    home("case", "act", number, "withdraw", "--as", "wb")
    assert say("desk.terminal.no_act", "en") in home("case", "why", number, "--as", "wb").output


@pytest.mark.parametrize(
    ("path", "folder", "name"), [("bin", ".", "kenes"), ("", ".", "bin/kenes"), ("", "elsewhere", "{here}/bin/kenes")]
)
def test_what_the_demonstration_shows_can_be_copied(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path, path: str, folder: str, name: str
) -> None:
    """Where the shell does not find `kenes`, its place is named."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "bin" / "kenes").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / path) if path else "")
    monkeypatch.chdir(tmp_path / folder)
    assert f"  {name.format(here=tmp_path)} deadlines\n" in run("init", "--demo").stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_totals_of_the_register_are_told_in_the_readers_language(home: Run, language: str) -> None:
    """With every number, and none of another language's words."""
    totals = home("--language", language, "members").output.splitlines()[-1]
    expected = say("desk.terminal.totals", language, day="2026-11-24", members=350, quorum=234, council=30, majority=20,
                   edition="2008-04-24")  # fmt: skip
    assert expected == totals


def test_a_day_that_does_not_exist_is_no_fault_of_the_yaml(home: Run) -> None:
    """It is said which fact has it, and how days are written."""
    said = home(
        "case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "decision={date: 2026-11-31}", status=2
    )
    assert "decision" in said.stderr
    assert "a date is written as 2006-04-14" in said.stderr


def test_situations_are_checked_by_either_option(run: Run) -> None:
    """`--situations` is in the contract of the command line; `--check` looks at them too."""
    assert (
        run("procedures", "office", "--check").output == run("procedures", "office", "--check", "--situations").output
    )


def test_help_marks_what_may_be_left_out_once(run: Run) -> None:
    """By one pair of brackets."""
    assert "[OPTIONS] [NAME]" in run("person", "list", "--help").stdout


@pytest.mark.parametrize(
    "wrong", [("--cases", "0"), ("--cases", "-3"), ("--procs", "0"), ("--cases", "2", "--procs", "3")]
)
def test_nothing_is_measured_of_no_acts(run: Run, wrong: tuple[str, ...]) -> None:
    """A number that leaves a process without a case is a wrong argument, no bug."""
    run("bench", "acts", *wrong, status=2)


def test_acts_on_postgresql_need_a_server(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    """One that is named, or that of the development packages."""
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr("tests.postgresql.PACKAGES", tmp_path)
    assert "PGHOST" in run("bench", "acts", "--db", "pg", status=2).output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["acts", "--cases", "2", "--json"], 0, '"acts": 10'),
        (["perform"], 2, "make develop"),
    ],
)
def test_acts_are_measured_with_what_make_setup_installs(
    monkeypatch: pytest.MonkeyPatch, run: Run, arguments: list[str], status: int, said: str
) -> None:
    """Only the table needs more, and says what."""
    for name in [each for each in sys.modules if each.startswith("benchmarks")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("aiosmtpd", "aiosmtpd.controller", "tests.receivers", "tests.service"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "aiosmtpd", None)
    assert said in run("bench", *arguments, status=status).output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "person=!!set {a}"),
            "facts have no set",
        ),
        (
            ("case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", "person=!!binary aGVsbG8="),
            "no bytes",
        ),
        (("case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--fact", f"person={'[' * 3000}"), "too deeply"),
        (("case", "open", "candidacy.nominate", "--as", "s:Kostanay", "--facts", "{latin}"), "no text in UTF-8"),
        (("case", "open", "candidacy.nominate", "--as", "s:\udcff", "--fact", "person=p:A"), "no text in UTF-8"),
        (("case", "act", "C-2026-0001", "admit", "--as", "wb", "--seen", "9" * 30), "less than or equal"),
        (("case", "list", "--after", "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwgIkMtMSJd"), "after"),
        (("deadlines", "--until", "9999-12-31"), "between 1900 and 2199"),
        (("members", "--as-of", "0001-01-01"), "between 1900 and 2199"),
        (("token", "create", "wb", "--for", "9" * 12), "less than or equal"),
    ],
)
def test_arguments_that_nobody_expects_are_no_bugs(
    home: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Tags of YAML, bytes, depths, numbers and days beyond every measure: exit status 2, and one knows why."""
    (tmp_path / "latin").write_bytes(b"reason: caf\xe9")
    done = home(*(one.format(latin=tmp_path / "latin") if one == "{latin}" else one for one in arguments), status=2)
    assert said in " ".join(done.output.split())


# ---- help


def test_every_command_has_help(run: Run) -> None:
    """All the commands that these parts of the contract name."""
    said = run("--help").stdout
    for command in ("init", "up", "roster", "desk", "worker", "case", "person", "rulings", "calendar", "members", "norms",
                    "deadlines", "procedures", "verify", "export", "bench", "doctor", "token"):  # fmt: skip
        assert re.search(rf"^  {command} +\w", said, re.MULTILINE), command
    for command in ("list", "show", "why", "open", "act", "try"):
        run("case", command, "--help")


HEAVY = (
    "prefect",
    "fastapi",
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "transitions",
    "rich",
    "yaml",
    "openpyxl",
    "alembic",
    "machines",
    "models",
)


def test_help_imports_nothing_heavy() -> None:
    """`kenes --help` must answer at once: what is heavy is imported when it is needed."""
    program = (
        "import sys\nfrom desk.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set() == set(HEAVY) & set(done.stderr.split())
