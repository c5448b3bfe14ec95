"""What a mail server sends back is kept with the letter; what names no letter of ours changes nothing."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from desk.returned_mail import NoReport, failed, read_report
from flows.delivery import deliver_messages_now
from flows.mail import mail_id
from machines.dead_letters import mark_returned
from models import Database
from tests.assembly import Assembly
from tests.commands import Run, environment, run  # noqa: F401 - fixtures
from tests.receivers import mail_server
from tests.test_bad_servers import ADDRESS, letters_to
from tests.test_flows import KEY, NOW, deliver, office

OURS = "C-1/1/t/reader0"
ID = mail_id(KEY, OURS)

# As Postfix writes it.
POSTFIX = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: kenes@assembly.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-Id: <20060420040000.1234@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B"

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Thu, 20 Apr 2006 10:00:00 +0600 (+06)

Final-Recipient: rfc822; wb@assembly.example
Original-Recipient: rfc822;wb@assembly.example
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.example
Diagnostic-Code: smtp; 550 5.1.1 <wb@assembly.example>: Recipient address
    rejected: User unknown

--B
Content-Description: Undelivered Message
Content-Type: {returned}

From: kenes <kenes@assembly.example>
To: wb@assembly.example
Message-ID: <{id}@assembly.example>
References: <C-2006-0001@assembly.example>
Subject: =?utf-8?b?0JA=?=

A letter.

--B--
"""
SAID = "550 5.1.1 <wb@assembly.example>: Recipient address rejected: User unknown"


def report(*, id: str = ID, action: str = "failed", returned: str = "message/rfc822") -> bytes:
    return POSTFIX.format(id=id, action=action, returned=returned).encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_the_letter_and_says_why(returned: str):
    """Whether the letter comes back whole or as headers (RFC 3464, 6522)."""
    found = read_report(report(returned=returned))
    assert ((ID,), True, SAID) == (found.mail_ids, failed(found), found.said)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", ""])
def test_what_may_still_arrive_is_no_failure(action: str):
    """Only `failed` is final."""
    assert not failed(read_report(report(action=action)))


@pytest.mark.parametrize(
    ("mail", "what"),
    [
        (b"Subject: Re: your letter\n\nI cannot come.", "a mail of another kind"),
        (b"Auto-Submitted: auto-replied\nSubject: away\n\nI am away.", "an automatic answer"),
        (b"Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR", "an answer to an invitation"),
        (b"", "a mail of another kind"),
        (bytes(range(256)) * 50, "a mail of another kind"),
        (b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: text/plain\n\nx", "a mail of another kind"),
    ],
)
def test_what_is_no_report_is_said_to_be_none(mail: bytes, what: str):
    """Nothing that somebody sends to the address ends in a bug."""
    with pytest.raises(NoReport, match=what):
        read_report(mail)


@pytest.mark.parametrize("cut", range(0, 1400, 97))
def test_a_report_that_was_cut_off_is_a_report_or_none(cut: int):
    """Half a mail raises nothing else, and never names another letter."""
    with contextlib.suppress(NoReport):
        assert set(read_report(report()[:cut]).mail_ids) <= {ID}


# ---------------------------------------------------------------------------------------------------------------- the letter


@pytest.fixture
def sent(database: Database) -> Assembly:
    """A letter that a mail server has taken."""
    assembly = Assembly(database)
    letters_to(assembly, ADDRESS)
    with mail_server() as post:
        deliver(assembly, office(smtp_url=post.url))
        assert [f"<{ID}@assembly.example>"] == post.ids
    return assembly


def returned(assembly: Assembly, id: str = ID, said: str = SAID) -> tuple[str, str] | None:
    with assembly.database.transaction() as db:
        return mark_returned(db, id, assembly.at(NOW), said=said)


def test_a_letter_that_came_back_is_dead_with_what_was_said(sent: Assembly):
    """It was sent, and did not arrive: both stand in the row."""
    assert (OURS, f"returned: {SAID}") == returned(sent)
    row = sent.ask("SELECT sent_at IS NOT NULL, dead_at IS NOT NULL, failure FROM messages WHERE key = ?", OURS)[0]
    assert (True, True, f"returned: {SAID}") == (bool(row[0]), bool(row[1]), row[2])


def test_said_twice_is_done_once(sent: Assembly):
    """The first report stands."""
    first = returned(sent)
    assert first == returned(sent, said="something else")
    assert [(1,)] == sent.ask("SELECT count(*) FROM messages WHERE dead_at IS NOT NULL")


@pytest.mark.parametrize("id", ["", "0" * 32, f"{ID}0"])
def test_what_names_no_letter_of_ours_changes_nothing(sent: Assembly, id: str):
    """An id cannot be guessed: it is made with the signing key."""
    assert None is returned(sent, id)
    assert [(0,)] == sent.ask("SELECT count(*) FROM messages WHERE dead_at IS NOT NULL")


def test_a_letter_that_waits_for_another_attempt_is_not_tried_any_more(sent: Assembly):
    """The server had taken it without saying so, and sends it back meanwhile."""
    with sent.database.transaction() as db:
        db.run("UPDATE messages SET sent_at = NULL, failure = 'timed out' WHERE key = ?", OURS)
    returned(sent)
    assert [] == deliver(sent, office(smtp_url="smtp://127.0.0.1:9"), datetime(2007, 1, 1, tzinfo=UTC))


# --------------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def messages(run: Run, environment: dict[str, str]) -> Callable[..., str]:  # noqa: F811
    """`kenes messages` on a home from which one letter was sent by mail."""
    run("init")
    database = Database(f"sqlite:///{environment['KENES_HOME']}/kenes.sqlite3")
    letters_to(Assembly(database), ADDRESS)
    with mail_server() as post:
        deliver_messages_now(database, datetime(2026, 11, 24, 6, 0, tzinfo=UTC), office(smtp_url=post.url))
    database.dispose()
    return lambda *arguments, **more: run("messages", *arguments, **more).output


def test_a_mail_server_pipes_its_reports(messages: Callable[..., str]):
    """Noted once, listed, sent again: the whole way of a letter that came back."""
    assert f"{OURS}: returned: {SAID}" in messages("bounced", input=report())
    assert f"{OURS}: returned: {SAID}" in messages("bounced", "-", input=report())
    assert SAID in messages("--dead")
    assert "1 will be sent again" in messages("again", OURS)
    assert "not dead" in messages("again", OURS)
    assert OURS in messages("--waiting", "--to", "reader0", "--case", "C-1")
    assert OURS not in messages("--dead")


def test_what_cannot_be_noted_ends_with_a_status_of_its_own(messages: Callable[..., str]):
    """2 no report, 4 no letter of ours; 0 for what machines send by themselves, so that nobody is answered with a failure."""
    assert "no letter" in messages("bounced", input=report(id="0" * 32), status=4)
    assert "no report" in messages("bounced", input=b"Subject: hello\n\nx", status=2)
    assert "delayed" in messages("bounced", input=report(action="delayed"))
    assert "automatic" in messages("bounced", input=b"Auto-Submitted: auto-replied\n\nx")
    assert OURS not in messages("--dead")


def test_texts_are_shown_only_when_asked_for(messages: Callable[..., str]):
    """They are somebody's letters."""
    assert "Әдепкі мәтін" not in messages() + messages("--json")
    assert "Әдепкі мәтін" in messages("--text")
    assert "one or the other" in messages("--dead", "--waiting", status=2)
