"""Webhooks: the journal told to others over HTTP, signed as standard-webhooks has it, without personal data.

The secret of a webhook follows from the signing key and its address, so that nothing more has to be kept; `secret_of`
writes it as receivers' libraries expect it.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from machines.outbox import Waiting

TIMEOUT_S = 10.0


class NotTaken(Exception):
    """The receiver did not say 2xx."""


def open_client() -> httpx.Client:
    """Open a client that follows nobody elsewhere: the address was given by the operator."""
    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers={"User-Agent": "kenes"})


def call(client: httpx.Client, waiting: Waiting, *, now: datetime, key: Ed25519PrivateKey, source: str) -> str:
    """Tell one webhook of one entry and return what was sent; raises NotTaken or what httpx raises."""
    event = event_of(waiting, source)
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    signed = signed_headers(body, id=event["id"], now=now, secret=_secret(key, waiting.to))
    answer = client.post(waiting.to, content=body.encode(), headers={"Content-Type": "application/json"} | signed)
    if not answer.is_success:
        raise NotTaken(f"{answer.status_code} {answer.reason_phrase}")
    return body


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
