"""Webhooks: the journal told to others over HTTP, signed as standard-webhooks has it, without personal data.

The secret of a webhook follows from the signing key and its address, so that nothing more has to be kept; `secret_of`
writes it as receivers' libraries expect it.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from machines.outbox import Waiting

TIMEOUT_S = 10.0  # for each part of an answer
PATIENCE_S = 30.0  # for a whole call, however slowly its answer drips
MOST_READ = 64 * 1024  # bytes of an answer, of which nothing is wanted but its first line


class NotTaken(Exception):
    """The receiver did not say 2xx."""


@dataclass(slots=True)
class Caller:
    """A client for one webhook, and the connection it uses, so that somebody else can hang up."""

    client: httpx.Client
    streams: list[Any] = field(default_factory=list)

    def trace(self, name: str, told: dict[str, Any]) -> None:
        """Remember the connection (httpcore tells of each that it opens)."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.streams[:] = [told["return_value"]]

    def hang_up(self) -> None:
        """Cut the connection, whoever waits on it."""
        for stream in self.streams:
            with contextlib.suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def open_caller() -> Iterator[Caller]:
    """Open a client that follows nobody elsewhere: the address was given by the operator."""
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers={"User-Agent": "kenes"}) as client:
        yield Caller(client)


def call(caller: Caller, waiting: Waiting, *, now: datetime, key: Ed25519PrivateKey, source: str) -> str:
    """Tell one webhook of one entry and return what was sent; raises NotTaken or what httpx raises."""
    event = event_of(waiting, source)
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    signed = signed_headers(body, id=event["id"], now=now, secret=_secret(key, waiting.to))
    watch = threading.Timer(PATIENCE_S, caller.hang_up)
    watch.daemon = True
    watch.start()
    try:
        _tell(caller, waiting.to, body, signed)
    finally:
        watch.cancel()
    return body


def _tell(caller: Caller, url: str, body: str, signed: dict[str, str]) -> None:
    headers = {"Content-Type": "application/json"} | signed
    asked = caller.client.stream(
        "POST", url, content=body.encode(), headers=headers, extensions={"trace": caller.trace}
    )
    with asked as answer:
        if not answer.is_success:
            raise NotTaken(f"{answer.status_code} {answer.reason_phrase}")
        # It has been taken. The rest is read only to use the connection again, and never to its end if that is far.
        with contextlib.suppress(httpx.HTTPError):
            read = 0
            for part in answer.iter_raw():
                read += len(part)
                if read > MOST_READ:
                    break


def event_of(waiting: Waiting, source: str) -> dict[str, Any]:
    """Return what is sent: an event in the form of CloudEvents, the entry being its id."""
    told = waiting.parameters
    return {
        "specversion": "1.0",
        "id": f"{waiting.number}/{waiting.seq}",
        "source": source,
        "type": f"kenes.{told['procedure']}.{told['act']}",
        "subject": waiting.number,
        "time": told["recorded_at"],
        "datacontenttype": "application/json",
        "data": told,
    }


def signed_headers(body: str, *, id: str, now: datetime, secret: bytes) -> dict[str, str]:
    """Sign id, second and body together (standard-webhooks, v1)."""
    second = str(int(now.timestamp()))
    signature = hmac.digest(secret, f"{id}.{second}.{body}".encode(), hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": second,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def secret_of(key: Ed25519PrivateKey, url: str) -> str:
    """Return the secret of a webhook as its receiver is told it, beginning with `whsec_`."""
    return f"whsec_{base64.b64encode(_secret(key, url)).decode()}"


def _secret(key: Ed25519PrivateKey, url: str) -> bytes:
    return hmac.digest(key.private_bytes_raw(), f"kenes webhook {url}".encode(), hashlib.sha256)
