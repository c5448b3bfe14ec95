"""Read scenario files: each key checked, each line known; whatever is unknown makes the file wrong."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import yaml

from desk.rehearsal.check import check
from desk.rehearsal.nodes import Nodes, WrongFileError
from desk.rehearsal.scenario import Roster, Scenario, Step
from desk.rehearsal.steps import Steps
from machines.facts import HighestBody, Level
from machines.norms import NORMS
from machines.rulings import RULINGS, check_value
from machines.zones import zone_info

_KEYS = frozenset({"title", "norms", "starts", "zone", "rulings", "calendar", "roster", "steps"})
_CALENDAR = frozenset({"days_off", "days_worked"})
_ROSTER = frozenset(Roster.__dataclass_fields__)
_CHARTER = {"level": frozenset(get_args(Level)), "highest_body": frozenset(get_args(HighestBody))}
_MOST = {"deputies": 2, "working_body": 100, "members": 10_000, "council": 10_000}
_NAME = re.compile(r"[\w.-]{1,60}")  # what may stand in a person_id behind "p:"
_FIRST_START = datetime(2002, 4, 26)  # noqa: DTZ001 local; the day of the Decree


def read_scenario(path: Path, file: str | None = None) -> Scenario:
    """Read one file, called *file* in messages; WrongFileError names the line of whatever is not as it must be."""
    file = file or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongFileError(file, 1, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise WrongFileError(file, line, "cannot be read: it is no UTF-8") from None
    scenario = _Reader(file).scenario(text)
    check(scenario)
    return scenario


class _Reader(Nodes):
    """Turns the YAML of a file into a scenario."""

    def scenario(self, text: str) -> Scenario:
        root = self.root(text)
        keys = self.mapping(root, _KEYS)
        for needed in ("title", "starts", "steps"):
            if needed not in keys:
                raise self.wrong(root, f"`{needed}` is missing")
        calendar = self.calendar(keys["calendar"], _CALENDAR) if "calendar" in keys else {}
        starts = self.time(keys["starts"])
        if starts < _FIRST_START:
            raise self.wrong(keys["starts"], "there is nothing to play before the Decree, 2002-04-26")
        return Scenario(
            file=self.file,
            title=self.text(keys["title"]),
            norms=self.norms(keys["norms"]) if "norms" in keys else (),
            starts=starts,
            zone=self.zone(keys["zone"]) if "zone" in keys else "Asia/Almaty",
            rulings=self.rulings(keys["rulings"]) if "rulings" in keys else {},
            days_off=calendar.get("days_off", ()),
            days_worked=calendar.get("days_worked", ()),
            roster=self.roster(keys["roster"]) if "roster" in keys else Roster(),
            steps=tuple(self.steps(keys["steps"], starts)),
        )

    def norms(self, node: yaml.Node) -> tuple[str, ...]:
        """Read what the scenario is about: norms, whole items or parts of them, rulings."""
        known = {*NORMS, *(ruling.ruling for ruling in RULINGS.values())}
        for item in self.items(node):
            text = self.text(item)
            if text not in known and not any(_is_part(text, norm) for norm in NORMS):
                raise self.wrong(item, f"unknown norm `{text}`")
        return self.texts(node)

    def zone(self, node: yaml.Node) -> str:
        zone = self.text(node)
        try:
            zone_info(zone)
        except Exception:  # noqa: BLE001 - whatever the zone data say of it
            raise self.wrong(node, f"no time zone: {zone}") from None
        return zone

    def rulings(self, node: yaml.Node) -> dict[str, Any]:
        """Read rulings other than the defaults."""
        rulings = {}
        for key, value in self.mapping(node, frozenset(RULINGS)).items():
            try:
                rulings[key] = check_value(key, self.plain(value))
            except (TypeError, ValueError) as error:
                raise self.wrong(value, str(error)) from None
        return rulings

    def roster(self, node: yaml.Node) -> Roster:
        keys = self.mapping(node, _ROSTER)
        roster = Roster(**{key: self.line_of_roster(key, value) for key, value in keys.items()})
        officers = int(roster.chairman) + roster.deputies
        if roster.members is not None and roster.members < max(roster.council, officers):
            needed = f"{roster.council} in the Council, {officers} officers"
            raise self.wrong(keys["members"], f"{roster.members} members are too few: {needed}")
        return roster

    def line_of_roster(self, key: str, node: yaml.Node) -> Any:
        """Read one line of the roster."""
        if key == "chairman":
            return self.yes_or_no(node)
        if key == "associations":
            return {self.name(node, name): self.charter(value) for name, value in self.mapping(node).items()}
        if key not in _MOST:
            return self.names(node)
        number = self.number(node, least=0)
        if number > _MOST[key]:
            raise self.wrong(node, f"`{key}`: at most {_MOST[key]}" + (" (7.1c)" if key == "deputies" else ""))
        return number

    def names(self, node: yaml.Node) -> tuple[str, ...]:
        found: list[str] = []
        for item in self.items(node):
            name = self.name(item, self.text(item))
            if name in found:
                raise self.wrong(item, f"`{name}` stands here twice")
            found.append(name)
        return tuple(found)

    def name(self, node: yaml.Node, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise self.wrong(node, f"`{name}` is no name: one word of letters, digits, full stops and hyphens")
        return name

    def charter(self, node: yaml.Node) -> dict[str, str]:
        """Read what an association is: its level, its region, its highest body."""
        found = {}
        for key, value in self.mapping(node, frozenset({"level", "region", "highest_body"})).items():
            known = _CHARTER.get(key)
            found[key] = self.one_of(value, known, key) if known else self.name(value, self.text(value))
        return found

    def steps(self, node: yaml.Node, starts: datetime) -> Iterator[Step]:
        reader, before = Steps(self.file), starts
        for item in self.items(node):
            step = reader.step(item)
            if step.at < before:
                raise WrongFileError(self.file, step.line_of("at"), f"`at` goes back: {step.at} after {before}")
            before = step.at
            yield step


def _is_part(item: str, norm: str) -> bool:
    """Say whether a norm belongs to an item or a part of one: 9.3a to 9 and to 9.3."""
    return norm.startswith(item) and len(item) < len(norm) and (norm[len(item)] == "." or norm[len(item)].isalpha())
