"""What the acts of a procedure are told, and which deadlines they open, as lists in Markdown."""

from collections.abc import Iterator, Mapping
from typing import Any

from machines.procedure import Procedure, Term, Transition

_TEXTS = {"date": "day", "date-time": "local time"}
_PLAIN = {"integer": "number", "boolean": "true or false"}


def facts_list(procedure: Procedure[Any]) -> str:
    """List the facts of every act that takes some; those in italics may be left out."""
    lines = [f"- **{row.name}**: {', '.join(_facts(row))}" for row in procedure.acts if row.facts.model_fields]
    return "Facts:\n\n" + "\n".join(lines) + "\n" if lines else ""


def deadlines_list(procedure: Procedure[Any]) -> str:
    """List the deadlines: kind, norm, which acts open it, and the act of the clock."""
    lines = [_deadline(procedure, term) for term in _terms(procedure)]
    return "Deadlines:\n\n" + "\n".join(lines) + "\n" if lines else ""


def _facts(row: Transition[Any]) -> Iterator[str]:
    schema = row.facts.model_json_schema(by_alias=True)
    for name, described in schema["properties"].items():
        shown = f"{name} ({_shape(described, schema)})"
        yield shown if name in schema.get("required", ()) else f"*{shown}*"


def _shape(described: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say in a word or two what a fact is, from its JSON schema."""
    if "anyOf" in described:
        return _shape(next(one for one in described["anyOf"] if one.get("type") != "null"), schema)
    if "$ref" in described:
        fields = schema["$defs"][described["$ref"].rpartition("/")[2]]["properties"]
        return f"{{{', '.join(f'{name}: {_shape(field, schema)}' for name, field in fields.items())}}}"
    if "enum" in described:
        return " / ".join(map(str, described["enum"]))
    if described.get("type") == "array":
        return f"list of {_shape(described['items'], schema)}"
    return _PLAIN.get(described["type"]) or _TEXTS.get(described.get("format", "")) or _text(described)


def _text(described: Mapping[str, Any]) -> str:
    """Tell names of people and numbers of cases, which have a pattern, from text."""
    pattern = described.get("pattern", "")
    return "text" if not pattern else "number of a case" if pattern.endswith(r"{1,24}$") else "id"


def _terms(procedure: Procedure[Any]) -> Iterator[Term[Any]]:
    terms = (term for row in procedure.acts for branch in row.to for term in branch.opens)
    yield from {term.name: term for term in terms}.values()


def _deadline(procedure: Procedure[Any], term: Term[Any]) -> str:
    opening = [row.name for row in procedure.acts if any(term.name in map(_name, branch.opens) for branch in row.to)]
    then = f"; then the clock performs {term.expires}" if term.expires else ""
    return f"- **{term.name}**: {term.kind} ({term.norm}), opened by {', '.join(opening)}{then}"


def _name(term: Term[Any]) -> str:
    return term.name
