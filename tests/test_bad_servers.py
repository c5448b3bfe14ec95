"""Servers that behave badly: nothing is lost, nothing goes out more often than it may, and the outbox ends empty or among the dead."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from flows.delivery import Delivered
from machines.dead_letters import send_again
from machines.outbox import ATTEMPTS, PAUSES
from models import Database
from tests.assembly import Assembly
from tests.receivers import Listener, Postbox, dripping_server, mail_server, webhook
from tests.service import PATIENCE_S
from tests.test_flows import NOW, deliver, entries, nominated, office, silent

pytestmark = pytest.mark.slow  # each of them takes long; `make test` runs them

ADDRESS = "wb@assembly.example"
_READER = """INSERT INTO people (person_id, name_kk, name_ru, name_en, email, language, region, sort_key, search_key)
 VALUES (?, ?, ?, ?, ?, 'kk', '', ?, ?)"""


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server with which kenes is impatient."""
    monkeypatch.setattr("flows.mail.TIMEOUT_S", 0.2)
    with mail_server() as postbox:
        yield postbox


@pytest.fixture
def listener() -> Iterator[Listener]:
    with webhook() as told:
        yield told


def letters_to(assembly: Assembly, *addresses: str) -> None:
    """Let one letter wait for each of these addresses, and nothing else."""
    silent(assembly)
    with assembly.database.transaction() as db:
        for n, address in enumerate(addresses):
            person = f"reader{n}"
            db.run(_READER, person, person, person, person, address, person, person)
            db.run(
                'INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by,'
                " failure, subject, body) VALUES (?, 'person', ?, 't', '{}', 'C-1', 1, ?, ?, 0, '', '', '', '')",
                f"C-1/1/t/{person}", person, assembly.now, assembly.now,
            )  # fmt: skip


def counts(assembly: Assembly, channel: str = "person") -> dict[str, int]:
    """Count what is sent, waits and is dead."""
    state = "CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'waiting' END"
    chosen = "channel = ? AND (template = 't' OR channel = 'webhook')"
    return dict(assembly.ask(f"SELECT {state}, count(*) FROM messages WHERE {chosen} GROUP BY 1", channel))


def until_nothing_waits(assembly: Assembly, where, *, now: datetime) -> list[Delivered]:
    """Deliver at each instant at which something is due, two weeks at most."""
    done, end = [], now + timedelta(days=14)
    while now < end:
        done += deliver(assembly, where, now)
        now += timedelta(minutes=30)
    return done


# ------------------------------------------------------------------------------------------------------------- mail servers


def test_a_letter_that_was_taken_in_silence_goes_out_again_as_the_same_letter(assembly: Assembly, post: Postbox):
    """The server takes the text and never says so: nobody can know, so it is sent again under the same Message-ID."""
    letters_to(assembly, ADDRESS)
    post.silent = 2
    outcomes = [each.outcome for each in until_nothing_waits(assembly, office(smtp_url=post.url), now=assembly.at(NOW))]
    assert ["again", "again", "sent"] == outcomes
    assert (3, 1) == (len(post.ids), len(set(post.ids)))
    assert {"sent": 1} == counts(assembly)


def test_what_is_never_confirmed_is_sent_as_often_as_there_are_attempts_and_no_more(assembly: Assembly, post: Postbox):
    """Then it is a dead letter, and somebody is told."""
    letters_to(assembly, ADDRESS)
    post.silent = 99
    done = until_nothing_waits(assembly, office(smtp_url=post.url), now=assembly.at(NOW))
    assert ["again"] * (ATTEMPTS - 1) + ["dead"] == [each.outcome for each in done]
    assert (ATTEMPTS, 1) == (len(post.ids), len(set(post.ids)))


def test_a_server_that_refuses_half_gets_the_other_half_once(assembly: Assembly, post: Postbox):
    """What is refused for good is dead at once; the others are sent; nothing waits."""
    addresses = [f"a{n}@assembly.example" for n in range(30)]
    letters_to(assembly, *addresses)
    post.refused.update(addresses[::2])
    done = deliver(assembly, office(smtp_url=post.url))
    assert {"sent": 15, "dead": 15} == counts(assembly) == Counter(each.outcome for each in done)
    assert {(1,)} == set(assembly.ask("SELECT attempts FROM messages WHERE template = 't'"))
    assert 15 == len(set(post.ids)) == len(post.letters)


