"""The home: made at the first start, found at the second, and what is said when it cannot be."""

import base64
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from models import Database
from models.home import open_database, prepare, signing_key
from models.migrations import HEAD, VERSION_TABLE, downgrade, revision_of
from models.settings import Settings, WrongSettingError, read_settings

AT = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)


def settings_of(folder: Path, **environment: str) -> Settings:
    return read_settings(environment, folder)


def told(settings: Settings) -> str:
    with pytest.raises(WrongSettingError) as raised:
        prepare(settings, at=AT)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def calendar(database: Database) -> list[tuple]:
    with database.transaction(write=False) as db:
        return db.all("SELECT version, actor, note FROM calendar_versions")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_everything(tmp_path: Path):
    """Folder, database at the newest schema, version 1 of the calendar, key: for their owner alone."""
    settings = settings_of(tmp_path, KENES_HOME="deep/home")
    database = prepare(settings, at=AT)
    assert HEAD == revision_of(database)
    assert [(1, "clock", "calendar_kz.csv")] == calendar(database)
    assert (0o700, 0o600) == (mode(settings.home), mode(settings.home / "signing.key"))
    assert {"kenes.sqlite3", "signing.key"} == {file.name.partition("-")[0] for file in settings.home.iterdir()}
    database.dispose()


def test_the_second_start_changes_nothing(tmp_path: Path):
    """Starting is repeatable: same key, same calendar, same rows."""
    settings = settings_of(tmp_path)
    first = prepare(settings, at=AT)
    with first.transaction() as db:
        db.run("INSERT INTO calendar_versions (version, at, actor, note) VALUES (2, ?, 'wb', '')", AT)
    first.dispose()
    key = (settings.home / "signing.key").read_text()
    second = prepare(settings, at=AT.replace(year=2028))
    assert [(1, "clock", "calendar_kz.csv"), (2, "wb", "")] == calendar(second)
    assert key == (settings.home / "signing.key").read_text()
    second.dispose()


def test_a_home_that_stands_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Only what is missing is made: whoever starts again starts at once."""
    settings = settings_of(tmp_path)
    prepare(settings, at=AT).dispose()
    monkeypatch.setattr("models.migrations._migrate", lambda *_: pytest.fail("migrated again"))
    prepare(settings, at=AT).dispose()


@pytest.mark.postgresql
def test_postgresql_is_prepared_in_the_same_way(postgresql_url: str, tmp_path: Path):
    """The home then holds the key alone."""
    settings = settings_of(tmp_path, KENES_DATABASE_URL=postgresql_url)
    database = open_database(settings)
    downgrade(database)
    database.dispose()
    for _ in range(2):
        database = prepare(settings, at=AT)
        assert [(1, "clock", "calendar_kz.csv")] == calendar(database)
        database.dispose()
    assert ["signing.key"] == [file.name for file in settings.home.iterdir()]


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path):
    """Which setting, what was expected, what is there."""
    (tmp_path / "file").write_text("")
    line = f"KENES_HOME (environment): expected a folder that can be written; got {tmp_path}/file/home: not a directory"
    assert line == told(settings_of(tmp_path, KENES_HOME="file/home"))


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """Lend a folder in which this process may not write: root may write everywhere, so it is somebody else for a while."""
    folder = Path(tempfile.mkdtemp(prefix="kenes-"))
    folder.chmod(0o555)
    was = os.geteuid()
    if was == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    yield folder
    os.seteuid(was)
    folder.rmdir()


def test_a_read_only_folder_is_told(read_only_folder: Path):
    """Nothing is left half made."""
    line = (
        f"KENES_HOME (default): expected a folder that can be written; got {read_only_folder}/.kenes: permission denied"
    )
    assert line == told(settings_of(read_only_folder))


def test_a_read_only_database_is_told(tmp_path: Path):
    """Also one that was made already, if by another version."""
    prepare(settings_of(tmp_path), at=AT).dispose()
    file = tmp_path / ".kenes" / "kenes.sqlite3"
    database = Database(f"sqlite:///{file}")
    downgrade(database)
    database.dispose()
    line = told(settings_of(tmp_path, KENES_DATABASE_URL=f"sqlite:///file:{file}?mode=ro&uri=true"))
    assert line.startswith(
        "KENES_DATABASE_URL (environment): expected a database that can be reached and written; got "
    )
    assert "readonly" in line


@pytest.mark.parametrize(
    ("url", "got"),
    [
        ("sqlite:///nowhere/kenes.db", "unable to open database file"),
        ("sqlite:///kenes.toml", "file is not a database"),
        ("postgresql://kenes:s3cret@/kenes?host=/nowhere&connect_timeout=2", "No such file or directory"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told(tmp_path: Path, url: str, got: str):
    """In the words of the database, without the password."""
    (tmp_path / "kenes.toml").write_text(f'database_url = "{url}"\n' + "# a comment\n" * 100)
    line = told(settings_of(tmp_path))
    assert line.startswith("database_url (kenes.toml): expected a database that can be reached and written; got ")
    assert got in line
    assert "s3cret" not in line


def test_a_newer_database_is_told(tmp_path: Path):
    """An older version leaves it alone."""
    settings = settings_of(tmp_path)
    database = prepare(settings, at=AT)
    with database.transaction() as db:
        db.run(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    database.dispose()
    assert told(settings).endswith("or older; got revision 9999 of a newer version of kenes")


# ----------------------------------------------------------------------------------------------------------- the key


def test_the_key_is_made_once(tmp_path: Path):
    """Whoever starts at the same moment finds the same whole key."""
    settings = settings_of(tmp_path)
    settings.home.mkdir()
    with ThreadPoolExecutor(8) as pool:
        keys = {key.private_bytes_raw() for key in pool.map(lambda _: signing_key(settings), range(32))}
    assert 1 == len(keys)
    assert ["signing.key"] == [file.name for file in settings.home.iterdir()]


def test_a_key_that_is_set_is_taken(tmp_path: Path):
    """As PEM, with its lines or on one, or as 32 bytes in base64; the home then gets none."""
    key = signing_key(settings_of(tmp_path, KENES_HOME=str(tmp_path)))
    pem = (tmp_path / "signing.key").read_text()
    raw = base64.b64encode(key.private_bytes_raw()).decode()
    for text in (pem, pem.replace("\n", "\\n"), raw):
        settings = settings_of(tmp_path, KENES_SIGNING_KEY=text)
        assert key.private_bytes_raw() == signing_key(settings).private_bytes_raw()
        prepare(settings, at=AT).dispose()
    assert not (tmp_path / ".kenes" / "signing.key").exists()


def test_another_key_is_told(tmp_path: Path):
    """What signs otherwise, or nothing at all; the key itself is not repeated."""
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(WrongSettingError, match=r"^KENES_SIGNING_KEY \(environment\): expected an Ed25519") as raised:
        signing_key(settings_of(tmp_path, KENES_SIGNING_KEY=other))
    assert other.splitlines()[1] not in str(raised.value)
    settings = settings_of(tmp_path, KENES_HOME=str(tmp_path))
    file = tmp_path / "signing.key"
    for text in (other, "", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "ключ"):
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        with pytest.raises(WrongSettingError, match="expected an Ed25519 private key as PEM; got another"):
            signing_key(settings)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path):
    """Whoever has it can seal another journal."""
    settings = settings_of(tmp_path)
    prepare(settings, at=AT).dispose()
    (settings.home / "signing.key").chmod(0o644)
    line = f"signing.key ({settings.home}/signing.key): expected a file that only its owner reads; got mode 644; chmod 600 mends it"
    assert line == told(settings)
