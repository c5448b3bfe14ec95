"""Mail: letters by SMTP, each under an id that is the same whenever it is sent again."""

import contextlib
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from models.entry import digest

TIMEOUT_S = 20.0
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


class PasswordInTheClear(Exception):
    """The mail server offers no encryption, and a password would be sent to it over a network."""


def message_of(letter: Letter, *, sender: str, now: datetime) -> EmailMessage:
    """Write a letter as mail; the letters of one case belong to one thread."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = Address("kenes", addr_spec=sender)
    message["To"] = Address(letter.name, addr_spec=letter.email)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{digest(letter.key)[:32]}@{domain}>"
    message["References"] = f"<{letter.number}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.body)
    return message


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
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, local_hostname=_domain(desk_url), timeout=TIMEOUT_S, context=trusted
        )
    else:
        server = smtplib.SMTP(host, port, local_hostname=_domain(desk_url), timeout=TIMEOUT_S)
    with server:
        server.ehlo()
        encrypted = place.scheme == "smtps"
        if not (encrypted or _is_loopback(host)) and server.has_extn("starttls"):
            server.starttls(context=trusted)
            encrypted = True
        if place.username:
            if not (encrypted or _is_loopback(host)):
                raise PasswordInTheClear(f"{host} offers no STARTTLS: use smtps://, or a server that does")
            server.login(unquote(place.username), unquote(place.password or ""))
        yield server


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
