"""What the flows do: late is as lawful as punctual, twice is once, and a failure is heard."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.delivery import Delivered, PostOffice, deliver_messages_now
from flows.mail import Letter
from flows.sweeps import perform_deadlines_now, seal_journal_now, stage_reminders_now
from flows.webhooks import secret_of
from machines.outbox import ATTEMPTS, PAUSES, Waiting, claim_calls, stage_calls
from machines.perform import perform
from models import Database, Db
from tests.assembly import Assembly, nomination
from tests.receivers import Listener, Postbox, mail_server, webhook

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = "2006-04-20 10:00"


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database)


@pytest.fixture
def post() -> Iterator[Postbox]:
    with mail_server() as postbox:
        yield postbox


@pytest.fixture
def listener() -> Iterator[Listener]:
    with webhook() as told:
        yield told


def compose(db: Db, waiting: Waiting) -> Letter:
    """Write a letter with everything that is hard to send: Kazakh letters, and more than a line of them."""
    subject = f"{waiting.number}: Қазақстан халқы Ассамблеясының мүшелігіне кандидат ұсынылды, шешім қабылдау мерзімі басталды"
    found = db.one("SELECT name_kk, email FROM people WHERE person_id = ?", waiting.to)
    assert found is not None
    return Letter(
        waiting.key, waiting.number, found[0], found[1] or "", "kk", subject, f"{waiting.template}\nӘдепкі мәтін"
    )


def office(**where) -> PostOffice:
    return PostOffice(compose=compose, url="https://assembly.example", key=KEY, **where)


def with_mail(assembly: Assembly, **addresses: str) -> None:
    with assembly.database.transaction() as db:
        for person, address in addresses.items():
            db.run("UPDATE people SET email = ? WHERE person_id = ?", address, person)


def letters(assembly: Assembly, columns: str) -> list[tuple]:
    return assembly.ask(f"SELECT {columns} FROM messages WHERE channel = 'person' ORDER BY key")


def silent(assembly: Assembly) -> None:
    """Leave nothing to be sent of what the founding brought."""
    with assembly.database.transaction() as db:
        db.run("UPDATE messages SET sent_at = created_at, sent_by = 'mailbox'")


# --------------------------------------------------------------------------------------------------------------- deadlines


def leaving(assembly: Assembly) -> str:
    """A member leaves from the beginning of 1 May 2006 (20.3)."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    return assembly.do("m1", "membership.leave", case="membership:m1", facts=facts).number


def test_a_late_sweep_changes_nothing_but_the_recorded_time(assembly: Assembly):
    """The member left at midnight, whenever somebody looked at the clock (20.3)."""
    case = leaving(assembly)
    late = assembly.at("2006-05-08 15:00")
    done = perform_deadlines_now(assembly.database, late, assembly.book).done
    assert [case] == [result.number for _, result in done]
    effective, recorded = assembly.ask(
        "SELECT effective_at, recorded_at FROM entries WHERE number = ? ORDER BY seq DESC", case
    )[0]
    assert ("2006-05-01 00:00", "2006-05-08 15:00") == (assembly.local(effective), assembly.local(recorded))
    assert "left" == assembly.state(case)


def test_sweeping_twice_performs_once_and_leaves_word_each_time(assembly: Assembly):
    """The heartbeat says when a sweep last looked, and what it did."""
    leaving(assembly)
    first, second = assembly.at("2006-05-01 00:00"), assembly.at("2006-05-01 00:01")
    assert 1 == len(perform_deadlines_now(assembly.database, first, assembly.book).done)
    assert () == perform_deadlines_now(assembly.database, second, assembly.book).done
    assert [("perform_deadlines", '{"said": "swept", "done": 0, "failed": 0}')] == assembly.ask(
        "SELECT name, note FROM heartbeats"
    )


def test_what_has_fallen_due_comes_before_what_is_told(assembly: Assembly):
    """Reminders ask who still has to act of the cases as the law has them now: the member has left (20.3)."""
    case = leaving(assembly)
    settled, reminded = stage_reminders_now(assembly.database, assembly.at("2006-05-01 00:00"), assembly.book)
    assert ([case], []) == ([done.number for _, done in settled.done], reminded)
    assert "left" == assembly.state(case)


