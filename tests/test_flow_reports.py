"""What operators and readers see: letters in the reader's language, tables of what a run did, alarms with what to do."""

import json
from pathlib import Path

import pytest

from flows import deliver_messages, perform_deadlines, seal_journal, stage_reminders
from flows.delivery import Delivered
from flows.home import Home
from flows.run import Told, _table
from flows.sweeps import perform_deadlines_now
from flows.writing import write_letter
from machines.outbox import ATTEMPTS, Waiting, claim_letters
from machines.reminders import DueReminder, Reminded, Unreminded
from machines.settle import Due, Failure, Settled
from machines.wording import LANGUAGES
from models import Database
from models.settings import read_settings
from tests.assembly import Assembly, nomination, utc

NOW = utc("2006-05-02 10:00")
DUE = utc("2006-05-01 18:00")


@pytest.fixture
def assembly(sqlite_database: Database) -> Assembly:
    return Assembly(sqlite_database)


@pytest.fixture
def home(assembly: Assembly, tmp_path: Path) -> Home:
    settings = read_settings({"KENES_HOME": str(tmp_path), "KENES_URL": "https://assembly.example"}, tmp_path)
    return Home(settings, assembly.database, assembly.book)


def waiting(assembly: Assembly, template: str) -> Waiting:
    with assembly.database.transaction(keep=False) as db:
        return next(each for each in claim_letters(db, NOW, limit=1000) if each.template == template)


# ------------------------------------------------------------------------------------------------------------------ letters


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_written_in_the_reader_s_language(assembly: Assembly, language: str):
    """With the case, its link, whom it is about, and why one got it."""
    with assembly.database.transaction() as db:
        db.run("UPDATE people SET language = ?, email = 'wb@assembly.example' WHERE person_id = 'wb'", language)
        db.run(f"UPDATE people SET name_{language} = 'A. A. Aman' WHERE person_id = 'p:A'")
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination()).number
    with assembly.database.transaction(write=False) as db:
        letter = write_letter(db, waiting(assembly, "candidacy.nominated"), desk_url="https://assembly.example/")
    assert (f"{case}/1/nominated/wb", "wb@assembly.example", language) == (letter.key, letter.email, letter.language)
    assert letter.subject.startswith(f"{case}: ")
    assert "A. A. Aman" in letter.body
    assert f"https://assembly.example/cases/{case}" in letter.body


def test_a_reminder_says_how_its_term_was_counted(assembly: Assembly):
    """The derivation goes with it (14.2b)."""
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    assembly.do("wb", "candidacy.admit", case=case, at="2006-04-17 10:00")
    assembly.consider(case, at="2006-04-18 10:00")
    stage_reminders.stage_reminders_now(assembly.database, assembly.at("2006-05-02 12:00"), assembly.book)
    with assembly.database.transaction(write=False) as db:
        letter = write_letter(db, waiting(assembly, "reminder.candidacy.submission"), desk_url="https://a.example")
    assert "24:00 (UTC+6)" in letter.body
    assert letter.body.count("\n– ") > 1


def test_nobody_is_written_to_who_is_not_in_the_register(assembly: Assembly):
    """The message fails on its own and is seen."""
    unknown = Waiting("k", "nobody", "candidacy.nominated", {}, "C-2006-0001", 1, 0, NOW)
    with assembly.database.transaction(write=False) as db, pytest.raises(LookupError, match="nobody"):
        write_letter(db, unknown, desk_url="https://a.example")


# ------------------------------------------------------------------------------------------------------------------ reports


