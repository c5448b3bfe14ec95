"""A backup is a file that was verified after it was written; what is not as it was written is no backup; half of one is nothing."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machines.copied import NotWholeError, copy_whole
from models import Database
from models.backup import LOCK, NoRoomError, UnderWayError, _look_for_room, alone_in, place_of, restore, write_backup
from models.backup_file import DamagedError, Manifest, _digest, keep_newest, name_at, opened, part_of
from models.copying import NotEmptyError
from tests import postgresql
from tests.assembly import Assembly, nomination, utc
from tests.full_store import KEY, full_store, rows_of
from tests.service import PATIENCE_S, ROOT
from tests.tampering import without_guards

pytestmark = pytest.mark.slow  # each of them takes long; `make test` runs them

NOW = utc("2026-11-24 02:40")
PEM = "-----BEGIN PRIVATE KEY-----\n"


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return full_store(database)


@pytest.fixture
def small(sqlite_database: Database) -> Assembly:
    return Assembly(sqlite_database, members=4)


def written(database: Database, file: Path, *, copy: Callable = copy_whole, pem: str = "") -> Manifest:
    return write_backup(database, file, copy=copy, at=NOW, key=KEY, pem=pem)


@contextlib.contextmanager
def empty(folder: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    yield database
    database.dispose()


# ------------------------------------------------------------------------------------------------------ written and restored


def test_a_backup_is_one_file_that_only_its_owner_reads(assembly: Assembly, tmp_path: Path):
    """SQLite whatever it is of, with the key where it is given; restored it is what it was."""
    file = tmp_path / "k.backup"
    manifest = written(assembly.database, file, pem=PEM)
    assert (0o600, ["k.backup"]) == (file.stat().st_mode & 0o777, [each.name for each in tmp_path.glob("*k.back*")])
    assert (assembly.database.kind, "2026-11-24T02:40:00.000000+00:00") == (manifest.source, manifest.at)
    with opened(file) as kept, empty(tmp_path) as target:
        assert (manifest, PEM) == (kept.manifest, kept.key)
        assert manifest.copied == restore(kept, target, copy=copy_whole)
        assert rows_of(assembly.database) == rows_of(target)
        with pytest.raises(NotEmptyError):
            restore(kept, target, copy=copy_whole)


@pytest.mark.postgresql
def test_a_backup_of_either_is_restored_into_postgresql(assembly: Assembly, postgresql_server: str, tmp_path: Path):
    """The same file, whatever it is of."""
    written(assembly.database, tmp_path / "k.backup")
    with postgresql.fresh_database(postgresql_server) as url, opened(tmp_path / "k.backup") as kept:
        target = Database(url)
        restore(kept, target, copy=copy_whole)
        assert rows_of(assembly.database) == rows_of(target)
        target.dispose()


def test_without_the_key_there_is_none_inside(small: Assembly, tmp_path: Path):
    """Whoever has the key and the database can forge seals."""
    manifest = written(small.database, tmp_path / "k.backup")
    with opened(tmp_path / "k.backup") as kept:
        assert ("", False) == (kept.key, manifest.with_key)
    assert b"PRIVATE" not in (tmp_path / "k.backup").read_bytes()


def test_while_others_write_the_copy_is_one_state(database: Database, tmp_path: Path):
    """Nobody waits for it, nothing of what is done meanwhile is half in it, and the journal of it is whole."""
    assembly = Assembly(database, members=6, candidates=tuple("ABCDEFGH"))
    begun, stop = threading.Event(), threading.Event()

    def write(person: str) -> None:
        other = Assembly.__new__(Assembly)
        other.__dict__ = dict(assembly.__dict__)
        while not stop.is_set():
            case = other.do("s:Kostanay", "candidacy.nominate", facts=nomination(person))
            other.do(person, "candidacy.withdraw", case=case, facts={"reason": "No time"})
            begun.set()

    threads = [threading.Thread(target=write, args=(f"p:{letter}",)) for letter in "ABC"]
    for thread in threads:
        thread.start()
    assert begun.wait(PATIENCE_S)
    before = assembly.ask("SELECT count(*) FROM entries")[0][0]
    copied = written(database, tmp_path / "k.backup").copied
    stop.set()
    for thread in threads:
        thread.join()
    after = assembly.ask("SELECT count(*) FROM entries")[0][0]
    assert before <= copied.entries <= after
    assert before < after


def test_whoever_acts_in_the_middle_waits_for_nobody(small: Assembly, tmp_path: Path):
    """A reading transaction holds nobody up; what is done after it began is not in the backup."""
    entries = small.ask("SELECT count(*) FROM entries")[0][0]
    done = []

    def on_page() -> None:
        if not done:
            done.append(small.do("s:Kostanay", "candidacy.nominate", facts=nomination()))

    copied = written(
        small.database, tmp_path / "k.backup", copy=lambda *both: copy_whole(*both, on_page=on_page)
    ).copied  # fmt: skip
    assert (entries, entries + 1) == (copied.entries, small.ask("SELECT count(*) FROM entries")[0][0])


# ---------------------------------------------------------------------------------------------------------------- damaged


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def _cut_by_a_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _one_row(file: Path) -> None:
    _change(file, "UPDATE people SET email = 'somebody@else.example' WHERE person_id = 'wb'")


def _one_row_and_the_digest(file: Path) -> None:
    content = file.read_bytes()
    end = content[content.rindex(b"\nkenes backup") :]
    file.write_bytes(content[: -len(end)])
    _change(file, "UPDATE people SET email = 'somebody@else.example' WHERE person_id = 'wb'")
    with file.open("r+b") as changed:
        digest = _digest(changed, file.stat().st_size)
        changed.seek(0, os.SEEK_END)
        changed.write(end[:-65] + digest + b"\n")


def _another_database(file: Path) -> None:
    file.unlink()
    _change(file, "CREATE TABLE people (name)")


def _text(file: Path) -> None:
    file.write_text("Dear reader")


def _nothing(file: Path) -> None:
    file.write_bytes(b"")


def _change(file: Path, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute(sql)
        connection.commit()


DAMAGE = {
    _cut: "cut short", _cut_by_a_byte: "cut short", _one_bit: "its digest is another", _one_row: "cut short|its digest is another",
    _one_row_and_the_digest: "the rows of people are others", _another_database: "no backup", _text: "no backup", _nothing: "no backup",
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_what_is_not_as_it_was_written_is_refused(small: Assembly, tmp_path: Path, damage: Callable[[Path], None]):
    """With what is wrong; nothing of it is restored."""
    file = tmp_path / "k.backup"
    written(small.database, file)
    damage(file)
    with empty(tmp_path) as target:
        with pytest.raises(DamagedError, match=DAMAGE[damage]), opened(file) as kept:
            restore(kept, target, copy=copy_whole)
        assert 0 == _rows(target)


@pytest.mark.parametrize(
    ("told", "refused"),
    [({"schema": "0002"}, "made by kenes 0.1.0"), ({"version": 2}, "format 2"), ({"at": "x"}, "signature")],
)
def test_what_it_says_of_itself_is_signed(small: Assembly, tmp_path: Path, told: dict, refused: str):
    """A newer version is named; a change of what it says is not by the home's key."""
    file = tmp_path / "k.backup"
    written(small.database, file)
    _resaid(file, told)
    with pytest.raises(DamagedError, match=refused), opened(file):
        pass