def test_all_reminders_go_out_however_many_batches_that_takes(assembly: Assembly, monkeypatch: pytest.MonkeyPatch):
    """One at a time; the one that raises does not come round again (14.2b)."""
    monkeypatch.setattr("flows.sweeps.BATCH", 1)
    cases = []
    for person in ("p:A", "p:B"):
        case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination(person))
        assembly.do("wb", "candidacy.admit", case=case, at="2006-04-17 10:00")
        cases.append(assembly.consider(case, at="2006-05-15 10:00"))
    with assembly.database.transaction() as db:
        db.run("UPDATE reminders SET audience = 'nobody_knows' WHERE number = ?", cases[0].number)
    _, done = stage_reminders_now(assembly.database, assembly.at("2006-05-26 09:00"), assembly.book)
    assert [False, True] == [hasattr(each, "outcome") for each in done]
    assert [1] == [json.loads(note)["failed"] for (note,) in assembly.ask("SELECT note FROM heartbeats")]


# ------------------------------------------------------------------------------------------------------------------ letters


def nominated(assembly: Assembly, person: str = "p:A") -> str:
    """Nominate somebody: one letter goes to the working body (14.1)."""
    silent(assembly)
    return assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination(person)).number


def deliver(assembly: Assembly, where: PostOffice, at: str | datetime = NOW) -> list[Delivered]:
    return deliver_messages_now(assembly.database, assembly.at(at), where)


def test_a_letter_goes_out_by_mail_once(assembly: Assembly, post: Postbox):
    """Sent, kept as it was sent, and not sent again."""
    case = nominated(assembly)
    with_mail(assembly, wb="wb@assembly.example")
    for _ in range(2):
        deliver(assembly, office(smtp_url=post.url))
    assert 1 == len(post.letters)
    assert f"{case}: Қазақстан халқы Ассамблеясының" in post.letters[0]["subject"]
    assert "candidacy.nominated\nӘдепкі мәтін" == post.letters[0].get_content().strip().replace("\r\n", "\n")
    assert ("smtp", 1, "") == letters(assembly, "sent_by, attempts, failure")[-1]
    assert post.letters[0]["subject"] == letters(assembly, "subject")[-1][0]


def test_a_letter_that_is_sent_again_is_the_same_letter(assembly: Assembly, post: Postbox):
    """Its id follows from the message's key, so that whoever received it twice can tell; the letters of a case are one thread."""
    case = nominated(assembly)
    with_mail(assembly, wb="wb@assembly.example")
    deliver(assembly, office(smtp_url=post.url))
    with assembly.database.transaction() as db:
        db.run("UPDATE messages SET sent_at = NULL WHERE template = 'candidacy.nominated'")
    deliver(assembly, office(smtp_url=post.url), "2006-04-20 11:00")
    ids = [letter["message-id"] for letter in post.letters]
    assert 2 == len(ids)
    assert 1 == len(set(ids))
    assert ids[0].endswith("@assembly.example>")
    assert f"<{case}@assembly.example>" == post.letters[0]["references"]
    assert "auto-generated" == post.letters[0]["auto-submitted"]


@pytest.mark.parametrize("mailed", [True, False])
def test_whoever_has_no_address_finds_the_letter_in_the_mailbox(assembly: Assembly, post: Postbox, mailed: bool):
    """And so does everybody where no mail server is set."""
    nominated(assembly)
    if not mailed:
        with_mail(assembly, wb="wb@assembly.example")
    deliver(assembly, office(smtp_url=post.url if mailed else None))
    sent_by, subject, body = letters(assembly, "sent_by, subject, body")[-1]
    assert "mailbox" == sent_by
    assert subject
    assert body
    assert [] == post.letters


def test_a_letter_that_does_not_arrive_is_tried_again_with_growing_pauses(assembly: Assembly, post: Postbox):
    """Until the last attempt, after which it is given up loudly, and stays readable."""
    nominated(assembly)
    with_mail(assembly, wb="full@assembly.example")
    post.replies["full@assembly.example"] = ["452 4.2.2 the mailbox is full"] * ATTEMPTS
    now, outcomes = assembly.at(NOW), []
    for pause in (timedelta(0), *PAUSES):
        now += pause + timedelta(seconds=30)
        too_early = now - timedelta(minutes=1) if pause else now - timedelta(days=30)
        assert [] == deliver(assembly, office(smtp_url=post.url), too_early)
        outcomes += [each.outcome for each in deliver(assembly, office(smtp_url=post.url), now)]
    assert ["again"] * (ATTEMPTS - 1) + ["dead"] == outcomes
    attempts, dead_at, failure, body = letters(assembly, "attempts, dead_at, failure, body")[-1]
    assert ATTEMPTS == attempts
    assert dead_at
    assert "452" in failure
    assert body
    assert [] == deliver(assembly, office(smtp_url=post.url), now + timedelta(days=30))


