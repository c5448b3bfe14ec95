"""What somebody's offices let him do, whatever the case: the answer for acts that open one, of which no state can be asked.

What a case, its state and the facts of an act add, the answer about the case says (`machines/perform.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from machines.act import Act
from machines.authority import may_enter, offices_for
from machines.load import Loaded, load, situation
from machines.procedure import Procedure, Transition
from machines.procedures import PROCEDURES
from machines.rulebook import Rulebook
from models.database import Db


@dataclass(frozen=True, slots=True)
class Standing:
    """The offices of one person at one instant."""

    person: str
    at: datetime
    loaded: Loaded

    def offices(self, procedure: Procedure[Any], row: Transition[Any]) -> tuple[str, ...]:
        """Name the offices in which the person could do an act of no case in particular; none: it belongs to others."""
        asked = Act(procedure=procedure.name, name=row.name, actor=self.person, at=self.at)
        return offices_for(row, situation(asked, row, self.loaded))

    def may(self, procedure: str, act: str) -> bool:
        """Say whether the person holds an office of an act; whether it can be done now, the act itself says."""
        table = PROCEDURES[procedure]
        return bool(self.offices(table, table.rows[act]))

    @property
    def may_enter(self) -> bool:
        """Say whether the person may enter acts for those who are entitled."""
        return may_enter(self.person, self.loaded.mandates)


def standing(db: Db, person: str, *, at: datetime, book: Rulebook) -> Standing:
    """Look up what somebody's offices let him do."""
    asked = Act(procedure="", name="", actor=person, at=at)
    return Standing(person, at, load(db, asked, book, lock=False))
