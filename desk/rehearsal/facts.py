"""Turn a scenario's names in facts into what the machines know: person_ids and numbers of cases."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from desk.rehearsal.nodes import expand
from desk.rehearsal.scenario import LINKS, PEOPLE

Resolve = Callable[[str, str], str]  # (fact, the scenario's name) -> what stands for it


def _itself(_: str, name: str) -> str:
    return name


def translated(
    facts: Mapping[str, Any],
    *,
    person: Resolve = _itself,
    number: Resolve = _itself,
    subject: Callable[[str, str], str] = _itself,
) -> dict[str, Any]:
    """Return *facts* as an act takes them; *subject* gets the kind of the question and its subject."""
    told = {}
    for key, value in facts.items():
        if key in PEOPLE:
            told[key] = _people(key, value, person)
        elif key in LINKS and isinstance(value, str):
            told[key] = number(key, value)
        elif key == "subject" and isinstance(value, str):
            told[key] = subject(str(facts.get("kind")), value)
        else:
            told[key] = plain(value)
    return told


def plain(value: Any) -> Any:
    """Write days as text, as they come through every door."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def _people(key: str, value: Any, person: Resolve) -> Any:
    """Resolve one name or a list with ranges; who is named twice (ch is among the members) is one person."""
    if isinstance(value, str):
        return person(key, value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return plain(value)
    return list(dict.fromkeys(person(key, name) for item in value for name in expand(item)))