def test_a_bad_address_does_not_hold_up_the_other_letters(assembly: Assembly, post: Postbox):
    """One failure is one letter's."""
    silent(assembly)
    case = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination())
    assembly.do("wb", "candidacy.admit", case=case, at="2006-04-17 10:00")
    with_mail(assembly, **{"wb": "not an address", "s:Kostanay": "s@assembly.example"})
    outcomes = {each.waiting.to: each.outcome for each in deliver(assembly, office(smtp_url=post.url))}
    assert {"wb": "dead", "s:Kostanay": "sent"} == outcomes


def test_a_mail_server_that_is_gone_makes_every_letter_wait(assembly: Assembly):
    """Nothing is lost, nothing is marked as sent; the failure stands in the row."""
    nominated(assembly)
    with_mail(assembly, wb="wb@assembly.example")
    assert ["again"] == [each.outcome for each in deliver(assembly, office(smtp_url="smtp://127.0.0.1:9"))]
    assert "ConnectionRefusedError" in letters(assembly, "failure")[-1][0]


def test_a_letter_that_cannot_be_written_is_a_failure_of_its_own(assembly: Assembly, post: Postbox):
    """A missing text stops no other letter."""
    nominated(assembly)
    deliver_messages_now(
        assembly.database, assembly.at(NOW), PostOffice(compose=_nothing_to_say, url="https://a.example")
    )
    assert [("KeyError: 'no text'", None)] == letters(assembly, "failure, sent_at")[-1:]


def _nothing_to_say(db: Db, waiting: Waiting) -> Letter:
    raise KeyError("no text")


