"""The desk watches the service without Prefect: it raises the alarm itself, shows it, and sends it by mail."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.door import Door
from desk.running.watch import Watch, look, watching
from flows.delivery import deliver_alarms_now, deliver_messages_now
from flows.home import Home
from flows.outgoing import office_of
from models import Database
from models.settings import Settings, read_settings
from tests.api_client import Desk
from tests.assembly import Assembly, nominated
from tests.browsers import let_in
from tests.receivers import Postbox, mail_server
from tests.service import until

OPS = "ops@kenes.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


@pytest.fixture
def post() -> Iterator[Postbox]:
    with mail_server() as postbox:
        yield postbox


def settings_of(tmp_path: Path, post: Postbox, database: Database | None = None) -> Settings:
    given = {"KENES_HOME": str(tmp_path), "KENES_SMTP_URL": post.url, "KENES_OPERATORS": OPS}
    return read_settings(given | ({"KENES_DATABASE_URL": str(database.url)} if database else {}), tmp_path)


def swept(assembly: Assembly, at: datetime) -> None:
    with assembly.database.transaction() as db:
        db.run("DELETE FROM heartbeats WHERE name = 'perform_deadlines'")
        db.run("INSERT INTO heartbeats (name, at, note) VALUES ('perform_deadlines', ?, '')", at)


def test_a_standstill_is_told_by_mail_within_five_minutes(assembly: Assembly, post: Postbox, tmp_path: Path):
    """Once, in English, and once more when sweeps go on; nothing else is sent with it."""
    settings, since = settings_of(tmp_path, post), assembly.now
    home = Home(settings, assembly.database, assembly.book)
    nominated(assembly)
    swept(assembly, since)
    looks = [since + timedelta(seconds=30 * n) for n in range(1, 11)]
    for now in looks:
        if look(assembly.database, settings, now, since=since):
            deliver_alarms_now(assembly.database, now, office_of(home))
    (letter,) = post.letters
    assert (OPS, "kenes, alarm: nobody looks at the deadlines") == (letter["to"], letter["subject"])
    assert "Last sweep of the deadlines: 14.04.2006 10:00." in letter.get_content()
    sent = assembly.ask("SELECT sent_at FROM messages WHERE channel = 'operator'")
    assert assembly.local(sent[0][0]) < "2006-04-14 10:05"
    assert [(None,)] == assembly.ask("SELECT DISTINCT sent_at FROM messages WHERE channel = 'person'")
    swept(assembly, looks[-1])
    assert look(assembly.database, settings, looks[-1], since=since)
    deliver_messages_now(assembly.database, looks[-1], office_of(home))  # a flow delivers them as well
    assert "kenes, over: nobody looks at the deadlines" == post.letters[1]["subject"]
    assert post.letters[0]["references"] == post.letters[1]["references"]


def test_an_operator_whom_the_register_knows_is_written_to_in_his_language(
    assembly: Assembly, post: Postbox, tmp_path: Path
):
    """Otherwise in English."""
    with assembly.database.transaction() as db:
        db.run("UPDATE people SET email = ?, language = 'kk' WHERE person_id = 'wb'", OPS)
    settings = settings_of(tmp_path, post)
    home = Home(settings, assembly.database, assembly.book)
    assert look(assembly.database, settings, assembly.now + 5 * MINUTE, since=assembly.now)
    deliver_alarms_now(assembly.database, assembly.now + 5 * MINUTE, office_of(home))
    assert "Дабыл: мерзімдерді ешкім тексермей тұр" == post.letters[0]["subject"]


def test_without_operators_the_working_body_reads_it_in_the_mailbox(assembly: Assembly, tmp_path: Path):
    """In Russian, its own language; with why one got it."""
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    look(assembly.database, settings, assembly.now + 5 * MINUTE, since=assembly.now)
    home = Home(settings, assembly.database, assembly.book)
    deliver_alarms_now(assembly.database, assembly.now + 5 * MINUTE, office_of(home))
    sql = "SELECT \"to\", sent_by, subject, body FROM messages WHERE channel = 'operator'"
    ((to, by, subject, body),) = assembly.ask(sql)
    assert ("wb", "mailbox", "Тревога: сроки никто не проверяет") == (to, by, subject)
    assert "действуете от рабочего органа" in body


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "мерзімдерді ешкім тексермей тұр"),
        ("ru", "сроки никто не проверяет"),
        ("en", "nobody looks at the deadlines"),
    ],
)
def test_an_open_alarm_stands_on_the_first_page_and_in_health(
    assembly: Assembly, tmp_path: Path, language: str, words: str
):
    """For people in words, for probes by its code."""
    desk = Desk(assembly)
    here = let_in(desk.client, assembly.database, "wb", at=assembly.now)
    assert words not in here.get("/", params={"lang": language}).text
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    look(assembly.database, settings, assembly.now + 5 * MINUTE, since=assembly.now)
    assert words in here.get("/", params={"lang": language}).text
    here.cookies.delete("kenes")
    assert words not in here.get("/", params={"lang": language}).text  # strangers: an alarm may name a case
    health = desk.get("/health", None).json()
    assert (False, ["no_sweep"]) == (health["time"]["ready"], [alarm["code"] for alarm in health["alarms"]])
    assert 'kenes_alarms_open{alarm="no_sweep"} 1.0' in desk.get("/metrics", None).text


def test_while_the_clock_is_in_doubt_nobody_is_late(assembly: Assembly, tmp_path: Path):
    """The age of a heartbeat says nothing then."""
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    look(assembly.database, settings, assembly.now + timedelta(days=1), since=assembly.now, in_doubt=True)
    assert [] == assembly.ask("SELECT name FROM alarms")


def test_the_process_that_sends_knows_nothing_of_prefect():
    """It would take seconds, and Prefect may be what is broken."""
    code = "import sys, flows.alarm_letters; sys.exit('prefect' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@pytest.mark.slow
def test_the_desk_sends_by_itself(
    sqlite_database: Database, post: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Look by look, in a thread of its own, through a short process that it starts."""
    assembly = Assembly(sqlite_database)
    settings = settings_of(tmp_path, post, sqlite_database)
    for name, value in {
        "KENES_HOME": str(tmp_path), "KENES_SMTP_URL": post.url, "KENES_OPERATORS": OPS, "KENES_LANGUAGE": "ru",
        "KENES_DATABASE_URL": str(sqlite_database.url),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    now = [assembly.now]
    door = Door(sqlite_database, assembly.book, lambda: now[0])
    watch = Watch(door, settings)
    watch.look()
    assert [] == assembly.ask("SELECT name FROM alarms")
    now[0] += 5 * MINUTE
    watch.end()
    with watching(door, settings, every_s=0.1):
        now[0] += 5 * MINUTE
        until(lambda: post.letters or None, what="the letter")
    assert "kenes, alarm: nobody looks at the deadlines" == post.letters[0]["subject"]
    assert 1 == len(post.letters)
