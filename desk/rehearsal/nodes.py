"""Read the YAML of scenario files node by node: whatever is unknown or of another shape is told with its line."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import yaml

from machines.facts import FIRST_YEAR, LAST_YEAR

_INTEGER = re.compile(r"-?\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")
_RANGE = re.compile(r"([a-z]+)(\d+)\.\.([a-z]+)(\d+)")


class WrongFileError(Exception):
    """The file is no scenario: which line, and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class Nodes:
    """Turns nodes of one file into values."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, node: yaml.Node, reason: str) -> WrongFileError:
        """Say what is wrong with a node, and where it stands."""
        return WrongFileError(self.file, line_of(node), reason)

    def root(self, text: str) -> yaml.Node:
        """Compose the one document of a file."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise self._no_yaml(text, error) from None
        except RecursionError:
            raise WrongFileError(self.file, 1, "it is nested too deeply") from None
        if root is None:
            raise WrongFileError(self.file, 1, "the file is empty")
        return root

    def _no_yaml(self, text: str, error: yaml.YAMLError) -> WrongFileError:
        mark = getattr(error, "problem_mark", None)
        # A letter that YAML does not know has a place, no line.
        line = mark.line if mark else text.count("\n", 0, int(getattr(error, "position", 0)))
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        return WrongFileError(self.file, line + 1, f"no YAML: {problem}")

    def mapping(self, node: yaml.Node, known: frozenset[str] | None = None) -> dict[str, yaml.Node]:
        """Give the values of a mapping; each key once, and only those that are *known*."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, "keys and values are expected")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key, "a key is a word")
            if known is not None and key.value not in known:
                raise self.wrong(key, f"unknown key `{key.value}`; known are {', '.join(sorted(known))}")
            if key.value in found:
                raise self.wrong(key, f"`{key.value}` stands here twice")
            found[key.value] = value
        return found

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """Give the items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "a list is expected")
        return list(node.value)

    def calendar(self, node: yaml.Node, known: frozenset[str]) -> dict[str, tuple[date, ...]]:
        """Give lists of days by what they are, no day twice."""
        found = {name: self.days(days) for name, days in self.mapping(node, known).items()}
        every = [day for days in found.values() for day in days]
        twice = sorted(day for day in {*every} if every.count(day) > 1)
        if twice:
            raise self.wrong(node, f"{twice[0]} stands here twice: a day is one thing")
        return found

    def text(self, node: yaml.Node) -> str:
        """Give a text that is not empty, as it is written: 8.10 stays 8.10."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.wrong(node, "a text is expected")
        return str(node.value)

    def texts(self, node: yaml.Node) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(self.text(item) for item in self.items(node))

    def one_of(self, node: yaml.Node, known: Collection[str], what: str) -> str:
        """Give a text that is one of those known."""
        text = self.text(node)
        if text not in known:
            raise self.wrong(node, f"unknown {what} `{text}`; known are {', '.join(sorted(known))}")
        return text

    def plain(self, node: yaml.Node) -> Any:
        """Give a value: whole numbers, true and false, days; everything else is text."""
        try:
            return self._plain(node)
        except RecursionError:
            raise self.wrong(node, "it contains itself") from None

    def _plain(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return {key: self._plain(value) for key, value in self.mapping(node).items()}
        assert isinstance(node, yaml.ScalarNode)
        text = str(node.value)
        if node.style is not None:
            return text
        if text in ("true", "false"):
            return text == "true"
        if text in ("", "null", "~"):
            return None
        if _INTEGER.fullmatch(text):
            return self.number(node)
        return self.day(node) if _DAY.fullmatch(text) else text

    def number(self, node: yaml.Node, *, least: int | None = None) -> int:
        """Give a whole number, written without quotation marks."""
        written = isinstance(node, yaml.ScalarNode) and node.style is None and _INTEGER.fullmatch(node.value)
        if not written or len(node.value) > 18:
            raise self.wrong(node, "a whole number is expected")
        value = int(node.value)
        if least is not None and value < least:
            raise self.wrong(node, f"a number from {least} on is expected")
        return value

    def yes_or_no(self, node: yaml.Node) -> bool:
        """Give a truth value: true or false and nothing else."""
        if not isinstance(node, yaml.ScalarNode) or node.style is not None or node.value not in ("true", "false"):
            raise self.wrong(node, "true or false is expected")
        return bool(node.value == "true")

    def day(self, node: yaml.Node) -> date:
        """Give a day."""
        return self._moment(node, _DAY, "a day is expected, as 2010-03-01").date()

    def days(self, node: yaml.Node) -> tuple[date, ...]:
        """Give a list of days."""
        return tuple(self.day(item) for item in self.items(node))

    def time(self, node: yaml.Node) -> datetime:
        """Give a local time, with or without seconds."""
        return self._moment(node, _TIME, "a local time is expected, as 2010-03-01 08:00")

    def _moment(self, node: yaml.Node, form: re.Pattern[str], expected: str) -> datetime:
        """Read a day or a time near enough for terms to be counted from it."""
        if not isinstance(node, yaml.ScalarNode) or not form.fullmatch(node.value):
            raise self.wrong(node, expected)
        try:
            local = datetime.fromisoformat(node.value)
        except ValueError:
            raise self.wrong(node, f"{node.value}: there is no such day or hour") from None
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise self.wrong(node, f"a year between {FIRST_YEAR} and {LAST_YEAR} is expected")
        return local

    def people(self, node: yaml.Node) -> list[str]:
        """Give names of people, one or a list; ranges are expanded."""
        nodes = [node] if isinstance(node, yaml.ScalarNode) else self.items(node)
        people = [person for item in nodes for person in self._person(item)]
        if not people:
            raise self.wrong(node, "nobody is named")
        return people

    def _person(self, node: yaml.Node) -> list[str]:
        try:
            return expand(self.text(node))
        except ValueError as error:
            raise self.wrong(node, str(error)) from None


def expand(name: str) -> list[str]:
    """Expand a range of people: m1..m3 is m1, m2, m3. ValueError for one that runs backwards or beyond all members."""
    found = _RANGE.fullmatch(name)
    if not found or found[1] != found[3]:
        return [name]
    first, last = int(found[2]), int(found[4])
    if first > last:
        raise ValueError(f"`{name}` is no range: it runs from the lower number to the higher")
    if last > first + 10_000:
        raise ValueError(f"`{name}` is too long: a scenario has at most 10000 members")
    return [f"{found[1]}{n}" for n in range(first, last + 1)]


def line_of(node: yaml.Node) -> int:
    """Return the line on which a node stands, counted from 1."""
    return int(node.start_mark.line) + 1
