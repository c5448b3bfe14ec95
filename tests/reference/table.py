"""The rows of the contract of the tables: who does what, from which state to which, and which deadlines follow; and the numbers of the law.

They are read from `tests/contract`, which was written down by hand from the law and is made from nothing of the program.
"""

from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.reference.days import DAY, after, months, working_days

NOMINATING = ("sa_chairman", "sa_secretariat", "association", "state_body")
ROUTES = {"small_assembly": "14.1a", "association": "14.1b", "state_body": "14.1a"}  # which knows no norm of its own
OFFICES = {"membership": "member", "council_seat": "council_member", "deputy_appointment": "deputy_chairman"}
OWN_PROCEDURE = {"deputy_chairman": "7.2a", "member": "13.1a", "council_member": "9.1a"}
# By these acts an office is held from then on; those are for oneself, unless the Chairman closes a seat.
BEGIN = ("office.assume", "membership.start", "membership.enrol", "council_seat.open", "deputy_appointment.enrol",
         "deputy_appointment.appoint")  # fmt: skip
ONES_OWN = ("membership.leave", "membership.revoke_leave", "council_seat.close")


class Row(NamedTuple):
    """An act: from which states, to which (none: it stays; several: votes or facts decide), by which offices, and what follows."""

    source: tuple[str, ...]
    to: tuple[str, ...]
    by: tuple[str, ...]  # none: the clock, or another case, brings it about
    norms: tuple[str, ...]
    follows: tuple[str, ...]  # `!` opens a deadline, `~` closes it, another act is brought about
    ways: dict[str, list[str]]  # what follows when it leads to this state
    there: tuple[str, ...]  # deadlines of the case on which it depends, which are closed
    joint: bool
    concurrent: bool


def _contract(name):
    return yaml.safe_load((Path(__file__).parents[1] / "contract" / f"{name}.yaml").read_text(encoding="utf-8"))


def _row(told):
    words = {name: tuple(each for each in told.get(name, "").split() if each not in NOT_SAID) for name in WORDS}
    opens, closes = ["!" + name for name in words["opens"] + words["moves"]], ["~" + name for name in words["closes"]]
    ways = {state: way.split() for state, way in told.get("ways", {}).items()}
    marks = words["there"], "joint" in told, "concurrent" in told
    return Row(*(words[name] for name in WORDS[:4]), (*closes, *opens, *words["brings"]), ways, *marks)


WORDS = ("from", "to", "by", "norms", "opens", "moves", "closes", "brings", "there")
NOT_SAID = ("=", "clock", "consequence")  # it stays where it is; nobody's act
TABLES, LAW = _contract("procedures"), _contract("rules")
ACTS = {f"{name}.{act}": _row(told) for name, table in TABLES.items() for act, told in table["acts"].items()}
TERMS = {name: term for table in TABLES.values() for name, term in table["deadlines"].items()}
CLOCK = {name: term["expires"] for name, term in TERMS.items() if "expires" in term}
RANK = ("take_effect", "exit", "breach", "begin", "lapse", "close")  # at one instant, in this order
# When a deadline is due that is opened at this moment, or how a calendar counts it, from which day and how long; without a
# convened meeting a consideration has no date, and an ordinary session has no month to be held in.
DUE = {
    "consideration": lambda w, c: min(
        [m.told["starts_at"] for m in w.all("council_meeting", "convened")], default=None
    ),
    "submission": lambda w, c: (working_days, w.today, w.law("candidacy.submission_working_days", c)),
    "approval": lambda w, c: after(w.today + w.law("candidacy.approval_days", c) * DAY),
    "removal_task": lambda w, c: (working_days, w.today, w.law("removal.task_working_days", c)),
    "exit": lambda w, c: datetime.combine(c.told["from_date"], time()),
    "decision": lambda w, c: after(w.today + w.law("removal.decision_days", c) * DAY),
    "agreement": lambda w, c: c.told["starts_at"],
    "meeting": lambda w, c: c.told["starts_at"],
    "closing": lambda w, c: after(c.told["closes_on"]),
    "tally": lambda w, c: (working_days, w.today - DAY, w.law("poll.tally_working_days", c)),
    "announcement": lambda w, c: c.told["notice"],
    "hold_by": lambda w, c: c.told["kind"] == "extraordinary" and w.month_of(c),
    "opening": lambda w, c: c.told["starts_at"],
    "collection": lambda w, c: after(months(w.today, w.law("request.collection_months", c))),
    "convening": lambda w, c: after(w.today + w.law("request.convening_days", c) * DAY),
    "year_end": lambda w, c: after(date(int(c.told["year"]), 12, 31)),
    "confirmation": lambda w, c: datetime.combine(c.told["since"], time()),
    "beginning": lambda w, c: datetime.combine(c.told["since"], time()),
}
