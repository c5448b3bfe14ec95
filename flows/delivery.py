"""Deliver what waits in the outbox: claim, commit, send outside of any transaction, mark.

Who dies between sending and marking sends again under the same Message-ID or webhook-id.
"""

import smtplib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.mail import Letter, PasswordInTheClear, message_of, post_office, sender_of
from flows.webhooks import NotTaken, call, open_client
from machines.outbox import (
    OPERATORS,
    PEOPLE,
    Waiting,
    claim_calls,
    claim_letters,
    mark_failed,
    mark_sent,
    register_webhooks,
    release,
    stage_calls,
)
from models.database import Database, Db

BUDGET = timedelta(seconds=45)  # what is left over is the next run's, a minute later

Compose = Callable[[Db, Waiting], Letter]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one message at one attempt."""

    waiting: Waiting
    channel: str  # smtp, mailbox, webhook
    outcome: str  # sent, again, dead
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Where letters and calls go out: the settings of the desk, nothing of which is looked up later."""

    compose: Compose
    url: str
    smtp_url: str | None = None
    webhook_urls: tuple[str, ...] = ()
    key: Ed25519PrivateKey | None = field(default=None, repr=False)  # webhooks are signed with secrets made of it


def deliver_messages_now(database: Database, now: datetime, office: PostOffice) -> list[Delivered]:
    """Send what is due by *now*, letters first; any number of deliverers share the work."""
    clock = _running_from(now)
    return [
        *_deliver_letters(database, clock, office, now + BUDGET, (PEOPLE, OPERATORS)),
        *_deliver_calls(database, clock, office, now + BUDGET),
    ]


def deliver_alarms_now(database: Database, now: datetime, office: PostOffice) -> list[Delivered]:
    """Send what those are told who keep the service running, and nothing else: while Prefect stands still too."""
    return list(_deliver_letters(database, _running_from(now), office, now + BUDGET, (OPERATORS,)))


def _running_from(now: datetime) -> Clock:
    """Return a clock that starts at *now*: claims must not run out because sending took long."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


# --------------------------------------------------------------------------------------------------------------- to people


def _deliver_letters(
    database: Database, clock: Clock, office: PostOffice, until: datetime, channels: Sequence[str]
) -> Iterator[Delivered]:
    while clock() < until:
        with database.transaction() as db:
            claimed = claim_letters(db, clock(), channels=channels)
        if not claimed:
            return
        written = dict(_written(database, claimed, office.compose))
        for waiting, by, failure in _sent(claimed, written, clock, office):
            yield _marked_letter(database, clock(), waiting, written[waiting.key], by=by, failure=failure)


def _sent(
    claimed: Sequence[Waiting], written: dict[str, Letter | Exception], clock: Clock, office: PostOffice
) -> Iterator[tuple[Waiting, str, str]]:
    """Yield each letter with the way it went and what went wrong, as soon as it has gone."""
    by_mail = []
    for waiting in claimed:
        letter = written[waiting.key]
        if isinstance(letter, Letter) and letter.email and office.smtp_url:
            by_mail.append((waiting, letter))
        else:
            yield waiting, "mailbox", _said(letter) if isinstance(letter, Exception) else ""
    if by_mail:
        yield from _mailed(by_mail, clock, office)


def _written(
    database: Database, claimed: Sequence[Waiting], compose: Compose
) -> Iterator[tuple[str, Letter | Exception]]:
    with database.transaction(write=False) as db:
        for waiting in claimed:
            try:
                yield waiting.key, compose(db, waiting)
            except Exception as error:  # noqa: BLE001 - a letter that cannot be written is one failure, not that of the batch
                yield waiting.key, error


def _mailed(
    letters: list[tuple[Waiting, Letter]], clock: Clock, office: PostOffice
) -> Iterator[tuple[Waiting, str, str]]:
    assert office.smtp_url
    sender = sender_of(office.smtp_url, office.url)
    try:
        with post_office(office.smtp_url, desk_url=office.url) as server:
            while letters:
                waiting, letter = letters[0]
                failure = _post(server, letter, sender=sender, now=clock())
                letters.pop(0)
                yield waiting, "smtp", failure
    except (OSError, smtplib.SMTPException, PasswordInTheClear) as error:  # no server: none of the others would go
        yield from ((waiting, "smtp", _said(error)) for waiting, _ in letters)


def _post(server: smtplib.SMTP, letter: Letter, *, sender: str, now: datetime) -> str:
    """Send one letter and return what the server, or the address, has against it."""
    try:
        server.send_message(message_of(letter, sender=sender, now=now))
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, MessageError, ValueError) as error:
        return _said(error)
    return ""


def _marked_letter(
    database: Database, now: datetime, waiting: Waiting, letter: Letter | Exception, *, by: str, failure: str
) -> Delivered:
    written = letter if isinstance(letter, Letter) else None
    if failure or written is None:
        return _failed(database, now, waiting, by, failure, letter=written)
    with database.transaction() as db:
        mark_sent(db, waiting.key, now, by=by, subject=written.subject, body=written.body)
    return Delivered(waiting, by, "sent")


# ------------------------------------------------------------------------------------------------------------- to webhooks


def _deliver_calls(database: Database, clock: Clock, office: PostOffice, until: datetime) -> Iterator[Delivered]:
    if not office.webhook_urls or office.key is None:
        return
    with database.transaction() as db:
        register_webhooks(db, office.webhook_urls)
    with open_client() as client:
        for url in office.webhook_urls:
            yield from _tell(client, database, clock, office, url, until)


def _tell(
    client: httpx.Client, database: Database, clock: Clock, office: PostOffice, url: str, until: datetime
) -> Iterator[Delivered]:
    """Tell one webhook what it has not heard, in the order of the journal; a failure makes the rest wait."""
    while clock() < until:
        with database.transaction() as db:
            stage_calls(db, url, clock())
        with database.transaction() as db:
            claimed = claim_calls(db, url, clock())
        if not claimed:
            return
        for place, waiting in enumerate(claimed):
            done = _called(client, database, clock(), office, waiting)
            yield done
            if done.outcome == "again":
                with database.transaction() as db:
                    release(db, claimed[place + 1 :], clock())
                return


def _called(client: httpx.Client, database: Database, now: datetime, office: PostOffice, waiting: Waiting) -> Delivered:
    assert office.key is not None
    try:
        body = call(client, waiting, now=now, key=office.key, source=office.url)
    except (httpx.HTTPError, httpx.InvalidURL, NotTaken) as error:
        return _failed(database, now, waiting, "webhook", _said(error))
    with database.transaction() as db:
        mark_sent(db, waiting.key, now, by="webhook", body=body)
    return Delivered(waiting, "webhook", "sent")


def _failed(
    database: Database, now: datetime, waiting: Waiting, channel: str, failure: str, *, letter: Letter | None = None
) -> Delivered:
    text = (letter.subject, letter.body) if letter else ("", "")
    with database.transaction() as db:
        again = mark_failed(db, waiting, now, failure=failure, subject=text[0], body=text[1])
    return Delivered(waiting, channel, "again" if again else "dead", failure)


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
