"""Whom anybody may be in the demonstration: seven of its people, one for each way of working with the desk.

Their accounts have no password. They open by one click, from the computer on which the desk runs and from nowhere else.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from desk.access.accounts import open_account
from models.database import Db

OPERATOR = "op"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "ch": "chairman",
        "d1": "deputy_chairman",
        "wb": "working_body",
        "m5": "council_member",
        "m205": "member",
        "s:Kostanay": "sa_secretariat",
        OPERATOR: "operator",
    }
)


def open_demo_accounts(db: Db, *, at: datetime) -> None:
    """Give each of the seven an account of the demonstration."""
    for person in ROLES:
        open_account(db, person, at=at, operator=person == OPERATOR, demonstration=True)
