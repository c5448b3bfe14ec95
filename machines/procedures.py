"""The procedures of the service: one line each."""

from typing import Any

from machines.annual_session import ANNUAL_SESSION
from machines.candidacy import CANDIDACY
from machines.council_meeting import COUNCIL_MEETING
from machines.council_question import COUNCIL_QUESTION
from machines.council_seat import COUNCIL_SEAT
from machines.deputy_appointment import DEPUTY_APPOINTMENT
from machines.edition import EDITION
from machines.erasure import ERASURE
from machines.membership import MEMBERSHIP
from machines.office import OFFICE
from machines.poll import POLL
from machines.procedure import Procedure
from machines.removal import REMOVAL
from machines.resolution import RESOLUTION
from machines.session import SESSION
from machines.session_request import SESSION_REQUEST
from machines.term_decision import TERM_DECISION

PROCEDURES: dict[str, Procedure[Any]] = {
    procedure.name: procedure
    for procedure in (
        OFFICE,
        CANDIDACY,
        MEMBERSHIP,
        REMOVAL,
        COUNCIL_SEAT,
        COUNCIL_MEETING,
        COUNCIL_QUESTION,
        POLL,
        DEPUTY_APPOINTMENT,
        SESSION,
        RESOLUTION,
        SESSION_REQUEST,
        ANNUAL_SESSION,
        EDITION,
        TERM_DECISION,
        ERASURE,
    )
}

_BY_LETTER = {procedure.letter: procedure for procedure in PROCEDURES.values()}


def procedure_of_number(number: str) -> Procedure[Any] | None:
    """Return the procedure that a case's number belongs to, by its letter: C-2026-0014 is a candidacy."""
    return _BY_LETTER.get(number.partition("-")[0])
