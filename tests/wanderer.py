"""A wanderer through the procedures: does any act that somebody may do, with any facts of the right shape.

It knows no procedure by name, so that one more needs nothing here: offices, facts and links come from the tables. What it
finds are situations that nobody would think of.
"""

import datetime as dt
import random
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from machines.act import PRESIDENT, Act
from machines.concerned import LOOKS_AT
from machines.facts import NamesCase, NamesPerson
from machines.perform import perform
from machines.procedure import NEW, NOMINATING_OFFICES, Office, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.refusal import Unanswerable
from machines.settle import settle
from machines.zones import local_time
from models.database import Db, instant
from tests.assembly import Assembly

TRIES = 40  # shapes with conditions of their own are drawn again
WORDS = ("On the proposal of the secretariat, as agreed", "Kostanay", "1-7")
NAMED = {"rule": [*LOOKS_AT], "norm": ("9.2c", "9.3b", "8.3b", "14.2c", "15.0a")}
INDISPENSABLE = {Office.working_body, Office.chairman, Office.sa_secretariat}  # without them nothing goes on

MOST_ERASED = 1  # few hold no office, and without them nobody is nominated

OPENING = [row for procedure in PROCEDURES.values() for row in procedure.acts if row.opens_case]


class StandStill(Exception):
    """The act would leave nobody who could go on."""


@dataclass(frozen=True)
class Case:
    """A case as it stands."""

    number: str
    procedure: Procedure[Any]
    state: str
    seq: int
    person: str | None