def test_a_server_that_is_away_for_a_day_makes_letters_late_and_loses_none(assembly: Assembly, post: Postbox):
    """Two batches and more: what was not tried keeps its attempts, and all of them arrive once when it is back."""
    letters_to(assembly, *(f"a{n}@assembly.example" for n in range(25)))
    now, away = assembly.at(NOW), office(smtp_url="smtp://127.0.0.1:9")
    for minutes in (0, 1, 2, 10, 60, 300, 1439):
        assert not [
            each for each in deliver(assembly, away, now + timedelta(minutes=minutes)) if each.outcome != "again"
        ]
    until_nothing_waits(assembly, office(smtp_url=post.url), now=now + timedelta(days=1))
    assert {"sent": 25} == counts(assembly)
    assert 25 == len(post.letters) == len(set(post.ids))


def test_a_server_that_hangs_on_one_letter_gets_the_others_by_another_connection(assembly: Assembly, post: Postbox):
    """In the middle of a batch: the one waits its pause, the rest goes on, nobody gets two."""
    letters_to(assembly, *(f"a{n}@assembly.example" for n in range(6)))
    post.replies["a2@assembly.example"] = ["silence"]
    done = {each.waiting.to: each.outcome for each in deliver(assembly, office(smtp_url=post.url))}
    assert {"reader2": "again"} == {to: outcome for to, outcome in done.items() if outcome != "sent"}
    assert (2, 5) == (post.sessions, len(set(post.ids)))
    until_nothing_waits(assembly, office(smtp_url=post.url), now=assembly.at(NOW))
    assert {"sent": 6} == counts(assembly)
    assert 6 == len(post.letters)


def test_a_run_that_takes_too_long_gives_the_rest_back_untried(
    assembly: Assembly, post: Postbox, monkeypatch: pytest.MonkeyPatch
):
    """No claim may run out while letters are still going out; what was not tried keeps its attempts."""
    monkeypatch.setattr("flows.delivery.BUDGET", timedelta(seconds=1))
    addresses = [f"a{n}@assembly.example" for n in range(15)]
    letters_to(assembly, *addresses)
    post.replies |= {address: ["silence"] for address in addresses}
    tried = len(deliver(assembly, office(smtp_url=post.url)))
    assert 0 < tried < 15
    assert {(0, 15 - tried), (1, tried)} == set(
        assembly.ask("SELECT attempts, count(*) FROM messages WHERE template = 't' GROUP BY 1")
    )
    assert {"waiting": 15} == counts(assembly)


@pytest.mark.parametrize(
    ("when", "said", "outcome"),
    [
        (ADDRESS, "550 5.1.1 no such user", "dead"),
        (ADDRESS, "550 nobody of that name", "dead"),
        (ADDRESS, "553 5.1.3 that is no address", "dead"),
        (ADDRESS, "450 4.2.0 greylisted", "again"),
        (ADDRESS, "552 5.2.2 the mailbox is full", "again"),
        (ADDRESS, "554 5.7.1 relay access denied", "again"),
        (ADDRESS, "530 5.7.0 authenticate first", "again"),
        ("MAIL", "550 5.7.1 this sender may not", "again"),
        ("MAIL", "421 4.3.2 going down", "again"),
        ("DATA", "554 5.6.0 this text never", "dead"),
        ("DATA", "451 4.3.0 later", "again"),
        ("DATA", "554 5.3.0 the disk is broken", "again"),
    ],
)
def test_only_what_the_letter_or_its_address_causes_is_final(
    assembly: Assembly, post: Postbox, when: str, said: str, outcome: str
):
    """A refusal for good need not be heard eight times; one that the server's state or our rights cause passes (RFC 5321, 3463)."""
    letters_to(assembly, ADDRESS)
    post.replies[when] = [said]
    assert [outcome] == [each.outcome for each in deliver(assembly, office(smtp_url=post.url))]
    failure = assembly.ask("SELECT failure FROM messages WHERE template = 't'")[0][0]
    assert said.split(maxsplit=1)[0] in failure


def test_a_mail_server_that_drips_is_left(assembly: Assembly, monkeypatch: pytest.MonkeyPatch):
    """Every byte begins a time-out anew: patience is counted over the whole."""
    monkeypatch.setattr("flows.mail.PATIENCE_S", 0.3)
    letters_to(assembly, ADDRESS)
    started = time.monotonic()
    with dripping_server() as (host, port):
        assert ["again"] == [each.outcome for each in deliver(assembly, office(smtp_url=f"smtp://{host}:{port}"))]
    assert PATIENCE_S > time.monotonic() - started


