"""Acts that are only tried: as they would be performed, except that a trial never tells what a secret vote has come to."""

from typing import Any

from machines.act import Act, Done
from machines.load import load, of_case
from machines.perform import perform
from machines.procedures import PROCEDURES
from machines.refusal import Refusal, Refused
from machines.rulebook import Rulebook
from machines.situation import Situation
from models.database import Db


def try_act(db: Db, act: Act, book: Rulebook) -> Done:
    """Do *act* on a copy that is given up afterwards, as `perform` does, in the same order of answers.

    Raises what perform raises, and Refused for what would count a secret vote: two trials, one before and one after
    somebody has voted, would tell how (8.3c).
    """
    done = perform(db, act, book)
    refusals = _sums_of_a_secret_vote(db, act, done, book)
    if refusals:
        raise Refused(str(act), refusals)
    return done


def _sums_of_a_secret_vote(db: Db, act: Act, done: Done, book: Rulebook) -> list[Refusal]:
    record, procedure = done.record, PROCEDURES[done.record.procedure]
    casts = [row for row in procedure.acts if row.secret and record.source in row.source]
    if not casts or record.target == record.source:
        return []
    loaded = load(
        db, Act(procedure=procedure.name, name="", actor=act.actor, at=act.at, case=record.number), book, lock=False
    )
    s: Situation[Any] = of_case(loaded, act.at, procedure)
    return [Refusal("8.3c", "resolution.secret_until_closed") for row in casts if row.secret and row.secret(s)]
