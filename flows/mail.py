"""Mail: letters by SMTP, each under an id that is the same whenever it is sent again.

The id is made with the signing key: whoever has not received the letter cannot say that it came back.
"""

import contextlib
import hashlib
import hmac
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.headers import HEADERS
from flows.invitations import as_calendar
from machines.invitations import Invitation

TIMEOUT_S = 20.0  # for each answer of the server
PATIENCE_S = 60.0  # for greeting it, and for each letter, however slowly its answers drip

# Enhanced codes (RFC 3463) that speak of the server, of the way there or of what it permits us, not of the letter or its address;
# 2.2 is a full mailbox, which may be emptied.
_NOT_THE_LETTER = re.compile(r"\b5\.(?:2\.2|3\.\d+|4\.\d+|5\.\d+|7\.\d+)\b")
_OF_THE_SERVER = (502, 503, 530, 534, 535, 538, 552)  # 552: full (RFC 5321 4.5.3.1.10)
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as one person reads it."""

    key: str
    number: str
    name: str
    email: str
    language: str
    subject: str
    body: str
    invitation: Invitation | None = None
    secret: str = ""  # of its link: not kept once the letter has gone


class PasswordInTheClear(Exception):
    """The mail server offers no encryption, and a password would be sent to it over a network."""


class Undeliverable(Exception):
    """This letter will never arrive at this address: to try again is of no use."""


def mail_id(key: Ed25519PrivateKey, message_key: str) -> str:
    """Return the id of a message's mail: what stands in its Message-ID before the domain."""
    return hmac.digest(key.private_bytes_raw(), f"kenes mail {message_key}".encode(), hashlib.sha256).hex()[:32]


def message_of(letter: Letter, *, sender: str, now: datetime, mail_id: str) -> EmailMessage:
    """Write a letter as mail; the letters of one case belong to one thread."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=HEADERS)
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = Address("kenes", addr_spec=sender)
    message["To"] = Address(letter.name, addr_spec=letter.email)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{domain}>"
    message["References"] = f"<{letter.number}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.body)
    if letter.invitation:
        _enclose(message, letter, letter.invitation, organizer=sender)
    return message


def _enclose(message: EmailMessage, letter: Letter, invitation: Invitation, *, organizer: str) -> None:
    """Enclose a calendar twice: as another form of the letter, which mail programs act on, and as a file for the others."""
    calendar = as_calendar(invitation, organizer=organizer, attendee=(letter.name, letter.email))
    message.add_alternative(
        calendar, subtype="calendar", charset="utf-8", cte="base64", params={"method": invitation.method}
    )
    message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="invite.ics")


def sender_of(smtp_url: str, desk_url: str) -> str:
    """Return the address that letters come from: the account's own, or kenes at the desk's host."""
    account = unquote(urlsplit(smtp_url).username or "")
    return account if "@" in account else f"kenes@{_domain(desk_url)}"


@contextlib.contextmanager
def post_office(smtp_url: str, *, desk_url: str) -> Iterator[smtplib.SMTP]:
    """Open the mail server; what it raises is OSError, smtplib.SMTPException or PasswordInTheClear."""
    place = urlsplit(smtp_url)
    host, port = place.hostname or "localhost", place.port or _PORTS[place.scheme]
    trusted = ssl.create_default_context()
    # Its own name is given: asking the network for it may take long.
    server: smtplib.SMTP
    if place.scheme == "smtps":
        server = smtplib.SMTP_SSL(local_hostname=_domain(desk_url), timeout=TIMEOUT_S, context=trusted)
    else:
        server = smtplib.SMTP(local_hostname=_domain(desk_url), timeout=TIMEOUT_S)
    server._host = host  # type: ignore[attr-defined]  # noqa: SLF001 - by it the certificate is checked; connect() does not set it
    try:
        with _patience(server):
            _greet(server, host, port, trusted)
            if place.username:
                _log_in(server, host, unquote(place.username), unquote(place.password or ""))
        yield server
    finally:
        _leave(server)


def _greet(server: smtplib.SMTP, host: str, port: int, trusted: ssl.SSLContext) -> None:
    code, said = server.connect(host, port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, said)
    server.ehlo()
    if not (_is_encrypted(server) or _is_loopback(host)) and server.has_extn("starttls"):
        server.starttls(context=trusted)


def _log_in(server: smtplib.SMTP, host: str, account: str, password: str) -> None:
    if not (_is_encrypted(server) or _is_loopback(host)):
        raise PasswordInTheClear(f"{host} offers no STARTTLS: use smtps://, or a server that does")
    server.login(account, password)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye, and hang up whether it is answered or not."""
    with contextlib.suppress(OSError, smtplib.SMTPException), _patience(server):
        if server.sock is not None:
            server.quit()
    server.close()


def post(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Hand one mail to the server; raises Undeliverable, or what smtplib and the network raise if it may go another time."""
    try:
        with _patience(server):
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        if _for_good(code, said):
            raise Undeliverable(f"{code} {_text(said)}") from error
        raise
    except smtplib.SMTPDataError as error:
        if _for_good(error.smtp_code, error.smtp_error):
            raise Undeliverable(f"{error.smtp_code} {_text(error.smtp_error)}") from error
        raise


def _for_good(code: int, said: bytes | str) -> bool:
    """Say whether a server's refusal is about the letter or its address and will not change (RFC 5321, 3463)."""
    return 500 <= code < 600 and code not in _OF_THE_SERVER and not _NOT_THE_LETTER.search(_text(said))


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


@contextlib.contextmanager
def _patience(server: smtplib.SMTP) -> Iterator[None]:
    """Hang up when all of it takes too long: each byte that drips in begins the time-out of the socket anew."""
    watch = threading.Timer(PATIENCE_S, _hang_up, [server])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _hang_up(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        if server.sock is not None:
            server.sock.shutdown(socket.SHUT_RDWR)


def _is_encrypted(server: smtplib.SMTP) -> bool:
    return isinstance(server.sock, ssl.SSLSocket)


def _domain(desk_url: str) -> str:
    host = urlsplit(desk_url).hostname or "localhost"
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return "localhost"
    return host


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