def test_a_sweep_is_named_for_what_it_did(assembly: Assembly, home: Home):
    """Case, act, norm, when it was due, when it was done, how late (20.3)."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m1", "membership.leave", case="membership:m1", facts=facts).number
    now = assembly.at("2006-05-02 10:00")
    told = perform_deadlines.told_of(perform_deadlines_now(home.database, now, home.book), home, now)
    assert ("Performed", f"1 performed: {case} left", "") == (told.name, told.title, told.failure)
    link = f"[{case}](https://assembly.example/cases/{case})"
    assert [(link, "exit", "20.3", "01.05.2006 00:00:00", "02.05.2006 10:00:00", "1 d 10 h 00 min")] == told.rows
    assert f"| {link} | exit | 20.3 |" in _table(told)


def test_a_quiet_sweep_says_that_nothing_was_due(home: Home):
    """No rows, no name: it must not bury the others."""
    assert Told("Nothing due") == perform_deadlines.told_of(Settled(), home, NOW)
    assert Told("Nothing due") == stage_reminders.told_of([], home, NOW)
    assert Told("Nothing due") == deliver_messages.told_of([], home)


@pytest.mark.parametrize(("failures", "alarms"), [(0, False), (1, False), (2, True)])
def test_what_failed_three_times_raises_an_alarm(home: Home, failures: int, alarms: bool):
    """With the case and what to do, and nothing of the facts that the error may carry."""
    failure = Failure(Due("M-2006-0001", "exit", "exit", DUE, failures), ValueError("p:A"))
    told = perform_deadlines.told_of(Settled(failed=(failure,)), home, NOW)
    assert ("Failing", "M-2006-0001 failed") == (told.name, told.title)
    assert alarms is ("M-2006-0001 exit (ValueError)" in told.failure and "report it" in told.failure)
    assert "p:A" not in _table(told) + told.failure


def test_reminders_are_told_with_their_number_and_nobody_s_name(home: Home):
    """Withdrawn ones are no news; one that raises is an alarm."""
    reminder = DueReminder(
        "C-2006-0001", 3, "submission", 3, "deputies_missing", "open", DUE, "14.2b", "Asia/Almaty", "[]"
    )
    passed = reminder._replace(rung=0)
    settled = [Reminded(reminder, "staged", 2), Reminded(reminder, "withdrawn"), Reminded(passed, "staged", 1)]
    done = [*settled, Unreminded(reminder, KeyError("x"))]
    told = stage_reminders.told_of(done, home, NOW)
    assert "3 reminded: C-2006-0001, C-2006-0001" == told.title
    assert ["3 d before", "passed, 16 h 00 min ago", "3 d before"] == [row[4] for row in told.rows]
    assert "C-2006-0001 submission (KeyError)" in told.failure


def test_what_was_performed_before_the_reminders_is_told_too(assembly: Assembly, home: Home):
    """Whoever comes first settles what is due (20.3)."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    case = assembly.do("m1", "membership.leave", case="membership:m1", facts=facts).number
    told = stage_reminders._work(home, assembly.at("2006-05-01 00:00"))
    assert ("Performed", f"1 performed: {case} left") == (told.name, told.title)
    assert ("exit", "20.3", "01.05.2006 00:00", "passed", "performed: exit", "") == told.rows[0][1:]


def test_what_was_given_up_is_said_loudly_and_without_addresses(home: Home):
    """A mail server's words have addresses in them; a webhook's have not."""
    letter = Waiting("k", "wb", "candidacy.nominated", {}, "C-2006-0001", 1, ATTEMPTS - 1, NOW)
    done = [
        Delivered(letter, "smtp", "dead", "SMTPRecipientsRefused: {'wb@assembly.example': (550, b'no')}"),
        Delivered(letter, "webhook", "again", "NotTaken: 500 Internal Server Error"),
        Delivered(letter, "mailbox", "sent"),
    ]
    told = deliver_messages.told_of(done, home)
    assert "1 sent, 1 to be tried again, 1 given up" == told.title
    assert "1 messages given up (C-2006-0001)" in told.failure
    assert "kenes messages again" in told.failure
    assert "wb@assembly.example" not in _table(told) + told.failure
    assert "NotTaken: 500 Internal Server Error" in _table(told)


def test_a_long_table_is_cut(home: Home):
    """A thousand deadlines in one second are one run; the journal has the rest."""
    table = _table(Told("Performed", "many", ("n",), [(str(n),) for n in range(1000)]))
    assert table.endswith("and 800 more")


def test_a_sealing_run_says_what_it_sealed(assembly: Assembly, home: Home):
    """Once; then there is nothing new."""
    first, second = seal_journal._work(home, NOW), seal_journal._work(home, NOW)
    entries = assembly.ask("SELECT count(*) FROM entries")[0][0]
    assert (f"seal 1 over {entries} entries", "Nothing new") == (first.title, second.name)


def test_a_delivery_without_a_mail_server_goes_to_the_mailbox(assembly: Assembly, home: Home):
    """With the texts as they are sent; the heartbeat says what was done."""
    assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    told = deliver_messages._work(home, NOW)
    assert {"sent"} == {row[3] for row in told.rows}
    assert [{"said": "delivered", "sent": len(told.rows), "again": 0, "dead": 0}] == [
        json.loads(note) for (note,) in assembly.ask("SELECT note FROM heartbeats")
    ]