def _resaid(file: Path, told: dict) -> None:
    """Change what a backup says, as somebody would who knows the form but has no key."""
    content = file.read_bytes()
    end = content[content.rindex(b"\nkenes backup") :]
    file.write_bytes(content[: -len(end)])
    with contextlib.closing(sqlite3.connect(file)) as connection:
        ((said,),) = connection.execute("SELECT value FROM backup WHERE name = 'manifest'").fetchall()
        connection.execute(
            "UPDATE backup SET value = ? WHERE name = 'manifest'", (json.dumps(json.loads(said) | told),)
        )
        connection.commit()
    with file.open("r+b") as changed:
        digest = _digest(changed, file.stat().st_size)
        changed.seek(0, os.SEEK_END)
        changed.write(end[:-65] + digest + b"\n")


# ------------------------------------------------------------------------------------------------------- nothing half is left


def test_a_journal_that_is_not_whole_gives_no_file(small: Assembly, tmp_path: Path):
    """The home is kept as it is until somebody knows why."""
    with small.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE entries SET hash = 'x' WHERE position = 2")
    with pytest.raises(NotWholeError):
        written(small.database, tmp_path / "k.backup")
    assert [] == list(tmp_path.glob("*k.backup*"))


def test_a_full_disk_gives_no_file(small: Assembly, tmp_path: Path):
    """Before it begins, where one can know; in the middle, where the disk says so."""

    def too_much(source, target):
        target.run("PRAGMA max_page_count = 1")
        return copy_whole(source, target)

    with pytest.raises(NoRoomError, match="is full. Make room there"):
        written(small.database, tmp_path / "k.backup", copy=too_much)
    with pytest.raises(NoRoomError, match="a backup needs about"):
        _look_for_room(tmp_path, 1 << 60)
    assert [] == list(tmp_path.glob("*k.backup*"))


