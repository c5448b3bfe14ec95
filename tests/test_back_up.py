"""The nightly backup as operators see it: what was written, what to do when it was not, and nothing old removed too early."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from flows import back_up
from flows.home import Home
from models import Database
from models.backup import FOLDER, alone_in
from models.backup_file import opened
from models.settings import read_settings
from tests.assembly import Assembly, utc
from tests.tampering import without_guards

NOW = utc("2026-11-24 21:40")


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Home:
    settings = read_settings({"KENES_HOME": str(tmp_path / "home")}, tmp_path)
    settings.home.mkdir()
    assembly = Assembly(database, members=4)
    return Home(settings, assembly.database, assembly.book)


def kept(home: Home) -> list[Path]:
    return sorted((home.settings.home / FOLDER).glob("*.backup"))


def test_a_night_leaves_a_verified_backup_with_the_key(home: Home):
    """With a table of it, and a heartbeat; the same second again makes no other."""
    told = back_up._work(home, NOW)
    (file,) = kept(home)
    with opened(file) as backup:
        copied = backup.manifest.copied
        assert (home.settings.home / "signing.key").read_text() == backup.key
    assert ("Backed up", f"{copied.entries} entries backed up", "") == (told.name, told.title, told.failure)
    ((where, size, entries, head, _, verified),) = told.rows
    assert (str(file), str(copied.entries), copied.head[:16]) == (where, entries, head)
    assert (f"{file.stat().st_size:,}", "rows, hashes, replay") == (size, verified)
    with home.database.transaction(write=False) as db:
        ((note,),) = db.all("SELECT note FROM heartbeats WHERE name = 'back_up'")
        assert {"said": "backed_up", "file": file.name, "entries": copied.entries} == json.loads(note)
    assert "Already under way" == back_up._work(home, NOW).name


def test_two_at_once_are_one(home: Home):
    """The second finds the folder taken, and that is no failure."""
    with alone_in(home.settings.home / FOLDER):
        told = back_up._work(home, NOW)
    assert ("Already under way", "", []) == (told.name, told.failure, kept(home))


def test_the_oldest_go_when_the_new_one_is_verified(home: Home):
    """Fourteen stay; a night on which nothing could be verified removes nothing, and says what to do."""
    folder = home.settings.home / FOLDER
    folder.mkdir()
    for day in range(1, 17):
        (folder / f"kenes-202610{day:02d}T000000Z.backup").touch()
    with home.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE entries SET hash = 'x' WHERE position = 2")
        ((before,),) = db.all("SELECT count(*) FROM heartbeats")
    told = back_up._work(home, NOW)
    assert "The journal is NOT whole" in told.failure
    assert "No backup was made, the older ones are still there." in told.failure
    assert 16 == len(kept(home))
    with home.database.transaction(write=False) as db:
        assert [(before,)] == db.all("SELECT count(*) FROM heartbeats")


def test_fourteen_are_kept(home: Home):
    """The newest ones."""
    folder = home.settings.home / FOLDER
    folder.mkdir()
    for day in range(1, 17):
        (folder / f"kenes-202610{day:02d}T000000Z.backup").touch()
    told = back_up._work(home, NOW + timedelta(days=1))
    assert told.title.endswith(", 3 old removed")
    assert ["kenes-20261004T000000Z.backup", "kenes-20261125T214000Z.backup", 14] == [
        kept(home)[0].name, kept(home)[-1].name, len(kept(home)),
    ]  # fmt: skip


def test_a_night_without_a_backup_is_an_alarm_until_there_is_one(home: Home):
    """Whatever kept it from being made; another that is under way says nothing of it."""
    folder = home.settings.home / FOLDER
    folder.write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        back_up._work(home, NOW)
    assert [("backup", None)] == alarms(home)
    folder.unlink()
    with alone_in(folder):
        back_up._work(home, NOW)
    assert [("backup", None)] == alarms(home)
    back_up._work(home, NOW)
    assert [("backup", "itself")] == alarms(home)


def alarms(home: Home) -> list[tuple[str, str | None]]:
    with home.database.transaction(write=False) as db:
        return db.all("SELECT name, CASE WHEN ended_at IS NULL THEN NULL ELSE ended_by END FROM alarms")
