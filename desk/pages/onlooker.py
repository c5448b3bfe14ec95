"""Somebody looks at sittings and votes: what the door answers about cases, put into his words, on one transaction."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request

from desk.door import Door, acts_of, holds_an_office, let_see, reading, show_case
from desk.pages.own import page_of, page_of_act
from desk.pages.page import name_of, speaker
from desk.pages.telling import last_day_shown, offset_shown, with_names
from desk.pages.visiting import Visitor
from desk.pages.waiting_for import who_holds
from desk.shapes import name_of as name_in
from desk.shapes import people_named
from desk.titles import titles_of
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Unknown
from machines.standing import Standing, standing
from machines.waiting import acts_of_state
from machines.zones import local_time
from models.database import Db, instant

AT_ONCE = 20  # of what is over: so many on a page
UNDER_WAY = 100  # of what is not over: nobody reads more
_ROW = "SELECT number, procedure, state, final, facts, opened_at, parent FROM cases"


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    number: str
    procedure: str
    state: str
    final: bool
    facts: Mapping[str, Any]
    opened_at: datetime
    parent: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look of one visitor."""

    db: Db
    door: Door
    visitor: Visitor
    _cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    _acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _standing: list[Standing] = field(default_factory=list)  # one, once it was asked

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.visitor.language

    @property
    def zone(self) -> str:
        """The zone in which local times are said."""
        return self.door.book.zone

    def t(self, key: str, **numbers: object) -> str:
        """Say a text of the pages."""
        return speaker(self.language)(key, **numbers)

    def case(self, number: str) -> dict[str, Any]:
        """Return the case as the API answers it; asked once."""
        if number not in self._cases:
            self._cases[number] = show_case(
                self.db, number, now=self.visitor.at, language=self.language, book=self.door.book
            )
        return self._cases[number]

    def is_of(self, number: str, procedure: str) -> bool:
        """Say whether a number is one of a procedure's."""
        known = procedure_of_number(number)
        return known is not None and known.name == procedure

    def seen(self, number: str, procedure: str) -> dict[str, Any]:
        """Return a case of a procedure to whom it is shown."""
        self.shown(number, procedure)
        return self.case(number)

    def shown(self, number: str, procedure: str) -> None:
        """Let those pass to whom the case is shown; of another procedure there is no such page: both are Unknown."""
        if not self.is_of(number, procedure) or not number.isprintable():
            raise Unknown("case", number)
        let_see(self.db, number, self.visitor.person_id, self.visitor.at)

    def acts(self, number: str) -> list[dict[str, Any]]:
        """Return the acts of the case's state as `parts.act` draws them: those that it waits for first; asked once."""
        if number in self._acts:
            return self._acts[number]
        case, who = self.case(number), self.visitor
        answers = acts_of(self.db, number, actor=who.person_id, at=who.at, book=self.door.book, language=self.language)
        awaited = acts_of_state(case["procedure"], case["state"])
        in_order = sorted(answers, key=lambda one: one["act"] not in awaited)
        self._acts[number] = [self._act(case, answer, awaited) for answer in in_order]
        return self._acts[number]

    def mine(self, number: str) -> list[dict[str, Any]]:
        """Return the acts that fall to the visitor's offices: allowed, or with why not."""
        return [one for one in self.acts(number) if one["office"]]

    def _act(self, case: Mapping[str, Any], answer: Mapping[str, Any], awaited: Iterable[str]) -> dict[str, Any]:
        number, name = case["number"], answer["act"]
        return {
            "name": f"{number}-{name}", "act": name, "text": name_of("act", f"{case['procedure']}.{name}", self.language),
            "href": page_of_act(number, name), "allowed": answer["allowed"],
            "refusals": with_names(self.db, answer["refusals"], self.language),
            "warnings": answer["warnings"], "office": answer["office"], "rare": name not in awaited,
            "by": [name_of("office", office, self.language) for office in answer["who_can"]], "may_enter": answer["may_enter"],
        }  # fmt: skip

    def said(self, problem: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return a problem with people called by their names in its sentences."""
        if not problem or not problem.get("refusals"):
            return problem
        return {**problem, "refusals": with_names(self.db, problem["refusals"], self.language)}

    def state(self, row: Row | Mapping[str, Any]) -> str:
        """Name the state of a case."""
        procedure, state = (row.procedure, row.state) if isinstance(row, Row) else (row["procedure"], row["state"])
        return name_of("state", f"{procedure}.{state}", self.language)

    def heading(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands on top of every page of a case."""
        number = case["number"]
        return {
            "number": number, "state": self.state(case), "final": case["final"], "own": page_of(number), "seq": case["seq"],
            "title": self.title(number), "kind": name_of("procedure", case["procedure"], self.language),
            "holds": None if case["final"] else who_holds(self.db, number, self.language),
        }  # fmt: skip

    def title(self, number: str) -> str:
        """Say what a case is about."""
        return titles_of(self.db, [number], self.language).get(number, number)

    def deadlines(self, case: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the open terms with how each was counted, the nearest first."""
        dated = sorted(case["deadlines"], key=lambda one: one["due"] or "9")
        return [
            {
                "id": one["name"], "name": name_of("deadline", f"{case['procedure']}.{one['name']}", self.language), "norm": one["norm"],
                "due": last_day_shown(one["due"]) if one["due"] else "", "iso": one["due"], "overdue": one["overdue"],
                "derivation": one["derivation"], "left": self.left(one["due"]) if one["due"] else "",
            }
            for one in dated
        ]  # fmt: skip

    def left(self, due: str) -> str:
        """Say how long it is still, by the clock of the desk."""
        seconds = int((datetime.fromisoformat(due) - self.visitor.at).total_seconds())
        if seconds <= 0:
            return self.t("sitting.passed")
        days, rest = divmod(seconds, 86_400)
        clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
        return self.t("sitting.left_days", days=days, clock=clock[:5]) if days else self.t("sitting.left", clock=clock)

    def moment(self, at: Any) -> str:
        """Write an instant with its offset."""
        return offset_shown(local_time(instant(at), self.zone).isoformat())

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """Name people in the visitor's language."""
        found = people_named(self.db, [person for person in people if person.isprintable()])
        return {person: name_in(found, person, self.language) or person for person in found}

    def rows(self, where: str, *values: Any) -> list[Row]:
        """Return cases as a list shows them."""
        return [
            Row(number, procedure, state, bool(final), json.loads(facts), instant(opened), parent)
            for number, procedure, state, final, facts, opened, parent in self.db.all(f"{_ROW} {where}", *values)
        ]

    def under_way(self, procedure: str) -> list[Row]:
        """Return what is not over, the newest first; strangers see what is about themselves."""
        mine, values = self._visible()
        where = f"WHERE procedure = ? AND NOT final{mine} ORDER BY opened_at DESC, number DESC LIMIT ?"
        return self.rows(where, procedure, *values, UNDER_WAY)

    def over(self, procedure: str, after: str = "") -> tuple[list[Row], str]:
        """Return a page of what is over, the newest first, and after which case the next page begins."""
        mine, values = self._visible()
        if after.isprintable() and after:
            mine += " AND (opened_at, number) < (SELECT opened_at, number FROM cases WHERE number = ?)"
            values = [*values, after]
        where = f"WHERE procedure = ? AND final{mine} ORDER BY opened_at DESC, number DESC LIMIT ?"
        found = self.rows(where, procedure, *values, AT_ONCE + 1)
        return found[:AT_ONCE], found[AT_ONCE - 1].number if len(found) > AT_ONCE else ""

    def belonging(self, number: str) -> list[Row]:
        """Return the questions of a sitting, in the order in which they were listed."""
        return self.rows("WHERE parent = ? ORDER BY opened_at, number", number)

    def may(self, procedure: str, act: str) -> bool:
        """Say whether the visitor holds an office of such an act; whether it can be done now, the act itself says."""
        if not self._standing:
            self._standing.append(standing(self.db, self.visitor.person_id, at=self.visitor.at, book=self.door.book))
        return self._standing[0].may(procedure, act)

    def acts_in(self, procedure: str) -> bool:
        """Say whether any act of a procedure is of an office that the visitor holds: else nothing needs to be asked."""
        return any(self.may(procedure, row.name) for row in PROCEDURES[procedure].acts)

    def _visible(self) -> tuple[str, list[Any]]:
        if holds_an_office(self.db, self.visitor.person_id, self.visitor.at):
            return "", []
        return " AND person_id = ?", [self.visitor.person_id]


@contextlib.contextmanager
def look(request: Request, visitor: Visitor) -> Iterator[Look]:
    """Look at what stands now, with everything settled that has fallen due."""
    door: Door = request.app.state.door
    with reading(door, visitor.at) as db:
        yield Look(db, door, visitor)
