"""The letter by which somebody is invited to the desk, and the secret in its link.

The secret follows from the signing key and the invitation's id, so that neither outbox nor backup holds it in words before it is sent.
"""

import hashlib
import hmac
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from machines.letters import Letter, legal_time
from machines.wording import say

INVITATION = "account.invitation"  # the template


def secret_of(key: Ed25519PrivateKey, invitation: str) -> str:
    """Return the secret of an invitation by its id."""
    return hmac.digest(key.private_bytes_raw(), f"kenes invitation {invitation}".encode(), hashlib.sha256).hex()


def address_of(desk_url: str, secret: str) -> str:
    """Return where an invitation is taken up."""
    return f"{desk_url.rstrip('/')}/invitations/{secret}"


def invitation_letter(*, language: str, person: str, name: str, link: str, until: str, zone: str) -> Letter:
    """Write the letter of an invitation that is good *until* an instant."""
    told = {"name": name, "person": person, "link": link, "until": legal_time(datetime.fromisoformat(until), zone)}
    return Letter(say("access.letter.subject", language), say("access.letter.body", language, **told))
