"""Who is in office when a history begins, and names and days of a scenario as the reference needs them."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference import Answer, Attempt, Case, World

DATES = ("date", "since", "until", "from_date", "statement_date", "closes_on", "last_day")
HOURS = ("starts_at", "received_at")
BODIES = {"small_assemblies": "small_assembly", "associations": "association", "state_bodies": "state_body"}
PREFIX = {"sa_chairman": "a", "sa_secretariat": "s", "association": "as", "state_body": "sb"}


class Founded(World):
    """An Assembly in which a roster's people are in office long before it starts: as `docs/scenarios.md` says of the roster."""

    def __init__(self, roster: Mapping[str, Any], starts: datetime, rulings: Mapping[str, Any]) -> None:
        super().__init__(starts - timedelta(days=400), rulings)
        deputies = [f"d{n}" for n in range(1, roster["deputies"] + 1)]
        members = [f"m{n}" for n in range(1, roster["members"] + 1)]
        self.aliases = dict(zip(["ch", *deputies], reversed(members), strict=False))
        self.aliases |= {f"c{n}": f"m{n}" for n in range(1, roster["council"] + 1)}
        self.bodies = {name: kind for told, kind in BODIES.items() for name in roster[told]}
        for who in members:
            self.put("membership", "active", "member", who)
        self.put("office", "held", "chairman", self.aliases["ch"])
        for who in deputies:
            self.put("deputy_appointment", "appointed", "deputy_chairman", self.aliases[who])
        for who in members[: roster["council"]]:
            self.put("council_seat", "held", "council_member", who)
        for body, kind in self.bodies.items():
            for office in ("sa_chairman", "sa_secretariat") if kind == "small_assembly" else (kind,):
                self.put("office", "held", office, f"{PREFIX[office]}:{body}", body)
        for who in ["wb", *(f"wb{n}" for n in range(2, roster["working_body"] + 1))]:
            self.put("office", "held", "working_body", who)
        self.people = {c.person for c in self.cases} | {f"p:{name}" for name in roster["candidates"]}
        self.now = starts
        self.bring_about("annual_session.begin", self.duty(starts.year))

    def put(self, procedure: str, state: str, office: str, person: str, body: str = "") -> None:
        """Put somebody in office."""
        c = Case(procedure, f"{procedure}:{person}", {}, person, state, seq=1, opened=self.today)
        c.office, c.body, c.begins = office, body, self.now
        self.cases.append(c)

    def do(self, a: Attempt, *, really: bool = True) -> Answer:
        """Do what is attempted in the words of a scenario."""
        who, behalf = ("wb", a.who) if a.who == "president" else (a.who, a.behalf)
        who, behalf = self.aliases.get(who, who), behalf and self.aliases.get(behalf, behalf)
        facts, document = self.read(a.facts), self.read(a.document)
        told = dataclasses.replace(a, who=who, behalf=behalf, facts=facts, document=document)
        return super().do(told, really=really)

    def read(self, told: Any, name: str = "") -> Any:
        """Read a fact: a day, an hour, a person instead of the roster's name."""
        if isinstance(told, dict):
            return {key: self.read(each, key) for key, each in told.items()}
        if isinstance(told, list | tuple):
            return [self.read(each, name) for each in told]
        if name in DATES and isinstance(told, str):
            return date.fromisoformat(told)
        if name in HOURS and isinstance(told, str):
            return datetime.fromisoformat(told)
        return self.aliases.get(told, told) if name in ("person", "subject", "members") else told
