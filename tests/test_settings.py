"""Settings: where each value comes from, and the one line that is said of a wrong one."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from machines.configured import configured_book
from models.settings import Settings, WrongSettingError, read_settings

KEY = "Kioq" * 10 + "Kio="  # 32 bytes


def toml(folder: Path, text: str) -> Path:
    (folder / "kenes.toml").write_text(text, encoding="utf-8")
    return folder


def told(folder: Path, **environment: str) -> str:
    """Return the one line about settings that cannot be."""
    with pytest.raises(WrongSettingError) as raised:
        read_settings(environment, folder)
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_without_any_setting_everything_has_a_value(tmp_path: Path):
    """Nothing needs to be set to begin with."""
    settings = read_settings({"PATH": "/bin", "HOME": "/root"}, tmp_path)
    assert tmp_path / ".kenes" == settings.home
    assert f"sqlite:///{tmp_path}/.kenes/kenes.sqlite3" == settings.database_url
    assert ("http://127.0.0.1:8420", "Asia/Almaty") == (settings.url, settings.zone)
    assert (None, None, None) == (settings.smtp_url, settings.signing_key, settings.prefect_api_url)
    assert ((), ("kk", "ru", "en"), ()) == (settings.webhook_urls, settings.languages, settings.rulings)
    assert ((), "text") == (settings.operators, settings.log)
    assert {"default"} == set(settings.sources.values())


def test_every_setting_can_come_from_the_environment(tmp_path: Path):
    """The names are public."""
    settings = read_settings(
        {
            "KENES_HOME": "data", "KENES_DATABASE_URL": "postgresql://k:s@db/kenes", "KENES_URL": "https://kenes.example/",
            "KENES_LISTEN": "127.0.0.1:8420",
            "KENES_SMTP_URL": "smtps://me%40x.example:pw@mail:465", "KENES_WEBHOOK_URLS": "https://a.example/x, http://b:1/y",
            "KENES_SIGNING_KEY": KEY, "KENES_ZONE": "Asia/Aqtau", "KENES_LANGUAGES": "ru kk",
            "KENES_OPERATORS": "ops@kenes.example, night@kenes.example", "KENES_LOG": "json",
            "PREFECT_API_URL": "http://127.0.0.1:4200/api",
        },
        tmp_path,
    )  # fmt: skip
    assert Settings(
        home=tmp_path / "data", database_url="postgresql://k:s@db/kenes", url="https://kenes.example",
        listen="127.0.0.1:8420",
        smtp_url="smtps://me%40x.example:pw@mail:465", webhook_urls=("https://a.example/x", "http://b:1/y"), signing_key=KEY,
        zone="Asia/Aqtau", languages=("ru", "kk"), prefect_api_url="http://127.0.0.1:4200/api", rulings=(),
        operators=("ops@kenes.example", "night@kenes.example"), log="json",
        sources=dict.fromkeys(settings.sources, "environment") | {"rulings": "default"},
    ) == settings  # fmt: skip


def test_every_setting_can_come_from_the_file(tmp_path: Path):
    """The same names in small letters, lists as lists; rulings are there alone."""
    text = f"""
        home = "data"
        database_url = "sqlite:///here.db"
        url = "http://0.0.0.0:80"
        listen = "[::1]:8420"
        smtp_url = "smtp://localhost"
        webhook_urls = ["https://a.example/x"]
        signing_key = "{KEY}"
        zone = "Asia/Almaty"
        languages = ["en"]
        operators = ["ops@kenes.example"]
        log = "json"
        prefect_api_url = "http://p/api"
        [rulings.2027-01-01]
        poll.reference_moment = "open"
        "session.notice.extra_day" = true
        poll.excluded_kinds = ["candidacy"]
        [rulings.2026-01-01]
        removal.submission.min_submitters = 2
    """
    settings = read_settings({}, toml(tmp_path, text))
    assert (tmp_path / "data", f"sqlite:///{tmp_path}/here.db") == (settings.home, settings.database_url)
    assert ("http://0.0.0.0:80", ("https://a.example/x",), ("en",)) == (
        settings.url,
        settings.webhook_urls,
        settings.languages,
    )
    assert (
        (date(2026, 1, 1), "removal.submission.min_submitters", 2),
        (date(2027, 1, 1), "poll.excluded_kinds", ("candidacy",)),
        (date(2027, 1, 1), "poll.reference_moment", "open"),
        (date(2027, 1, 1), "session.notice.extra_day", True),
    ) == settings.rulings
    assert {"kenes.toml"} == set(settings.sources.values())


def test_the_environment_goes_before_the_file(tmp_path: Path):
    """An empty variable counts as none."""
    toml(tmp_path, 'zone = "Asia/Aqtau"\nurl = "http://a"\n')
    settings = read_settings({"KENES_ZONE": "Asia/Almaty", "KENES_URL": " "}, tmp_path)
    assert ("Asia/Almaty", "environment") == (settings.zone, settings.sources["zone"])
    assert ("http://a", "kenes.toml") == (settings.url, settings.sources["url"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///a/b.db", "sqlite:///{folder}/a/b.db"),
        ("sqlite:////a/b.db?timeout=3", "sqlite:////a/b.db?timeout=3"),
        ("sqlite:///file:x?mode=memory&uri=true", "sqlite:///file:x?mode=memory&uri=true"),
        ("postgresql+psycopg://db/kenes", "postgresql+psycopg://db/kenes"),
        ("postgresql:///kenes?host=/tmp", "postgresql:///kenes?host=/tmp"),
    ],
)
def test_an_address_of_a_database_does_not_depend_on_the_folder(tmp_path: Path, given: str, kept: str):
    """Whoever is started later, elsewhere, by the same settings finds the same file."""
    assert kept.format(folder=tmp_path) == read_settings({"KENES_DATABASE_URL": given}, tmp_path).database_url


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("KENES_HOME", "what?", "a folder, its path without a question mark"),
        ("KENES_DATABASE_URL", "mysql://host/name", "sqlite:///file.sqlite3 or postgresql://user:password@host/name"),
        (
            "KENES_DATABASE_URL",
            "postgres://host/name",
            "sqlite:///file.sqlite3 or postgresql://user:password@host/name",
        ),
        ("KENES_DATABASE_URL", "postgresql://host:port/name", "sqlite:///file.sqlite3 or postgresql://"),
        ("KENES_DATABASE_URL", "postgresql://host", "sqlite:///file.sqlite3 or postgresql://"),
        ("KENES_DATABASE_URL", "sqlite:file", "sqlite:///file.sqlite3 or postgresql://"),
        ("KENES_DATABASE_URL", "/var/kenes.db", "sqlite:///file.sqlite3 or postgresql://"),
        ("KENES_URL", "127.0.0.1:8420", "an address such as http://127.0.0.1:8420, with nothing behind it"),
        ("KENES_URL", "http://host:99999", "an address such as http://127.0.0.1:8420"),
        ("KENES_URL", "http://host/kenes", "an address such as http://127.0.0.1:8420"),
        ("KENES_URL", "http://[::1", "an address such as http://127.0.0.1:8420"),
        ("KENES_LISTEN", "8420", "a place of this machine such as 127.0.0.1:8420"),
        ("KENES_LISTEN", "http://127.0.0.1:8420", "a place of this machine such as 127.0.0.1:8420"),
        ("KENES_LISTEN", "127.0.0.1", "a place of this machine such as 127.0.0.1:8420"),
        ("KENES_LISTEN", "me@127.0.0.1:8420", "a place of this machine such as 127.0.0.1:8420"),
        ("KENES_LISTEN", "127.0.0.1:8420/kenes", "a place of this machine such as 127.0.0.1:8420"),
        ("KENES_SMTP_URL", "mail.example", "smtp://user:password@host:587 or smtps://"),
        ("KENES_SMTP_URL", "smtp://mail/box", "smtp://user:password@host:587 or smtps://"),
        ("KENES_WEBHOOK_URLS", "https://a, b", "addresses such as https://host/path, separated by commas"),
        ("KENES_SIGNING_KEY", "short", "an Ed25519 private key as PEM, or its 32 bytes in base64"),
        ("KENES_SIGNING_KEY", "ключ", "an Ed25519 private key as PEM, or its 32 bytes in base64"),
        ("KENES_ZONE", "Almaty", "the name of a zone such as Asia/Almaty"),
        ("KENES_ZONE", "UTC+5", "the name of a zone such as Asia/Almaty"),
        ("KENES_LANGUAGES", "kk,de", "some of kk, ru, en, separated by commas"),
        ("KENES_LANGUAGES", ",", "some of kk, ru, en, separated by commas"),
        ("KENES_OPERATORS", "root", "addresses of mail such as admin@example.org, separated by commas"),
        ("KENES_LOG", "xml", "text or json"),
        ("PREFECT_API_URL", "localhost:4200", "an address such as http://127.0.0.1:4200/api"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(tmp_path: Path, variable: str, value: str, expected: str):
    """Which, where it came from, what was expected, and what is there unless it is a secret."""
    line = told(tmp_path, **{variable: value})
    assert line.startswith(f"{variable} (environment): expected {expected}")
    secret = variable in ("KENES_DATABASE_URL", "KENES_SMTP_URL", "KENES_WEBHOOK_URLS", "KENES_SIGNING_KEY")
    assert line.endswith("; got something else" if secret else f"; got {value!r}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("zone = 5", "zone ({file}): expected the name of a zone such as Asia/Almaty; got 5"),
        ("home = ''", "home ({file}): expected a folder, its path without a question mark; got ''"),
        (
            "languages = ['kk', 1]",
            "languages ({file}): expected some of kk, ru, en, separated by commas; got ['kk', 1]",
        ),
        ("zoen = 'Asia/Almaty'", "zoen ({file}): expected zone; got a name that no setting has"),
        (
            "[server]\nport = 1",
            "server ({file}): expected one of home, database_url, url, listen, smtp_url, webhook_urls, ",
        ),
        ("zone = Asia/Almaty", "kenes.toml ({file}): expected TOML in UTF-8; got Invalid value (at line 1, column 8)"),
        (
            "[rulings]\npoll.reference_moment = 'open'",
            "rulings ({file}): expected [rulings.2027-01-01] and below it lines ",
        ),
        ("rulings = 'strict'", "rulings ({file}): expected [rulings.2027-01-01] and below it lines "),
        ("[rulings]\n2027-13-01 = {a = 1}", "rulings ({file}): expected [rulings.2027-01-01] and below it lines "),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, text: str, line: str):
    """With the whole path: it is the file of the current folder, which may be another than one thinks."""
    assert told(toml(tmp_path, text)).startswith(line.format(file=tmp_path / "kenes.toml"))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path):
    """A folder of that name, or letters of another encoding."""
    (tmp_path / "kenes.toml").mkdir()
    assert "expected a file that can be read; got Is a directory" in told(tmp_path)
    (tmp_path / "kenes.toml").rmdir()
    (tmp_path / "kenes.toml").write_bytes('zone = "Алматы"'.encode("cp1251"))
    assert "expected TOML in UTF-8; got" in told(tmp_path)


def test_an_unknown_variable_is_told_with_the_one_that_was_meant(tmp_path: Path):
    """A misspelt setting would otherwise do nothing, silently."""
    line = "KENES_DATABSE_URL (environment): expected KENES_DATABASE_URL; got a name that no setting has"
    assert line == told(tmp_path, KENES_DATABSE_URL="sqlite://")
    assert "expected one of KENES_HOME, KENES_DATABASE_URL," in told(tmp_path, KENES_X="1")
    assert "expected" in told(tmp_path, KENES_RULINGS="x")


def test_secrets_are_shown_to_nobody(tmp_path: Path):
    """Doctor and logs show the settings."""
    secret = "s3cr-et"
    settings = read_settings(
        {
            "KENES_DATABASE_URL": f"postgresql://kenes:{secret}@db:5432/kenes?sslpassword={secret}&sslmode=require",
            "KENES_SMTP_URL": f"smtp://me%40x:{secret}@mail:587", "KENES_WEBHOOK_URLS": f"https://u:{secret}@h.example/{secret}?t={secret}",
            "KENES_SIGNING_KEY": KEY, "PREFECT_API_URL": f"http://u:{secret}@p:4200/api",
        },
        tmp_path,
    )  # fmt: skip
    shown = settings.shown()
    assert ("postgresql://kenes:***@db:5432/kenes?sslpassword=***&sslmode=require", "environment") == shown[
        "database_url"
    ]
    assert ("smtp://me%40x:***@mail:587", "environment") == shown["smtp_url"]
    assert ("https://h.example/***", "environment") == shown["webhook_urls"]
    assert ("***", "environment") == shown["signing_key"]
    assert ("kk, ru, en", "default") == shown["languages"]
    for text in (repr(settings), str(shown)):
        assert secret not in text
        assert KEY not in text


def test_a_password_with_odd_letters_is_not_shown_either(tmp_path: Path):
    """A colon or an @ in it, though it should be written as %40."""
    settings = read_settings({"KENES_DATABASE_URL": "postgresql://kenes:a:b@c@db/kenes"}, tmp_path)
    assert "postgresql://kenes:***@db/kenes" == settings.shown()["database_url"][0]


def test_reading_settings_loads_nothing_heavy():
    """`kenes --help` and every short command pass by here."""
    program = (
        "import importlib.util, sys; sys.modules['models'] = type(sys)('models'); sys.modules['models'].__path__ = ['models']\n"
        "from models.settings import read_settings; from pathlib import Path; read_settings({}, Path('.'))\n"
        "sys.exit(bool({'sqlalchemy', 'pydantic', 'sqlmodel', 'cryptography', 'alembic'} & set(sys.modules)))"
    )
    root = Path(__file__).parent.parent
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False, cwd=root).returncode


def test_a_switched_ruling_is_in_force_from_its_day(tmp_path: Path):
    """Before it, and for every other question, the default answer stands."""
    book = configured_book(read_settings({}, toml(tmp_path, '[rulings.2027-01-01]\npoll.reference_moment = "open"')))
    assert "close" == book.rulings_on(date(2026, 12, 31))["poll.reference_moment"]
    assert "open" == book.rulings_on(date(2027, 1, 1))["poll.reference_moment"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("poll.reference_moment = 'noon'", "poll.reference_moment to be one of close, open, both"),
        ("removal.submission.min_submitters = '2'", "removal.submission.min_submitters to be one of 1, 2"),
        ("poll.excluded_kinds = ['lunch']", "poll.excluded_kinds to be a list out of candidacy, "),
        ("poll.moment = 'open'", "one of session.notice.mode, session.notice.extra_day, "),
    ],
)
def test_a_ruling_that_cannot_be_is_told_at_the_start(tmp_path: Path, line: str, expected: str):
    """Not on the day on which it would first be asked for."""
    settings = read_settings({}, toml(tmp_path, f"[rulings.2027-01-01]\n{line}"))
    with pytest.raises(WrongSettingError) as raised:
        configured_book(settings)
    assert str(raised.value).startswith(f"rulings (kenes.toml): expected {expected}")
    assert " from 2027-01-01" in str(raised.value)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, ("127.0.0.1", 8420)),
        ({"KENES_URL": "https://kenes.example"}, ("kenes.example", 443)),
        ({"KENES_URL": "https://kenes.example", "KENES_LISTEN": "127.0.0.1:8420"}, ("127.0.0.1", 8420)),
        ({"KENES_LISTEN": "[::1]:9000"}, ("::1", 9000)),
    ],
)
def test_the_desk_listens_at_its_url_unless_a_place_is_named(
    tmp_path: Path, given: dict[str, str], place: tuple[str, int]
):
    """Behind a proxy links say the address of the proxy."""
    assert place == read_settings(given, tmp_path).place
