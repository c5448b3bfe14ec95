"""Put a scenario's people in office: the same founding acts as the register's import, long before it starts."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.rehearsal.scenario import Roster
from machines.act import Act
from machines.editions import FIRST_DAY
from machines.perform import perform
from machines.register import add_body, add_person
from machines.rulebook import Rulebook
from machines.zones import local_day, local_midnight
from models.database import Db

IN_OFFICE_SINCE = timedelta(days=400)  # "from long before": further back than any deadline of a procedure reaches
FOUNDER = "register"  # who enters the first people; holds no office


class Names:
    """The people of a scenario by its own names: ch, d1, c3 and m7 may be names of one person."""

    def __init__(self, roster: Roster) -> None:
        officers = [name for name, there in (("ch", roster.chairman),) if there] + [
            f"d{n}" for n in range(1, roster.deputies + 1)
        ]
        total = roster.members if roster.members is not None else max(roster.council, 0) + len(officers)
        self.total = max(total, roster.council)
        self.people = {f"m{n}": f"m{n}" for n in range(1, self.total + 1)}
        self.officers = {name: f"m{self.total - n}" for n, name in enumerate(officers)}
        self.people |= self.officers
        self.council = [f"m{n}" for n in range(1, roster.council + 1)]
        self.people |= {f"c{n}": person for n, person in enumerate(self.council, start=1)}
        self.working_body = [("wb" if n == 1 else f"wb{n}") for n in range(1, roster.working_body + 1)]
        others = [*self.working_body]
        others += [f"{letter}:{region}" for region in roster.small_assemblies for letter in ("a", "s")]
        others += [f"as:{name}" for name in roster.associations] + [f"sb:{name}" for name in roster.state_bodies]
        others += [f"p:{name}" for name in roster.candidates]
        self.others = others
        self.people |= {name: name for name in others}


def put_in_office(db: Db, roster: Roster, names: Names, book: Rulebook, starts: datetime) -> None:
    """Register everybody of *roster* and perform the founding acts, in one transaction."""
    at = max(starts - IN_OFFICE_SINCE, min(starts, local_midnight(FIRST_DAY, book.zone)))
    for person in dict.fromkeys([*names.people.values(), FOUNDER]):
        add_person(db, person, names={"kk": person, "ru": person, "en": person})
    for region in roster.small_assemblies:
        _body(db, region, "small_assembly", {"region": region})
    for name, charter in roster.associations.items():
        _body(db, name, "association", dict(charter))
    for name in roster.state_bodies:
        _body(db, name, "state_body", {})
    for procedure, act, facts in _acts(roster, names, local_day(at, book.zone).isoformat()):
        # Once there is a working body, it enters the others of it.
        actor = FOUNDER if facts["person"] not in names.working_body[1:] else names.working_body[0]
        founding = Act(procedure=procedure, name=act, actor=actor, at=at, facts=facts, founding=actor == FOUNDER)
        perform(db, founding, book)


def _body(db: Db, name: str, kind: str, charter: Mapping[str, Any]) -> None:
    known = {key: charter[key] for key in ("region", "level", "highest_body") if key in charter}
    add_body(db, name, kind=kind, names={"kk": name, "ru": name, "en": name}, **known)


def _acts(roster: Roster, names: Names, day: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    order = {"number": "1", "date": day}
    for n in range(1, names.total + 1):
        yield "membership", "enrol", {"person": f"m{n}", "since": day, "category": "association", "order": order}
    for name, person in names.officers.items():
        if name == "ch":
            yield "office", "assume", {"person": person, "office": "chairman", "since": day}
        else:
            yield "deputy_appointment", "enrol", {"person": person, "act": {"kind": "decree"} | order}
    for person in names.council:
        yield "council_seat", "open", {"person": person, "category": "other_member", "order": order}
    for region in roster.small_assemblies:
        for letter, office in (("a", "sa_chairman"), ("s", "sa_secretariat")):
            yield "office", "assume", {"person": f"{letter}:{region}", "office": office, "body": region, "since": day}
    for office, prefix, bodies in (
        ("association", "as", roster.associations),
        ("state_body", "sb", roster.state_bodies),
    ):
        for name in bodies:
            yield "office", "assume", {"person": f"{prefix}:{name}", "office": office, "body": name, "since": day}
    for person in names.working_body:
        yield "office", "assume", {"person": person, "office": "working_body", "since": day}
