"""The register, the law, the record and its keys by command line."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from machines.wording import LANGUAGES, say
from tests.commands import EXAMPLE, NOW, Run, consider, environment, home, number, run, told

__all__ = ["environment", "home", "number", "run"]


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_totals_of_the_register_are_told_in_the_readers_language(home: Run, language: str) -> None:
    """With every number, and none of another language's words."""
    totals = home("--language", language, "members").output.splitlines()[-1]
    expected = say("desk.terminal.totals", language, day="2026-11-24", members=350, quorum=234, council=30, majority=20,
                   edition="2008-04-24")  # fmt: skip
    assert expected == totals


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


def test_situations_are_checked_by_either_option(run: Run) -> None:
    """`--situations` is in the contract of the command line; `--check` looks at them too."""
    assert (
        run("procedures", "office", "--check").output == run("procedures", "office", "--check", "--situations").output
    )


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


def test_the_calendar_belongs_to_the_working_body(home: Run, run: Run, environment: dict[str, str]) -> None:
    """Terms are counted by it (H05); while nobody is of the working body, whoever founds the register may change it."""
    said = home("calendar", "add", "2026-11-27", "--note", "Order 4", "--as", "m1", status=3).stderr
    assert "“Change the calendar of days off” is for: Working body." in said
    assert [] == told(home, "calendar", "changes")["items"]
    environment["KENES_HOME"] += "-new"
    run("init")
    run("person", "add", "wb", "--kk", "Айдос", "--ru", "Айдос", "--en", "Aidos")
    assert "Version 2" in run("calendar", "add", "2026-11-27", "--note", "Order 4", "--as", "wb").stdout


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


def test_an_export_is_for_who_made_it(home: Run, tmp_path: Path) -> None:
    """Facts about people: nobody else may read the file, whatever the shell's mask."""
    home("export", str(tmp_path / "journal.jsonl"))
    assert 0o600 == (tmp_path / "journal.jsonl").stat().st_mode & 0o777


def test_a_token_is_printed_alone_and_revoked(home: Run) -> None:
    """`create` prints the token and nothing else; a list never shows its secret."""
    token = home("token", "create", "wb", "--for", "30").stdout.strip()
    assert re.fullmatch(r"kenes_\w+", token)
    listed = told(home, "token", "list", "wb")["items"]
    assert token not in json.dumps(listed)
    home("token", "revoke", listed[0]["token_id"])
    assert told(home, "token", "list")["items"][0]["revoked_at"]
    home("token", "revoke", "none", status=4)


def test_a_token_that_is_not_there_is_named(home: Run) -> None:
    """Status 4."""
    assert "There is no token “none”." in home("token", "revoke", "none", status=4).stderr


def test_a_wrong_scenario_is_told_once(run: Run, tmp_path: Path) -> None:
    """As JSON, or beside the timeline."""
    (tmp_path / "wrong.yaml").write_text("dance: true\n")
    arguments = ("simulate", str(tmp_path / "wrong.yaml"))
    assert run(*arguments, status=2).stderr
    assert not run(*arguments, "--json", status=2).stderr