class Wanderer:
    """Somebody who tries everything, always in the same order for the same *seed*."""

    def __init__(self, assembly: Assembly, seed: int) -> None:
        self.assembly, self.dice = assembly, random.Random(seed)
        self.bodies = [row[0] for row in assembly.ask("SELECT body_id FROM bodies ORDER BY body_id")]
        self.visited: set[tuple[str, str]] = set()

    @property
    def people(self) -> list[str]:
        """Who is known, and not erased: nobody names the others any more."""
        return [
            row[0]
            for row in self.assembly.ask("SELECT person_id FROM people WHERE erased_at IS NULL ORDER BY person_id")
        ]

    # ------------------------------------------------------------------------------------------------------------ wandering

    def wander(self, steps: int) -> Iterator[Case]:
        """Do acts, time going on, and yield each case that was moved."""
        moved: Case | None = None
        for _ in range(steps):
            self.assembly.now = self._later()
            assert settle(self.assembly.database.transaction, self.assembly.now, self.assembly.book).failed == ()
            case, row = self._somewhere(moved)
            number = next(filter(None, (self._do(act) for act in self._draws(case, row))), None)
            if number:
                moved = self.case(number)
                self.visited.add((moved.procedure.name, moved.state))
                yield moved

    def _later(self) -> dt.datetime:
        """Go on in time: a little, or to the morning of the next day that matters, or past a deadline."""
        now = self.assembly.now
        if self.dice.random() < 0.85:
            return now + dt.timedelta(hours=self.dice.choice((0, 0, 0, 1, 1, 5, 20)))
        due = self.assembly.ask("SELECT due_at FROM deadlines WHERE state = 'open' AND due_at > ? ORDER BY due_at", now)
        if not due:
            return now + dt.timedelta(days=3)
        return max(
            now, instant(self.dice.choice(due[:4])[0]) + dt.timedelta(hours=self.dice.choice((-3, -3, -3, 0, 1)))
        )

    def _somewhere(self, moved: Case | None) -> tuple[Case | None, Transition[Any]]:
        """Go on with the case just moved, or with another one; or open one, of whichever procedure."""
        if moved and self.dice.random() < 0.75:
            following = [row for row in OPENING if moved.procedure.name in linked(row)]
            if following and self.dice.random() < 0.25:
                return None, self.dice.choice(following)
            case = self.dice.choice(self._around(moved))
            if case.state not in case.procedure.final:
                return case, self._row(case.procedure, case.state)
        procedure = self.dice.choice([*PROCEDURES.values()])
        going_on = [case for case in self.cases("procedure = ? AND NOT final", procedure.name) if self._goes_on(case)]
        if going_on and self.dice.random() < 0.7:
            case = self.dice.choice(going_on[-3:])
            return case, self._row(procedure, case.state)
        return None, self._row(procedure, NEW)

    def _around(self, moved: Case) -> list[Case]:
        """Return the case as it stands now, the one that it belongs to, and those that belong to it."""
        where = "NOT final AND (parent = ? OR about = ? OR number = (SELECT parent FROM cases WHERE number = ?))"
        return [self.case(moved.number), *self.cases(where, moved.number, moved.number, moved.number)]

    def _goes_on(self, case: Case) -> bool:
        """Whether there is more to be done than to end it; what stands is ended rarely."""
        rows = case.procedure.known_in(case.state)
        return self.dice.random() < 0.1 or not all({*row.targets} <= {*case.procedure.final} for row in rows)

    def _row(self, procedure: Procedure[Any], state: str) -> Transition[Any]:
        """Choose an act that the state knows, one that ends the case more rarely, none that it cannot know."""
        rows = procedure.known_in(state) or procedure.acts
        ends = [bool({*row.targets} & {*procedure.final}) for row in rows]
        return self.dice.choices(rows, [1 if end else 8 for end in ends])[0]

    def _draws(self, case: Case | None, row: Transition[Any]) -> Iterator[Act]:
        """Make the act a few times, each time by other people with other facts."""
        for _ in range(4):
            act = self.attempt(case, row)
            if act is not None:
                yield act

    def _do(self, act: Act) -> str | None:
        """Do an act, unless it is not to be done or would leave nobody who could go on."""
        try:
            with self.assembly.database.transaction() as db:
                number = perform(db, act, self.assembly.book).number
                _go_on(db)
        except (Unanswerable, StandStill):
            return None
        return number

    # ----------------------------------------------------------------------------------------------------------------- cases

    def case(self, number: str) -> Case:
        """Read a case."""
        return self.cases("number = ?", number)[0]

    def cases(self, where: str = "true", *parameters: Any) -> list[Case]:
        """Read cases, in the order in which they were opened."""
        columns = "number, procedure, state, seq, person_id"
        rows = self.assembly.ask(f"SELECT {columns} FROM cases WHERE {where} ORDER BY opened_at, number", *parameters)
        return [Case(number, PROCEDURES[name], state, seq, person) for number, name, state, seq, person in rows]

    # ------------------------------------------------------------------------------------------------------------------ acts

    def attempt(self, case: Case | None, row: Transition[Any], *, office: Office | None = None) -> Act | None:
        """Make an act of somebody who holds one of its offices, as far as anybody does."""
        procedure = case.procedure if case else next(each for each in PROCEDURES.values() if row in each.acts)
        facts = self.facts(row)
        if facts is None:
            return None
        told = {"case": case.number if case else None, "seen": case.seq if case else None, "facts": facts}
        office = office or self.dice.choice(row.by)
        if office in (Office.clock, Office.consequence):
            actor: str | None = "clock" if office is Office.clock else "d1"
            told["office"] = office
        elif office is Office.president:
            actor, told["on_behalf_of"] = "wb", PRESIDENT
        else:
            actor = self._holder(office, case)
        return actor and Act(procedure=procedure.name, name=row.name, actor=actor, at=self.assembly.now, **told)  # type: ignore[return-value]

    def _holder(self, office: Office, case: Case | None) -> str | None:
        if office is Office.candidate or (case and office in (Office.member, Office.council_member) and case.person):
            return case.person if case else None
        offices = NOMINATING_OFFICES if office is Office.nominating_body else (office,)
        holders = [holder for each in offices for holder in self.assembly.holding(each)]
        return self.dice.choice(holders) if holders else None

    # ----------------------------------------------------------------------------------------------------------------- facts

    def facts(self, row: Transition[Any]) -> dict[str, Any] | None:
        """Draw facts of the right shape; None where that takes a case that there is not."""
        for _ in range(TRIES):
            try:
                drawn = self._model(row.facts)
                row.facts.model_validate(drawn)
            except (ValidationError, IndexError):
                continue
            return drawn
        return None

    def _model(self, model: type[BaseModel]) -> dict[str, Any]:
        drawn = {field.alias or name: self._field(name, field) for name, field in model.model_fields.items()}
        return {name: value for name, value in drawn.items() if value is not None}

    def _field(self, name: str, field: FieldInfo) -> Any:
        if not field.is_required() and self.dice.random() < 0.4:
            return None
        return self._value(name, field.annotation, field.metadata)

    def _value(self, name: str, shape: Any, marks: list[Any]) -> Any:
        arguments = get_args(shape)
        if get_origin(shape) is Annotated:
            return self._value(name, arguments[0], [*marks, *arguments[1:]])
        if get_origin(shape) in (Union, types.UnionType):
            return self._value(
                name, self.dice.choice([each for each in arguments if each is not types.NoneType]), marks
            )
        if get_origin(shape) is Literal:
            return (
                arguments[0] if self.dice.random() < 0.4 else self.dice.choice(arguments)
            )  # the usual one comes first
        if get_origin(shape) in (tuple, list) and any(isinstance(mark, NamesPerson) for mark in marks):
            return self._several()
        if get_origin(shape) in (tuple, list):
            return [self._value(name, arguments[0], marks) for _ in range(self.dice.choice((1, 1, 2, 6)))]
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            return self._model(shape)
        return self._plain(name, shape, marks)

    def _linked(self, procedures: tuple[str, ...]) -> list[str]:
        """Return cases to choose from, those that go on first in number."""
        cases = [case for case in self.cases() if case.procedure.name in procedures]
        return [
            case.number for case in [*cases[-4:], *(case for case in cases if case.state not in case.procedure.final)]
        ]

    def _several(self) -> list[str]:
        """Draw people, mostly such as sit together somewhere, sometimes all of them."""
        office = self.dice.choice((Office.member, Office.council_member, Office.council_member))
        together = (self.dice.random() < 0.9 and self.assembly.holding(office)) or self.people
        return together if self.dice.random() < 0.6 else self.dice.sample(together, self.dice.randint(1, len(together)))

    def _plain(self, name: str, shape: Any, marks: list[Any]) -> Any:
        for mark in marks:
            if isinstance(mark, NamesPerson):
                return self.dice.choice(self.people)
            if isinstance(mark, NamesCase):
                return self.dice.choice(
                    [case.number for case in self.cases() if case.procedure.name in mark.procedures][-4:]
                )
        today = local_time(self.assembly.now, self.assembly.book.zone)
        if shape is bool:
            return self.dice.random() < 0.5
        if shape is int:
            return self.dice.choice((0, 1, 3, 7, today.year))
        if shape is dt.date:
            return (today.date() + dt.timedelta(days=self.dice.choice((-40, -1, 0, 0, 0, 0, 0, 0, 1, 14)))).isoformat()
        if shape is dt.datetime:
            return (today + dt.timedelta(days=self.dice.choice((-1, 1, 2, 5, 20, 35, 50)))).strftime("%Y-%m-%d %H:%M")
        if shape is Any:
            return self.dice.choice((5, 12, "3/4", ">1/2", "open", True, ["other"]))
        assert shape is str, f"{name} is {shape}"
        if name in NAMED:
            return self.dice.choice(NAMED[name])
        return self.dice.choice(self.bodies if name in ("body", "region") else WORDS)


def linked(row: Transition[Any]) -> set[str]:
    """Name the procedures whose cases the facts of an act name."""
    marks = (mark for field in row.facts.model_fields.values() for mark in field.metadata)
    return {name for mark in marks if isinstance(mark, NamesCase) for name in mark.procedures}


def _go_on(db: Db) -> None:
    held = {row[0] for row in db.all("SELECT office FROM mandates WHERE ended_at IS NULL")}
    erased = db.one("SELECT count(*) FROM people WHERE erased_at IS NOT NULL")
    if not INDISPENSABLE <= held or (erased and erased[0] > MOST_ERASED):
        raise StandStill


def wrong(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield facts of the wrong shape: a name too much, and each fact as something else."""
    yield {**facts, "unheard_of": 1}
    for name in facts:
        yield {**facts, name: {"unheard_of": 1}}