def test_two_deliverers_at_once_send_every_letter_once(assembly: Assembly, post: Postbox):
    """Each claims letters that the other has not; many more than fit one claim."""
    silent(assembly)
    with assembly.database.transaction() as db:
        for n in range(90):
            now = assembly.now
            db.run(
                'INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by,'
                " failure, subject, body) VALUES (?, 'person', 'wb', 't', '{}', 'C-1', 1, ?, ?, 0, '', '', '', '')",
                f"C-1/{n}/t/wb", now, now,
            )  # fmt: skip
    with_mail(assembly, wb="wb@assembly.example")
    both = [threading.Thread(target=deliver, args=(assembly, office(smtp_url=post.url))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert 90 == len(post.letters) == len({letter["message-id"] for letter in post.letters})


# ----------------------------------------------------------------------------------------------------------------- webhooks


def entries(assembly: Assembly) -> list[str]:
    return [f"{number}/{seq}" for number, seq in assembly.ask("SELECT number, seq FROM entries ORDER BY position")]


def test_a_webhook_is_told_the_journal_in_order(assembly: Assembly, listener: Listener):
    """Every entry once, from the first, in the order of recording."""
    where = office(webhook_urls=(listener.url,))
    deliver(assembly, where)
    nominated(assembly)
    deliver(assembly, where)
    assert entries(assembly) == listener.taken


def test_a_call_is_signed_as_standard_webhooks_has_it(assembly: Assembly, listener: Listener):
    """HMAC-SHA256 over id, second and body, with the secret that the receiver was told."""
    deliver(assembly, office(webhook_urls=(listener.url,)))
    headers, body = listener.calls[0]
    secret = base64.b64decode(secret_of(KEY, listener.url).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    assert (
        f"v1,{base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}" == headers["webhook-signature"]
    )
    assert 60 > abs(int(headers["webhook-timestamp"]) - assembly.at(NOW).timestamp())


def test_a_webhook_is_told_what_happened_and_nobody_s_name(assembly: Assembly, listener: Listener):
    """An event in the form of CloudEvents: act, norms, states and times; no person, no facts."""
    case = nominated(assembly)
    deliver(assembly, office(webhook_urls=(listener.url,)))
    _, body = listener.calls[-1]
    event = json.loads(body)
    assert ("1.0", f"{case}/1", "kenes.candidacy.nominate", case) == tuple(
        event[name] for name in ("specversion", "id", "type", "subject")
    )
    assert ("nominated", ["14.1a", "14.1b"]) == (event["data"]["state"], event["data"]["norms"])
    assert not {"p:A", "s:Kostanay"} & set(body.split('"'))


def test_a_webhook_that_fails_is_told_later_still_in_order(assembly: Assembly, listener: Listener):
    """500, then 200: the rest waits for the one that failed; nothing is left out and nothing overtakes."""
    where, now = office(webhook_urls=(listener.url,)), assembly.at(NOW)
    listener.answers[:] = [200, 200, 500]
    first = deliver(assembly, where, now)
    assert ["sent", "sent", "again"] == [each.outcome for each in first]
    assert [] == deliver(assembly, where, now + timedelta(seconds=30))
    deliver(assembly, where, now + timedelta(minutes=2))
    assert entries(assembly) == listener.taken
    assert entries(assembly)[2] == listener.calls[2][0]["webhook-id"] == listener.calls[3][0]["webhook-id"]


def test_what_a_webhook_never_takes_is_given_up_and_the_rest_goes_on(assembly: Assembly, listener: Listener):
    """After the last attempt one entry is a dead letter, told as such; the journal behind it is told."""
    where, now = office(webhook_urls=(listener.url,)), assembly.at(NOW)
    listener.answers[:] = [410] * ATTEMPTS
    done: list[Delivered] = []
    for pause in (timedelta(0), *PAUSES):
        now += pause + timedelta(seconds=30)
        done += deliver(assembly, where, now)
    assert ["again"] * (ATTEMPTS - 1) + ["dead"] == [each.outcome for each in done[:ATTEMPTS]]
    assert entries(assembly)[1:] == listener.taken
    assert ["NotTaken: 410 Gone"] == [
        row[0] for row in assembly.ask("SELECT failure FROM messages WHERE channel = 'webhook' AND dead_at IS NOT NULL")
    ]


def test_whoever_is_not_registered_is_told_nothing(assembly: Assembly):
    """A webhook that was taken out of the settings meanwhile, or never stood there."""
    nominated(assembly)
    with assembly.database.transaction() as db:
        assert 0 == stage_calls(db, "https://nobody.example", assembly.now)
        assert [] == claim_calls(db, "https://nobody.example", assembly.now)
    assert [] == assembly.ask("SELECT key FROM messages WHERE channel = 'webhook'")


def test_two_deliverers_at_once_tell_a_webhook_everything_once_and_in_order(assembly: Assembly, listener: Listener):
    """Whoever comes second finds the webhook taken."""
    both = [threading.Thread(target=deliver, args=(assembly, office(webhook_urls=(listener.url,)))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert entries(assembly) == listener.taken


@pytest.mark.postgresql
def test_an_entry_that_is_committed_late_is_not_left_out(postgresql_database: Database, listener: Listener):
    """PostgreSQL gives positions before the commit: a later one may be seen first, and is told only when nothing can precede it."""
    assembly = Assembly(postgresql_database)
    where = office(webhook_urls=(listener.url,))
    teller = threading.Thread(target=deliver, args=(assembly, where))
    with assembly.database.transaction() as db:
        perform(db, assembly.act("s:Kostanay", "candidacy.nominate", facts=nomination()), assembly.book)
        db.flush()
        leaving(assembly)  # recorded after it, committed before it
        teller.start()
    teller.join()
    deliver(assembly, where)
    assert entries(assembly) == listener.taken


# -------------------------------------------------------------------------------------------------------------------- seals


def test_the_journal_is_sealed_when_there_is_something_new(assembly: Assembly):
    """One seal over everything recorded; nothing new, no seal."""
    first = seal_journal_now(assembly.database, assembly.at(NOW), KEY)
    assert first is not None
    assert len(entries(assembly)) == first.size
    assert None is seal_journal_now(assembly.database, assembly.at(NOW), KEY)
    nominated(assembly)
    second = seal_journal_now(assembly.database, assembly.at(NOW), KEY)
    assert second is not None
    assert (2, first.hash) == (second.seal, second.previous)
    assert [{"said": "sealed", "seal": 2, "size": second.size}] == [
        json.loads(note) for (note,) in assembly.ask("SELECT note FROM heartbeats")
    ]
