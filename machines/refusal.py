"""What is answered when an act is not done: four kinds, each with everything that the person needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from machines.wording import day_in, has, say


@dataclass(frozen=True, slots=True)
class Refusal:
    """One norm that stands in the way (or, as a warning, beside it), with its numbers.

    `code` names the texts: `refusals.<code>.reason` and `.remedy` in every language.
    """

    norm: str
    code: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> "Refusal":
        """Make it of what an entry keeps."""
        return cls(data["norm"], data["code"], data["numbers"])

    def reason(self, language: str) -> str:
        """Say in a sentence with numbers what stands in the way."""
        return say(f"refusals.{self.code}.reason", language, norm=self.norm, **worded(self.numbers, language))

    def remedy(self, language: str) -> str:
        """Say what can be done instead, or why nothing can."""
        return say(f"refusals.{self.code}.remedy", language, norm=self.norm, **worded(self.numbers, language))

    def as_data(self) -> dict[str, Any]:
        """Return it as what an entry keeps: no language in it."""
        return {"norm": self.norm, "code": self.code, "numbers": {name: _plain(n) for name, n in self.numbers.items()}}

    def in_words(self, language: str) -> dict[str, Any]:
        """Return it as the API answers it."""
        said = {"numbers": _named(self.as_data()["numbers"], language)}
        return self.as_data() | said | {"reason": self.reason(language), "remedy": self.remedy(language)}


def worded(numbers: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Put names into words: a value `name:office.chairman` stands for what names.toml calls it.

    What people write is among the values: a text that only looks like such a name, or like a day, stays as it stands.
    """
    return {name: _word(value, language) for name, value in numbers.items()}


def _word(value: Any, language: str) -> Any:
    if isinstance(value, str) and value.startswith("name:"):
        key = f"names.{value.removeprefix('name:')}"
        return say(key, language) if has(key) else value
    if isinstance(value, str):
        return day_in(value) or value
    if isinstance(value, list | tuple):
        return [_word(item, language) for item in value]
    return value


def _named(value: Any, language: str) -> Any:
    """Put names into words and leave numbers and days as data."""
    if isinstance(value, dict):
        return {name: _named(item, language) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_named(item, language) for item in value]
    return _word(value, language) if isinstance(value, str) and value.startswith("name:") else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class Unanswerable(Exception):
    """An act that was not done; nothing was written."""


class Unknown(Unanswerable):
    """There is no such case, procedure or act."""

    def __init__(self, kind: str, name: str, known: Sequence[str] = ()) -> None:
        super().__init__(f"unknown {kind}: {name}" + (f"; known are {', '.join(known)}" if known else ""))
        self.kind, self.name, self.known = kind, name, tuple(known)


class Forbidden(Unanswerable):
    """The actor does not hold the office."""

    def __init__(self, act: str, offices: Sequence[str]) -> None:
        super().__init__(f"{act} is for: {', '.join(offices)}")
        self.act, self.offices = act, tuple(offices)


class WrongFacts(Unanswerable):
    """The facts have not the shape that the act asks for."""

    def __init__(self, act: str, faults: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(f"{act}: " + "; ".join(f"{fault['fact']}: {fault['reason']}" for fault in faults))
        self.act, self.faults = act, tuple(faults)


class KeyReused(Unanswerable):
    """The idempotency key has been used for something else."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key!r} was used for another request")
        self.key = key


class SeenMissing(Unanswerable):
    """An act that is not concurrent must say which entry the actor has seen."""

    def __init__(self, number: str, seq: int) -> None:
        super().__init__(f"{number} stands at entry {seq}: say which entry you have seen")
        self.number, self.seq = number, seq


class Conflict(Unanswerable):
    """Somebody acted first: the entry that the actor has seen is not the last one."""

    def __init__(self, number: str, *, seen: int, seq: int) -> None:
        super().__init__(f"{number} stands at entry {seq}, you have seen entry {seen}")
        self.number, self.seen, self.seq = number, seen, seq


class Refused(Unanswerable):
    """The law says no: every reason at once."""

    def __init__(self, act: str, refusals: Sequence[Refusal]) -> None:
        super().__init__(f"{act} refused: " + "; ".join(f"{r.norm} {r.code} {dict(r.numbers)}" for r in refusals))
        self.act, self.refusals = act, tuple(refusals)
