"""`kenes backup`, `restore`, `move`: what an operator types, what is answered, and what is refused without touching anything."""

import fcntl
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from desk.cli.console import Surroundings
from desk.cli.main import main
from models import Database
from models.backup import FOLDER, alone_in
from models.host import _started, boot
from tests import postgresql
from tests.assembly import Assembly, nomination
from tests.full_store import rows_of

pytestmark = pytest.mark.slow  # each of them takes long; `make test` runs them

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
NAME = "kenes-20261124T060000Z.backup"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `kenes` on a home of this test, at a time that stands still."""

    def kenes(*arguments: str, home: str = "home", status: int = 0, **environment: str) -> Result:
        given = {"KENES_HOME": str(tmp_path / home), "LANG": "C.UTF-8", **environment}
        result = CliRunner().invoke(main, arguments, obj=Surroundings(given, tmp_path, lambda: NOW))
        assert status == result.exit_code, result.output
        assert "Traceback" not in result.output
        return result

    return kenes


@pytest.fixture
def assembly(run: Run, tmp_path: Path) -> Any:
    """A home with an Assembly that has a letter waiting."""
    run("init")
    database = Database(f"sqlite:///{tmp_path / 'home' / 'kenes.sqlite3'}")
    assembly = Assembly(database, members=4, starts="2026-11-23 10:00")
    decision = nomination()["decision"] | {"date": "2026-11-20"}
    facts = nomination(decision=decision, proposals=[{"by": "German centre", "date": "2026-11-02"}])
    assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=facts)
    yield assembly
    database.dispose()


def test_there_and_back(assembly: Assembly, run: Run, tmp_path: Path):
    """An empty home gets every row and the key, is told what to do, and works on."""
    said = run("backup").stdout
    file = tmp_path / "home" / FOLDER / NAME
    assert f"{file}: " in said
    assert "The signing key is inside" in said
    said = run("restore", str(file), home="new").stdout
    assert "Every row and every entry is that of the backup" in said
    assert "The backup was made 2026-11-24 11:00 UTC+05:00 by kenes 0.1.0" in said
    assert "Messages that waited then: 1. They are sent when the service runs, under the same ids." in said
    assert said.endswith("Next:\n  kenes verify\n  kenes up\n")
    assert (tmp_path / "home" / "signing.key").read_text() == (tmp_path / "new" / "signing.key").read_text()
    assert "Everything holds" in run("verify", home="new").stdout
    assert "C-2026-0001: withdrawn, entry 2" in run(
        "case", "act", "C-2026-0001", "withdraw", "--as", "p:A", "--fact", "reason=No time", home="new"
    ).stdout  # fmt: skip
    assert "it is not empty" in run("restore", str(file), home="new", status=2).output


def test_what_json_tells(assembly: Assembly, run: Run, tmp_path: Path):
    """Versions, when, what of, how much, the head of the journal, a digest a table."""
    told = json.loads(run("backup", str(tmp_path / "k.backup"), "--json").stdout)
    ((position, head),) = assembly.ask("SELECT position, hash FROM entries ORDER BY position DESC LIMIT 1")
    assert {"kenes": "0.1.0", "schema": "0001", "source": "sqlite", "verified": True}.items() <= told.items()
    assert (position, head, position) == (told["position"], told["head"], told["tables"]["entries"]["rows"])
    assert str(tmp_path / "k.backup") == told["file"]
    assert 64 == len(told["tables"]["people"]["digest"])


def test_a_backup_can_be_checked_without_restoring_it(assembly: Assembly, run: Run, tmp_path: Path):
    """Whole, of when and by whom signed; and no home is made."""
    file = tmp_path / "k.backup"
    run("backup", str(file))
    assert f"{file} is whole: " in run("restore", str(file), "--dry-run", home="new").stdout
    assert not (tmp_path / "new").exists()


def test_a_damaged_backup_is_a_check_that_failed(assembly: Assembly, run: Run, tmp_path: Path):
    """Status 6, what is wrong, and no home."""
    file = tmp_path / "k.backup"
    run("backup", str(file))
    file.write_bytes(file.read_bytes()[:-100])
    for more in ((), ("--dry-run",)):
        assert "cut short" in run("restore", str(file), *more, home="new", status=6).output
    assert not (tmp_path / "new").exists()
    assert "no such file" in run("restore", str(tmp_path / "none"), home="new", status=2).output


def test_the_key_can_be_kept_apart(assembly: Assembly, run: Run, tmp_path: Path):
    """Then it is asked for: a home that makes another one would be at odds with every seal."""
    file, key = tmp_path / "k.backup", tmp_path / "home" / "signing.key"
    assert "The signing key is not inside" in run("backup", str(file), "--without-key").stdout
    assert "put the one that is kept apart" in run("restore", str(file), home="new", status=2).output
    run("init", home="new")
    assert "is not that of the backup" in run("restore", str(file), home="new", status=2).output
    (tmp_path / "new" / "signing.key").write_text(key.read_text())
    run("restore", str(file), home="new")
    assert "put the signing key to" in run("restore", str(file), "--without-key", home="third").stdout


def test_a_failed_restore_leaves_no_key(assembly: Assembly, run: Run, tmp_path: Path):
    """All or nothing holds of the home as well."""
    file, used = tmp_path / "k.backup", f"sqlite:///{tmp_path / 'home' / 'kenes.sqlite3'}"
    run("backup", str(file))
    run("restore", str(file), "--to", used, home="new", status=2)
    assert not (tmp_path / "new" / "signing.key").exists()


def test_what_is_in_the_way_is_said(assembly: Assembly, run: Run, tmp_path: Path):
    """A file that is there, a backup under way, a folder that is none, an address that is none."""
    run("backup", str(tmp_path / "k.backup"))
    assert "is there already" in run("backup", str(tmp_path / "k.backup"), status=2).output
    with alone_in(tmp_path / "home" / FOLDER):
        assert "already under way" in run("backup", status=5).output
    assert "There is no database" in run("backup", home="none", status=2).output
    assert "--to: expected" in run("move", "--to", "mysql://x/y", status=2).output
    assert "--to: expected" in run("restore", str(tmp_path / "k.backup"), "--to", "x", status=2).output
    assert "It is the same database" in run("move", "--to", f"sqlite:///{tmp_path}/home/kenes.sqlite3", status=2).output


def test_nothing_is_moved_under_a_running_service(assembly: Assembly, run: Run, tmp_path: Path):
    """What is done meanwhile would be lost: by `kenes up`, or by a desk that has left word of itself."""
    run("backup", str(tmp_path / "k.backup"))
    to = f"sqlite:///{tmp_path / 'to.db'}"
    with (tmp_path / "home" / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (("move", "--to", to), ("restore", str(tmp_path / "k.backup"))):
            assert "kenes runs on" in run(*command, status=2).output
        assert "Restored into" in run("restore", str(tmp_path / "k.backup"), "--to", f"{to}.look").stdout
    parent = os.getppid()
    with assembly.database.transaction() as db:
        lives = f"{boot()}/{parent}/{_started(parent)}"
        db.run("INSERT INTO witnesses (process, boot, at, ran_ms) VALUES (?, ?, ?, 1)", lives, boot(), NOW)
    assert f"(process {parent})" in run("move", "--to", to, status=2).output
    with assembly.database.transaction() as db:
        db.run("DELETE FROM witnesses")
    assert "Moved to" in run("move", "--to", to).stdout


@pytest.mark.postgresql
def test_a_home_is_moved_to_postgresql(assembly: Assembly, run: Run, tmp_path: Path, postgresql_server: str):
    """Said once, then set; the old one stays as it is. A second time it is not empty."""
    before = rows_of(assembly.database)
    with postgresql.fresh_database(postgresql_server) as url:
        said = run("move", "--to", url).stdout
        assert "Verified entry by entry" in said
        assert "set KENES_DATABASE_URL" in said
        target = Database(url)
        assert before == rows_of(target) == rows_of(assembly.database)
        assert "Everything holds" in run("verify", KENES_DATABASE_URL=url).stdout
        assert "it is not empty" in run("move", "--to", url, status=2).output
        run("backup", str(tmp_path / "k.backup"), KENES_DATABASE_URL=url)
        run("restore", str(tmp_path / "k.backup"), home="new")
        target.dispose()
    back = Database(f"sqlite:///{tmp_path / 'new' / 'kenes.sqlite3'}")
    assert before == rows_of(back)
    back.dispose()


def test_a_server_that_cannot_be_reached_is_said(assembly: Assembly, run: Run):
    """In one line, and it is no bug."""
    assert "The database cannot be used" in run("move", "--to", "postgresql://127.0.0.1:1/x", status=2).output


def test_the_key_is_not_inside_where_it_is_set_elsewhere(assembly: Assembly, run: Run, tmp_path: Path):
    """KENES_SIGNING_KEY is kept by whoever set it; a restore asks for the same one."""
    key = (tmp_path / "home" / "signing.key").read_text()
    run("backup", str(tmp_path / "k.backup"), KENES_SIGNING_KEY=key)
    assert "put the one that is kept apart" in run("restore", str(tmp_path / "k.backup"), home="new", status=2).output
    run("restore", str(tmp_path / "k.backup"), home="new", KENES_SIGNING_KEY=key)
    assert not (tmp_path / "new" / "signing.key").exists()


def test_restore_and_move_as_json(assembly: Assembly, run: Run, tmp_path: Path):
    """What was looked through, restored and moved, in numbers; a refusal stays on the standard error."""
    run("backup", str(tmp_path / "k.backup"))
    checked = json.loads(run("restore", str(tmp_path / "k.backup"), "--dry-run", "--json", home="new").stdout)
    assert (False, True) == (checked["restored"], checked["verified"])
    restored = json.loads(run("restore", str(tmp_path / "k.backup"), "--json", home="new").stdout)
    assert (True, 1, checked["tables"]) == (restored["restored"], restored["messages_waiting"], restored["tables"])
    moved = json.loads(run("move", "--to", f"sqlite:///{tmp_path / 'moved.sqlite3'}", "--json", home="new").stdout)
    assert (restored["entries"], restored["tables"]) == (moved["entries"], moved["tables"])
    assert f"{tmp_path / 'moved.sqlite3'}" in moved["to"]
    assert "" == run("restore", str(tmp_path / "k.backup"), "--json", home="new", status=2).stdout