def test_a_dead_letter_is_sent_again_under_the_same_id(assembly: Assembly, post: Postbox):
    """By hand, with all its attempts before it; asking twice sends once."""
    letters_to(assembly, ADDRESS)
    post.replies["DATA"] = ["554 5.6.0 this text never"]
    deliver(assembly, office(smtp_url=post.url))
    with assembly.database.transaction() as db:
        assert ["C-1/1/t/reader0"] == send_again(
            db, assembly.at(NOW), keys=["C-1/1/t/reader0", "unknown", "C-1/1/t/reader0"]
        )
        assert [] == send_again(db, assembly.at(NOW))
    deliver(assembly, office(smtp_url=post.url))
    assert {"sent": 1} == counts(assembly)
    assert [(1, "")] == assembly.ask("SELECT attempts, failure FROM messages WHERE template = 't'")


def test_two_who_send_again_at_once_and_two_who_deliver_send_once(assembly: Assembly, post: Postbox):
    """Rows say what waits, whoever asks for it."""
    letters_to(assembly, *(f"a{n}@assembly.example" for n in range(10)))
    with assembly.database.transaction() as db:
        db.run("UPDATE messages SET dead_at = created_at WHERE template = 't'")

    def again_and_deliver() -> None:
        with assembly.database.transaction() as db:
            send_again(db, assembly.at(NOW))
        deliver(assembly, office(smtp_url=post.url))

    both = [threading.Thread(target=again_and_deliver) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert 10 == len(post.ids) == len(set(post.ids))


# ----------------------------------------------------------------------------------------------------------------- webhooks


def test_a_webhook_that_fails_once_and_then_answers_is_told_everything_once(assembly: Assembly, listener: Listener):
    """500, then 200 twice: nothing is left out, nothing waits, the counts are right."""
    nominated(assembly)
    listener.answers[:] = [500, 200, 200]
    where, now = office(webhook_urls=(listener.url,)), assembly.at(NOW)
    done = deliver(assembly, where, now) + deliver(assembly, where, now + PAUSES[0] + timedelta(seconds=5))
    assert entries(assembly) == listener.taken
    assert {"sent": len(entries(assembly))} == counts(assembly, "webhook")
    assert {"again": 1, "sent": len(entries(assembly))} == Counter(
        each.outcome for each in done if each.channel == "webhook"
    )
    assert [2, *[1] * (len(entries(assembly)) - 1)] == [
        row[0] for row in assembly.ask("SELECT attempts FROM messages WHERE channel = 'webhook' ORDER BY attempts DESC")
    ]


def test_a_webhook_that_points_elsewhere_is_not_followed(assembly: Assembly, listener: Listener):
    """What an operator has not named is not told the journal."""
    with webhook() as other:
        listener.answers, listener.elsewhere = [307], other.url
        done = deliver(assembly, office(webhook_urls=(listener.url,)))
        assert [] == other.calls
    assert [("again", "NotTaken: 307 Temporary Redirect")] == [(each.outcome, each.failure) for each in done]


@pytest.mark.parametrize("answer", [200, 500])
def test_an_answer_that_is_too_large_is_not_read(assembly: Assembly, listener: Listener, answer: int):
    """Its first line is enough."""
    silent(assembly)
    with assembly.database.transaction() as db:
        db.run("INSERT INTO webhooks (url, position) SELECT ?, max(position) - 1 FROM entries", listener.url)
    listener.size, listener.answers = 64 * 1024 * 1024, [answer]
    started = time.monotonic()
    done = deliver(assembly, office(webhook_urls=(listener.url,)))
    assert ["sent" if answer == 200 else "again"] == [each.outcome for each in done]
    assert PATIENCE_S > time.monotonic() - started


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Drip: "])
def test_a_webhook_that_drips_is_left(assembly: Assembly, monkeypatch: pytest.MonkeyPatch, first: bytes):
    """Before its answer, or in the middle of its headers."""
    monkeypatch.setattr("flows.webhooks.PATIENCE_S", 0.3)
    started = time.monotonic()
    with dripping_server(first) as (host, port):
        done = deliver(assembly, office(webhook_urls=(f"http://{host}:{port}/",)))
    assert ["again"] == [each.outcome for each in done]
    assert PATIENCE_S > time.monotonic() - started
