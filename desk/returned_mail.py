"""Read what a mail server sends back: a report of non-delivery (RFC 3464), as it is piped to `kenes messages bounced`.

Whoever sends a report cannot make anything happen with it unless it names the id of a letter of ours, which only its receiver
and the servers on the way have seen.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default

MOST_BYTES = 1024 * 1024  # more than any report; what lies beyond is not read
_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_FOR_GOOD = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a letter."""

    mail_ids: tuple[str, ...]  # by which it may be one of ours
    action: str  # failed, delayed, delivered, relayed, expanded
    said: str


class NoReport(Exception):
    """The mail is no report of non-delivery."""


def read_report(mail: bytes) -> Report:
    """Read a report; raises NoReport with what it is instead."""
    try:
        message = email.message_from_bytes(mail[:MOST_BYTES], policy=default)
        parts = list(message.walk())
        status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
        if status is None or message.get_content_type() != "multipart/report":
            raise NoReport(_what(message))
        fields = _fields(status)
        return Report(tuple(_ids(parts)), fields.get("action", "").lower(), _said(fields))
    except (MessageError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise NoReport(f"a mail that cannot be read ({type(error).__name__})") from error


def failed(report: Report) -> bool:
    """Say whether the letter did not and will not arrive: `delayed` may still, and `delivered` has."""
    return report.action == _FOR_GOOD


def _fields(status: Message) -> dict[str, str]:
    """Return the fields of the recipient: the last block that names an action (a letter of ours has one recipient)."""
    blocks = status.get_payload()
    found: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Message) and block.get("action"):
            found = {name.lower(): " ".join(str(value).split()) for name, value in block.items()}
    return found


def _said(fields: dict[str, str]) -> str:
    """Return what the server said: the status, and its words without the kind in front (`smtp; 550 …`)."""
    words = fields.get("diagnostic-code", "").partition(";")[2].strip()
    status = fields.get("status", "")
    return words if status and status in words else " ".join(filter(None, (status, words)))


def _ids(parts: list[EmailMessage]) -> Iterator[str]:
    """Yield ids that may be ours: of the letter that is returned, whole or as headers, and of what the report refers to."""
    texts: list[str] = []
    for part in parts:
        texts += [
            str(part.get(name, "")) for name in ("message-id", "in-reply-to", "references", "original-message-id")
        ]
        if part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            texts.append(_headers_of(part))
    yield from dict.fromkeys(found for text in texts for found in _ID.findall(text))


def _headers_of(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    headers = email.message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=default)
    return str(headers.get("message-id", ""))


def _what(message: EmailMessage) -> str:
    if message.get_content_type() == "text/calendar" or any(
        part.get_content_type() == "text/calendar" for part in message.walk()
    ):
        return "an answer to an invitation"
    if str(message.get("auto-submitted", "no")).lower() != "no":
        return "an automatic answer"
    return "a mail of another kind"
