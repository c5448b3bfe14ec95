"""The procedures of the service: one line each."""

from typing import Any

from machines.candidacy import CANDIDACY
from machines.council_seat import COUNCIL_SEAT
from machines.deputy_appointment import DEPUTY_APPOINTMENT
from machines.membership import MEMBERSHIP
from machines.office import OFFICE
from machines.procedure import Procedure
from machines.removal import REMOVAL

PROCEDURES: dict[str, Procedure[Any]] = {
    procedure.name: procedure
    for procedure in (
        OFFICE,
        CANDIDACY,
        MEMBERSHIP,
        REMOVAL,
        COUNCIL_SEAT,
        DEPUTY_APPOINTMENT,
    )
}

_BY_LETTER = {procedure.letter: procedure for procedure in PROCEDURES.values()}


def procedure_of_number(number: str) -> Procedure[Any] | None:
    """Return the procedure that a case's number belongs to, by its letter: C-2026-0014 is a candidacy."""
    return _BY_LETTER.get(number.partition("-")[0])
