"""The command line: what the API does, on the home's own database, with an exit status that scripts can rely on."""

import re
from pathlib import Path

import pytest

from models.database import Database
from tests.commands import NOMINATION, NOW, Run, consider, environment, home, number, run, told

__all__ = ["environment", "home", "number", "run"]


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
