"""Forms made from the shapes of facts: which fields an act asks for, and what was typed as facts again.

For pages that are built on acts (a ballot, a hall): `fields_of(row.facts)` gives the fields, `facts_typed(fields, typed)` the
facts, `labels` the words. Paths are those of the kernel's faults (`decision.number`, `proposals.0.by`), so that a fault finds
its field. Nothing is checked here: the kernel does, and its faults are shown beside the fields.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints

from machines.dated_rules import typed_value
from machines.facts import Facts, NamesCase, NamesPerson
from machines.wording import has, say

LONG = 1000  # a text that may be longer gets several lines
_PLAIN: Mapping[Any, str] = {date: "day", datetime: "moment", int: "count", bool: "yes"}
# A party is a person or a case, whichever the question is about; what a value may be depends on the rule beside it.
_BY_NAME = {
    "subject": "party",
    "region": "region",
    "rule": "rule",
    "value": "value",
    "norm": "norm",
    "deadline": "deadline",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    *kind*: line, text, lines, day, moment, count, yes, choice, person, people, case, party, body, region, rule, its value and
    norm, deadline; a group of fields; or groups, as many as are filled in.
    """

    path: str
    name: str
    kind: str
    optional: bool = False
    choices: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()  # of which the case may be
    fields: tuple["Field", ...] = ()

    def at(self, path: str) -> "Field":
        """Return it, and what it holds, at another place."""
        inner = tuple(one.at(f"{path}.{one.name}") for one in self.fields)
        return replace(self, path=path, fields=inner)


@cache
def fields_of(facts: type[Facts]) -> tuple[Field, ...]:
    """Return the fields that the facts of an act ask for, in the order of the model."""
    return tuple(_fields(facts))


def label_of(field: Field, language: str) -> str:
    """Name a field."""
    return say(f"names.fact.{field.name}", language)


def hint_of(field: Field, language: str) -> str:
    """Say what is meant, where the name alone does not."""
    for key in (f"frame.hint.{field.name}", f"frame.hint_of_kind.{field.kind}"):
        if has(key):
            return say(key, language)
    return ""


def choice_key(name: str, choice: str) -> str:
    """Return the key of a value's name; offices have theirs among the offices."""
    return f"names.office.{choice}" if name in ("office", "on_behalf_of") else f"names.value.{name}.{choice}"


def facts_typed(fields: tuple[Field, ...], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts that were typed; what was left empty is left out, for the kernel to say if it is missing."""
    found = {field.name: _typed(field, typed) for field in fields}
    return {name: value for name, value in found.items() if value is not None}


def typed_from(facts: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Return what somebody would have typed for *facts*."""
    typed: dict[str, str] = {}
    for name, value in facts.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            typed |= typed_from(value, f"{path}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            typed |= {at: text for n, one in enumerate(value) for at, text in typed_from(one, f"{path}.{n}.").items()}
        elif isinstance(value, list | tuple):
            typed[path] = "\n".join(map(str, value))
        elif isinstance(value, bool):
            typed[path] = "yes" if value else "no"
        elif value is not None:
            typed[path] = str(value)
    return typed


def rows_typed(field: Field, typed: Mapping[str, str]) -> int:
    """Count the rows of a repeated group that something was typed in."""
    begins = f"{field.path}."
    rows = (
        path.removeprefix(begins).partition(".")[0]
        for path, text in typed.items()
        if path.startswith(begins) and text.strip()
    )
    return max((int(row) + 1 for row in rows if row.isdecimal() and len(row) < 4), default=0)


def leaves(fields: tuple[Field, ...], typed: Mapping[str, str]) -> Iterator[Field]:
    """Yield every field that somebody may have typed in, those of the rows of repeated groups too."""
    for field in fields:
        if field.kind == "group":
            yield from leaves(field.fields, typed)
        elif field.kind == "groups":
            for row in range(rows_typed(field, typed)):
                yield from leaves(field.at(f"{field.path}.{row}").fields, typed)
        else:
            yield field


def _typed(field: Field, typed: Mapping[str, str]) -> Any:
    text = typed.get(field.path, "").strip()
    match field.kind:
        case "group":
            facts = facts_typed(field.fields, typed)
            return facts if facts or not field.optional else None
        case "groups":
            rows = range(rows_typed(field, typed))
            return [facts_typed(field.at(f"{field.path}.{row}").fields, typed) for row in rows] or None
        case "lines" | "people":
            return [line.strip() for line in text.splitlines() if line.strip()] or None
        case "yes":
            return {"yes": True, "no": False}.get(text)
        case "value":
            return (
                typed_value(typed.get(f"{field.path.removesuffix(field.name)}rule", "").strip(), text) if text else None
            )
        case "count":
            return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else text or None
    return text or None


def _fields(model: type[BaseModel], before: str = "") -> Iterator[Field]:
    for name, described in model.model_fields.items():
        called = described.alias or name
        shape, marks, optional = _unwrapped(described.annotation, described.metadata)
        field = _field(f"{before}{called}", called, shape, marks)
        yield replace(field, optional=optional or not described.is_required())


def _field(path: str, name: str, shape: Any, marks: tuple[Any, ...]) -> Field:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return Field(path, name, "group", fields=tuple(_fields(shape, f"{path}.")))
    if get_origin(shape) is Literal:
        return Field(path, name, "choice", choices=get_args(shape))
    if get_origin(shape) is tuple:
        return _several(path, name, get_args(shape)[0], marks)
    if shape in _PLAIN:
        return Field(path, name, _PLAIN[shape])
    if linked := next((mark for mark in marks if isinstance(mark, NamesCase)), None):
        return Field(path, name, "case", procedures=linked.procedures)
    return Field(path, name, _kind_of_text(name, marks))


def _several(path: str, name: str, shape: Any, marks: tuple[Any, ...]) -> Field:
    """Return the field of a list: groups, people, or lines of text."""
    if any(isinstance(mark, NamesPerson) for mark in marks):
        return Field(path, name, "people")
    shape, _, _ = _unwrapped(shape, ())
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return Field(path, name, "groups", fields=tuple(_fields(shape, f"{path}.")))
    return Field(path, name, "lines")


def _kind_of_text(name: str, marks: tuple[Any, ...]) -> str:
    if any(isinstance(mark, NamesPerson) for mark in marks):
        return "person"
    if name in _BY_NAME:
        return _BY_NAME[name]
    limits = next((mark for mark in marks if isinstance(mark, StringConstraints)), StringConstraints())
    if limits.pattern:
        return "body"
    return "text" if (limits.max_length or LONG) >= LONG else "line"


def _unwrapped(shape: Any, marks: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Take off what is around a type: what it is marked with, and that it may be left out."""
    found, optional = tuple(marks), False
    while get_origin(shape) in (Annotated, Union, UnionType):
        if get_origin(shape) is Annotated:
            shape, *more = get_args(shape)
            found += tuple(more)
        else:
            rest = [one for one in get_args(shape) if one is not NoneType]
            optional, shape = True, rest[0]
    return shape, found, optional
