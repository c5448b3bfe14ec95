"""Deliver what waits in the outbox: claim, commit, send outside of any transaction, mark.

Who dies between sending and marking sends again under the same Message-ID or webhook-id.
"""

import smtplib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.mail import (
    Letter,
    PasswordInTheClear,
    Undeliverable,
    mail_id,
    message_of,
    post,
    post_office,
    sender_of,
)
from flows.webhooks import Caller, NotTaken, call, open_caller
from machines.outbox import (
    OPERATORS,
    PEOPLE,
    UNWRITTEN,
    Waiting,
    Written,
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
    key: Ed25519PrivateKey | None = field(
        default=None, repr=False
    )  # of it are made the ids of mail and the secrets of webhooks


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
    """Send letters batch by batch, until none is due, the time is up, or the mail server is away."""
    while clock() < until:
        with database.transaction() as db:
            claimed = claim_letters(db, clock(), channels=channels)
        if not claimed:
            return
        written = dict(_written(database, claimed, office.compose))
        for tried in _sent(claimed, written, clock, office, until):
            if tried.failure is None:
                with database.transaction() as db:
                    release(db, [tried.waiting], clock())
            else:
                yield _marked_letter(database, clock(), tried, written[tried.waiting.key], office)
            if tried.away:
                until = clock()  # what has not been tried waits for the next run, and keeps its attempts


@dataclass(frozen=True, slots=True)
class _Tried:
    """A letter, the way it went, and what went wrong; None: its turn has not come."""

    waiting: Waiting
    by: str
    failure: str | None = ""
    for_good: bool = False
    away: bool = False  # the mail server cannot be reached at all


def _sent(
    claimed: Sequence[Waiting], written: dict[str, Letter | Exception], clock: Clock, office: PostOffice, until: datetime
) -> Iterator[_Tried]:  # fmt: skip
    """Yield each letter as soon as it has gone, or has not."""
    by_mail = []
    for waiting in claimed:
        letter = written[waiting.key]
        if isinstance(letter, Letter) and letter.email and office.smtp_url:
            by_mail.append((waiting, letter))
        else:
            yield _Tried(waiting, "mailbox", _said(letter) if isinstance(letter, Exception) else "")
    if by_mail:
        yield from _mailed(by_mail, clock, office, until)


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
    letters: list[tuple[Waiting, Letter]], clock: Clock, office: PostOffice, until: datetime
) -> Iterator[_Tried]:
    """Send one letter after the other; where the server hangs up on one, the next ones get a connection of their own."""
    assert office.smtp_url
    ahead = deque(letters)
    while ahead and clock() < until:
        try:
            with post_office(office.smtp_url, desk_url=office.url) as server:
                while ahead and clock() < until and server.sock is not None:
                    waiting, letter = ahead.popleft()
                    yield _posted(server, waiting, letter, office, clock())
        except (OSError, smtplib.SMTPException, PasswordInTheClear) as error:  # no server: none of them would go
            yield from (_Tried(waiting, "smtp", _said(error), away=True) for waiting, _ in ahead)
            return
    yield from (_Tried(waiting, "smtp", None) for waiting, _ in ahead)


def _posted(server: smtplib.SMTP, waiting: Waiting, letter: Letter, office: PostOffice, now: datetime) -> _Tried:
    """Send one letter and say what the server, or the address, has against it."""
    try:
        message = message_of(
            letter, sender=sender_of(office.smtp_url or "", office.url), now=now, mail_id=_id(office, waiting)
        )
    except (MessageError, ValueError) as error:
        return _Tried(waiting, "smtp", _said(error), for_good=True)  # what is no address does not become one
    try:
        post(server, message)
    except Undeliverable as error:
        return _Tried(waiting, "smtp", _said(error), for_good=True)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return _Tried(waiting, "smtp", _said(error))
    return _Tried(waiting, "smtp")


def _id(office: PostOffice, waiting: Waiting) -> str:
    assert office.key is not None
    return mail_id(office.key, waiting.key)


def _marked_letter(
    database: Database, now: datetime, tried: _Tried, letter: Letter | Exception, office: PostOffice
) -> Delivered:
    waiting = tried.waiting
    by_mail = _id(office, waiting) if tried.by == "smtp" else ""
    text = Written(letter.subject, _kept(letter, tried.by), by_mail) if isinstance(letter, Letter) else UNWRITTEN
    if tried.failure:
        return _failed(database, now, waiting, tried.by, tried.failure, for_good=tried.for_good, text=text)
    with database.transaction() as db:
        mark_sent(db, waiting.key, now, by=tried.by, written=text)
    return Delivered(waiting, tried.by, "sent")


def _kept(letter: Letter, by: str) -> str:
    """Return what is kept of a letter: all of it, but for a secret that is on its way by mail."""
    return letter.body.replace(letter.secret, "…") if letter.secret and by == "smtp" else letter.body


# ------------------------------------------------------------------------------------------------------------- to webhooks


def _deliver_calls(database: Database, clock: Clock, office: PostOffice, until: datetime) -> Iterator[Delivered]:
    if not office.webhook_urls or office.key is None:
        return
    with database.transaction() as db:
        register_webhooks(db, office.webhook_urls)
    for url in office.webhook_urls:
        with open_caller() as caller:
            yield from _tell(caller, database, clock, office, url, until)


def _tell(
    caller: Caller, database: Database, clock: Clock, office: PostOffice, url: str, until: datetime
) -> Iterator[Delivered]:
    """Tell one webhook what it has not heard, in the order of the journal; a failure makes the rest wait."""
    while clock() < until:
        with database.transaction() as db:
            stage_calls(db, url, clock())
        with database.transaction() as db:
            claimed = claim_calls(db, url, clock())
        if not claimed:
            return
        for place, waiting in enumerate(claimed, start=1):
            done = _called(caller, database, clock(), office, waiting)
            yield done
            if done.outcome == "again" or clock() >= until:
                with database.transaction() as db:
                    release(db, claimed[place:], clock())
                return


def _called(caller: Caller, database: Database, now: datetime, office: PostOffice, waiting: Waiting) -> Delivered:
    assert office.key is not None
    try:
        body = call(caller, waiting, now=now, key=office.key, source=office.url)
    except (httpx.HTTPError, httpx.InvalidURL, NotTaken) as error:
        return _failed(database, now, waiting, "webhook", _said(error))
    with database.transaction() as db:
        mark_sent(db, waiting.key, now, by="webhook", written=Written(body=body))
    return Delivered(waiting, "webhook", "sent")


def _failed(
    database: Database, now: datetime, waiting: Waiting, channel: str, failure: str, *, for_good: bool = False,
    text: Written = UNWRITTEN,
) -> Delivered:  # fmt: skip
    with database.transaction() as db:
        again = mark_failed(db, waiting, now, failure=failure, for_good=for_good, written=text)
    return Delivered(waiting, channel, "again" if again else "dead", failure)


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