def test_a_file_that_is_there_stays(small: Assembly, tmp_path: Path):
    """Whatever it is."""
    (tmp_path / "k.backup").write_text("mine")
    with pytest.raises(FileExistsError):
        written(small.database, tmp_path / "k.backup")
    assert "mine" == (tmp_path / "k.backup").read_text()


_KILLED = """
import os, signal, sys
from machines.copied import copy_whole
from models import Database
from models.backup import restore, write_backup
from models.backup_file import opened
from pathlib import Path
from tests.full_store import KEY
from tests.test_backup import NOW
what, url, file, left = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])

def on_page():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

def copy(source, target):
    return copy_whole(source, target, on_page=on_page)

if what == "backup":
    write_backup(Database(url), file, copy=copy, at=NOW, key=KEY)
else:
    with opened(file) as kept:
        restore(kept, Database(url), copy=copy)
"""


def killed(what: str, url: str, file: Path, page: int) -> None:
    """Run a copy in a process of its own that is killed at a page."""
    command = [sys.executable, "-c", _KILLED, what, url, str(file), str(page)]
    assert -signal.SIGKILL == subprocess.run(command, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("page", [1, 12])  # in the middle of writing; while it is read back
def test_a_backup_that_is_killed_leaves_no_backup(small: Assembly, tmp_path: Path, page: int):
    """What it leaves does not bear the name of one, and the next backup removes it."""
    folder, file = tmp_path / "backups", tmp_path / "backups" / name_at(NOW)
    folder.mkdir()
    killed("backup", small.database.url.render_as_string(), file, page)
    assert [part_of(file)] == list(folder.iterdir())
    with alone_in(folder):
        written(small.database, file)
    assert {LOCK, file.name} == {each.name for each in folder.iterdir()}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_restore_that_is_killed_leaves_nothing(
    small: Assembly, tmp_path: Path, kind: str, request: pytest.FixtureRequest
):
    """The target is as empty as before, and takes the backup the next time."""
    file = tmp_path / "k.backup"
    written(small.database, file)
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'target.db'}"
        if kind == "postgresql":
            url = stack.enter_context(postgresql.fresh_database(request.getfixturevalue("postgresql_server")))
        killed("restore", url, file, 12)
        target = Database(url)
        stack.callback(target.dispose)
        assert 0 == _rows(target)
        restore(stack.enter_context(opened(file)), target, copy=copy_whole)
        assert rows_of(small.database) == rows_of(target)


def _rows(database: Database) -> int:
    """Count every row; a database without tables has none."""
    from models.migrations import upgrade

    upgrade(database)
    return sum(map(len, rows_of(database).values()))


# ------------------------------------------------------------------------------------------------------------ names and places


def test_only_what_bears_the_name_of_a_backup_is_removed(tmp_path: Path):
    """The newest stay; what somebody has put there under another name stays too."""
    days = [name_at(utc(f"2026-11-{day:02d} 02:40")) for day in range(1, 6)]
    for name in (*days, "before-upgrade.backup", "notes.txt"):
        (tmp_path / name).touch()
    assert days[:3] == [each.name for each in keep_newest(tmp_path, 2)]
    assert {*days[3:], "before-upgrade.backup", "notes.txt"} == {each.name for each in tmp_path.iterdir()}


def test_two_at_once_do_not_write_into_one_folder(tmp_path: Path):
    """The second is told; afterwards the folder is free."""
    with alone_in(tmp_path / "b"), pytest.raises(UnderWayError), alone_in(tmp_path / "b"):
        pass
    with alone_in(tmp_path / "b"):
        assert 0o700 == (tmp_path / "b").stat().st_mode & 0o777


def test_where_a_backup_goes(tmp_path: Path):
    """A folder gets a file with the instant for its name; anything else is the file itself."""
    assert tmp_path / "backups" / "kenes-20261124T024000Z.backup" == place_of(None, tmp_path, at=NOW)
    assert tmp_path / "kenes-20261124T024000Z.backup" == place_of(tmp_path, tmp_path, at=NOW)
    assert tmp_path / "mine" == place_of(tmp_path / "mine", tmp_path, at=NOW)
