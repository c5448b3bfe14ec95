"""Read the steps of a scenario: who does what when, and what is expected."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

import yaml

from desk.rehearsal.nodes import Nodes, line_of
from desk.rehearsal.scenario import COUNTS, DAYS, Step, at_minute
from machines.candidacy_facts import Outcome
from machines.norms import NORMS
from machines.procedure import Office
from machines.procedures import PROCEDURES

_STEP = frozenset({
    "at", "who", "act", "case", "facts", "expect", "refused", "as_of", "as", "seen", "on_behalf_of", "document", "calendar",
})  # fmt: skip
_OF_AN_ACT = ("facts", "refused", "seen", "on_behalf_of", "document")
_EXPECT = frozenset({
    "state", "deadlines", "counts", "members", "council", "offices", "warned", "entries", "force", "outcome", "can",
    "cannot", "as",
})  # fmt: skip
_OF_A_CASE = frozenset({"state", "deadlines", "counts", "entries", "force", "outcome", "can", "cannot"})
_OF_THE_PAST = frozenset({"state", "deadlines", "members", "council", "offices", "entries"})
_OFFICES = frozenset(office.value for office in Office)


class Steps(Nodes):
    """Turns nodes into steps."""

    def step(self, node: yaml.Node) -> Step:
        """Read one step."""
        keys = self.mapping(node, _STEP)
        if "at" not in keys:
            raise self.wrong(node, "`at` is missing")
        act = self.act(keys["act"]) if "act" in keys else None
        self.whole(node, keys)
        expect = self.expect(keys["expect"]) if "expect" in keys else {}
        return Step(
            lines=self.lines(node, keys),
            at=self.time(keys["at"]),
            who=tuple(self.people(keys["who"])) if "who" in keys else (),
            who_written=self.who_written(keys["who"]) if "who" in keys else None,
            act=act,
            case=self.text(keys["case"]) if "case" in keys else None,
            facts=self.facts(keys["facts"]) if "facts" in keys else {},
            expect=expect,
            whom=self.whom(keys, expect),
            refused=self.refused(keys["refused"]) if "refused" in keys else None,
            as_of=self.as_of(keys, expect) if "as_of" in keys else None,
            seen=self.number(keys["seen"], least=0) if "seen" in keys else None,
            on_behalf_of=self.text(keys["on_behalf_of"]) if "on_behalf_of" in keys else None,
            document=self.facts(keys["document"]) if "document" in keys else None,
            calendar=self.decided_days(keys["calendar"]) if "calendar" in keys else {},
        )

    def decided_days(self, node: yaml.Node) -> dict[str, tuple[date, ...]]:
        """Read which days become what; at least one."""
        days = self.calendar(node, frozenset(DAYS))
        if not any(days.values()):
            raise self.wrong(node, "no day is named")
        return days

    def whole(self, node: yaml.Node, keys: Mapping[str, yaml.Node]) -> None:
        """Refuse a step that says too little, or more than it does."""
        if "act" in keys and not {"who", "case"} <= set(keys):
            raise self.wrong(node, "a step with `act` needs `who` and `case`")
        for key in _OF_AN_ACT:
            if key in keys and "act" not in keys:
                raise self.wrong(keys[key], f"`{key}` without `act`")
        if "act" in keys and "calendar" in keys:
            raise self.wrong(keys["calendar"], "`calendar` is a step of its own: without `act`")
        asked = self.mapping(keys["expect"], _EXPECT) if "expect" in keys else {}
        for key, value in asked.items():
            if key in _OF_A_CASE and "case" not in keys:
                raise self.wrong(value, f"`{key}` of which case? `case` is missing")

    def lines(self, node: yaml.Node, keys: Mapping[str, yaml.Node]) -> dict[str, int]:
        """Note on which line everything stands."""
        found = {"": line_of(node)}
        for key, value in keys.items():
            found[key] = line_of(value)
            if isinstance(value, yaml.MappingNode):
                found |= {f"{key}.{inner.value}": line_of(inner) for inner, _ in value.value}
        return found

    def act(self, node: yaml.Node) -> str:
        """Read an act, as `poll.open`."""
        act = self.text(node)
        procedure, _, name = act.partition(".")
        if procedure not in PROCEDURES:
            raise self.wrong(node, f"unknown procedure `{procedure}`; known are {', '.join(PROCEDURES)}")
        row = PROCEDURES[procedure].rows.get(name)
        if row is None:
            raise self.wrong(
                node, f"{procedure} knows no act `{name}`; it knows {', '.join(PROCEDURES[procedure].rows)}"
            )
        if not row.persons:
            raise self.wrong(node, f"nobody does {act}: it happens by itself")
        return act

    def who_written(self, node: yaml.Node) -> str | list[str]:
        """Keep who acts as the file has it."""
        return str(node.value) if isinstance(node, yaml.ScalarNode) else [self.text(item) for item in self.items(node)]

    def facts(self, node: yaml.Node) -> dict[str, Any]:
        """Read facts; their shape is the act's."""
        self.mapping(node)
        return dict(self.plain(node))

    def norms(self, node: yaml.Node) -> tuple[str, ...]:
        """Read norms, compared as text."""
        return tuple(self.one_of(item, NORMS, "norm") for item in self.items(node))

    def refused(self, node: yaml.Node) -> Any:
        """Read which refusal is expected."""
        if isinstance(node, yaml.SequenceNode):
            return self.norms(node)
        value = self.plain(node)
        if value is True:
            return True
        kinds = [*value.items()] if isinstance(value, dict) else []
        if len(kinds) == 1 and kinds[0][0] in ("conflict", "office") and kinds[0][1] is True:
            return value
        raise self.wrong(node, "`refused` is a list of norms, true, {conflict: true} or {office: true}")

    def as_of(self, keys: Mapping[str, yaml.Node], expect: Mapping[str, Any]) -> date:
        """Read the day whose end is asked for."""
        day = self.day(keys["as_of"])
        if day > self.time(keys["at"]).date():
            raise self.wrong(keys["as_of"], f"`as_of` reads the past; {day} lies ahead")
        unknown = sorted(set(expect) - _OF_THE_PAST)
        if unknown:
            raise self.wrong(
                keys["as_of"], f"with `as_of` there is no `{unknown[0]}`; {', '.join(sorted(_OF_THE_PAST))}"
            )
        return day

    def whom(self, keys: Mapping[str, yaml.Node], expect: dict[str, Any]) -> str | None:
        """Read for whom `can` and `cannot` are asked: `as`, beside `expect` or in it."""
        inside = expect.pop("as", None)
        beside = self.text(keys["as"]) if "as" in keys else None
        if inside and beside:
            raise self.wrong(keys["as"], "`as` stands here twice: beside `expect` and in it")
        if not (inside or beside) and ("can" in expect or "cannot" in expect):
            raise self.wrong(keys["expect"], "`can` and `cannot` need `as`: for whom")
        return inside or beside

    def expect(self, node: yaml.Node) -> dict[str, Any]:
        """Read what is expected; what is left out is not judged."""
        readers: dict[str, Callable[[yaml.Node], Any]] = {
            "deadlines": self.deadlines,
            "counts": lambda counts: {
                name: self.number(value, least=0) for name, value in self.mapping(counts, frozenset(COUNTS)).items()
            },
            "members": self.count,
            "council": self.count,
            "entries": self.count,
            "offices": self.offices,
            "warned": self.norms,
            "force": lambda force: self.one_of(force, {"binding", "recommendatory"}, "force"),
            "outcome": lambda outcome: self.one_of(outcome, {*get_args(Outcome)}, "outcome"),
            "can": self.texts,
            "cannot": lambda acts: {act: self.norms(norms) for act, norms in self.mapping(acts).items()},
        }
        return {key: readers.get(key, self.text)(value) for key, value in self.mapping(node, _EXPECT).items()}

    def count(self, node: yaml.Node) -> int:
        """Read how many."""
        return self.number(node, least=0)

    def deadlines(self, node: yaml.Node) -> dict[str, str]:
        """Read deadlines: a local time, closed, or none."""
        return {name: self.due(value) for name, value in self.mapping(node).items()}

    def due(self, node: yaml.Node) -> str:
        """Read one deadline."""
        text = self.text(node)
        return text if text in ("closed", "none") else at_minute(self.time(node))

    def offices(self, node: yaml.Node) -> dict[str, tuple[str, ...]]:
        """Read which offices people hold."""
        return {
            person: tuple(self.one_of(item, _OFFICES, "office") for item in self.items(offices))
            for person, offices in self.mapping(node).items()
        }
