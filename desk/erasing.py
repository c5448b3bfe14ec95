"""Order an erasure, or only try it, and say what is left to do by hand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from desk.door import Door, do, let_act, looking, overwrite
from machines.act import Act
from machines.erasing import named_elsewhere, names_of
from machines.erasure import ERASURE
from machines.perform import perform
from machines.procedure import Office
from machines.refusal import Unknown
from machines.register import holders
from machines.settle import again_if_raced, settle_in
from models.database import Db

_ERASED = "SELECT number FROM cases WHERE procedure = 'erasure' AND person_id = ? ORDER BY number LIMIT 1"
_KNOWN = "SELECT erased_at FROM people WHERE person_id = ?"


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of an order: its case (none, if it was only tried), and where free words still name the person."""

    person_id: str
    case: str | None
    already: bool
    overwritten: bool  # whether nothing of it is left in the files of the database
    still_named: Mapping[str, list[str]]
    warnings: tuple[Mapping[str, Any], ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as it is answered."""
        return asdict(self)


def order_erasure(door: Door, act: Act, *, language: str) -> Erased:
    """Order the erasure that *act* names; of somebody erased before only what the disk still holds is overwritten.

    Raises what `do` raises, and Unknown for somebody the register does not know.
    """
    person = act.facts["person"]
    with looking(door) as db:
        before, names = _case_of(db, person), names_of(db, person)
    if before is not None:
        let_act(door)
        return Erased(person, before, True, overwrite(door), {})
    answered = do(door, act, language=language)
    with looking(door) as db:
        return Erased(
            person, answered.number, False, answered.overwritten, named_elsewhere(db, names), tuple(answered.body["entry"]["warnings"])
        )  # fmt: skip


def try_erasure(door: Door, act: Act) -> Erased:
    """Do as if, and say where free words would still name the person; nothing is written. Raises what `perform` raises."""
    person = act.facts["person"]

    def play() -> Erased:
        with door.database.transaction(keep=False) as db:
            before, names = _case_of(db, person), names_of(db, person)
            if before is not None:
                return Erased(person, before, True, False, {})
            settle_in(db, act.at, door.book)
            perform(db, act, door.book)
            return Erased(person, None, False, False, named_elsewhere(db, names))

    return again_if_raced(play)


def act_of_erasure(door: Door, facts: Mapping[str, Any], *, actor: str | None, at: Any, key: str) -> Act:
    """Build the order; unless somebody is named, who has held the office of the working body longest gives it."""
    with looking(door) as db:
        actor = actor or next(iter(holders(db, Office.working_body, at)), "")
    return Act(procedure=ERASURE.name, name="order", actor=actor, at=at, facts=facts, key=key)


def older_backups(home: Path) -> list[str]:
    """Name the backups of the home: each holds what was erased after it was made."""
    from models.backup import FOLDER

    return sorted(str(file) for file in (home / FOLDER).glob("*.backup"))


def _case_of(db: Db, person: str) -> str | None:
    known = db.one(_KNOWN, person)
    if known is None:
        raise Unknown("person", person)
    row = db.one(_ERASED, person)
    return row[0] if row else None
