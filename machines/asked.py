"""Which act a letter's reader is asked for: what its link leads to."""

from datetime import datetime

from machines.situation import Held, Mandates
from machines.waiting import Waiting, acts_waiting_for, tasks_of
from models.database import Db

_CASE = "SELECT number, procedure, state, person_id, joint, facts FROM cases WHERE number = ? AND NOT final"
_HELD = """SELECT number, person_id, office, body, region, coalesce(category, ''), coalesce(ex_officio, ''), slot FROM mandates
 WHERE (person_id = ? OR office IN ('chairman', 'deputy_chairman')) AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)
 ORDER BY begins_at, number"""
_ANSWERED = "SELECT number FROM ballots WHERE number = ? AND person_id = ?"
_OPEN = "SELECT name FROM deadlines WHERE number = ? AND state = 'open' ORDER BY due_at, name"


def act_asked(db: Db, person: str, number: str, at: datetime) -> str:
    """Return the act by which a case waits for *person*, who holds the offices of the instant *at*; empty: it does not.

    An act that opens another case has its procedure before it: `removal.submit`.
    """
    row = db.one(_CASE, number)
    if row is None:
        return ""
    case = Waiting(*row)
    mandates = Mandates(Held._make(one) for one in db.all(_HELD, person, at, at))
    held = Mandates(mandates.of(person))
    deputies = mandates.holders("deputy_chairman") or mandates.holders("chairman")
    answered = [one[0] for one in db.all(_ANSWERED, number, person)]
    if acts := acts_waiting_for(person, held, case, deputies=deputies, answered=answered):
        return acts[0]
    tasks = tasks_of(person, held, deputies=deputies)
    asked = (tasks.get(f"{case.procedure}.{name}") for (name,) in db.all(_OPEN, number))
    return next((act for act in asked if act), "")
