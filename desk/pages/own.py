"""Which cases have a page of their own beside the page of every case, and which acts have one."""

from collections.abc import Mapping

from machines.procedures import procedure_of_number

PAGES: Mapping[str, str] = {
    "poll": "/polls", "council_meeting": "/meetings", "council_question": "/questions", "session": "/sessions",
    "resolution": "/resolutions", "session_request": "/requests", "annual_session": "/years",
}  # fmt: skip
# What is cast by one member, and what is entered one by one as people come: each on a page that is made for it.
BALLOTS: Mapping[str, str] = {"poll": "answer", "council_question": "vote", "resolution": "vote"}
SCANNED = ("check_in", "check_out")


def page_of(number: str) -> str:
    """Return the page of a case: its own where it has one."""
    return f"{PAGES.get(_procedure(number), '/cases')}/{number}"


def page_of_act(number: str, act: str) -> str:
    """Return the page on which an act of a case is done."""
    procedure = _procedure(number)
    if BALLOTS.get(procedure) == act:
        return f"/ballots/{number}"
    if act in SCANNED and procedure in PAGES:
        return f"{page_of(number)}/registration"
    return f"/cases/{number}/acts/{act}"


def _procedure(number: str) -> str:
    procedure = procedure_of_number(number)
    return procedure.name if procedure else ""
